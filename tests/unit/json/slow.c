/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/json/slow.h"

#include <stdlib.h>

struct slow {
    const unsigned char *at, *end;
    unsigned depth;
    const struct json_limits *limits;
};

/* Characters of a string, as code points. */
struct word {
    uint32_t *codes;
    size_t len;
};

static int peek(const struct slow *slow)
{
    return slow->at < slow->end ? *slow->at : -1;
}

static bool take(struct slow *slow, int byte)
{
    if (peek(slow) != byte)
        return false;
    slow->at++;
    return true;
}

static void blanks(struct slow *slow)
{
    while (take(slow, ' ') || take(slow, '\t') || take(slow, '\n') || take(slow, '\r'))
        ;
}

static bool take_all(struct slow *slow, const char *word)
{
    for (; *word; word++)
        if (!take(slow, *word))
            return false;
    return true;
}

static bool digits(struct slow *slow)
{
    bool some = false;
    while (peek(slow) >= '0' && peek(slow) <= '9') {
        slow->at++;
        some = true;
    }
    return some;
}

static bool number(struct slow *slow)
{
    take(slow, '-');
    if (!take(slow, '0') && !digits(slow))
        return false;
    if (take(slow, '.') && !digits(slow))
        return false;
    if (take(slow, 'e') || take(slow, 'E')) {
        if (!take(slow, '+'))
            take(slow, '-');
        if (!digits(slow))
            return false;
    }
    return true;
}

/* The rows of RFC 3629 section 4: a lead, and the ranges of what follows it. */
static bool sequence(struct slow *slow, uint32_t *code)
{
    static const struct {
        unsigned char lead_from, lead_to, second_from, second_to, len;
    } rows[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (peek(slow) < rows[i].lead_from || peek(slow) > rows[i].lead_to)
            continue;
        *code = *slow->at++ & (0x3FU >> (rows[i].len - 1));
        for (int byte = 1; byte < rows[i].len; byte++) {
            int from = byte == 1 ? rows[i].second_from : 0x80;
            int to = byte == 1 ? rows[i].second_to : 0xBF;
            if (peek(slow) < from || peek(slow) > to)
                return false;
            *code = *code * 64 + (*slow->at++ & 0x3FU);
        }
        return true;
    }
    return false;
}

static bool hex(struct slow *slow, uint32_t *unit)
{
    static const char all[] = "0123456789abcdefABCDEF";
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int byte = peek(slow);
        const char *found = byte > 0 ? strchr(all, byte) : NULL;
        if (!found)
            return false;
        size_t digit = (size_t)(found - all);
        *unit = *unit * 16 + (uint32_t)(digit < 16 ? digit : digit - 6);
        slow->at++;
    }
    return true;
}

static bool escape(struct slow *slow, uint32_t *code)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    for (int i = 0; letters[i]; i++)
        if (take(slow, letters[i])) {
            *code = (unsigned char)meant[i];
            return true;
        }
    uint32_t low;
    if (!take(slow, 'u') || !hex(slow, code) || *code == 0)
        return false;
    if (*code >= 0xD800 && *code <= 0xDBFF) {
        if (!take(slow, '\\') || !take(slow, 'u') || !hex(slow, &low))
            return false;
        if (low < 0xDC00 || low > 0xDFFF)
            return false;
        *code = 0x10000 + (*code - 0xD800) * 0x400 + (low - 0xDC00);
        return true;
    }
    return *code < 0xDC00 || *code > 0xDFFF;
}

/* `word`->codes, of the heap, is the caller's to free, also where this is false. */
static bool string(struct slow *slow, struct word *word)
{
    *word = (struct word){calloc((size_t)(slow->end - slow->at) + 1, sizeof(uint32_t)), 0};
    if (!word->codes)
        abort();
    if (!take(slow, '"'))
        return false;
    while (!take(slow, '"')) {
        uint32_t code = (uint32_t)peek(slow);
        bool good = false;
        if (take(slow, '\\'))
            good = escape(slow, &code);
        else if (peek(slow) >= 0x80)
            good = sequence(slow, &code);
        else if (peek(slow) >= 0x20)
            good = take(slow, (int)code);
        if (!good)
            return false;
        word->codes[word->len++] = code;
    }
    return true;
}

static bool value(struct slow *slow);

static bool array(struct slow *slow)
{
    blanks(slow);
    if (take(slow, ']'))
        return true;
    do {
        if (!value(slow))
            return false;
    } while (take(slow, ','));
    return take(slow, ']');
}

static bool is_there(const struct word *words, size_t count, const struct word *word)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].len == word->len &&
            memcmp(words[i].codes, word->codes, word->len * sizeof *word->codes) == 0)
            return true;
    return false;
}

static bool members(struct slow *slow, struct word *keys, size_t *count)
{
    do {
        blanks(slow);
        if (*count == slow->limits->members_max)
            return false;
        struct word *key = &keys[(*count)++];
        if (!string(slow, key) || is_there(keys, *count - 1, key))
            return false;
        blanks(slow);
        if (!take(slow, ':') || !value(slow))
            return false;
    } while (take(slow, ','));
    return take(slow, '}');
}

static bool object(struct slow *slow)
{
    blanks(slow);
    if (take(slow, '}'))
        return true;
    size_t count = 0;
    struct word *keys = calloc(slow->limits->members_max, sizeof *keys);
    if (!keys)
        abort();
    bool good = members(slow, keys, &count);
    for (size_t i = 0; i < count; i++)
        free(keys[i].codes);
    free(keys);
    return good;
}

static bool whole(struct slow *slow, bool (*inside)(struct slow *slow))
{
    slow->at++;
    bool good = slow->depth++ < slow->limits->depth_max && inside(slow);
    slow->depth--;
    return good;
}

static bool value(struct slow *slow)
{
    struct word word = {0};
    bool good;
    blanks(slow);
    switch (peek(slow)) {
    case '{':
        good = whole(slow, object);
        break;
    case '[':
        good = whole(slow, array);
        break;
    case '"':
        good = string(slow, &word);
        free(word.codes);
        break;
    case 't':
        good = take_all(slow, "true");
        break;
    case 'f':
        good = take_all(slow, "false");
        break;
    case 'n':
        good = take_all(slow, "null");
        break;
    default:
        good = number(slow);
    }
    blanks(slow);
    return good;
}

bool slow_accepts(struct text text, const struct json_limits *limits)
{
    const unsigned char *start = (const unsigned char *)text.bytes;
    struct slow slow = {start, start + text.len, 0, limits};
    return text.len <= limits->text_len_max && value(&slow) && slow.at == slow.end;
}

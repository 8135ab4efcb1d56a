/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/words.h"

static unsigned char lower(char letter)
{
    unsigned char byte = (unsigned char)letter;
    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte | 0x20) : byte;
}

bool http_same(struct text a, struct text b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.bytes[i]) != lower(b.bytes[i]))
            return false;
    return true;
}

static bool is_token_byte(unsigned char byte)
{
    if ((byte >= '0' && byte <= '9') || (lower((char)byte) >= 'a' && lower((char)byte) <= 'z') ||
        byte == '-')
        return true;
    return byte && strchr("!#$%&'*+.^_`|~", byte);
}

bool http_is_token(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_token_byte((unsigned char)text.bytes[i]))
            return false;
    return text.len > 0;
}

static bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t';
}

struct text http_trim(struct text text)
{
    while (text.len && is_blank(*text.bytes)) {
        text.bytes++;
        text.len--;
    }
    while (text.len && is_blank(text.bytes[text.len - 1]))
        text.len--;
    return text;
}

struct text http_before(struct text *rest, char mark)
{
    bool quoted = false;
    size_t at = 0;
    for (; at < rest->len; at++) {
        char letter = rest->bytes[at];
        if (letter == mark && !quoted)
            break;
        if (letter == '"')
            quoted = !quoted;
        else if (letter == '\\' && quoted && at + 1 < rest->len)
            at++;
    }
    struct text before = {rest->bytes, at};
    size_t used = at < rest->len ? at + 1 : at;
    if (used)
        rest->bytes += used;
    rest->len -= used;
    return http_trim(before);
}

bool http_next(struct text *list, struct text *element)
{
    while (list->len) {
        *element = http_before(list, ',');
        if (element->len)
            return true;
    }
    return false;
}

bool http_lists(struct text list, const char *element)
{
    struct text one;
    while (http_next(&list, &one))
        if (http_same(one, text_of(element)))
            return true;
    return false;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const char *at;
    json_visit *visit;
    void *context;
    unsigned depth;
    size_t path_len;
    char path[JSON_TEXT_BYTES];
};

static bool read_value(struct reader *reader);

static void skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

static bool skip(struct reader *reader, char expected)
{
    skip_blanks(reader);
    if (*reader->at != expected)
        return false;
    reader->at++;
    return true;
}

/* A code below 0x80 as itself, others as '?': reports hold none. */
static bool read_escape(struct reader *reader, char *out)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char name = *reader->at;
    const char *found = name ? strchr(names, name) : NULL;

    if (found) {
        *out = values[found - names];
        reader->at++;
        return true;
    }
    if (name != 'u' || strspn(reader->at + 1, "0123456789abcdefABCDEF") < 4)
        return false;
    char digits[5] = {0};
    memcpy(digits, reader->at + 1, 4);
    unsigned long code = strtoul(digits, NULL, 16);
    *out = code > 0 && code < 0x80 ? (char)code : '?';
    reader->at += 5;
    return true;
}

static bool read_string(struct reader *reader, char out[static JSON_TEXT_BYTES])
{
    size_t len = 0;

    if (!skip(reader, '"'))
        return false;
    while (*reader->at != '"') {
        if ((unsigned char)*reader->at < 0x20 || len + 1 >= JSON_TEXT_BYTES)
            return false;
        if (*reader->at != '\\')
            out[len++] = *reader->at++;
        else if (reader->at++, !read_escape(reader, &out[len++]))
            return false;
    }
    reader->at++;
    out[len] = '\0';
    return true;
}

/* Adds a step to the path; what it was before goes to `*before`. */
static bool step_in(struct reader *reader, const char *name, size_t *before)
{
    *before = reader->path_len;
    int len = snprintf(reader->path + reader->path_len, sizeof reader->path - reader->path_len,
                       "%s%s", reader->path_len ? "." : "", name);
    if (len < 0 || (size_t)len >= sizeof reader->path - reader->path_len)
        return false;
    reader->path_len += (size_t)len;
    return true;
}

static void step_out(struct reader *reader, size_t before)
{
    reader->path_len = before;
    reader->path[before] = '\0';
}

static bool read_member(struct reader *reader, const char *name)
{
    size_t before;

    if (!step_in(reader, name, &before) || !read_value(reader))
        return false;
    step_out(reader, before);
    return true;
}

static bool read_object(struct reader *reader)
{
    char key[JSON_TEXT_BYTES];

    if (skip(reader, '}'))
        return true;
    do {
        if (!read_string(reader, key) || !skip(reader, ':') || !read_member(reader, key))
            return false;
    } while (skip(reader, ','));
    return skip(reader, '}');
}

static bool read_array(struct reader *reader)
{
    char name[24];

    if (skip(reader, ']'))
        return true;
    for (size_t i = 0; i == 0 || skip(reader, ','); i++) {
        snprintf(name, sizeof name, "%zu", i);
        if (!read_member(reader, name))
            return false;
    }
    return skip(reader, ']');
}

static bool read_nested(struct reader *reader, bool read(struct reader *))
{
    if (reader->depth == JSON_DEPTH_MAX)
        return false;
    reader->depth++;
    bool good = read(reader);
    reader->depth--;
    return good;
}

static bool tell(struct reader *reader, const char *text, double number)
{
    const struct json_value value = {text, number};
    reader->visit(reader->context, reader->path, &value);
    return true;
}

static bool read_word(struct reader *reader)
{
    static const struct {
        const char *word;
        double number;
    } words[] = {{"null", (double)NAN}, {"true", 1}, {"false", 0}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i].word);
        if (!strncmp(reader->at, words[i].word, len)) {
            reader->at += len;
            return tell(reader, NULL, words[i].number);
        }
    }
    return false;
}

/* A little more than RFC 8259 6 allows (a leading zero), nothing that strtod makes of letters. */
static bool read_number(struct reader *reader)
{
    size_t len = strspn(reader->at, "+-.0123456789eE");
    char *end;

    if (*reader->at == '+' || *reader->at == '.' || len == 0)
        return false;
    double number = strtod(reader->at, &end);
    if (end != reader->at + len || !isfinite(number))
        return false;
    reader->at = end;
    return tell(reader, NULL, number);
}

static bool read_value(struct reader *reader)
{
    char text[JSON_TEXT_BYTES];

    skip_blanks(reader);
    switch (*reader->at) {
    case '{':
        reader->at++;
        return read_nested(reader, read_object);
    case '[':
        reader->at++;
        return read_nested(reader, read_array);
    case '"':
        return read_string(reader, text) && tell(reader, text, (double)NAN);
    case 'n':
    case 't':
    case 'f':
        return read_word(reader);
    default:
        return read_number(reader);
    }
}

bool json_read(const char *text, json_visit *visit, void *context)
{
    struct reader reader = {.at = text, .visit = visit, .context = context};

    if (!read_value(&reader))
        return false;
    skip_blanks(&reader);
    return *reader.at == '\0';
}

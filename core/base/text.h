/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of text that somebody else keeps: no terminator, no ownership. UTF-8 where not said otherwise. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct text {
    const char *bytes; /* may be NULL when len is 0 */
    size_t len;
};

/* Of a literal. */
#define TEXT(literal) ((struct text){"" literal, sizeof literal - 1})

static inline struct text text_of(const char *terminated)
{
    return (struct text){terminated, strlen(terminated)};
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

static inline bool text_is(struct text a, const char *terminated)
{
    return text_equal(a, text_of(terminated));
}

static inline bool text_starts(struct text whole, struct text start)
{
    return whole.len >= start.len &&
           (start.len == 0 || memcmp(whole.bytes, start.bytes, start.len) == 0);
}

static inline char text_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* `start` in small letters, which stand for capitals, too: of ASCII. */
static inline bool text_starts_in_any_case(struct text whole, const char *start)
{
    size_t at = 0;
    while (at < whole.len && start[at] != '\0' && text_lower(whole.bytes[at]) == start[at])
        at++;
    return start[at] == '\0';
}

/* Takes what stands before the first `mark`, and the mark, from `*rest`; all of it where there is none. */
static inline struct text text_cut(struct text *rest, char mark)
{
    const char *at = rest->len ? memchr(rest->bytes, mark, rest->len) : NULL;
    struct text part = {rest->bytes, at ? (size_t)(at - rest->bytes) : rest->len};
    size_t gone = part.len + (at ? 1 : 0);
    *rest = (struct text){gone ? rest->bytes + gone : rest->bytes, rest->len - gone};
    return part;
}

/* On the heap, with a terminator, for who knows no other texts; NULL: no memory. */
static inline char *text_terminated(struct text text)
{
    char *copy = malloc(text.len + 1);
    if (!copy)
        return NULL;
    if (text.len)
        memcpy(copy, text.bytes, text.len);
    copy[text.len] = '\0';
    return copy;
}

/* By bytes, the shorter first: below 0, 0, above 0. */
static inline int text_compare(struct text a, struct text b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? (unsigned char)*a.bytes - (unsigned char)*b.bytes : 0; /* mostly decides */
    if (len && order == 0)
        order = memcmp(a.bytes, b.bytes, len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

#endif

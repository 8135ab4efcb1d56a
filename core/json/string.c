/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is between a string's quotes: checked as it is read, its escapes resolved when somebody asks. */
#include <assert.h>

#include "base/utf8.h"
#include "json/parts.h"
#include "json/scan.h"

enum { HEX_DIGITS = 4, HIGH_FIRST = 0xD800, LOW_FIRST = 0xDC00, LOW_LAST = 0xDFFF };

/* The four hexadecimal digits at `at`; -1 where they are not. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t sum = 0;
    if (end - at < HEX_DIGITS)
        return -1;
    for (int i = 0; i < HEX_DIGITS; i++) {
        char c = at[i], lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            sum = sum * 16 + (c - '0');
        else if (lower >= 'a' && lower <= 'f')
            sum = sum * 16 + (lower - 'a' + 10);
        else
            return -1;
    }
    return sum;
}

/* What \b and its like stand for; 0: nothing. */
static char short_escape(char letter)
{
    switch (letter) {
    case '"':
    case '\\':
    case '/':
        return letter;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return '\0';
    }
}

/* Reads the escape whose backslash is at `at`: a character, of one \u or a pair of them. Returns its bytes in
 * the text; 0: it is none that may be. RFC 8259 section 7. */
static size_t read_escape(const char *at, const char *end, uint32_t *code)
{
    enum { SHORT = 2, UNIT = 2 + HEX_DIGITS };
    if (end - at < SHORT)
        return 0;
    if (at[1] != 'u') {
        *code = (unsigned char)short_escape(at[1]);
        return *code ? SHORT : 0;
    }
    int32_t first = hex4(at + 2, end);
    if (first <= 0 || (first >= LOW_FIRST && first <= LOW_LAST))
        return 0;
    *code = (uint32_t)first;
    if (first < HIGH_FIRST || first > LOW_LAST)
        return UNIT;

    if (end - at < 2 * UNIT || at[UNIT] != '\\' || at[UNIT + 1] != 'u')
        return 0;
    int32_t second = hex4(at + UNIT + 2, end);
    if (second < LOW_FIRST || second > LOW_LAST)
        return 0;
    *code = 0x10000 + ((uint32_t)(first - HIGH_FIRST) << 10) + (uint32_t)(second - LOW_FIRST);
    return (size_t)2 * UNIT;
}

/* Goes past all that is not ASCII, and stops where it is not UTF-8. Two bytes a character is most of it: Arabic,
 * accents. */
static const char *pass_utf8(const char *at, const char *end)
{
    uint32_t code;
    while (at < end && (unsigned char)*at >= 0x80) {
        unsigned char lead = (unsigned char)*at;
        size_t len = 2;
        if (end - at < 2 || lead < 0xC2 || lead > 0xDF || ((unsigned char)at[1] & 0xC0) != 0x80)
            len = utf8_read(at, end, &code);
        if (!len)
            break;
        at += len;
    }
    return at;
}

enum json_err json_pass_string(const char **at, const char *end, bool *is_escaped)
{
    *is_escaped = false;
    for (;;) {
        *at = json_skip_plain(*at, end);
        if (*at == end)
            return JSON_ERR_UNFINISHED;
        if (**at == '"')
            return JSON_OK;
        const char *start = *at;
        if (*start == '\\') {
            uint32_t code;
            *is_escaped = true;
            *at += read_escape(start, end, &code);
        } else {
            *at = pass_utf8(start, end);
        }
        if (*at == start)
            return (unsigned char)*start >= 0x80 ? JSON_ERR_UTF8 : JSON_ERR_STRING;
    }
}

/* The next bytes of a checked string with escapes: a run as written, or what an escape at `at` stands for, in
 * `room`. */
static struct text next_piece(const char **at, const char *end, char room[static UTF8_LEN_MAX])
{
    if (**at != '\\') {
        const char *start = *at, *found = memchr(start, '\\', (size_t)(end - start));
        *at = found ? found : end;
        return (struct text){start, (size_t)(*at - start)};
    }
    uint32_t code;
    size_t len = read_escape(*at, end, &code);
    assert(len);
    *at += len;
    return (struct text){room, utf8_write(room, code)};
}

struct text json_string(const struct json *json, uint32_t node, struct arena *arena)
{
    struct text raw = json_raw(json, node);
    if (!json->nodes[node].escaped)
        return raw;

    char *characters = arena_take(arena, raw.len); /* an escape is longer than what it stands for */
    if (!characters)
        return (struct text){NULL, 0};
    char room[UTF8_LEN_MAX];
    size_t len = 0;
    for (const char *at = raw.bytes, *end = at + raw.len; at < end;) {
        struct text piece = next_piece(&at, end, room);
        memcpy(characters + len, piece.bytes, piece.len);
        len += piece.len;
    }
    return (struct text){characters, len};
}

struct text json_text(const struct json *json, uint32_t object, struct text name,
                      struct arena *arena)
{
    uint32_t node = json_member(json, object, name);
    bool is_string = node != JSON_NONE && json_type(json, node) == JSON_STRING;
    return is_string ? json_string(json, node, arena) : TEXT("");
}

bool json_string_is(const struct json *json, uint32_t node, struct text name)
{
    struct text raw = json_raw(json, node);
    if (!json->nodes[node].escaped)
        return text_equal(raw, name);

    char room[UTF8_LEN_MAX];
    for (const char *at = raw.bytes, *end = at + raw.len; at < end;) {
        struct text piece = next_piece(&at, end, room);
        if (!text_starts(name, piece))
            return false;
        name.bytes += piece.len;
        name.len -= piece.len;
    }
    return name.len == 0;
}

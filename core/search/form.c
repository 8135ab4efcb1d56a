/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/form.h"

#include <string.h>

#include "base/percent.h"
#include "base/utf8.h"

static bool is_utf8(struct text text)
{
    uint32_t code = 1;
    size_t len = 1;
    for (size_t i = 0; i < text.len && len && code; i += len)
        len = utf8_read(text.bytes + i, text.bytes + text.len, &code);
    return len && code; /* U+0000 is none here */
}

static enum form_err decode(struct text coded, struct text *out, struct arena *arena)
{
    enum percent_err err = percent_decode(coded.len ? coded : TEXT(""), arena, out);
    if (err == PERCENT_ERR_MEMORY)
        return FORM_ERR_MEMORY;
    return err == PERCENT_OK && is_utf8(*out) ? FORM_OK : FORM_ERR_SYNTAX;
}

enum form_err form_next(struct text *rest, struct text *name, struct text *value,
                        struct arena *arena)
{
    struct text pair = {0};
    while (rest->len && pair.len == 0)
        pair = text_cut(rest, '&');
    if (pair.len == 0)
        return FORM_END;
    struct text coded_name = text_cut(&pair, '=');
    enum form_err err = decode(coded_name, name, arena);
    return err ? err : decode(pair, value, arena);
}

void form_write(struct buffer *buffer, struct text text)
{
    static const char plain[] =
        "-._~:/,$@!*'()"; /* what a query may hold (RFC 3986), and readers know */
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.bytes[i];
        if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
            (byte >= 'a' && byte <= 'z') || (byte && strchr(plain, byte))) {
            buffer_add_byte(buffer, byte);
        } else {
            buffer_add_byte(buffer, '%');
            buffer_add_byte(buffer, hex[(unsigned char)byte >> 4]);
            buffer_add_byte(buffer, hex[(unsigned char)byte & 15]);
        }
    }
}

bool form_split(struct text *rest, char mark, struct text *part)
{
    size_t i = 0;
    while (i < rest->len && rest->bytes[i] != mark)
        i += rest->bytes[i] == '\\' ? 2 : 1;
    if (i >= rest->len) {
        *part = *rest;
        *rest = (struct text){rest->bytes + rest->len, 0};
        return false;
    }
    *part = (struct text){rest->bytes, i};
    *rest = (struct text){rest->bytes + i + 1, rest->len - i - 1};
    return true;
}

struct text form_plain(struct text escaped, struct arena *arena)
{
    if (escaped.len == 0)
        return TEXT("");
    if (!memchr(escaped.bytes, '\\', escaped.len))
        return escaped;
    char *out = arena_take(arena, escaped.len);
    size_t len = 0;
    if (!out)
        return (struct text){0};
    for (size_t i = 0; i < escaped.len; i++) {
        char next = i + 1 < escaped.len ? escaped.bytes[i + 1] : '\0';
        if (escaped.bytes[i] == '\\' && (next == ',' || next == '$' || next == '|' || next == '\\'))
            i++;
        out[len++] = escaped.bytes[i];
    }
    return (struct text){out, len};
}

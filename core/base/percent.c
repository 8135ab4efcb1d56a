/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/percent.h"

static int hex_of(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

enum percent_err percent_decode(struct text sent, struct arena *arena, struct text *out)
{
    *out = sent;
    if (sent.len == 0 || (!memchr(sent.bytes, '%', sent.len) && !memchr(sent.bytes, '+', sent.len)))
        return PERCENT_OK;
    char *bytes = arena_take(arena, sent.len);
    size_t len = 0;
    if (!bytes)
        return PERCENT_ERR_MEMORY;
    for (size_t i = 0; i < sent.len; i++) {
        char byte = sent.bytes[i];
        if (byte == '%') {
            int high = i + 2 < sent.len ? hex_of(sent.bytes[i + 1]) : -1;
            int low = i + 2 < sent.len ? hex_of(sent.bytes[i + 2]) : -1;
            if (high < 0 || low < 0)
                return PERCENT_ERR_SYNTAX;
            byte = (char)(high << 4 | low);
            i += 2;
        } else if (byte == '+') {
            byte = ' ';
        }
        bytes[len++] = byte;
    }
    *out = (struct text){bytes, len};
    return PERCENT_OK;
}

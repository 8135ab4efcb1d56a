/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/fold.h"

#include <stdint.h>

#include "base/utf8.h"
#include "search/fold_table.h" /* made by fold_table.py: fold_page, fold_at, fold_pool */

/* What the character at the start of `rest` becomes; *len is its own length. */
static inline struct text folded_char(struct text rest, size_t *len)
{
    uint32_t code = (uint8_t)*rest.bytes;
    *len = code < 0x80 ? 1 : utf8_read(rest.bytes, rest.bytes + rest.len, &code);
    if (*len == 0)
        return (struct text){rest.bytes, *len = 1}; /* not UTF-8: its first byte as it is */
    if (code > 0xffff)
        return (struct text){rest.bytes, *len}; /* the table has the first plane */
    unsigned place = fold_at[fold_page[code >> 8]][code & 0xff];
    if (place == 0)
        return (struct text){rest.bytes, *len};
    return (struct text){(const char *)fold_pool + place + 1, fold_pool[place]};
}

/* How many bytes at the start are folded already. */
static size_t folded_prefix(struct text text)
{
    bool after_space = true; /* a space at the start is one too many */
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.bytes[i];
        if (byte == ' ') {
            if (after_space || i + 1 == text.len)
                return i;
            after_space = true;
        } else if (byte >= 0x80 || fold_at[fold_page[0]][byte]) {
            return i;
        } else {
            after_space = false;
        }
    }
    return text.len;
}

struct text fold_text(struct arena *arena, struct text text)
{
    size_t done = folded_prefix(text);
    if (done == text.len)
        return text.len ? text : TEXT("");

    size_t room = done, step;
    for (size_t i = done; i < text.len; i += step)
        room += folded_char((struct text){text.bytes + i, text.len - i}, &step).len;
    char *out = arena_take(arena, room);
    if (!out)
        return (struct text){0};
    memcpy(out, text.bytes, done);
    size_t len = done;
    for (size_t i = done; i < text.len; i += step) {
        struct text folded = folded_char((struct text){text.bytes + i, text.len - i}, &step);
        for (size_t k = 0; k < folded.len; k++)
            if (folded.bytes[k] != ' ' || (len && out[len - 1] != ' '))
                out[len++] = folded.bytes[k];
    }
    while (len && out[len - 1] == ' ')
        len--;
    return (struct text){out, len};
}

struct text fold_code(struct arena *arena, struct text text)
{
    size_t i = 0;
    while (i < text.len && !(text.bytes[i] >= 'A' && text.bytes[i] <= 'Z'))
        i++;
    if (i == text.len)
        return text.len ? text : TEXT("");
    char *out = arena_take(arena, text.len);
    if (!out)
        return (struct text){0};
    for (i = 0; i < text.len; i++) {
        char byte = text.bytes[i];
        out[i] = byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
    }
    return (struct text){out, text.len};
}

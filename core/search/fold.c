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

static inline bool is_ascii(char byte)
{
    return (uint8_t)byte < 0x80;
}

/* At most so many bytes come of it: of ASCII, which most texts are, one of each or none. */
static size_t folded_bytes_max(struct text text)
{
    size_t bytes = 0, step = 1;
    for (size_t i = 0; i < text.len; i += step)
        if (is_ascii(text.bytes[i])) {
            step = 1;
            bytes++;
        } else {
            bytes += folded_char((struct text){text.bytes + i, text.len - i}, &step).len;
        }
    return bytes;
}

/* Adds a byte, but no space at the start or behind a space. */
static inline size_t add_byte(char *out, size_t len, char byte)
{
    out[len] = byte;
    return len + (byte != ' ' || (len && out[len - 1] != ' '));
}

struct text fold_text(struct arena *arena, struct text text)
{
    size_t done = folded_prefix(text), step = 1;
    if (done == text.len)
        return text.len ? text : TEXT("");

    size_t room = done + folded_bytes_max((struct text){text.bytes + done, text.len - done});
    char *out = arena_take(arena, room + 1); /* a space that is not kept is written, too */
    if (!out)
        return (struct text){0};
    memcpy(out, text.bytes, done);
    size_t len = done;
    for (size_t i = done; i < text.len; i += step) {
        if (is_ascii(text.bytes[i])) {
            unsigned place = fold_at[fold_page[0]][(uint8_t)text.bytes[i]];
            step = 1;
            if (place == 0)
                len = add_byte(out, len, text.bytes[i]);
            else if (fold_pool[place])
                len = add_byte(out, len, (char)fold_pool[place + 1]);
            continue;
        }
        struct text folded = folded_char((struct text){text.bytes + i, text.len - i}, &step);
        for (size_t k = 0; k < folded.len; k++)
            len = add_byte(out, len, folded.bytes[k]);
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

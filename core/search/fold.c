/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/fold.h"

#include <stdint.h>

#include "search/fold_table.h" /* made by fold_table.py: fold_page, fold_at, fold_pool */

/* The length of the character whose first byte is `first`, as UTF-8 that is well-formed has it. */
static size_t char_len(uint8_t first)
{
    return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

bool fold_is_utf8(struct text text)
{
    const uint8_t *at = (const uint8_t *)text.bytes, *end = at + text.len;
    while (at < end) {
        if (*at == 0)
            return false;
        if (*at < 0x80) {
            at++;
            continue;
        }
        size_t len = char_len(*at);
        if (*at < 0xc2 || *at > 0xf4 || (size_t)(end - at) < len)
            return false;
        for (size_t i = 1; i < len; i++)
            if ((at[i] & 0xc0) != 0x80)
                return false;
        if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
            (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
            return false; /* overlong, a surrogate, beyond Unicode */
        at += len;
    }
    return true;
}

/* What the character at the start of `rest` becomes; *len is its own length. */
static struct text folded_char(struct text rest, size_t *len)
{
    const uint8_t *at = (const uint8_t *)rest.bytes;
    unsigned code = 0;
    *len = char_len(*at);
    if (*len > rest.len)
        *len = rest.len; /* not UTF-8: as it is, a byte at a time would do no better */
    switch (*len) {
    case 1:
        code = at[0];
        break;
    case 2:
        code = (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
        break;
    case 3:
        code = (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
        break;
    default:
        return (struct text){rest.bytes, *len}; /* beyond the first plane: as it is */
    }
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

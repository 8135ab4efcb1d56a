/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_text_columns of screen/page.h: how wide a terminal shows UTF-8 text. */
#include "screen/page.h"

static size_t decode(const char *text, uint32_t *rune)
{
    const unsigned char *in = (const unsigned char *)text;
    size_t len = in[0] < 0x80 ? 1 : in[0] < 0xe0 ? 2 : in[0] < 0xf0 ? 3 : 4;

    *rune = len == 1 ? in[0] : in[0] & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        if ((in[i] & 0xc0) != 0x80)
            return i; /* cut short */
        *rune = *rune << 6 | (in[i] & 0x3fU);
    }
    return len;
}

static unsigned rune_columns(uint32_t rune)
{
    if ((rune >= 0x300 && rune <= 0x36f) || (rune >= 0x64b && rune <= 0x65f) || rune == 0x670 ||
        (rune >= 0x200b && rune <= 0x200f))
        return 0;
    return (rune >= 0x1100 && rune <= 0x115f) || (rune >= 0x2e80 && rune <= 0xa4cf) ||
                   (rune >= 0xac00 && rune <= 0xd7a3) || (rune >= 0xf900 && rune <= 0xfaff) ||
                   (rune >= 0xfe30 && rune <= 0xfe6f) || (rune >= 0xff00 && rune <= 0xff60) ||
                   (rune >= 0x1f300 && rune <= 0x1faff)
               ? 2
               : 1;
}

unsigned page_text_columns(const char *text)
{
    unsigned columns = 0;
    uint32_t rune;

    for (; *text; text += decode(text, &rune)) {
        decode(text, &rune);
        columns += rune_columns(rune);
    }
    return columns;
}

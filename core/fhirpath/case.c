/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/case.h"

#include <stdbool.h>

#include "base/utf8.h"

static bool follows(struct text text, size_t at)
{
    return at < text.len && ((unsigned char)text.bytes[at] & 0xC0) == 0x80;
}

uint32_t utf8_next(struct text text, size_t *at)
{
    const char *here = text.bytes + *at;
    uint32_t code = (unsigned char)*here;
    size_t len =
        code < 0x80 ? 1 : utf8_read(here, text.bytes + text.len, &code); /* most is ASCII */
    if (!len) {
        code = (unsigned char)*here;
        len = 1;
    }
    *at += len;
    return code;
}

size_t utf8_count(struct text text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len; at++)
        count += ((unsigned char)text.bytes[at] & 0xC0) != 0x80;
    return count;
}

size_t utf8_at(struct text text, size_t index)
{
    size_t at = 0;
    while (at < text.len && (index > 0 || follows(text, at))) {
        index -= !follows(text, at + 1);
        at++;
    }
    return at;
}

/* Ranges of letters: pairs that alternate (upper, lower), or upper ones with the lower at a distance. */
static const struct range {
    uint32_t first, last; /* of the upper ones, or of both where they alternate */
    uint32_t distance;    /* 1: alternating */
} ranges[] = {
    {'A', 'Z', 32},      {0xC0, 0xD6, 32},    {0xD8, 0xDE, 32},   {0x100, 0x12F, 1},
    {0x132, 0x137, 1},   {0x139, 0x148, 1},   {0x14A, 0x177, 1},  {0x179, 0x17E, 1},
    {0x388, 0x38A, 37},  {0x391, 0x3A1, 32},  {0x3A3, 0x3AB, 32}, {0x400, 0x40F, 80},
    {0x410, 0x42F, 32},  {0x460, 0x481, 1},   {0x48A, 0x4BF, 1},  {0x4D0, 0x52F, 1},
    {0x1E00, 0x1E95, 1}, {0x1EA0, 0x1EFF, 1},
};

/* In an alternating range the upper ones are at an even distance from its first. */
static bool is_upper_of(const struct range *range, uint32_t code)
{
    return range->distance != 1 || (code - range->first) % 2 == 0;
}

uint32_t case_lower(uint32_t code)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return is_upper_of(&ranges[i], code) ? code + ranges[i].distance : code;
    return code;
}

uint32_t case_upper(uint32_t code)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const struct range *range = &ranges[i];
        if (range->distance == 1) {
            if (code >= range->first && code <= range->last && !is_upper_of(range, code))
                return code - 1;
        } else if (code >= range->first + range->distance &&
                   code <= range->last + range->distance) {
            return code - range->distance;
        }
    }
    return code == 0x3C2 ? 0x3A3 : code; /* final sigma */
}

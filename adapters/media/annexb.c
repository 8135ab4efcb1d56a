/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/annexb.h"

enum {
    UNIT_TYPE_MASK = 0x1f, /* ITU-T H.264 7.3.1 */
    UNIT_IDR_SLICE = 5,    /* table 7-1 */
    UNIT_SEI = 6,
    SEI_RECOVERY_POINT = 6, /* D.1.1 */
    START_CODE_BYTES = 3,
    EXP_GOLOMB_ZEROS_MAX = 16 /* frame counts have 16 bits at most */
};

struct bits {
    const uint8_t *bytes;
    size_t len, at; /* in bits */
};

static uint32_t next_bit(struct bits *bits)
{
    if (bits->at >= bits->len)
        return 1; /* ends any run of zeros */
    uint32_t bit = bits->bytes[bits->at / 8] >> (7 - bits->at % 8) & 1;
    bits->at++;
    return bit;
}

/* ue(v), 9.1. */
static uint32_t next_exp_golomb(struct bits *bits)
{
    unsigned zeros = 0;
    while (zeros < EXP_GOLOMB_ZEROS_MAX && !next_bit(bits))
        zeros++;
    uint32_t rest = 0;
    for (unsigned i = 0; i < zeros; i++)
        rest = rest << 1 | next_bit(bits);
    return (UINT32_C(1) << zeros) - 1 + rest;
}

/* One ff-coded number of an SEI message (7.3.2.3.1). */
static size_t next_sei_number(const uint8_t *bytes, size_t len, size_t *at)
{
    size_t number = 0;
    while (*at < len && bytes[*at] == 0xff) {
        number += 0xff;
        (*at)++;
    }
    if (*at < len)
        number += bytes[(*at)++];
    return number;
}

/* The body of an SEI unit. Emulation prevention bytes may shift what follows them, but never occur
 * in the few bytes of a recovery point as our encoder writes it. */
static void read_sei(struct annexb_entry *entry, const uint8_t *bytes, size_t len)
{
    size_t at = 0;
    while (at + 2 < len) {
        size_t type = next_sei_number(bytes, len, &at);
        size_t size = next_sei_number(bytes, len, &at);
        if (size > len - at)
            return;
        if (type == SEI_RECOVERY_POINT) {
            struct bits bits = {.bytes = bytes + at, .len = size * 8};
            entry->recovery_point = true;
            entry->recovery_pictures = next_exp_golomb(&bits);
        }
        at += size;
    }
}

/* The next place at or after `at` where 00 00 01 begins; `len` when there is none. */
static size_t find_start(const uint8_t *bytes, size_t len, size_t at)
{
    for (; at + START_CODE_BYTES <= len; at++)
        if (!bytes[at] && !bytes[at + 1] && bytes[at + 2] == 1)
            return at;
    return len;
}

struct annexb_entry annexb_entry_of(const uint8_t *bytes, size_t len)
{
    struct annexb_entry entry = {0};
    size_t start = find_start(bytes, len, 0);
    while (start + START_CODE_BYTES < len) {
        size_t unit = start + START_CODE_BYTES;
        unsigned type = bytes[unit] & UNIT_TYPE_MASK;
        if (type >= 1 && type <= UNIT_IDR_SLICE) { /* slices come last: no need to read on */
            entry.idr = type == UNIT_IDR_SLICE;
            return entry;
        }
        size_t end = find_start(bytes, len, unit);
        if (type == UNIT_SEI)
            read_sei(&entry, bytes + unit + 1, end - unit - 1);
        start = end;
    }
    return entry;
}

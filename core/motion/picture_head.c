/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/picture_head.h"

#include <assert.h>

#include "base/bytes.h"

enum { AT_VERSION = 0, AT_RATE = 1, AT_ZERO = 2, AT_ENCODE = 4, VERSION = 2 };
static_assert(AT_ENCODE + 4 == PICTURE_HEAD_BYTES, "the last field ends the head");

void picture_head_encode(const struct picture_head *head, uint8_t out[static PICTURE_HEAD_BYTES])
{
    out[AT_VERSION] = VERSION;
    out[AT_RATE] = head->rate;
    out[AT_ZERO] = out[AT_ZERO + 1] = 0;
    put_be32(out + AT_ENCODE, head->encode_ns);
}

enum motion_err picture_head_decode(struct picture_head *head, const uint8_t *in, size_t len)
{
    if (len <= PICTURE_HEAD_BYTES)
        return MOTION_ERR_LENGTH;
    if (in[AT_VERSION] != VERSION)
        return MOTION_ERR_VERSION;
    if (in[AT_ZERO] || in[AT_ZERO + 1])
        return MOTION_ERR_RESERVED;
    if (!in[AT_RATE])
        return MOTION_ERR_COUNT;
    *head = (struct picture_head){.encode_ns = get_be32(in + AT_ENCODE), .rate = in[AT_RATE]};
    return MOTION_OK;
}

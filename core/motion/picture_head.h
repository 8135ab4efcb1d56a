/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands before each coded picture on its way to the console: how long it took to be sent, which
 * the console takes off the picture's age to know what the network took (motion/delay.h); and how many
 * pictures a second the cart's link reckons with, so that the console's waits as long for each.
 *
 * Wire form, big-endian, 8 bytes: version u8 | rate u8 | zero u8[2] | encode_ns u32; the coded picture follows.
 * Pure values: no memory kept, any thread. */
#ifndef MOTION_PICTURE_HEAD_H
#define MOTION_PICTURE_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/err.h"

enum { PICTURE_HEAD_BYTES = 8 };

struct picture_head {
    uint32_t encode_ns; /* from its capture until it was sent; UINT32_MAX: that or longer */
    uint8_t rate;       /* pictures a second; not 0 */
};

void picture_head_encode(const struct picture_head *head, uint8_t out[static PICTURE_HEAD_BYTES]);

/* Reads the head of the `len` bytes at `in`; `*head` is set only on MOTION_OK.
 * MOTION_ERR_LENGTH: no picture follows. MOTION_ERR_VERSION, _RESERVED; _COUNT: no rate. */
MUST_USE enum motion_err picture_head_decode(struct picture_head *head, const uint8_t *in,
                                             size_t len);

#endif

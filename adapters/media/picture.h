/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A raw picture: three planes of 8-bit samples, I420 (one chroma sample for 2x2 of luma), limited
 * range (16 to 235) as ITU-R BT.709 has it.
 *
 * Its memory is taken once, at start, and reused for every picture. A picture that the decoder
 * shows is only a view of the decoder's own memory: look, do not free. One owner at a time. */
#ifndef MEDIA_PICTURE_H
#define MEDIA_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "media/err.h"

enum {
    PICTURE_WIDTH_MAX = 2048, /* 1080p and a margin */
    PICTURE_HEIGHT_MAX = 1152,
    PICTURE_SIDE_MIN = 64,
    PICTURE_ALIGN_BYTES = 64, /* each plane and each row: what AVX-512 loads at once */
    PICTURE_BLACK_LUMA = 16,
    PICTURE_GREY_CHROMA = 128
};

struct picture {
    uint32_t width, height; /* even */
    uint8_t *planes[3];     /* Y, U, V; the last two of half the width and height */
    uint32_t strides[3];    /* bytes from one row to the next */
    uint64_t captured_ns;   /* monotonic, when the light was (or would have been) seen */
};

/* Takes memory for a black picture; picture_free gives it back. MEDIA_ERR_SETTING: a side that is odd,
 * below PICTURE_SIDE_MIN or above the maximum. */
MUST_USE enum media_err picture_alloc(struct picture *picture, uint32_t width, uint32_t height);
void picture_free(struct picture *picture);

/* Paints it all in one colour. */
void picture_fill(struct picture *picture, uint8_t y, uint8_t u, uint8_t v);

/* Whether every sample of two pictures of the same size is the same; their times are not looked at. */
bool picture_is_same(const struct picture *a, const struct picture *b);

/* Copies samples and time between pictures of the same size. */
void picture_copy(struct picture *to, const struct picture *from);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igtl/rgb.h"

#include <stddef.h>

/* BT.709 3.2 and 5.4 turned round, in 1/65536: luma 255/219; 1.5748, 0.1873, 0.4681 and 1.8556 times
 * 255/224. */
enum {
    LUMA = 76309,
    RED_V = 117489,
    GREEN_U = 13975,
    GREEN_V = 34925,
    BLUE_U = 138438,
    HALF = 32768
};

static uint8_t limit(int value)
{
    int rounded = value >> 16;
    return (uint8_t)(rounded < 0 ? 0 : rounded > 255 ? 255 : rounded);
}

void rgb_of(const struct picture *picture, uint8_t *out)
{
    for (uint32_t row = 0; row < picture->height; row++) {
        const uint8_t *y = picture->planes[0] + (size_t)row * picture->strides[0];
        const uint8_t *u = picture->planes[1] + (size_t)(row / 2) * picture->strides[1];
        const uint8_t *v = picture->planes[2] + (size_t)(row / 2) * picture->strides[2];
        for (uint32_t column = 0; column < picture->width; column++, out += 3) {
            int luma = (y[column] - PICTURE_BLACK_LUMA) * LUMA + HALF;
            int blue = u[column / 2] - PICTURE_GREY_CHROMA,
                red = v[column / 2] - PICTURE_GREY_CHROMA;
            out[0] = limit(luma + RED_V * red);
            out[1] = limit(luma - GREEN_U * blue - GREEN_V * red);
            out[2] = limit(luma + BLUE_U * blue);
        }
    }
}

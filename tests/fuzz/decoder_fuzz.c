/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever bytes come as pictures (each after its length, 16 bits, big-endian), the decoder returns;
 * what it shows is no larger than allowed and is all there to be read; and after a loss nothing is
 * called whole before an IDR or a recovery point has come. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "media/annexb.h"
#include "media/decoder.h"

enum { WIDTH_MAX = 320, HEIGHT_MAX = 192, PICTURES_MAX = 32, LENGTH_BYTES = 2 };

static volatile uint32_t sum; /* so that the samples are really read */

static void check_picture(const struct picture *picture)
{
    if ((uint64_t)picture->width * picture->height > (uint64_t)WIDTH_MAX * HEIGHT_MAX)
        abort();
    for (uint32_t row = 0; row < picture->height; row++)
        for (uint32_t column = 0; column < picture->width; column++) {
            sum += picture->planes[0][(size_t)row * picture->strides[0] + column];
            sum += picture->planes[1][(size_t)(row / 2) * picture->strides[1] + column / 2];
            sum += picture->planes[2][(size_t)(row / 2) * picture->strides[2] + column / 2];
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct media_reason reason;
    struct decoder *decoder;
    bool entered = false;
    if (decoder_open(&decoder, WIDTH_MAX, HEIGHT_MAX, &reason) != MEDIA_OK)
        abort();
    for (uint32_t number = 0; number < PICTURES_MAX && size >= LENGTH_BYTES; number++) {
        struct decoded decoded;
        size_t len = get_be16(data);
        data += LENGTH_BYTES;
        size -= LENGTH_BYTES;
        if (len > size)
            len = size;
        struct annexb_entry entry = annexb_entry_of(data, len);
        entered |= entry.idr || entry.recovery_point;
        if (decoder_decode(decoder, data, len, number, &decoded) == MEDIA_OK) {
            check_picture(&decoded.picture);
            if (!entered && !decoded.damaged)
                abort();
        }
        data += len;
        size -= len;
    }
    decoder_close(decoder);
    return 0;
}

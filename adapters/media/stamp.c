/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/stamp.h"

#include <assert.h>
#include <string.h>

enum {
    LOCK_BITS = 4,
    NUMBER_BITS = 32,
    CHECK_BITS = 12,
    BLOCKS = LOCK_BITS + NUMBER_BITS + CHECK_BITS,
    BLOCKS_ACROSS = 80, /* the picture's width in blocks */
    LOCK = 0xa,         /* white, black, white, black */
    WHITE = 235,
    BLACK = 16,
    MIDDLE = (WHITE + BLACK) / 2
};

/* CRC-12 (x^12 + x^11 + x^3 + x^2 + x + 1, as ITU-T G.704's relatives use) over the number. */
static uint32_t check_of(uint32_t number)
{
    uint32_t crc = 0xfff;
    for (int bit = NUMBER_BITS - 1; bit >= 0; bit--) {
        uint32_t carry = (crc >> 11 ^ number >> bit) & 1;
        crc = crc << 1 & 0xfff;
        if (carry)
            crc ^= 0x80f;
    }
    return crc;
}

static uint64_t code_of(uint32_t number)
{
    return (uint64_t)LOCK << (NUMBER_BITS + CHECK_BITS) | (uint64_t)number << CHECK_BITS |
           check_of(number);
}

/* Where block `index` begins; all in samples of luma. */
static uint32_t block_left(const struct picture *picture, uint32_t index)
{
    return ((BLOCKS_ACROSS - BLOCKS) / 2 + index) * picture->width / BLOCKS_ACROSS;
}

static uint32_t block_top(const struct picture *picture)
{
    return (picture->height - picture->width / BLOCKS_ACROSS) & ~UINT32_C(1);
}

void stamp_write(struct picture *picture, uint32_t number)
{
    assert(picture->width >= STAMP_WIDTH_MIN);
    uint64_t code = code_of(number);
    for (uint32_t row = block_top(picture); row < picture->height; row++) {
        uint8_t *luma = picture->planes[0] + (size_t)row * picture->strides[0];
        for (uint32_t i = 0; i < BLOCKS; i++) {
            uint32_t left = block_left(picture, i), right = block_left(picture, i + 1);
            memset(luma + left, code >> (BLOCKS - 1 - i) & 1 ? WHITE : BLACK, right - left);
        }
    }
    uint32_t left = block_left(picture, 0) / 2, right = (block_left(picture, BLOCKS) + 1) / 2;
    for (int plane = 1; plane < 3; plane++)
        for (uint32_t row = block_top(picture) / 2; row < picture->height / 2; row++)
            memset(picture->planes[plane] + (size_t)row * picture->strides[plane] + left,
                   PICTURE_GREY_CHROMA, right - left);
}

/* The mean of the inner half of a block, where the neighbours' ringing does not reach. */
static uint32_t block_mean(const struct picture *picture, uint32_t index)
{
    uint32_t left = block_left(picture, index), right = block_left(picture, index + 1);
    uint32_t top = block_top(picture), bottom = picture->height;
    uint32_t inset_x = (right - left) / 4, inset_y = (bottom - top) / 4;
    uint32_t sum = 0, count = 0;
    for (uint32_t row = top + inset_y; row < bottom - inset_y; row++)
        for (uint32_t column = left + inset_x; column < right - inset_x; column++, count++)
            sum += picture->planes[0][(size_t)row * picture->strides[0] + column];
    return count > 0 ? sum / count : 0;
}

bool stamp_read(const struct picture *picture, uint32_t *number)
{
    if (picture->width < STAMP_WIDTH_MIN || picture->height < picture->width / BLOCKS_ACROSS)
        return false;
    uint64_t code = 0;
    for (uint32_t i = 0; i < BLOCKS; i++)
        code = code << 1 | (block_mean(picture, i) > MIDDLE);
    uint32_t found = (uint32_t)(code >> CHECK_BITS);
    if (code != code_of(found))
        return false;
    *number = found;
    return true;
}

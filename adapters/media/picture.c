/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/picture.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_side(uint32_t side, uint32_t most)
{
    return side >= PICTURE_SIDE_MIN && side <= most && side % 2 == 0;
}

static uint32_t aligned(uint32_t bytes)
{
    return (bytes + PICTURE_ALIGN_BYTES - 1) & ~(uint32_t)(PICTURE_ALIGN_BYTES - 1);
}

enum media_err picture_alloc(struct picture *picture, uint32_t width, uint32_t height)
{
    if (!is_side(width, PICTURE_WIDTH_MAX) || !is_side(height, PICTURE_HEIGHT_MAX))
        return MEDIA_ERR_SETTING;
    uint32_t luma = aligned(width), chroma = aligned(width / 2);
    size_t luma_bytes = (size_t)luma * height, chroma_bytes = (size_t)chroma * (height / 2);
    uint8_t *memory = aligned_alloc(PICTURE_ALIGN_BYTES, luma_bytes + 2 * chroma_bytes);
    if (!memory)
        return MEDIA_ERR_MEMORY;
    *picture = (struct picture){
        .width = width,
        .height = height,
        .planes = {memory, memory + luma_bytes, memory + luma_bytes + chroma_bytes},
        .strides = {luma, chroma, chroma},
    };
    picture_fill(picture, PICTURE_BLACK_LUMA, PICTURE_GREY_CHROMA, PICTURE_GREY_CHROMA);
    return MEDIA_OK;
}

void picture_free(struct picture *picture)
{
    free(picture->planes[0]);
    *picture = (struct picture){0};
}

void picture_fill(struct picture *picture, uint8_t y, uint8_t u, uint8_t v)
{
    memset(picture->planes[0], y, (size_t)picture->strides[0] * picture->height);
    memset(picture->planes[1], u, (size_t)picture->strides[1] * (picture->height / 2));
    memset(picture->planes[2], v, (size_t)picture->strides[2] * (picture->height / 2));
}

bool picture_is_same(const struct picture *a, const struct picture *b)
{
    assert(a->width == b->width && a->height == b->height);
    for (int plane = 0; plane < 3; plane++) {
        uint32_t rows = plane ? a->height / 2 : a->height;
        uint32_t columns = plane ? a->width / 2 : a->width;
        for (uint32_t row = 0; row < rows; row++)
            if (memcmp(a->planes[plane] + (size_t)row * a->strides[plane],
                       b->planes[plane] + (size_t)row * b->strides[plane], columns) != 0)
                return false;
    }
    return true;
}

void picture_copy(struct picture *to, const struct picture *from)
{
    assert(to->width == from->width && to->height == from->height);
    for (int plane = 0; plane < 3; plane++) {
        uint32_t rows = plane ? from->height / 2 : from->height;
        uint32_t columns = plane ? from->width / 2 : from->width;
        for (uint32_t row = 0; row < rows; row++)
            memcpy(to->planes[plane] + (size_t)row * to->strides[plane],
                   from->planes[plane] + (size_t)row * from->strides[plane], columns);
    }
    to->captured_ns = from->captured_ns;
}

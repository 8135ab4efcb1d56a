/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/scaler.h"

#include <libavutil/pixfmt.h>
#include <libswscale/swscale.h>
#include <stdbool.h>

struct area {
    uint32_t left, top, width, height; /* even, so that chroma lands whole */
};

/* The largest area of `to` with the source's shape. */
static struct area fit(const struct picture *to, int width, int height)
{
    uint64_t w = (uint64_t)width, h = (uint64_t)height;
    struct area area = {.width = to->width, .height = to->height};
    if (w * to->height > h * to->width)
        area.height = (uint32_t)(h * to->width / w) & ~UINT32_C(1);
    else
        area.width = (uint32_t)(w * to->height / h) & ~UINT32_C(1);
    if (area.width < 2)
        area.width = 2;
    if (area.height < 2)
        area.height = 2;
    area.left = (to->width - area.width) / 2 & ~UINT32_C(1);
    area.top = (to->height - area.height) / 2 & ~UINT32_C(1);
    return area;
}

static bool source_changed(const struct scaler *scaler, const struct scaler_source *from)
{
    return !scaler->context || scaler->source_width != (uint32_t)from->width ||
           scaler->source_height != (uint32_t)from->height || scaler->source_format != from->format;
}

enum media_err scaler_fit(struct scaler *scaler, struct picture *to,
                          const struct scaler_source *from)
{
    if (from->width < 1 || from->height < 1)
        return MEDIA_ERR_FORMAT;
    struct area area = fit(to, from->width, from->height);
    if (source_changed(scaler, from)) {
        scaler->context = sws_getCachedContext(
            scaler->context, from->width, from->height, (enum AVPixelFormat)from->format,
            (int)area.width, (int)area.height, AV_PIX_FMT_YUV420P, SWS_BILINEAR, NULL, NULL, NULL);
        if (!scaler->context)
            return MEDIA_ERR_FORMAT;
        scaler->source_width = (uint32_t)from->width;
        scaler->source_height = (uint32_t)from->height;
        scaler->source_format = from->format;
        picture_fill(to, PICTURE_BLACK_LUMA, PICTURE_GREY_CHROMA, PICTURE_GREY_CHROMA);
    }
    uint8_t *planes[4] = {0};
    int strides[4] = {0};
    for (int i = 0; i < 3; i++) {
        uint32_t halved = i > 0;
        strides[i] = (int)to->strides[i];
        planes[i] =
            to->planes[i] + (size_t)(area.top >> halved) * to->strides[i] + (area.left >> halved);
    }
    int rows =
        sws_scale(scaler->context, from->planes, from->strides, 0, from->height, planes, strides);
    return rows > 0 ? MEDIA_OK : MEDIA_ERR_FORMAT;
}

enum media_err scaler_fit_picture(struct scaler *scaler, struct picture *to,
                                  const struct picture *from)
{
    const uint8_t *planes[4] = {from->planes[0], from->planes[1], from->planes[2]};
    int strides[4] = {(int)from->strides[0], (int)from->strides[1], (int)from->strides[2]};
    struct scaler_source source = {.planes = planes,
                                   .strides = strides,
                                   .width = (int)from->width,
                                   .height = (int)from->height,
                                   .format = AV_PIX_FMT_YUV420P};
    to->captured_ns = from->captured_ns;
    return scaler_fit(scaler, to, &source);
}

void scaler_close(struct scaler *scaler)
{
    sws_freeContext(scaler->context);
    *scaler = (struct scaler){0};
}

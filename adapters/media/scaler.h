/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits a picture of any size and sample format into one of ours: the shape kept, centred, black
 * around it. Behind it: libswscale. One thread per scaler. */
#ifndef MEDIA_SCALER_H
#define MEDIA_SCALER_H

#include "base/attr.h"
#include "media/err.h"
#include "media/picture.h"

struct SwsContext;

struct scaler {
    struct SwsContext *context; /* NULL until first used */
    uint32_t source_width, source_height;
    int source_format;
};

/* What libav hands out: an AVPixelFormat and up to four planes. */
struct scaler_source {
    const uint8_t *const *planes;
    const int *strides;
    int width, height, format;
};

/* Fills `to` (its size is the size wanted). Several sources may follow one another; memory is taken
 * only when the source changes. MEDIA_ERR_FORMAT: a source that cannot be converted. */
MUST_USE enum media_err scaler_fit(struct scaler *scaler, struct picture *to,
                                   const struct scaler_source *from);

/* The same from one of our own pictures. */
MUST_USE enum media_err scaler_fit_picture(struct scaler *scaler, struct picture *to,
                                           const struct picture *from);

void scaler_close(struct scaler *scaler);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* H.264 into pictures: one in, one out, at once, whatever the bytes are.
 *
 * What is missing or broken is filled in from the picture before (concealment) and the picture is
 * called damaged, until an IDR or a whole refresh (recovery point, ITU-T H.264 D.2.8) has replaced every
 * block. The numbers say which pictures were lost: after a gap the codec would only guess.
 *
 * Behind it: libavcodec, single-threaded because only so does it conceal. Its memory is bounded by
 * the largest picture allowed. One thread per decoder. */
#ifndef MEDIA_DECODER_H
#define MEDIA_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "media/err.h"
#include "media/picture.h"

struct decoded {
    struct picture picture; /* a view of the decoder's memory, until its next call: do not free */
    uint32_t number;
    bool damaged; /* not what the encoder saw */
};

struct decoder;

/* Pictures of more than width x height samples are refused. */
MUST_USE enum media_err decoder_open(struct decoder **decoder, uint32_t width_max,
                                     uint32_t height_max, struct media_reason *reason);
void decoder_close(struct decoder *decoder);

/* Decodes the picture in the `len` bytes at `bytes` (Annex B, one whole picture), the sender's
 * `number`th: consecutive unless some were lost; wraps. MEDIA_ERR_FORMAT: no picture came of it, or not
 * one we can show (too large, not 4:2:0); the next ones count as damaged. `*out` is set on MEDIA_OK. */
MUST_USE enum media_err decoder_decode(struct decoder *decoder, const uint8_t *bytes, size_t len,
                                       uint32_t number, struct decoded *out);

/* Whether the next picture, if it is no IDR, will be shown damaged: then ask for one. */
bool decoder_is_damaged(const struct decoder *decoder);

#endif

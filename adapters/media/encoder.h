/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures into H.264 (ITU-T H.264, Annex B), each within the time and the bytes of one picture.
 *
 * What was chosen, and why:
 *   - No B-frames, no look-ahead: a picture goes in, its bytes come out of the same call.
 *   - Intra refresh: instead of one large intra picture a second, a column of intra blocks
 *     wanders across once every refresh interval (half a second). Sizes stay even, so pacing does
 *     not add delay, and damage heals by itself after an interval.
 *   - A rate buffer (VBV) of a single picture at constant bit rate: no picture is much larger than its
 *     share (measured: 3 % at most after the first).
 *   - Preset ultrafast: half the time of superfast, on two cores that both ends may have to share, for 2 dB.
 *   - Slices: four bands a picture, so that damage to one stays in it. Not packet-sized ones: the
 *     link delivers a picture whole or not at all, and a slice for each 1200 bytes costs bits.
 *   - Below what the full picture needs, a ladder of fewer and smaller pictures (media/ladder.h).
 *
 * Behind it: libx264. All memory is taken at open, and again when the ladder changes the picture's
 * size: not for a real-time thread. One thread per encoder. */
#ifndef MEDIA_ENCODER_H
#define MEDIA_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "media/err.h"
#include "media/ladder.h"
#include "media/picture.h"

enum {
    ENCODED_BYTES_MAX = 256 * 1024 - 8, /* the link's LINK_FRAME_BYTES_MAX, less a picture's head */
    ENCODER_RATE_MAX = 120,             /* pictures a second */
    ENCODER_BIT_RATE_MIN_BPS = 64000,   /* less is taken as this */
    ENCODER_BIT_RATE_MAX_BPS = 40000000, /* more is taken as this */
    ENCODER_REFRESH_MS = 500             /* how long a refresh takes at the nominal rate */
};

struct encoder_settings {
    uint32_t width, height; /* even, at least twice PICTURE_SIDE_MIN: the ladder may halve them */
    uint32_t rate;          /* pictures a second, 1 to ENCODER_RATE_MAX */
    uint32_t bit_rate_bps;  /* to begin with */
    unsigned threads;       /* that share one picture; 0 is taken as 1 */
};

struct encoded {
    const uint8_t *bytes; /* the encoder's, until its next call */
    size_t len;           /* 0: the ladder leaves this picture out */
    bool stands_alone;    /* an IDR: needs none before it */
    uint32_t width, height;
};

struct encoder;

MUST_USE enum media_err encoder_open(struct encoder **encoder,
                                     const struct encoder_settings *settings,
                                     struct media_reason *reason);
void encoder_close(struct encoder *encoder);

/* The bit rate to keep to from the next picture on. */
void encoder_set_bit_rate(struct encoder *encoder, uint32_t bit_rate_bps);

/* The other end's picture captured at `damaged_ns` (or any: UINT64_MAX) was damaged: the next one will
 * be an IDR, which needs none before it. It has to fit the same rate buffer, so it is coarser than its
 * neighbours for a few pictures, instead of wrong for a refresh interval. Nothing happens when an
 * IDR captured later is on its way already: so the other end may ask for every damaged picture. */
void encoder_recover(struct encoder *encoder, uint64_t damaged_ns);

/* Encodes one picture of the size in the settings. MEDIA_ERR_CODEC: the library failed.
 * MEDIA_ERR_TOO_BIG: not to be sent; the next picture will be an IDR. `*out` is set on MEDIA_OK. */
MUST_USE enum media_err encoder_encode(struct encoder *encoder, const struct picture *picture,
                                       struct encoded *out);

/* The ladder's step in use. */
struct ladder_step encoder_step(const struct encoder *encoder);

#endif

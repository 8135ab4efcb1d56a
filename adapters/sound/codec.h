/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 20 ms of sound to an Opus packet and back (RFC 6716), at 48 kHz, mono; the only files here that know
 * libopus. One thread for each encoder and decoder; all memory is taken at open.
 *
 * Speech at 24 kbit/s, a copy of each packet's sound in the one after it (in-band FEC), planned for 10 %
 * of loss. No discontinuous transmission: who does not press talk sends nothing at all.
 * Encoder and decoder together delay by SOUND_LOOKAHEAD_NS beyond the 20 ms (libopus's own figure, held
 * by a test). */
#ifndef SOUND_CODEC_H
#define SOUND_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "voice/packet.h"

enum {
    SOUND_RATE_HZ = 48000,
    SOUND_FRAME_SAMPLES = 960, /* 20 ms */
    SOUND_BPS = 24000
};

#define SOUND_LOOKAHEAD_NS UINT64_C(6500000)

struct sound_encoder;
struct sound_decoder;

/* NULL: memory is short. */
MUST_USE struct sound_encoder *sound_encoder_open(void);
void sound_encoder_close(struct sound_encoder *encoder);

/* A new talk begins: nothing of the one before sounds in it. */
void sound_encoder_restart(struct sound_encoder *encoder);

/* Returns the packet's length, 1 to VOICE_OPUS_BYTES_MAX; 0: it could not be encoded. */
size_t sound_encode(struct sound_encoder *encoder, const int16_t in[static SOUND_FRAME_SAMPLES],
                    uint8_t out[static VOICE_OPUS_BYTES_MAX]);

/* NULL: memory is short. */
MUST_USE struct sound_decoder *sound_decoder_open(void);
void sound_decoder_close(struct sound_decoder *decoder);

/* The packet's sound. False: the bytes are no 20 ms of Opus; what was before is faded out instead. */
bool sound_decode(struct sound_decoder *decoder, const uint8_t *in, size_t len,
                  int16_t out[static SOUND_FRAME_SAMPLES]);

/* The sound of the packet that is missing before this one: its copy, or as below where there is none. */
void sound_repair(struct sound_decoder *decoder, const uint8_t *in, size_t len,
                  int16_t out[static SOUND_FRAME_SAMPLES]);

/* Made up from what was before, fading. */
void sound_conceal(struct sound_decoder *decoder, int16_t out[static SOUND_FRAME_SAMPLES]);

#endif

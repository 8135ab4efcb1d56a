/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sound/codec.h"

#include <opus/opus.h>
#include <stdlib.h>
#include <string.h>

enum { LOSS_PERCENT = 10 };

/* Each is libopus's state behind a name of ours. */
static OpusEncoder *encoder_of(struct sound_encoder *encoder)
{
    return (OpusEncoder *)(void *)encoder;
}

static OpusDecoder *decoder_of(struct sound_decoder *decoder)
{
    return (OpusDecoder *)(void *)decoder;
}

struct sound_encoder *sound_encoder_open(void)
{
    int err;
    OpusEncoder *encoder = opus_encoder_create(SOUND_RATE_HZ, 1, OPUS_APPLICATION_VOIP, &err);
    if (!encoder)
        return NULL;
    if (opus_encoder_ctl(encoder, OPUS_SET_BITRATE(SOUND_BPS)) != OPUS_OK ||
        opus_encoder_ctl(encoder, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE)) != OPUS_OK ||
        opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(1)) != OPUS_OK ||
        opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(LOSS_PERCENT)) != OPUS_OK) {
        opus_encoder_destroy(encoder);
        return NULL;
    }
    return (struct sound_encoder *)(void *)encoder;
}

void sound_encoder_close(struct sound_encoder *encoder)
{
    if (encoder)
        opus_encoder_destroy(encoder_of(encoder));
}

void sound_encoder_restart(struct sound_encoder *encoder)
{
    (void)opus_encoder_ctl(encoder_of(encoder), OPUS_RESET_STATE);
}

size_t sound_encode(struct sound_encoder *encoder, const int16_t in[static SOUND_FRAME_SAMPLES],
                    uint8_t out[static VOICE_OPUS_BYTES_MAX])
{
    int len = opus_encode(encoder_of(encoder), in, SOUND_FRAME_SAMPLES, out, VOICE_OPUS_BYTES_MAX);
    return len > 0 ? (size_t)len : 0;
}

struct sound_decoder *sound_decoder_open(void)
{
    int err;
    return (struct sound_decoder *)(void *)opus_decoder_create(SOUND_RATE_HZ, 1, &err);
}

void sound_decoder_close(struct sound_decoder *decoder)
{
    if (decoder)
        opus_decoder_destroy(decoder_of(decoder));
}

void sound_conceal(struct sound_decoder *decoder, int16_t out[static SOUND_FRAME_SAMPLES])
{
    if (opus_decode(decoder_of(decoder), NULL, 0, out, SOUND_FRAME_SAMPLES, 0) !=
        SOUND_FRAME_SAMPLES)
        memset(out, 0, SOUND_FRAME_SAMPLES * sizeof *out);
}

/* `in` with or without its copy of the one before. */
static bool decode(struct sound_decoder *decoder, const uint8_t *in, size_t len, int copy,
                   int16_t out[static SOUND_FRAME_SAMPLES])
{
    return opus_packet_get_nb_samples(in, (opus_int32)len, SOUND_RATE_HZ) == SOUND_FRAME_SAMPLES &&
           opus_decode(decoder_of(decoder), in, (opus_int32)len, out, SOUND_FRAME_SAMPLES, copy) ==
               SOUND_FRAME_SAMPLES;
}

bool sound_decode(struct sound_decoder *decoder, const uint8_t *in, size_t len,
                  int16_t out[static SOUND_FRAME_SAMPLES])
{
    if (decode(decoder, in, len, 0, out))
        return true;
    sound_conceal(decoder, out);
    return false;
}

void sound_repair(struct sound_decoder *decoder, const uint8_t *in, size_t len,
                  int16_t out[static SOUND_FRAME_SAMPLES])
{
    if (!decode(decoder, in, len, 1, out))
        sound_conceal(decoder, out);
}

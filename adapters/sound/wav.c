/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sound/wav.h"

#include <string.h>

#include "base/bytes.h"
#include "sound/codec.h" /* SOUND_RATE_HZ */

enum {
    RIFF_BYTES = 12,
    CHUNK_HEAD_BYTES = 8,
    FORMAT_BYTES = 16,
    FORMAT_PCM = 1,
    FORMAT_EXTENSIBLE = 0xFFFE, /* of PCM, as its length and the rest say */
    SAMPLE_BYTES = 2
};

static uint16_t get_le16(const uint8_t *in)
{
    return (uint16_t)(in[0] | in[1] << 8);
}

static void put_le16(uint8_t *out, uint16_t value)
{
    out[0] = (uint8_t)value;
    out[1] = (uint8_t)(value >> 8);
}

static void put_le32(uint8_t *out, uint32_t value)
{
    put_le16(out, (uint16_t)value);
    put_le16(out + 2, (uint16_t)(value >> 16));
}

/* The chunk of that name, its head left out, `*size` cut to what is there; NULL: none. */
static const uint8_t *find_chunk(const uint8_t *in, size_t len, const char name[static 4],
                                 size_t *size)
{
    for (size_t at = RIFF_BYTES; at + CHUNK_HEAD_BYTES <= len;) {
        size_t claimed = get_le32(in + at + 4), room = len - at - CHUNK_HEAD_BYTES;
        if (!memcmp(in + at, name, 4)) {
            *size = claimed < room ? claimed : room;
            return in + at + CHUNK_HEAD_BYTES;
        }
        if (claimed > room)
            return NULL;
        at += CHUNK_HEAD_BYTES + claimed + claimed % 2;
    }
    return NULL;
}

const char *wav_read(const uint8_t *in, size_t len, const uint8_t **samples, size_t *count)
{
    size_t size;
    if (len < RIFF_BYTES || memcmp(in, "RIFF", 4) || memcmp(in + 8, "WAVE", 4))
        return "is not a WAVE file";
    const uint8_t *format = find_chunk(in, len, "fmt ", &size);
    if (!format || size < FORMAT_BYTES)
        return "is a WAVE file without a format: copy it again";
    uint16_t tag = get_le16(format);
    if ((tag != FORMAT_PCM && tag != FORMAT_EXTENSIBLE) || get_le16(format + 14) != 16)
        return "is not 16-bit PCM: convert it (sox IN.wav -b 16 -r 48000 -c 1 OUT.wav)";
    if (get_le16(format + 2) != 1)
        return "is not mono: convert it (sox IN.wav -b 16 -r 48000 -c 1 OUT.wav)";
    if (get_le32(format + 4) != SOUND_RATE_HZ)
        return "is not of 48 kHz: convert it (sox IN.wav -b 16 -r 48000 -c 1 OUT.wav)";
    const uint8_t *data = find_chunk(in, len, "data", &size);
    if (!data || size < SAMPLE_BYTES)
        return "holds no sound";
    *samples = data;
    *count = size / SAMPLE_BYTES;
    return NULL;
}

void wav_head(uint32_t count, uint8_t out[static WAV_HEAD_BYTES])
{
    memset(out, 0, WAV_HEAD_BYTES);
    memcpy(out, "RIFF", 4);
    put_le32(out + 4, WAV_HEAD_BYTES - 8 + count * SAMPLE_BYTES);
    memcpy(out + 8, "WAVEfmt ", 8);
    put_le32(out + 16, FORMAT_BYTES);
    put_le16(out + 20, FORMAT_PCM);
    put_le16(out + 22, 1);
    put_le32(out + 24, SOUND_RATE_HZ);
    put_le32(out + 28, SOUND_RATE_HZ * SAMPLE_BYTES);
    put_le16(out + 32, SAMPLE_BYTES);
    put_le16(out + 34, 8 * SAMPLE_BYTES);
    memcpy(out + 36, "data", 4);
    put_le32(out + 40, count * SAMPLE_BYTES);
}

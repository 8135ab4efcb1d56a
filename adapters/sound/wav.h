/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WAVE files of 16-bit PCM, mono, 48 kHz, in memory: nothing is converted, what is otherwise is
 * refused with what to do. Source: Multimedia Programming Interface and Data Specifications 1.0 (IBM,
 * Microsoft, 1991), "Waveform Audio File Format". Pure: bytes in, bytes out. */
#ifndef SOUND_WAV_H
#define SOUND_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { WAV_HEAD_BYTES = 44 };

/* NULL: `*samples` (little-endian, inside `in`, not aligned) and their `*count` are set. Else what is
 * wrong with the `len` bytes at `in`, in words. A data chunk that claims more than there is, as a
 * recorder that was killed leaves it, counts for what is there. */
MUST_USE const char *wav_read(const uint8_t *in, size_t len, const uint8_t **samples,
                              size_t *count);

/* The head of a file of `count` samples; they follow, little-endian. */
void wav_head(uint32_t count, uint8_t out[static WAV_HEAD_BYTES]);

#endif

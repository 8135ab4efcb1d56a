/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sounds of alarms: bursts of pulses, generated, a kind for each priority.
 *
 * After the idea of IEC 60601-1-8, not to its letter: high is ten pulses in two halves of 3 + 2, medium three
 * slower ones, low two soft and slow; each pulse is a fundamental between 150 and 1000 Hz with its
 * harmonics, so that ears can place it; the pauses between bursts grow as the priority falls.
 * Pure; one owner per struct. */
#ifndef SCREEN_ALARM_SOUND_H
#define SCREEN_ALARM_SOUND_H

#include <stdint.h>

enum { ALARM_SOUND_HZ = 48000 };

enum alarm_sound_kind {
    ALARM_SOUND_NONE,
    ALARM_SOUND_LOW,
    ALARM_SOUND_MEDIUM,
    ALARM_SOUND_HIGH,
    ALARM_SOUNDS
};

struct alarm_sound {            /* zeroed at the start */
    enum alarm_sound_kind kind; /* of the burst under way */
    uint64_t at;                /* samples since it began */
};

/* The next `count` samples with `wanted` to be told. A burst that has begun goes on, but to give way to a
 * worse one, or to silence (ALARM_SOUND_NONE). */
void alarm_sound_fill(struct alarm_sound *sound, enum alarm_sound_kind wanted, int16_t *out,
                      unsigned count);

#endif

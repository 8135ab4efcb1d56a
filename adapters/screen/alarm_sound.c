/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/alarm_sound.h"

#include <math.h>
#include <stdbool.h>

#define PI 3.14159265358979323846
#define FADE_S 0.02 /* of a pulse's ends: no clicks */

enum { HARMONICS = 4, PULSES_MAX = 10 };

static const struct kind {
    double pitch_hz, loudness, pulse_s, burst_s; /* from one burst's beginning to the next */
    unsigned pulses;
    double starts_s[PULSES_MAX];
} kinds[ALARM_SOUNDS] = {
    [ALARM_SOUND_NONE] = {0, 0, 0, 1, 0, {0}},
    [ALARM_SOUND_LOW] = {330, 0.12, 0.2, 16, 2, {0, 0.4}},
    [ALARM_SOUND_MEDIUM] = {440, 0.22, 0.18, 7, 3, {0, 0.38, 0.76}},
    [ALARM_SOUND_HIGH] =
        {660, 0.35, 0.12, 5, 10, {0, 0.2, 0.4, 0.75, 0.95, 1.6, 1.8, 2.0, 2.35, 2.55}},
};

static double pulse(const struct kind *kind, double s)
{
    double wave = 0;
    for (int n = 1; n <= HARMONICS; n++)
        wave += sin(2 * PI * kind->pitch_hz * n * s) / n;
    double ends = fmin(1, fmin(s, kind->pulse_s - s) / FADE_S);
    return kind->loudness * ends * wave / 2;
}

static double sample(const struct kind *kind, double s)
{
    for (unsigned i = 0; i < kind->pulses; i++)
        if (s >= kind->starts_s[i] && s < kind->starts_s[i] + kind->pulse_s)
            return pulse(kind, s - kind->starts_s[i]);
    return 0;
}

void alarm_sound_fill(struct alarm_sound *sound, enum alarm_sound_kind wanted, int16_t *out,
                      unsigned count)
{
    bool ends = wanted == ALARM_SOUND_NONE;
    if (ends || wanted > sound->kind)
        *sound = (struct alarm_sound){.kind = wanted};
    for (unsigned i = 0; i < count; i++) {
        const struct kind *kind = &kinds[sound->kind];
        double s = (double)sound->at++ / ALARM_SOUND_HZ;
        out[i] = (int16_t)lround(32767 * sample(kind, s));
        if (s >= kind->burst_s)
            *sound = (struct alarm_sound){.kind = wanted};
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jitter: what is added to a line's fixed delay, drawn for each datagram. */
#ifndef WEATHER_DELAY_H
#define WEATHER_DELAY_H

#include <stdint.h>

#include "base/random.h"
#include "weather/settings.h"

/* One draw, in nanoseconds, never negative and at most DELAY_DRAW_NS_MAX. */
uint64_t delay_draw_ns(const struct weather_settings *settings, struct random *random);

#define DELAY_DRAW_NS_MAX UINT64_C(10000000000) /* 10 s: the end of the heavy tails */

#endif

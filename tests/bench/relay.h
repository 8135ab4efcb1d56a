/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carries packets between the two sides of the lines, through the weather of core/weather.
 *
 * The weather starts afresh with the first measured message, so that a run's losses and timetables
 * depend on its seed and not on how long a peer took to connect; until then there are no
 * outages. Packets are counted as the ends hand them over, IP header and all. The weather takes each
 * for a UDP payload and charges 28 bytes more against a rate, for every peer alike. */
#ifndef BENCH_RELAY_H
#define BENCH_RELAY_H

#include <stdint.h>

#include "bench/lines.h"

struct relay;

/* What the lines were, and what the ends sent on all of them while measured. */
struct relay_report {
    double delay_ms, jitter_ms; /* of the way there, at the start */
    double forward_bits_per_second, back_bits_per_second;
};

/* A relay for open lines. `weather` holds for each line (weather/settings.h); `cut`, "START+LENGTH" or
 * NULL, is an outage of the first. Ends the program when the words are wrong. */
struct relay *relay_new(const struct lines *lines, const char *weather, const char *cut,
                        uint64_t seed, uint64_t measured_ns);

/* Carries packets until `until_ns`. `start_ns`: when measuring starts, 0 while unknown. */
void relay_carry(struct relay *relay, uint64_t start_ns, uint64_t until_ns);

struct relay_report relay_report(const struct relay *relay);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which datagrams are lost: one by one, or in bursts.
 *
 * Bursts: a chain of two states that steps once for each datagram (Gilbert, Bell Syst. Tech. J.
 * 39, 1960; Elliott 42, 1963): good loses nothing, bad loses all. For an average loss p and a mean
 * burst of B datagrams it turns bad with p / (B (1 - p)) and good again with 1 / B. Pareto bursts
 * turn bad in the same way but draw the burst's length from a shifted Pareto law with mean B and
 * shape 2.5 (variance finite, tail far longer than geometric). */
#ifndef WEATHER_LOSS_H
#define WEATHER_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "weather/settings.h"

struct loss_chain {
    bool bad;
    uint64_t left; /* of a Pareto burst, this datagram not counted */
};

/* The greatest average loss that bursts of `burst_milli` thousandths allow, in parts per billion: one
 * good datagram between any two bursts. */
uint64_t loss_most_ppb(uint64_t burst_milli);

/* Steps the chain for one datagram: is it lost? */
bool loss_step(struct loss_chain *chain, const struct weather_settings *settings, uint64_t loss_ppb,
               struct random *random);

#endif

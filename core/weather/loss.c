/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather/loss.h"

#include <math.h>

#include "weather/units.h"

static const double PARETO_SHAPE = 2.5;
static const double BURST_MOST = 1e6; /* datagrams: the tail ends somewhere */

uint64_t loss_most_ppb(uint64_t burst_milli)
{
    return burst_milli * UNIT_SHARE_WHOLE / (burst_milli + 1000);
}

/* Mean `mean`, at least 1; rounded up or down at random so that the mean stays true. */
static uint64_t pareto_length(double mean, struct random *random)
{
    double scale = (mean - 1) * (PARETO_SHAPE - 1);
    double length = 1 + scale * (pow(1 - random_unit(random), -1 / PARETO_SHAPE) - 1);
    return (uint64_t)(fmin(length, BURST_MOST) + random_unit(random));
}

bool loss_step(struct loss_chain *chain, const struct weather_settings *settings, uint64_t loss_ppb,
               struct random *random)
{
    double loss = (double)loss_ppb / UNIT_SHARE_WHOLE;
    double burst = (double)settings->burst_milli / 1000;
    double draw = random_unit(random);

    if (settings->burst_milli == 0)
        return draw < loss;
    if (loss_ppb == 0 || loss_ppb == UNIT_SHARE_WHOLE) {
        *chain = (struct loss_chain){0};
        return loss_ppb > 0;
    }
    if (!chain->bad) {
        chain->bad = draw < loss / (burst * (1 - loss));
        chain->left = 0;
        if (chain->bad && settings->bursts == WEATHER_BURSTS_PARETO)
            chain->left = pareto_length(burst, random) - 1;
        return chain->bad;
    }
    if (settings->bursts == WEATHER_BURSTS_PARETO) {
        chain->bad = chain->left > 0;
        chain->left -= chain->bad;
    } else {
        chain->bad = draw >= 1 / burst;
    }
    return chain->bad;
}

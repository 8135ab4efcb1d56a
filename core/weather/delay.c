/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather/delay.h"

#include <math.h>

/* Heavy tail as in Linux's `netem ... distribution pareto` tables: shape 3. */
static const double PARETO_SHAPE = 3;

/* Two exponential laws, chosen by weight; rates per millisecond. Source: github
 * UVA-DSA/telesurgery-qos-analysis b47a9fefaf8f, delay_config.json (4G, and 5G in its severest form) and
 * network_conditions.txt (5G delay1, delay2). Their floors (15, 70, 210, 406 ms) belong into `delay`:
 * presets study-4g and study-5g-1 to -3. */
struct mixture {
    double first_weight;
    double rates[2];
};
static const struct mixture mixtures[] = {
    [WEATHER_4G] = {0.8, {0.1, 0.0067}},
    [WEATHER_5G_1] = {0.72645, {0.02711, 0.08529}},
    [WEATHER_5G_2] = {0.89258, {0.01081, 0.01624}},
    [WEATHER_5G_3] = {0.89574, {0.01025, 0.01551}},
};

static double draw_normal(double span, struct random *random)
{
    double draw;
    do
        draw = span / 2 + span / 6 * random_normal(random);
    while (draw < 0 || draw > span);
    return draw;
}

static double draw_pareto(double mean, struct random *random)
{
    double scale = mean * (PARETO_SHAPE - 1);
    return scale * (pow(1 - random_unit(random), -1 / PARETO_SHAPE) - 1);
}

static double draw_mixture(const struct mixture *mixture, struct random *random)
{
    int second = random_unit(random) >= mixture->first_weight;
    return -log(1 - random_unit(random)) / mixture->rates[second] * 1e6;
}

static double draw(const struct weather_settings *settings, struct random *random)
{
    enum weather_distribution distribution = (enum weather_distribution)settings->distribution;
    double jitter_ns = (double)settings->jitter_ns;

    switch (distribution) {
    case WEATHER_UNIFORM:
        return jitter_ns * random_unit(random);
    case WEATHER_NORMAL:
        return draw_normal(jitter_ns, random);
    case WEATHER_PARETO:
        return draw_pareto(jitter_ns, random);
    case WEATHER_4G:
    case WEATHER_5G_1:
    case WEATHER_5G_2:
    case WEATHER_5G_3:
        return draw_mixture(&mixtures[distribution], random);
    }
    return 0;
}

uint64_t delay_draw_ns(const struct weather_settings *settings, struct random *random)
{
    return (uint64_t)fmin(draw(settings, random), (double)DELAY_DRAW_NS_MAX);
}

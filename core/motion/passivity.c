/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/passivity.h"

const struct passivity_settings PASSIVITY_STANDARD = {
    .start_j = 0.020,
    .most_j = 0.040,
    .low_j = 0.012,
    .brake_most_ns_m = 10,
    .force_max_n = 3.3,
    .speed_max_m_s = 2,
    .hold_ns = 3000000,
};

void passivity_init(struct passivity *gate, const struct passivity_settings *settings)
{
    *gate = (struct passivity){.settings = *settings, .tank_j = settings->start_j};
}

/* The most that a force of 1 N can give to a hand in that time. */
static double most_j_n(const struct passivity_settings *settings, uint64_t ns)
{
    return settings->speed_max_m_s * (double)ns * 1e-9;
}

/* What the force of the call before has done to the hand, out of the tank. A device that has let go meanwhile may
 * have given before that what the hand's whole way does not show. */
static void settle(struct passivity *gate, struct vec3 moved_m, uint64_t dt_ns)
{
    const struct passivity_settings *settings = &gate->settings;
    double given_j = vec3_dot(gate->force_n, moved_m);
    if (dt_ns > settings->hold_ns)
        given_j = fmax(given_j, vec3_length(gate->force_n) * most_j_n(settings, settings->hold_ns));
    gate->given_j += given_j;
    gate->tank_j = fmin(gate->tank_j - given_j, gate->settings.most_j);
}

/* Against the hand's motion, the harder the emptier the tank. */
static struct vec3 brake(const struct passivity *gate, struct vec3 moved_m, uint64_t dt_ns)
{
    const struct passivity_settings *settings = &gate->settings;
    double lack = 1 - fmax(gate->tank_j, 0) / settings->low_j;
    if (lack <= 0 || dt_ns == 0)
        return (struct vec3){0, 0, 0};
    return vec3_scale(moved_m, -lack * settings->brake_most_ns_m / ((double)dt_ns * 1e-9));
}

struct vec3 passivity_force(struct passivity *gate, struct vec3 wanted_n, struct vec3 moved_m,
                            uint64_t dt_ns)
{
    const struct passivity_settings *settings = &gate->settings;
    if (vec3_check(wanted_n))
        wanted_n = (struct vec3){0, 0, 0};
    if (vec3_check(moved_m))
        moved_m = (struct vec3){0, 0, 0};
    settle(gate, moved_m, dt_ns);
    uint64_t acts_ns = dt_ns > settings->hold_ns ? dt_ns : settings->hold_ns;
    double payable_n = dt_ns ? fmax(gate->tank_j, 0) / most_j_n(settings, acts_ns) : 0;
    struct vec3 force_n = vec3_add(wanted_n, brake(gate, moved_m, dt_ns));
    gate->force_n = vec3_limit(force_n, fmin(payable_n, settings->force_max_n));
    gate->calls++;
    gate->cut += vec3_length(force_n) > payable_n;
    return gate->force_n;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the instrument's mathematics cost a processor: forward, Jacobian and inverse, each over random
 * reachable poses of the standard tool, in the median of the rounds. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock/clock.h"
#include "options.h"
#include "unit/motion/random_pose.h"

enum { POSES = 4096, ROUNDS_MAX = 1000 };

struct settings {
    uint64_t rounds;
    bool json;
};

static const struct option options[] = {
    {.name = "rounds",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, rounds),
     .unit = "N",
     .standard = "101",
     .least = 1,
     .most = ROUNDS_MAX,
     .help = "times that everything is measured"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, json),
     .help = "one line of JSON"},
    {0},
};

static const struct instrument *const tool = &INSTRUMENT_LARGE_NEEDLE_DRIVER;
static double joints[POSES][INSTRUMENT_AXES], hints[POSES][INSTRUMENT_AXES];
static struct pose goals[POSES];
static volatile double kept; /* so that nothing is left out as unused */

static void draw(void)
{
    struct random random;
    random_seed(&random, 1);
    for (int i = 0; i < POSES; i++) {
        random_joints(&random, tool, 5e-3, joints[i]);
        for (int axis = 0; axis < INSTRUMENT_AXES; axis++)
            hints[i][axis] = joints[i][axis] + random_between(&random, -1e-3, 1e-3);
        instrument_clamp(tool, hints[i]);
        goals[i] = instrument_forward(tool, joints[i]);
    }
}

static void forward(int i)
{
    kept = instrument_forward(tool, joints[i]).position_m.x;
}

static void jacobian(int i)
{
    double out[INSTRUMENT_POSE_AXES][INSTRUMENT_POSE_AXES];
    instrument_jacobian(tool, joints[i], out);
    kept = out[0][0];
}

static void inverse(int i)
{
    double out[INSTRUMENT_AXES];
    kept = instrument_inverse(tool, &goals[i], hints[i], out) + out[0];
}

static const struct {
    const char *name;
    void (*call)(int i);
} calls[] = {{"forward", forward}, {"jacobian", jacobian}, {"inverse", inverse}};

enum { CALLS = sizeof calls / sizeof *calls };

static double round_ns(int call)
{
    uint64_t start_ns = clock_monotonic_ns();
    for (int i = 0; i < POSES; i++)
        calls[call].call(i);
    return (double)(clock_monotonic_ns() - start_ns) / POSES;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-arm", .summary = "measure what the instrument's mathematics cost"};
    static double rounds_ns[CALLS][ROUNDS_MAX];
    struct settings settings = {0};

    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    draw();
    for (uint64_t round = 0; round < settings.rounds; round++)
        for (int call = 0; call < CALLS; call++)
            rounds_ns[call][round] = round_ns(call);
    for (int call = 0; call < CALLS; call++) {
        qsort(rounds_ns[call], settings.rounds, sizeof(double), by_value);
        double median_ns = rounds_ns[call][settings.rounds / 2];
        if (settings.json)
            printf("%s\"%s\":%.1f", call ? "," : "{", calls[call].name, median_ns);
        else
            printf("%-10s %7.0f ns\n", calls[call].name, median_ns);
    }
    if (settings.json)
        printf(",\"rounds\":%" PRIu64 "}\n", settings.rounds);
    return 0;
}

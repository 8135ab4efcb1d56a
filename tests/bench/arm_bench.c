/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the instrument's mathematics cost a processor: forward, Jacobian and inverse, each over random
 * reachable poses of the standard tool, and a tick of one of two arms among the endoscope and as many vessels as there
 * may be, all of them near: one that is free, and one in which turn and jaws are barred, so that it is tried in each
 * way that there is; in the median of the rounds. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock/clock.h"
#include "motion/guard.h"
#include "motion/layout.h"
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

static struct guard guard, tight;
static struct track arms[GUARD_ARMS_MAX], barred_arm;
static struct vec3 tip_m;

/* Vessels upright in a ring about the tip of arm 0, and their tops that far from it. */
static void place_vessels(double ring_m, double tops_m)
{
    const struct pose camera = layout_camera(&LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    const struct apart_shaft scope =
        apart_scope(LAYOUT_STANDARD.camera_arm.position_m, camera.position_m);
    guard = (struct guard){.keeps_apart = true, .apart_least_m = GUARD_APART_LEAST_M};
    guard_place_scope(&guard, scope, scope);
    for (int i = 0; i < GUARD_ARMS_MAX; i++) {
        guard.centres[i] = LAYOUT_STANDARD.arms[i];
        track_place(&arms[i], tool, INSTRUMENT_READY_JP);
        arms[i].goal = arms[i].tip;
    }
    tip_m = arms[0].tip.position_m;
    const struct pose tip = pose_from_frame(&guard.centres[0], &arms[0].tip);
    guard.fixtures.margin_m = 1e-3;
    for (int i = 0; i < FIXTURES_MAX; i++) {
        double turn_rad = 2 * 3.14159265358979323846 * i / FIXTURES_MAX;
        struct vec3 aside_m = {ring_m * cos(turn_rad), ring_m * sin(turn_rad), tops_m - 0.02};
        struct vec3 foot_m = vec3_add(tip.position_m, aside_m);
        guard.fixtures.at[guard.fixtures.count++] = (struct fixture){
            .kind = FIXTURE_CAPSULE,
            .a_m = foot_m,
            .b = vec3_add(foot_m, (struct vec3){0, 0, 0.02}),
            .radius_m = 2e-3,
        };
    }
}

static const struct track_limits limits = TRACK_LIMITS_STANDARD;
static const struct track_step step = {&INSTRUMENT_LARGE_NEEDLE_DRIVER, &limits, NULL, 1000000};

/* The same arm, which has opened its jaws and turned as far as the vessels let it, and is asked for more. */
static void come_to_bars(void)
{
    arms[0].jaw_goal_rad = tool->most[AXIS_JAW];
    arms[0].goal.orientation = quat_multiply(arms[0].goal.orientation,
                                             quat_from_rotation_vector((struct vec3){1.2, 0.8, 0}));
    for (int i = 0; i < 3000; i++) {
        (void)guard_go_ahead(&guard, arms, GUARD_ARMS_MAX, 0, &step, true);
        track_come_after(&arms[0], &step);
    }
    barred_arm = arms[0];
    tight = guard;
}

static void draw(void)
{
    place_vessels(0.009, -0.004);
    come_to_bars();
    place_vessels(0.015, -0.01); /* nearer than its jaws are looked at in one */
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

static void barred(int i)
{
    (void)i;
    const struct track start = arms[0];
    arms[0] = barred_arm;
    kept = guard_go_ahead(&tight, arms, GUARD_ARMS_MAX, 0, &step, true).room_m;
    arms[0] = start;
}

static void guarded(int i)
{
    arms[0].goal.position_m.x = tip_m.x + (i & 64 ? 1e-3 : -1e-3);
    kept = guard_go_ahead(&guard, arms, GUARD_ARMS_MAX, 0, &step, true).room_m;
}

static const struct {
    const char *name;
    void (*call)(int i);
} calls[] = {{"forward", forward},
             {"jacobian", jacobian},
             {"inverse", inverse},
             {"guarded", guarded},
             {"barred", barred}};

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

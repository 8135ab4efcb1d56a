/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/script.h"

#define TURN (2 * 3.14159265358979323846)
#define TREMOR_HZ 10
#define TREMOR_M 5e-5

void script_still(struct clutch_hands *hands)
{
    *hands = (struct clutch_hands){.hand_count = 2, .pedal = true};
    for (int i = 0; i < 2; i++)
        hands->hands[i] = (struct hand){POSE_IDENTITY, 0.3};
}

/* A way from 0 at `from` to 1 at `to`, without speed or acceleration at its ends. */
static double ease(double time_s, double from_s, double to_s)
{
    double share = (time_s - from_s) / (to_s - from_s);
    if (share <= 0)
        return 0;
    if (share >= 1)
        return 1;
    return share - sin(TURN * share) / TURN;
}

static struct vec3 tremor(double time_s, double phase)
{
    double at = TURN * TREMOR_HZ * time_s + phase;
    return vec3_scale((struct vec3){sin(at), sin(at + 2.1), sin(at + 4.2)}, TREMOR_M);
}

/* Drives the needle from 0 to 3 s, carries it up and back until 8 s. */
static struct hand right_hand(double in_stitch_s, double time_s)
{
    double drive = ease(in_stitch_s, 0.5, 3), back = ease(in_stitch_s, 4, 6.5);
    double lift = ease(in_stitch_s, 3, 4) - ease(in_stitch_s, 6.5, 7.5);
    double angle = 1.6 * (drive - back);
    struct vec3 arc = {0.03 * sin(angle), 0.03 * (1 - cos(angle)), -0.01 * (drive - back)};
    struct vec3 carry = {0, 0.02 * lift, 0.05 * lift};
    return (struct hand){
        .pose = {vec3_add(vec3_add(arc, carry), tremor(time_s, 0)),
                 quat_from_rotation_vector((struct vec3){0.2 * lift, 0, angle})},
        .jaw_rad = 0.6 * (ease(in_stitch_s, 3, 3.3) - ease(in_stitch_s, 6.9, 7.2)),
    };
}

/* Waits, takes the thread at 3 s, pulls it until 6 s and gives it back. */
static struct hand left_hand(double in_stitch_s, double time_s)
{
    double reach = ease(in_stitch_s, 1.5, 3) - ease(in_stitch_s, 7.5, 9);
    double pull = ease(in_stitch_s, 3.5, 6) - ease(in_stitch_s, 6.5, 9);
    struct vec3 place = {-0.05 * pull, 0.02 * reach, 0.03 * pull - 0.015 * reach};
    return (struct hand){
        .pose = {vec3_add(place, tremor(time_s, 1)),
                 quat_from_rotation_vector((struct vec3){0.5 * reach, 0, -0.4 * pull})},
        .jaw_rad = 0.5 * (1 - ease(in_stitch_s, 3, 3.4) + ease(in_stitch_s, 6.2, 6.5)),
    };
}

void script_hands(uint64_t time_ns, struct clutch_hands *hands)
{
    uint64_t in_stitch_ns = time_ns % SCRIPT_STITCH_NS;
    double in_stitch_s = (double)in_stitch_ns * 1e-9, time_s = (double)time_ns * 1e-9;
    *hands = (struct clutch_hands){
        .hand_count = 2,
        .hands = {left_hand(in_stitch_s, time_s), right_hand(in_stitch_s, time_s)},
        .pedal = in_stitch_ns < SCRIPT_STITCH_NS - SCRIPT_RELEASE_NS,
    };
}

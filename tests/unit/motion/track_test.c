/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/track.h"

#define MS UINT64_C(1000000)

static const struct instrument *const tool = &INSTRUMENT_LARGE_NEEDLE_DRIVER;
static const struct track_limits limits = TRACK_LIMITS_STANDARD;

static struct track ready(void)
{
    struct track track = {.jaw_met = true};
    track_place(&track, tool, INSTRUMENT_READY_JP);
    track.goal = track.tip;
    return track;
}

static void it_comes_to_its_goal_and_stands_there(void **state)
{
    (void)state;
    struct track track = ready();
    track.goal.position_m = vec3_add(track.tip.position_m, (struct vec3){0.01, -0.005, 0.002});
    for (int i = 0; i < 300; i++)
        track_tick(&track, tool, &limits, true, MS);
    assert_true(vec3_length(vec3_subtract(track.goal.position_m, track.tip.position_m)) < 1e-9);
    track_tick(&track, tool, &limits, false, MS);
    assert_true(track_stands(&track));
}

static void h07_a_late_tick_goes_no_further_than_two_milliseconds(void **state)
{
    (void)state;
    struct track track = ready(), late = ready();
    track.goal.position_m.x += 0.01;
    late.goal = track.goal;
    track_tick(&track, tool, &limits, true, 2 * MS);
    track_tick(&late, tool, &limits, true, 900 * MS);
    assert_true(track.tip.position_m.x > 0);
    assert_memory_equal(track.joints, late.joints, sizeof track.joints);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_to_its_goal_and_stands_there),
        cmocka_unit_test(h07_a_late_tick_goes_no_further_than_two_milliseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"
#include "unit/motion/bedside.h"

#include "motion/follow.h"
#include "motion/script.h"

#define MS UINT64_C(1000000)

static void hands_move_as_fast_as_said_and_no_faster(void **state)
{
    (void)state;
    struct clutch_hands before, hands;
    double most_m_s = 0, most_rad_s = 0;
    int up_ms = 0;
    script_hands(0, &before);
    for (uint64_t ms = 1; ms <= 30000; ms++) {
        script_hands(ms * MS, &hands);
        for (int i = 0; i < 2; i++) {
            const struct pose *now = &hands.hands[i].pose, *was = &before.hands[i].pose;
            assert_int_equal(pose_check(now), MOTION_OK);
            most_m_s =
                fmax(most_m_s, 1e3 * vec3_length(vec3_subtract(now->position_m, was->position_m)));
            most_rad_s =
                fmax(most_rad_s, 1e3 * quat_angle_between_rad(now->orientation, was->orientation));
        }
        up_ms += !hands.pedal;
        before = hands;
    }
    print_message("# fastest: %.3f m/s, %.3f rad/s\n", most_m_s, most_rad_s);
    assert_true(most_m_s > 0.05 && most_m_s < 0.2);
    assert_true(most_rad_s > 0.5 && most_rad_s < 4);
    assert_int_equal(up_ms, 1500);
}

/* The whole of this folder in a row: script, clutch, gesture bytes, teleoperation. */
static void the_script_moves_the_instrument_without_a_hold_or_a_limit(void **state)
{
    (void)state;
    struct clutch clutch;
    struct follow follow;
    clutch_init(&clutch);
    clutch_again(&clutch, 1000 * MS);
    follow_init(&follow, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &FOLLOW_STANDARD);
    bedside_enable(&follow, 999 * MS);
    follow_tick(&follow, 999 * MS);
    double furthest_m = 0;
    for (uint32_t ms = 0; ms < 30000; ms++) {
        uint64_t now_ns = (1000 + ms) * MS;
        struct clutch_hands hands;
        struct follow_sample sample = {
            .sequence = ms, .sampled_ns = now_ns, .age_ns = MS, .measured = true};
        struct gesture gesture;
        uint8_t bytes[GESTURE_BYTES_MAX];
        script_hands(ms * MS, &hands);
        clutch_gesture(&clutch, &hands, now_ns, &gesture);
        size_t len = gesture_encode(&gesture, bytes);
        assert_int_equal(gesture_decode(&sample.gesture, bytes, len), MOTION_OK);
        assert_int_equal(follow_gesture(&follow, &sample, now_ns), FOLLOW_APPLIED);
        follow_tick(&follow, now_ns);
        for (int i = 0; i < 2; i++) {
            const struct track *arm = &follow.arms[i];
            assert_int_equal(arm->limited, 0);
            if (follow.supervisor.cause == HOLD_NONE)
                furthest_m =
                    fmax(furthest_m,
                         vec3_length(vec3_subtract(arm->goal.position_m, arm->tip.position_m)));
        }
    }
    print_message("# furthest from the goal: %.3g m\n", furthest_m);
    assert_true(furthest_m < 1e-4);
    assert_int_equal(follow.hold_counts[HOLD_RELEASED], 4);
    assert_int_equal(follow.holds.count, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_move_as_fast_as_said_and_no_faster),
        cmocka_unit_test(the_script_moves_the_instrument_without_a_hold_or_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

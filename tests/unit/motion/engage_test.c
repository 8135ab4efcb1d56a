/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/engage.h"

#define DEGREES (3.14159265358979323846 / 180)

static const struct engage_feel FELT_BY = {40 * DEGREES, 4 * DEGREES};

static struct hand hand_at(double gripper_deg, double roll_deg)
{
    return (struct hand){
        {{0, 0, 0}, quat_from_rotation_vector((struct vec3){0, 0, roll_deg * DEGREES})},
        gripper_deg * DEGREES};
}

/* The states of a hand that goes evenly from nothing to that much, in a hundred steps. */
static enum engage_state after(double gripper_deg, double roll_deg, const struct quat *instrument)
{
    struct engage engage = {.state = ENGAGE_OFF};
    enum engage_state state = ENGAGE_OFF;
    for (int i = 0; i <= 100; i++) {
        struct hand hand = hand_at(gripper_deg * i / 100, roll_deg * i / 100);
        state = engage_update(&engage, &FELT_BY, &hand, instrument);
    }
    return state;
}

static void h33_a_hand_that_does_nothing_is_not_there(void **state)
{
    (void)state;
    assert_int_equal(after(0, 0, NULL), ENGAGE_ABSENT);
    assert_int_equal(after(31, 0, NULL), ENGAGE_ABSENT);
    assert_int_equal(after(0, 3.1, NULL), ENGAGE_ABSENT);
    assert_int_equal(after(15, 1.6, NULL), ENGAGE_ABSENT);
}

static void h33_gripper_roll_or_both_together_are_a_hand(void **state)
{
    (void)state;
    assert_int_equal(after(40.1, 0, NULL), ENGAGE_READY);
    assert_int_equal(after(0, 4.1, NULL), ENGAGE_READY);
    assert_int_equal(after(0, -4.1, NULL), ENGAGE_READY);
    assert_int_equal(after(20, 1.5, NULL), ENGAGE_READY); /* 0.5 and 0.375 */
}

static void h33_the_profile_says_what_a_hand_is_felt_by(void **state)
{
    (void)state;
    struct profile profile;
    profile_standard(&profile);
    struct engage_feel felt_by = engage_feel_of(&profile);
    assert_true(fabs(felt_by.gripper_rad - FELT_BY.gripper_rad) < 1e-12);
    assert_true(fabs(felt_by.roll_rad - FELT_BY.roll_rad) < 1e-12);
    profile.limits[PROFILE_PRESENCE_GRIPPER].most = 10;
    felt_by = engage_feel_of(&profile);
    struct engage engage = {.state = ENGAGE_OFF};
    const struct hand shut = hand_at(0, 0), open = hand_at(10.1, 0);
    (void)engage_update(&engage, &felt_by, &shut, NULL);
    assert_int_equal(engage_update(&engage, &felt_by, &open, NULL), ENGAGE_READY);
}

static void h33_a_handle_that_swings_without_rolling_is_no_hand(void **state)
{
    (void)state;
    struct engage engage = {.state = ENGAGE_OFF};
    for (int i = 0; i <= 60; i++) {
        struct hand hand = hand_at(0, 0);
        hand.pose.orientation = quat_from_rotation_vector((struct vec3){0, i * DEGREES, 0});
        assert_int_equal(engage_update(&engage, &FELT_BY, &hand, NULL), ENGAGE_ABSENT);
    }
}

static void h34_a_handle_turned_away_from_the_instrument_does_not_engage(void **state)
{
    (void)state;
    struct quat near = hand_at(0, 4.9).pose.orientation, far = hand_at(0, 5.1).pose.orientation;
    assert_int_equal(after(50, 0, &near), ENGAGE_READY);
    assert_int_equal(after(50, 0, &far), ENGAGE_TURNED);
}

static void h34_after_a_clutch_the_alignment_is_narrower_until_forgotten(void **state)
{
    (void)state;
    struct engage engage = {.state = ENGAGE_OFF};
    struct quat off = hand_at(0, 3).pose.orientation;
    struct hand shut = hand_at(0, 0), open = hand_at(50, 0);
    (void)engage_update(&engage, &FELT_BY, &shut, &off);
    assert_int_equal(engage_update(&engage, &FELT_BY, &open, &off), ENGAGE_READY);
    engage_off(&engage);
    (void)engage_update(&engage, &FELT_BY, &shut, &off);
    assert_int_equal(engage_update(&engage, &FELT_BY, &open, &off), ENGAGE_TURNED);
    assert_true(engage.off_rad > 2.9 * DEGREES && engage.off_rad < 3.1 * DEGREES);
    engage_forget(&engage);
    (void)engage_update(&engage, &FELT_BY, &shut, &off);
    assert_int_equal(engage_update(&engage, &FELT_BY, &open, &off), ENGAGE_READY);
}

static void h33_each_wish_to_engage_asks_for_the_hand_again(void **state)
{
    (void)state;
    struct engage engage = {.state = ENGAGE_OFF};
    struct hand shut = hand_at(0, 0), open = hand_at(50, 0);
    (void)engage_update(&engage, &FELT_BY, &shut, NULL);
    assert_int_equal(engage_update(&engage, &FELT_BY, &open, NULL), ENGAGE_READY);
    assert_int_equal(engage_update(&engage, &FELT_BY, &open, NULL), ENGAGE_READY);
    engage_off(&engage);
    for (int i = 0; i < 10; i++)
        assert_int_equal(engage_update(&engage, &FELT_BY, &open, NULL), ENGAGE_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h33_a_hand_that_does_nothing_is_not_there),
        cmocka_unit_test(h33_the_profile_says_what_a_hand_is_felt_by),
        cmocka_unit_test(h33_gripper_roll_or_both_together_are_a_hand),
        cmocka_unit_test(h33_a_handle_that_swings_without_rolling_is_no_hand),
        cmocka_unit_test(h34_a_handle_turned_away_from_the_instrument_does_not_engage),
        cmocka_unit_test(h34_after_a_clutch_the_alignment_is_narrower_until_forgotten),
        cmocka_unit_test(h33_each_wish_to_engage_asks_for_the_hand_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

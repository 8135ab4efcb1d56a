/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/jaw_keep.h"

#define OPEN_RAD 1.0
#define WIDE_RAD 1.04 /* what a handle opens */
#define SHUT_RAD (-0.17)
#define HELD_RAD 0.12 /* something is between jaws that were told to shut */

static struct jaw_keep keep;

static int begin(void **state)
{
    (void)state;
    keep = (struct jaw_keep){.is_kept = false};
    return 0;
}

/* The hand goes from `from_rad` to `to_rad` in steps of a millisecond of a quick hand; the jaws do what they are told.
 * Returns what they are told last. */
static double go(double from_rad, double to_rad, double *told_rad, double at_rad)
{
    enum { STEPS = 200 };
    for (int i = 0; i <= STEPS; i++)
        *told_rad =
            jaw_keep_goal(&keep, from_rad + (to_rad - from_rad) * i / STEPS, *told_rad, at_rad);
    return *told_rad;
}

static bool is_near(double a_rad, double b_rad)
{
    return a_rad - b_rad < 1e-9 && b_rad - a_rad < 1e-9;
}

static void the_hand_leads_from_the_start(void **state)
{
    (void)state;
    assert_true(is_near(jaw_keep_goal(&keep, OPEN_RAD, SHUT_RAD, SHUT_RAD), OPEN_RAD));
}

static void h25_what_is_held_stays_held_when_other_hands_come(void **state)
{
    (void)state;
    double told_rad = SHUT_RAD;
    jaw_keep_begin(&keep);
    assert_true(is_near(go(WIDE_RAD, WIDE_RAD, &told_rad, HELD_RAD), SHUT_RAD));
    assert_true(is_near(go(WIDE_RAD, 0.6, &told_rad, HELD_RAD), SHUT_RAD));
    assert_true(is_near(go(0.6, HELD_RAD, &told_rad, HELD_RAD), SHUT_RAD)); /* it feels it */
    assert_true(keep.is_kept);
    assert_true(is_near(go(HELD_RAD, 0.5, &told_rad, HELD_RAD), 0.5)); /* and opens */
}

static void h25_a_hand_that_begins_where_the_jaws_are_lets_nothing_go_by_itself(void **state)
{
    (void)state;
    double told_rad = SHUT_RAD;
    jaw_keep_begin(&keep);
    (void)go(HELD_RAD, HELD_RAD, &told_rad, HELD_RAD);
    assert_true(is_near(go(HELD_RAD, HELD_RAD, &told_rad, 0.02), SHUT_RAD)); /* it has slipped */
    assert_true(is_near(go(HELD_RAD, SHUT_RAD - 0.2, &told_rad, 0.02), SHUT_RAD - 0.2));
}

static void h25_jaws_that_are_open_stay_open_until_the_hand_was_there(void **state)
{
    (void)state;
    double told_rad = OPEN_RAD;
    jaw_keep_begin(&keep);
    assert_true(is_near(go(0, 0, &told_rad, OPEN_RAD), OPEN_RAD));
    assert_true(is_near(go(0, 0.7, &told_rad, OPEN_RAD), OPEN_RAD));
    assert_true(is_near(go(0.7, OPEN_RAD, &told_rad, OPEN_RAD), OPEN_RAD));
    assert_true(is_near(go(OPEN_RAD, 0.2, &told_rad, OPEN_RAD), 0.2));
    assert_false(keep.is_kept);
}

static void a_hand_that_leaps_past_the_jaws_has_met_them(void **state)
{
    (void)state;
    double told_rad = 0.5;
    jaw_keep_begin(&keep);
    (void)go(0.3, 0.3, &told_rad, 0.5);
    (void)jaw_keep_goal(&keep, 0.7, told_rad, 0.5);
    assert_true(keep.is_met);
    assert_true(is_near(jaw_keep_goal(&keep, 0.75, told_rad, 0.5), 0.75));
}

/* Jaws at 80 degrees, a handle that opens 60. */
static void a_hand_that_cannot_get_there_leads_once_it_has_shut(void **state)
{
    (void)state;
    double told_rad = 1.4;
    jaw_keep_begin(&keep);
    assert_true(is_near(go(0, 0.6, &told_rad, 1.4), 1.4)); /* it came shut */
    assert_true(is_near(go(0.6, 0.2, &told_rad, 1.4), 1.4));
    assert_true(is_near(go(0.2, 0, &told_rad, 1.4), 0));
    assert_true(is_near(go(0, 0.5, &told_rad, 0), 0.5));
}

/* Jaws that are shut, and a handle that shuts to 10 degrees. */
static void a_hand_that_cannot_shut_as_far_leads_once_it_has_shut_and_opens(void **state)
{
    (void)state;
    double told_rad = SHUT_RAD;
    jaw_keep_begin(&keep);
    assert_true(is_near(go(0.17, 0.3, &told_rad, 0), SHUT_RAD)); /* it came shut, and rests */
    assert_true(is_near(go(0.3, WIDE_RAD, &told_rad, 0), SHUT_RAD));
    assert_true(is_near(go(WIDE_RAD, 0.17, &told_rad, 0), SHUT_RAD));
    assert_true(is_near(go(0.17, 0.5, &told_rad, 0), SHUT_RAD)); /* less than 20 degrees */
    assert_true(is_near(go(0.5, 0.6, &told_rad, 0), 0.6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_hand_leads_from_the_start, begin),
        cmocka_unit_test_setup(h25_what_is_held_stays_held_when_other_hands_come, begin),
        cmocka_unit_test_setup(h25_a_hand_that_begins_where_the_jaws_are_lets_nothing_go_by_itself,
                               begin),
        cmocka_unit_test_setup(h25_jaws_that_are_open_stay_open_until_the_hand_was_there, begin),
        cmocka_unit_test_setup(a_hand_that_leaps_past_the_jaws_has_met_them, begin),
        cmocka_unit_test_setup(a_hand_that_cannot_get_there_leads_once_it_has_shut, begin),
        cmocka_unit_test_setup(a_hand_that_cannot_shut_as_far_leads_once_it_has_shut_and_opens,
                               begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

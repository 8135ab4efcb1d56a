/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <string.h>

#include "operate/watch.h"

#define MS UINT64_C(1000000)

enum { SEEN_MS = 150, OLD_MS = 900 }; /* ages of the picture shown */

static struct watch watch;
static uint64_t now_ns;

/* Both ends say what they would a tenth of a second later. */
static void say(enum hold_cause hold, uint64_t applied, double picture_age_ms)
{
    const struct operate_status cart = {.side = STATUS_CART,
                                        .state = STATUS_UP,
                                        .has_hold = true,
                                        .hold = hold,
                                        .applied = applied,
                                        .age_ms = 100 + (double)watch.phase,
                                        .age_most_ms = 110 + (double)watch.phase};
    const struct operate_status console = {.side = STATUS_CONSOLE,
                                           .state = STATUS_UP,
                                           .picture_age_ms = picture_age_ms,
                                           .captured[STATUS_WHOLE] = {2, now_ns, now_ns + 80 * MS}};

    now_ns += 100 * MS;
    watch_take(&watch, &cart, now_ns);
    watch_take(&watch, &console, now_ns);
}

static int begin(void **state)
{
    (void)state;
    watch_init(&watch, 500 * MS);
    now_ns = 5000 * MS;
    say(HOLD_START, 0, SEEN_MS);
    say(HOLD_NONE, 100, SEEN_MS);
    return 0;
}

static void counts_and_ages_belong_to_their_phase(void **state)
{
    (void)state;

    say(HOLD_NONE, 200, SEEN_MS);
    watch_enter(&watch, PHASE_FIRST_CUT, now_ns);
    say(HOLD_NONE, 350, SEEN_MS);
    assert_true(watch.has_met && watch.has_followed);
    assert_int_equal(watch.phases[PHASE_WEATHER].applied, 200);
    assert_int_equal(watch.phases[PHASE_FIRST_CUT].applied, 150);
    assert_int_equal(watch.phases[PHASE_WEATHER].pictures[STATUS_WHOLE], 6);
    assert_int_equal(watch.phases[PHASE_FIRST_CUT].pictures[STATUS_WHOLE], 2);
    assert_true(watch.phases[PHASE_WEATHER].age_worst_ms == 110);
    assert_true(watch.phases[PHASE_FIRST_CUT].age_worst_ms == 111);
    assert_true(watch.phases[PHASE_FIRST_CUT].age_sum_ms == 101);
    assert_true(isnan(watch.phases[PHASE_ALL_CUT].age_worst_ms));
}

static void the_worst_age_is_of_every_gesture_also_while_the_arm_holds(void **state)
{
    (void)state;
    const struct operate_status held = {.side = STATUS_CART,
                                        .has_hold = true,
                                        .hold = HOLD_RELEASED,
                                        .age_ms = 105,
                                        .age_most_ms = 250};
    const struct operate_status silent = {.side = STATUS_CART,
                                          .has_hold = true,
                                          .hold = HOLD_SILENCE,
                                          .age_ms = 105,
                                          .age_most_ms = (double)NAN};

    watch_enter(&watch, PHASE_FIRST_CUT, now_ns);
    watch_take(&watch, &held, now_ns);
    watch_take(&watch, &silent, now_ns);
    assert_true(watch.phases[PHASE_FIRST_CUT].age_worst_ms == 250);
    assert_int_equal(watch.phases[PHASE_FIRST_CUT].ages, 0);
}

/* 55 of them are missed when the lines are back: 3 while a line was there, 50 in the cut, 2 after it. */
static void lost_pictures_belong_to_the_phase_they_were_captured_in(void **state)
{
    (void)state;
    uint64_t cut_ns = now_ns + 1000 * MS, back_ns = cut_ns + 2000 * MS;
    const struct operate_status console = {
        .side = STATUS_CONSOLE,
        .captured[STATUS_NEVER_SHOWN] = {55, cut_ns - 120 * MS, back_ns + 40 * MS},
        .captured[STATUS_LATE] = {1, back_ns + 80 * MS, back_ns + 80 * MS}};

    watch_enter(&watch, PHASE_FIRST_CUT, now_ns);
    watch_enter(&watch, PHASE_ALL_CUT, cut_ns);
    watch_enter(&watch, PHASE_RETURN, back_ns);
    watch_take(&watch, &console, back_ns + 200 * MS);
    assert_int_equal(watch.phases[PHASE_FIRST_CUT].pictures[STATUS_NEVER_SHOWN], 3);
    assert_int_equal(watch.phases[PHASE_ALL_CUT].pictures[STATUS_NEVER_SHOWN], 50);
    assert_int_equal(watch.phases[PHASE_RETURN].pictures[STATUS_NEVER_SHOWN], 2);
    assert_int_equal(watch.phases[PHASE_RETURN].pictures[STATUS_LATE], 1);
}

static void a_hold_is_counted_once_while_it_lasts_and_the_pedal_never(void **state)
{
    (void)state;

    say(HOLD_RELEASED, 100, SEEN_MS);
    say(HOLD_NONE, 110, SEEN_MS);
    assert_int_equal(watch.phases[PHASE_WEATHER].holds, 0);
    watch_enter(&watch, PHASE_ALL_CUT, now_ns);
    say(HOLD_SILENCE, 110, SEEN_MS);
    say(HOLD_SILENCE, 110, OLD_MS);
    assert_int_equal(watch.phases[PHASE_ALL_CUT].holds, 1);
    assert_int_equal(watch.phases[PHASE_ALL_CUT].cause, HOLD_SILENCE);
    say(HOLD_NONE, 120, SEEN_MS);
    say(HOLD_AGE, 120, SEEN_MS);
    assert_int_equal(watch.phases[PHASE_ALL_CUT].holds, 2);
    watch_enter(&watch, PHASE_RETURN, now_ns);
    assert_true(watch.phases[PHASE_RETURN].is_entered_held);
}

static void the_arm_is_taken_again_only_when_there_is_something_to_see(void **state)
{
    (void)state;

    watch_enter(&watch, PHASE_ALL_CUT, now_ns);
    for (int i = 0; i < 30; i++) {
        say(HOLD_SILENCE, 100, SEEN_MS);
        assert_false(watch_wants_clutch(&watch, now_ns));
    }
    watch_enter(&watch, PHASE_RETURN, now_ns);
    for (int i = 0; i < 9; i++) {
        say(HOLD_SILENCE, 100, SEEN_MS);
        assert_false(watch_wants_clutch(&watch, now_ns));
    }
    say(HOLD_SILENCE, 100, OLD_MS);
    assert_false(watch_wants_clutch(&watch, now_ns));
    say(HOLD_SILENCE, 100, (double)NAN); /* not measured */
    assert_false(watch_wants_clutch(&watch, now_ns));
    say(HOLD_SILENCE, 100, SEEN_MS);
    assert_true(watch_wants_clutch(&watch, now_ns));
    say(HOLD_SILENCE, 100, SEEN_MS);
    assert_false(watch_wants_clutch(&watch, now_ns)); /* the foot is on its way */
    now_ns += 2000 * MS;
    assert_true(watch_wants_clutch(&watch, now_ns));
}

/* Over a satellite at 36,000 km every picture is more than half a second old. */
static void what_there_is_to_see_may_be_as_old_as_the_consoles_gate_lets_it(void **state)
{
    (void)state;

    watch_init(&watch, 2000 * MS);
    say(HOLD_START, 0, OLD_MS);
    now_ns += 2000 * MS;
    say(HOLD_START, 0, 2000);
    assert_false(watch_wants_clutch(&watch, now_ns));
    say(HOLD_START, 0, OLD_MS);
    assert_true(watch_wants_clutch(&watch, now_ns));
}

static void moving_again_takes_gestures_applied_after_the_clutch(void **state)
{
    (void)state;

    watch_enter(&watch, PHASE_ALL_CUT, now_ns);
    say(HOLD_SILENCE, 100, SEEN_MS);
    watch_enter(&watch, PHASE_RETURN, now_ns);
    say(HOLD_SILENCE, 150, SEEN_MS); /* the pedal is up */
    assert_false(watch.has_followed_again);
    say(HOLD_NONE, 160, SEEN_MS);
    assert_true(watch.has_followed_again);
    assert_false(watch.has_moved_again);
    say(HOLD_NONE, 260, SEEN_MS);
    assert_true(watch.has_moved_again);
    assert_int_equal(watch.followed_again_ns - watch.phases[PHASE_RETURN].entered_ns, 200 * MS);
}

/* Phases began at 10, 20, 30 and 33 s, and ended at 43, of the report's time. */
static void enter_them_all(void)
{
    now_ns = 5000 * MS;
    watch_enter(&watch, PHASE_WEATHER, now_ns + 10000 * MS);
    watch_enter(&watch, PHASE_FIRST_CUT, now_ns + 20000 * MS);
    watch_enter(&watch, PHASE_ALL_CUT, now_ns + 30000 * MS);
    watch_enter(&watch, PHASE_RETURN, now_ns + 33000 * MS);
    watch_end(&watch, now_ns + 43000 * MS);
}

static void count_holds(const struct figures_hold *holds, size_t count, double holds_in_all)
{
    static struct figures cart;

    figures_init(&cart);
    cart.start_ns = (double)now_ns;
    cart.hold_count = count;
    cart.holds_in_all = holds_in_all;
    memcpy(cart.holds, holds, count * sizeof *holds);
    watch_count_holds(&watch, &cart);
}

static void h02_a_hold_too_short_for_the_status_lines_counts_from_the_report(void **state)
{
    (void)state;
    static const struct figures_hold holds[] = {
        {HOLD_START, 0, 2},      {HOLD_CLOCK, 2, 1},         {HOLD_RELEASED, 15, 0.5},
        {HOLD_AGE, 22, 0.02},    {HOLD_RELEASED, 29.5, 0.7}, {HOLD_SILENCE, 30.2, 5},
        {HOLD_SESSION, 50, 0.1},
    };

    enter_them_all();
    count_holds(holds, sizeof holds / sizeof *holds, 7);
    assert_int_equal(watch.phases[PHASE_WEATHER].holds, 0);
    assert_int_equal(watch.phases[PHASE_FIRST_CUT].holds, 1);
    assert_int_equal(watch.phases[PHASE_FIRST_CUT].cause, HOLD_AGE);
    assert_int_equal(watch.phases[PHASE_ALL_CUT].holds, 1);
    assert_int_equal(watch.phases[PHASE_ALL_CUT].cause, HOLD_SILENCE);
    assert_false(watch.phases[PHASE_ALL_CUT].is_entered_held);
    assert_int_equal(watch.phases[PHASE_RETURN].holds, 0);
    assert_true(watch.phases[PHASE_RETURN].is_entered_held);
}

static void a_hold_begun_under_another_is_the_same_one(void **state)
{
    (void)state;
    static const struct figures_hold holds[] = {
        {HOLD_START, 0, 2}, {HOLD_FROZEN, 29, 1.2}, {HOLD_SILENCE, 30.2, (double)NAN}};

    enter_them_all();
    count_holds(holds, 3, 3);
    assert_int_equal(watch.phases[PHASE_FIRST_CUT].holds, 1);
    assert_int_equal(watch.phases[PHASE_ALL_CUT].holds, 0);
    assert_true(watch.phases[PHASE_ALL_CUT].is_entered_held);
}

static void what_the_report_no_longer_has_stays_as_it_was_seen(void **state)
{
    (void)state;
    static const struct figures_hold holds[] = {{HOLD_AGE, 25, 1}, {HOLD_SILENCE, 30.2, 5}};

    enter_them_all();
    watch.phases[PHASE_WEATHER].holds = 3;
    watch.phases[PHASE_ALL_CUT].holds = 3;
    count_holds(holds, 2, 66);
    assert_int_equal(watch.phases[PHASE_WEATHER].holds, 3);
    assert_int_equal(watch.phases[PHASE_FIRST_CUT].holds, 1);
    assert_int_equal(watch.phases[PHASE_ALL_CUT].holds, 1);
}

static void h03_a_cart_that_was_started_anew_is_enabled_again_and_no_other(void **state)
{
    (void)state;

    say(HOLD_DISABLED, 3, SEEN_MS); /* somebody meant it */
    assert_false(watch_wants_enable(&watch, now_ns));
    watch_died(&watch, STATUS_CART);
    assert_false(watch_wants_enable(&watch, now_ns));
    say(HOLD_DISABLED, 0, SEEN_MS);
    assert_true(watch_wants_enable(&watch, now_ns));
    assert_false(watch_wants_enable(&watch, now_ns + 900 * MS));
    assert_true(watch_wants_enable(&watch, now_ns + 1100 * MS));
    say(HOLD_ESTOP, 0, SEEN_MS);
    assert_false(watch_wants_enable(&watch, now_ns + 5000 * MS));
}

static void a_process_that_died_disturbs_its_part_until_the_arm_follows_again(void **state)
{
    (void)state;

    watch_died(&watch, STATUS_CART);
    assert_true(watch.phases[PHASE_WEATHER].is_disturbed);
    assert_false(watch_wants_clutch(&watch, now_ns + 5000 * MS)); /* what it said last is no news */
    say(HOLD_START, 3, SEEN_MS);
    assert_int_equal(watch.phases[PHASE_WEATHER].holds, 0);
    watch_enter(&watch, PHASE_FIRST_CUT, now_ns);
    assert_true(watch.phases[PHASE_FIRST_CUT].is_disturbed && watch.awaits_arm);
    now_ns += 1000 * MS;
    assert_true(watch_wants_clutch(&watch, now_ns));
    say(HOLD_NONE, 50, SEEN_MS);
    assert_false(watch.awaits_arm);
    watch_enter(&watch, PHASE_ALL_CUT, now_ns);
    assert_false(watch.phases[PHASE_ALL_CUT].is_disturbed);
}

static void a_dead_consoles_arm_that_still_follows_is_not_taken_again(void **state)
{
    (void)state;
    const struct operate_status cart = {
        .side = STATUS_CART, .state = STATUS_UP, .has_hold = true, .hold = HOLD_NONE};

    watch_died(&watch, STATUS_CONSOLE);
    watch_take(&watch, &cart, now_ns);
    assert_true(watch.awaits_arm);
    say(HOLD_SESSION, 100, SEEN_MS);
    say(HOLD_NONE, 110, SEEN_MS);
    assert_false(watch.awaits_arm);
}

static void a_cart_started_again_reports_its_own_life_alone(void **state)
{
    (void)state;
    static const struct figures_hold holds[] = {
        {HOLD_START, 0, 2}, {HOLD_AGE, 4, 1}, {HOLD_SILENCE, 8.2, 5}};

    enter_them_all();
    watch.phases[PHASE_WEATHER].holds = 3;
    now_ns += 22000 * MS; /* it started so late */
    count_holds(holds, 3, 3);
    assert_int_equal(watch.phases[PHASE_WEATHER].holds, 3);
    assert_int_equal(watch.phases[PHASE_FIRST_CUT].holds, 1);
    assert_int_equal(watch.phases[PHASE_ALL_CUT].holds, 1);
}

static void a_released_pedal_is_the_surgeons_business(void **state)
{
    (void)state;

    for (int i = 0; i < 50; i++) {
        say(HOLD_RELEASED, 100, SEEN_MS);
        assert_false(watch_wants_clutch(&watch, now_ns));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(counts_and_ages_belong_to_their_phase, begin),
        cmocka_unit_test_setup(the_worst_age_is_of_every_gesture_also_while_the_arm_holds, begin),
        cmocka_unit_test_setup(lost_pictures_belong_to_the_phase_they_were_captured_in, begin),
        cmocka_unit_test_setup(a_hold_is_counted_once_while_it_lasts_and_the_pedal_never, begin),
        cmocka_unit_test_setup(the_arm_is_taken_again_only_when_there_is_something_to_see, begin),
        cmocka_unit_test_setup(what_there_is_to_see_may_be_as_old_as_the_consoles_gate_lets_it,
                               begin),
        cmocka_unit_test_setup(moving_again_takes_gestures_applied_after_the_clutch, begin),
        cmocka_unit_test_setup(h02_a_hold_too_short_for_the_status_lines_counts_from_the_report,
                               begin),
        cmocka_unit_test_setup(a_hold_begun_under_another_is_the_same_one, begin),
        cmocka_unit_test_setup(what_the_report_no_longer_has_stays_as_it_was_seen, begin),
        cmocka_unit_test_setup(h03_a_cart_that_was_started_anew_is_enabled_again_and_no_other,
                               begin),
        cmocka_unit_test_setup(a_process_that_died_disturbs_its_part_until_the_arm_follows_again,
                               begin),
        cmocka_unit_test_setup(a_dead_consoles_arm_that_still_follows_is_not_taken_again, begin),
        cmocka_unit_test_setup(a_cart_started_again_reports_its_own_life_alone, begin),
        cmocka_unit_test_setup(a_released_pedal_is_the_surgeons_business, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/arm_state.h"
#include "motion/hold_log.h"

static void a_hold_lasts_until_it_ends_or_another_begins(void **state)
{
    (void)state;
    struct hold_log log = {0};
    hold_log_end(&log, 50);
    assert_null(hold_log_at(&log, 0));
    hold_log_begin(&log, HOLD_START, 100);
    hold_log_begin(&log, HOLD_START, 150);
    hold_log_begin(&log, HOLD_SILENCE, 300);
    hold_log_end(&log, 350);
    hold_log_end(&log, 900);
    hold_log_begin(&log, HOLD_SILENCE, 1000);
    assert_int_equal(log.count, 3);
    assert_int_equal(hold_log_at(&log, 0)->cause, HOLD_START);
    assert_int_equal(hold_log_at(&log, 0)->length_ns, 200);
    assert_int_equal(hold_log_at(&log, 1)->start_ns, 300);
    assert_int_equal(hold_log_at(&log, 1)->length_ns, 50);
    assert_false(hold_log_at(&log, 1)->open);
    assert_true(hold_log_at(&log, 2)->open);
    assert_null(hold_log_at(&log, 3));
}

static void the_newest_are_kept(void **state)
{
    (void)state;
    struct hold_log log = {0};
    for (unsigned i = 0; i < HOLD_LOG_KEPT + 2; i++)
        hold_log_begin(&log, i % HOLD_CAUSES, i);
    assert_int_equal(log.count, HOLD_LOG_KEPT + 2);
    assert_null(hold_log_at(&log, 1));
    assert_int_equal(hold_log_at(&log, 2)->start_ns, 2);
    assert_true(hold_log_at(&log, HOLD_LOG_KEPT + 1)->open);
}

static void a_hold_that_is_open_can_be_told_better(void **state)
{
    (void)state;
    struct hold_log log = {0};
    const unsigned better = hold_code(HOLD_FROZEN, FROZEN_BY_DEVICE);
    hold_log_rename(&log, HOLD_FROZEN, better); /* there is none */
    hold_log_begin(&log, HOLD_START, 100);
    hold_log_rename(&log, HOLD_FROZEN, better); /* another */
    assert_int_equal(hold_log_at(&log, 0)->cause, HOLD_START);
    hold_log_begin(&log, HOLD_FROZEN, 200);
    hold_log_rename(&log, HOLD_FROZEN, better);
    assert_int_equal(log.count, 2);
    assert_int_equal(hold_log_at(&log, 1)->cause, better);
    assert_int_equal(hold_log_at(&log, 1)->start_ns, 200);
    assert_string_equal(hold_code_text(better), "hands frozen: device unplugged");
    assert_string_equal(hold_code_text(HOLD_AGE), hold_cause_text(HOLD_AGE));
    hold_log_end(&log, 300);
    hold_log_rename(&log, better, HOLD_AGE); /* it is over */
    assert_int_equal(hold_log_at(&log, 1)->cause, better);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hold_lasts_until_it_ends_or_another_begins),
        cmocka_unit_test(a_hold_that_is_open_can_be_told_better),
        cmocka_unit_test(the_newest_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

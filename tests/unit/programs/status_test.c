/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdio.h>

#include "operate/status.h"

static struct operate_status status;

static void the_carts_line_is_read(void **state)
{
    (void)state;

    assert_int_equal(
        operate_status_read(
            &status, "side=cart state=up peer=shanghai hold=silence arms=2 applied=41 "
                     "late=1 duplicate=7 refused=3 age_ms=108.25 age_p99_ms=- age_most_ms=118.5 "
                     "arm1_x_mm=-1.25 arm1_z_mm=-104.00 arm1_travelled_mm=812.4 "
                     "camera=silent camera_captured=12 camera_silences=3 "
                     "line1=good line1_out_ms=107.1 line1_loss=2.50 line3=lost "),
        STATUS_OK);
    assert_int_equal(status.side, STATUS_CART);
    assert_int_equal(status.state, STATUS_UP);
    assert_true(status.has_hold);
    assert_int_equal(status.hold, HOLD_SILENCE);
    assert_int_equal(status.camera, CAMERA_SILENT);
    assert_int_equal(status.camera_silences, 3);
    assert_int_equal(status.applied, 41);
    assert_int_equal(status.duplicate, 7);
    assert_true(status.age_ms == 108.25);
    assert_true(status.age_most_ms == 118.5);
    assert_true(isnan(status.age_p99_ms));
    assert_true(status.arms[0].x_mm == -1.25 && status.arms[0].z_mm == -104);
    assert_true(status.arms[0].travelled_mm == 812.4 && isnan(status.arms[1].travelled_mm));
    assert_int_equal(status.line_count, 3);
    assert_int_equal(status.lines[0].state, STATUS_LINE_GOOD);
    assert_true(status.lines[0].out_ms == 107.1);
    assert_true(status.lines[0].loss_percent == 2.5);
    assert_true(isnan(status.lines[0].rtt_ms));
    assert_int_equal(status.lines[1].state, STATUS_LINE_UNUSED);
    assert_int_equal(status.lines[2].state, STATUS_LINE_LOST);
}

static void the_consoles_line_is_read(void **state)
{
    (void)state;

    assert_int_equal(
        operate_status_read(
            &status,
            "side=console state=dialling peer=- hands=frozen hold=- sent=12 "
            "picture_whole=5 picture_repaired=2 picture_late=1 picture_lost=0 picture_damaged=4 "
            "captured_whole=2,1000,41000 captured_lost=1,81000,81000 "
            "refused_input=7 refused_not_unit=5 refused_step=2 refused_mood=1 "
            "hand_to_eye_p99_ms=251.5 clock_offset_ms=-0.031 joints=0.1,0.2"),
        STATUS_OK);
    assert_int_equal(status.side, STATUS_CONSOLE);
    assert_int_equal(status.state, STATUS_APART);
    assert_int_equal(status.hands, STATUS_FROZEN);
    assert_false(status.has_hold);
    assert_int_equal(status.whole, 5);
    assert_int_equal(status.damaged, 4);
    assert_int_equal(status.captured[STATUS_WHOLE].count, 2);
    assert_int_equal(status.captured[STATUS_WHOLE].first_ns, 1000);
    assert_int_equal(status.captured[STATUS_WHOLE].last_ns, 41000);
    assert_int_equal(status.captured[STATUS_NEVER_SHOWN].count, 1);
    assert_int_equal(status.captured[STATUS_DAMAGED].count, 0);
    assert_int_equal(status.refused_input, 7);
    assert_int_equal(status.refused_by[MOTION_ERR_NOT_UNIT], 5);
    assert_int_equal(status.refused_by[MOTION_ERR_STEP], 2);
    assert_true(status.hand_to_eye_p99_ms == 251.5);
    assert_true(status.clock_offset_ms == -0.031);
}

static void what_is_no_status_line_is_refused(void **state)
{
    (void)state;

    assert_int_equal(operate_status_read(&status, ""), STATUS_ERR_SIDE);
    assert_int_equal(operate_status_read(&status, "ok"), STATUS_ERR_WORD);
    assert_int_equal(operate_status_read(&status, "side=cart up"), STATUS_ERR_WORD);
    assert_int_equal(operate_status_read(&status, "side=cart =1"), STATUS_ERR_WORD);
    assert_int_equal(operate_status_read(&status, "side=barn"), STATUS_ERR_VALUE);
    assert_int_equal(operate_status_read(&status, "side=cart hold=tea"), STATUS_ERR_VALUE);
    assert_int_equal(operate_status_read(&status, "side=cart camera=shy"), STATUS_ERR_VALUE);
    assert_int_equal(operate_status_read(&status, "side=cart applied=-1"), STATUS_ERR_VALUE);
    assert_int_equal(operate_status_read(&status, "side=cart applied=18446744073709551616"),
                     STATUS_ERR_VALUE);
    assert_int_equal(operate_status_read(&status, "side=cart age_ms=nan"), STATUS_ERR_VALUE);
    assert_int_equal(operate_status_read(&status, "side=cart age_ms=1ms"), STATUS_ERR_VALUE);
    assert_int_equal(operate_status_read(&status, "side=cart line1=fine"), STATUS_ERR_VALUE);
    static const char *const spans[] = {"1,2", "1,2,3,4", "1,,3", "-1,2,3", "1,3,2", "9000000,1,2"};
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        char line[64];
        snprintf(line, sizeof line, "side=console captured_lost=%s", spans[i]);
        assert_int_equal(operate_status_read(&status, line), STATUS_ERR_VALUE);
    }
}

static void words_that_we_do_not_know_are_passed_over(void **state)
{
    (void)state;

    assert_int_equal(
        operate_status_read(&status, "mood=good side=cart line9=x line0=x line1_x=y lines=2"),
        STATUS_OK);
    assert_int_equal(status.line_count, 1);
}

static void a_hold_before_the_start_or_by_the_pedal_is_intended(void **state)
{
    (void)state;

    for (int hold = 0; hold < HOLD_CAUSES; hold++)
        assert_int_equal(status_hold_is_unintended((enum hold_cause)hold),
                         hold != HOLD_NONE && hold != HOLD_START && hold != HOLD_RELEASED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_carts_line_is_read),
        cmocka_unit_test(the_consoles_line_is_read),
        cmocka_unit_test(what_is_no_status_line_is_refused),
        cmocka_unit_test(words_that_we_do_not_know_are_passed_over),
        cmocka_unit_test(a_hold_before_the_start_or_by_the_pedal_is_intended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

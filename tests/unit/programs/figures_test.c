/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "operate/figures.h"
#include "report.h"

static struct figures figures;

static bool read_text(const char *text)
{
    figures_init(&figures);
    return figures_read(&figures, text);
}

static void what_the_report_writes_is_read_back(void **state)
{
    (void)state;
    static struct spread age;
    const struct report_gestures gestures = {20500, 20480, 20470, 3, 5, 2, -1};
    const struct report_camera camera = {.state = "silent", .captured = 1000, .silences = 2};
    const struct report_task task = {"undocking", 1, 2, 1, 3, 4, 5, 6.5};
    const uint64_t refused[MOTION_ERRS] = {[MOTION_ERR_JAW] = 7};
    const struct report_line line = {"127.0.0.1:\"5000\"", 1,   2,   3,    4, 5, 107.25,
                                     (double)NAN,          0.5, 2.5, 3000, 6, 7};
    const struct report_hold holds[] = {{"not yet engaged", 0, 1.25},
                                        {"no gestures", 30, (double)NAN}};
    struct report report = {.side = "cart",
                            .length_s = 43.5,
                            .start_ns = UINT64_C(86400000000000),
                            .sessions = 1,
                            .gestures = &gestures,
                            .camera = &camera,
                            .task = &task,
                            .refused = refused,
                            .ages[REPORT_GESTURE_AGE] = &age,
                            .ages[REPORT_COMMAND] = &age,
                            .ages[REPORT_LOOP_LATENESS] = &age,
                            .clock_offset_ms = (double)NAN,
                            .clock_bound_ms = 0.25,
                            .lines = &line,
                            .line_count = 1,
                            .holds = holds,
                            .hold_count = 2,
                            .holds_in_all = 2,
                            .unsent = 6};
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    spread_clear(&age);
    spread_add(&age, 108000000);
    report_print(out, &report);
    fclose(out);
    assert_true(read_text(text));
    free(text);
    assert_true(figures.length_s == 43.5 && figures.sessions == 1);
    assert_true(figures.gestures.sent == 20500 && figures.gestures.applied == 20470);
    assert_true(isnan(figures.gestures.lost) && isnan(figures.pictures.whole));
    assert_true(figures.camera.captured == 1000 && figures.camera.silences == 2);
    assert_int_equal(figures.camera.state, CAMERA_SILENT);
    assert_true(figures.task.grasps == 1 && figures.task.drops == 2 && figures.task.torn == 1 &&
                figures.task.collisions == 3 && figures.task.forces == 4 &&
                figures.task.steps == 5 && figures.task.done_s == 6.5);
    assert_int_equal(figures.refusal_count, 1);
    assert_int_equal(figures.refusals[0].cause, MOTION_ERR_JAW);
    assert_true(figures.refusals[0].count == 7);
    assert_true(figures.unsent == 6);
    assert_true(figures.gesture_age.count == 1 && figures.gesture_age.max == 108);
    assert_true(isnan(figures.hand_to_eye.p50));
    assert_true(figures.command.max == 108 && figures.loop_late_percent == 100);
    assert_true(figures.is_realtime_refused);
    assert_true(figures_at_s(&figures, 30, UINT64_C(86402500000000)) == 27.5);
    assert_true(isnan(figures.clock_offset_ms) && figures.clock_bound_ms == 0.25);
    assert_int_equal(figures.line_count, 1);
    assert_string_equal(figures.lines[0].name, "127.0.0.1:\"5000\"");
    assert_true(figures.lines[0].lost == 3 && figures.lines[0].delay_in_ms == 107.25);
    assert_true(isnan(figures.lines[0].delay_out_ms));
    assert_int_equal(figures.hold_count, 2);
    assert_int_equal(figures.holds[0].cause, HOLD_START);
    assert_int_equal(figures.holds[1].cause, HOLD_SILENCE);
    assert_true(figures.holds[0].length_s == 1.25 && isnan(figures.holds[1].length_s));
}

static void what_is_not_json_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",       "{",       "{\"a\": }",          "{\"a\": 1,}", "[1 2]",
        "{1: 2}", "\"open",  "{\"a\": 1} x",       "nul",         "+1",
        "1e999",  "\"\\x\"", "[[[[[[[[[1]]]]]]]]]"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (read_text(wrong[i]))
            fail_msg("'%s' was accepted", wrong[i]);
}

static void more_lines_and_holds_than_are_kept_are_passed_over(void **state)
{
    (void)state;

    assert_true(read_text("{\"lines\": [{},{\"sent\": 1},{\"sent\": 2},3,4,5,6,7,8,9,10]}"));
    assert_int_equal(figures.line_count, FIGURES_LINES_MAX);
    assert_true(figures.lines[1].sent == 1 && figures.lines[2].sent == 2);
}

static void a_file_that_is_not_there_is_no_report(void **state)
{
    (void)state;

    figures_init(&figures);
    assert_false(figures_load(&figures, "/nonexistent/cart.json"));
}

static void a_status_line_gives_what_it_has_and_no_more(void **state)
{
    (void)state;
    struct operate_status said;

    assert_int_equal(operate_status_read(&said, "side=cart state=up applied=21 late=2 unsent=3 "
                                                "age_p99_ms=105.5 line1=good line1_in_ms=99.5"),
                     STATUS_OK);
    figures_from_status(&figures, &said);
    assert_true(figures.is_from_status);
    assert_true(figures.gestures.applied == 21 && figures.gestures.late == 2);
    assert_true(figures.gesture_age.p99 == 105.5 && isnan(figures.gesture_age.p50));
    assert_true(isnan(figures.gestures.lost) && isnan(figures.pictures.whole));
    assert_true(figures.line_count == 1 && figures.lines[0].delay_in_ms == 99.5);
    assert_true(figures.unsent == 3 && isnan(figures.lines[0].received));

    assert_int_equal(operate_status_read(&said, "side=console picture_lost=55 refused_step=4"),
                     STATUS_OK);
    figures_from_status(&figures, &said);
    assert_true(figures.pictures.lost == 55 && isnan(figures.gestures.applied));
    assert_int_equal(figures.refusal_count, 1);
    assert_int_equal(figures.refusals[0].cause, MOTION_ERR_STEP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_report_writes_is_read_back),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(more_lines_and_holds_than_are_kept_are_passed_over),
        cmocka_unit_test(a_status_line_gives_what_it_has_and_no_more),
        cmocka_unit_test(a_file_that_is_not_there_is_no_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

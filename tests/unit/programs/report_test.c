/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "motion/err.h"
#include "report.h"

static const char *print(const struct report *report)
{
    static char text[16384];
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_non_null(out);
    report_print(out, report);
    fclose(out);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no '%s' in: %s", part, text);
}

static void what_was_not_measured_is_null_and_never_0(void **state)
{
    (void)state;
    static struct spread empty;
    const char *text = print(&(struct report){.side = "cart",
                                              .ages = {[REPORT_GESTURE_AGE] = &empty},
                                              .clock_offset_ms = NAN,
                                              .clock_bound_ms = INFINITY});
    assert_has(text, "\"peer\": null");
    assert_has(text, "\"gestures\": null");
    assert_has(text, "\"gesture_age_ms\": null");
    assert_has(text, "\"hand_to_eye_ms\": null");
    assert_has(text, "\"command_ms\": null");
    assert_has(text, "\"loop_late_percent\": null");
    assert_has(text, "\"clock_offset_ms\": null");
    assert_has(text, "\"clock_bound_ms\": null");
    assert_has(text, "\"camera\": null");
    assert_has(text, "\"voice\": null");
    assert_has(text, "\"task\": null");
    assert_has(text, "\"refusals\": null");
    assert_has(text, "\"lines\": []");
    assert_has(text, "\"holds\": []");
    assert_has(text, "\"gates\": null");
    assert_has(text, "\"trace_rows_lost\": 0");
}

static void figures_are_written_in_milliseconds(void **state)
{
    (void)state;
    static struct spread age;
    for (int i = 0; i < 1000; i++)
        spread_add(&age, 60);
    spread_add(&age, 75000000);
    const char *text = print(&(struct report){
        .side = "cart",
        .gestures = &(struct report_gestures){-1, 10, 7, 1, 2, 0, 3},
        .pictures = &(struct report_pictures){-1, 1, 2, 3, 4, 5, 6, 7},
        .ages = {[REPORT_GESTURE_AGE] = &age},
        .lines = &(struct report_line){"a:1", 1, 2, 3, 4, 5, 103.25, NAN, 0.5, 3, 0, 6, 7},
        .line_count = 1,
        .gates = (struct report_gate[]){{"silence", "hold", "ms", "a test", 200, 150, 0.25, 2, 1},
                                        {"lease", "hold", NULL, NULL, NAN, NAN, NAN, 0, 0}},
        .gate_count = 2,
        .profile = "theatre",
        .holds = (struct report_hold[]){{"silence", 20, 3}, {"pedal up", 30, NAN}},
        .hold_count = 2,
        .holds_in_all = 9,
        .unsent = 8});
    assert_has(text, "\"gesture_age_ms\": {\"count\": 1001, \"p50\": 0.000, \"p99\": 0.000, "
                     "\"p99_9\": 0.000, \"max\": 75.000}");
    assert_has(text,
               "\"gestures\": {\"sent\": null, \"received\": 10, \"applied\": 7, \"late\": 1, "
               "\"duplicate\": 2, \"refused\": 0, \"lost\": 3}");
    assert_has(text, "\"lost\": 4, \"bytes\": 5, \"damaged\": 6, \"no_room\": 7}");
    assert_has(text, "\"delay_in_ms\": 103.250, \"delay_out_ms\": null, \"bound_ms\": 0.500");
    assert_has(text, "\"loss_episodes\": 6, \"longest_loss\": 7");
    assert_has(text, "{\"cause\": \"silence\", \"began_s\": 20.000, \"length_s\": 3.000}");
    assert_has(text, "{\"cause\": \"pedal up\", \"began_s\": 30.000, \"length_s\": null}");
    assert_has(text, "\"holds_in_all\": 9");
    assert_has(text, "\"profile\": \"theatre\"");
    assert_has(
        text,
        "{\"gate\": \"silence\", \"reaction\": \"hold\", \"limit\": 200.000, \"unit\": "
        "\"ms\", \"source\": \"a test\", \"worst\": 150.000, \"margin\": 0.250, \"trips\": 2, "
        "\"unmeasured\": 1}");
    assert_has(text,
               "{\"gate\": \"lease\", \"reaction\": \"hold\", \"limit\": null, \"unit\": null");
    assert_has(text, "\"unsent\": 8");
}

static void a_loop_is_told_of_with_the_share_of_its_late_ticks(void **state)
{
    (void)state;
    static struct spread lateness;
    for (int i = 0; i < 999; i++)
        spread_add(&lateness, 190000);
    spread_add(&lateness, 210000);
    struct report report = {.side = "cart", .ages = {[REPORT_LOOP_LATENESS] = &lateness}};
    assert_has(print(&report), "\"loop_late_percent\": 0.100");
    assert_has(print(&report), "\"realtime\": \"refused\"");
    report.ticks_missed = 3;
    assert_has(print(&report), "\"ticks_missed\": 3");
    report.ticks_missed = -1;
    assert_has(print(&report), "\"ticks_missed\": null");
    report.is_realtime = true;
    assert_has(print(&report), "\"realtime\": \"granted\"");
}

static void a_task_is_told_of_in_counts_and_when_it_was_done(void **state)
{
    (void)state;
    struct report_task task = {"peg-transfer", 14, 13, 3, 1, 2, 12, 101.5};
    const char *text = print(&(struct report){.side = "cart", .task = &task});
    assert_has(
        text, "\"task\": {\"scene\": \"peg-transfer\", \"grasps\": 14, \"drops\": 13, "
              "\"torn\": 3, \"collisions\": 1, \"forces\": 2, \"steps\": 12, \"done_s\": 101.500}");
    task.done_s = (double)NAN;
    assert_has(print(&(struct report){.side = "cart", .task = &task}), "\"done_s\": null}");
}

static void the_camera_is_told_of_in_words_and_counts(void **state)
{
    (void)state;
    const char *text =
        print(&(struct report){.side = "cart",
                               .camera = &(struct report_camera){"ended", "the device failed", 1000,
                                                                 7, 1, 2, 3, 4, 5, 6, 2.5, true}});
    assert_has(
        text,
        "\"camera\": {\"state\": \"ended\", \"captured\": 1000, \"skipped\": 7, "
        "\"left_out\": 1, \"overrun\": 2, \"too_big\": 3, \"damaged\": 4,\n    \"silences\": 5, "
        "\"longest_silence_s\": 2.500, \"loops\": 6, \"cut_short\": true, "
        "\"ended\": \"the device failed\"}");
}

static void a_voice_is_told_of_in_counts(void **state)
{
    (void)state;
    assert_has(print(&(struct report){.side = "cart",
                                      .voice = &(struct report_voice){1, 2, 3, 4, 5, 6, 7, 8}}),
               "\"voice\": {\"sent\": 1, \"relayed\": 2, \"played\": 3, \"repaired\": 4, "
               "\"concealed\": 5, \"left_out\": 6, \"unplayed\": 7, \"refused\": 8}");
}

static void what_was_refused_is_told_by_cause(void **state)
{
    (void)state;
    static const uint64_t refused[MOTION_ERRS] = {[MOTION_ERR_NOT_UNIT] = 3, [MOTION_ERR_STEP] = 2};
    static const uint64_t none[MOTION_ERRS] = {0};
    assert_has(print(&(struct report){.side = "console", .refused = refused}),
               "\"refusals\": [\n    {\"cause\": \"not a unit quaternion\", \"count\": 3},\n    "
               "{\"cause\": \"step too large\", \"count\": 2}]");
    assert_has(print(&(struct report){.side = "console", .refused = none}), "\"refusals\": []");
}

static void texts_are_escaped_and_keep_their_letters(void **state)
{
    (void)state;
    const char *text =
        print(&(struct report){.side = "cart", .site = "a\"\\\n\x01", .peer = "جسر"});
    assert_has(text, "\"site\": \"a\\\"\\\\\\u000a\\u0001\"");
    assert_has(text, "\"peer\": \"جسر\"");
}

/* Every key we write is one the schema lists, and the other way round; order is the writer's. */
static void the_schema_names_the_keys_that_are_written(void **state)
{
    (void)state;
    static char schema[65536];
    FILE *file = fopen("docs/report.schema.json", "r");
    assert_non_null(file);
    schema[fread(schema, 1, sizeof schema - 1, file)] = '\0';
    fclose(file);

    const char *text = print(&(struct report){.side = "cart",
                                              .gestures = &(struct report_gestures){0},
                                              .pictures = &(struct report_pictures){0},
                                              .camera = &(struct report_camera){.state = "well"},
                                              .voice = &(struct report_voice){0},
                                              .task = &(struct report_task){.scene = "a"},
                                              .refused = (uint64_t[MOTION_ERRS]){0, 1},
                                              .lines = &(struct report_line){.name = "a"},
                                              .line_count = 1,
                                              .holds = &(struct report_hold){.cause = "silence"},
                                              .hold_count = 1,
                                              .gates = &(struct report_gate){.gate = "lease"},
                                              .gate_count = 1,
                                              .strangers = &(struct link_stranger_stats){0}});
    unsigned keys = 0;
    for (const char *at = text; (at = strstr(at, "\": ")); at++) {
        char quoted[64];
        const char *begin = at;
        while (begin[-1] != '"')
            begin--;
        snprintf(quoted, sizeof quoted, "\"%.*s\": {", (int)(at - begin), begin);
        assert_has(schema, quoted);
        keys++;
    }
    assert_int_equal(keys, 10 + 7 + 8 + 13 + 9 + 9 + 3 + REPORT_AGES + 2 + 2 + 1 + 13 + 2 + 3 + 9 +
                               2 + 2 + 9);
}

static void a_report_that_cannot_be_written_is_said(void **state)
{
    (void)state;
    static struct keep_whole full, null;
    assert_true(keep_whole_try(&full, "/dev/full"));
    assert_true(keep_whole_try(&null, "/dev/null"));
    assert_false(report_write(&full, &(struct report){.side = "cart"}));
    assert_true(report_write(&null, &(struct report){.side = "cart"}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_measured_is_null_and_never_0),
        cmocka_unit_test(figures_are_written_in_milliseconds),
        cmocka_unit_test(a_loop_is_told_of_with_the_share_of_its_late_ticks),
        cmocka_unit_test(a_task_is_told_of_in_counts_and_when_it_was_done),
        cmocka_unit_test(the_camera_is_told_of_in_words_and_counts),
        cmocka_unit_test(a_voice_is_told_of_in_counts),
        cmocka_unit_test(what_was_refused_is_told_by_cause),
        cmocka_unit_test(texts_are_escaped_and_keep_their_letters),
        cmocka_unit_test(the_schema_names_the_keys_that_are_written),
        cmocka_unit_test(a_report_that_cannot_be_written_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "operate/closing.h"

static struct timetable timetable;
static struct watch watch;
static struct figures cart;
static char *text;

static int begin(void **state)
{
    (void)state;
    timetable_init(&timetable, 2, 0);
    watch_init(&watch, UINT64_C(500000000));
    figures_init(&cart);
    cart.start_ns = 1e9;
    cart.gestures.applied = 21000;
    cart.gesture_age.p50 = 108.04;
    cart.camera.captured = 1075;
    cart.camera.silences = 1;
    cart.camera.longest_silence_s = 2.25;
    cart.hold_count = 2;
    cart.holds[0] = (struct figures_hold){HOLD_SILENCE, 30.2, 4.9};
    cart.holds[1] = (struct figures_hold){HOLD_AGE, 40, (double)NAN};
    return 0;
}

static void print(enum words_language language)
{
    const struct verdict_evidence evidence = {.timetable = &timetable,
                                              .watch = &watch,
                                              .began_ns = UINT64_C(1200000000),
                                              .task_s = (double)NAN,
                                              .cart = &cart};
    struct verdict verdict;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    verdict_judge(&verdict, &evidence, language);
    closing_print(out, &verdict, &evidence, language);
    fclose(out);
}

static int end(void **state)
{
    (void)state;
    free(text);
    text = NULL;
    return 0;
}

static void assert_has(const char *part)
{
    if (!strstr(text, part))
        fail_msg("no '%s' in: %s", part, text);
}

static void what_was_not_measured_is_a_dash(void **state)
{
    (void)state;
    print(WORDS_ENGLISH);
    assert_has("sent -, applied 21000, late -");
    assert_has("  gesture age                        108.0           -           -           -\n");
    assert_has("The console left no report.");
    assert_null(strstr(text, "nan"));
}

static void the_delay_from_hand_to_eye_is_told_by_its_parts(void **state)
{
    (void)state;
    static struct figures console;
    struct verdict verdict = {0};
    const struct verdict_evidence evidence = {
        .timetable = &timetable, .watch = &watch, .cart = &cart, .console = &console};
    size_t len;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    figures_init(&console);
    console.refusal_count = 1;
    console.refusals[0] = (struct figures_refusal){MOTION_ERR_NOT_UNIT, 4};
    cart.forth = (struct figures_age){9000, 104.5, 105, 106, 107};
    console.back = (struct figures_age){9000, 98.25, 150, 180, 200};
    closing_print(out, &verdict, &evidence, WORDS_ENGLISH);
    fclose(out);
    assert_has("  input refused               not a unit quaternion 4\n");
    assert_has("    network, to the robot            104.5       105.0       106.0       107.0\n");
    assert_has("    network, back                     98.2       150.0       180.0       200.0\n");
    assert_has("    display                     not measured\n");
}

static void the_loop_at_the_robot_is_told_of_and_why_it_is_late(void **state)
{
    (void)state;
    print(WORDS_ENGLISH);
    assert_null(strstr(text, "control loop"));
    end(NULL);
    cart.command = (struct figures_age){20000, 0.254, 0.4, 0.61, 2.5};
    cart.loop_lateness = (struct figures_age){20000, 0.021, 0.05, 0.13, 1.25};
    cart.loop_late_percent = 0.043;
    cart.ticks_missed = 2;
    print(WORDS_ENGLISH);
    assert_has("  at the robot, to the arm            0.25        0.40        0.61        2.50\n");
    assert_has("  control loop, late by               0.02        0.05        0.13        1.25\n");
    assert_has("late by more than 0.2 ms: 0.04 % of its turns; left out as too late: 2\n");
    assert_null(strstr(text, "priority"));
    end(NULL);
    cart.is_realtime_refused = true;
    print(WORDS_ENGLISH);
    assert_has("without real-time priority: run as root, or grant CAP_SYS_NICE\n");
}

/* Of few samples the highest percentiles are just the greatest of them. */
static void a_percentile_of_too_few_is_left_out(void **state)
{
    (void)state;
    cart.gesture_age = (struct figures_age){999, 104, 105, 106, 107};
    print(WORDS_ENGLISH);
    assert_has("  gesture age                        104.0       105.0           -       107.0\n");
    end(NULL);
    cart.gesture_age.count = 99;
    print(WORDS_ENGLISH);
    assert_has("  gesture age                        104.0           -           -       107.0\n");
    end(NULL);
    cart.gesture_age.count = 1000;
    print(WORDS_ENGLISH);
    assert_has("  gesture age                        104.0       105.0       106.0       107.0\n");
}

static void an_end_without_a_report_has_its_status_lines_figures(void **state)
{
    (void)state;
    struct operate_status said;

    assert_int_equal(operate_status_read(&said, "side=cart applied=77 age_p99_ms=105.5 line1=good"),
                     STATUS_OK);
    figures_from_status(&cart, &said);
    print(WORDS_ENGLISH);
    assert_has("figures\n  (no report of jisr cart: figures of its last status line)\n");
    assert_has("most\n  (no report of jisr cart: figures of its last status line)\n");
    assert_has("gap\n  (no report of jisr cart: figures of its last status line)\n");
    assert_has("figures\n  (no report of jisr cart: figures of its last status line)\n"
               "  The console left no report.\n");
    assert_has("applied 77, late 0");
    assert_has("  gesture age                            -       105.5           -           -\n");
}

static void what_a_machine_would_not_send_is_told_if_there_was_any(void **state)
{
    (void)state;
    cart.unsent = 0;
    print(WORDS_ENGLISH);
    assert_null(strstr(text, "not sent"));
    end(NULL);
    cart.unsent = 12;
    print(WORDS_ENGLISH);
    assert_has("  not sent                    to the robot -, to the surgeon 12\n");
}

static void how_far_the_instruments_went_is_the_last_that_the_cart_said(void **state)
{
    (void)state;
    print(WORDS_ENGLISH);
    assert_null(strstr(text, "travelled"));
    end(NULL);
    assert_int_equal(
        operate_status_read(&watch.cart, "side=cart arm1_travelled_mm=812.44 arm2_travelled_mm=9"),
        STATUS_OK);
    watch.has_cart = true;
    print(WORDS_FRENCH);
    assert_has("  Instrument 1                parcouru 812,4 mm\n"
               "  Instrument 2                parcouru 9,0 mm\n");
}

static void holds_are_told_in_the_timetables_time(void **state)
{
    (void)state;
    print(WORDS_ENGLISH);
    assert_has("  at 30.0 s, for 4.9 s: no gesture comes\n");
    assert_has("  at 39.8 s, until the end: a gesture was too old\n");
}

static void a_camera_that_is_not_well_at_the_end_is_said(void **state)
{
    (void)state;
    print(WORDS_ENGLISH);
    assert_has("  Camera                      pictures 1075, places that cannot be read -, "
               "silences 1, the longest 2.2 s\n");
    end(NULL);
    cart.camera.state = CAMERA_ENDED;
    print(WORDS_FRENCH);
    assert_has("                              s'est arrêtée pour de bon\n");
}

static void a_task_is_told_where_the_robot_has_one(void **state)
{
    (void)state;
    print(WORDS_ENGLISH);
    assert_null(strstr(text, "steps"));
    end(NULL);
    cart.task.steps = 12;
    cart.task.grasps = 13;
    cart.task.drops = 13;
    cart.task.collisions = cart.task.torn = cart.task.forces = 0;
    cart.task.done_s = 104.06;
    print(WORDS_ENGLISH);
    assert_has("  task                        steps 12, grasps 13, releases 13, touches 0, "
               "too much force 0\n                              done, in 104.1 s\n");
    end(NULL);
    cart.task.done_s = (double)NAN;
    print(WORDS_FRENCH);
    assert_has("                              non accomplie\n");
    assert_has("  ouvert    La tâche n'est pas accomplie ;");
}

static void it_is_written_in_french_and_arabic_too(void **state)
{
    (void)state;
    print(WORDS_FRENCH);
    assert_has("envoyés -, appliqués 21000, en retard -");
    assert_has("  à 30,0 s, pendant 4,9 s : aucun geste n'arrive\n");
    assert_has("La liaison entre les deux sites n'a jamais été établie.");
    end(NULL);
    print(WORDS_ARABIC);
    assert_has("المطبقة 21000");
    assert_has("لم يُقَم الاتصال بين الطرفين قط.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_not_measured_is_a_dash, begin, end),
        cmocka_unit_test_setup_teardown(the_loop_at_the_robot_is_told_of_and_why_it_is_late, begin,
                                        end),
        cmocka_unit_test_setup_teardown(the_delay_from_hand_to_eye_is_told_by_its_parts, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_percentile_of_too_few_is_left_out, begin, end),
        cmocka_unit_test_setup_teardown(an_end_without_a_report_has_its_status_lines_figures, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_a_machine_would_not_send_is_told_if_there_was_any,
                                        begin, end),
        cmocka_unit_test_setup_teardown(how_far_the_instruments_went_is_the_last_that_the_cart_said,
                                        begin, end),
        cmocka_unit_test_setup_teardown(holds_are_told_in_the_timetables_time, begin, end),
        cmocka_unit_test_setup_teardown(a_camera_that_is_not_well_at_the_end_is_said, begin, end),
        cmocka_unit_test_setup_teardown(a_task_is_told_where_the_robot_has_one, begin, end),
        cmocka_unit_test_setup_teardown(it_is_written_in_french_and_arabic_too, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "operate/show.h"

static struct show show;

static void take(const char *line)
{
    struct operate_status status;
    assert_int_equal(operate_status_read(&status, line), STATUS_OK);
    show_take(&show, &status, UINT64_C(1000000000));
}

static int begin(void **state)
{
    (void)state;
    show_init(&show, "clean", 60, 1, WORDS_FRENCH);
    return 0;
}

/* The event told last. */
static const char *told(void)
{
    assert_true(show.page.event_count > 0);
    return show.page.events[(show.page.event_count - 1) % PAGE_EVENTS_KEPT].text;
}

static void a_cameras_fault_is_told_once_and_so_is_its_end(void **state)
{
    (void)state;
    take("side=cart camera=well");
    assert_int_equal(show.page.event_count, 0);
    take("side=cart camera=silent");
    take("side=cart camera=silent");
    assert_int_equal(show.page.event_count, 1);
    assert_string_equal(told(), "Caméra : ne donne pas d'image");
    assert_int_equal(show.page.camera_mood, PAGE_BAD);
    take("side=cart camera=well");
    take("side=cart camera=well");
    assert_int_equal(show.page.event_count, 2);
    assert_string_equal(told(), "Caméra : donne de nouveau des images");
    assert_int_equal(show.page.camera_mood, PAGE_PLAIN);
    show_log(&show, "cart", "warn camera_silent camera=\"pattern\"");
    assert_int_equal(show.page.event_count, 2);
}

static void each_cause_of_refused_input_is_told_once_and_counted(void **state)
{
    (void)state;
    take("side=console refused_input=1 refused_not_unit=1");
    take("side=console refused_input=9 refused_not_unit=9");
    assert_int_equal(show.page.event_count, 1);
    assert_string_equal(told(), "entrée refusée : quaternion non unitaire");
    assert_int_equal(show.page.input_refused[MOTION_ERR_NOT_UNIT], 9);
    take("side=console refused_input=10 refused_not_unit=9 refused_step=1");
    assert_int_equal(show.page.event_count, 2);
    show_log(&show, "console", "warn input_refused cause=\"step too large\" count=1");
    assert_int_equal(show.page.event_count, 2);
}

static void where_the_instruments_are_and_the_worst_age_come_from_the_carts_line(void **state)
{
    (void)state;
    take("side=cart hold=none arm2_x_mm=1.5 arm2_travelled_mm=12.5 age_ms=100 age_most_ms=130");
    take("side=cart hold=none arm2_x_mm=1.7 arm2_travelled_mm=12.7 age_ms=100 age_most_ms=101");
    assert_true(show.page.arms[1].x_mm == 1.7 && show.page.arms[1].travelled_mm == 12.7);
    assert_true(show.page.gesture_age.p50_ms == 100 && show.page.gesture_age.max_ms == 130);
}

static void a_line_lost_is_told_as_the_language_writes(void **state)
{
    (void)state;
    take("side=console line1=good");
    take("side=console line1=lost");
    assert_string_equal(told(), "ligne 1 : perdue");
}

static void a_warning_is_told_in_words_with_its_details(void **state)
{
    (void)state;
    show_log(&show, "console", "warn session_closed by_peer=0 reason=\"silence\"");
    assert_string_equal(told(), "console : la liaison est terminée (by_peer=0 reason=\"silence\")");
    show_log(&show, "cart", "warn clock_step");
    assert_string_equal(told(), "cart : une horloge a sauté");
    show.language = WORDS_ARABIC;
    show_log(&show, "cart", "2026-11-28T18:36:01.123Z error trace_rows_lost rows=12");
    assert_string_equal(told(), "cart: فُقدت قياسات من السجل (rows=12)");
    show.language = WORDS_ENGLISH;
    show_log(&show, "cart", "warn never_heard_of it=1"); /* better raw than not at all */
    assert_string_equal(told(), "cart: never_heard_of it=1");
    show_log(&show, "cart", "2026-11-28T18:36:01.123Z info session_up peer=\"Shanghai\"");
    assert_int_equal(show.page.event_count, 4);
}

static void what_either_machine_would_not_send_is_counted(void **state)
{
    (void)state;
    take("side=cart unsent=3");
    assert_int_equal(show.page.unsent, 3);
    take("side=console unsent=4");
    assert_int_equal(show.page.unsent, 7);
    show_log(&show, "console", "warn unsent count=4 why=\"Network is unreachable\"");
    assert_int_equal(show.page.event_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_cameras_fault_is_told_once_and_so_is_its_end, begin),
        cmocka_unit_test_setup(each_cause_of_refused_input_is_told_once_and_counted, begin),
        cmocka_unit_test_setup(where_the_instruments_are_and_the_worst_age_come_from_the_carts_line,
                               begin),
        cmocka_unit_test_setup(a_line_lost_is_told_as_the_language_writes, begin),
        cmocka_unit_test_setup(a_warning_is_told_in_words_with_its_details, begin),
        cmocka_unit_test_setup(what_either_machine_would_not_send_is_counted, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "screen/page.h"

static char text[PAGE_TEXT_BYTES];
static struct operate_page page;
static const struct page_look plain = {.rows = 24};

static void fill(void)
{
    page_init(&page, "casablanca-shanghai", 60);
    page.now_s = 30;
    page.line_count = 2;
    page.lines[0] = (struct page_line){PAGE_LINE_GOOD, 103.21, 0.049, 2.96, 8.2e6};
    page.lines[1] = (struct page_line){PAGE_LINE_LOST, 103.21, 0.049, 2.96, 8.2e6};
    page.hold = HOLD_NONE;
    page.gesture_age = (struct page_age){103.5, 107.25, 111};
    page.gestures_per_s = 1000;
    page.applied = 29876;
    page.late = 3;
    page.refused = 41;
    page.whole = 700;
    page.repaired = 48;
    page.damaged = 3;
    page.pictures_per_s = 25;
    page.picture_bps = 5.96e6;
    page.picture_age = (struct page_age){131, 149.5, 166};
    page.clock_offset_ms = -12.3456;
    page.clock_bound_ms = 1.5;
    page.holds = 1;
    page.longest_hold_s = 3.21;
    page.arms[0] = (struct page_arm){-0.001, 12.5, -104.02, 812.44};
    page_tell(&page, PAGE_BAD, "line %u: lost", 2);
}

static void the_page_is_this(void **state)
{
    (void)state;
    fill();
    size_t len = page_render(&page, &plain, text);
    assert_int_equal(len, strlen(text));
    assert_string_equal(
        text, "JISR                ██████████░░░░░░░░░░  30 / 60 s\n"
              "                    casablanca-shanghai\n"
              "Lines               state              delay        loss      jitter        rate\n"
              "  line 1            good            103.2 ms       4.9 %      3.0 ms    8.2 Mb/s\n"
              "  line 2            lost                   -           -           -           -\n"
              "Hands               the arm follows\n"
              "  gesture age       median 103.5 ms   99 % below 107.2 ms   most 111.0 ms\n"
              "                    applied 29876, late 3, refused 41, 1000 a second\n"
              "Picture             whole 700, repaired 48, late 0, lost 0\n"
              "                    6.0 Mb/s, 25 a second, damaged 3\n"
              "  picture age ≤     median 131.0 ms   99 % below 149.5 ms   most 166.0 ms\n"
              "  hand to eye       not measured\n"
              "Clock               offset -12.346 ± 1.500 ms\n"
              "Holds               1, longest 3.2 s\n"
              "Instrument 1        tip    0.00   12.50 -104.02 mm, travelled 812.44 mm\n"
              "Events              \n"
              "     30.0 s  line 2: lost\n"
              "Research and training: not a certified medical device\n");
}

static void figures_are_written_as_the_language_does(void **state)
{
    (void)state;
    fill();
    page_render(&page, &(struct page_look){.language = WORDS_FRENCH, .rows = 24}, text);
    assert_non_null(strstr(text, "médiane 103,5 ms   99 % sous 107,2 ms   max 111,0 ms\n"));
    assert_non_null(strstr(text, "103,2 ms       4,9 %"));
}

static void marks_and_units_are_written_as_the_language_does(void **state)
{
    (void)state;
    fill();
    page.hold = HOLD_FROZEN;
    page_summarise(&page, WORDS_FRENCH, text);
    assert_non_null(strstr(text, "le bras est immobile : mains figées à la console ; "));
    page_render(&page, &(struct page_look){.language = WORDS_ARABIC, .rows = 24}, text);
    assert_non_null(strstr(text, "مطبقة 29876، متأخرة 3، مرفوضة 41، 1000 في الثانية\n"));
    assert_non_null(strstr(text, "الوسيط 103,5 م.ث   99% دون 107,2 م.ث   الأقصى 111,0 م.ث\n"));
    assert_non_null(strstr(text, "30 / 60 ث\n"));
    assert_null(strstr(text, ", "));
    assert_null(strstr(text, "ms"));
}

static void every_cause_of_a_hold_fits_its_row_in_every_language(void **state)
{
    (void)state;
    fill();
    for (unsigned i = 0; i < WORDS_LANGUAGES * HOLD_CAUSES; i++) {
        page.hold = (enum hold_cause)(i % HOLD_CAUSES);
        page_render(
            &page,
            &(struct page_look){.language = (enum words_language)(i / HOLD_CAUSES), .rows = 24},
            text);
        for (char *row = strtok(text, "\n"); row; row = strtok(NULL, "\n"))
            assert_in_range(page_text_columns(row), 0, 80);
    }
}

static void a_hold_says_why(void **state)
{
    (void)state;
    fill();
    page.hold = HOLD_SILENCE;
    page_render(&page, &plain, text);
    assert_non_null(strstr(text, "the arm holds still: no gesture comes\n"));
}

static void a_camera_that_is_not_well_is_shown(void **state)
{
    (void)state;
    fill();
    page.camera = WORD_CAMERA_SILENT;
    page.camera_silences = 2;
    page.camera_mood = PAGE_BAD;
    page_render(&page, &plain, text);
    assert_non_null(
        strstr(text, "\n  Camera            gives no picture, unreadable 0, silences 2\n"));
    page.camera_mood = PAGE_PLAIN; /* it is back: what there was stays */
    page_render(&page, &plain, text);
    assert_non_null(strstr(text, "\n  Camera            unreadable 0, silences 2\n"));
}

static void refused_input_is_shown_by_cause_the_commonest_first(void **state)
{
    (void)state;
    fill();
    page.input_refused[MOTION_ERR_STEP] = 2;
    page.input_refused[MOTION_ERR_NOT_UNIT] = 31;
    page.input_refused[MOTION_ERR_JAW] = 2;
    page_render(&page, &plain, text);
    assert_non_null(
        strstr(text, "\n  input refused     not a unit quaternion 31, jaw out of range 2\n"));
}

static void what_was_not_sent_is_shown_once_there_is_any(void **state)
{
    (void)state;
    fill();
    page_render(&page, &plain, text);
    assert_null(strstr(text, "not sent"));
    page.unsent = 31;
    page_render(&page, &plain, text);
    assert_non_null(strstr(text, "\n  not sent          31\n"));
}

static void nothing_measured_is_said_in_words(void **state)
{
    (void)state;
    page_init(&page, "clean", 60);
    page_render(&page, &plain, text);
    assert_null(strstr(text, "nan"));
    assert_non_null(strstr(text, "Clock               not measured\n"));
}

static void each_language_keeps_its_columns_and_24_rows(void **state)
{
    (void)state;
    fill();
    page.line_count = PAGE_LINES_MAX;
    for (unsigned i = 1; i < MOTION_ERRS; i++)
        page.input_refused[i] = 100000 + i;
    page.camera_damaged = page.camera_silences = page.unsent = 12345;
    page.arms[1] = page.arms[0];
    page.camera_mood = PAGE_WORRIED;
    for (int i = 0; i < 100; i++)
        page_tell(&page, PAGE_PLAIN, "event %d", i);
    enum { FAULTS = CAMERA_STATES - 1 }; /* of a camera that is well nothing is said */
    for (unsigned i = 0; i < WORDS_LANGUAGES * FAULTS; i++) {
        enum words_language language = (enum words_language)(i / FAULTS);
        page.camera = words_of_camera((enum camera_state)(1 + i % FAULTS));
        page_render(&page, &(struct page_look){.language = language, .rows = 24}, text);
        unsigned rows = 0;
        for (char *row = strtok(text, "\n"); row; row = strtok(NULL, "\n")) {
            assert_in_range(page_text_columns(row), 0, 80);
            rows++;
        }
        assert_in_range(rows, 23, 24);
    }
}

static void both_instruments_are_shown_in_every_language_while_there_is_room(void **state)
{
    (void)state;
    fill();
    for (unsigned i = 0; i < PAGE_ARMS_MAX; i++)
        page.arms[i] = (struct page_arm){-112.34, 104.5, -198.76, 1234567.8};
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
        page_render(&page,
                    &(struct page_look){.language = (enum words_language)language, .rows = 24},
                    text);
        unsigned shown = 0;
        for (char *row = strtok(text, "\n"); row; row = strtok(NULL, "\n")) {
            assert_in_range(page_text_columns(row), 0, 80);
            shown += strstr(row, language == WORDS_ENGLISH ? "1234567.80 " : "1234567,80 ") != NULL;
        }
        assert_int_equal(shown, PAGE_ARMS_MAX);
    }
}

static void the_newest_events_are_shown_oldest_first(void **state)
{
    (void)state;
    fill();
    for (int i = 0; i < 100; i++)
        page_tell(&page, PAGE_PLAIN, "event %d.", i);
    page_render(&page, &plain, text);
    const char *before = strstr(text, "event 98.");
    const char *last = strstr(text, "event 99.");
    assert_non_null(before);
    assert_true(last > before);
    assert_null(strstr(text, "event 2."));
}

static void colour_is_added_only_when_asked(void **state)
{
    (void)state;
    fill();
    page_render(&page, &plain, text);
    assert_null(strchr(text, '\033'));
    page_render(&page, &(struct page_look){.rows = 24, .colour = true}, text);
    assert_non_null(strstr(text, "\033[1;31mlost\033[0m"));
}

static void one_line_sums_it_up(void **state)
{
    (void)state;
    fill();
    page_summarise(&page, WORDS_ENGLISH, text);
    assert_string_equal(
        text, "  30.0 s  the arm follows; travelled 812.44 mm; gesture age: 99 % below 107.2 ms; "
              "picture age ≤: 99 % below 149.5 ms; line 1 good; line 2 lost");
}

static void widths_are_those_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(page_text_columns("line"), 4);
    assert_int_equal(page_text_columns("œil été"), 7);
    assert_int_equal(page_text_columns("e\xcc\x81"), 1); /* with a combining acute */
    assert_int_equal(page_text_columns("يُقَس"), 3);       /* vowel marks take no column */
    assert_int_equal(page_text_columns("上海"), 4);      /* Shanghai */
    assert_int_equal(page_text_columns("a\xe4"), 2);     /* cut short: still ends */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_this),
        cmocka_unit_test(figures_are_written_as_the_language_does),
        cmocka_unit_test(marks_and_units_are_written_as_the_language_does),
        cmocka_unit_test(every_cause_of_a_hold_fits_its_row_in_every_language),
        cmocka_unit_test(a_hold_says_why),
        cmocka_unit_test(a_camera_that_is_not_well_is_shown),
        cmocka_unit_test(refused_input_is_shown_by_cause_the_commonest_first),
        cmocka_unit_test(what_was_not_sent_is_shown_once_there_is_any),
        cmocka_unit_test(nothing_measured_is_said_in_words),
        cmocka_unit_test(each_language_keeps_its_columns_and_24_rows),
        cmocka_unit_test(both_instruments_are_shown_in_every_language_while_there_is_room),
        cmocka_unit_test(the_newest_events_are_shown_oldest_first),
        cmocka_unit_test(colour_is_added_only_when_asked),
        cmocka_unit_test(one_line_sums_it_up),
        cmocka_unit_test(widths_are_those_of_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

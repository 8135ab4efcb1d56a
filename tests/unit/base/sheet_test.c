/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <string.h>

#include "base/sheet.h"

static void open_line(struct sheet *sheet, const char *text)
{
    sheet_open(sheet, text, strlen(text));
    assert_true(sheet_next(sheet));
}

static void words_come_line_by_line_without_comments_and_empty_lines(void **state)
{
    (void)state;
    static const char text[] = "# what it is\n\n  joint\tyaw 90deg # of the arm\r\nend";
    struct sheet sheet;
    sheet_open(&sheet, text, strlen(text));
    assert_true(sheet_next(&sheet));
    assert_int_equal(sheet.line, 3);
    assert_int_equal(sheet.count, 3);
    assert_string_equal(sheet.words[1], "yaw");
    assert_true(sheet_next(&sheet));
    assert_int_equal(sheet.line, 4);
    assert_string_equal(sheet.words[0], "end");
    assert_false(sheet_next(&sheet));
    assert_string_equal(sheet.fault.words, "");
}

static void a_figure_has_its_unit_on_it(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum sheet_unit unit;
        double value;
    } good[] = {
        {"180deg", SHEET_ANGLE, 3.14159265358979323846},
        {"-1.5rad", SHEET_ANGLE, -1.5},
        {"9.1mm", SHEET_LENGTH, 0.0091},
        {".24m", SHEET_LENGTH, 0.24},
        {"200ms", SHEET_TIME, 0.2},
        {"1e-3", SHEET_PLAIN, 0.001},
        {"50mm/s", SHEET_SPEED, 0.05},
        {"90deg/s", SHEET_TURN, 1.5707963267948966},
        {"20rad/s", SHEET_TURN, 20},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct sheet sheet;
        double value = 0;
        open_line(&sheet, good[i].word);
        assert_true(sheet_figure(&sheet, 0, good[i].unit, &value));
        assert_true(fabs(value - good[i].value) < 1e-15);
    }
}

static void what_is_no_such_figure_is_refused_with_line_and_reason(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum sheet_unit unit;
    } wrong[] = {
        {"1.5", SHEET_ANGLE},    {"80m", SHEET_ANGLE},    {"1,5rad", SHEET_ANGLE},
        {"nan", SHEET_PLAIN},    {"inf", SHEET_PLAIN},    {"1e999", SHEET_PLAIN},
        {"0x10", SHEET_PLAIN},   {"-0x1p3", SHEET_PLAIN}, {"2.5mmm", SHEET_LENGTH},
        {"-", SHEET_PLAIN},      {"5 ms", SHEET_TIME},    {"-infrad", SHEET_ANGLE},
        {"+nanm", SHEET_LENGTH}, {"1m", SHEET_SPEED},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[64] = "\n\n";
        struct sheet sheet;
        double value = 7;
        strcat(text, wrong[i].word);
        open_line(&sheet, text);
        if (sheet_figure(&sheet, 0, wrong[i].unit, &value))
            fail_msg("'%s' is taken for %g", wrong[i].word, value);
        assert_int_equal(sheet.fault.line, 3);
        assert_true(sheet.fault.words[0] != 0);
        assert_true(value == 7);
        assert_false(sheet_next(&sheet));
    }
}

static void the_first_fault_is_kept(void **state)
{
    (void)state;
    struct sheet sheet;
    open_line(&sheet, "a b");
    assert_false(sheet_fail(&sheet, "first %d", 1));
    assert_false(sheet_fail_whole(&sheet, "second"));
    assert_string_equal(sheet.fault.words, "first 1");
}

static void lines_without_end_and_bytes_that_are_no_text_are_refused(void **state)
{
    (void)state;
    char line[SHEET_LINE_BYTES_MAX + 1];
    struct sheet sheet;
    memset(line, 'a', sizeof line);
    sheet_open(&sheet, line, sizeof line);
    assert_false(sheet_next(&sheet));
    assert_true(sheet.fault.words[0] != 0);
    sheet_open(&sheet, line, sizeof line - 1);
    assert_true(sheet_next(&sheet));
    for (size_t i = 0; i < 2 * (SHEET_WORDS_MAX + 1); i += 2)
        line[i] = ' ';
    line[2 * (SHEET_WORDS_MAX + 1)] = '\n';
    sheet_open(&sheet, line, sizeof line - 1);
    assert_false(sheet_next(&sheet));
    sheet_open(&sheet, "a\0b", 3);
    assert_false(sheet_next(&sheet));
    sheet_open(&sheet, "a\x1b[0m", 5);
    assert_false(sheet_next(&sheet));
}

static void a_whole_number_is_whole_and_in_its_range(void **state)
{
    (void)state;
    struct sheet sheet;
    unsigned value = 0;
    open_line(&sheet, "3 3.5 9 -1");
    assert_true(sheet_whole(&sheet, 0, 1, 8, &value));
    assert_int_equal(value, 3);
    for (size_t i = 1; i < 4; i++) {
        sheet.fault.words[0] = 0;
        assert_false(sheet_whole(&sheet, i, 1, 8, &value));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_come_line_by_line_without_comments_and_empty_lines),
        cmocka_unit_test(a_figure_has_its_unit_on_it),
        cmocka_unit_test(what_is_no_such_figure_is_refused_with_line_and_reason),
        cmocka_unit_test(the_first_fault_is_kept),
        cmocka_unit_test(lines_without_end_and_bytes_that_are_no_text_are_refused),
        cmocka_unit_test(a_whole_number_is_whole_and_in_its_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

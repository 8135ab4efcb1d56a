/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "base/csv.h"

static void numbers_between_commas_are_read(void **state)
{
    (void)state;
    static const char line[] = "1, -2.5e-3 ,\t+.5,4\r";
    double values[4];
    size_t count;
    struct csv_fault fault;
    assert_true(csv_numbers(values, 4, &count, line, strlen(line), &fault));
    assert_int_equal(count, 4);
    assert_true(values[0] == 1 && values[1] == -2.5e-3 && values[2] == 0.5 && values[3] == 4);
}

static void what_is_no_number_is_refused_with_its_column(void **state)
{
    (void)state;
    static const struct {
        const char *line, *words;
        size_t column;
    } wrong[] = {
        {"", "empty", 1},
        {"1,,3", "empty", 2},
        {"1,2,", "empty", 3},
        {"1;2", "not a number", 1},
        {"1,nan", "not finite", 2},
        {"inf", "not finite", 1},
        {"1e999", "not finite", 1},
        {"0x1", "not a number", 1},
        {"1 2", "not a number", 1},
        {"x", "not a number", 1},
        {"1,2,3,4", "one column too many", 4},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double values[3];
        size_t count;
        struct csv_fault fault;
        assert_false(csv_numbers(values, 3, &count, wrong[i].line, strlen(wrong[i].line), &fault));
        assert_string_equal(fault.words, wrong[i].words);
        assert_int_equal(fault.column, wrong[i].column);
    }
}

static void a_line_without_end_or_with_a_zero_byte_is_refused(void **state)
{
    (void)state;
    static char line[CSV_LINE_BYTES_MAX + 1];
    double values[3];
    size_t count;
    struct csv_fault fault;
    memset(line, ' ', sizeof line);
    line[0] = '1';
    assert_true(csv_numbers(values, 3, &count, line, sizeof line - 1, &fault));
    assert_false(csv_numbers(values, 3, &count, line, sizeof line, &fault));
    assert_string_equal(fault.words, "too long");
    assert_false(csv_numbers(values, 3, &count, "1\0,2", 4, &fault));
    assert_int_equal(fault.column, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_between_commas_are_read),
        cmocka_unit_test(what_is_no_number_is_refused_with_its_column),
        cmocka_unit_test(a_line_without_end_or_with_a_zero_byte_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdlib.h>

#include "search/figure.h"

static void digits_leave_half_of_the_last_open(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value, low, high;
    } good[] = {
        {"100", 100, 99.5, 100.5}, /* R4's examples, search.html 3.1.1.4.3 */
        {"100.00", 100, 99.995, 100.005},
        {"1e2", 100, 50, 150},
        {"5.4", 5.4, 5.35, 5.45},
        {"5.40e-3", 5.4e-3, 5.395e-3, 5.405e-3},
        {"-2.0", -2, -2.05, -1.95},
        {"0", 0, -0.5, 0.5},
        {"0.00", 0, -0.005, 0.005},
        {"+7", 7, 6.5, 7.5},
        {"0.1", 0.1, 0.05, 0.15},
        {"1234567890.123", 1234567890.123, 1234567890.1225, 1234567890.1235},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct figure got;
        if (!figure_read(text_of(good[i].text), &got))
            fail_msg("%s was refused", good[i].text);
        if (got.value != good[i].value || got.low != good[i].low || got.high != good[i].high)
            fail_msg("%s is %.17g in [%.17g, %.17g)", good[i].text, got.value, got.low, got.high);
    }
}

static void the_value_is_the_nearest_double(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0.1",
        "1e22",
        "1e23",
        "9007199254740993",
        "123456789012345678901234567890",
        "1e-310",
        "1.7e308",
        "0.000000000000000000000000001234",
        "12345678901234567.5",
        "3.14159",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double value;
        assert_true(figure_value(text_of(texts[i]), &value));
        double true_value = strtod(texts[i], NULL);
        double off = value > true_value ? value - true_value : true_value - value;
        if (i == 4 || i == 8 ? off > true_value * 1e-15 : off != 0)
            fail_msg("%s is %.17g", texts[i], value);
    }
}

static void what_is_no_decimal_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",    "-",     ".5",
        "5.",  "1.2.3", "1e",
        "1e+", "e5",    "0x10",
        "1 ",  " 1",    "nan",
        "inf", "1e999", "11111111111111111111111111111111111111111111111111111111111111111",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct figure figure;
        if (figure_read(text_of(wrong[i]), &figure))
            fail_msg("%s was taken", wrong[i]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_leave_half_of_the_last_open),
        cmocka_unit_test(the_value_is_the_nearest_double),
        cmocka_unit_test(what_is_no_decimal_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

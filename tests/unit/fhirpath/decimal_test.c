/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/decimal.h"

#include <math.h>

#include "base/random.h"
#include "cmocka_base.h"

static struct decimal read(const char *text)
{
    struct decimal decimal;
    assert_true(decimal_read(&decimal, text_of(text)));
    return decimal;
}

static void is_written(const struct decimal *decimal, const char *text)
{
    char out[DECIMAL_TEXT_MAX];
    size_t len = decimal_write(decimal, out);
    assert_int_equal(len, strlen(text));
    assert_memory_equal(out, text, len);
}

static void what_is_read_is_written_with_its_places(void **state)
{
    (void)state;
    static const char *const same[] = {"0",
                                       "0.0",
                                       "1",
                                       "-1",
                                       "1.00",
                                       "-0.50",
                                       "123456789012345678.123456789",
                                       "0.0000000000000000000000000000000000001",
                                       "9999999999999999999999999999999999999"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct decimal decimal = read(same[i]);
        is_written(&decimal, same[i]);
    }
    struct decimal decimal = read("1.5e3");
    is_written(&decimal, "1500");
    decimal = read("15E-3");
    is_written(&decimal, "0.015");
    decimal = read("0e999");
    is_written(&decimal, "0");
    decimal = read("+007");
    is_written(&decimal, "7");
}

static void what_is_no_number_or_does_not_fit_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "-",
                                        "+",
                                        ".",
                                        ".5",
                                        "5.",
                                        "1.2.3",
                                        "1e",
                                        "1e+",
                                        "e5",
                                        "1x",
                                        "0x1",
                                        "1e999",
                                        "1e-999",
                                        "10000000000000000000000000000000000000",
                                        "0.00000000000000000000000000000000000001",
                                        "1e99999999999",
                                        " 1",
                                        "1 "};
    struct decimal decimal;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(decimal_read(&decimal, text_of(wrong[i])));
}

static void order_is_by_value(void **state)
{
    (void)state;
    static const char *const ascending[] = {"-9999999999999999999999999999999999999",
                                            "-1",
                                            "-0.0000000000000000000000000000000000001",
                                            "0",
                                            "0.0000000000000000000000000000000000001",
                                            "0.1",
                                            "0.11",
                                            "1",
                                            "1.000000000000000000000000000000000001",
                                            "2",
                                            "10",
                                            "9999999999999999999999999999999999999"};
    enum { COUNT = sizeof ascending / sizeof *ascending };
    for (size_t a = 0; a < COUNT; a++)
        for (size_t b = 0; b < COUNT; b++) {
            struct decimal left = read(ascending[a]), right = read(ascending[b]);
            int order = decimal_compare(&left, &right);
            assert_int_equal((order > 0) - (order < 0), (a > b) - (a < b));
        }
    struct decimal one = read("1.0"), same = read("1.00");
    assert_int_equal(decimal_compare(&one, &same), 0);
}

/* Beside 64-bit integers with three places. */
static void sums_products_and_quotients_are_exact(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 3);
    for (unsigned i = 0; i < 20000; i++) {
        int64_t a = (int64_t)random_below(&random, 2000000) - 1000000;
        int64_t b = (int64_t)random_below(&random, 2000000) - 1000000;
        struct decimal left = {a, 3}, right = {b, 3}, result, rest;
        assert_true(decimal_add(&result, &left, &right));
        assert_true(result.digits == a + b && result.places == 3);
        assert_true(decimal_subtract(&result, &left, &right));
        assert_true(result.digits == a - b && result.places == 3);
        assert_true(decimal_multiply(&result, &left, &right));
        assert_true(result.digits == (decimal_digits)a * b && result.places == 6);
        assert_int_equal(decimal_divide(&result, &left, &right), b != 0);
        if (b == 0)
            continue;
        assert_true(decimal_double(&result) - (double)a / (double)b < 1e-12 &&
                    decimal_double(&result) - (double)a / (double)b > -1e-12);
        assert_true(decimal_divide_whole(&result, &rest, &left, &right));
        assert_true(result.digits == a / b && rest.digits == a % b);
    }
}

static void rounding_goes_half_away_from_zero(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int32_t places;
        const char *to;
    } cases[] = {{"2.5", 0, "3"},     {"-2.5", 0, "-3"},  {"2.4999", 0, "2"}, {"1.005", 2, "1.01"},
                 {"1.5", 3, "1.500"}, {"0.05", 1, "0.1"}, {"-0.04", 1, "0.0"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decimal decimal = read(cases[i].from);
        assert_true(decimal_round(&decimal, &decimal, cases[i].places));
        is_written(&decimal, cases[i].to);
    }
    struct decimal third, one = decimal_of(1), three = decimal_of(3);
    assert_true(decimal_divide(&third, &one, &three));
    is_written(&third, "0.333333333333");
}

static void what_overflows_is_told(void **state)
{
    (void)state;
    struct decimal most = read("9999999999999999999999999999999999999"), one = decimal_of(1),
                   result;
    assert_false(decimal_add(&result, &most, &one));
    assert_false(decimal_multiply(&result, &most, &most));
    assert_false(decimal_round(&result, &most, 1));
    struct decimal least = read("0.0000000000000000000000000000000000001");
    assert_false(decimal_multiply(&result, &least, &least));
    assert_false(decimal_add(&result, &most, &least));
    int64_t integer;
    assert_false(decimal_truncate(&integer, &most));
    assert_false(decimal_from_double(&result, 1e300));
    assert_false(decimal_from_double(&result, (double)NAN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_written_with_its_places),
        cmocka_unit_test(what_is_no_number_or_does_not_fit_is_refused),
        cmocka_unit_test(order_is_by_value),
        cmocka_unit_test(sums_products_and_quotients_are_exact),
        cmocka_unit_test(rounding_goes_half_away_from_zero),
        cmocka_unit_test(what_overflows_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

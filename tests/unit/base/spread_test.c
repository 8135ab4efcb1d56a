/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "unit/cmocka_base.h"

#include "base/random.h"
#include "base/spread.h"

static struct spread spread;

static void percentiles_are_within_a_sixtieth_of_the_true_ones(void **state)
{
    (void)state;
    spread_clear(&spread);
    for (int64_t i = 1; i <= 100000; i++)
        spread_add(&spread, i * 1000);
    for (int q = 1; q < 100; q++) {
        int64_t truth = q * 1000000;
        int64_t got = spread_at(&spread, q / 100.0);
        assert_in_range(got, truth - truth / 60, truth + truth / 60);
    }
    assert_int_equal(spread.least, 1000);
    assert_int_equal(spread.most, 100000000);
    assert_int_equal(spread_at(&spread, 1), 100000000);
}

static void values_below_64_are_exact_and_negative_ones_count_as_none(void **state)
{
    (void)state;
    spread_clear(&spread);
    assert_int_equal(spread_at(&spread, 0.5), 0);
    spread_add(&spread, -5);
    spread_add(&spread, 63);
    assert_int_equal(spread_at(&spread, 0), 0);
    assert_int_equal(spread_at(&spread, 0.9), 63);
    assert_true(spread_share_within(&spread, 62) == 0.5);
    assert_true(spread_share_within(&spread, 63) == 1.0);
}

static void the_largest_value_has_a_bucket(void **state)
{
    (void)state;
    spread_clear(&spread);
    spread_add(&spread, INT64_MAX);
    assert_int_equal(spread_at(&spread, 0.5), INT64_MAX);
}

static void the_same_seed_gives_the_same_numbers(void **state)
{
    (void)state;
    struct random a, b;
    random_seed(&a, 42);
    random_seed(&b, 42);
    for (int i = 0; i < 100; i++)
        assert_true(random_u64(&a) == random_u64(&b));
    for (int i = 0; i < 1000; i++) {
        assert_in_range(random_below(&a, 7), 0, 6);
        double unit = random_unit(&a);
        assert_true(unit >= 0 && unit < 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_within_a_sixtieth_of_the_true_ones),
        cmocka_unit_test(values_below_64_are_exact_and_negative_ones_count_as_none),
        cmocka_unit_test(the_largest_value_has_a_bucket),
        cmocka_unit_test(the_same_seed_gives_the_same_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

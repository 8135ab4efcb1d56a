/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/advice.h"

#define MS UINT64_C(1000000)

static struct advice advice_for(uint64_t delay_ns, double scale)
{
    struct advice advice = {.row = 0};
    advice_update(&advice, delay_ns, scale);
    return advice;
}

static void h35_the_overshoot_of_the_advised_scale_is_at_most_that_at_100_ms(void **state)
{
    (void)state;
    for (uint64_t delay_ms = 1; delay_ms <= 300; delay_ms++) {
        struct advice advice = advice_for(delay_ms * MS, 0.2);
        if (delay_ms <= 100) {
            assert_int_equal(advice.kind, ADVICE_NONE);
            continue;
        }
        assert_int_equal(advice.kind, ADVICE_SCALE);
        assert_true(advice.scale * (double)delay_ms <=
                    0.2 * 100 * 1.06); /* rounded to two digits */
        assert_true(advice.scale * (double)delay_ms >= 0.2 * 100 * 0.7);
    }
}

static void h35_a_scale_small_enough_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(advice_for(140 * MS, 0.1).kind, ADVICE_NONE);
    assert_int_equal(advice_for(140 * MS, 0.14).kind, ADVICE_SCALE);
    assert_int_equal(advice_for(50 * MS, 1).kind, ADVICE_NONE);
}

static void h35_beyond_300_ms_the_advice_is_not_to_operate(void **state)
{
    (void)state;
    assert_int_equal(advice_for(301 * MS, 0.01).kind, ADVICE_STOP);
    assert_int_equal(advice_for(UINT64_MAX, 0.01).kind, ADVICE_STOP);
}

static void one_slow_picture_is_no_slow_line(void **state)
{
    (void)state;
    struct advice advice = {.row = 0};
    advice_update(&advice, 60 * MS, 0.2);
    advice_update(&advice, 900 * MS, 0.2);
    advice_update(&advice, 60 * MS, 0.2);
    assert_int_equal(advice.kind, ADVICE_NONE);
    for (int i = 0; i < 3 * ADVICE_MEMORY; i++)
        advice_update(&advice, 900 * MS, 0.2);
    assert_int_equal(advice.kind, ADVICE_STOP);
}

static void a_delay_about_a_limit_does_not_make_the_words_flicker(void **state)
{
    (void)state;
    struct advice advice = {.row = 0};
    unsigned changes = 0;
    advice_update(&advice, 104 * MS, 0.2);
    for (int i = 0; i < 40 * ADVICE_MEMORY; i++) {
        struct advice before = advice;
        advice_update(&advice, (i / (10 * ADVICE_MEMORY) % 2 ? 104 : 95) * MS, 0.2);
        changes += advice.kind != before.kind;
    }
    assert_int_equal(changes, 0);
    for (int i = 0; i < 10 * ADVICE_MEMORY; i++)
        advice_update(&advice, 89 * MS, 0.2);
    assert_int_equal(advice.kind, ADVICE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h35_the_overshoot_of_the_advised_scale_is_at_most_that_at_100_ms),
        cmocka_unit_test(h35_a_scale_small_enough_is_left_alone),
        cmocka_unit_test(h35_beyond_300_ms_the_advice_is_not_to_operate),
        cmocka_unit_test(one_slow_picture_is_no_slow_line),
        cmocka_unit_test(a_delay_about_a_limit_does_not_make_the_words_flicker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

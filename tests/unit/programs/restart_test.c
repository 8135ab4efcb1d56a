/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "operate/restart.h"

#define MS UINT64_C(1000000)

static void what_died_is_started_again_after_a_wait_that_doubles(void **state)
{
    (void)state;
    struct restart restart;
    uint64_t now_ns = 1000 * MS, wait_ns = 250 * MS;

    restart_init(&restart, "cart");
    assert_false(restart_is_due(&restart, now_ns));
    for (int i = 0; i < RESTARTS_MAX; i++) {
        assert_true(restart_plan(&restart, now_ns, 12 + i));
        assert_false(restart_is_due(&restart, now_ns + wait_ns - 1));
        now_ns += wait_ns;
        assert_true(restart_is_due(&restart, now_ns));
        assert_false(restart_is_due(&restart, now_ns)); /* it runs */
        wait_ns *= 2;
    }
    assert_true(restart.first_s == 12);
}

static void what_dies_too_often_is_given_up(void **state)
{
    (void)state;
    struct restart restart;

    restart_init(&restart, "cart");
    for (int i = 0; i < RESTARTS_MAX; i++) {
        assert_true(restart_plan(&restart, MS, 0));
        assert_true(restart_is_due(&restart, UINT64_MAX));
    }
    assert_false(restart_plan(&restart, MS, 0));
    assert_true(restart.is_given_up);
    assert_false(restart_is_due(&restart, UINT64_MAX));
    assert_int_equal(restart.deaths, RESTARTS_MAX + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_died_is_started_again_after_a_wait_that_doubles),
        cmocka_unit_test(what_dies_too_often_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

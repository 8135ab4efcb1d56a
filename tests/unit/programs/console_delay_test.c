/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "console_delay.h"

#define MS UINT64_C(1000000)

static struct eyes eyes;
static struct console_delay delay;
static uint64_t now_ns;

static int begin(void **state)
{
    (void)state;
    console_delay_init(&delay);
    eyes.hand_to_eye.count = 0;
    now_ns = 1000 * MS;
    return 0;
}

/* Pictures that show a motion, or none, for so long. */
static void pass(unsigned ms, int64_t moved_ms)
{
    for (unsigned i = 0; i < ms; i += 10) {
        if (moved_ms >= 0) {
            eyes.hand_to_eye.count++;
            eyes.last_hand_to_eye_ns = moved_ms * (int64_t)MS;
        }
        (void)console_delay_turn(&delay, &eyes, now_ns += 10 * MS);
    }
}

static void h56_until_a_motion_was_seen_no_delay_is_told(void **state)
{
    (void)state;
    pass(1000, -1);
    assert_true(console_delay_ms(&delay, EYES_NONE) < 0);
    assert_true(console_delay_ms(&delay, 8 * (int64_t)MS) < 0);
    pass(100, 150);
    assert_true(console_delay_ms(&delay, EYES_NONE) ==
                150); /* without a window: decoded is shown */
    assert_true(console_delay_ms(&delay, 8 * (int64_t)MS) == 158);
}

static void it_follows_over_a_second_or_so(void **state)
{
    (void)state;
    pass(100, 100);
    pass(100, 300);
    assert_true(console_delay_ms(&delay, EYES_NONE) < 140);
    pass(4000, 300);
    assert_true(console_delay_ms(&delay, EYES_NONE) > 290);
}

static void h56_a_motion_of_long_ago_says_nothing_of_now(void **state)
{
    (void)state;
    pass(100, 100);
    pass(4500, -1);
    assert_true(console_delay_ms(&delay, EYES_NONE) == 100);
    pass(1000, -1);
    assert_true(console_delay_ms(&delay, EYES_NONE) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h56_until_a_motion_was_seen_no_delay_is_told, begin),
        cmocka_unit_test_setup(it_follows_over_a_second_or_so, begin),
        cmocka_unit_test_setup(h56_a_motion_of_long_ago_says_nothing_of_now, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/moved.h"

enum { FIRST = 100, GESTURES = 2 * MOVED_KEPT };

#define MS UINT64_C(1000000)
#define BEGIN_NS (5000 * MS)

static struct moved moved;

static uint64_t tick_ns(unsigned tick)
{
    return BEGIN_NS + tick * MS;
}

/* A gesture each millisecond, FIRST moving the arm at BEGIN_NS. */
static void move(unsigned ticks)
{
    moved_forget(&moved);
    for (unsigned i = 0; i < ticks; i++)
        moved_note(&moved, FIRST + i, tick_ns(i));
}

static void a_picture_shows_the_gesture_of_its_capture_and_none_made_since(void **state)
{
    (void)state;
    move(500);
    assert_int_equal(moved_at(&moved, tick_ns(499)), FIRST + 499);
    assert_int_equal(moved_at(&moved, tick_ns(499) - 100 * MS), FIRST + 399);
    assert_int_equal(moved_at(&moved, tick_ns(400) - 1), FIRST + 399);
    assert_int_equal(moved_at(&moved, tick_ns(400)), FIRST + 400);
    assert_int_equal(moved_at(&moved, UINT64_MAX), FIRST + 499);
}

static void before_the_first_gesture_none_had_moved_the_arm(void **state)
{
    (void)state;
    moved_forget(&moved);
    assert_int_equal(moved_at(&moved, BEGIN_NS), 0);
    move(500);
    assert_int_equal(moved_at(&moved, BEGIN_NS), FIRST);
    assert_int_equal(moved_at(&moved, BEGIN_NS - 1), 0);
    moved_forget(&moved); /* a new session, and pictures captured before it */
    moved_note(&moved, 3, tick_ns(600));
    assert_int_equal(moved_at(&moved, tick_ns(499)), 0);
    assert_int_equal(moved_at(&moved, tick_ns(600)), 3);
}

static void an_arm_that_rests_was_moved_by_the_last_one_for_as_long_as_that_takes(void **state)
{
    (void)state;
    move(10);
    for (unsigned i = 10; i < GESTURES; i++)
        moved_note(&moved, FIRST + 9, tick_ns(i));
    assert_int_equal(moved.count, 10);
    assert_int_equal(moved_at(&moved, tick_ns(GESTURES)), FIRST + 9);
    assert_int_equal(moved_at(&moved, tick_ns(9)), FIRST + 9);
    assert_int_equal(moved_at(&moved, tick_ns(8)), FIRST + 8);
}

static void what_is_too_long_ago_is_not_known(void **state)
{
    (void)state;
    move(GESTURES);
    assert_int_equal(moved_at(&moved, tick_ns(GESTURES - MOVED_KEPT)),
                     FIRST + GESTURES - MOVED_KEPT);
    assert_int_equal(moved_at(&moved, tick_ns(GESTURES - MOVED_KEPT) - 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_shows_the_gesture_of_its_capture_and_none_made_since),
        cmocka_unit_test(before_the_first_gesture_none_had_moved_the_arm),
        cmocka_unit_test(an_arm_that_rests_was_moved_by_the_last_one_for_as_long_as_that_takes),
        cmocka_unit_test(what_is_too_long_ago_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

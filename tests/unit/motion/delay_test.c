/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "motion/delay.h"

#define MS UINT64_C(1000000)

static struct delay_cart cart;
static struct delay_console console;

static int begin(void **state)
{
    (void)state;
    memset(&cart, 0, sizeof cart);
    memset(&console, 0, sizeof console);
    return 0;
}

/* A gesture 100 ms on its way moves the arm at 500 ms; a picture captured 3 ms later takes 20 to be sent,
 * 90 to come and 10 to be decoded. */
static void the_parts_of_a_picture_make_up_its_delay(void **state)
{
    (void)state;
    const int64_t age_ns = 120 * MS;

    delay_cart_gesture(&cart, 7, 100 * MS, 500 * MS);
    struct picture_head head = delay_cart_picture(&cart, 7, 503 * MS, 523 * MS);
    assert_int_equal(cart.forth.most, 100 * MS);
    assert_int_equal(cart.robot.most, 3 * MS);
    assert_int_equal(cart.encode.most, 20 * MS);

    delay_console_picture(&console, &head, &age_ns, 10 * MS);
    assert_int_equal(console.back.most, 90 * MS);
    assert_int_equal(console.decode.most, 10 * MS);
}

static void only_the_first_picture_of_a_gesture_counts_for_it(void **state)
{
    (void)state;
    delay_cart_gesture(&cart, 7, 100 * MS, 500 * MS);
    (void)delay_cart_picture(&cart, 7, 503 * MS, 523 * MS);
    (void)delay_cart_picture(&cart, 7, 543 * MS, 563 * MS);
    assert_int_equal(cart.robot.count, 1);
    assert_int_equal(cart.encode.count, 2);
    (void)delay_cart_picture(&cart, 8, 583 * MS, 600 * MS); /* of a gesture that nobody knows */
    assert_int_equal(cart.robot.count, 1);
}

static void a_new_session_forgets_the_gestures_of_the_last(void **state)
{
    (void)state;
    delay_cart_gesture(&cart, 7, 100 * MS, 500 * MS);
    delay_cart_session(&cart);
    (void)delay_cart_picture(&cart, 7, 503 * MS, 523 * MS);
    assert_int_equal(cart.forth.count, 0);
}

static void an_age_not_measured_or_a_time_too_long_to_say_is_no_figure(void **state)
{
    (void)state;
    const int64_t age_ns = 5000 * MS;
    struct picture_head slow = delay_cart_picture(&cart, 7, 503 * MS, 5503 * MS);

    assert_int_equal(slow.encode_ns, UINT32_MAX);
    delay_console_picture(&console, &slow, &age_ns, 10 * MS);
    delay_console_picture(&console, &(struct picture_head){.encode_ns = 20 * MS}, NULL, 10 * MS);
    assert_int_equal(console.back.count, 0);
    assert_int_equal(console.decode.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_parts_of_a_picture_make_up_its_delay, begin),
        cmocka_unit_test_setup(only_the_first_picture_of_a_gesture_counts_for_it, begin),
        cmocka_unit_test_setup(a_new_session_forgets_the_gestures_of_the_last, begin),
        cmocka_unit_test_setup(an_age_not_measured_or_a_time_too_long_to_say_is_no_figure, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

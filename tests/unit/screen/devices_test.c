/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices that come and go. */
#include "unit/screen/devices_bench.h"

static void comes_and_goes(const struct grip *grip)
{
    grip->plug();
    pass(100);
    assert_int_equal(gesture.flags, 0);
    assert_follows(grip);
    grip->unplug();
    assert_holds(500);
    grip->plug();
    pass(100);
    grip->push(true);
    assert_holds(500);
    grip->push(false);
    grip->press(false); /* it was down when the device went, and nobody told since */
    assert_follows(grip);
    grip->unplug();
    assert_holds(100);
}

static void
h50_a_pad_that_is_unplugged_holds_and_back_again_moves_nothing_without_a_press(void **state)
{
    (void)state;
    comes_and_goes(&pad);
}

static void
h50_a_cap_that_is_unplugged_holds_and_back_again_moves_nothing_without_a_press(void **state)
{
    (void)state;
    comes_and_goes(&cap);
}

static void h50_so_does_one_that_linux_alone_tells_of(void **state)
{
    (void)state;
    comes_and_goes(&raw_cap);
}

static void h50_a_spare_pad_takes_over_by_a_press_when_the_first_is_unplugged(void **state)
{
    (void)state;
    attach_pad();
    SDL_Joystick *first = stick;
    int first_index = stick_index;
    attach_pad();
    SDL_Joystick *spare = stick;
    pass(100);
    stick = first;
    assert_follows(&pad);
    SDL_JoystickClose(first);
    assert_int_equal(SDL_JoystickDetachVirtual(first_index), 0);
    assert_holds(300);
    stick = spare;
    stick_index = first_index; /* its place is the spare one's now */
    assert_follows(&pad);
    pad.unplug();
    assert_holds(100);
}

static void another_joystick_is_no_cap_and_moves_nothing(void **state)
{
    (void)state;
    take_stick(SDL_JoystickAttachVirtual(SDL_JOYSTICK_TYPE_FLIGHT_STICK, 6, 2, 0));
    pass(100);
    struct vec3 from_m = tip_m();
    press_cap(true);
    push_cap(true);
    pass(300);
    assert_int_equal(gesture.flags, 0);
    assert_true(way_m(from_m) == 0);
    detach();
    pass(100);
    assert_int_equal(gesture.flags, 0); /* not frozen by it, either */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            h50_a_pad_that_is_unplugged_holds_and_back_again_moves_nothing_without_a_press, begin,
            end),
        cmocka_unit_test_setup_teardown(
            h50_a_cap_that_is_unplugged_holds_and_back_again_moves_nothing_without_a_press, begin,
            end),
        cmocka_unit_test_setup_teardown(h50_so_does_one_that_linux_alone_tells_of, begin_hidraw,
                                        end_hidraw),
        cmocka_unit_test_setup_teardown(
            h50_a_spare_pad_takes_over_by_a_press_when_the_first_is_unplugged, begin, end),
        cmocka_unit_test_setup_teardown(another_joystick_is_no_cap_and_moves_nothing, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a device is found: with a button down, lying on its stick, or woken up by a press. */
#include "unit/screen/devices_bench.h"

/* A loose plug: whoever holds the pedal's button meanwhile has not pressed it. It is down when the device is
 * found, or told a moment later, or with the first words of a device that says nothing for long. */
static void comes_back_with_its_button_down(const struct grip *grip, unsigned first_word_ms)
{
    grip->plug();
    pass(100);
    assert_follows(grip);
    grip->unplug();
    pass(100);
    are_silent = first_word_ms > 1;
    grip->plug();
    pass(first_word_ms);
    grip->press(true);
    pass(1);
    are_silent = false;
    pass(100);
    grip->push(true);
    assert_holds(500);
    grip->press(false);
    grip->push(false);
    assert_holds(100);
    assert_follows(grip);
    grip->unplug();
    assert_holds(100);
}

static void h50_a_button_that_was_down_when_its_device_came_is_no_fresh_press(void **state)
{
    (void)state;
    static const unsigned first_word_ms[] = {0, 1, 700};
    for (unsigned i = 0; i < sizeof first_word_ms / sizeof *first_word_ms; i++) {
        comes_back_with_its_button_down(&pad, first_word_ms[i]);
        comes_back_with_its_button_down(&cap, first_word_ms[i]);
    }
}

static void press_both_hidraw(void)
{
    report((const uint8_t[]){3, 3, 0}, 3);
}

static void h50_nor_is_one_that_linux_alone_tells_of(void **state)
{
    (void)state;
    plug_hidraw();
    press_both_hidraw(); /* one of them was down before */
    pass(100);
    assert_int_equal(gesture.flags, 0);
    press_hidraw(false);
    assert_follows(&raw_cap);
    unplug_hidraw();
    pass(100);
    plug_hidraw(); /* and says nothing of the button, which stays down */
    press_hidraw(true);
    push_hidraw(true);
    assert_holds(500);
    press_both_hidraw();
    assert_holds(100);
    assert_int_equal(desk.active, 0); /* the other is a press: it swaps */
    press_hidraw(true);
    press_both_hidraw();
    assert_int_equal(desk.active, 1);
    press_hidraw(false);
    push_hidraw(false);
    assert_holds(100);
    assert_follows(&raw_cap);
    unplug_hidraw();
    assert_holds(100);
}

static bool is_stopped(void)
{
    enum desk_action order;
    bool is = false;
    while (desk_order(&desk, &order))
        is = is || order == DESK_STOP;
    return is;
}

static void press_start(bool is_down)
{
    assert_int_equal(SDL_JoystickSetVirtualButton(stick, SDL_CONTROLLER_BUTTON_START, is_down), 0);
    pass(1);
}

static void h12_a_stop_is_heard_though_its_press_woke_the_pad(void **state)
{
    (void)state;
    for (unsigned ms = 0; ms < 2; ms++) { /* down already, and told as it comes */
        attach_pad();
        pass(ms);
        press_start(true);
        pass(ms ? 0 : 1);
        assert_true(is_stopped());
        pass(100);
        press_start(false);
        assert_false(is_stopped());
        press_start(true);
        assert_true(is_stopped());
        detach();
        pass(100);
    }
    are_silent = true; /* its first word, late */
    attach_pad();
    pass(700);
    press_start(true);
    assert_true(is_stopped());
    are_silent = false;
    pass(10);
    assert_false(is_stopped()); /* once */
    detach();
    pass(1);
}

static void take_key(SDL_Keycode key)
{
    const SDL_Event event = {
        .key = {.type = SDL_KEYDOWN, .state = SDL_PRESSED, .keysym = {.sym = key}}};
    devices_take(&devices, &event, NULL, now_ns);
}

static void h12_esc_stops_as_soon_as_the_window_has_the_keyboard(void **state)
{
    (void)state;
    const SDL_Event gained = {
        .window = {.type = SDL_WINDOWEVENT, .event = SDL_WINDOWEVENT_FOCUS_GAINED}};
    devices_take(&devices, &gained, NULL, now_ns);
    take_key(SDLK_j);
    take_key(SDLK_ESCAPE);
    pass(100);
    assert_true(is_stopped());
    assert_int_equal(gesture.flags, 0); /* J may have been down before */
}

static void press_mouse(bool is_down)
{
    const SDL_Event event = {.button = {.type = is_down ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP,
                                        .button = SDL_BUTTON_LEFT,
                                        .state = is_down ? SDL_PRESSED : SDL_RELEASED}};
    devices_take(&devices, &event, NULL, now_ns);
}

/* Whoever engages by the mouse holds no cap and no pad. */
static void lies_on_its_side(const struct grip *grip)
{
    struct vec3 from_m = tip_m();
    press_mouse(true);
    pass(300);
    assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    assert_true(way_m(from_m) < 1e-9);
    grip->push(false);
    pass(100);
    assert_true(way_m(from_m) < 1e-9);
    grip->push(true);
    pass(300);
    assert_true(way_m(from_m) > 1e-3); /* somebody took it up */
    press_mouse(false);
    grip->unplug();
    assert_holds(300);
}

static void h50_a_device_that_comes_lying_on_its_stick_moves_nothing(void **state)
{
    (void)state;
    static const struct grip *const grips[] = {&pad, &cap};
    for (unsigned i = 0; i < sizeof grips / sizeof *grips; i++) {
        grips[i]->plug();
        grips[i]->push(true);
        SDL_PumpEvents();
        SDL_FlushEvent(SDL_JOYAXISMOTION); /* from before: the window finds it so */
        pass(100);
        lies_on_its_side(grips[i]);
    }
}

/* SDL's virtual ones tell their axes when they come; others say nothing of what is at rest. */
static void a_cap_that_was_at_rest_when_it_came_leads_by_its_first_word(void **state)
{
    (void)state;
    attach_cap();
    SDL_PumpEvents();
    SDL_FlushEvent(SDL_JOYAXISMOTION);
    pass(100);
    assert_follows(&cap);
    detach();
    pass(1);
}

static void h50_nor_does_one_that_linux_alone_tells_of(void **state)
{
    (void)state;
    make_hidraw();
    while (devices.raw.fd < 0)
        pass(1);
    pass(20); /* it tells a few times in that */
    push_hidraw(true);
    pass(100);
    lies_on_its_side(&raw_cap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            h50_a_button_that_was_down_when_its_device_came_is_no_fresh_press, begin, end),
        cmocka_unit_test_setup_teardown(h50_nor_is_one_that_linux_alone_tells_of, begin_hidraw,
                                        end_hidraw),
        cmocka_unit_test_setup_teardown(h12_a_stop_is_heard_though_its_press_woke_the_pad, begin,
                                        end),
        cmocka_unit_test_setup_teardown(h12_esc_stops_as_soon_as_the_window_has_the_keyboard, begin,
                                        end),
        cmocka_unit_test_setup_teardown(h50_a_device_that_comes_lying_on_its_stick_moves_nothing,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_cap_that_was_at_rest_when_it_came_leads_by_its_first_word,
                                        begin, end),
        cmocka_unit_test_setup_teardown(h50_nor_does_one_that_linux_alone_tells_of, begin_hidraw,
                                        end_hidraw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

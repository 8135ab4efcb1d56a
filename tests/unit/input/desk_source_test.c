/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"
#include "unit/motion/bedside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "input/desk_source.h"
#include "input/hands.h"
#include "motion/follow.h"

#define MS UINT64_C(1000000)
#define START_NS (5000 * MS)

enum { EVENTS_MAX = 32 };

static struct desk_map map;
static struct desk desk;
static struct hands *hands;
static struct follow follow;
static struct gesture gesture;
static struct desk_event events[EVENTS_MAX];
static unsigned event_count, event_taken;
static uint64_t now_ns;
static uint32_t sequence;

static void pump(void *context, uint64_t until_ns)
{
    assert_ptr_equal(context, &desk);
    while (event_taken < event_count && events[event_taken].at_ns <= until_ns) {
        enum motion_err err = desk_take(&desk, &events[event_taken++]);
        (void)err; /* counted by the desk */
    }
    assert_int_equal(desk_take(&desk, &(struct desk_event){.at_ns = until_ns, .kind = DESK_ALIVE}),
                     MOTION_OK);
}

static void later(uint64_t ms, enum desk_event_kind kind, enum desk_control control, double value)
{
    assert_true(event_count < EVENTS_MAX);
    events[event_count++] =
        (struct desk_event){.at_ns = now_ns + ms * MS,
                            .kind = kind,
                            .control = control,
                            .device = control ? desk_device_of(control) : DESK_KEYBOARD,
                            .value = value};
}

/* Milliseconds of gestures from the desk to the arm, which is seen at once. */
static void pass(unsigned ms)
{
    for (unsigned i = 0; i < ms; i++) {
        now_ns += MS;
        while (hands_next(hands, now_ns, &gesture)) {
            sequence++;
            struct follow_sample sample = {.sequence = sequence,
                                           .sampled_ns = now_ns,
                                           .age_ns = MS,
                                           .measured = true,
                                           .gesture = gesture};
            assert_int_equal(gesture_check(&gesture), MOTION_OK);
            enum follow_outcome outcome = follow_gesture(&follow, &sample, now_ns);
            (void)outcome;
        }
        follow_tick(&follow, now_ns);
    }
}

static int begin(void **state)
{
    (void)state;
    char why[DESK_WHY_BYTES];
    now_ns = START_NS;
    event_count = event_taken = 0;
    sequence = 0;
    assert_int_equal(desk_map_read(&map, DESK_MAP_CONSOLE, strlen(DESK_MAP_CONSOLE), why), 0);
    desk_init(&desk, &map, now_ns);
    hands = hands_of(desk_source(&desk, pump, &desk), "desk", now_ns);
    assert_non_null(hands);
    follow_init(&follow, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &FOLLOW_STANDARD);
    bedside_enable(&follow, now_ns);
    follow_tick(&follow, now_ns);
    pass(10);
    return 0;
}

static int end(void **state)
{
    (void)state;
    hands_close(hands);
    return 0;
}

static void a_press_clutches_in_and_the_arm_goes_where_the_pointer_does(void **state)
{
    (void)state;
    struct vec3 from = follow.arms[1].tip.position_m;
    assert_int_equal(gesture.flags, 0);
    later(1, DESK_MOVED, DESK_MOUSE_LEFT, 1);
    later(5, DESK_MOVED, DESK_MOUSE_X, 100);
    pass(500);
    assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    assert_int_equal(follow.supervisor.cause, HOLD_NONE);
    double gone_m = vec3_length(vec3_subtract(follow.arms[1].tip.position_m, from));
    assert_true(fabs(gone_m - 100 * 0.0003 * FOLLOW_STANDARD.scale) < 1e-4);
    later(1, DESK_MOVED, DESK_MOUSE_LEFT, 0);
    pass(10);
    assert_int_equal(gesture.flags, 0); /* a person's foot: not GESTURE_UNASKED */
    assert_int_equal(follow.supervisor.cause, HOLD_RELEASED);
}

static void h50_an_unplugged_device_holds_the_arm_until_a_fresh_press(void **state)
{
    (void)state;
    later(1, DESK_PLUGGED, DESK_CAP_X, 0);
    later(2, DESK_MOVED, DESK_CAP_BUTTON_1, 1);
    later(2, DESK_MOVED, DESK_CAP_X, 0);
    later(3, DESK_MOVED, DESK_CAP_X, 0.5);
    pass(100);
    assert_int_equal(follow.supervisor.cause, HOLD_NONE);
    later(1, DESK_UNPLUGGED, DESK_CAP_X, 0);
    pass(200);
    assert_int_equal(gesture.flags, GESTURE_FROZEN);
    assert_int_equal(follow.supervisor.cause, HOLD_FROZEN);
    struct vec3 held = follow.arms[1].tip.position_m;
    later(1, DESK_PLUGGED, DESK_CAP_X, 0);
    later(2, DESK_MOVED, DESK_CAP_X, 0.5);
    pass(1000);
    assert_int_equal(follow.supervisor.cause, HOLD_FROZEN);
    assert_true(vec3_length(vec3_subtract(follow.arms[1].tip.position_m, held)) == 0);
    later(1, DESK_MOVED, DESK_CAP_BUTTON_1, 1);
    pass(100);
    assert_int_equal(follow.supervisor.cause, HOLD_NONE);
}

static void h51_what_a_device_says_without_meaning_is_counted_at_the_hands(void **state)
{
    (void)state;
    later(1, DESK_MOVED, DESK_MOUSE_X, NAN);
    later(1, DESK_MOVED, DESK_MOUSE_X, 1e9);
    later(1, DESK_MOVED, DESK_MOUSE_Y, 1e9);
    pass(20);
    assert_int_equal(hands_counts(hands)->refused[MOTION_ERR_NOT_FINITE], 1);
    assert_int_equal(hands_counts(hands)->refused[MOTION_ERR_TOO_FAR], 2);
    assert_int_equal(gesture.flags, 0);
}

static void a_late_caller_gets_each_sample_as_it_was_then(void **state)
{
    (void)state;
    uint64_t from_ns = now_ns;
    later(50, DESK_MOVED, DESK_MOUSE_LEFT, 1);
    now_ns += 100 * MS;
    for (uint64_t due_ns = hands_due_ns(hands); hands_next(hands, now_ns, &gesture);
         due_ns = hands_due_ns(hands))
        assert_int_equal(gesture.flags, due_ns < from_ns + 50 * MS ? 0 : GESTURE_ENGAGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_press_clutches_in_and_the_arm_goes_where_the_pointer_does,
                                        begin, end),
        cmocka_unit_test_setup_teardown(h50_an_unplugged_device_holds_the_arm_until_a_fresh_press,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            h51_what_a_device_says_without_meaning_is_counted_at_the_hands, begin, end),
        cmocka_unit_test_setup_teardown(a_late_caller_gets_each_sample_as_it_was_then, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <string.h>

#include "motion/desk.h"

#define KEY_J ((enum desk_control)(DESK_KEY_A + 9))
#define MS UINT64_C(1000000)

static struct desk_map map;
static struct desk desk;
static struct clutch_hands hands;
static bool is_frozen;
static uint64_t now_ns;

static void begin(const char *text)
{
    char why[DESK_WHY_BYTES];
    assert_int_equal(desk_map_read(&map, text, strlen(text), why), 0);
    now_ns = 1000 * MS;
    desk_init(&desk, &map, now_ns);
}

static enum motion_err move(enum desk_control control, double value)
{
    return desk_take(&desk,
                     &(struct desk_event){
                         .at_ns = now_ns, .kind = DESK_MOVED, .control = control, .value = value});
}

static void tell(enum desk_event_kind kind, enum desk_device device)
{
    enum motion_err err =
        desk_take(&desk, &(struct desk_event){.at_ns = now_ns, .kind = kind, .device = device});
    assert_int_equal(err, MOTION_OK);
}

/* Milliseconds in which the program gives signs of life. */
static void pass(unsigned ms)
{
    for (unsigned i = 0; i < ms; i++) {
        now_ns += MS;
        tell(DESK_ALIVE, DESK_KEYBOARD);
        desk_advance(&desk, now_ns, &hands, &is_frozen);
    }
}

static double right_x(void)
{
    return hands.hands[1].pose.position_m.x;
}

static void the_pointer_moves_the_active_hand_while_a_button_is_held(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    assert_int_equal(move(DESK_MOUSE_X, 100), MOTION_OK);
    pass(1);
    assert_false(hands.pedal);
    assert_true(right_x() == 0);
    assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
    assert_int_equal(move(DESK_MOUSE_X, 100), MOTION_OK);
    assert_int_equal(move(DESK_MOUSE_X, 50), MOTION_OK);
    assert_int_equal(move(DESK_MOUSE_WHEEL, 2), MOTION_OK);
    pass(300); /* each count moves once */
    assert_true(hands.pedal);
    assert_true(fabs(right_x() - 150 * 0.0003) < 1e-9);
    assert_true(fabs(hands.hands[1].pose.position_m.z + 0.02) < 1e-9);
    assert_true(hands.hands[0].pose.position_m.x == 0);
    assert_int_equal(move(DESK_MOUSE_MIDDLE, 1), MOTION_OK);
    assert_int_equal(move(DESK_MOUSE_X, -100), MOTION_OK);
    pass(300);
    assert_true(fabs(hands.hands[0].pose.position_m.x + 0.03) < 1e-9);
    assert_int_equal(move(DESK_MOUSE_LEFT, 0), MOTION_OK);
    pass(1);
    assert_false(hands.pedal);
    assert_false(is_frozen);
}

static void a_held_key_moves_at_its_rate_and_with_another_it_turns(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    assert_int_equal(move(KEY_J, 1), MOTION_OK);
    assert_int_equal(move(DESK_KEY_RIGHT, 1), MOTION_OK);
    pass(1000);
    assert_true(fabs(right_x() - 0.05) < 1e-9);
    assert_int_equal(move(DESK_KEY_SHIFT, 1), MOTION_OK);
    pass(500);
    assert_true(fabs(right_x() - 0.05) < 1e-9);
    struct vec3 turn = quat_to_rotation_vector(hands.hands[1].pose.orientation);
    assert_true(fabs(turn.y - 0.4) < 1e-9 && fabs(turn.x) < 1e-9 && fabs(turn.z) < 1e-9);
}

static void a_stick_has_a_dead_middle_and_one_for_each_hand(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    tell(DESK_PLUGGED, DESK_PAD);
    assert_int_equal(move(DESK_PAD_RIGHT_SHOULDER, 1), MOTION_OK);
    assert_int_equal(move(DESK_PAD_RIGHT_X, 0), MOTION_OK);
    assert_int_equal(move(DESK_PAD_LEFT_X, 0.14), MOTION_OK);
    assert_int_equal(move(DESK_PAD_RIGHT_X, -1), MOTION_OK);
    pass(1000);
    assert_true(hands.pedal);
    assert_true(hands.hands[0].pose.position_m.x == 0);
    assert_true(fabs(right_x() + 0.1) < 1e-9);
}

static void h51_a_pointer_that_leaps_moves_the_hand_no_faster_than_a_hand(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
    pass(1);
    assert_int_equal(move(DESK_MOUSE_X, 1000), MOTION_OK); /* 0.3 m */
    for (double before = right_x(), i = 0; i < 1000; i++) {
        pass(1);
        assert_true(right_x() - before <= DESK_SPEED_MOST_M_S * 1e-3 + 1e-12);
        before = right_x();
    }
    assert_true(right_x() > 0.02);
    assert_int_equal(move(DESK_MOUSE_X, 1000), MOTION_OK);
    pass(2);
    assert_int_equal(move(DESK_MOUSE_LEFT, 0), MOTION_OK); /* what it still owes is forgotten */
    pass(1);
    double last = right_x();
    assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
    pass(100);
    assert_true(right_x() == last);
}

static void each_press_of_a_lock_s_key_turns_it_over(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    assert_int_equal(move(DESK_KEY_A + 'l' - 'a', 1), MOTION_OK);
    assert_true(desk.place_locked && !desk.turn_locked);
    assert_int_equal(move(DESK_KEY_A + 'r' - 'a', 1), MOTION_OK);
    assert_true(desk.place_locked && desk.turn_locked);
    enum desk_action order;
    assert_true(desk_order(&desk, &order) && order == DESK_LOCK_PLACE);
    assert_true(desk_order(&desk, &order) && order == DESK_LOCK_TURN);
    assert_false(desk_order(&desk, &order));
    assert_int_equal(move(DESK_KEY_A + 'l' - 'a', 0), MOTION_OK);
    assert_int_equal(move(DESK_KEY_A + 'l' - 'a', 1), MOTION_OK);
    assert_true(!desk.place_locked && desk.turn_locked);
}

static void a_press_opens_the_jaws_the_next_closes_them_no_faster_than_they_go(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    assert_int_equal(move(DESK_MOUSE_RIGHT, 1), MOTION_OK);
    pass(1);
    assert_true(fabs(hands.hands[1].jaw_rad - DESK_JAW_RATE_RAD_S * 1e-3) < 1e-9);
    pass(1000);
    assert_true(fabs(hands.hands[1].jaw_rad - DESK_JAW_OPEN_RAD) < 1e-9);
    assert_int_equal(move(DESK_MOUSE_RIGHT, 0), MOTION_OK);
    assert_int_equal(move(DESK_MOUSE_RIGHT, 1), MOTION_OK);
    pass(1000);
    assert_true(fabs(hands.hands[1].jaw_rad - DESK_JAW_CLOSED_RAD) < 1e-9);
    assert_true(hands.hands[0].jaw_rad == 0);
}

static void a_trigger_leads_the_jaws_only_once_it_is_where_they_are(void **state)
{
    (void)state;
    begin("engage a\ngrip pad-right-trigger hand=right\ngrip g hand=right\n");
    tell(DESK_PLUGGED, DESK_PAD);
    assert_int_equal(move(DESK_KEY_A + 'g' - 'a', 1), MOTION_OK); /* opens */
    assert_int_equal(move(DESK_KEY_A + 'g' - 'a', 0), MOTION_OK);
    assert_int_equal(move(DESK_KEY_A + 'g' - 'a', 1),
                     MOTION_OK); /* and closes: something is held */
    pass(1000);
    assert_true(fabs(hands.hands[1].jaw_rad - DESK_JAW_CLOSED_RAD) < 1e-9);
    for (int i = 1; i <= 10; i++) {
        assert_int_equal(move(DESK_PAD_RIGHT_TRIGGER, i / 10.0), MOTION_OK);
        pass(100);
        assert_true(fabs(hands.hands[1].jaw_rad - DESK_JAW_CLOSED_RAD) < 0.06);
    }
    assert_int_equal(move(DESK_PAD_RIGHT_TRIGGER, 0), MOTION_OK);
    pass(1000);
    assert_true(fabs(hands.hands[1].jaw_rad - DESK_JAW_OPEN_RAD) < 1e-9);
}

static void h25_a_press_opens_or_closes_jaws_from_where_others_left_them(void **state)
{
    (void)state;
    const double left_rad[] = {0.12,
                               1.3}; /* one holds something, one is open further than keys open */
    begin(DESK_MAP_CONSOLE);
    desk_see_jaws(&desk, left_rad, 2);
    pass(1000);
    for (unsigned hand = 0; hand < 2; hand++)
        assert_true(fabs(hands.hands[hand].jaw_rad - left_rad[hand]) < 1e-12);
    assert_int_equal(move(DESK_MOUSE_RIGHT, 1), MOTION_OK); /* of the right hand: closes */
    pass(1);
    assert_true(fabs(hands.hands[1].jaw_rad - left_rad[1] + DESK_JAW_RATE_RAD_S * 1e-3) < 1e-9);
    pass(1000);
    assert_true(fabs(hands.hands[1].jaw_rad - DESK_JAW_CLOSED_RAD) < 1e-9);
    assert_true(fabs(hands.hands[0].jaw_rad - left_rad[0]) < 1e-12);
}

static void the_camera_pedal_rests_the_instruments_and_moves_the_camera(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
    pass(1);
    assert_true(hands.pedal);
    assert_int_equal(move(DESK_KEY_A + 'c' - 'a', 1), MOTION_OK);
    assert_int_equal(move(DESK_MOUSE_X, 100), MOTION_OK);
    pass(300);
    assert_false(hands.pedal);
    assert_true(desk.hands[1].pose.position_m.x == 0);
    assert_true(fabs(desk.camera.position_m.x - 0.03) < 1e-9);
    assert_true(desk_is_held(&desk, DESK_CAMERA));
    assert_true(hands.camera);
    assert_true(fabs(hands.hands[0].pose.position_m.x - 0.03) < 1e-9);
    assert_int_equal(move(DESK_KEY_A + 'c' - 'a', 0), MOTION_OK);
    pass(10);
    assert_false(hands.camera || hands.pedal); /* the foot that stayed down counts as up */
    assert_int_equal(move(DESK_MOUSE_LEFT, 0), MOTION_OK);
    pass(10);
    assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
    pass(10);
    assert_true(hands.pedal);
}

/* And no more: a foot is on the instruments' pedal all the time. */
static void lead_the_camera(void)
{
    begin(DESK_MAP_CONSOLE);
    assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
    assert_int_equal(move(DESK_KEY_A + 'c' - 'a', 1), MOTION_OK);
    pass(30);
    assert_true(hands.camera);
    assert_int_equal(move(DESK_KEY_A + 'c' - 'a', 0), MOTION_OK);
    pass(30);
    assert_false(hands.pedal || hands.camera); /* the foot was not lifted */
}

static void h57_a_pedal_let_go_and_pressed_at_once_was_lifted(void **state)
{
    (void)state;
    lead_the_camera();
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(move(DESK_MOUSE_LEFT, 0),
                         MOTION_OK); /* one look at the mouse tells both */
        assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
        pass(19);
        assert_false(hands.pedal);
        pass(1);
        assert_true(hands.pedal);
    }
}

static void h57_another_pedal_s_press_lifts_no_foot_that_stayed_down(void **state)
{
    (void)state;
    lead_the_camera();
    assert_int_equal(move(KEY_J, 1), MOTION_OK);
    pass(30);
    assert_false(hands.pedal);
    assert_int_equal(move(KEY_J, 0), MOTION_OK);
    pass(30);
    assert_false(hands.pedal);
    assert_int_equal(move(DESK_MOUSE_LEFT, 0), MOTION_OK);
    pass(30);
    assert_int_equal(move(KEY_J, 1), MOTION_OK);
    pass(30);
    assert_true(hands.pedal);
}

static void h50_a_device_that_goes_away_freezes_until_a_fresh_press(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    tell(DESK_PLUGGED, DESK_PAD);
    assert_int_equal(move(DESK_PAD_RIGHT_SHOULDER, 1), MOTION_OK);
    assert_int_equal(move(DESK_PAD_RIGHT_X, 0), MOTION_OK);
    assert_int_equal(move(DESK_PAD_RIGHT_X, 1), MOTION_OK);
    pass(10);
    assert_true(hands.pedal);
    double last = right_x();
    tell(DESK_UNPLUGGED, DESK_PAD);
    pass(1);
    assert_false(hands.pedal);
    assert_true(is_frozen && desk.unplugged);
    assert_true(right_x() == last);
    assert_int_equal(move(DESK_PAD_RIGHT_SHOULDER, 1), MOTION_ERR_STATE);
    tell(DESK_PLUGGED, DESK_PAD); /* plugged again: nothing by itself, nor by its stick alone */
    assert_int_equal(move(DESK_PAD_RIGHT_X, 1), MOTION_OK);
    pass(1000);
    assert_false(hands.pedal);
    assert_true(is_frozen);
    assert_true(right_x() == last);
    assert_int_equal(move(DESK_PAD_RIGHT_SHOULDER, 1), MOTION_OK);
    pass(1);
    assert_false(is_frozen); /* the foot is seen to be up ... */
    assert_false(hands.pedal);
    pass(20);
    assert_true(hands.pedal); /* ... and then down */
}

static void find_down(enum desk_control control)
{
    const struct desk_event event = {
        .at_ns = now_ns, .kind = DESK_MOVED, .control = control, .value = 1, .was_down = true};
    assert_int_equal(desk_take(&desk, &event), MOTION_OK);
}

static void h50_what_was_down_when_its_device_came_is_not_held(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    tell(DESK_PLUGGED, DESK_PAD);
    find_down(DESK_PAD_RIGHT_SHOULDER);
    find_down(DESK_PAD_BACK);
    enum desk_action order;
    assert_false(desk_order(&desk, &order));
    pass(100);
    assert_false(hands.pedal);
    assert_int_equal(move(DESK_PAD_RIGHT_SHOULDER, 0), MOTION_OK);
    assert_int_equal(move(DESK_PAD_RIGHT_SHOULDER, 1), MOTION_OK);
    pass(100);
    assert_true(hands.pedal);
}

static void h12_but_it_stops_once_and_is_held_for_that(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    tell(DESK_PLUGGED, DESK_PAD);
    find_down(DESK_PAD_START);
    find_down(DESK_PAD_START);
    enum desk_action order;
    assert_true(desk_order(&desk, &order) && order == DESK_STOP);
    assert_false(desk_order(&desk, &order));
    assert_true(desk_is_held(&desk, DESK_STOP));
    pass(100);
    assert_false(hands.pedal);
}

static void h50_an_axis_leads_once_it_was_in_its_middle_since_its_device_came(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    for (int times = 0; times < 2; times++) {
        tell(DESK_PLUGGED, DESK_PAD);
        assert_int_equal(move(DESK_PAD_RIGHT_X, 0.5), MOTION_OK);
        assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
        double last = right_x();
        pass(100);
        assert_true(hands.pedal && right_x() == last);
        assert_int_equal(move(DESK_PAD_RIGHT_X, DESK_MIDDLE + 0.01), MOTION_OK);
        assert_int_equal(move(DESK_PAD_RIGHT_X, 0.5), MOTION_OK);
        pass(100);
        assert_true(right_x() == last);
        assert_int_equal(move(DESK_PAD_RIGHT_X, -DESK_MIDDLE), MOTION_OK);
        assert_int_equal(move(DESK_PAD_RIGHT_X, 0.5), MOTION_OK);
        pass(100);
        assert_true(right_x() > last + 1e-3);
        assert_int_equal(move(DESK_MOUSE_LEFT, 0), MOTION_OK);
        tell(DESK_UNPLUGGED, DESK_PAD);
    }
    begin("engage mouse-left\nx pad-right-x rate=0.1 dead=0.4\n"); /* a stick that is worn */
    tell(DESK_PLUGGED, DESK_PAD);
    assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
    assert_int_equal(move(DESK_PAD_RIGHT_X, 0.4), MOTION_OK);
    assert_int_equal(move(DESK_PAD_RIGHT_X, 1), MOTION_OK);
    pass(100);
    assert_true(right_x() > 5e-3);
}

static void h50_a_device_that_was_not_engaged_freezes_too(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    tell(DESK_PLUGGED, DESK_CAP);
    assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
    pass(1);
    tell(DESK_UNPLUGGED, DESK_CAP);
    pass(1);
    assert_true(is_frozen && desk.interrupted);
    assert_int_equal(move(DESK_MOUSE_LEFT, 0), MOTION_OK);
    pass(100);
    assert_true(is_frozen); /* to let go takes nothing */
}

static void h50_a_window_that_loses_the_keyboard_freezes(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    assert_int_equal(move(KEY_J, 1), MOTION_OK);
    assert_int_equal(move(DESK_KEY_RIGHT, 1), MOTION_OK);
    pass(1);
    tell(DESK_AWAY, DESK_KEYBOARD);
    double last = right_x();
    pass(100);
    assert_true(is_frozen && !hands.pedal && right_x() == last && desk.interrupted);
}

static void h50_a_window_that_stalls_moves_nothing_and_then_freezes(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    assert_int_equal(move(KEY_J, 1), MOTION_OK);
    assert_int_equal(move(DESK_KEY_RIGHT, 1), MOTION_OK);
    pass(10);
    uint64_t stalled_ns = now_ns;
    while (now_ns < stalled_ns + DESK_STALL_NS) {
        now_ns += MS;
        desk_advance(&desk, now_ns, &hands, &is_frozen);
    }
    double last = right_x();
    while (now_ns < stalled_ns + DESK_SILENCE_NS) {
        now_ns += MS;
        desk_advance(&desk, now_ns, &hands, &is_frozen);
    }
    assert_true(right_x() == last);
    assert_false(is_frozen);
    now_ns += MS;
    desk_advance(&desk, now_ns, &hands, &is_frozen);
    assert_true(is_frozen && !hands.pedal);
    pass(1000); /* it lives again, the key still down */
    assert_true(is_frozen && right_x() == last);
}

static void h51_values_without_meaning_are_refused_and_counted(void **state)
{
    (void)state;
    begin(DESK_MAP_CONSOLE);
    tell(DESK_PLUGGED, DESK_PAD);
    assert_int_equal(move(DESK_MOUSE_LEFT, 1), MOTION_OK);
    pass(1);
    assert_int_equal(move(DESK_PAD_RIGHT_X, NAN), MOTION_ERR_NOT_FINITE);
    assert_int_equal(move(DESK_PAD_RIGHT_X, INFINITY), MOTION_ERR_NOT_FINITE);
    assert_int_equal(move(DESK_PAD_RIGHT_X, 1.01), MOTION_ERR_TOO_FAR);
    assert_int_equal(move(DESK_MOUSE_X, 5000), MOTION_ERR_TOO_FAR);
    assert_int_equal(move(DESK_CONTROLS, 1), MOTION_ERR_STATE);
    assert_int_equal(move(DESK_NO_CONTROL, 1), MOTION_ERR_STATE);
    assert_int_equal(move(DESK_CAP_X, 1), MOTION_ERR_STATE); /* not plugged */
    pass(100);
    assert_true(right_x() == 0);
    assert_int_equal(desk.refused[MOTION_ERR_NOT_FINITE], 2);
    assert_int_equal(desk.refused[MOTION_ERR_TOO_FAR], 2);
    assert_int_equal(desk.refused[MOTION_ERR_STATE], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pointer_moves_the_active_hand_while_a_button_is_held),
        cmocka_unit_test(a_held_key_moves_at_its_rate_and_with_another_it_turns),
        cmocka_unit_test(a_stick_has_a_dead_middle_and_one_for_each_hand),
        cmocka_unit_test(h51_a_pointer_that_leaps_moves_the_hand_no_faster_than_a_hand),
        cmocka_unit_test(each_press_of_a_lock_s_key_turns_it_over),
        cmocka_unit_test(a_press_opens_the_jaws_the_next_closes_them_no_faster_than_they_go),
        cmocka_unit_test(a_trigger_leads_the_jaws_only_once_it_is_where_they_are),
        cmocka_unit_test(h25_a_press_opens_or_closes_jaws_from_where_others_left_them),
        cmocka_unit_test(the_camera_pedal_rests_the_instruments_and_moves_the_camera),
        cmocka_unit_test(h57_a_pedal_let_go_and_pressed_at_once_was_lifted),
        cmocka_unit_test(h57_another_pedal_s_press_lifts_no_foot_that_stayed_down),
        cmocka_unit_test(h50_a_device_that_goes_away_freezes_until_a_fresh_press),
        cmocka_unit_test(h50_what_was_down_when_its_device_came_is_not_held),
        cmocka_unit_test(h12_but_it_stops_once_and_is_held_for_that),
        cmocka_unit_test(h50_an_axis_leads_once_it_was_in_its_middle_since_its_device_came),
        cmocka_unit_test(h50_a_device_that_was_not_engaged_freezes_too),
        cmocka_unit_test(h50_a_window_that_loses_the_keyboard_freezes),
        cmocka_unit_test(h50_a_window_that_stalls_moves_nothing_and_then_freezes),
        cmocka_unit_test(h51_values_without_meaning_are_refused_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

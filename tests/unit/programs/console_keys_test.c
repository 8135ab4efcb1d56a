/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys pressed at a window, with a cart that hears what comes of them. The window itself, the voice and recorded
 * hands are the stand-ins below. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "console_keys.h"
#include "station/channels.h"
#include "unit/station/ends.h"

#define KEY(letter) ((enum desk_control)(DESK_KEY_A + (letter) - 'a'))
#define KEY_F(number) ((enum desk_control)(DESK_KEY_F1 + (number)-1))

static const struct supervisor *supervisor = &ends.cart.station.follow.supervisor;
static const struct lease *lease = &ends.cart.station.lease;
static struct console_window bedside, console;
static struct voice voice;
static bool has_microphone;
static unsigned reclutches, full_turns;

void window_turn_full(struct window *window)
{
    (void)window;
    full_turns++;
}

void voice_talk(struct voice *of, bool talk)
{
    of->talks = talk && has_microphone;
}

void hands_reclutch(struct hands *hands, uint64_t now_ns)
{
    (void)hands;
    (void)now_ns;
    reclutches++;
}

static void sit_at(struct console_window *window, bool is_bedside, const char *map)
{
    char why[DESK_WHY_BYTES];
    memset(window, 0, sizeof *window);
    window->is_bedside = is_bedside;
    assert_int_equal(desk_map_read(&window->map, map, strlen(map), why), 0);
    desk_init(&window->desk, &window->map, 0);
}

static int begin(void **state)
{
    (void)state;
    ends_follow_with_bedside();
    sit_at(&bedside, true, DESK_MAP_BEDSIDE);
    sit_at(&console, false, DESK_MAP_CONSOLE);
    voice = (struct voice){.talks = false};
    has_microphone = true;
    reclutches = full_turns = 0;
    return 0;
}

static void move(struct console_window *window, enum desk_control control, double value)
{
    struct console_window_parts parts = {
        .operation = window->is_bedside ? &ends.twin : &ends.console.station, .voice = &voice};
    uint64_t now_ns =
        window->is_bedside ? pair_true_ns(ends.pair) : pair_local_ns(ends.pair, PAIR_CONSOLE);
    const struct desk_event event = {
        .at_ns = now_ns, .kind = DESK_MOVED, .control = control, .value = value};
    assert_int_equal(desk_take(&window->desk, &event), MOTION_OK);
    console_keys_obey(window, &parts, now_ns);
}

static void press(struct console_window *window, enum desk_control control)
{
    move(window, control, 1);
    ends_run(60);
    move(window, control, 0);
    ends_run(60);
}

static void stops_in_an_emergency(enum desk_control control)
{
    assert_true(supervisor_follows(supervisor));
    press(&bedside, control);
    assert_true(ends.twin.pulse.flags & PULSE_ESTOP);
    assert_int_equal(supervisor->state, SUPERVISOR_OFF);
    assert_int_equal(supervisor->cause, HOLD_ESTOP);
    ends_run(1000);
    assert_true(supervisor->estop); /* the button stays down */
}

static void h12_escape_at_the_panel_is_the_emergency_stop(void **state)
{
    (void)state;
    stops_in_an_emergency(DESK_KEY_ESCAPE);
}

static void h12_the_space_bar_at_the_panel_is_the_emergency_stop(void **state)
{
    (void)state;
    stops_in_an_emergency(DESK_KEY_SPACE);
}

static void h12_escape_at_the_console_is_a_safe_stop_and_no_button(void **state)
{
    (void)state;
    press(&console, DESK_KEY_ESCAPE);
    assert_int_equal(supervisor->state, SUPERVISOR_STOPPED);
    assert_int_equal(supervisor->cause, HOLD_STOPPED);
    assert_false(ends.console.station.pulse.flags & PULSE_ESTOP);
}

static void h12_the_space_bar_at_the_console_does_nothing(void **state)
{
    (void)state;
    move(&console, DESK_KEY_SPACE, 1);
    ends_run(100);
    assert_true(supervisor_follows(supervisor));
    assert_false(desk_is_held(&console.desk, DESK_ENGAGE));
}

static void h12_a_stop_without_a_session_is_noted(void **state)
{
    (void)state;
    struct link_peer *peer = ends.console.station.peer;
    ends.console.station.peer = NULL;
    move(&console, DESK_KEY_ESCAPE, 1);
    ends.console.station.peer = peer;
    assert_true(ends.console.station.unsent_ns[ORDER_STOP] > 0);
    assert_true(supervisor_follows(supervisor));
}

/* What is told of the key before it is pressed. */
static enum view_enable e_does(void)
{
    return console_keys_enable_does(&ends.twin);
}

static void h17_e_at_the_panel_brings_the_robot_back_step_by_step(void **state)
{
    (void)state;
    assert_int_equal(e_does(), VIEW_ENABLE_NOTHING);
    press(&bedside, DESK_KEY_ESCAPE);
    assert_int_equal(e_does(), VIEW_ENABLE_BUTTON);
    press(&bedside, KEY('e')); /* the button comes up */
    assert_false(ends.twin.pulse.flags & PULSE_ESTOP);
    assert_int_equal(supervisor->state, SUPERVISOR_OFF);
    assert_int_equal(e_does(), VIEW_ENABLE_ENABLES);
    press(&bedside, KEY('e'));
    assert_true(supervisor->state == SUPERVISOR_READY || supervisor->state == SUPERVISOR_HELD);
    press(&console, DESK_KEY_ESCAPE);
    assert_int_equal(supervisor->state, SUPERVISOR_STOPPED);
    assert_int_equal(e_does(), VIEW_ENABLE_RESET);
    press(&bedside, KEY('e'));
    assert_int_equal(supervisor->state, SUPERVISOR_DISABLED);
    press(&bedside, KEY('e'));
    assert_true(supervisor->state == SUPERVISOR_READY || supervisor->state == SUPERVISOR_HELD);
    press(&bedside, KEY('e')); /* and not any more */
    assert_int_equal(supervisor->state, SUPERVISOR_DISABLED);
}

static void
h12_h17_e_takes_over_a_button_that_a_former_panel_left_down_and_pulls_it_out(void **state)
{
    (void)state;
    press(&bedside, DESK_KEY_ESCAPE);
    ends.twin.pulse.flags &= (uint8_t)~PULSE_ESTOP; /* the program crashed, and is started again: */
    link_close(ends.twin.peer, "crashed", pair_true_ns(ends.pair));
    ends_run(2000);
    assert_true(supervisor->estop);
    press(&bedside, KEY('e'));
    assert_true(supervisor->estop && ends.twin.pulse.flags & PULSE_ESTOP);
    press(&bedside, KEY('e'));
    assert_false(supervisor->estop);
    press(&bedside, KEY('e'));
    assert_int_equal(supervisor->state, SUPERVISOR_READY);
}

static void h19_u_undocks_when_it_is_pressed_twice_and_once_more_is_no_further(void **state)
{
    (void)state;
    press(&bedside, KEY('u'));
    ends_run(2500);
    press(&bedside, KEY('u')); /* too late to mean the same */
    assert_true(supervisor_follows(supervisor));
    press(&bedside, KEY('u'));
    assert_int_equal(supervisor->state, SUPERVISOR_UNDOCKING);
    press(&bedside, KEY('u'));
    assert_int_equal(supervisor->state, SUPERVISOR_STOPPED);
}

static bool awaits(enum desk_action action)
{
    struct view_key key = console_keys_awaited(&bedside, pair_true_ns(ends.pair));
    return key.control && key.action == action &&
           key.control == (action == DESK_DOCK ? KEY('d') : KEY('u'));
}

static bool awaits_none(void)
{
    return !console_keys_awaited(&bedside, pair_true_ns(ends.pair)).control;
}

static void h19_h70_a_key_that_was_pressed_once_of_two_is_told_for_2_s(void **state)
{
    (void)state;
    assert_true(awaits_none());
    press(&bedside, KEY('u'));
    assert_true(awaits(DESK_UNDOCK));
    press(&bedside, KEY('d'));
    assert_true(awaits(DESK_DOCK));
    ends_run(1700);
    assert_true(awaits(DESK_DOCK));
    ends_run(300);
    assert_true(awaits_none());
    press(&bedside, KEY('u'));
    press(&bedside, KEY('u'));
    assert_int_equal(supervisor->state, SUPERVISOR_UNDOCKING);
    assert_true(awaits_none());
}

static void h19_h70_while_it_docks_u_stops_it_and_once_more_undocks(void **state)
{
    (void)state;
    ends.twin.standing.state = SUPERVISOR_DOCKING; /* and says so still at the second press */
    move(&bedside, KEY('u'), 1);
    move(&bedside, KEY('u'), 0);
    assert_true(supervisor_follows(supervisor));
    ends.twin.standing.state = SUPERVISOR_DOCKING;
    move(&bedside, KEY('u'), 1);
    ends_run(60);
    assert_int_equal(supervisor->state, SUPERVISOR_UNDOCKING);
}

static void h19_h70_keys_that_end_something_do_so_though_the_arms_state_cannot_be_read(void **state)
{
    (void)state;
    ends.twin.unreadable = 1U << STATION_STATE;
    ends.twin.standing.state = SUPERVISOR_DOCKING;
    move(&bedside, KEY('h'), 1); /* any key */
    ends_run(60);
    assert_int_equal(supervisor->state, SUPERVISOR_STOPPED);
}

static void h13_e_at_the_panel_disables_though_the_arms_state_cannot_be_read(void **state)
{
    (void)state;
    ends.twin.unreadable = 1U << STATION_STATE;
    move(&bedside, KEY('e'), 1);
    ends_run(60);
    assert_int_equal(supervisor->state, SUPERVISOR_DISABLED);
    ends.twin.unreadable = 1U << STATION_STATE;
    move(&bedside, KEY('e'), 0);
    move(&bedside, KEY('e'), 1); /* and begins nothing */
    ends_run(60);
    assert_int_equal(supervisor->state, SUPERVISOR_DISABLED);
    assert_true(ends.twin.unsent_ns[ORDER_ENABLE] > 0);
}

/* As between the meeting and the first word of how things stand; what was said before says otherwise. */
static void forget_standing(enum supervisor_state before)
{
    ends.twin.has_standing = false;
    ends.twin.standing = (struct standing){.state = before};
}

static void h20_before_it_is_known_how_things_stand_keys_begin_nothing_and_it_is_noted(void **state)
{
    (void)state;
    press(&bedside, KEY('e'));
    assert_int_equal(supervisor->state, SUPERVISOR_DISABLED);
    forget_standing(SUPERVISOR_DISABLED);
    move(&bedside, KEY('e'), 1);
    ends_run(60);
    assert_int_equal(supervisor->state, SUPERVISOR_DISABLED);
    assert_true(ends.twin.unsent_ns[ORDER_ENABLE] > 0);
    move(&bedside, KEY('u'), 1);
    move(&bedside, KEY('u'), 0);
    forget_standing(SUPERVISOR_DISABLED);
    move(&bedside, KEY('u'), 1);
    ends_run(60);
    assert_int_equal(supervisor->state, SUPERVISOR_DISABLED);
    assert_true(ends.twin.unsent_ns[ORDER_UNDOCK] > 0);
    forget_standing(SUPERVISOR_DISABLED);
    move(&bedside, DESK_KEY_ESCAPE, 1); /* what ends something goes */
    ends_run(60);
    assert_int_equal(supervisor->cause, HOLD_ESTOP);
}

static void h14_keys_take_refuse_and_give_the_lease(void **state)
{
    (void)state;
    uint8_t surgeon = lease->owner;
    press(&bedside, DESK_KEY_ENTER);
    uint8_t team = lease->owner;
    assert_int_not_equal(team, surgeon);
    press(&console, KEY_F(6));
    assert_int_equal(lease->asking, surgeon);
    press(&bedside, KEY_F(8));
    assert_int_equal(lease->asking, LEASE_NOBODY);
    assert_int_equal(lease->owner, team);
    press(&console, KEY_F(6));
    press(&bedside, KEY_F(7)); /* to who asks */
    assert_int_equal(lease->owner, surgeon);
    press(&console, KEY_F(7));
    assert_int_equal(lease->owner, LEASE_NOBODY);
    press(&console, KEY_F(6));
    press(&bedside, DESK_KEY_ENTER);
    bedside.knows_leader = true; /* as its window has seen it */
    bedside.led_before = surgeon;
    press(&bedside, KEY_F(7)); /* nobody asks: back to who led before */
    assert_int_equal(lease->owner, surgeon);
}

static void h61_talk_is_pressed_while_its_key_is_held(void **state)
{
    (void)state;
    move(&console, KEY('t'), 1);
    assert_true(voice.talks);
    assert_true(ends.console.station.pulse.flags & PULSE_TALKS);
    move(&console, KEY('t'), 0);
    assert_false(voice.talks);
    assert_false(ends.console.station.pulse.flags & PULSE_TALKS);
}

static void h61_who_talks_without_a_microphone_is_told_so(void **state)
{
    (void)state;
    move(&console, KEY('t'), 1);
    assert_false(console.unheard);
    move(&console, KEY('t'), 0);
    has_microphone = false;
    move(&console, KEY('t'), 1);
    assert_true(console.unheard);
    move(&console, KEY('t'), 0);
    assert_false(console.unheard);
}

static void a_mark_that_was_sent_is_noted_for_the_window(void **state)
{
    (void)state;
    press(&bedside, KEY('k'));
    assert_true(bedside.marked_ns > 0);
    struct link_peer *peer = ends.twin.peer;
    ends.twin.peer = NULL;
    press(&bedside, KEY('k'));
    ends.twin.peer = peer;
    assert_true(bedside.marked_ns == 0);
}

static void keys_of_the_window_itself_order_nothing(void **state)
{
    (void)state;
    press(&console, KEY_F(2));
    assert_int_equal(console.own.show, VIEW_SIDE_BY_SIDE);
    press(&console, KEY_F(4));
    assert_int_equal(console.own.language, WORDS_FRENCH);
    press(&console, KEY_F(11));
    assert_int_equal(full_turns, 1);
    press(&console, KEY('m'));
    assert_true(console.own.muted);
    press(&console, DESK_KEY_ENTER);
    assert_int_equal(reclutches, 1);
    assert_true(supervisor_follows(supervisor));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, ends_end)
    const struct CMUnitTest tests[] = {
        CASE(h12_escape_at_the_panel_is_the_emergency_stop),
        CASE(h12_the_space_bar_at_the_panel_is_the_emergency_stop),
        CASE(h12_escape_at_the_console_is_a_safe_stop_and_no_button),
        CASE(h12_the_space_bar_at_the_console_does_nothing),
        CASE(h12_a_stop_without_a_session_is_noted),
        CASE(h17_e_at_the_panel_brings_the_robot_back_step_by_step),
        CASE(h12_h17_e_takes_over_a_button_that_a_former_panel_left_down_and_pulls_it_out),
        CASE(h19_u_undocks_when_it_is_pressed_twice_and_once_more_is_no_further),
        CASE(h19_h70_a_key_that_was_pressed_once_of_two_is_told_for_2_s),
        CASE(h19_h70_while_it_docks_u_stops_it_and_once_more_undocks),
        CASE(h19_h70_keys_that_end_something_do_so_though_the_arms_state_cannot_be_read),
        CASE(h13_e_at_the_panel_disables_though_the_arms_state_cannot_be_read),
        CASE(h20_before_it_is_known_how_things_stand_keys_begin_nothing_and_it_is_noted),
        CASE(h14_keys_take_refuse_and_give_the_lease),
        CASE(h61_talk_is_pressed_while_its_key_is_held),
        CASE(h61_who_talks_without_a_microphone_is_told_so),
        CASE(a_mark_that_was_sent_is_noted_for_the_window),
        CASE(keys_of_the_window_itself_order_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

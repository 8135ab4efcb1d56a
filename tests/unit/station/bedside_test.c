/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cart, a console and the panel at the bedside: who may do what, and what the lease does to it. */
#include "ends.h"
#include "station/channels.h"
#include "unit/cmocka_base.h"

static const struct follow *follow = &ends.cart.station.follow;
static const struct lease *lease = &ends.cart.station.lease;

static void order_from_console(enum order order)
{
    assert_true(console_station_order(&ends.console.station, order, LEASE_NOBODY,
                                      pair_local_ns(ends.pair, PAIR_CONSOLE)));
    ends_run(100);
}

static uint8_t seat_of_console(void)
{
    return ends.console.station.standing.yours;
}

/* A hand that jogs from the panel, at 50 mm/s along x under clutch `clutch_id`. */
static size_t jog(uint32_t clutch_id, unsigned ms)
{
    struct gesture gesture = {.flags = clutch_id ? GESTURE_ENGAGED : 0,
                              .clutch_id = clutch_id,
                              .hand_count = 2,
                              .hands = {{.pose = POSE_IDENTITY}, {.pose = POSE_IDENTITY}}};
    uint8_t bytes[GESTURE_BYTES_MAX];
    uint32_t sequence;
    size_t sent = 0;
    for (unsigned i = 0; i < ms; i++) {
        uint64_t now_ns = pair_true_ns(ends.pair);
        struct gesture copy = gesture;
        sent += console_station_send(&ends.twin, &copy, now_ns, now_ns, bytes, &sequence) > 0;
        gesture.hands[0].pose.position_m.x += 5e-5;
        ends_run(1);
    }
    return sent;
}

static void h13_the_panels_silence_holds_and_its_return_alone_moves_nothing(void **state)
{
    (void)state;
    struct link *panel = ends.visitor;
    ends.visitor = NULL; /* its program is stopped */
    ends_run(480);
    assert_true(supervisor_follows(&follow->supervisor));
    ends_run(100);
    assert_int_equal(follow->supervisor.cause, HOLD_BEDSIDE);
    ends.visitor = panel;
    ends_run(2000);
    assert_int_equal(follow->supervisor.cause, HOLD_BEDSIDE);
    ends_clutch_again();
    assert_true(supervisor_follows(&follow->supervisor));
}

static void h13_the_bedsides_orders_are_nobody_elses(void **state)
{
    (void)state;
    const enum order theirs[] = {ORDER_DISABLE, ORDER_RESET, ORDER_UNDOCK, ORDER_UNDOCK_STOP,
                                 ORDER_DOCK};
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        order_from_console(theirs[i]);
    assert_true(supervisor_follows(&follow->supervisor));
    ends_order(ORDER_DISABLE, LEASE_NOBODY);
    assert_int_equal(follow->supervisor.cause, HOLD_DISABLED);
    order_from_console(ORDER_ENABLE);
    assert_int_equal(ends.console.station.refusal.order, ORDER_ENABLE);
    assert_int_equal(ends.console.station.refusal.answer, LEASE_DENIED);
    assert_int_equal(follow->supervisor.cause, HOLD_DISABLED);
}

static void everybody_who_is_there_may_stop_it(void **state)
{
    (void)state;
    order_from_console(ORDER_STOP);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    ends_order(ORDER_RESET, LEASE_NOBODY);
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    ends_clutch_again();
    assert_true(supervisor_follows(&follow->supervisor));
}

static void h12_the_button_takes_the_power_and_is_told_as_it_stands(void **state)
{
    (void)state;
    ends.twin.pulse.flags |= PULSE_ESTOP;
    ends_run(25); /* a pulse's time; the panel's line has no delay */
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF);
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    assert_int_equal(follow->supervisor.cause, HOLD_ESTOP);
    ends_run(50);
    assert_true(ends.console.station.standing.flags & STANDING_ESTOP);
    ends.twin.pulse.flags &= (uint8_t)~PULSE_ESTOP;
    ends_run(100);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF);
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    ends_clutch_again();
    assert_true(supervisor_follows(&follow->supervisor));
}

static void h12_a_press_shorter_than_a_pulse_is_told_at_once_and_cannot_be_lost(void **state)
{
    (void)state;
    ends_run(5);
    while (ends.twin.pulse_ns < pair_true_ns(ends.pair) + 15 * MS) /* one has just gone */
        ends_run(1);
    console_station_estop(&ends.twin, true, pair_true_ns(ends.pair));
    console_station_estop(&ends.twin, false, pair_true_ns(ends.pair));
    ends_run(3); /* the panel's line has no delay */
    assert_int_equal(follow->supervisor.cause, HOLD_ESTOP);
    assert_true(ends.twin.pulse.flags & PULSE_ESTOP);
    ends_run((CONSOLE_ESTOP_PULSES - 2) * 20); /* one pulse fewer */
    assert_true(follow->supervisor.estop && ends.twin.pulse.flags & PULSE_ESTOP);
    ends_run(100);
    assert_false(follow->supervisor.estop || ends.twin.pulse.flags & PULSE_ESTOP);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF);
    console_station_estop(&ends.twin, true, pair_true_ns(ends.pair)); /* pressed anew, not let go */
    ends_run(300);
    assert_true(follow->supervisor.estop);
}

static void h12_of_two_panels_either_button_takes_the_power(void **state)
{
    (void)state;
    ends.cart.station.lease.seats[seat_of_console()].role = LEASE_BEDSIDE;
    ends.console.station.pulse.flags |= PULSE_ESTOP;
    ends_run(200); /* the other's pulse says all the while that its own is out */
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF);
    assert_true(follow->supervisor.estop);
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF);
    ends.console.station.pulse.flags &= (uint8_t)~PULSE_ESTOP;
    ends_run(200);
    assert_false(follow->supervisor.estop);
}

/* Its program was killed, and what it knows of a button with it. */
static void start_panel_again(void)
{
    link_close(ends.twin.peer, "crashed", pair_true_ns(ends.pair));
    ends.twin.pulse.flags &= (uint8_t)~PULSE_ESTOP;
    ends_run(2000);
    assert_int_equal(ends.twin.meetings, 2);
}

static void h12_a_panel_that_is_started_again_does_not_pull_the_button_out(void **state)
{
    (void)state;
    ends.twin.pulse.flags |= PULSE_ESTOP;
    ends_run(100);
    start_panel_again();
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    assert_true(follow->supervisor.estop);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF);
    assert_true(ends.twin.standing.flags & STANDING_ESTOP); /* it can be seen there */

    ends.twin.pulse.flags |= PULSE_ESTOP; /* a person presses it, */
    ends_run(100);
    assert_true(follow->supervisor.estop);
    ends.twin.pulse.flags &= (uint8_t)~PULSE_ESTOP; /* and pulls it out */
    ends_run(100);
    assert_false(follow->supervisor.estop);
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    ends_clutch_again();
    assert_true(supervisor_follows(&follow->supervisor));
}

static void h12_a_consoles_button_is_not_the_bedsides(void **state)
{
    (void)state;
    ends.console.station.pulse.flags |= PULSE_ESTOP;
    ends_run(200);
    assert_true(supervisor_follows(&follow->supervisor));
}

static void h14_h15_the_bedside_takes_over_jogs_and_gives_back(void **state)
{
    (void)state;
    assert_int_equal(jog(9, 5), 0); /* without the lease nothing leaves the panel */
    uint32_t number = lease->number;
    ends_order(ORDER_REQUEST, LEASE_NOBODY);
    assert_int_equal(lease->number, number + 1);
    assert_int_equal(follow->supervisor.cause, HOLD_LEASE);
    ends_run(200);
    assert_false(console_station_has_lease(&ends.console.station));
    uint64_t refused = follow->refused[MOTION_ERR_LEASE]; /* what was under way */
    assert_true(refused > 0);

    struct vec3 before = follow->arms[0].tip.position_m;
    assert_true(jog(0, 50) > 0);
    assert_true(jog(100, 400) > 0);
    assert_true(supervisor_follows(&follow->supervisor));
    struct vec3 way = vec3_subtract(follow->arms[0].tip.position_m, before);
    assert_true(vec3_length(way) > 2e-3);

    ends_order(ORDER_GRANT, seat_of_console());
    assert_int_equal(follow->supervisor.cause, HOLD_LEASE);
    ends_run(200);
    assert_true(console_station_has_lease(&ends.console.station));
    assert_int_equal(follow->supervisor.cause, HOLD_LEASE); /* its foot never left the pedal */
    ends_clutch_again();
    assert_true(supervisor_follows(&follow->supervisor));
    assert_int_equal(follow->refused[MOTION_ERR_LEASE], refused);
}

/* A program asks by itself for what nobody has; the lease of a panel that was not heard for a while is no such. */
static void h15_a_silent_panel_keeps_the_lease_until_a_person_takes_it(void **state)
{
    (void)state;
    ends_order(ORDER_REQUEST, LEASE_NOBODY);
    uint8_t panels = ends.twin.standing.yours;
    struct link *panel = ends.visitor;
    ends.visitor = NULL; /* its line is cut */
    ends_run(2500);
    ends_restart(PAIR_CONSOLE);
    ends_run(2500);
    assert_true(ends.console.station.has_standing);
    assert_true(ends.console.station.standing.flags & STANDING_OWNER_SILENT);
    assert_int_equal(lease->owner, panels);
    assert_true(console_station_order(&ends.console.station, ORDER_REQUEST, seat_of_console(),
                                      pair_local_ns(ends.pair, PAIR_CONSOLE)));
    ends_run(100); /* a program's, that waited while the lease was free no more */
    assert_int_equal(lease->owner, panels);
    order_from_console(ORDER_REQUEST); /* a person */
    assert_int_equal(lease->owner, seat_of_console());
    ends.visitor = panel;
}

static void a_program_asks_by_itself_for_a_lease_that_nobody_has(void **state)
{
    (void)state;
    order_from_console(ORDER_RELEASE);
    assert_int_equal(lease->owner, LEASE_NOBODY);
    ends_run(500); /* who has let it go gets it by asking */
    assert_int_equal(lease->owner, LEASE_NOBODY);
    ends_restart(PAIR_CONSOLE);
    ends_run(2500);
    assert_int_equal(lease->owner, seat_of_console());
}

static void h14_who_comes_back_from_a_partition_finds_the_lease_gone(void **state)
{
    (void)state;
    pair_cut(ends.pair, 0, true);
    ends_run(1000);
    ends_order(ORDER_REQUEST, LEASE_NOBODY);
    uint8_t owner = lease->owner;
    ends_run(1000);
    assert_true(console_station_has_lease(&ends.console.station)); /* it thinks so */
    pair_cut(ends.pair, 0, false);
    struct vec3 before = follow->arms[0].tip.position_m;
    ends_run(2000);
    assert_false(console_station_has_lease(&ends.console.station));
    assert_int_equal(lease->owner, owner);
    assert_true(follow->refused[MOTION_ERR_LEASE] > 0);
    assert_true(vec3_length(vec3_subtract(follow->arms[0].tip.position_m, before)) <= 0);
}

static void h19_undocking_needs_no_console_and_brings_the_instruments_out(void **state)
{
    (void)state;
    pair_cut(ends.pair, 0, true);
    ends_run(500);
    ends_order(ORDER_UNDOCK, LEASE_NOBODY);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_UNDOCKING);
    ends_run(4000);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    for (unsigned i = 0; i < follow->settings.arm_count; i++)
        assert_true(follow->arms[i].joints[AXIS_INSERTION] < 1e-4);
}

/* The order comes as a message, which is resent, and may be here before the first pulse. */
static void h19_an_order_to_undock_is_not_lost_on_an_outage(void **state)
{
    (void)state;
    struct link *panel = ends.visitor;
    ends.visitor = NULL; /* its line is cut */
    ends_run(1000);
    assert_int_equal(follow->supervisor.cause, HOLD_BEDSIDE);
    ends.visitor = panel;
    ends.twin.pulse_ns = UINT64_MAX; /* none, for now */
    ends_order(ORDER_UNDOCK, LEASE_NOBODY);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_UNDOCKING);
    ends_run(400);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_UNDOCKING);
    ends_run(100); /* nobody is there to stop it after all */
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    ends.twin.pulse_ns = 0;
    ends_order(ORDER_UNDOCK, LEASE_NOBODY);
    ends_run(6000);
    assert_int_equal(follow->supervisor.cause, HOLD_UNDOCKED);
    assert_true(follow->arms[0].joints[AXIS_INSERTION] < 0.001);
}

/* The panel's line is cut for a second, and its pulse does not come at first. */
static void come_back_without_pulse(void)
{
    struct link *panel = ends.visitor;
    ends.visitor = NULL;
    ends_run(1000);
    ends.visitor = panel;
    ends.twin.pulse_ns = UINT64_MAX;
}

static void
h70_an_order_to_dock_first_after_an_outage_docks_and_an_older_one_is_refused(void **state)
{
    (void)state;
    ends_order(ORDER_UNDOCK, LEASE_NOBODY);
    ends_run(4000);
    ends_order(ORDER_RESET, LEASE_NOBODY);
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    come_back_without_pulse();
    ends_order_late(ORDER_DOCK, 900 * MS); /* was there then; is it now? */
    assert_int_equal(follow->supervisor.state, SUPERVISOR_HELD);
    assert_int_equal(follow->supervisor.cause, HOLD_UNDOCKED);
    assert_int_equal(ends.twin.refusal.answer, LEASE_NOT_NOW);
    assert_true(ends.twin.refused_ns > 0);
    ends_order_late(ORDER_DOCK, 100 * MS);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_DOCKING);
    assert_true(ends.twin.refused_ns == 0);
    ends_run(500); /* but then nobody is there to see it */
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    assert_int_equal(follow->supervisor.cause, HOLD_BEDSIDE);
}

static void
h14_a_bedside_that_takes_the_lease_over_at_rest_is_told_that_it_has_not_engaged(void **state)
{
    (void)state;
    ends.foot = false;
    ends_run(200);
    assert_int_equal(follow->supervisor.cause, HOLD_RELEASED);
    ends_order(ORDER_REQUEST, LEASE_NOBODY);
    ends_run(500);
    assert_int_equal(follow->supervisor.cause, HOLD_START);
    assert_int_equal(ends.twin.standing.cause, HOLD_START);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_READY);
    assert_true(jog(0, 20) > 0); /* its foot up, and down */
    assert_true(jog(9, 50) > 0);
    assert_true(supervisor_follows(&follow->supervisor));
}

static void h70_undocked_instruments_come_in_again_by_the_bedsides_order_alone(void **state)
{
    (void)state;
    ends_order(ORDER_UNDOCK, LEASE_NOBODY);
    ends_run(4000);
    ends_order(ORDER_DOCK, LEASE_NOBODY); /* not enabled */
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    assert_int_equal(ends.twin.refusal.order, ORDER_DOCK);
    assert_int_equal(ends.twin.refusal.answer, LEASE_NOT_NOW);
    ends_order(ORDER_RESET, LEASE_NOBODY);
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    order_from_console(ORDER_DOCK);
    assert_int_not_equal(follow->supervisor.state, SUPERVISOR_DOCKING);
    ends_order(ORDER_DOCK, LEASE_NOBODY);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_DOCKING);
    double was_m = follow->arms[0].joints[AXIS_INSERTION];
    ends_clutch_again(); /* the surgeon's hands move nothing, and stop nothing */
    assert_int_equal(follow->supervisor.state, SUPERVISOR_DOCKING);
    ends_run(3000);
    assert_true(follow->arms[0].joints[AXIS_INSERTION] > was_m + 0.02);
    ends_order(ORDER_UNDOCK_STOP, LEASE_NOBODY);
    double at_m = follow->arms[0].joints[AXIS_INSERTION];
    ends_run(500);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    assert_true(fabs(follow->arms[0].joints[AXIS_INSERTION] - at_m) <= 0);
    ends_order(ORDER_UNDOCK, LEASE_NOBODY); /* it holds nothing, and is half in its cannula */
    ends_run(300);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_UNDOCKING);
    assert_true(fabs(follow->arms[0].joints[AXIS_JAW]) <= 1e-9);
    ends_run(3000);

    ends_order(ORDER_RESET, LEASE_NOBODY);
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    ends_order(ORDER_DOCK, LEASE_NOBODY);
    ends_run(8000);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_DISABLED);
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    ends_clutch_again();
    assert_true(supervisor_follows(&follow->supervisor));
    struct vec3 before = follow->arms[0].tip.position_m;
    ends_run(1000);
    assert_true(vec3_length(vec3_subtract(follow->arms[0].tip.position_m, before)) > 1e-3);
    ends_order(ORDER_UNDOCK, LEASE_NOBODY);
    ends_run(300); /* whatever hands may hold again is let go again */
    assert_true(follow->arms[0].joints[AXIS_JAW] >= UNDOCK_JAW_RAD - 1e-9);
}

static void h70_force_on_an_instrument_that_comes_in_stops_it(void **state)
{
    (void)state;
    ends_order(ORDER_UNDOCK, LEASE_NOBODY);
    ends_run(4000);
    ends_order(ORDER_RESET, LEASE_NOBODY);
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    ends_order(ORDER_DOCK, LEASE_NOBODY);
    ends_run(2000);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_DOCKING);
    ends.pressed_n = 9;
    ends_run(50);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    ends.pressed_n = 0;
}

static void h08_the_cart_holds_a_console_that_says_it_sees_but_does_not(void **state)
{
    (void)state;
    ends.console.station.gate.limit_ns = 3600 * 1000 * MS; /* a console whose own gate is broken */
    ends.camera = false;
    ends_run(600);
    assert_true(supervisor_follows(&follow->supervisor));
    ends_run(300);
    assert_int_equal(follow->supervisor.cause, HOLD_PICTURE);
    ends_clutch_again();
    assert_int_equal(follow->supervisor.cause, HOLD_PICTURE);
    ends.camera = true;
    ends_run(500);
    assert_int_equal(follow->supervisor.cause, HOLD_PICTURE);
    ends_clutch_again();
    assert_true(supervisor_follows(&follow->supervisor));
}

static void a_scale_that_the_surgeon_changes_moves_nothing_by_itself(void **state)
{
    (void)state;
    ends.console.station.pulse.scale = 0.5;
    struct vec3 goal = follow->arms[0].goal.position_m;
    for (int i = 0; i < 200 && follow->scale < 0.4; i++) {
        goal = follow->arms[0].goal.position_m;
        ends_run(1);
    }
    assert_true(follow->scale > 0.49 && follow->scale < 0.51);
    struct vec3 way = vec3_subtract(follow->arms[0].goal.position_m, goal);
    assert_true(vec3_length(way) < 2e-4); /* no more than the hand went in a millisecond */
    ends_run(150);
    assert_true(ends.console.station.standing.scale > 0.49);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            h13_the_panels_silence_holds_and_its_return_alone_moves_nothing, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(h13_the_bedsides_orders_are_nobody_elses,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(everybody_who_is_there_may_stop_it, ends_bedside_begins,
                                        ends_end),
        cmocka_unit_test_setup_teardown(h12_the_button_takes_the_power_and_is_told_as_it_stands,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h12_a_press_shorter_than_a_pulse_is_told_at_once_and_cannot_be_lost,
            ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h12_a_consoles_button_is_not_the_bedsides,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h12_a_panel_that_is_started_again_does_not_pull_the_button_out, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(h12_of_two_panels_either_button_takes_the_power,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h15_a_silent_panel_keeps_the_lease_until_a_person_takes_it,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(a_program_asks_by_itself_for_a_lease_that_nobody_has,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h14_h15_the_bedside_takes_over_jogs_and_gives_back,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h14_who_comes_back_from_a_partition_finds_the_lease_gone,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h19_undocking_needs_no_console_and_brings_the_instruments_out, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(
            h70_undocked_instruments_come_in_again_by_the_bedsides_order_alone, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(
            h70_an_order_to_dock_first_after_an_outage_docks_and_an_older_one_is_refused,
            ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h14_a_bedside_that_takes_the_lease_over_at_rest_is_told_that_it_has_not_engaged,
            ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h19_an_order_to_undock_is_not_lost_on_an_outage,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h70_force_on_an_instrument_that_comes_in_stops_it,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h08_the_cart_holds_a_console_that_says_it_sees_but_does_not,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(a_scale_that_the_surgeon_changes_moves_nothing_by_itself,
                                        ends_bedside_begins, ends_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

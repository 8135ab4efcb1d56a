/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the cart takes an order from the bedside: late ones, ones of which nobody knows how old they are, and after the
 * cart was started again. */
#include "ends.h"
#include "station/cart_inside.h"
#include "station/channels.h"
#include "unit/cmocka_base.h"

static const struct follow *follow = &ends.cart.station.follow;
static const struct lease *lease = &ends.cart.station.lease;

static void h20_an_order_to_begin_that_waited_is_refused_and_told(void **state)
{
    (void)state;
    const uint64_t late_ns = ORDER_YOUNG_NS + 1 * MS;
    ends_order(ORDER_DISABLE, LEASE_NOBODY);
    ends_order_late(ORDER_ENABLE, late_ns);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_DISABLED);
    assert_true(ends.twin.refused_ns > 0);
    assert_int_equal(ends.twin.refusal.answer, LEASE_TOO_LATE);
    ends_order_late(ORDER_UNDOCK, late_ns);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_DISABLED);
    ends_order_late(ORDER_ENABLE, ORDER_YOUNG_NS - 60 * MS);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_READY);
    assert_true(ends.twin.refused_ns == 0);
}

/* As one that was typed while its line was cut, and the owner fell silent before it came back. */
static void h20_h15_a_person_s_request_that_waited_moves_no_lease(void **state)
{
    (void)state;
    uint8_t owner = lease->owner;
    uint32_t number = lease->number;
    ends_order_late(ORDER_REQUEST,
                    ORDER_YOUNG_NS + 1 * MS); /* the bedside's, which gets it at once */
    assert_int_equal(lease->owner, owner);
    assert_int_equal(lease->number, number);
    assert_int_equal(ends.twin.refusal.order, ORDER_REQUEST);
    assert_int_equal(ends.twin.refusal.answer, LEASE_TOO_LATE);
    assert_true(supervisor_follows(&follow->supervisor));
    ends_order_late(ORDER_REQUEST, ORDER_YOUNG_NS - 60 * MS);
    assert_int_equal(lease->owner, ends.twin.standing.yours);
}

static void h20_an_order_of_a_time_still_to_come_is_refused_counted_and_told(void **state)
{
    (void)state;
    const uint64_t ahead_ns = 500 * MS;
    ends_order(ORDER_DISABLE, LEASE_NOBODY);
    ends_order_late(ORDER_ENABLE, 0 - ahead_ns); /* its clock was set back since */
    assert_int_equal(follow->supervisor.state, SUPERVISOR_DISABLED);
    assert_true(ends.twin.refused_ns > 0);
    assert_int_equal(ends.twin.refusal.answer, LEASE_AHEAD);
    assert_int_equal(ends.cart.station.orders_ahead, 1);
    ends_order_late(ORDER_STOP, 0 - ahead_ns); /* what ends something counts all the same */
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    assert_int_equal(ends.cart.station.orders_ahead, 1);
}

/* The panel comes back, as after an outage, and orders before the clock to it is measured at the cart. */
static void order_unmeasured(enum order order)
{
    uint64_t meetings = ends.twin.meetings;
    link_close(ends.twin.peer, "crashed", pair_true_ns(ends.pair));
    for (unsigned ms = 0; ends.twin.meetings == meetings || !ends.twin.peer; ms++) {
        assert_true(ms < 2000);
        ends_run(1);
    }
    ends.twin.refused_ns = 0;
    uint8_t message[ORDER_BYTES]; /* another's program may not wait to be told how things stand */
    order_encode(&(struct order_message){order, LEASE_NOBODY, pair_true_ns(ends.pair)}, message);
    assert_int_equal(link_send_message(ends.twin.peer, message, sizeof message), LINK_OK);
}

static void h20_an_order_before_the_clock_is_measured_waits_for_it_and_counts(void **state)
{
    (void)state;
    ends_order(ORDER_DISABLE, LEASE_NOBODY);
    ends.cart.waited = 0;
    order_unmeasured(ORDER_ENABLE);
    ends_run(500);
    assert_int_equal(ends.cart.waited, 1);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_READY);
    assert_true(ends.twin.refused_ns == 0);
}

static void h20_what_waits_for_the_clock_is_not_carried_out_after_a_stop(void **state)
{
    (void)state;
    ends_order(ORDER_DISABLE, LEASE_NOBODY);
    ends.cart.waited = 0;
    order_unmeasured(ORDER_ENABLE);
    ends_order(ORDER_DISABLE, LEASE_NOBODY);
    ends_run(500);
    assert_int_equal(ends.cart.waited, 1);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_DISABLED);
    assert_int_equal(ends.twin.refusal.answer, LEASE_NOT_NOW);
}

static void h20_what_waits_for_the_clock_is_not_carried_out_after_a_fault(void **state)
{
    (void)state;
    struct follow *robot = &ends.cart.station.follow;
    ends_order(ORDER_DISABLE, LEASE_NOBODY);
    order_unmeasured(ORDER_ENABLE);
    ends_run(2);
    follow_order(robot, SUPERVISOR_ESTOP, pair_true_ns(ends.pair)); /* the robot's own */
    ends_run(2);
    follow_order(robot, SUPERVISOR_ESTOP_RELEASE, pair_true_ns(ends.pair));
    ends_run(500);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF);
    assert_int_equal(ends.twin.refusal.answer, LEASE_NOT_NOW);
}

static struct cart_member *member_of(bool is_bedside)
{
    struct cart_member *members = ends.cart.station.members;
    for (size_t i = 0; i < LINK_PEERS_MAX; i++)
        if (members[i].peer && cart_is_bedside(&ends.cart.station, &members[i]) == is_bedside)
            return &members[i];
    fail_msg("nobody of them is there");
    return NULL;
}

/* The bedside's order, given that long ago, waits for the clock. */
static struct order_waits *keep_since(enum order order, uint64_t ago_ns)
{
    uint64_t now_ns = pair_true_ns(ends.pair);
    struct order_waits *waits = &member_of(true)->waits;
    const struct order_message message = {order, LEASE_NOBODY, now_ns - ago_ns};
    assert_true(order_waits_keep(waits, &message, now_ns));
    return waits;
}

static struct order_waits *keep(enum order order)
{
    return keep_since(order, 0);
}

/* The bedside's panel says so in its pulse. */
static void pulse_at_cart(bool is_down)
{
    uint8_t bytes[PULSE_BYTES];
    const struct pulse pulse = {.flags = is_down ? PULSE_ESTOP : 0};
    pulse_encode(&pulse, bytes);
    const struct link_event event = {.kind = LINK_EVENT_SAMPLE,
                                     .peer = member_of(true)->peer,
                                     .channel = STATION_PULSE,
                                     .bytes = bytes,
                                     .len = sizeof bytes};
    (void)cart_station_event(&ends.cart.station, &event, pair_true_ns(ends.pair));
}

/* The button is down at the cart, and nobody holds it: the panel that said so has crashed. */
static void leave_the_button_down(void)
{
    console_station_estop(&ends.twin, true, pair_true_ns(ends.pair));
    ends_run(100);
    ends.twin.pulse.flags &=
        (uint8_t)~PULSE_ESTOP; /* another program by now, which knows of none */
    order_unmeasured(ORDER_ENABLE);
    ends_run(500);
    assert_true(follow->supervisor.estop);
}

static void h12_the_button_overtakes_what_waits_though_a_crash_left_it_down(void **state)
{
    (void)state;
    leave_the_button_down();
    const struct order_waits *waits = keep(ORDER_ENABLE);
    pulse_at_cart(false);
    assert_false(waits->kept[0].is_overtaken); /* a panel that is there is no press */
    pulse_at_cart(true);
    assert_true(waits->kept[0].is_overtaken); /* though the robot knows of no change */
    pulse_at_cart(false);
    assert_false(follow->supervisor.estop);
    ends_run(2);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF);
}

/* Started again; the link ends its former session first. */
static void h12_a_panel_that_takes_its_own_place_releases_nothing(void **state)
{
    (void)state;
    pulse_at_cart(true);
    assert_true(follow->supervisor.estop);
    keep(ORDER_ENABLE);
    struct link_event event = {
        .kind = LINK_EVENT_CLOSED, .peer = member_of(true)->peer, .reason = LINK_REASON_SUPERSEDED};
    (void)cart_station_event(&ends.cart.station, &event, pair_true_ns(ends.pair));
    event.kind = LINK_EVENT_UP;
    (void)cart_station_event(&ends.cart.station, &event, pair_true_ns(ends.pair));
    assert_int_equal(member_of(true)->waits.count, 0); /* nor does it order anything */
    pulse_at_cart(false);
    assert_true(follow->supervisor.estop);
    pulse_at_cart(true);
    pulse_at_cart(false);
    assert_false(follow->supervisor.estop);
}

static struct cart_news order_at_cart(bool is_bedside, enum order order)
{
    uint64_t now_ns = pair_true_ns(ends.pair);
    return cart_order(&ends.cart.station, member_of(is_bedside),
                      &(struct order_message){order, LEASE_NOBODY, now_ns}, now_ns);
}

static void h20_a_request_before_the_clock_is_measured_waits_for_it_and_counts(void **state)
{
    (void)state;
    ends.cart.waited = 0;
    order_unmeasured(ORDER_REQUEST);
    ends_run(500);
    assert_int_equal(ends.cart.waited, 1);
    assert_int_equal(lease->owner, ends.twin.standing.yours);
    keep(ORDER_REQUEST);
    assert_int_equal(order_at_cart(true, ORDER_RELEASE).answer, LEASE_DONE); /* wants it no more */
    ends_run(100);
    assert_int_equal(lease->owner, LEASE_NOBODY);
}

static void h19_an_order_to_undock_that_waited_is_a_word_of_when_it_was_given(void **state)
{
    (void)state;
    ends.twin.pulse_ns = UINT64_MAX; /* nothing else is heard of the panel */
    ends_run(1000);
    assert_int_equal(follow->supervisor.cause, HOLD_BEDSIDE);
    keep_since(ORDER_UNDOCK, 400 * MS);
    ends_run(50);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_UNDOCKING);
    ends_run(100); /* half a second after it was given, not after it was weighed */
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    assert_int_equal(follow->supervisor.cause, HOLD_BEDSIDE);
    ends_order(ORDER_UNDOCK, LEASE_NOBODY); /* one that comes from the panel now */
    ends_run(300);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_UNDOCKING);
}

static void h19_what_is_denied_overtakes_nothing_that_waits(void **state)
{
    (void)state;
    const struct order_waits *waits = keep(ORDER_UNDOCK);
    assert_int_equal(order_at_cart(false, ORDER_DISABLE).answer, LEASE_DENIED);
    assert_false(waits->kept[0].is_overtaken);
    assert_int_equal(order_at_cart(true, ORDER_DISABLE).answer, LEASE_DONE);
    assert_true(waits->kept[0].is_overtaken);
}

static void h20_an_order_to_begin_waits_behind_those_that_do(void **state)
{
    (void)state;
    ends_order(ORDER_DISABLE, LEASE_NOBODY);
    const struct order_waits *waits = keep(ORDER_UNDOCK);
    assert_int_equal(order_at_cart(true, ORDER_ENABLE).kind, CART_NOTHING);
    assert_int_equal(waits->count, 2); /* though its age is known */
    assert_int_equal(waits->kept[1].message.order, ORDER_ENABLE);
}

/* What a program that kept a lease's number over the cart's restart would send. */
static void send_under(const struct console_station *from, uint32_t number)
{
    struct gesture gesture = {.flags = GESTURE_ENGAGED,
                              .clutch_id = 77,
                              .hand_count = 1,
                              .lease = (uint8_t)number,
                              .hands = {{.pose = POSE_IDENTITY}}};
    uint8_t bytes[GESTURE_BYTES_MAX];
    size_t len = gesture_encode(&gesture, bytes);
    uint64_t now_ns = pair_true_ns(ends.pair);
    assert_int_equal(
        link_send_sample(from->peer, STATION_GESTURES, bytes, len, now_ns, now_ns, NULL), LINK_OK);
    ends_run(50);
}

static void
h12_h14_a_cart_that_is_started_again_has_no_power_no_lease_and_believes_no_former(void **state)
{
    (void)state;
    ends_order(ORDER_REQUEST, LEASE_NOBODY);
    uint32_t former = lease->number;
    console_station_estop(&ends.twin, true, pair_true_ns(ends.pair));
    ends_run(100);
    assert_true(former > 1 && follow->supervisor.estop);

    uint64_t meetings = ends.console.station.meetings;
    ends_restart(PAIR_CART);
    assert_int_equal(lease->owner, LEASE_NOBODY);
    for (unsigned ms = 0; ends.console.station.meetings == meetings; ms++) {
        assert_true(ms < 10000); /* until then the former session is all it has */
        assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF);
        ends_run(1);
    }
    assert_false(
        console_station_has_lease(&ends.console.station)); /* no more than it was told anew */
    ends_run(4000);
    assert_int_equal(follow->supervisor.cause, HOLD_ESTOP); /* the panel's button is still down */
    assert_true(follow->supervisor.estop);
    ends_order(ORDER_REQUEST, LEASE_NOBODY);
    ends_order(ORDER_GRANT, ends.console.station.standing.yours);
    ends_order(ORDER_REQUEST, LEASE_NOBODY);
    assert_true(lease->owner == ends.twin.standing.yours && lease->number != former);
    ends_run(500); /* what the console had under way */
    uint64_t refused = follow->refused[MOTION_ERR_LEASE];
    send_under(&ends.twin, former);
    assert_int_equal(follow->refused[MOTION_ERR_LEASE], refused + 1);
    send_under(&ends.twin, lease->number);
    assert_int_equal(follow->refused[MOTION_ERR_LEASE], refused + 1);
    ends_order(ORDER_GRANT, ends.console.station.standing.yours);

    console_station_estop(&ends.twin, false, pair_true_ns(ends.pair));
    ends_run(200);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF); /* a person arms it */
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    ends_run(500);
    assert_false(supervisor_follows(&follow->supervisor)); /* and a foot is lifted */
    ends_clutch_again();
    assert_true(supervisor_follows(&follow->supervisor));
}

static void h20_an_order_to_end_counts_however_late(void **state)
{
    (void)state;
    ends_order_late(ORDER_STOP, 60 * ORDER_YOUNG_NS);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    ends_order_late(ORDER_RESET, 60 * ORDER_YOUNG_NS);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            h19_an_order_to_undock_that_waited_is_a_word_of_when_it_was_given, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(h19_what_is_denied_overtakes_nothing_that_waits,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h20_an_order_to_begin_waits_behind_those_that_do,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h20_an_order_to_begin_that_waited_is_refused_and_told,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h20_an_order_of_a_time_still_to_come_is_refused_counted_and_told, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(
            h20_an_order_before_the_clock_is_measured_waits_for_it_and_counts, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(
            h20_what_waits_for_the_clock_is_not_carried_out_after_a_stop, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(
            h20_what_waits_for_the_clock_is_not_carried_out_after_a_fault, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(
            h12_the_button_overtakes_what_waits_though_a_crash_left_it_down, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(h12_a_panel_that_takes_its_own_place_releases_nothing,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h12_h14_a_cart_that_is_started_again_has_no_power_no_lease_and_believes_no_former,
            ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h20_an_order_to_end_counts_however_late,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h20_h15_a_person_s_request_that_waited_moves_no_lease,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h20_a_request_before_the_clock_is_measured_waits_for_it_and_counts, ends_bedside_begins,
            ends_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "ends.h"

static const struct console_station *console = &ends.console.station;
static const struct follow *follow = &ends.cart.station.follow;

static void h08_hands_are_frozen_until_a_picture_of_this_session_is_seen(void **state)
{
    (void)state;
    ends_start("delay=40ms");
    ends.camera = false;
    ends_run(3000);
    assert_int_equal(console->gate.state, GATE_NO_PICTURE);
    assert_int_equal(follow->supervisor.cause, HOLD_FROZEN);
    ends.camera = true;
    ends_run(2000);
    assert_int_equal(console->gate.state, GATE_OPEN);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);

    ends.camera = false; /* the cart is started again: pictures of before count for nothing */
    ends_restart(PAIR_CART);
    while (ends.console.met < 2)
        ends_run(1);
    ends_run(1);
    assert_int_equal(console->gate.state, GATE_NO_PICTURE);
    ends_stop();
}

static void h08_without_pictures_the_arm_rests_until_the_foot_was_up(void **state)
{
    (void)state;
    ends.reclutches = false;
    ends.camera = false;
    ends_run(700);
    assert_int_equal(console->gate.state, GATE_OLD_PICTURE);
    assert_int_equal(follow->supervisor.cause, HOLD_FROZEN);
    ends.camera = true;
    ends_run(1000);
    assert_int_equal(console->gate.state, GATE_AWAITS_FOOT);
    assert_int_equal(follow->supervisor.cause, HOLD_FROZEN);
    ends.foot = false;
    ends_run(200);
    assert_int_equal(follow->supervisor.cause, HOLD_RELEASED);
    ends.foot = true;
    ends_run(200);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
}

static unsigned newest_hold(void)
{
    return hold_log_at(&console->holds, console->holds.count - 1)->cause;
}

static void h74_only_who_leads_is_held_by_a_line_too_poor(void **state)
{
    (void)state;
    struct console_station *told = &ends.console.station;
    ends.reclutches = false;
    ends.camera = false;
    ends_run(700);
    assert_int_equal(newest_hold(), hold_code(HOLD_FROZEN, FROZEN_BY_PICTURE));
    told->standing.failing = GATE_BIT(GATE_LINE);
    (void)console_station_turn(told, pair_local_ns(ends.pair, PAIR_CONSOLE));
    assert_int_equal(newest_hold(), HOLD_LINE);
    told->standing.owner = LEASE_NOBODY; /* its own pictures are late for a reason of their own */
    (void)console_station_turn(told, pair_local_ns(ends.pair, PAIR_CONSOLE));
    assert_int_equal(newest_hold(), hold_code(HOLD_FROZEN, FROZEN_BY_PICTURE));
}

static void h08_a_picture_that_cannot_be_read_is_not_seen(void **state)
{
    (void)state;
    ends.blinds = true;
    ends_run(700);
    assert_int_equal(console->gate.state, GATE_OLD_PICTURE);
}

static void h08_damage_that_lasts_freezes_the_hands(void **state)
{
    (void)state;
    ends.damages = true; /* what the decoder filled in is older than the picture says */
    ends_run(200);
    assert_int_equal(console->gate.state, GATE_OPEN);
    ends_run(500);
    assert_int_equal(console->gate.state, GATE_OLD_PICTURE);
    assert_int_equal(follow->supervisor.cause, HOLD_FROZEN);
    ends.damages = false;
    ends_run(2000);
    assert_int_equal(console->gate.state, GATE_OPEN);
}

static void h08_a_picture_is_as_old_as_the_clock_allows(void **state)
{
    (void)state;
    ends_start("delay=260ms"); /* and a bound of as much: above the gate of 500 ms */
    ends_run(4000);
    assert_true(ends.console.pictures > 50);
    assert_int_equal(ends.console.late, ends.console.pictures);
    assert_int_equal(console->gate.state, GATE_OLD_PICTURE);
    ends_stop();
}

static void a_damaged_picture_asks_the_camera_for_one_that_stands_alone(void **state)
{
    (void)state;
    unsigned before = ends.cart.recoveries;
    ends.damages = true;
    while (ends.cart.recoveries == before)
        ends_run(1);
    ends.damages = false;
    assert_true(ends.cart.damaged_ns <= ends.console.captured_ns);
    assert_true(ends.console.captured_ns - ends.cart.damaged_ns < 4 * PICTURE_NS);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
}

static void recorded_hands_clutch_in_anew_after_a_hold(void **state)
{
    (void)state;
    unsigned told = ends.console.holds_told;
    uint32_t clutch = follow->clutch_id;
    pair_cut(ends.pair, 0, true);
    ends_run(1000);
    assert_int_equal(follow->supervisor.cause, HOLD_SILENCE);
    pair_cut(ends.pair, 0, false);
    ends_run(3000);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
    assert_int_equal(follow->clutch_id, clutch + 1);
    assert_int_equal(console->state.hold_cause, HOLD_NONE);
    assert_true(ends.console.holds_told >= told + 2);
}

/* The `n`th newest of the console's holds. */
static const struct hold_record *hold_before(unsigned n)
{
    return hold_log_at(&console->holds, console->holds.count - 1 - n);
}

static void holds_are_recorded_with_their_cause_and_length(void **state)
{
    (void)state;
    assert_int_equal(hold_log_at(&console->holds, 0)->cause, HOLD_START);
    assert_false(hold_before(0)->open);
    uint64_t before = console->holds.count;
    ends.camera = false;
    ends_run(1000);
    assert_int_equal(console->holds.count, before + 1);
    assert_int_equal(hold_before(0)->cause, hold_code(HOLD_FROZEN, FROZEN_BY_PICTURE));
    assert_string_equal(console_hold_text(hold_before(0)->cause), "hands frozen: picture too old");
    const struct hold_log *holds = &follow->holds; /* the cart says the same, and once */
    assert_int_equal(hold_log_at(holds, holds->count - 1)->cause,
                     hold_code(HOLD_FROZEN, FROZEN_BY_PICTURE));
    assert_true(holds->count < 2 || hold_log_at(holds, holds->count - 2)->cause != HOLD_FROZEN);
    assert_int_equal(console->standing.frozen_by, FROZEN_BY_PICTURE);
    assert_int_equal(standing_clears(&console->standing), CLEARING_PICTURE);
    assert_true(hold_before(0)->open);
    ends.camera = true;
    ends_run(3000);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
    const struct hold_record *frozen = hold_log_at(&console->holds, before);
    assert_false(frozen->open);
    assert_in_range(frozen->length_ns, 400 * MS, 2000 * MS);
    assert_false(hold_before(0)->open);
    pair_cut(ends.pair, 0, true);
    ends_run(1000);
    assert_int_equal(hold_before(0)->cause, CONSOLE_HOLD_SILENT);
    assert_string_equal(console_hold_text(hold_before(0)->cause), "the cart is silent");
    ends_run(40000);
    assert_int_equal(hold_before(0)->cause, HOLD_SESSION);
}

/* What the hands' owner says of gestures that come frozen from them, over the wire and back. */
static void h50_why_the_hands_are_frozen_is_told_at_both_ends(void **state)
{
    (void)state;
    struct console_station here = {.hands_by = FROZEN_BY_DEVICE};
    struct gesture gesture = {.hand_count = 1, .flags = GESTURE_FROZEN};
    uint8_t bytes[GESTURE_BYTES_MAX];
    uint32_t sequence;
    here.gate.limit_ns = 500 * MS;
    here.gate.state = GATE_OPEN;
    gate_picture(&here.gate, 0, true, 1000 * MS);
    (void)console_station_send(&here, &gesture, 1000 * MS, 1000 * MS, bytes, &sequence);
    assert_int_equal(here.pulse.frozen_by, FROZEN_BY_DEVICE);
    gesture.flags = 0; /* a foot that was lifted */
    (void)console_station_send(&here, &gesture, 1001 * MS, 1001 * MS, bytes, &sequence);
    assert_int_equal(here.pulse.frozen_by, FROZEN_BY_UNKNOWN);
    gesture.flags = GESTURE_ENGAGED;
    (void)console_station_send(&here, &gesture, 1501 * MS, 1501 * MS, bytes, &sequence);
    assert_int_equal(here.pulse.frozen_by, FROZEN_BY_PICTURE);
    gate_picture(&here.gate, 0, true, 1502 * MS);
    gesture.flags =
        GESTURE_ENGAGED; /* pictures are back, and it awaits the foot for the same reason */
    (void)console_station_send(&here, &gesture, 1502 * MS, 1502 * MS, bytes, &sequence);
    assert_int_equal(here.gate.state, GATE_AWAITS_FOOT);
    assert_int_equal(here.pulse.frozen_by, FROZEN_BY_PICTURE);
}

/* How things stand comes a moment after the arm's state. */
static void h50_why_they_are_comes_late_and_is_one_hold_all_the_same(void **state)
{
    (void)state;
    struct console_station *told = &ends.console.station;
    told->state.hold_cause = HOLD_FROZEN;
    (void)console_station_turn(told, pair_local_ns(ends.pair, PAIR_CONSOLE));
    uint64_t before = told->holds.count;
    assert_int_equal(newest_hold(), HOLD_FROZEN);
    told->standing.frozen_by = FROZEN_BY_WINDOW;
    (void)console_station_turn(told, pair_local_ns(ends.pair, PAIR_CONSOLE));
    assert_int_equal(newest_hold(), hold_code(HOLD_FROZEN, FROZEN_BY_WINDOW));
    assert_int_equal(told->holds.count, before);
    told->standing.cause = HOLD_FROZEN; /* no picture would help */
    assert_int_equal(standing_clears(&told->standing), CLEARING_AFTER);
}

static void h03_a_cart_that_was_started_again_is_dialled_anew_and_its_arm_holds(void **state)
{
    (void)state;
    ends.reclutches = false;
    ends_restart(PAIR_CART);
    ends_run(5000);
    assert_int_equal(ends.console.met, 2);
    assert_int_equal(ends.console.parted, 0); /* the new one took the place of the former */
    assert_int_equal(ends.cart.met, 1);
    assert_ptr_not_equal(console->peer, NULL);
    assert_null(console->dialled);
    assert_int_equal(console->gate.state, GATE_AWAITS_FOOT); /* which never left the pedal */
    assert_int_equal(follow->supervisor.cause, HOLD_FROZEN);
    assert_int_equal(follow->hold_counts[HOLD_START] + follow->hold_counts[HOLD_FROZEN],
                     follow->holds.count);
    for (unsigned i = 0; i < follow->settings.arm_count; i++)
        assert_memory_equal(follow->arms[i].joints, INSTRUMENT_READY_JP,
                            sizeof INSTRUMENT_READY_JP);
}

static void a_session_that_speaks_again_ends_the_dialling_beside_it(void **state)
{
    (void)state;
    const struct link_peer *peer = console->peer;
    pair_cut(ends.pair, 0, true);
    ends_run(2500);
    assert_non_null(console->dialled);
    pair_cut(ends.pair, 0, false);
    while (console->dialled)
        ends_run(1);
    ends_run(2000);
    assert_ptr_equal(console->peer, peer);
    assert_int_equal(ends.console.met, 1);
    assert_int_equal(ends.console.parted, 0);
    assert_int_equal(ends.console.spared, 1); /* nobody was refused */
    assert_int_equal(ends.cart.met, 1);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
}

/* A loop that was stopped finds every sample of that time due, and the newest of them leave in one
 * datagram: each with its own age. */
static void h01_a_stall_of_the_consoles_loop_shows_in_the_ages(void **state)
{
    (void)state;
    enum { DELAY_MS = 40, STALL_MS = 160, CLOCK_ERROR_US = 500 };
    ends.cart.age_most_ns = ends.cart.age_short_ns = 0;
    ends.stalled_until_ns = pair_true_ns(ends.pair) + STALL_MS * MS;
    ends_run(STALL_MS + 2 * DELAY_MS);
    assert_true(ends.cart.age_most_ns > (DELAY_MS + 1) * (int64_t)MS - CLOCK_ERROR_US * 1000);
    assert_true(ends.cart.age_short_ns < CLOCK_ERROR_US * 1000);
}

static void h10_a_console_whose_place_was_taken_does_not_dial_again(void **state)
{
    (void)state;
    link_close(ends.cart.station.peer, LINK_REASON_SUPERSEDED, pair_local_ns(ends.pair, PAIR_CART));
    ends_run(10000);
    assert_int_equal(ends.console.parted, 1);
    assert_int_equal(ends.console.met, 1);
    assert_int_equal(ends.cart.met, 1);
}

static void h20_nothing_is_ordered_to_begin_before_it_is_known_how_things_stand(void **state)
{
    (void)state;
    struct console_station *blind = &ends.console.station;
    for (unsigned order = 0; order < ORDERS; order++) {
        uint64_t now_ns = pair_local_ns(ends.pair, PAIR_CONSOLE);
        blind->has_standing = false; /* as between the meeting and the cart's first word */
        bool is_sent = console_station_order(blind, (enum order)order, LEASE_NOBODY, now_ns);
        const struct order_message message = {(enum order)order, LEASE_NOBODY, now_ns};
        assert_int_equal(is_sent, !order_begins(&message));
        assert_int_equal(blind->unsent_ns[order], is_sent ? 0 : now_ns);
        ends_run(100);
        now_ns = pair_local_ns(ends.pair, PAIR_CONSOLE);
        assert_true(console_station_is_told(blind));
        assert_true(console_station_order(blind, (enum order)order, LEASE_NOBODY, now_ns));
    }
}

static void h08_h56_what_a_former_session_told_is_no_news(void **state)
{
    (void)state;
    struct console_station *own = &ends.console.station;
    const struct link_event up = {.kind = LINK_EVENT_UP, .peer = own->peer};
    uint64_t now_ns = pair_local_ns(ends.pair, PAIR_CONSOLE);
    ends_run(500);
    own->has_force = own->has_about = true;
    own->fixtures.count = own->strokes.count = 1;
    own->refused_ns = now_ns;
    assert_true(own->has_state && own->has_standing && own->pulse.flags & PULSE_SEES);
    own->peer = NULL; /* the cart was started again, and answers */
    assert_int_equal(console_station_event(own, &up, now_ns), CONSOLE_MET);
    assert_false(own->has_state || own->has_standing);
    assert_false(own->has_force || own->has_about);
    assert_false(own->fixtures.count || own->strokes.count || own->refused_ns);
    assert_false(own->pulse.flags & PULSE_SEES);
    assert_false(console_station_has_lease(own));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h50_why_the_hands_are_frozen_is_told_at_both_ends),
        cmocka_unit_test_setup_teardown(h08_h56_what_a_former_session_told_is_no_news, ends_begin,
                                        ends_end),
        cmocka_unit_test_setup_teardown(h01_a_stall_of_the_consoles_loop_shows_in_the_ages,
                                        ends_begin, ends_end),
        cmocka_unit_test(h08_hands_are_frozen_until_a_picture_of_this_session_is_seen),
        cmocka_unit_test_setup_teardown(h08_without_pictures_the_arm_rests_until_the_foot_was_up,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(h74_only_who_leads_is_held_by_a_line_too_poor, ends_begin,
                                        ends_end),
        cmocka_unit_test_setup_teardown(h50_why_they_are_comes_late_and_is_one_hold_all_the_same,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(h08_a_picture_that_cannot_be_read_is_not_seen, ends_begin,
                                        ends_end),
        cmocka_unit_test_setup_teardown(
            h20_nothing_is_ordered_to_begin_before_it_is_known_how_things_stand, ends_begin,
            ends_end),
        cmocka_unit_test_setup_teardown(h08_damage_that_lasts_freezes_the_hands, ends_begin,
                                        ends_end),
        cmocka_unit_test(h08_a_picture_is_as_old_as_the_clock_allows),
        cmocka_unit_test_setup_teardown(a_damaged_picture_asks_the_camera_for_one_that_stands_alone,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(recorded_hands_clutch_in_anew_after_a_hold, ends_begin,
                                        ends_end),
        cmocka_unit_test_setup_teardown(holds_are_recorded_with_their_cause_and_length, ends_begin,
                                        ends_end),
        cmocka_unit_test_setup_teardown(
            h03_a_cart_that_was_started_again_is_dialled_anew_and_its_arm_holds, ends_begin,
            ends_end),
        cmocka_unit_test_setup_teardown(h10_a_console_whose_place_was_taken_does_not_dial_again,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(a_session_that_speaks_again_ends_the_dialling_beside_it,
                                        ends_begin, ends_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

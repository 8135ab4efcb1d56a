/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emergency stop's button at a panel that the cart does not hear. */
#include "ends.h"
#include "unit/cmocka_base.h"

static const struct follow *follow = &ends.cart.station.follow;

static bool is_unheard(void)
{
    return console_station_estop_is_unheard(&ends.twin, pair_true_ns(ends.pair));
}

static void button(bool is_down)
{
    console_station_estop(&ends.twin, is_down, pair_true_ns(ends.pair));
}

static void cut_lines(void)
{
    ends.visitor_is_cut = true;
    ends_run(300);
    assert_non_null(ends.twin.peer); /* a session all the same: pulses leave, and are lost */
}

static void lines_come_back(void)
{
    ends.visitor_is_cut = false;
    for (unsigned ms = 0; !follow->supervisor.estop; ms++) {
        assert_true(ms < 5000);
        ends_run(1);
    }
}

static void h12_a_button_that_the_cart_has_not_heard_is_known_and_told_later(void **state)
{
    (void)state;
    button(true);
    ends_run(50);
    assert_false(is_unheard());
    button(false);
    ends_run(200);
    assert_false(follow->supervisor.estop);
    cut_lines();
    button(true);
    assert_true(is_unheard());
    ends_run(5000);
    assert_true(is_unheard());
    assert_false(follow->supervisor.estop);
    lines_come_back();
    ends_run(3000);
    assert_true(follow->supervisor.estop);
    assert_false(is_unheard());
}

static void h12_a_press_that_was_let_go_unheard_is_told_later_all_the_same(void **state)
{
    (void)state;
    cut_lines();
    button(true);
    ends_run(1000);
    button(false);
    ends_run(1000);
    assert_true(ends.twin.estop_told > 2 * CONSOLE_ESTOP_PULSES);
    assert_true(ends.twin.pulse.flags & PULSE_ESTOP);
    assert_true(is_unheard());
    assert_false(follow->supervisor.estop);
    lines_come_back();
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF);
    ends_run(3000);
    assert_false(ends.twin.pulse.flags & PULSE_ESTOP); /* heard, and so it comes up */
    assert_false(is_unheard());
    assert_false(follow->supervisor.estop);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_OFF); /* until somebody enables */
}

static void h12_a_button_counts_as_unheard_without_a_session_or_an_answer(void **state)
{
    (void)state;
    uint64_t now_ns = 100000 * MS;
    struct console_station panel = {.heard_ns = now_ns, .is_bedside = true};
    console_station_estop(&panel, true, now_ns);
    assert_true(console_station_estop_is_unheard(&panel, now_ns));      /* nobody to tell */
    panel.peer = (struct link_peer *)&panel;                            /* never looked into here */
    assert_false(console_station_estop_is_unheard(&panel, now_ns));     /* it may be on its way */
    assert_false(console_station_estop_is_unheard(&panel, now_ns - 1)); /* a turn's earlier time */
    assert_true(console_station_estop_is_unheard(&panel, now_ns + 201 * MS)); /* a silent cart */
    now_ns = panel.heard_ns = now_ns + 1001 * MS;
    assert_true(console_station_estop_is_unheard(&panel, now_ns)); /* one that does not answer */
    panel.estop_heard = true;
    assert_false(console_station_estop_is_unheard(&panel, now_ns));
    console_station_estop(&panel, true, now_ns); /* what it said of the press before is no answer */
    panel.peer = NULL;
    assert_true(console_station_estop_is_unheard(&panel, now_ns));
}

/* The console's site is a second panel, 40 ms away. */
static struct console_station *second_panel(void)
{
    struct console_station *second = &ends.console.station;
    ends.cart.station.lease.seats[second->standing.yours].role = LEASE_BEDSIDE;
    return second;
}

static void button_of(struct console_station *panel, bool is_down)
{
    console_station_estop(panel, is_down, pair_local_ns(ends.pair, PAIR_CONSOLE));
}

static void h12_the_stop_of_another_panel_is_no_answer_to_ours(void **state)
{
    (void)state;
    struct console_station *second = second_panel();
    button(true);
    ends_run(200);
    assert_true(second->standing.flags & STANDING_ESTOP);
    button_of(second, true);
    ends_run(60); /* of the 80 that its answer takes */
    assert_false(second->estop_heard);
    ends_run(60);
    assert_true(second->estop_heard);
    button(false);
    ends_run(200);
    button(true);
    ends.twin.pulse_ns = UINT64_MAX; /* its pulses do not arrive, and what the cart says does */
    ends_run(1100);
    assert_true(ends.twin.standing.flags & STANDING_ESTOP);
    assert_true(is_unheard());
}

static void h12_the_answer_to_one_press_is_none_to_the_next(void **state)
{
    (void)state;
    struct console_station *second = second_panel();
    button_of(second, true);
    ends_run(50);
    button_of(second, false);
    button_of(second, true);
    ends_run(60); /* the first has been answered by now, the second not */
    assert_true(follow->supervisor.estop);
    assert_int_equal(second->standing.heard_press, 1);
    assert_false(second->estop_heard);
    button_of(second, false);
    ends_run(60);
    assert_int_equal(second->standing.heard_press, 2);
    assert_true(second->estop_heard);
    ends_run(200);
    assert_false(follow->supervisor.estop || second->pulse.flags & PULSE_ESTOP);
}

/* Numbers are of a byte, and 0 is none. */
static void h12_of_two_hundred_and_fifty_six_presses_each_has_a_number_and_is_answered(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        button(true);
        assert_true(ends.twin.pulse.press != 0 && !ends.twin.estop_heard);
        for (unsigned ms = 0; !ends.twin.estop_heard; ms++) {
            assert_true(ms < 100);
            ends_run(1);
        }
        assert_int_equal(ends.twin.standing.heard_press, ends.twin.pulse.press);
    }
}

static void h12_a_button_that_is_down_in_a_new_session_is_told_and_answered_anew(void **state)
{
    (void)state;
    button(true);
    ends_run(1500);
    uint64_t meetings = ends.twin.meetings;
    link_close(ends.twin.peer, "again", pair_true_ns(ends.pair));
    while (ends.twin.meetings == meetings || !ends.twin.peer)
        ends_run(1);
    assert_false(ends.twin.estop_heard); /* by this cart, which may be another */
    assert_false(is_unheard());          /* it has just been told */
    button(false);
    assert_true(ends.twin.pulse.flags & PULSE_ESTOP);
    ends_run(200);
    assert_false(follow->supervisor.estop || ends.twin.pulse.flags & PULSE_ESTOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(h12_the_stop_of_another_panel_is_no_answer_to_ours,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h12_the_answer_to_one_press_is_none_to_the_next,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h12_of_two_hundred_and_fifty_six_presses_each_has_a_number_and_is_answered,
            ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h12_a_button_that_is_down_in_a_new_session_is_told_and_answered_anew,
            ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h12_a_button_that_the_cart_has_not_heard_is_known_and_told_later, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(
            h12_a_press_that_was_let_go_unheard_is_told_later_all_the_same, ends_bedside_begins,
            ends_end),
        cmocka_unit_test(h12_a_button_counts_as_unheard_without_a_session_or_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

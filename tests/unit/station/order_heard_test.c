/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an order of the panel has reached the cart, over a line that is cut meanwhile. */
#include "ends.h"
#include "unit/cmocka_base.h"

static const struct follow *follow = &ends.cart.station.follow;

static bool is_unheard(enum order order)
{
    return console_station_order_is_unheard(&ends.twin, order, pair_true_ns(ends.pair));
}

static bool give(enum order order)
{
    return console_station_order(&ends.twin, order, LEASE_NOBODY, pair_true_ns(ends.pair));
}

static void h12_a_stop_over_a_cut_line_is_known_to_be_unheard_until_it_arrives(void **state)
{
    (void)state;
    assert_true(give(ORDER_MARK));
    assert_false(is_unheard(ORDER_MARK)); /* it may be on its way */
    ends_run(200);
    assert_false(ends.twin.ordered[ORDER_MARK].is_away);
    ends.visitor_is_cut = true;
    assert_true(give(ORDER_STOP));
    ends_run(CONSOLE_SILENCE_NS / MS + 20);
    assert_true(is_unheard(ORDER_STOP) && !is_unheard(ORDER_MARK));
    assert_false(console_station_is_heard(&ends.twin, pair_true_ns(ends.pair)));
    assert_true(supervisor_follows(&follow->supervisor));
    ends.visitor_is_cut = false;
    for (unsigned ms = 0; follow->supervisor.state != SUPERVISOR_STOPPED; ms++) {
        assert_true(is_unheard(ORDER_STOP) || !ends.twin.ordered[ORDER_STOP].is_away || ms > 0);
        assert_true(ms < 2000);
        ends_run(1);
    }
    ends_run(100);
    assert_false(is_unheard(ORDER_STOP));
    assert_true(console_station_is_heard(&ends.twin, pair_true_ns(ends.pair)));
    assert_true(ends.twin.unsent_ns[ORDER_STOP] == 0);
}

static void h12_a_stop_whose_session_ended_first_has_come_to_nothing_and_is_told(void **state)
{
    (void)state;
    ends.visitor_is_cut = true;
    assert_true(give(ORDER_STOP));
    uint64_t meetings = ends.twin.meetings;
    ends_run(3000); /* it dials anew by now */
    assert_true(is_unheard(ORDER_STOP));
    link_close(ends.twin.peer, "again", pair_true_ns(ends.pair));
    ends.visitor_is_cut = false;
    while (ends.twin.meetings == meetings || !ends.twin.peer)
        ends_run(1);
    assert_false(is_unheard(ORDER_STOP));
    assert_true(ends.twin.unsent_ns[ORDER_STOP] > 0);
}

static void h12_a_cart_that_speaks_and_does_not_answer_is_told_after_a_second(void **state)
{
    (void)state;
    uint64_t now_ns = 100000 * MS;
    struct console_station panel = {.heard_ns = now_ns, .is_bedside = true};
    panel.peer = (struct link_peer *)&panel; /* never looked into here */
    panel.ordered[ORDER_STOP].is_away = true;
    panel.ordered[ORDER_STOP].at_ns = now_ns;
    panel.heard_ns = now_ns + CONSOLE_ORDER_HEARD_NS;
    assert_false(console_station_order_is_unheard(&panel, ORDER_STOP, panel.heard_ns));
    assert_true(console_station_order_is_unheard(&panel, ORDER_STOP, panel.heard_ns + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            h12_a_stop_over_a_cut_line_is_known_to_be_unheard_until_it_arrives, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(
            h12_a_stop_whose_session_ended_first_has_come_to_nothing_and_is_told,
            ends_bedside_begins, ends_end),
        cmocka_unit_test(h12_a_cart_that_speaks_and_does_not_answer_is_told_after_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

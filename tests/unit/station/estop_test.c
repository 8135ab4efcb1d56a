/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emergency stop's button at a panel that the cart does not hear. */
#include "ends.h"
#include "unit/cmocka_base.h"

static const struct follow *follow = &ends.cart.station.follow;

static void h12_a_button_that_the_cart_has_not_heard_is_known_and_told_later(void **state)
{
    (void)state;
    struct link *panel = ends.visitor;
    console_station_estop(&ends.twin, true, pair_true_ns(ends.pair));
    ends_run(50);
    assert_false(console_station_estop_is_unheard(&ends.twin, pair_true_ns(ends.pair)));
    console_station_estop(&ends.twin, false, pair_true_ns(ends.pair));
    ends_run(200);
    ends.visitor = NULL; /* its lines are cut */
    ends_run(300);
    console_station_estop(&ends.twin, true, pair_true_ns(ends.pair));
    assert_true(console_station_estop_is_unheard(&ends.twin, pair_true_ns(ends.pair)));
    ends_run(5000);
    assert_false(follow->supervisor.estop);
    console_station_estop(&ends.twin, false, pair_true_ns(ends.pair)); /* and let go, untold */
    assert_true(console_station_estop_is_unheard(&ends.twin, pair_true_ns(ends.pair)));
    console_station_estop(&ends.twin, true, pair_true_ns(ends.pair));
    ends.visitor = panel;
    ends_run(3000);
    assert_true(follow->supervisor.estop);
    assert_false(console_station_estop_is_unheard(&ends.twin, pair_true_ns(ends.pair)));
}

static void h12_a_button_counts_as_unheard_without_a_session_or_an_answer(void **state)
{
    (void)state;
    uint64_t now_ns = 100000 * MS;
    struct console_station panel = {.heard_ns = now_ns, .is_bedside = true};
    console_station_estop(&panel, true, now_ns);
    assert_true(console_station_estop_is_unheard(&panel, now_ns));  /* nobody to tell */
    panel.peer = (struct link_peer *)&panel;                        /* never looked into here */
    assert_false(console_station_estop_is_unheard(&panel, now_ns)); /* it may be on its way */
    assert_true(console_station_estop_is_unheard(&panel, now_ns + 201 * MS)); /* a silent cart */
    now_ns = panel.heard_ns = now_ns + 1001 * MS;
    assert_true(console_station_estop_is_unheard(&panel, now_ns)); /* one that does not answer */
    panel.estop_heard = true;
    assert_false(console_station_estop_is_unheard(&panel, now_ns));
    console_station_estop(&panel, true, now_ns); /* what it said of the press before is no answer */
    panel.peer = NULL;
    assert_true(console_station_estop_is_unheard(&panel, now_ns));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            h12_a_button_that_the_cart_has_not_heard_is_known_and_told_later, ends_bedside_begins,
            ends_end),
        cmocka_unit_test(h12_a_button_counts_as_unheard_without_a_session_or_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

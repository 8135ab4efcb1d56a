/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that a surgeon adds and pulls, while operating and while nobody answers. */
#include "unit/cmocka_base.h"

#include "ends.h"

static struct console_station *const console = &ends.console.station;
static const struct follow *follow = &ends.cart.station.follow;

static enum console_line_err add(unsigned line, uint8_t *number)
{
    struct link_path path = pair_path(ends.pair, line);
    return console_station_line_add(console, &path, pair_local_ns(ends.pair, PAIR_CONSOLE), number);
}

static enum console_line_err pull(uint8_t number, uint8_t *socket)
{
    return console_station_line_pull(console, number, pair_local_ns(ends.pair, PAIR_CONSOLE),
                                     socket);
}

static enum link_line_state state_of(unsigned line)
{
    struct link_stats stats;
    link_peer_stats(console->peer, pair_local_ns(ends.pair, PAIR_CONSOLE), &stats);
    return stats.lines[line].state;
}

static void one_is_added_the_first_pulled_and_the_arm_follows_on(void **state)
{
    (void)state;
    uint8_t number, socket = UINT8_MAX;
    uint64_t holds = follow->holds.count;
    assert_int_equal(pull(0, &socket), CONSOLE_LINE_ERR_LAST);
    assert_int_equal(add(1, &number), CONSOLE_LINE_OK);
    assert_int_equal(number, 1);
    assert_int_equal(pull(0, &socket), CONSOLE_LINE_ERR_NEEDED); /* nothing came over it yet */
    ends_run(1000);
    assert_int_equal(state_of(1), LINK_LINE_GOOD);
    assert_int_equal(pull(0, &socket), CONSOLE_LINE_OK);
    assert_int_equal(socket, pair_path(ends.pair, 0).socket);
    pair_cut(ends.pair, 0, true);
    ends_run(2000);
    assert_int_equal(state_of(0), LINK_LINE_UNUSED);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
    assert_int_equal(follow->holds.count, holds);
    assert_int_equal(ends.console.met, 1);
    assert_int_equal(pull(1, &socket), CONSOLE_LINE_ERR_LAST);
    assert_int_equal(pull(0, &socket), CONSOLE_LINE_ERR_NUMBER);
    assert_int_equal(pull(LINK_LINES_MAX, &socket), CONSOLE_LINE_ERR_NUMBER);
}

static void a_later_session_has_the_lines_of_now_by_their_numbers(void **state)
{
    (void)state;
    uint8_t number, socket;
    assert_int_equal(add(1, &number), CONSOLE_LINE_OK);
    ends_run(1000);
    assert_int_equal(pull(0, &socket), CONSOLE_LINE_OK);
    ends_restart(PAIR_CART);
    for (int i = 0; i < 1000 && ends.console.met < 2; i++)
        ends_run(10);
    assert_int_equal(ends.console.met, 2);
    ends_run(3000);
    assert_int_equal(state_of(0), LINK_LINE_UNUSED);
    assert_int_equal(state_of(1), LINK_LINE_GOOD);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
}

static void one_that_is_lost_can_always_be_spared(void **state)
{
    (void)state;
    uint8_t number, socket;
    assert_int_equal(add(1, &number), CONSOLE_LINE_OK);
    ends_run(1000);
    pair_cut(ends.pair, 1, true);
    ends_run(2000);
    assert_int_equal(state_of(1), LINK_LINE_LOST);
    assert_int_equal(pull(0, &socket), CONSOLE_LINE_ERR_NEEDED);
    assert_int_equal(pull(1, &socket), CONSOLE_LINE_OK);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
}

static void one_added_while_nobody_answers_is_dialled_at_once(void **state)
{
    (void)state;
    uint8_t number, socket;
    ends_start("delay=40ms");
    pair_cut(ends.pair, 0, true);
    ends_run(5000);
    assert_int_equal(ends.console.met, 0);
    assert_int_equal(add(1, &number), CONSOLE_LINE_OK);
    ends_run(1000);
    assert_int_equal(ends.console.met, 1);
    assert_int_equal(pull(0, &socket), CONSOLE_LINE_OK);
    ends_run(3000);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
    ends_stop();
}

static void there_are_eight_at_most(void **state)
{
    (void)state;
    uint8_t number;
    ends_start("delay=40ms");
    for (unsigned i = 1; i < LINK_LINES_MAX; i++) {
        assert_int_equal(add(1, &number), CONSOLE_LINE_OK);
        assert_int_equal(number, i);
    }
    assert_int_equal(add(1, &number), CONSOLE_LINE_ERR_FULL);
    ends_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_is_added_the_first_pulled_and_the_arm_follows_on,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(a_later_session_has_the_lines_of_now_by_their_numbers,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(one_that_is_lost_can_always_be_spared, ends_begin,
                                        ends_end),
        cmocka_unit_test(one_added_while_nobody_answers_is_dialled_at_once),
        cmocka_unit_test(there_are_eight_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

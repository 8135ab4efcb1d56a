/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "console_gate.h"

#define MS UINT64_C(1000000)

static struct console_gate gate;
static struct console_gate_line line;
static uint64_t now_ns;

static int begin(void **state)
{
    (void)state;
    gate = (struct console_gate){.seen = GATE_NO_PICTURE};
    now_ns = 5000 * MS;
    return 0;
}

static bool look(enum gate_state state)
{
    return console_gate_look(&gate, state, now_ns += MS, &line);
}

static void a_change_is_told_at_once_and_only_once(void **state)
{
    (void)state;
    assert_false(look(GATE_NO_PICTURE));
    assert_true(look(GATE_AWAITS_FOOT));
    assert_false(line.is_fault); /* the first of a session */
    assert_int_equal(line.left_out, 0);
    for (int i = 0; i < 3000; i++)
        assert_false(look(GATE_AWAITS_FOOT));
    assert_true(look(GATE_OPEN));
    now_ns += 2000 * MS;
    assert_true(look(GATE_OLD_PICTURE));
    assert_true(line.is_fault);
    now_ns += 2000 * MS;
    assert_true(look(GATE_AWAITS_FOOT));
    assert_true(line.is_fault);
}

static void what_comes_and_goes_is_a_line_a_second_and_a_fault_in_it_is_told(void **state)
{
    (void)state;
    static const enum gate_state turns[] = {GATE_OPEN, GATE_OLD_PICTURE, GATE_AWAITS_FOOT};
    unsigned lines = 0;
    uint64_t changes = 0, told = 0;
    for (unsigned i = 0; i < 10000; i++) {
        changes += i % 10 == 0;
        if (!look(turns[i / 10 % 3]))
            continue;
        lines++;
        told += 1 + line.left_out;
        assert_true(line.is_fault || i == 0);
        assert_int_equal(line.state, turns[i / 10 % 3]);
    }
    assert_in_range(lines, 9, 11);
    now_ns += 1000 * MS;
    assert_true(look(GATE_OPEN)); /* how it is in the end is told */
    assert_int_equal(line.state, GATE_OPEN);
    told += line.left_out;
    assert_in_range(told, changes - 12, changes + 12);
    for (int i = 0; i < 3000; i++)
        assert_false(look(GATE_OPEN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_change_is_told_at_once_and_only_once, begin),
        cmocka_unit_test_setup(what_comes_and_goes_is_a_line_a_second_and_a_fault_in_it_is_told,
                               begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

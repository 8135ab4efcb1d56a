/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/gates.h"
#include "unit/cmocka_base.h"

static struct gates fresh(void)
{
    struct profile profile;
    struct gates gates;
    profile_standard(&profile);
    gates_init(&gates, &profile);
    return gates;
}

static void h16_a_gate_that_nobody_has_read_fails(void **state)
{
    (void)state;
    struct gates gates = fresh();
    gates_read(&gates, PROFILE_TURN, 0, true); /* step waits for it, too: below */
    for (unsigned gate = 0; gate < GATES; gate++) {
        assert_true(gates.failing & GATE_BIT(gate));
        gates_read(&gates, gate, profile_key_is_least(gate) ? 10 : 0, true);
        assert_false(gates.failing & GATE_BIT(gate));
        gates_read(&gates, gate, GATE_UNMEASURED, true);
        assert_true(gates.failing & GATE_BIT(gate));
        assert_int_equal(gates.records[gate].trips, 1);
        assert_int_equal(gates.records[gate].unmeasured, 1);
    }
}

static void h06_h16_a_step_is_good_where_way_and_turn_are(void **state)
{
    (void)state;
    struct gates gates = fresh();
    gates_read(&gates, GATE_STEP, 0.5, true);
    assert_true(gates.failing & GATE_BIT(GATE_STEP));
    gates_read(&gates, PROFILE_TURN, 5, true);
    assert_false(gates.failing & GATE_BIT(GATE_STEP));
    assert_false(gates.failing >> GATES);
    gates_read(&gates, PROFILE_TURN, 20.1, true);
    assert_true(gates.failing & GATE_BIT(GATE_STEP));
    gates_read(&gates, GATE_STEP, 0.5, true); /* the way does not make up for it */
    assert_true(gates.failing & GATE_BIT(GATE_STEP));
    gates_read(&gates, PROFILE_TURN, 0, true);
    assert_false(gates.failing & GATE_BIT(GATE_STEP));
    assert_int_equal(gates.records[GATE_STEP].trips, 0);
    assert_int_equal(gates.records[PROFILE_TURN].trips, 1);
    assert_true(fabs(gates_margin(&gates, GATE_STEP) - 0.75) < 1e-9);
    assert_true(fabs(gates_margin(&gates, PROFILE_TURN) + 0.005) < 1e-9);
}

static void of_a_limit_that_is_a_least_the_least_counts(void **state)
{
    (void)state;
    struct gates gates = fresh();
    gates_read(&gates, GATE_WORKSPACE, 26, true);
    assert_false(gates.failing & GATE_BIT(GATE_WORKSPACE));
    gates_read(&gates, GATE_WORKSPACE, 1, true);
    assert_false(gates.failing & GATE_BIT(GATE_WORKSPACE));
    gates_read(&gates, GATE_WORKSPACE, 40, true);
    assert_true(fabs(gates_margin(&gates, GATE_WORKSPACE)) < 1e-9);
    gates_read(&gates, GATE_WORKSPACE, 0.25, true);
    assert_true(gates.failing & GATE_BIT(GATE_WORKSPACE));
    assert_true(fabs(gates_margin(&gates, GATE_WORKSPACE) + 0.75) < 1e-9);
}

static void the_limit_itself_is_good_and_the_margin_is_what_was_left(void **state)
{
    (void)state;
    struct gates gates = fresh();
    assert_true(isnan(gates_margin(&gates, GATE_AGE)));
    gates_read(&gates, GATE_AGE, 299, false); /* nothing followed: it does not count */
    assert_true(isnan(gates_margin(&gates, GATE_AGE)));
    gates_read(&gates, GATE_AGE, 75, true);
    gates_read(&gates, GATE_AGE, 30, true);
    assert_true(fabs(gates_margin(&gates, GATE_AGE) - 0.75) < 1e-9);
    gates_read(&gates, GATE_AGE, 300, true);
    assert_false(gates.failing & GATE_BIT(GATE_AGE));
    gates_read(&gates, GATE_AGE, 330, true);
    assert_true(gates.failing & GATE_BIT(GATE_AGE));
    assert_true(fabs(gates_margin(&gates, GATE_AGE) + 0.1) < 1e-9);
    assert_int_equal(gates.records[GATE_AGE].trips, 1);
    assert_true(isnan(gates_margin(&gates, GATE_LEASE)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h16_a_gate_that_nobody_has_read_fails),
        cmocka_unit_test(h06_h16_a_step_is_good_where_way_and_turn_are),
        cmocka_unit_test(of_a_limit_that_is_a_least_the_least_counts),
        cmocka_unit_test(the_limit_itself_is_good_and_the_margin_is_what_was_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens in a row; that every step is lawful is walk_test.c's to say. */
#include "supervisor/supervisor.h"
#include "unit/cmocka_base.h"

static struct supervisor following(void)
{
    struct supervisor at;
    supervisor_init(&at);
    supervisor_step(&at, SUPERVISOR_ENABLE, 0);
    assert_int_equal(at.cause, HOLD_START);
    supervisor_step(&at, SUPERVISOR_LIFT, 0);
    assert_int_equal(supervisor_step(&at, SUPERVISOR_ENGAGE, 0), REACTION_NONE);
    assert_true(supervisor_follows(&at));
    return at;
}

static void h03_a_hold_ends_by_a_foot_lifted_after_its_cause_and_a_clutch_in(void **state)
{
    (void)state;
    struct supervisor at = following();
    const uint32_t age = GATE_BIT(GATE_AGE);
    assert_int_equal(supervisor_step(&at, SUPERVISOR_TICK, age), REACTION_HOLD);
    supervisor_step(&at, SUPERVISOR_LIFT, age); /* while it lasts: counts for nothing */
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0);
    assert_int_equal(at.state, SUPERVISOR_HELD);
    supervisor_step(&at, SUPERVISOR_LIFT_UNASKED, 0);
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0);
    assert_int_equal(at.state, SUPERVISOR_HELD);
    supervisor_step(&at, SUPERVISOR_LIFT, 0);
    assert_int_equal(at.cause, HOLD_AGE); /* told until it follows again */
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0);
    assert_true(supervisor_follows(&at));
}

static void h13_a_stop_of_the_bedside_needs_its_reset_its_enable_and_a_clutch_in(void **state)
{
    (void)state;
    struct supervisor at = following();
    assert_int_equal(supervisor_step(&at, SUPERVISOR_STOP, 0), REACTION_SAFE_STOP);
    supervisor_step(&at, SUPERVISOR_ENABLE, 0);
    assert_int_equal(at.state, SUPERVISOR_STOPPED);
    supervisor_step(&at, SUPERVISOR_RESET, 0);
    assert_int_equal(at.state, SUPERVISOR_DISABLED);
    supervisor_step(&at, SUPERVISOR_LIFT, 0);
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0);
    assert_int_equal(at.state, SUPERVISOR_DISABLED);
    supervisor_step(&at, SUPERVISOR_ENABLE, 0);
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0); /* the foot was lifted before it was enabled */
    assert_int_equal(at.state, SUPERVISOR_READY);
    supervisor_step(&at, SUPERVISOR_LIFT, 0);
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0);
    assert_true(supervisor_follows(&at));
}

static void h14_an_arm_that_follows_holds_when_the_lease_changes_hands(void **state)
{
    (void)state;
    struct supervisor at = following();
    supervisor_step(&at, SUPERVISOR_LEASE, 0);
    assert_int_equal(at.cause, HOLD_LEASE);
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0);
    assert_int_equal(at.state, SUPERVISOR_HELD);
}

static void h14_a_rest_is_another_s_once_the_lease_changes_and_no_fault(void **state)
{
    (void)state;
    const uint32_t unmeasured = GATE_BIT(GATE_CLOCK) | GATE_BIT(GATE_SILENCE);
    struct supervisor at = following();
    supervisor_step(&at, SUPERVISOR_LIFT, 0);
    supervisor_step(&at, SUPERVISOR_LEASE, 0);
    supervisor_step(&at, SUPERVISOR_TICK, unmeasured); /* nothing has come from its new owner */
    assert_int_equal(at.state, SUPERVISOR_READY);
    assert_int_equal(at.cause, HOLD_START);
    supervisor_step(&at, SUPERVISOR_LIFT, unmeasured); /* and without an age nothing moves */
    supervisor_step(&at, SUPERVISOR_ENGAGE, unmeasured);
    assert_false(supervisor_follows(&at));
    supervisor_step(&at, SUPERVISOR_LIFT, 0);
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0);
    assert_true(supervisor_follows(&at));
}

static void h70_docking_does_not_begin_where_it_would_be_stopped_at_once(void **state)
{
    (void)state;
    static const enum supervisor_gate gates[] = {GATE_BEDSIDE, GATE_FORCE, GATE_LOOP};
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++) {
        struct supervisor at = following();
        supervisor_step(&at, SUPERVISOR_TICK, GATE_BIT(GATE_BEDSIDE));
        supervisor_step(&at, SUPERVISOR_DOCK, GATE_BIT(gates[i]));
        assert_int_equal(at.state, SUPERVISOR_HELD);
        supervisor_step(&at, SUPERVISOR_DOCK, 0);
        assert_int_equal(at.state, SUPERVISOR_DOCKING);
    }
}

static void h70_whatever_has_stopped_docking_is_the_bedsides_to_clear(void **state)
{
    (void)state;
    struct supervisor at = following();
    supervisor_step(&at, SUPERVISOR_TICK, GATE_BIT(GATE_FORCE));
    assert_int_equal(supervisor_clears(&at), hold_cause_clears(HOLD_FORCE));
    supervisor_step(&at, SUPERVISOR_DOCK, 0);
    supervisor_step(&at, SUPERVISOR_TICK, GATE_BIT(GATE_FORCE));
    assert_int_equal(at.cause, HOLD_FORCE);
    assert_int_equal(at.state, SUPERVISOR_STOPPED);
    assert_int_equal(supervisor_clears(&at), hold_cause_clears(HOLD_STOPPED));
}

static void h19_undocking_goes_on_without_the_console_and_stops_without_the_bedside(void **state)
{
    (void)state;
    const uint32_t console =
        GATE_BIT(GATE_SESSION) | GATE_BIT(GATE_SILENCE) | GATE_BIT(GATE_PICTURE);
    struct supervisor at = following();
    supervisor_step(&at, SUPERVISOR_UNDOCK, 0);
    supervisor_step(&at, SUPERVISOR_TICK, console);
    supervisor_step(&at, SUPERVISOR_LIFT, 0);
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0);
    assert_int_equal(at.state, SUPERVISOR_UNDOCKING);
    struct supervisor alone = at, ended = at;
    supervisor_step(&ended, SUPERVISOR_DISABLE, 0); /* on the way: they are not out */
    assert_int_equal(ended.cause, HOLD_STOPPED);
    assert_int_equal(supervisor_clears(&ended), CLEARING_RESET);
    supervisor_step(&alone, SUPERVISOR_TICK, GATE_BIT(GATE_BEDSIDE));
    assert_int_equal(alone.state, SUPERVISOR_STOPPED);
    supervisor_step(&at, SUPERVISOR_UNDOCKED, 0);
    assert_int_equal(at.state, SUPERVISOR_STOPPED);
    assert_int_equal(at.cause, HOLD_UNDOCKED); /* they are out, and come in again by docking */
    assert_int_equal(supervisor_clears(&at), CLEARING_RESET_DOCK);
}

/* As long as they are out, that is told, and a clutch-in changes nothing. */
static void is_out(const struct supervisor *at, enum supervisor_state state, enum clearing clearing)
{
    struct supervisor pressed = *at;
    assert_int_equal(at->state, state);
    assert_int_equal(at->cause, HOLD_UNDOCKED);
    assert_int_equal(supervisor_clears(at), clearing);
    supervisor_step(&pressed, SUPERVISOR_LIFT, 0);
    supervisor_step(&pressed, SUPERVISOR_ENGAGE, 0);
    supervisor_step(&pressed, SUPERVISOR_LIFT, 0);
    supervisor_step(&pressed, SUPERVISOR_CAMERA, 0);
    assert_int_equal(pressed.state, state);
    assert_int_equal(pressed.cause, HOLD_UNDOCKED);
}

static void
h70_instruments_that_are_out_are_told_and_follow_nobody_until_they_are_docked(void **state)
{
    (void)state;
    struct supervisor at = following();
    supervisor_step(&at, SUPERVISOR_UNDOCK, 0);
    supervisor_step(&at, SUPERVISOR_UNDOCKED, 0);
    is_out(&at, SUPERVISOR_STOPPED, CLEARING_RESET_DOCK);
    supervisor_step(&at, SUPERVISOR_RESET, 0);
    is_out(&at, SUPERVISOR_DISABLED, CLEARING_ENABLE_DOCK);
    supervisor_step(&at, SUPERVISOR_ENABLE, 0);
    is_out(&at, SUPERVISOR_HELD, CLEARING_DOCK);
    supervisor_step(&at, SUPERVISOR_LEASE, 0);
    supervisor_step(&at, SUPERVISOR_TICK, GATE_BIT(GATE_SILENCE));
    is_out(&at, SUPERVISOR_HELD, CLEARING_DOCK);
    supervisor_step(&at, SUPERVISOR_ESTOP, 0); /* nothing but docking ends it */
    supervisor_step(&at, SUPERVISOR_ESTOP_RELEASE, 0);
    supervisor_step(&at, SUPERVISOR_ENABLE, 0);
    supervisor_step(&at, SUPERVISOR_DOCK, 0);
    supervisor_step(&at, SUPERVISOR_DISABLE, 0);
    is_out(&at, SUPERVISOR_DISABLED, CLEARING_ENABLE_DOCK);
    supervisor_step(&at, SUPERVISOR_ENABLE, 0);
    supervisor_step(&at, SUPERVISOR_DOCK, 0);
    supervisor_step(&at, SUPERVISOR_DOCKED, 0);
    assert_int_equal(at.cause, HOLD_DISABLED);
    supervisor_step(&at, SUPERVISOR_ENABLE, 0);
    supervisor_step(&at, SUPERVISOR_LIFT, 0);
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0);
    assert_true(supervisor_follows(&at));
}

static void h70_docking_is_the_bedsides_alone_and_ends_where_it_enables_anew(void **state)
{
    (void)state;
    struct supervisor at = following();
    supervisor_step(&at, SUPERVISOR_DOCK, 0);
    assert_int_equal(at.state, SUPERVISOR_FOLLOWING);
    supervisor_step(&at, SUPERVISOR_UNDOCK, 0);
    supervisor_step(&at, SUPERVISOR_UNDOCKED, 0);
    supervisor_step(&at, SUPERVISOR_DOCK, 0);
    assert_int_equal(at.state, SUPERVISOR_STOPPED);
    supervisor_step(&at, SUPERVISOR_RESET, 0);
    supervisor_step(&at, SUPERVISOR_DOCK, 0);
    assert_int_equal(at.state, SUPERVISOR_DISABLED);
    supervisor_step(&at, SUPERVISOR_ENABLE, 0);
    assert_int_equal(supervisor_step(&at, SUPERVISOR_DOCK, 0), REACTION_HOLD);
    supervisor_step(&at, SUPERVISOR_LIFT, 0); /* a surgeon who is there is not heard, */
    supervisor_step(&at, SUPERVISOR_ENGAGE, 0);
    supervisor_step(&at, SUPERVISOR_LEASE, 0);
    supervisor_step(&at, SUPERVISOR_TICK, GATE_BIT(GATE_SESSION) | GATE_BIT(GATE_SILENCE));
    assert_int_equal(at.state, SUPERVISOR_DOCKING); /* nor missed */
    const enum supervisor_gate minded[] = {GATE_BEDSIDE, GATE_FORCE, GATE_LOOP};
    for (size_t i = 0; i < sizeof minded / sizeof *minded; i++) {
        struct supervisor stopped = at;
        supervisor_step(&stopped, SUPERVISOR_TICK, GATE_BIT(minded[i]));
        assert_int_equal(stopped.state, SUPERVISOR_STOPPED);
    }
    supervisor_step(&at, SUPERVISOR_DOCKED, 0);
    assert_int_equal(at.state, SUPERVISOR_DISABLED);
}

static void of_several_causes_the_first_is_told_and_the_severest_reaction_is_taken(void **state)
{
    (void)state;
    struct supervisor at = following();
    supervisor_step(&at, SUPERVISOR_TICK, GATE_BIT(GATE_SILENCE) | GATE_BIT(GATE_SESSION));
    assert_int_equal(at.cause, HOLD_SESSION);
    at = following();
    assert_int_equal(
        supervisor_step(&at, SUPERVISOR_TICK, GATE_BIT(GATE_SILENCE) | GATE_BIT(GATE_TRACKING)),
        REACTION_SAFE_STOP);
    assert_int_equal(at.cause, HOLD_TRACKING);
    at = following();
    assert_int_equal(
        supervisor_step(&at, SUPERVISOR_TICK, GATE_BIT(GATE_DELAY) | GATE_BIT(GATE_FORCE_NEAR)),
        REACTION_SCALE_DOWN);
    assert_int_equal(supervisor_step(&at, SUPERVISOR_TICK, GATE_BIT(GATE_DELAY)), REACTION_WARN);
    assert_int_equal(supervisor_step(&at, SUPERVISOR_TICK, 0), REACTION_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h03_a_hold_ends_by_a_foot_lifted_after_its_cause_and_a_clutch_in),
        cmocka_unit_test(h13_a_stop_of_the_bedside_needs_its_reset_its_enable_and_a_clutch_in),
        cmocka_unit_test(h14_an_arm_that_follows_holds_when_the_lease_changes_hands),
        cmocka_unit_test(h14_a_rest_is_another_s_once_the_lease_changes_and_no_fault),
        cmocka_unit_test(h70_docking_does_not_begin_where_it_would_be_stopped_at_once),
        cmocka_unit_test(h70_whatever_has_stopped_docking_is_the_bedsides_to_clear),
        cmocka_unit_test(h19_undocking_goes_on_without_the_console_and_stops_without_the_bedside),
        cmocka_unit_test(
            h70_instruments_that_are_out_are_told_and_follow_nobody_until_they_are_docked),
        cmocka_unit_test(h70_docking_is_the_bedsides_alone_and_ends_where_it_enables_anew),
        cmocka_unit_test(of_several_causes_the_first_is_told_and_the_severest_reaction_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

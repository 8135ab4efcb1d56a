/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks every state that the compiled supervisor can reach, with every event and every set of failing gates
 * in each, and judges each step. A state is all that the struct holds. */
#include <stdio.h>
#include <string.h>

#include "supervisor/supervisor.h"
#include "unit/cmocka_base.h"

enum { PLACES = SUPERVISOR_STATES * HOLD_CAUSES * 8 };

/* Gates that may change a state; the rest only warn or slow, which each is tried for beside them. */
static uint32_t hard[GATES];
static unsigned hard_count;

static unsigned place_of(const struct supervisor *at)
{
    unsigned flags = (at->armed ? 4U : 0) + (at->estop ? 2U : 0) + (at->is_out ? 1U : 0);
    return ((unsigned)at->state * HOLD_CAUSES + (unsigned)at->cause) * 8 + flags;
}

static struct supervisor at_place(unsigned place)
{
    return (struct supervisor){.state = (enum supervisor_state)(place / (HOLD_CAUSES * 8)),
                               .cause = (enum hold_cause)(place / 8 % HOLD_CAUSES),
                               .armed = place / 4 % 2,
                               .estop = place / 2 % 2,
                               .is_out = place % 2};
}

static uint32_t hard_set(unsigned bits)
{
    uint32_t set = 0;
    for (unsigned i = 0; i < hard_count; i++)
        set |= bits >> i & 1 ? hard[i] : 0;
    return set;
}

/* A step that was taken. */
struct stride {
    struct supervisor before, after;
    enum supervisor_event event;
    uint32_t failing;
    enum reaction reaction;
};

/* Every place that `allowed` events take it to from `from` while the gates `failing` fail all the time. */
static void reach(bool reached[PLACES], const struct supervisor *from,
                  bool (*allowed)(enum supervisor_event), uint32_t failing)
{
    unsigned queue[PLACES], count = 1;
    memset(reached, 0, PLACES * sizeof *reached);
    queue[0] = place_of(from);
    reached[queue[0]] = true;
    for (unsigned next = 0; next < count; next++)
        for (unsigned event = 0; event < SUPERVISOR_EVENTS; event++) {
            struct supervisor at = at_place(queue[next]);
            if (!allowed((enum supervisor_event)event))
                continue;
            supervisor_step(&at, (enum supervisor_event)event, failing);
            unsigned place = place_of(&at);
            if (!reached[place])
                queue[count++] = place;
            reached[place] = true;
        }
}

static struct supervisor start(void)
{
    struct supervisor at;
    supervisor_init(&at);
    return at;
}

/* Judges: NULL, or what is wrong with a step. */

/* Whatever fails, neither instruments nor camera follow. */
static const char *judge_gates(const struct stride *stride)
{
    if (!stride->failing)
        return NULL;
    if (stride->after.state == SUPERVISOR_FOLLOWING)
        return "it follows though a gate fails";
    if (supervisor_leads_camera(&stride->after))
        return "the camera moves though a gate fails";
    if (stride->after.armed)
        return "it is armed though a gate fails";
    return stride->after.state != SUPERVISOR_READY && stride->reaction < REACTION_HOLD
               ? "a gate fails and nothing holds"
               : NULL;
}

static const char *judge_estop(const struct stride *stride)
{
    const struct supervisor *before = &stride->before, *after = &stride->after;
    if (stride->event == SUPERVISOR_ESTOP &&
        (after->state != SUPERVISOR_OFF || !after->estop || stride->reaction != REACTION_POWER_OFF))
        return "the emergency stop does not take the power";
    if (before->estop && stride->event != SUPERVISOR_ESTOP_RELEASE &&
        (after->state != SUPERVISOR_OFF || !after->estop))
        return "it has power while the button is down";
    if (after->estop && supervisor_power(after) != SUPERVISOR_NO_POWER)
        return "the motors get power while the button is down";
    if (before->estop && stride->event == SUPERVISOR_ESTOP_RELEASE &&
        after->state != SUPERVISOR_OFF)
        return "the button's release alone gives power back";
    return NULL;
}

/* How severe a state is: a person is needed to go down this stair. */
static int severity(const struct supervisor *at)
{
    static const int of[SUPERVISOR_STATES] = {
        [SUPERVISOR_FOLLOWING] = 0, [SUPERVISOR_READY] = 1,   [SUPERVISOR_HELD] = 2,
        [SUPERVISOR_DISABLED] = 3,  [SUPERVISOR_STOPPED] = 4, [SUPERVISOR_UNDOCKING] = 4,
        [SUPERVISOR_OFF] = 5,       [SUPERVISOR_DOCKING] = 2};
    return of[at->state];
}

/* Whether it is for this event to take it down from a state: whose word that is, and no other person's. */
static bool clears(enum supervisor_state state, enum supervisor_event event)
{
    switch (state) {
    case SUPERVISOR_OFF:
    case SUPERVISOR_DISABLED:
        return event == SUPERVISOR_ENABLE;
    case SUPERVISOR_STOPPED:
        return event == SUPERVISOR_RESET;
    case SUPERVISOR_HELD:
        return event == SUPERVISOR_ENGAGE || event == SUPERVISOR_CAMERA;
    case SUPERVISOR_READY:
        return event == SUPERVISOR_ENGAGE;
    case SUPERVISOR_FOLLOWING:
    case SUPERVISOR_UNDOCKING:
    case SUPERVISOR_DOCKING:
    case SUPERVISOR_STATES:
        break;
    }
    return false;
}

static const char *judge_latch(const struct stride *stride)
{
    const struct supervisor *before = &stride->before, *after = &stride->after;
    enum supervisor_event event = stride->event;
    bool follows_on = before->state == SUPERVISOR_FOLLOWING;
    bool leads = supervisor_leads_camera(before), leads_after = supervisor_leads_camera(after);
    if (severity(after) < severity(before) && !clears(before->state, event))
        return "it eased without the word of whose it is to clear it";
    if (before->state == SUPERVISOR_STOPPED && event == SUPERVISOR_RESET &&
        after->state != SUPERVISOR_DISABLED && after->state != SUPERVISOR_STOPPED &&
        after->state != SUPERVISOR_OFF)
        return "a reset alone enables";
    if (!follows_on && after->state == SUPERVISOR_FOLLOWING &&
        (event != SUPERVISOR_ENGAGE || !before->armed))
        return "it follows without a clutch-in after a lifted foot";
    if (!leads && leads_after && (event != SUPERVISOR_CAMERA || !(before->armed || follows_on)))
        return "the camera moves without its pedal's fresh press";
    if (!before->armed && after->armed && event != SUPERVISOR_LIFT &&
        !(event == SUPERVISOR_LIFT_UNASKED && (follows_on || leads)))
        return "it is armed without a lifted foot";
    return before->state == SUPERVISOR_HELD && after->state == SUPERVISOR_READY && !leads_after
               ? "a hold ended otherwise than by a clutch-in"
               : NULL;
}

static bool works(const struct supervisor *at)
{
    return at->state == SUPERVISOR_READY || at->state == SUPERVISOR_HELD ||
           at->state == SUPERVISOR_FOLLOWING;
}

static const char *judge_enable(const struct stride *stride)
{
    if (!works(&stride->before) && works(&stride->after) && stride->event != SUPERVISOR_ENABLE)
        return "it works without the bedside's enable";
    bool must_end = stride->event == SUPERVISOR_DISABLE || stride->event == SUPERVISOR_STOP;
    return must_end && works(&stride->after) ? "it works after the bedside said no" : NULL;
}

static bool docks(const struct supervisor *at)
{
    return at->state == SUPERVISOR_DOCKING;
}

/* Instruments are brought in only of an enabled arm that does not follow, by an order, while somebody sees it and
 * nothing presses; when it ends, the bedside enables anew. */
static const char *judge_dock(const struct stride *stride)
{
    const uint32_t minded = GATE_BIT(GATE_BEDSIDE) | GATE_BIT(GATE_FORCE) | GATE_BIT(GATE_LOOP) |
                            GATE_BIT(GATE_ARM) | GATE_BIT(GATE_TRACKING) | GATE_BIT(GATE_POWER);
    const struct supervisor *before = &stride->before, *after = &stride->after;
    if (!docks(before) && docks(after) &&
        (stride->event != SUPERVISOR_DOCK || !works(before) ||
         before->state == SUPERVISOR_FOLLOWING))
        return "it docks without an order, or an arm that is not enabled, or one that follows";
    if (docks(after) && stride->failing & minded)
        return "it docks on though nobody sees it, something presses, or the robot has a fault";
    if (docks(after) && (stride->event == SUPERVISOR_STOP || stride->event == SUPERVISOR_DISABLE ||
                         stride->event == SUPERVISOR_ESTOP || stride->event == SUPERVISOR_DOCKED))
        return "it docks on after it was told to stop, or is in";
    return docks(before) && works(after) ? "it works after docking without a new enable" : NULL;
}

/* Instruments withdraw only by the bedside's order, of an arm that has power, while somebody sees it and the robot has
 * no fault; whatever ends it, it is stopped then. */
static const char *judge_undock(const struct stride *stride)
{
    const uint32_t minded = GATE_BIT(GATE_BEDSIDE) | GATE_BIT(GATE_ARM) | GATE_BIT(GATE_TRACKING) |
                            GATE_BIT(GATE_POWER);
    const enum supervisor_state before = stride->before.state, after = stride->after.state;
    enum supervisor_event event = stride->event;
    bool goes_on = after == SUPERVISOR_UNDOCKING;
    if (before != SUPERVISOR_UNDOCKING && goes_on &&
        (event != SUPERVISOR_UNDOCK || before == SUPERVISOR_OFF))
        return "it withdraws without an order, or without power";
    if (goes_on && stride->failing & minded)
        return "it withdraws though nobody sees it, or the robot has a fault";
    if (goes_on && (event == SUPERVISOR_STOP || event == SUPERVISOR_DISABLE ||
                    event == SUPERVISOR_ESTOP || event == SUPERVISOR_UNDOCKED))
        return "it withdraws on after it was told to stop, or is out";
    if (!goes_on && stride->after.cause == HOLD_UNDOCK)
        return "it says that they withdraw when they do not";
    if (before == SUPERVISOR_UNDOCKING && !goes_on && after != SUPERVISOR_STOPPED &&
        after != SUPERVISOR_OFF)
        return "it is not stopped after it withdrew";
    return before != SUPERVISOR_OFF && event == SUPERVISOR_UNDOCK && !stride->failing && !goes_on
               ? "an order to withdraw, and it does not"
               : NULL;
}

/* Instruments are out from when they begin to withdraw until they have come in. As long as they are, nothing follows or
 * could, and whoever looks is told before anything can begin. */
static const char *judge_out(const struct stride *stride)
{
    const struct supervisor *before = &stride->before, *after = &stride->after;
    bool is_told = after->cause == HOLD_UNDOCKED;
    bool begins = before->state != SUPERVISOR_OFF && stride->event == SUPERVISOR_UNDOCK;
    if (after->is_out && !before->is_out && !begins)
        return "they are out and nobody has ordered it";
    if (after->state == SUPERVISOR_UNDOCKING && !after->is_out)
        return "they withdraw and count as in";
    if (before->is_out && !after->is_out && (!docks(before) || stride->event != SUPERVISOR_DOCKED))
        return "they are in and were not brought in";
    if (is_told && !after->is_out)
        return "it says that they are out when they are not";
    if (after->is_out && (supervisor_follows(after) || supervisor_leads_camera(after) ||
                          after->armed || after->state == SUPERVISOR_READY))
        return "they are out and it follows, or could at the next clutch-in";
    return after->is_out && !is_told &&
                   (after->state == SUPERVISOR_DISABLED || after->state == SUPERVISOR_HELD)
               ? "they are out and it does not say so"
               : NULL;
}

static const char *judge_sense(const struct stride *stride)
{
    const struct supervisor *after = &stride->after;
    bool follows = after->state == SUPERVISOR_FOLLOWING;
    if ((unsigned)after->state >= SUPERVISOR_STATES || (unsigned)after->cause >= HOLD_CAUSES)
        return "a state or cause that there is not";
    if (follows != (after->cause == HOLD_NONE) || (follows && after->armed))
        return "state and cause contradict each other";
    if (after->armed && after->state != SUPERVISOR_READY && after->state != SUPERVISOR_HELD)
        return "it is armed where no clutch-in could follow";
    if (after->state == SUPERVISOR_STOPPED && supervisor_power(after) != SUPERVISOR_BRAKED)
        return "a safe stop without brakes";
    for (unsigned gate = 0; gate < GATES; gate++)
        if (stride->failing & GATE_BIT(gate) &&
            supervisor_gates[gate].reaction >= REACTION_SAFE_STOP &&
            stride->reaction < supervisor_gates[gate].reaction)
            return "a lesser reaction than a gate asks for";
    return NULL;
}

enum judge {
    JUDGE_GATES,
    JUDGE_ESTOP,
    JUDGE_LATCH,
    JUDGE_ENABLE,
    JUDGE_DOCK,
    JUDGE_UNDOCK,
    JUDGE_OUT,
    JUDGE_SENSE,
    JUDGES
};

static bool walked[PLACES]; /* by every event and gate, from the start */
static char breaches[JUDGES][200];

static void judge(const struct stride *stride)
{
    static const char *(*const judges[JUDGES])(const struct stride *) = {
        judge_gates, judge_estop,  judge_latch, judge_enable,
        judge_dock,  judge_undock, judge_out,   judge_sense};
    for (unsigned i = 0; i < JUDGES; i++) {
        const char *breach = judges[i](stride);
        if (breach && !breaches[i][0])
            snprintf(breaches[i], sizeof breaches[i], "%s: %s (%s), %s, gates %x -> %s (%s)",
                     breach, supervisor_state_word(stride->before.state),
                     hold_cause_word(stride->before.cause), supervisor_event_word(stride->event),
                     stride->failing, supervisor_state_word(stride->after.state),
                     hold_cause_word(stride->after.cause));
    }
}

/* Once, for all tests: every step from every place that there is. */
static int walk(void **state)
{
    unsigned queue[PLACES], count = 1;
    struct supervisor from = start();
    (void)state;
    for (unsigned gate = 0; gate < GATES; gate++)
        if (supervisor_gates[gate].reaction >= REACTION_HOLD)
            hard[hard_count++] = GATE_BIT(gate);
    queue[0] = place_of(&from);
    walked[queue[0]] = true;
    for (unsigned next = 0; next < count; next++)
        for (unsigned event = 0; event < SUPERVISOR_EVENTS; event++)
            for (unsigned bits = 0; bits < 1U << hard_count; bits++) {
                struct stride stride = {.before = at_place(queue[next]),
                                        .event = (enum supervisor_event)event,
                                        .failing = hard_set(bits)};
                stride.after = stride.before;
                stride.reaction = supervisor_step(&stride.after, stride.event, stride.failing);
                judge(&stride);
                unsigned place = place_of(&stride.after);
                if (!walked[place])
                    queue[count++] = place;
                walked[place] = true;
            }
    print_message("# %u places of %d can be reached; each with %d events and %u sets of gates\n",
                  count, PLACES, SUPERVISOR_EVENTS, 1U << hard_count);
    return 0;
}

static void h01_h02_h08_h10_h13_h14_h16_h57_nothing_follows_while_any_gate_fails(void **state)
{
    (void)state;
    assert_string_equal(breaches[JUDGE_GATES], "");
}

static void h12_the_emergency_stop_wins_from_everywhere_at_once(void **state)
{
    (void)state;
    assert_string_equal(breaches[JUDGE_ESTOP], "");
}

static void h03_nothing_latched_clears_without_a_person(void **state)
{
    (void)state;
    assert_string_equal(breaches[JUDGE_LATCH], "");
}

static void h13_only_the_bedside_enables_and_its_word_stops_at_once(void **state)
{
    (void)state;
    assert_string_equal(breaches[JUDGE_ENABLE], "");
}

static void h70_docking_asks_for_an_order_an_enable_and_eyes_and_ends_in_no_motion(void **state)
{
    (void)state;
    assert_string_equal(breaches[JUDGE_DOCK], "");
}

static void h19_undocking_asks_for_an_order_and_eyes_and_ends_in_a_stop(void **state)
{
    (void)state;
    assert_string_equal(breaches[JUDGE_UNDOCK], "");
}

static void h70_instruments_that_are_out_are_told_and_follow_nobody_until_they_are_in(void **state)
{
    (void)state;
    assert_string_equal(breaches[JUDGE_OUT], "");
}

static void no_event_leaves_a_state_without_meaning_and_the_severest_reaction_wins(void **state)
{
    (void)state;
    assert_string_equal(breaches[JUDGE_SENSE], "");
}

static bool but_enable(enum supervisor_event event)
{
    return event != SUPERVISOR_ENABLE;
}

static void h13_without_the_bedsides_enable_nothing_ever_follows(void **state)
{
    (void)state;
    bool reached[PLACES];
    struct supervisor from = start();
    reach(reached, &from, but_enable, 0);
    for (unsigned place = 0; place < PLACES; place++)
        if (reached[place]) {
            struct supervisor at = at_place(place);
            assert_int_not_equal(at.state, SUPERVISOR_FOLLOWING);
            assert_false(supervisor_leads_camera(&at));
        }
}

static bool by_people(enum supervisor_event event)
{
    return supervisor_event_is_by_people(event) || event == SUPERVISOR_TICK;
}

/* Docking that was begun comes to its end by itself. */
static bool by_people_and_docking(enum supervisor_event event)
{
    return by_people(event) || event == SUPERVISOR_DOCKED;
}

static void h17_from_every_state_people_can_get_it_to_follow_again(void **state)
{
    (void)state;
    bool reached[PLACES];
    for (unsigned place = 0; place < PLACES; place++) {
        bool follows = false;
        if (!walked[place])
            continue;
        struct supervisor from = at_place(place);
        reach(reached, &from, by_people_and_docking, 0);
        for (unsigned to = 0; to < PLACES; to++)
            follows |= reached[to] && at_place(to).state == SUPERVISOR_FOLLOWING;
        if (!follows)
            fail_msg("no way out of %s (%s)", supervisor_state_word(from.state),
                     hold_cause_text(from.cause));
    }
}

/* But for what says that nobody sees it or that the robot has a fault: then it can be made free by hand, without
 * power. */
static void h19_behind_any_gate_that_stays_bad_people_can_still_withdraw(void **state)
{
    const uint32_t bars = GATE_BIT(GATE_BEDSIDE) | GATE_BIT(GATE_ARM) | GATE_BIT(GATE_TRACKING) |
                          GATE_BIT(GATE_POWER);
    (void)state;
    for (unsigned place = 0; place < PLACES; place++)
        for (unsigned gate = 0; walked[place] && gate < GATES; gate++) {
            bool reached[PLACES], withdraws = false, is_off = false;
            const struct supervisor from = at_place(place);
            reach(reached, &from, by_people, GATE_BIT(gate));
            for (unsigned to = 0; to < PLACES; to++) {
                withdraws |= reached[to] && at_place(to).state == SUPERVISOR_UNDOCKING;
                is_off |= reached[to] && at_place(to).state == SUPERVISOR_OFF;
            }
            assert_true(is_off);
            if (!withdraws && !(GATE_BIT(gate) & bars))
                fail_msg("%s (%s) while %s fails", supervisor_state_word(from.state),
                         hold_cause_text(from.cause), supervisor_gates[gate].word);
        }
}

static void gates_that_only_warn_or_slow_change_no_state(void **state)
{
    (void)state;
    for (unsigned place = 0; place < PLACES; place++)
        for (unsigned event = 0; walked[place] && event < SUPERVISOR_EVENTS; event++)
            for (unsigned gate = 0; gate < GATES; gate++) {
                struct supervisor with = at_place(place), without = with;
                if (supervisor_gates[gate].reaction >= REACTION_HOLD)
                    continue;
                enum reaction more =
                    supervisor_step(&with, (enum supervisor_event)event, GATE_BIT(gate));
                enum reaction less = supervisor_step(&without, (enum supervisor_event)event, 0);
                assert_int_equal(place_of(&with), place_of(&without));
                assert_true(more == less ||
                            (less == REACTION_NONE && more == supervisor_gates[gate].reaction));
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h01_h02_h08_h10_h13_h14_h16_h57_nothing_follows_while_any_gate_fails),
        cmocka_unit_test(h12_the_emergency_stop_wins_from_everywhere_at_once),
        cmocka_unit_test(h03_nothing_latched_clears_without_a_person),
        cmocka_unit_test(h13_only_the_bedside_enables_and_its_word_stops_at_once),
        cmocka_unit_test(h13_without_the_bedsides_enable_nothing_ever_follows),
        cmocka_unit_test(h17_from_every_state_people_can_get_it_to_follow_again),
        cmocka_unit_test(h19_behind_any_gate_that_stays_bad_people_can_still_withdraw),
        cmocka_unit_test(h19_undocking_asks_for_an_order_and_eyes_and_ends_in_a_stop),
        cmocka_unit_test(h70_docking_asks_for_an_order_an_enable_and_eyes_and_ends_in_no_motion),
        cmocka_unit_test(h70_instruments_that_are_out_are_told_and_follow_nobody_until_they_are_in),
        cmocka_unit_test(no_event_leaves_a_state_without_meaning_and_the_severest_reaction_wins),
        cmocka_unit_test(gates_that_only_warn_or_slow_change_no_state),
    };
    return cmocka_run_group_tests(tests, walk, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/supervisor.h"

#include <assert.h>

const struct supervisor_gate_row supervisor_gates[GATES] = {
    [GATE_POWER] = {"power", REACTION_POWER_OFF, HOLD_POWER, true},
    [GATE_ARM] = {"arm", REACTION_SAFE_STOP, HOLD_ARM, true},
    [GATE_TRACKING] = {"tracking", REACTION_SAFE_STOP, HOLD_TRACKING, true},
    [GATE_BEDSIDE] = {"bedside", REACTION_HOLD, HOLD_BEDSIDE, true},
    [GATE_LEASE] = {"lease", REACTION_HOLD, HOLD_LEASE, false},
    [GATE_SESSION] = {"session", REACTION_HOLD, HOLD_SESSION, true},
    [GATE_LOOP] = {"loop", REACTION_HOLD, HOLD_LOOP, true},
    [GATE_CLOCK] = {"clock", REACTION_HOLD, HOLD_CLOCK, true},
    [GATE_AGE] = {"gesture-age", REACTION_HOLD, HOLD_AGE, true},
    [GATE_SILENCE] = {"silence", REACTION_HOLD, HOLD_SILENCE, true},
    [GATE_STEP] = {"step", REACTION_HOLD, HOLD_STEP, true},
    [GATE_LINE] = {"line", REACTION_HOLD, HOLD_LINE, true},
    [GATE_PICTURE] = {"picture-age", REACTION_HOLD, HOLD_PICTURE, false},
    [GATE_PRESENCE] = {"presence", REACTION_HOLD, HOLD_PRESENCE, false},
    [GATE_FORCE] = {"force", REACTION_HOLD, HOLD_FORCE, false},
    [GATE_FORCE_NEAR] = {"force-near", REACTION_SCALE_DOWN, HOLD_NONE, false},
    [GATE_TRACKING_NEAR] = {"tracking-near", REACTION_SCALE_DOWN, HOLD_NONE, false},
    [GATE_WORKSPACE] = {"workspace", REACTION_WARN, HOLD_NONE, false},
    [GATE_DELAY] = {"delay", REACTION_WARN, HOLD_NONE, false},
};

static const struct {
    const char *word;
    bool by_people;
} events[SUPERVISOR_EVENTS] = {
    [SUPERVISOR_TICK] = {"tick", false},
    [SUPERVISOR_LIFT] = {"lift", true},
    [SUPERVISOR_LIFT_UNASKED] = {"lift-unasked", false},
    [SUPERVISOR_FREEZE] = {"freeze", false},
    [SUPERVISOR_ENGAGE] = {"engage", true},
    [SUPERVISOR_FOLLOW] = {"follow", true},
    [SUPERVISOR_CAMERA] = {"camera", true},
    [SUPERVISOR_LEASE] = {"lease", true},
    [SUPERVISOR_ENABLE] = {"enable", true},
    [SUPERVISOR_DISABLE] = {"disable", true},
    [SUPERVISOR_STOP] = {"stop", true},
    [SUPERVISOR_RESET] = {"reset", true},
    [SUPERVISOR_UNDOCK] = {"undock", true},
    [SUPERVISOR_UNDOCKED] = {"undocked", false},
    [SUPERVISOR_DOCK] = {"dock", true},
    [SUPERVISOR_DOCKED] = {"docked", false},
    [SUPERVISOR_ESTOP] = {"estop", true},
    [SUPERVISOR_ESTOP_RELEASE] = {"estop-release", true},
};

const char *supervisor_event_word(enum supervisor_event event)
{
    return (unsigned)event < SUPERVISOR_EVENTS ? events[event].word : "unknown";
}

bool supervisor_event_is_by_people(enum supervisor_event event)
{
    return (unsigned)event < SUPERVISOR_EVENTS && events[event].by_people;
}

const char *supervisor_state_word(enum supervisor_state state)
{
    static const char *const words[SUPERVISOR_STATES] = {
        "off", "disabled", "ready", "following", "held", "undocking", "stopped", "docking"};
    return (unsigned)state < SUPERVISOR_STATES ? words[state] : "unknown";
}

const char *reaction_word(enum reaction reaction)
{
    static const char *const words[REACTIONS] = {"none", "warn",      "scale-down",
                                                 "hold", "safe-stop", "power-off"};
    return (unsigned)reaction < REACTIONS ? words[reaction] : "unknown";
}

/* The gates of `failing` that ask for `least` or more. */
static uint32_t asking(uint32_t failing, enum reaction least)
{
    uint32_t found = 0;
    for (unsigned gate = 0; gate < GATES; gate++)
        if (failing & GATE_BIT(gate) && supervisor_gates[gate].reaction >= least)
            found |= GATE_BIT(gate);
    return found;
}

uint32_t supervisor_blocking_gates(void)
{
    return asking(UINT32_MAX, REACTION_HOLD);
}

/* What is told of a set of failing gates, which is not empty. */
static enum hold_cause cause_of(uint32_t gates)
{
    unsigned first = 0;
    while (!(gates & GATE_BIT(first)))
        first++;
    assert(first < GATES);
    return supervisor_gates[first].cause;
}

void supervisor_init(struct supervisor *supervisor)
{
    *supervisor = (struct supervisor){.state = SUPERVISOR_OFF, .cause = HOLD_DISABLED};
}

/* The only place that changes the state; only lift() arms. */
static void go(struct supervisor *supervisor, enum supervisor_state state, enum hold_cause cause)
{
    supervisor->state = state;
    supervisor->cause = cause;
    supervisor->armed = false;
}

static bool is_working(const struct supervisor *supervisor)
{
    return supervisor->state == SUPERVISOR_READY || supervisor->state == SUPERVISOR_FOLLOWING ||
           supervisor->state == SUPERVISOR_HELD;
}

static void brake(struct supervisor *supervisor)
{
    go(supervisor, SUPERVISOR_DISABLED, supervisor->is_out ? HOLD_UNDOCKED : HOLD_DISABLED);
}

static void lift(struct supervisor *supervisor, bool is_unasked)
{
    bool moves = supervisor_follows(supervisor) || supervisor_leads_camera(supervisor);
    if (!is_working(supervisor) || supervisor->is_out /* H-70 */ || (is_unasked && !moves))
        return;
    if (supervisor->state != SUPERVISOR_HELD)
        go(supervisor, SUPERVISOR_READY, HOLD_RELEASED);
    supervisor->armed = true;
}

static void freeze(struct supervisor *supervisor)
{
    supervisor->armed = false;
    if (supervisor->state == SUPERVISOR_FOLLOWING || supervisor->state == SUPERVISOR_READY)
        go(supervisor, SUPERVISOR_READY, HOLD_FROZEN);
}

/* A foot that is down, and nothing follows it: not the rest that it was. */
static void wait_for_clutch(struct supervisor *supervisor)
{
    supervisor->armed = false;
    if (supervisor->state == SUPERVISOR_READY &&
        (supervisor->cause == HOLD_RELEASED || supervisor->cause == HOLD_CAMERA))
        supervisor->cause = HOLD_START;
}

static void engage(struct supervisor *supervisor, uint32_t failing)
{
    uint32_t blocking = asking(failing, REACTION_HOLD);
    bool is_armed = is_working(supervisor) && supervisor->armed;
    if (is_armed && !blocking)
        go(supervisor, SUPERVISOR_FOLLOWING, HOLD_NONE);
    else if (is_armed && supervisor->state == SUPERVISOR_READY) /* whoever presses learns why */
        go(supervisor, SUPERVISOR_HELD, cause_of(blocking));
    else
        wait_for_clutch(supervisor);
}

/* As engage; hands that the instruments follow may go over to the camera. */
static void lead_camera(struct supervisor *supervisor, uint32_t failing)
{
    uint32_t blocking = asking(failing, REACTION_HOLD);
    bool is_armed = is_working(supervisor) && supervisor->armed;
    if ((is_armed || supervisor_follows(supervisor)) && !blocking)
        go(supervisor, SUPERVISOR_READY, HOLD_CAMERA);
    else if (is_armed && supervisor->state == SUPERVISOR_READY) /* whoever presses learns why */
        go(supervisor, SUPERVISOR_HELD, cause_of(blocking));
    else
        wait_for_clutch(supervisor);
}

static void change_lease(struct supervisor *supervisor)
{
    if (supervisor_follows(supervisor) || supervisor_leads_camera(supervisor))
        go(supervisor, SUPERVISOR_HELD, HOLD_LEASE);
    else if (supervisor->state == SUPERVISOR_READY) /* another's rest: this one has not engaged */
        go(supervisor, SUPERVISOR_READY, HOLD_START);
    supervisor->armed = false;
}

static void enable(struct supervisor *supervisor, uint32_t failing)
{
    bool asleep = supervisor->state == SUPERVISOR_OFF || supervisor->state == SUPERVISOR_DISABLED;
    if (!asleep || supervisor->estop || asking(failing, REACTION_SAFE_STOP))
        return;
    if (supervisor->is_out) /* they follow nobody before they are docked, as from any hold */
        go(supervisor, SUPERVISOR_HELD, HOLD_UNDOCKED);
    else
        go(supervisor, SUPERVISOR_READY, HOLD_START);
}

static void disable(struct supervisor *supervisor)
{
    if (supervisor->state == SUPERVISOR_UNDOCKING)
        go(supervisor, SUPERVISOR_STOPPED, HOLD_STOPPED);
    else if (is_working(supervisor) || supervisor->state == SUPERVISOR_DOCKING)
        brake(supervisor);
}

/* A rest that was chosen minds some gates only; one that nobody has ended yet, a gesture's own: that those at the
 * other ends are not there yet is no fault. */
static bool minds(const struct supervisor *supervisor, enum supervisor_gate gate)
{
    switch (supervisor->state) {
    case SUPERVISOR_FOLLOWING:
        return true;
    case SUPERVISOR_READY:
        return supervisor->cause == HOLD_CAMERA /* the camera moves: no rest */ ||
               (supervisor_gates[gate].minds_rest &&
                (supervisor->cause != HOLD_START || gate == GATE_AGE || gate == GATE_STEP));
    case SUPERVISOR_UNDOCKING: /* somebody must be there who sees it */
        return gate == GATE_BEDSIDE;
    case SUPERVISOR_DOCKING: /* and nothing may press on what goes in, nor the loop stand still */
        return gate == GATE_BEDSIDE || gate == GATE_FORCE || gate == GATE_LOOP;
    case SUPERVISOR_OFF:
    case SUPERVISOR_DISABLED:
    case SUPERVISOR_HELD:
    case SUPERVISOR_STOPPED:
    case SUPERVISOR_STATES:
        break;
    }
    return false;
}

static uint32_t minded(const struct supervisor *supervisor, uint32_t failing)
{
    uint32_t gates = 0;
    for (unsigned gate = 0; gate < GATES; gate++)
        if (failing & GATE_BIT(gate) && minds(supervisor, gate))
            gates |= GATE_BIT(gate);
    return gates;
}

/* What would stop it at once keeps it from beginning. */
static void dock(struct supervisor *supervisor, uint32_t failing)
{
    const struct supervisor docking = {.state = SUPERVISOR_DOCKING};
    if (is_working(supervisor) && supervisor->state != SUPERVISOR_FOLLOWING &&
        !minded(&docking, failing))
        go(supervisor, SUPERVISOR_DOCKING, HOLD_DOCK);
}

static void undocked(struct supervisor *supervisor)
{
    if (supervisor->state != SUPERVISOR_UNDOCKING)
        return;
    go(supervisor, SUPERVISOR_STOPPED, HOLD_UNDOCKED);
}

static void docked(struct supervisor *supervisor)
{
    if (supervisor->state != SUPERVISOR_DOCKING)
        return;
    supervisor->is_out = false;
    brake(supervisor);
}

static void obey(struct supervisor *supervisor, enum supervisor_event event, uint32_t failing)
{
    bool has_power = supervisor->state != SUPERVISOR_OFF;
    switch (event) {
    case SUPERVISOR_TICK:
        break;
    case SUPERVISOR_LIFT:
    case SUPERVISOR_LIFT_UNASKED:
        lift(supervisor, event == SUPERVISOR_LIFT_UNASKED);
        break;
    case SUPERVISOR_FREEZE:
        freeze(supervisor);
        break;
    case SUPERVISOR_ENGAGE:
        if (supervisor->state !=
            SUPERVISOR_FOLLOWING) /* else: clutched in anew, the lift was lost */
            engage(supervisor, failing);
        break;
    case SUPERVISOR_FOLLOW: /* the foot stayed down: no clutch-in is under way any more */
        wait_for_clutch(supervisor);
        break;
    case SUPERVISOR_CAMERA:
        if (!supervisor_leads_camera(supervisor)) /* else: once more, the lift was lost */
            lead_camera(supervisor, failing);
        break;
    case SUPERVISOR_LEASE:
        change_lease(supervisor);
        break;
    case SUPERVISOR_ENABLE:
        enable(supervisor, failing);
        break;
    case SUPERVISOR_DISABLE:
        disable(supervisor);
        break;
    case SUPERVISOR_STOP:
        if (has_power && supervisor->state != SUPERVISOR_STOPPED)
            go(supervisor, SUPERVISOR_STOPPED, HOLD_STOPPED);
        break;
    case SUPERVISOR_RESET:
        if (supervisor->state == SUPERVISOR_STOPPED && !asking(failing, REACTION_SAFE_STOP))
            brake(supervisor);
        break;
    case SUPERVISOR_UNDOCK:
        if (!has_power)
            break;
        supervisor->is_out = true; /* from the first step on, wherever it ends */
        go(supervisor, SUPERVISOR_UNDOCKING, HOLD_UNDOCK);
        break;
    case SUPERVISOR_UNDOCKED:
        undocked(supervisor);
        break;
    case SUPERVISOR_DOCK:
        dock(supervisor, failing);
        break;
    case SUPERVISOR_DOCKED:
        docked(supervisor);
        break;
    case SUPERVISOR_ESTOP:
        supervisor->estop = true;
        go(supervisor, SUPERVISOR_OFF, HOLD_ESTOP);
        break;
    case SUPERVISOR_ESTOP_RELEASE:
        supervisor->estop = false;
        break;
    case SUPERVISOR_EVENTS:
        break;
    }
}

static void hold(struct supervisor *supervisor, uint32_t gates)
{
    uint32_t stopping = minded(supervisor, gates);
    supervisor->armed = false;
    bool is_led =
        supervisor->state == SUPERVISOR_UNDOCKING || supervisor->state == SUPERVISOR_DOCKING;
    if (stopping)
        go(supervisor, is_led ? SUPERVISOR_STOPPED : SUPERVISOR_HELD, cause_of(stopping));
}

static void react(struct supervisor *supervisor, uint32_t failing)
{
    uint32_t off = asking(failing, REACTION_POWER_OFF);
    uint32_t stop = asking(failing, REACTION_SAFE_STOP);
    uint32_t held = asking(failing, REACTION_HOLD);
    if (supervisor->state == SUPERVISOR_OFF)
        return;
    if (off)
        go(supervisor, SUPERVISOR_OFF, cause_of(off));
    else if (stop && supervisor->state != SUPERVISOR_STOPPED)
        go(supervisor, SUPERVISOR_STOPPED, cause_of(stop));
    else if (held)
        hold(supervisor, held);
}

/* How severe the state is in itself. */
static enum reaction standing(const struct supervisor *supervisor)
{
    switch (supervisor->state) {
    case SUPERVISOR_OFF:
        return REACTION_POWER_OFF;
    case SUPERVISOR_STOPPED:
    case SUPERVISOR_UNDOCKING:
        return REACTION_SAFE_STOP;
    case SUPERVISOR_HELD:
    case SUPERVISOR_DISABLED:
    case SUPERVISOR_DOCKING:
        return REACTION_HOLD;
    case SUPERVISOR_READY:
    case SUPERVISOR_FOLLOWING:
    case SUPERVISOR_STATES:
        break;
    }
    return REACTION_NONE;
}

enum clearing supervisor_clears(const struct supervisor *supervisor)
{
    bool is_stopped = supervisor->state == SUPERVISOR_STOPPED; /* whatever stopped it */
    if (supervisor->cause == HOLD_UNDOCKED)
        return is_stopped                                 ? CLEARING_RESET_DOCK
               : supervisor->state == SUPERVISOR_DISABLED ? CLEARING_ENABLE_DOCK
                                                          : CLEARING_DOCK;
    return hold_cause_clears(is_stopped ? HOLD_STOPPED : supervisor->cause);
}

enum supervisor_power supervisor_power(const struct supervisor *supervisor)
{
    bool is_braked =
        supervisor->state == SUPERVISOR_STOPPED || supervisor->state == SUPERVISOR_DISABLED;
    if (supervisor->state == SUPERVISOR_OFF)
        return SUPERVISOR_NO_POWER;
    return is_braked ? SUPERVISOR_BRAKED : SUPERVISOR_POWERED;
}

enum reaction supervisor_step(struct supervisor *supervisor, enum supervisor_event event,
                              uint32_t failing)
{
    obey(supervisor, event, failing);
    react(supervisor, failing);

    enum reaction reaction = standing(supervisor);
    if (reaction == REACTION_NONE && asking(failing, REACTION_WARN))
        reaction = asking(failing, REACTION_SCALE_DOWN) ? REACTION_SCALE_DOWN : REACTION_WARN;
    return reaction;
}

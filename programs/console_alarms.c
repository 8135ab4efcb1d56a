/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_alarms.h"

#define PICTURES_BEGIN_NS UINT64_C(5000000000) /* ours: the clock is measured, and one came whole */
#define ORDER_TOLD_NS UINT64_C(6000000000)     /* long enough to be read by who looks elsewhere */

bool console_is_heard(const struct console_facts *facts)
{
    return console_station_is_heard(facts->operation, facts->now_ns);
}

bool console_cart_says(const struct console_facts *facts, enum standing_flag flag)
{
    const struct console_station *operation = facts->operation;
    return console_is_heard(facts) && operation->has_standing && operation->standing.flags & flag;
}

enum hold_cause console_cause_of(const struct console_station *operation)
{
    return operation->has_standing ? operation->standing.cause
           : operation->has_state  ? operation->state.hold_cause
                                   : HOLD_START;
}

static uint32_t line_alarms(const struct view *view)
{
    unsigned used = 0, good = 0;
    for (unsigned i = 0; i < LINK_LINES_MAX; i++) {
        used += view->lines[i].state != LINK_LINE_UNUSED;
        good += view->lines[i].state == LINK_LINE_GOOD || view->lines[i].state == LINK_LINE_FRESH;
    }
    if (used < 2 || good == used)
        return 0;
    return good >= 2 ? 1u << VIEW_ALARM_LINE_LOST : 1u << VIEW_ALARM_ONE_LINE;
}

static uint32_t delay_alarms(const struct view *view)
{
    double ms = view->hand_to_eye_ms;
    return ms > view->band_ms[2]   ? 1u << VIEW_ALARM_DELAY_STOP
           : ms > view->band_ms[1] ? 1u << VIEW_ALARM_DELAY_LONG
                                   : 0; /* NAN is neither */
}

/* Of a panel, whose hands no old picture freezes: who is beside the patient may still go by it. None at all is old
 * once it had time to begin. */
static bool is_panels_picture_old(const struct console_facts *facts)
{
    uint64_t limit_ns = facts->operation->gate.limit_ns;
    if (facts->picture_age_ns == UINT64_MAX)
        return facts->now_ns - facts->met_ns > PICTURES_BEGIN_NS;
    return facts->picture_age_ns > limit_ns;
}

/* The poor line is the one to who leads: there it is why the picture is old. Who watches has lines of their own. */
static uint32_t picture_alarms(const struct console_facts *facts)
{
    const struct console_station *operation = facts->operation;
    bool is_poor = console_is_heard(facts) && console_station_line_is_poor(operation);
    uint32_t alarms = is_poor ? 1u << VIEW_ALARM_LINE_POOR : 0;
    bool is_told_why = is_poor && console_station_has_lease(operation);
    if (operation->gate.state == GATE_OLD_PICTURE && !is_told_why)
        alarms |= 1u << VIEW_ALARM_PICTURE_OLD;
    if (operation->is_bedside && is_panels_picture_old(facts))
        alarms |= 1u << VIEW_ALARM_PICTURE_PAST;
    return alarms;
}

static uint32_t hand_alarms(const struct console_facts *facts)
{
    uint32_t alarms = facts->refused ? 1u << VIEW_ALARM_INPUT_REFUSED : 0;
    alarms |= facts->unheard ? 1u << VIEW_ALARM_UNHEARD : 0;
    const struct desk *desk = facts->desk;
    bool leads = console_station_has_lease(facts->operation);
    if (leads && desk && desk->away && desk->unplugged)
        alarms |= 1u << VIEW_ALARM_DEVICE_GONE;
    else if (leads && desk && desk->away && desk->interrupted)
        alarms |= 1u << VIEW_ALARM_HANDS_AWAY;
    if (facts->operation->gate.state == GATE_AWAITS_FOOT &&
        (!desk || desk_is_held(desk, DESK_ENGAGE)))
        alarms |= 1u << VIEW_ALARM_HANDS_AWAY;
    return alarms | picture_alarms(facts);
}

/* Of an arm that stands, by its cause: one that nobody has enabled yet is no emergency. */
static uint32_t stand_alarm(enum hold_cause cause)
{
    switch (cause) {
    case HOLD_ESTOP:
        return 1u << VIEW_ALARM_STOPPED;
    case HOLD_DISABLED:
        return 1u << VIEW_ALARM_NOT_ENABLED;
    case HOLD_FORCE:
        return 1u << VIEW_ALARM_FORCE_LIMIT;
    case HOLD_LINE:
        return 1u << VIEW_ALARM_LINE_POOR;
    case HOLD_STOPPED:
    case HOLD_TRACKING:
    case HOLD_ARM:
    case HOLD_POWER:
        return 1u << VIEW_ALARM_HALTED;
    default:
        return cause == HOLD_NONE || hold_cause_is_rest(cause) ? 0 : 1u << VIEW_ALARM_HOLDS;
    }
}

static uint32_t arm_alarms(const struct view *view, const struct console_facts *facts)
{
    uint32_t alarms = console_is_heard(facts) ? stand_alarm(console_cause_of(facts->operation)) : 0;
    for (unsigned i = 0; i < VIEW_ARMS; i++)
        if (view->arms[i].force_n > view->force_high_n)
            alarms |= 1u << VIEW_ALARM_FORCE_HIGH;
    if (facts->ghost_off)
        alarms |= 1u << VIEW_ALARM_GHOST_OFF;
    return alarms;
}

static uint32_t lease_alarms(const struct view *view, const struct console_facts *facts)
{
    bool may_grant = view->role == VIEW_LEADS || facts->operation->is_bedside;
    if (may_grant && view->asking[0])
        return 1u << VIEW_ALARM_LEASE_ASKED;
    if (view->role == VIEW_LEADS)
        return 0;
    return facts->had_lease && view->owner[0] ? 1u << VIEW_ALARM_LEASE_TAKEN : 0;
}

static bool is_told(uint64_t at_ns, uint64_t now_ns)
{
    return at_ns && now_ns - at_ns <= ORDER_TOLD_NS;
}

/* Orders under way for longer than they should be; a stop that is, is told for itself. */
static uint32_t away_alarms(struct view *view, const struct console_facts *facts)
{
    uint32_t alarms = 0;
    for (unsigned order = 0; order < ORDERS; order++) {
        if (!console_station_order_is_unheard(facts->operation, (enum order)order, facts->now_ns))
            continue;
        alarms |= 1u << (order == ORDER_STOP ? VIEW_ALARM_STOP_UNHEARD : VIEW_ALARM_ORDER_UNHEARD);
        if (order != ORDER_STOP)
            view->away = (enum order)order;
    }
    return alarms;
}

/* Orders that came to nothing lately; a stop that did is told for itself. */
static uint32_t order_alarms(struct view *view, const struct console_facts *facts)
{
    const struct console_station *operation = facts->operation;
    const uint64_t *unsent_ns = operation->unsent_ns;
    uint32_t alarms =
        is_told(unsent_ns[ORDER_STOP], facts->now_ns) ? 1u << VIEW_ALARM_STOP_UNSENT : 0;
    if (console_station_estop_is_unheard(operation, facts->now_ns))
        alarms |= 1u << VIEW_ALARM_ESTOP_UNHEARD;
    uint64_t newest_ns = 0;
    for (unsigned order = 0; order < ORDERS; order++)
        if (order != ORDER_STOP && unsent_ns[order] > newest_ns) {
            newest_ns = unsent_ns[order];
            view->unsent = (enum order)order;
        }
    if (is_told(newest_ns, facts->now_ns))
        alarms |= 1u << VIEW_ALARM_ORDER_UNSENT;
    if (is_told(operation->refused_ns, facts->now_ns)) {
        alarms |= 1u << VIEW_ALARM_ORDER_REFUSED;
        view->refused = operation->refusal.order;
        view->answer = operation->refusal.answer;
    }
    return alarms;
}

uint32_t console_alarms(struct view *view, const struct console_facts *facts)
{
    const struct console_station *operation = facts->operation;
    uint32_t orders = order_alarms(view, facts) | away_alarms(view, facts);
    view->once_more = facts->once_more;
    if (facts->once_more.control)
        orders |= 1u << VIEW_ALARM_ONCE_MORE;
    if (facts->marked)
        orders |= 1u << VIEW_ALARM_MARKED;
    if (!operation->peer)
        return orders | (facts->was_linked ? 1u << VIEW_ALARM_SESSION_LOST : 0);
    uint32_t alarms = orders | line_alarms(view) | delay_alarms(view) | hand_alarms(facts) |
                      arm_alarms(view, facts) | lease_alarms(view, facts);
    if (!console_is_heard(facts))
        alarms |= 1u << VIEW_ALARM_SILENT;
    if (console_cart_says(facts, STANDING_BLIND))
        alarms |= 1u << VIEW_ALARM_CAMERA_FROZEN;
    /* where nobody is a patient nothing need be kept */
    bool is_lost = view->record == VIEW_RECORD_NONE || view->record == VIEW_RECORD_HERE;
    if (operation->has_standing && is_lost && !console_cart_says(facts, STANDING_ALONE))
        alarms |= 1u << VIEW_ALARM_NOT_RECORDED;
    return alarms;
}

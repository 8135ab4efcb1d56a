/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_MS 1e6
#define NS_PER_S UINT64_C(1000000000)
#define PICTURES_BEGIN_NS UINT64_C(5000000000) /* ours: the clock is measured, and one came whole */
#define ORDER_TOLD_NS UINT64_C(6000000000)     /* long enough to be read by who looks elsewhere */

static const double NOT_MEASURED = (double)NAN;

static double ms_of(int64_t ns)
{
    return ns == CONSOLE_VIEW_NONE ? NOT_MEASURED : fmax((double)ns / NS_PER_MS, 0);
}

static void fill_lines(struct view *view, const struct console_facts *facts)
{
    for (unsigned i = 0; facts->stats && i < LINK_LINES_MAX; i++) {
        const struct link_line_stats *line = &facts->stats->lines[i];
        view->lines[i] = (struct view_line){
            .state = line->state,
            .delay_ms = line->rtt_ns < 0 ? NOT_MEASURED : (double)line->rtt_ns / NS_PER_MS,
            .loss = line->loss_out < 0 ? NOT_MEASURED : line->loss_out,
        };
    }
}

/* The way out of the best line: gestures go on all, the first that comes counts. */
static int64_t forth_ns(const struct link_stats *stats)
{
    int64_t best_ns = CONSOLE_VIEW_NONE;
    for (unsigned i = 0; stats && i < LINK_LINES_MAX; i++) {
        const struct link_line_stats *line = &stats->lines[i];
        if (line->state == LINK_LINE_GOOD && line->delay_out_ns >= 0 &&
            (best_ns == CONSOLE_VIEW_NONE || line->delay_out_ns < best_ns))
            best_ns = line->delay_out_ns;
    }
    return best_ns;
}

/* What the parts leave of the whole is the robot's: following, and waiting for the camera. */
static void fill_delay(struct view *view, const struct console_facts *facts)
{
    double out_ms = ms_of(forth_ns(facts->stats)), back_ms = ms_of(facts->back_ns);
    double *ms = view->delay_ms;
    ms[VIEW_NETWORK] = out_ms + back_ms; /* NAN when either is not measured */
    ms[VIEW_ENCODE] = ms_of(facts->encode_ns);
    ms[VIEW_DECODE] = ms_of(facts->decode_ns);
    ms[VIEW_DISPLAY] = ms_of(facts->display_ns);
    double to_eye_ms = ms_of(facts->hand_to_eye_ns); /* until it was decoded */
    double left_ms = to_eye_ms - ms[VIEW_NETWORK] - ms[VIEW_ENCODE] - ms[VIEW_DECODE];
    ms[VIEW_ROBOT] = left_ms < 0 ? 0 : left_ms; /* NAN when one of them is not measured */
    view->hand_to_eye_ms = to_eye_ms + (isfinite(ms[VIEW_DISPLAY]) ? ms[VIEW_DISPLAY] : 0);
}

/* The cart's own limits and names, or, until it has told them, the standard profile's. */
static void fill_about(struct view *view, const struct console_facts *facts)
{
    struct about about = facts->operation->about;
    if (!facts->operation->has_about)
        about_make(&about, "", facts->profile, NULL);
    else
        snprintf(view->profile, sizeof view->profile, "%.*s", VIEW_NAME_BYTES - 1, about.profile);
    for (unsigned i = 0; i < VIEW_BANDS; i++)
        view->band_ms[i] = about.band_ms[i];
    for (unsigned i = 0; i < VIEW_ARMS; i++)
        snprintf(view->arms[i].name, sizeof view->arms[i].name, "%.*s", VIEW_NAME_BYTES - 1,
                 about.tool);
    view->force_high_n = about.force_near_n;
    view->force_most_n = about.force_n;
}

static bool cart_says(const struct console_station *operation, enum standing_flag flag)
{
    return operation->peer && operation->has_standing && operation->standing.flags & flag;
}

/* What the cart's supervisor says, or, until it has, the arm's state. */
static enum hold_cause cause_of(const struct console_station *operation)
{
    return operation->has_standing ? operation->standing.cause
           : operation->has_state  ? operation->state.hold_cause
                                   : HOLD_START;
}

static bool is_powered(const struct console_station *operation)
{
    return operation->has_standing ? operation->standing.state != SUPERVISOR_OFF &&
                                         operation->standing.state != SUPERVISOR_STOPPED
                                   : operation->state.operating_state != OPERATING_FAULT;
}

static bool is_in(const struct console_station *operation, enum supervisor_state state)
{
    return operation->peer && operation->has_standing && operation->standing.state == state;
}

static enum view_arm_state arm_state_of(const struct console_facts *facts, unsigned index)
{
    const struct console_station *operation = facts->operation;
    if (!operation->peer || !operation->has_state || index >= operation->state.arm_count)
        return VIEW_ARM_ABSENT;
    if (!is_powered(operation))
        return VIEW_ARM_STOPPED;
    if (is_in(operation, SUPERVISOR_UNDOCKING) || is_in(operation, SUPERVISOR_DOCKING))
        return VIEW_ARM_MOVES;
    enum hold_cause cause = cause_of(operation);
    if (cause == HOLD_NONE)
        return VIEW_ARM_FOLLOWS;
    if (facts->engages[index] == ENGAGE_ABSENT)
        return VIEW_ARM_FEELS;
    if (facts->engages[index] == ENGAGE_TURNED)
        return VIEW_ARM_ALIGNS;
    return hold_cause_is_rest(cause) ? VIEW_ARM_RESTS : VIEW_ARM_HOLDS;
}

static void fill_arms(struct view *view, const struct console_facts *facts)
{
    for (unsigned i = 0; i < VIEW_ARMS; i++) {
        view->arms[i].state = arm_state_of(facts, i);
        view->arms[i].force_n = facts->force && i < facts->force->arm_count
                                    ? vec3_length(facts->force->forces_n[i])
                                    : NOT_MEASURED;
        view->arms[i].is_active = facts->desk && facts->desk->active == i;
        const struct console_station *operation = facts->operation;
        bool moves = view->arms[i].state == VIEW_ARM_FOLLOWS ||
                     operation->standing.state == SUPERVISOR_DOCKING;
        if (operation->has_standing && moves)
            view->arms[i].limits = operation->standing.arm_limits[i];
    }
}

/* As a set of enum follow_limit. */
static unsigned limits_of_camera(unsigned limited)
{
    return (limited & CAMERA_BARRED_FIXTURE ? FOLLOW_LIMIT_FIXTURE : 0U) |
           (limited & CAMERA_BARRED_INSTRUMENT ? FOLLOW_LIMIT_APART : 0U) |
           (limited & (CAMERA_BARRED_INSTRUMENT - 1) ? FOLLOW_LIMIT_JOINT : 0U);
}

static void fill_hands(struct view *view, const struct console_facts *facts)
{
    view->engaged = facts->engaged;
    view->scale = facts->operation->has_standing ? facts->operation->standing.scale : NOT_MEASURED;
    view->scale_advised = facts->scale_advised;
    view->talks = facts->talks;
    view->camera_moves = facts->operation->peer && cause_of(facts->operation) == HOLD_CAMERA;
    view->camera_limits = view->camera_moves && facts->operation->has_standing
                              ? limits_of_camera(facts->operation->standing.camera_limits)
                              : 0;
    if (!facts->desk)
        return;
    view->engaged = !facts->desk->away && (desk_is_held(facts->desk, DESK_ENGAGE) ||
                                           desk_is_held(facts->desk, DESK_CAMERA));
    view->draws = desk_is_held(facts->desk, DESK_DRAW);
    view->turn_locked = facts->desk->turn_locked;
    view->place_locked = facts->desk->place_locked;
}

/* What of the robot is not where it should be, and which fixture bars it, once the cart has said. */
static void fill_robot(struct view *view, const struct console_station *operation)
{
    const struct standing *standing = &operation->standing;
    view->barred = STANDING_PARTS;
    if (!operation->peer || !operation->has_standing)
        return;
    view->astray = standing->astray;
    view->barred = standing_barred(standing);
    snprintf(view->fixture, sizeof view->fixture, "%s", console_station_fixture(operation));
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
    bool is_poor = console_station_line_is_poor(operation);
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
    uint32_t alarms = stand_alarm(cause_of(facts->operation));
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

static uint32_t alarms_of(struct view *view, const struct console_facts *facts)
{
    const struct console_station *operation = facts->operation;
    uint32_t orders = order_alarms(view, facts);
    view->once_more = facts->once_more;
    if (facts->once_more.control)
        orders |= 1u << VIEW_ALARM_ONCE_MORE;
    if (facts->marked)
        orders |= 1u << VIEW_ALARM_MARKED;
    if (!operation->peer)
        return orders | (facts->was_linked ? 1u << VIEW_ALARM_SESSION_LOST : 0);
    uint32_t alarms = orders | line_alarms(view) | delay_alarms(view) | hand_alarms(facts) |
                      arm_alarms(view, facts) | lease_alarms(view, facts);
    if (facts->now_ns - operation->heard_ns > CONSOLE_SILENCE_NS)
        alarms |= 1u << VIEW_ALARM_SILENT;
    if (cart_says(operation, STANDING_BLIND))
        alarms |= 1u << VIEW_ALARM_CAMERA_FROZEN;
    /* where nobody is a patient nothing need be kept */
    if (operation->has_standing && !view->recording && !cart_says(operation, STANDING_ALONE))
        alarms |= 1u << VIEW_ALARM_NOT_RECORDED;
    return alarms;
}

static void name_seat(const struct console_station *operation, uint8_t seat,
                      char name[static VIEW_NAME_BYTES])
{
    name[0] = '\0';
    if (seat < LEASE_SEATS)
        snprintf(name, VIEW_NAME_BYTES, "%s",
                 operation->roster.seats[seat].is_known ? operation->roster.seats[seat].name : "?");
}

static void fill_people(struct view *view, const struct console_facts *facts)
{
    const struct console_station *operation = facts->operation;
    view->role = !operation->peer                       ? VIEW_NOBODY
                 : console_station_has_lease(operation) ? VIEW_LEADS
                                                        : VIEW_WATCHES;
    if (!operation->peer)
        return;
    snprintf(view->peer, sizeof view->peer, "%s", facts->peer_name);
    view->seconds = (uint32_t)((facts->now_ns - facts->met_ns) / NS_PER_S);
    if (!operation->has_standing)
        return;
    view->lease = operation->standing.lease;
    name_seat(operation, operation->standing.owner, view->owner);
    name_seat(operation, operation->standing.asking, view->asking);
}

void console_view_fill(struct view *view, const struct console_facts *facts)
{
    const struct console_station *operation = facts->operation;
    fill_people(view, facts);
    fill_lines(view, facts);
    fill_about(view, facts);
    fill_delay(view, facts);
    fill_arms(view, facts);
    fill_hands(view, facts);
    fill_robot(view, operation);
    view->hold_cause = cause_of(operation);
    view->clears = !operation->peer          ? CLEARING_NONE
                   : operation->has_standing ? standing_clears(&operation->standing)
                                             : hold_cause_clears(view->hold_cause);
    view->undocks = is_in(operation, SUPERVISOR_UNDOCKING);
    view->docks = is_in(operation, SUPERVISOR_DOCKING);
    view->enable_does = facts->enable_does;
    view->follows = operation->peer && operation->has_state && view->hold_cause == HOLD_NONE;
    view->picture_age_ms = facts->picture_age_ns == UINT64_MAX
                               ? NOT_MEASURED
                               : (double)facts->picture_age_ns / NS_PER_MS;
    view->picture_gate_ms = (double)operation->gate.limit_ns / NS_PER_MS;
    view->recording = facts->recording || cart_says(operation, STANDING_RECORDS);
    view->muted = view->muted || !facts->has_sound;
    view->alarms = alarms_of(view, facts);
}

static struct view_key key_of(const struct desk_binding *binding)
{
    return (struct view_key){binding->action, binding->control, binding->with, false};
}

/* The two axes across the picture, where one device has both: the mouse, or the arrows. */
static bool is_both(const struct desk_binding *x, const struct desk_binding *y)
{
    bool are_arrows = (x->control == DESK_KEY_LEFT || x->control == DESK_KEY_RIGHT) &&
                      (y->control == DESK_KEY_UP || y->control == DESK_KEY_DOWN);
    return x->with == y->with &&
           (are_arrows || (x->control == DESK_MOUSE_X && y->control == DESK_MOUSE_Y));
}

/* The row of `action`. False: nothing is bound to it, or another row tells it. */
static bool find_row(const struct desk_map *map, enum desk_action action, struct view_key *key)
{
    const struct desk_binding *x = desk_map_find(map, DESK_X), *y = desk_map_find(map, DESK_Y),
                              *binding = desk_map_find(map, action);
    bool both = x && y && is_both(x, y);
    if (!binding || (action == DESK_Y && both))
        return false;
    *key = key_of(binding);
    key->both = action == DESK_X && both;
    return true;
}

unsigned console_view_help(struct view *view, const struct desk_map *map, unsigned page)
{
    /* DESK_HELP is on the first page of both ends, after the stop that heads each */
    static const enum desk_action order[] = {
        DESK_TAKE_OVER,  DESK_ENABLE, DESK_ENGAGE, DESK_X,       DESK_Y,      DESK_Z,
        DESK_YAW,        DESK_ROLL,   DESK_GRIP,   DESK_SWAP,    DESK_CAMERA, DESK_SCALE_UP,
        DESK_SCALE_DOWN, DESK_TALK,   DESK_UNDOCK, DESK_RELEASE, DESK_HELP,   DESK_MARK,
        DESK_DOCK,       DESK_TAKE,   DESK_REFUSE, DESK_DRAW,    DESK_WIPE,   DESK_LOCK_TURN,
        DESK_LOCK_PLACE, DESK_GHOST,  DESK_SHOW,   DESK_FULL,    DESK_MUTE,   DESK_RECLUTCH,
        DESK_LANGUAGE};
    const struct desk_binding *stop = desk_map_find(map, DESK_STOP);
    unsigned room = VIEW_KEYS_MAX - (stop ? 1 : 0), found = 0, first = (page - 1) * room;
    view->help = page;
    view->key_count = 0;
    if (stop && page > 0)
        view->keys[view->key_count++] = key_of(stop);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct view_key key;
        if (!find_row(map, order[i], &key))
            continue;
        if (page > 0 && found >= first && view->key_count < VIEW_KEYS_MAX)
            view->keys[view->key_count++] = key;
        found++;
    }
    view->help_pages = (found + room - 1) / room;
    return view->help_pages;
}

static struct view_key hint(const struct desk_map *map, enum desk_action action)
{
    const struct desk_binding *binding = desk_map_find(map, action);
    return binding ? key_of(binding)
                   : (struct view_key){action, DESK_NO_CONTROL, DESK_NO_CONTROL, false};
}

void console_view_hints(struct view *view, const struct desk_map *map)
{
    view->engage = hint(map, DESK_ENGAGE);
    view->grant = hint(map, DESK_RELEASE);
    view->refuse = hint(map, DESK_REFUSE);
    view->enable = hint(map, DESK_ENABLE);
    view->undock = hint(map, DESK_UNDOCK);
    view->more_help = hint(map, DESK_HELP);
}

void console_view_keep_figures(struct view *view, const struct view *from)
{
    memcpy(view->delay_ms, from->delay_ms, sizeof view->delay_ms);
    view->hand_to_eye_ms = from->hand_to_eye_ms;
    view->picture_age_ms = from->picture_age_ms;
    for (unsigned i = 0; i < LINK_LINES_MAX; i++) {
        view->lines[i].delay_ms = from->lines[i].delay_ms;
        view->lines[i].loss = from->lines[i].loss;
    }
    for (unsigned i = 0; i < VIEW_ARMS; i++)
        view->arms[i].force_n = from->arms[i].force_n;
}

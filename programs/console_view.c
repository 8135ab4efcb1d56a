/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_view.h"
#include "console_alarms.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_MS 1e6
#define NS_PER_S UINT64_C(1000000000)

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

/* What the parts leave of the whole is the robot's: following, and waiting for the camera. They are of the picture
 * shown last, and no more measured than that is young. */
static void fill_delay(struct view *view, const struct console_facts *facts)
{
    if (!console_is_heard(facts) || facts->picture_age_ns > facts->operation->gate.limit_ns) {
        for (unsigned i = 0; i < VIEW_PARTS; i++)
            view->delay_ms[i] = NOT_MEASURED;
        view->hand_to_eye_ms = NOT_MEASURED;
        return;
    }
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

static enum view_record record_of(const struct console_facts *facts)
{
    if (console_cart_says(facts, STANDING_RECORDS))
        return VIEW_RECORD_ROBOT;
    if (facts->operation->peer && !console_is_heard(facts))
        return VIEW_RECORD_UNKNOWN;
    return facts->recording ? VIEW_RECORD_HERE : VIEW_RECORD_NONE;
}

static bool is_powered(const struct console_station *operation)
{
    return operation->has_standing ? operation->standing.state != SUPERVISOR_OFF &&
                                         operation->standing.state != SUPERVISOR_STOPPED
                                   : operation->state.operating_state != OPERATING_FAULT;
}

static bool is_in(const struct console_facts *facts, enum supervisor_state state)
{
    const struct console_station *operation = facts->operation;
    return console_is_heard(facts) && operation->has_standing && operation->standing.state == state;
}

static enum view_arm_state arm_state_of(const struct console_facts *facts, unsigned index)
{
    const struct console_station *operation = facts->operation;
    if (!operation->peer || !operation->has_state || index >= operation->state.arm_count)
        return VIEW_ARM_ABSENT;
    if (!console_is_heard(facts))
        return VIEW_ARM_UNKNOWN;
    if (!is_powered(operation))
        return VIEW_ARM_STOPPED;
    if (is_in(facts, SUPERVISOR_UNDOCKING) || is_in(facts, SUPERVISOR_DOCKING))
        return VIEW_ARM_MOVES;
    enum hold_cause cause = console_cause_of(operation);
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
        bool moves = view->arms[i].state == VIEW_ARM_FOLLOWS || is_in(facts, SUPERVISOR_DOCKING);
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
    view->camera_moves =
        console_is_heard(facts) && console_cause_of(facts->operation) == HOLD_CAMERA;
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
    view->unheard = operation->peer && !console_is_heard(facts);
    view->unheard_s =
        view->unheard ? (uint32_t)((facts->now_ns - operation->heard_ns) / NS_PER_S) : 0;
    fill_people(view, facts);
    fill_lines(view, facts);
    fill_about(view, facts);
    fill_delay(view, facts);
    fill_arms(view, facts);
    fill_hands(view, facts);
    fill_robot(view, operation);
    view->hold_cause = console_cause_of(operation);
    view->clears = !console_is_heard(facts)  ? CLEARING_NONE
                   : operation->has_standing ? standing_clears(&operation->standing)
                                             : hold_cause_clears(view->hold_cause);
    view->frozen_by = operation->has_standing ? operation->standing.frozen_by : FROZEN_BY_UNKNOWN;
    view->undocks = is_in(facts, SUPERVISOR_UNDOCKING);
    view->docks = is_in(facts, SUPERVISOR_DOCKING);
    view->enable_does = facts->enable_does;
    view->follows =
        console_is_heard(facts) && operation->has_state && view->hold_cause == HOLD_NONE;
    view->picture_age_ms = facts->picture_age_ns == UINT64_MAX
                               ? NOT_MEASURED
                               : (double)facts->picture_age_ns / NS_PER_MS;
    view->picture_gate_ms = (double)operation->gate.limit_ns / NS_PER_MS;
    view->record = record_of(facts);
    view->muted = view->muted || !facts->has_sound;
    view->alarms = console_alarms(view, facts);
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

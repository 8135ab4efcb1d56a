/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/guard.h"

#include <assert.h>

#define ROUNDING_M 1e-5 /* so deep is no breach: curved barriers, seen as flat for one tick */
#define NEAR_M 1e-3

enum { PARTS = APART_JAWS + 1 }; /* of an arm that a fixture is looked at for: jaws, shaft */

void guard_reach(const struct apart_shaft *shaft, double margin_m,
                 struct vec3 reach_m[static APART_JAWS])
{
    const double release_m = fmin(FIXTURE_RELEASE_M, margin_m);
    const struct vec3 across = vec3_subtract(shaft->ends_m[0], shaft->ends_m[1]);
    const double aside_m = vec3_length(across) / 2;
    const double counts_m = fmin(aside_m, fmax(2 * (aside_m - release_m), 0));
    for (int jaw = 0; jaw < APART_JAWS; jaw++) {
        double share = counts_m > 0 ? (jaw ? -0.5 : 0.5) * counts_m / aside_m : 0;
        reach_m[jaw] = vec3_add(shaft->shut_m, vec3_scale(across, share));
    }
}

/* What fixture `i` leaves of the room of an arm whose parts are there. */
static void look_at_fixture(const struct fixtures *fixtures, unsigned i,
                            const struct apart_shaft *shaft, struct barrier parts[static PARTS])
{
    struct vec3 reach_m[APART_JAWS];
    guard_reach(shaft, fixtures->margin_m, reach_m);
    for (int jaw = 0; jaw < APART_JAWS; jaw++)
        parts[jaw] = fixture_look_jaw(fixtures, i, shaft->tip_m, reach_m[jaw], shaft->shut_m);
    parts[APART_JAWS] = parts[0]; /* of what does not keep the shaft */
    if (fixture_forbids(&fixtures->at[i]))
        parts[APART_JAWS] =
            fixture_look_rod(fixtures, i, shaft->centre_m, shaft->wrist_m, APART_RADIUS_M);
}

/* Of each fixture PARTS barriers, in their order. */
static void look_at_fixtures(const struct fixtures *fixtures, const struct apart_shaft *shaft,
                             struct quat to_arm, struct barriers *barriers)
{
    for (unsigned i = 0; i < fixtures->count; i++) {
        struct barrier parts[PARTS];
        look_at_fixture(fixtures, i, shaft, parts);
        for (int part = 0; part < PARTS; part++)
            barriers_add(barriers, parts[part].room_m, quat_rotate(to_arm, parts[part].away));
    }
}

void guard_look(const struct guard *guard, const struct instrument *instrument,
                const struct track *arms, unsigned count, unsigned index, struct barriers *barriers)
{
    const struct pose *centre = &guard->centres[index];
    struct quat to_arm = quat_conjugate(centre->orientation);

    assert(count <= GUARD_ARMS_MAX && index < count);
    static_assert(PARTS * (int)FIXTURES_MAX + 3 <= (int)BARRIERS_MAX,
                  "every barrier finds a place");
    struct apart_shaft shafts[GUARD_ARMS_MAX];
    for (unsigned i = 0; i < count; i++)
        shafts[i] = apart_shaft(instrument, &guard->centres[i], arms[i].ahead.joints);
    barriers->count = 0;
    look_at_fixtures(&guard->fixtures, &shafts[index], to_arm, barriers);
    const struct apart_shaft *const scopes[] = {&guard->scope, &guard->scope_now};
    for (unsigned i = 0; guard->keeps_apart && guard->has_scope && i < 2; i++) {
        struct barrier barrier = apart_look_scope(&shafts[index], scopes[i], guard->apart_least_m);
        barriers_add(barriers, barrier.room_m, quat_rotate(to_arm, barrier.away));
    }
    if (!guard->keeps_apart || count < 2)
        return;
    struct barrier barrier = apart_look(&shafts[index], &shafts[1 - index], guard->apart_least_m);
    barriers_add(barriers, barrier.room_m / 2, quat_rotate(to_arm, barrier.away));
}

void guard_place_scope(struct guard *guard, struct apart_shaft now, struct apart_shaft at_rest)
{
    guard->scope = at_rest;
    guard->scope_now = now;
    guard->has_scope = true;
}

unsigned guard_bars_scope(const struct guard *guard, const struct instrument *instrument,
                          const struct track *arms, unsigned count, struct apart_shaft scope)
{
    const struct apart_shaft *was = &guard->scope;
    unsigned bars = 0;
    for (unsigned i = 0; guard->keeps_apart && i < count; i++) {
        struct apart_shaft shaft =
            apart_shaft(instrument, &guard->centres[i], arms[i].ahead.joints);
        double before_m = apart_look_scope(&shaft, was, guard->apart_least_m).room_m;
        double now_m = apart_look_scope(&shaft, &scope, guard->apart_least_m).room_m;
        bars |= now_m < 0 && now_m < before_m ? GUARD_OTHER_ARM : 0;
    }
    for (unsigned i = 0; i < guard->fixtures.count; i++) {
        if (!fixture_forbids(&guard->fixtures.at[i]))
            continue;
        double before_m =
            fixture_look_rod(&guard->fixtures, i, was->centre_m, was->tip_m, APART_SCOPE_RADIUS_M)
                .room_m;
        double now_m =
            fixture_look_rod(&guard->fixtures, i, scope.centre_m, scope.tip_m, APART_SCOPE_RADIUS_M)
                .room_m;
        bars |= now_m < 0 && now_m < before_m ? GUARD_FIXTURE : 0;
    }
    return bars;
}

/* What one barrier of guard_look leaves; of a fixture's two for jaws, what both leave: in one that they are in already
 * each may go as deep as the other is, as jaws do that shut. */
static double room_left_m(const struct guard *guard, const struct barriers *barriers, size_t index)
{
    size_t part = index % PARTS;
    if (index >= (size_t)PARTS * guard->fixtures.count || part == APART_JAWS)
        return barriers->at[index].room_m;
    return fmin(barriers->at[index - part].room_m, barriers->at[index - part + 1].room_m);
}

/* Whether `now` is inside none of the barriers deeper than `before`: both of guard_look. */
static bool allows(const struct guard *guard, const struct barriers *before,
                   const struct barriers *now)
{
    assert(before->count == now->count);
    for (size_t i = 0; i < now->count; i++) {
        double left_m = room_left_m(guard, now, i);
        if (left_m < -ROUNDING_M && left_m < room_left_m(guard, before, i))
            return false;
    }
    return true;
}

static unsigned bars_of(const struct guard *guard, const struct barriers *now)
{
    unsigned bars = 0;
    for (size_t i = 0; i < now->count; i++)
        if (now->at[i].room_m < NEAR_M)
            bars |= i < (size_t)PARTS * guard->fixtures.count ? GUARD_FIXTURE : GUARD_OTHER_ARM;
    return bars;
}

struct tick { /* what of a tick is gone, besides the tip's way */
    bool turns, jaws;
};

static void go(struct track *track, const struct track *stood, const struct track_step *step,
               bool follows, struct tick tick)
{
    *track = *stood;
    if (!tick.turns) {
        track->turn_rad_s = (struct vec3){0, 0, 0};
        track->goal.orientation = stood->ahead.tip.orientation;
    }
    if (!tick.jaws)
        track->jaw_goal_rad = stood->ahead.joints[AXIS_JAW];
    track_go_ahead(track, step, follows);
    if (!tick.jaws)
        track->jaw_met = stood->jaw_met;
    track->goal = stood->goal;
    track->jaw_goal_rad = stood->jaw_goal_rad;
}

static double room_m(const struct barriers *now)
{
    double least_m = INFINITY;
    for (size_t i = 0; i < now->count; i++)
        least_m = fmin(least_m, now->at[i].room_m);
    return least_m;
}

struct guard_way guard_go_ahead(const struct guard *guard, struct track *arms, unsigned count,
                                unsigned index, const struct track_step *step, bool follows)
{
    static const struct tick ticks[] = {{true, true}, {true, false}, {false, true}, {false, false}};
    struct barriers before, now;
    struct track_step guarded = *step;
    const struct track stood = arms[index];
    bool jaws_move = follows && fabs(stood.jaw_goal_rad - stood.ahead.joints[AXIS_JAW]) > 0;

    guard_look(guard, step->instrument, arms, count, index, &before);
    guarded.barriers = &before;
    bool is_gone = false;
    for (size_t i = 0; i < sizeof ticks / sizeof *ticks && !is_gone; i++) {
        if (!ticks[i].jaws && !jaws_move)
            continue; /* the same as the one before */
        go(&arms[index], &stood, &guarded, follows, ticks[i]);
        guard_look(guard, step->instrument, arms, count, index, &now);
        is_gone = allows(guard, &before, &now);
    }
    if (!is_gone)
        track_take_back(&arms[index], &stood.ahead);
    return (struct guard_way){bars_of(guard, &now), room_m(&now)};
}

unsigned guard_bars(const struct guard *guard, const struct track *arms, unsigned count,
                    unsigned index, const struct instrument *instrument)
{
    struct barriers now;
    guard_look(guard, instrument, arms, count, index, &now);
    return bars_of(guard, &now);
}

const struct fixture *guard_nearest(const struct guard *guard, const struct track *arms,
                                    unsigned count, unsigned index,
                                    const struct instrument *instrument)
{
    const struct fixture *nearest = NULL;
    double least_m = INFINITY;
    struct barriers now;
    size_t at = 0; /* as guard_look lists them */
    guard_look(guard, instrument, arms, count, index, &now);
    for (unsigned i = 0; i < guard->fixtures.count; i++) {
        double room_m = INFINITY;
        for (int part = 0; part < PARTS; part++)
            room_m = fmin(room_m, now.at[at++].room_m);
        if (room_m < least_m)
            nearest = &guard->fixtures.at[i];
        least_m = fmin(least_m, room_m);
    }
    return nearest;
}

bool guard_is_inside(const struct guard *guard, const struct instrument *instrument, unsigned index,
                     const double joints[static INSTRUMENT_AXES], unsigned fixture)
{
    struct apart_shaft shaft = apart_shaft(instrument, &guard->centres[index], joints);
    struct barrier parts[PARTS];
    look_at_fixture(&guard->fixtures, fixture, &shaft, parts);
    for (int part = 0; part < PARTS; part++)
        if (parts[part].room_m < -ROUNDING_M)
            return true;
    return false;
}

const struct fixture *guard_nearest_to_scope(const struct guard *guard)
{
    const struct fixture *nearest = NULL;
    double least_m = INFINITY;
    for (unsigned i = 0; guard->has_scope && i < guard->fixtures.count; i++) {
        if (!fixture_forbids(&guard->fixtures.at[i]))
            continue;
        double room_m = fixture_look_rod(&guard->fixtures, i, guard->scope.centre_m,
                                         guard->scope.tip_m, APART_SCOPE_RADIUS_M)
                            .room_m;
        if (room_m < least_m)
            nearest = &guard->fixtures.at[i];
        least_m = fmin(least_m, room_m);
    }
    return nearest;
}

bool guard_stand_ahead(const struct guard *guard, struct track *arms, unsigned count,
                       unsigned index, const struct instrument *instrument,
                       const double joints[static INSTRUMENT_AXES])
{
    struct barriers before, now;
    struct track *track = &arms[index];
    double *jaw_rad = &track->ahead.joints[AXIS_JAW];

    *jaw_rad = fmin(*jaw_rad, fmax(joints[AXIS_JAW], instrument->least[AXIS_JAW]));
    const struct track_posture stood = track->ahead;
    guard_look(guard, instrument, arms, count, index, &before);
    track_stand_ahead(track, instrument, joints);
    guard_look(guard, instrument, arms, count, index, &now);
    if (allows(guard, &before, &now))
        return true;
    track_take_back(track, &stood);
    return false;
}

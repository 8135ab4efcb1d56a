/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time passes: where the set-points go in a tick, by the supervisor's state. motion/follow.h. */
#include <math.h>
#include <string.h>

#include "motion/dock.h"
#include "motion/follow.h"

static const struct guard *guard_of(const struct follow *follow)
{
    return follow->settings.guard ? &follow->guard : NULL;
}

/* Brings the instruments out: done when none is inside any more. */
static void withdraw(struct follow *follow, uint64_t dt_ns, uint64_t now_ns)
{
    bool is_out = true;
    for (unsigned i = 0; i < follow->settings.arm_count; i++) {
        is_out &= undock_tick(&follow->undocks[i], &follow->arms[i], follow->instrument, dt_ns);
        follow->limits[i] = 0;
        follow->room_m[i] = INFINITY;
    }
    if (is_out)
        follow_order(follow, SUPERVISOR_UNDOCKED, now_ns);
}

/* What keeps an instrument that is on its way in. */
static void note_docking(struct follow *follow, unsigned index)
{
    const struct guard *guard = guard_of(follow);
    bool is_barred = guard && follow->arms[index].limited;
    unsigned bars = is_barred ? guard_bars(guard, follow->arms, follow->settings.arm_count, index,
                                           follow->instrument)
                              : 0;
    follow->limits[index] = (uint8_t)((bars & GUARD_FIXTURE ? FOLLOW_LIMIT_FIXTURE : 0) |
                                      (bars & GUARD_OTHER_ARM ? FOLLOW_LIMIT_APART : 0));
    follow->room_m[index] = follow->limits[index] ? 0 : (double)INFINITY;
}

/* Brings them in again: done when all are. */
static void insert(struct follow *follow, uint64_t dt_ns, uint64_t now_ns)
{
    const struct dock_step step = {follow->instrument, guard_of(follow), dt_ns};
    bool is_in = true;
    for (unsigned i = 0; i < follow->settings.arm_count; i++) {
        is_in &= dock_tick(follow->arms, follow->settings.arm_count, i, &step);
        note_docking(follow, i);
    }
    if (is_in)
        follow_order(follow, SUPERVISOR_DOCKED, now_ns);
}

/* What the tick itself measures. */
static void read_gates(struct follow *follow, uint64_t dt_ns, uint64_t now_ns)
{
    bool follows = supervisor_follows(&follow->supervisor);
    double room_m = INFINITY;
    for (unsigned i = 0; i < follow->settings.arm_count; i++)
        room_m = fmin(room_m, follow->arms[i].limited ? 0 : follow->room_m[i]);
    gates_read(&follow->gates, GATE_WORKSPACE, room_m * 1e3, follows && isfinite(room_m));
    gates_read(&follow->gates, GATE_LOOP, (double)dt_ns * 1e-6, follows);
    gates_read(&follow->gates, GATE_SILENCE,
               follow->has_heard ? (double)(now_ns - follow->heard_ns) * 1e-6 : GATE_UNMEASURED,
               follows);
}

/* Whether to hold arm `index` would press on: it is pressed too hard, and, where that is why it holds, until half of
 * that is left. */
static bool must_relieve(struct follow *follow, unsigned index)
{
    const struct supervisor *supervisor = &follow->supervisor;
    struct follow_robot *robot = &follow->robot[index];
    enum supervisor_gate gate = supervisor->cause == HOLD_FORCE ? GATE_FORCE_NEAR : GATE_FORCE;
    const struct track *track = &follow->arms[index];
    bool is_pressed = robot->pressed_n > follow->gates.profile.limits[gate].most;
    if (supervisor_follows(supervisor) || !robot->is_measured || !is_pressed ||
        !track_rests_ahead(track))
        return false;
    if (!robot->gives_way)
        robot->from_m = track->tip.position_m;
    robot->gives_way = true;
    struct vec3 way_m = vec3_subtract(track->tip.position_m, robot->from_m);
    return vec3_length(way_m) < FOLLOW_RELIEF_MOST_M;
}

/* The set-point of an arm that stands goes where the robot is, all but the jaw: what it holds it keeps. */
static void relieve(struct follow *follow, unsigned index, const struct track_step *step)
{
    struct track *track = &follow->arms[index];
    double joints[INSTRUMENT_AXES], dt_s = (double)step->dt_ns * 1e-9;
    memcpy(joints, track->ahead.joints, sizeof joints);
    for (int axis = 0; axis < INSTRUMENT_POSE_AXES; axis++)
        track_bring(track, joints, axis, follow->robot[index].joints[axis],
                    FOLLOW_RELIEF_SHARE * step->limits->joint_speed_max[axis] * dt_s);
    track_stand_ahead(track, follow->instrument, joints);
}

static void note_limits(struct follow *follow, unsigned index, struct guard_way way, bool follows)
{
    const struct track *track = &follow->arms[index];
    unsigned limits = (track->limited ? FOLLOW_LIMIT_JOINT : 0) |
                      (way.bars & GUARD_FIXTURE ? FOLLOW_LIMIT_FIXTURE : 0) |
                      (way.bars & GUARD_OTHER_ARM ? FOLLOW_LIMIT_APART : 0);
    follow->limits[index] = follows ? (uint8_t)limits : 0;
    follow->room_m[index] =
        follows ? fmin(way.room_m, track_room_m(track, follow->instrument)) : (double)INFINITY;
}

/* What was in the way. */
static struct guard_way go_ahead(struct follow *follow, unsigned index,
                                 const struct track_step *step, bool follows)
{
    const struct guard_way free = {.room_m = INFINITY};
    struct track *track = &follow->arms[index];
    if (must_relieve(follow, index)) {
        relieve(follow, index, step);
        return free;
    }
    if (guard_of(follow))
        return guard_go_ahead(&follow->guard, follow->arms, follow->settings.arm_count, index, step,
                              follows);
    track_go_ahead(track, step, follows);
    return free;
}

/* The arms' set-points go on by `dt_ns`, above 0. */
static void go_on(struct follow *follow, uint64_t dt_ns, uint64_t now_ns)
{
    struct track_limits limits = follow->settings.limits;
    if (follow->reaction == REACTION_SCALE_DOWN)
        limits.speed_max_m_s *= FOLLOW_SLOW_SHARE;
    const struct track_step step = {follow->instrument, &limits, NULL, dt_ns};
    for (unsigned i = 0; i < follow->settings.arm_count; i++) {
        bool follows = supervisor_follows(&follow->supervisor) && i < follow->hand_count;
        if (follows) {
            follow->arms[i].goal =
                goal_path_tick(&follow->paths[i], &follow->settings.path, now_ns);
            follow->undocks[i].step = UNDOCK_OPEN;
        }
        note_limits(follow, i, go_ahead(follow, i, &step, follows), follows);
        track_come_after(&follow->arms[i], &step);
    }
}

static struct apart_shaft scope_at(const struct layout *layout, const double joints[CAMERA_AXES])
{
    return apart_scope(layout->camera_arm.position_m, layout_camera(layout, joints).position_m);
}

/* Where the endoscope would come to a stand if it were let go now. */
static struct apart_shaft scope_at_rest(const struct camera_drive *camera)
{
    double joints[CAMERA_AXES];
    camera_drive_stop(camera, joints);
    return scope_at(camera->layout, joints);
}

/* The endoscope goes ahead. Where it could not come to a stand any more before something that it must not come near
 * to, it is braked instead. */
static void camera_ahead(struct follow *follow, bool follows, uint64_t dt_ns)
{
    struct camera_drive *camera = &follow->camera;
    const struct camera_drive stood = *camera;
    camera_drive_go_ahead(camera, follows, dt_ns);
    if (!guard_of(follow))
        return;
    unsigned bars = guard_bars_scope(&follow->guard, follow->instrument, follow->arms,
                                     follow->settings.arm_count, scope_at_rest(camera));
    if (follows && bars) {
        *camera = stood;
        camera_drive_go_ahead(camera, false, dt_ns);
        camera->limited = (bars & GUARD_OTHER_ARM ? CAMERA_BARRED_INSTRUMENT : 0) |
                          (bars & GUARD_FIXTURE ? CAMERA_BARRED_FIXTURE : 0);
    }
    guard_place_scope(&follow->guard, scope_at(camera->layout, camera->joints),
                      scope_at_rest(camera));
}

static void lead_camera(struct follow *follow, uint64_t dt_ns)
{
    if (!follow->camera.layout)
        return;
    camera_ahead(follow, supervisor_leads_camera(&follow->supervisor), dt_ns);
    camera_drive_come_after(&follow->camera);
}

void follow_tick(struct follow *follow, uint64_t now_ns)
{
    uint64_t dt_ns = follow->has_ticked ? now_ns - follow->ticked_ns : 0;
    follow->has_ticked = true;
    follow->ticked_ns = now_ns;
    read_gates(follow, dt_ns, now_ns);
    follow_order(follow, SUPERVISOR_TICK, now_ns);
    lead_camera(follow, dt_ns);
    if (follow->supervisor.state == SUPERVISOR_UNDOCKING)
        withdraw(follow, dt_ns, now_ns);
    else if (follow->supervisor.state == SUPERVISOR_DOCKING)
        insert(follow, dt_ns, now_ns);
    else if (dt_ns)
        go_on(follow, dt_ns, now_ns);
    for (unsigned i = 0; i < follow->settings.arm_count; i++)
        follow->robot[i].is_measured = false;
}

const struct fixture *follow_barring(const struct follow *follow)
{
    const struct guard *guard = guard_of(follow);
    if (!guard)
        return NULL;
    for (unsigned i = 0; i < follow->settings.arm_count; i++)
        if (follow->limits[i] & FOLLOW_LIMIT_FIXTURE)
            return guard_nearest(guard, follow->arms, follow->settings.arm_count, i,
                                 follow->instrument);
    return follow->camera.limited & CAMERA_BARRED_FIXTURE ? guard_nearest_to_scope(guard) : NULL;
}

bool follow_is_still(const struct follow *follow)
{
    for (unsigned i = 0; i < follow->settings.arm_count; i++)
        if (!track_stands(&follow->arms[i]))
            return false;
    return camera_drive_stands(&follow->camera);
}

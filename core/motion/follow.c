/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/follow.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define DEGREES (3.14159265358979323846 / 180)

/* Where hands are when a pedal goes down. */
static const struct hand AT_CLUTCH_IN[GESTURE_HANDS_MAX] = {
    {.pose = {.orientation = {1, 0, 0, 0}}},
    {.pose = {.orientation = {1, 0, 0, 0}}},
};

const struct follow_settings FOLLOW_STANDARD = {
    .arm_count = 2,
    .scale = 0.2,
    .limits = TRACK_LIMITS_STANDARD,
    .path = {.steadies = true},
};

const char *follow_outcome_text(enum follow_outcome outcome)
{
    static const char *const words[FOLLOW_OUTCOMES] = {"applied", "late", "duplicate", "refused"};
    return (unsigned)outcome < FOLLOW_OUTCOMES ? words[outcome] : "unknown outcome";
}

void follow_place(struct follow *follow, unsigned index,
                  const double joints[static INSTRUMENT_AXES])
{
    assert(index < follow->settings.arm_count && !supervisor_follows(&follow->supervisor));
    track_place(&follow->arms[index], follow->instrument, joints);
}

void follow_measured(struct follow *follow, unsigned index,
                     const double joints[static INSTRUMENT_AXES], double pressed_n)
{
    assert(index < follow->settings.arm_count);
    follow->robot[index].is_measured = true;
    follow->robot[index].pressed_n = pressed_n;
    memcpy(follow->robot[index].joints, joints, sizeof follow->robot[index].joints);
    if (supervisor_power(&follow->supervisor) == SUPERVISOR_POWERED) {
        follow->undocks[index].is_left = false;
        return;
    }
    follow_place(follow, index, joints);
    undock_look(&follow->undocks[index], joints);
}

void follow_place_camera(struct follow *follow, const struct layout *layout,
                         const double joints[static CAMERA_AXES])
{
    camera_drive_place(&follow->camera, layout, joints);
    if (!layout)
        return;
    struct vec3 lens_m = layout_camera(layout, follow->camera.joints).position_m;
    const struct apart_shaft scope = apart_scope(layout->camera_arm.position_m, lens_m);
    guard_place_scope(&follow->guard, scope, scope);
}

void follow_camera_measured(struct follow *follow, const double joints[static CAMERA_AXES])
{
    bool heeds = supervisor_power(&follow->supervisor) == SUPERVISOR_POWERED;
    if (!heeds && follow->camera.layout)
        follow_place_camera(follow, follow->camera.layout, joints);
}

/* The one place where the supervisor is asked: what it decides is noted as a hold begun or ended. */
static void step(struct follow *follow, enum supervisor_event event, uint32_t more_failing,
                 uint64_t now_ns)
{
    enum hold_cause before = follow->supervisor.cause;
    follow->reaction =
        supervisor_step(&follow->supervisor, event, follow->gates.failing | more_failing);
    enum hold_cause cause = follow->supervisor.cause;
    if (cause == before)
        return;
    if (cause == HOLD_NONE) {
        hold_log_end(&follow->holds, now_ns);
    } else {
        hold_log_begin(&follow->holds, cause, now_ns);
        follow->hold_counts[cause]++;
    }
}

static void forget_step(struct follow *follow)
{
    gates_read(&follow->gates, GATE_STEP, 0, false);
    gates_read(&follow->gates, PROFILE_TURN, 0, false);
}

/* None is too old, and none leaps, while there is none. */
static void forget_gestures(struct follow *follow)
{
    gates_set(&follow->gates, GATE_AGE, true);
    forget_step(follow);
}

void follow_init(struct follow *follow, const struct instrument *instrument,
                 const struct follow_settings *settings)
{
    assert(settings->arm_count >= 1 && settings->arm_count <= ARM_STATE_ARMS_MAX);
    *follow =
        (struct follow){.instrument = instrument, .settings = *settings, .scale = settings->scale};
    supervisor_init(&follow->supervisor);
    if (settings->guard)
        follow->guard = *settings->guard;
    struct profile standard;
    profile_standard(&standard);
    gates_init(&follow->gates, settings->profile ? settings->profile : &standard);
    forget_gestures(follow);
    for (unsigned i = 0; i < settings->arm_count; i++) {
        follow->room_m[i] = INFINITY;
        follow->pictures[i] = QUAT_IDENTITY;
        follow->paths[i].map.scale = settings->scale;
        follow_place(follow, i, INSTRUMENT_READY_JP);
        memcpy(follow->robot[i].joints, INSTRUMENT_READY_JP, sizeof follow->robot[i].joints);
    }
}

static enum follow_outcome refuse(struct follow *follow, enum motion_err err)
{
    follow->refused[err]++;
    follow->outcomes[FOLLOW_REFUSED]++;
    return FOLLOW_REFUSED;
}

void follow_refuse(struct follow *follow, enum motion_err err)
{
    (void)refuse(follow, err);
}

static enum follow_outcome count(struct follow *follow, enum follow_outcome outcome)
{
    follow->outcomes[outcome]++;
    return outcome;
}

/* Whether no hand is further from `before` than hands go in the time since `before_ns`. The slack that a step has on
 * top of its limit counts as the time that it takes at that limit: a share of what is allowed is so much of the
 * limit. */
static bool is_within_step(struct follow *follow, const struct follow_sample *sample,
                           const struct hand before[static GESTURE_HANDS_MAX], uint64_t before_ns)
{
    const struct profile_limit *limits = follow->gates.profile.limits;
    double elapsed_s = (double)(sample->sampled_ns - before_ns) * 1e-9;
    double slack_m = limits[PROFILE_STEP_SLACK].most * 1e-3;
    double slack_rad = limits[PROFILE_TURN_SLACK].most * DEGREES;
    double way_m = 0, turn_rad = 0;
    for (unsigned i = 0; i < sample->gesture.hand_count; i++) {
        const struct pose *now = &sample->gesture.hands[i].pose, *was = &before[i].pose;
        way_m = fmax(way_m, vec3_length(vec3_subtract(now->position_m, was->position_m)));
        turn_rad = fmax(turn_rad,
                        quat_angle_between_rad(quat_normalise(now->orientation), was->orientation));
    }
    gates_read(&follow->gates, GATE_STEP, way_m / (elapsed_s + slack_m / limits[GATE_STEP].most),
               true);
    gates_read(&follow->gates, PROFILE_TURN,
               turn_rad / (elapsed_s + slack_rad / limits[PROFILE_TURN].most), true);
    return !(follow->gates.failing & GATE_BIT(GATE_STEP));
}

/* What is locked from this gesture on, whose hands are not taken yet. The goals do not move by it. */
static void set_locks(struct follow *follow, unsigned flags)
{
    bool turn = flags & GESTURE_LOCK_TURN, place = flags & GESTURE_LOCK_PLACE;
    for (unsigned i = 0; i < follow->settings.arm_count && i < follow->hand_count; i++) {
        struct hand_map *map = &follow->paths[i].map;
        if (map->lock_turn != turn || map->lock_place != place)
            hand_map_change(map, &follow->hands[i].pose, map->scale, turn, place);
    }
}

static void clutch_in(struct follow *follow, const struct gesture *gesture, uint64_t now_ns)
{
    follow->clutch_id = gesture->clutch_id;
    follow->hand_count = gesture->hand_count;
    for (unsigned i = 0; i < GESTURE_HANDS_MAX; i++)
        follow->hands[i] = AT_CLUTCH_IN[i];
    for (unsigned i = 0; i < follow->settings.arm_count; i++) {
        goal_path_begin(&follow->paths[i], &follow->arms[i].tip, follow->pictures[i], now_ns);
        follow->arms[i].jaw_met = false;
        follow->robot[i].gives_way = false;
    }
}

/* The hands move the camera from now on. */
static void camera_in(struct follow *follow, const struct gesture *gesture)
{
    follow->clutch_id = gesture->clutch_id;
    follow->hand_count = gesture->hand_count;
    camera_drive_begin(&follow->camera);
}

static void keep_hands(struct follow *follow, const struct gesture *gesture)
{
    for (unsigned i = 0; i < gesture->hand_count; i++) {
        struct hand *hand = &follow->hands[i];
        *hand = gesture->hands[i];
        hand->pose.orientation = quat_normalise(hand->pose.orientation);
    }
}

static void set_goals(struct follow *follow, const struct gesture *gesture, uint64_t now_ns)
{
    set_locks(follow, gesture->flags);
    keep_hands(follow, gesture);
    for (unsigned i = 0; i < gesture->hand_count && i < follow->settings.arm_count; i++) {
        goal_path_take(&follow->paths[i], &follow->hands[i].pose, now_ns);
        follow->arms[i].jaw_goal_rad = jaw_keep_goal(
            &follow->robot[i].jaw, follow->hands[i].jaw_rad, follow->arms[i].ahead.joints[AXIS_JAW],
            follow->robot[i].joints[AXIS_JAW]);
    }
}

static void keep_jaws(struct follow *follow)
{
    for (unsigned i = 0; i < follow->settings.arm_count; i++)
        jaw_keep_begin(&follow->robot[i].jaw);
}

void follow_order(struct follow *follow, enum supervisor_event event, uint64_t now_ns)
{
    bool moves_jaws = event == SUPERVISOR_UNDOCK || event == SUPERVISOR_DOCK;
    if (moves_jaws) /* not the hands */
        keep_jaws(follow);
    step(follow, event, 0, now_ns);
}

void follow_set_scale(struct follow *follow, double scale)
{
    if (!(fabs(scale - follow->scale) > 0))
        return;
    follow->scale = scale;
    for (unsigned i = 0; i < follow->settings.arm_count; i++) {
        struct hand_map *map = &follow->paths[i].map;
        if (i < follow->hand_count)
            hand_map_change(map, &follow->hands[i].pose, scale, map->lock_turn, map->lock_place);
        else
            map->scale = scale;
    }
}

void follow_set_picture(struct follow *follow, unsigned index, struct quat picture)
{
    assert(index < follow->settings.arm_count);
    follow->pictures[index] = picture;
}

/* The pedal is up: the rest that arms the next clutch-in, unless it is the console that rests, or it
 * holds already and no person lifted the foot. */
static enum follow_outcome rest(struct follow *follow, const struct gesture *gesture,
                                uint64_t now_ns)
{
    bool is_unasked = gesture->flags & GESTURE_UNASKED;
    bool moves =
        supervisor_follows(&follow->supervisor) || supervisor_leads_camera(&follow->supervisor);
    if (is_unasked && !moves)
        return count(follow, FOLLOW_APPLIED);
    follow->clutch_id = gesture->clutch_id;
    step(follow,
         gesture->flags & GESTURE_FROZEN ? SUPERVISOR_FREEZE
         : is_unasked                    ? SUPERVISOR_LIFT_UNASKED
                                         : SUPERVISOR_LIFT,
         0, now_ns);
    return count(follow, FOLLOW_APPLIED);
}

/* Whether what the gesture's pedal leads follows it. */
static bool is_led(const struct follow *follow, const struct gesture *gesture)
{
    return gesture->flags & GESTURE_CAMERA ? supervisor_leads_camera(&follow->supervisor)
                                           : supervisor_follows(&follow->supervisor);
}

/* Whether a pedal that is down may move what it leads: under a clutch number that is newer after a foot was
 * lifted, or under the one that it follows. Hands that lead the instruments may go over to the camera. */
static bool may_engage(const struct follow *follow, const struct gesture *gesture, bool is_fresh)
{
    const struct supervisor *supervisor = &follow->supervisor;
    if (is_led(follow, gesture))
        return is_fresh || gesture->clutch_id == follow->clutch_id;
    bool is_camera = gesture->flags & GESTURE_CAMERA;
    return is_fresh && (supervisor->armed || (is_camera && supervisor_follows(supervisor)));
}

/* Begins, where it `is_fresh`, and goes on with what the gesture asks. */
static void lead(struct follow *follow, const struct gesture *gesture, bool is_fresh,
                 uint64_t now_ns)
{
    if (gesture->flags & GESTURE_CAMERA) {
        if (is_fresh)
            camera_in(follow, gesture);
        keep_hands(follow, gesture);
        camera_drive_take(&follow->camera, follow->hands, gesture->hand_count);
        return;
    }
    if (is_fresh)
        clutch_in(follow, gesture, now_ns);
    set_goals(follow, gesture, now_ns);
}

/* A pedal is down. `before_ns`: when the gesture taken before this one was sampled. */
static enum follow_outcome engage(struct follow *follow, const struct follow_sample *sample,
                                  uint64_t before_ns, uint64_t now_ns)
{
    const struct gesture *gesture = &sample->gesture;
    bool is_fresh = motion_is_newer(gesture->clutch_id, follow->clutch_id);

    if (!may_engage(follow, gesture, is_fresh)) {
        step(follow, SUPERVISOR_FOLLOW, 0, now_ns);
        return refuse(follow, MOTION_ERR_CLUTCH);
    }
    if (!is_fresh && gesture->hand_count != follow->hand_count)
        return refuse(follow, MOTION_ERR_COUNT);
    if (!is_within_step(follow, sample, is_fresh ? AT_CLUTCH_IN : follow->hands, before_ns)) {
        follow->clutch_id = gesture->clutch_id;
        step(follow, SUPERVISOR_TICK, 0, now_ns);
        forget_step(follow); /* held by it, that it was is over */
        return refuse(follow, MOTION_ERR_STEP);
    }
    enum supervisor_event begin =
        gesture->flags & GESTURE_CAMERA ? SUPERVISOR_CAMERA : SUPERVISOR_ENGAGE;
    step(follow, is_fresh ? begin : SUPERVISOR_TICK, 0, now_ns);
    if (!is_led(follow, gesture)) /* a gate fails: this clutch-in is spent */
        return refuse(follow, MOTION_ERR_CLUTCH);
    lead(follow, gesture, is_fresh, now_ns);
    follow->has_applied = true;
    follow->applied_sequence = sample->sequence;
    follow->applied_sampled_ns = sample->sampled_ns;
    return count(follow, FOLLOW_APPLIED);
}

/* Whether the sample is young by a measured age. If not, the arm reacts. */
static bool is_young(struct follow *follow, const struct follow_sample *sample, uint64_t now_ns)
{
    struct gates *gates = &follow->gates;
    bool follows = supervisor_follows(&follow->supervisor);
    gates_read(gates, GATE_CLOCK,
               sample->measured ? (double)sample->bound_ns * 1e-6 : GATE_UNMEASURED, follows);
    if (sample->measured)
        gates_read(gates, GATE_AGE, (double)sample->age_ns * 1e-6, follows);
    if (!(gates->failing & (GATE_BIT(GATE_CLOCK) | GATE_BIT(GATE_AGE))))
        return true;
    step(follow, SUPERVISOR_TICK, 0, now_ns);
    return false;
}

enum follow_outcome follow_gesture(struct follow *follow, const struct follow_sample *sample,
                                   uint64_t now_ns)
{
    if (follow->has_sequence && !motion_is_newer(sample->sequence, follow->sequence))
        return count(follow, FOLLOW_DUPLICATE);
    enum motion_err err = gesture_check(&sample->gesture);
    if (err)
        return refuse(follow, err);
    uint64_t before_ns = follow->has_sequence ? follow->sampled_ns : sample->sampled_ns;
    if (sample->sampled_ns < before_ns)
        return refuse(follow, MOTION_ERR_STAMP);

    follow->has_sequence = true;
    follow->sequence = sample->sequence;
    follow->sampled_ns = sample->sampled_ns;
    if (!is_young(follow, sample, now_ns))
        return sample->measured && follow->gates.failing & GATE_BIT(GATE_AGE)
                   ? count(follow, FOLLOW_LATE)
                   : refuse(follow, MOTION_ERR_CLOCK);
    follow->has_heard = true;
    follow->heard_ns = now_ns;
    gates_set(&follow->gates, GATE_SILENCE, true);
    gates_set(&follow->gates, GATE_PRESENCE, !(sample->gesture.flags & GESTURE_ABSENT));
    if (!(sample->gesture.flags & (GESTURE_ENGAGED | GESTURE_CAMERA)))
        return rest(follow, &sample->gesture, now_ns);
    return engage(follow, sample, before_ns, now_ns);
}

/* What a console's session alone can say is not measured any more. */
static void forget_console(struct follow *follow)
{
    static const enum supervisor_gate gates[] = {GATE_CLOCK, GATE_SILENCE, GATE_PRESENCE};
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        gates_read(&follow->gates, gates[i], GATE_UNMEASURED, false);
    forget_gestures(follow);
    if (follow->has_applied) /* who comes next may be another, or have forgotten */
        keep_jaws(follow);
    follow->has_sequence = false;
    follow->has_heard = false;
    follow->has_applied = false;
}

void follow_session_lost(struct follow *follow, uint64_t now_ns)
{
    step(follow, SUPERVISOR_TICK, GATE_BIT(GATE_SESSION), now_ns);
    forget_console(follow);
}

void follow_lease_changed(struct follow *follow, uint64_t now_ns)
{
    step(follow, SUPERVISOR_LEASE, 0, now_ns);
    forget_console(follow);
    follow_set_scale(follow, follow->settings.scale);
}

/* CRTK's word for a state of ours. */
static enum operating_state operating(enum supervisor_state state)
{
    switch (state) {
    case SUPERVISOR_OFF:
    case SUPERVISOR_DISABLED:
    case SUPERVISOR_STATES:
        break;
    case SUPERVISOR_READY:
    case SUPERVISOR_FOLLOWING:
        return OPERATING_ENABLED;
    case SUPERVISOR_HELD:
    case SUPERVISOR_UNDOCKING:
    case SUPERVISOR_DOCKING:
        return OPERATING_PAUSED;
    case SUPERVISOR_STOPPED:
        return OPERATING_FAULT;
    }
    return OPERATING_DISABLED;
}

void follow_report(const struct follow *follow, struct arm_state *state)
{
    state->operating_state = operating(follow->supervisor.state);
    state->hold_cause = follow->supervisor.cause;
    state->has_applied = follow->has_applied;
    state->applied_sequence = follow->applied_sequence;
    state->applied_sampled_ns = follow->applied_sampled_ns;
    state->clutch_id = follow->clutch_id;
    state->late = (uint32_t)follow->outcomes[FOLLOW_LATE];
    state->duplicate = (uint32_t)follow->outcomes[FOLLOW_DUPLICATE];
    state->refused = (uint32_t)follow->outcomes[FOLLOW_REFUSED];
    state->holds = (uint32_t)follow->holds.count;
    state->arm_count = (uint8_t)follow->settings.arm_count;
}

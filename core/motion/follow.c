/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/follow.h"

#include <assert.h>

#define DEGREES (3.14159265358979323846 / 180)

const struct follow_settings FOLLOW_STANDARD = {
    .arm_count = 2,
    .scale = 0.2,
    .age_gate_ns = UINT64_C(300000000),
    .silence_gate_ns = UINT64_C(200000000),
    .hand_speed_max_m_s = 2,
    .hand_turn_max_rad_s = 20,
    .hand_slack_m = 0.005,
    .hand_slack_rad = 5 * DEGREES,
    .limits = TRACK_LIMITS_STANDARD,
};

const char *follow_outcome_text(enum follow_outcome outcome)
{
    static const char *const words[FOLLOW_OUTCOMES] = {"applied", "late", "duplicate", "refused"};
    return (unsigned)outcome < FOLLOW_OUTCOMES ? words[outcome] : "unknown outcome";
}

void follow_place(struct follow *follow, unsigned index,
                  const double joints[static INSTRUMENT_AXES])
{
    assert(index < follow->settings.arm_count && follow->hold == HOLD_START);
    track_place(&follow->arms[index], follow->instrument, joints);
}

static void start_hold(struct follow *follow, enum hold_cause cause, uint64_t now_ns)
{
    hold_log_begin(&follow->holds, cause, now_ns);
    follow->hold_counts[cause]++;
    follow->hold = cause;
}

static void end_hold(struct follow *follow, uint64_t now_ns)
{
    hold_log_end(&follow->holds, now_ns);
    follow->hold = HOLD_NONE;
}

/* A rest that people chose; a fault on top of it is news, a fault on top of a fault is not. */
static bool is_rest(enum hold_cause cause)
{
    return cause == HOLD_START || cause == HOLD_RELEASED || cause == HOLD_FROZEN;
}

static void hold(struct follow *follow, enum hold_cause cause, uint64_t now_ns)
{
    follow->armed = false;
    if (follow->hold != HOLD_NONE) {
        if (!is_rest(follow->hold) || follow->hold == cause)
            return;
        end_hold(follow, now_ns);
    }
    start_hold(follow, cause, now_ns);
}

void follow_init(struct follow *follow, const struct instrument *instrument,
                 const struct follow_settings *settings, uint64_t now_ns)
{
    assert(settings->arm_count >= 1 && settings->arm_count <= ARM_STATE_ARMS_MAX);
    *follow = (struct follow){.instrument = instrument, .settings = *settings};
    start_hold(follow, HOLD_START, now_ns);
    for (unsigned i = 0; i < settings->arm_count; i++)
        follow_place(follow, i, INSTRUMENT_READY_JP);
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

/* Whether no hand is further from `before` than hands go in the time since `before_ns`. */
static bool is_within_step(const struct follow *follow, const struct follow_sample *sample,
                           const struct hand before[static GESTURE_HANDS_MAX], uint64_t before_ns)
{
    const struct follow_settings *settings = &follow->settings;
    double elapsed_s = (double)(sample->sampled_ns - before_ns) * 1e-9;
    double most_m = settings->hand_slack_m + settings->hand_speed_max_m_s * elapsed_s;
    double most_rad = settings->hand_slack_rad + settings->hand_turn_max_rad_s * elapsed_s;
    for (unsigned i = 0; i < sample->gesture.hand_count; i++) {
        const struct pose *now = &sample->gesture.hands[i].pose, *was = &before[i].pose;
        if (vec3_length(vec3_subtract(now->position_m, was->position_m)) > most_m ||
            quat_angle_between_rad(quat_normalise(now->orientation), was->orientation) > most_rad)
            return false;
    }
    return true;
}

static void clutch_in(struct follow *follow, const struct gesture *gesture)
{
    follow->clutch_id = gesture->clutch_id;
    follow->hand_count = gesture->hand_count;
    for (unsigned i = 0; i < follow->settings.arm_count; i++) {
        follow->bases[i] = follow->arms[i].tip;
        follow->arms[i].jaw_met = false;
    }
}

static void set_goals(struct follow *follow, const struct gesture *gesture)
{
    for (unsigned i = 0; i < gesture->hand_count; i++) {
        struct hand *hand = &follow->hands[i];
        *hand = gesture->hands[i];
        hand->pose.orientation = quat_normalise(hand->pose.orientation);
        if (i >= follow->settings.arm_count)
            continue;
        const struct pose *base = &follow->bases[i];
        follow->arms[i].goal = (struct pose){
            vec3_add(base->position_m, vec3_scale(hand->pose.position_m, follow->settings.scale)),
            quat_normalise(quat_multiply(hand->pose.orientation, base->orientation)),
        };
        follow->arms[i].jaw_goal_rad = hand->jaw_rad;
    }
}

/* The pedal is up: the rest that arms the next clutch-in, unless it is the console that rests, or it
 * holds already and no person lifted the foot. */
static enum follow_outcome rest(struct follow *follow, const struct gesture *gesture,
                                uint64_t now_ns)
{
    bool frozen = gesture->flags & GESTURE_FROZEN;
    if (gesture->flags == GESTURE_UNASKED && follow->hold != HOLD_NONE)
        return count(follow, FOLLOW_APPLIED);
    hold(follow, frozen ? HOLD_FROZEN : HOLD_RELEASED, now_ns);
    follow->armed = !frozen;
    follow->clutch_id = gesture->clutch_id;
    return count(follow, FOLLOW_APPLIED);
}

/* The pedal is down. `before_ns`: when the gesture taken before this one was sampled. */
static enum follow_outcome engage(struct follow *follow, const struct follow_sample *sample,
                                  uint64_t before_ns, uint64_t now_ns)
{
    static const struct hand at_clutch_in[GESTURE_HANDS_MAX] = {
        {.pose = {.orientation = {1, 0, 0, 0}}},
        {.pose = {.orientation = {1, 0, 0, 0}}},
    };
    const struct gesture *gesture = &sample->gesture;
    bool holding = follow->hold != HOLD_NONE;
    bool fresh = motion_is_newer(gesture->clutch_id, follow->clutch_id);

    if (holding ? !follow->armed || !fresh : !fresh && gesture->clutch_id != follow->clutch_id) {
        follow->armed = false;
        return refuse(follow, MOTION_ERR_CLUTCH);
    }
    if (!fresh && gesture->hand_count != follow->hand_count)
        return refuse(follow, MOTION_ERR_COUNT);
    if (!is_within_step(follow, sample, fresh ? at_clutch_in : follow->hands, before_ns)) {
        follow->clutch_id = gesture->clutch_id;
        hold(follow, HOLD_STEP, now_ns);
        return refuse(follow, MOTION_ERR_STEP);
    }
    if (holding)
        end_hold(follow, now_ns);
    if (fresh)
        clutch_in(follow, gesture);
    follow->armed = false;
    set_goals(follow, gesture);
    follow->has_applied = true;
    follow->applied_sequence = sample->sequence;
    follow->applied_sampled_ns = sample->sampled_ns;
    return count(follow, FOLLOW_APPLIED);
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
    if (!sample->measured) {
        if (follow->has_measured) /* else the session begins: it holds, and nothing is wrong yet */
            hold(follow, HOLD_CLOCK, now_ns);
        return refuse(follow, MOTION_ERR_CLOCK);
    }
    follow->has_measured = true;
    if (sample->age_ns > follow->settings.age_gate_ns) {
        hold(follow, HOLD_AGE, now_ns);
        return count(follow, FOLLOW_LATE);
    }
    follow->heard_ns = now_ns;
    if (!(sample->gesture.flags & GESTURE_ENGAGED))
        return rest(follow, &sample->gesture, now_ns);
    return engage(follow, sample, before_ns, now_ns);
}

void follow_session_lost(struct follow *follow, uint64_t now_ns)
{
    hold(follow, HOLD_SESSION, now_ns);
    follow->has_sequence = false;
    follow->has_measured = false;
    follow->has_applied = false;
}

void follow_tick(struct follow *follow, uint64_t now_ns)
{
    if ((follow->hold == HOLD_NONE || follow->hold == HOLD_RELEASED ||
         follow->hold == HOLD_FROZEN) &&
        now_ns - follow->heard_ns > follow->settings.silence_gate_ns)
        hold(follow, HOLD_SILENCE, now_ns);

    uint64_t dt_ns = follow->has_ticked ? now_ns - follow->ticked_ns : 0;
    follow->has_ticked = true;
    follow->ticked_ns = now_ns;
    for (unsigned i = 0; i < follow->settings.arm_count; i++)
        track_tick(&follow->arms[i], follow->instrument, &follow->settings.limits,
                   follow->hold == HOLD_NONE && i < follow->hand_count, dt_ns);
}

bool follow_is_still(const struct follow *follow)
{
    for (unsigned i = 0; i < follow->settings.arm_count; i++)
        if (!track_stands(&follow->arms[i]))
            return false;
    return true;
}

void follow_report(const struct follow *follow, struct arm_state *state)
{
    bool ready = follow->hold == HOLD_NONE || is_rest(follow->hold);
    state->operating_state = ready ? OPERATING_ENABLED : OPERATING_PAUSED;
    state->hold_cause = follow->hold;
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

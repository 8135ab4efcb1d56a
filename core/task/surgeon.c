/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "task/surgeon.h"

#include <string.h>

#define MS UINT64_C(1000000)
#define STILL_NS (150 * MS) /* seen unmoved for so long: it stands */
#define LOOK_NS (400 * MS)  /* a move's effect is seen this much later at the earliest */
#define STILL_M 5e-5
#define THERE_M 6e-4
#define THERE_RAD 0.06
#define ATTEMPTS 8     /* at one place; then it is near enough */
#define SPEED_M_S 0.05 /* of the tip, on average */
#define TURN_RAD_S 1.0
#define MOVE_LEAST_NS (250 * MS)
#define STEP_MOST_M 0.08 /* of the tip in one move: hands have a reach */
#define SHUT_RAD 0.08    /* jaws nearer to one another hold nothing here */
#define DIFFER_RAD 0.1
#define OWN_WAY_NS                                                                                 \
    (2000 * MS) /* so long do jaws take to be seen where the hand is, slow as they chase it */
#define FEEL_NS (20 * MS)

void surgeon_init(struct surgeon *surgeon, const struct surgeon_plan *plan,
                  const struct layout *layout, double scale)
{
    *surgeon = (struct surgeon){.plan = plan, .layout = layout, .scale = scale};
    for (unsigned i = 0; i < LAYOUT_ARMS; i++)
        surgeon->hands[i] = (struct hand){POSE_IDENTITY, 0.3};
}

static void enter(struct surgeon *surgeon, enum surgeon_state state, uint64_t now_ns)
{
    surgeon->state = state;
    surgeon->began_ns = now_ns;
}

void surgeon_see(struct surgeon *surgeon, const struct arm_state *state, uint64_t now_ns)
{
    struct pose camera = layout_camera(surgeon->layout, surgeon->layout->camera_ready_jp);
    for (unsigned i = 0; i < state->arm_count && i < LAYOUT_ARMS; i++) {
        const struct arm_report *arm = &state->arms[i];
        struct pose tip = layout_to_camera(surgeon->layout, &camera, i, &arm->measured_cp);
        if (vec3_length(vec3_subtract(tip.position_m, surgeon->tips[i].position_m)) > STILL_M) {
            surgeon->tips[i] = tip;
            surgeon->moved_ns = now_ns;
        }
        surgeon->tips[i].orientation = tip.orientation;
        surgeon->jaws_rad[i] = arm->measured_jp[AXIS_JAW];
    }
    surgeon->follows = state->hold_cause == HOLD_NONE;
    if (surgeon->state == SURGEON_BLIND)
        enter(surgeon, SURGEON_LOOKS, now_ns);
}

/* 0 to 1 without a jerk at either end. */
static double ease(double share)
{
    double s = fmin(fmax(share, 0), 1);
    return s * s * s * (10 + s * (6 * s - 15));
}

/* What is missing from `tip` to `goal`, as the hand has to make it. */
static void start_move(struct surgeon *surgeon, const struct surgeon_move *move,
                       const struct pose *goal, uint64_t now_ns)
{
    const struct pose *tip = &surgeon->tips[move->arm];
    struct hand *hand = &surgeon->hands[move->arm];
    struct vec3 way_m = vec3_limit(vec3_subtract(goal->position_m, tip->position_m), STEP_MOST_M);
    struct quat turn = quat_multiply(goal->orientation, quat_conjugate(tip->orientation));
    double lasts_s = fmax(vec3_length(way_m) / SPEED_M_S,
                          vec3_length(quat_to_rotation_vector(turn)) / TURN_RAD_S);
    surgeon->from = *hand;
    surgeon->to = *hand;
    surgeon->to.pose.position_m =
        vec3_add(hand->pose.position_m, vec3_scale(way_m, 1 / surgeon->scale));
    surgeon->to.pose.orientation = quat_normalise(quat_multiply(turn, hand->pose.orientation));
    surgeon->lasts_ns = MOVE_LEAST_NS + (uint64_t)(lasts_s * 1e9);
    surgeon->attempts++;
    enter(surgeon, SURGEON_MOVES, now_ns);
}

static bool is_there(const struct pose *tip, const struct pose *goal)
{
    return vec3_length(vec3_subtract(goal->position_m, tip->position_m)) < THERE_M &&
           quat_angle_between_rad(goal->orientation, tip->orientation) < THERE_RAD;
}

/* The tip stands, and is seen: the next thing to do. */
static void decide(struct surgeon *surgeon, uint64_t now_ns)
{
    struct surgeon_move move = surgeon->plan->move(surgeon->move);
    struct pose camera = layout_camera(surgeon->layout, surgeon->layout->camera_ready_jp);
    struct pose goal = pose_into_frame(&camera, &move.tip);
    if (!is_there(&surgeon->tips[move.arm], &goal) && surgeon->attempts < ATTEMPTS) {
        start_move(surgeon, &move, &goal, now_ns);
        return;
    }
    surgeon->hands[move.arm].jaw_rad = move.jaw_rad;
    enter(surgeon, SURGEON_WAITS, now_ns);
}

/* The jaws have had their time. */
static void go_on(struct surgeon *surgeon, uint64_t now_ns)
{
    struct surgeon_move move = surgeon->plan->move(surgeon->move);
    bool is_missed = move.must_hold && surgeon->jaws_rad[move.arm] < SHUT_RAD;
    surgeon->move = is_missed ? move.back_to : surgeon->move + 1;
    surgeon->attempts = 0;
    bool is_ready = surgeon->move == surgeon->plan->moves;
    enter(surgeon, is_ready ? SURGEON_READY : SURGEON_LOOKS, now_ns);
}

static void go(struct surgeon *surgeon, uint64_t now_ns)
{
    unsigned arm = surgeon->plan->move(surgeon->move).arm;
    double share = (double)(now_ns - surgeon->began_ns) / (double)surgeon->lasts_ns;
    surgeon->hands[arm].pose = pose_between(&surgeon->from.pose, &surgeon->to.pose, ease(share));
    if (share < 1)
        return;
    enter(surgeon, SURGEON_LOOKS, now_ns);
    surgeon->moved_ns = now_ns + LOOK_NS - STILL_NS;
}

/* Open jaws that stay otherwise than the hand's are as other hands left them: they go with ours once these were where
 * they are (motion/jaw_keep.h). */
static double feel_jaws(struct surgeon *surgeon, unsigned arm, uint64_t now_ns)
{
    double hand_rad = surgeon->hands[arm].jaw_rad, seen_rad = surgeon->jaws_rad[arm];
    bool differ = hand_rad > SHUT_RAD && fabs(seen_rad - hand_rad) > DIFFER_RAD;
    uint64_t since_ns = now_ns - surgeon->agreed_ns[arm];
    if (!surgeon->follows || !differ || since_ns > OWN_WAY_NS + FEEL_NS)
        surgeon->agreed_ns[arm] = now_ns;
    return surgeon->follows && differ && since_ns > OWN_WAY_NS ? seen_rad : hand_rad;
}

void surgeon_hands(struct surgeon *surgeon, uint64_t now_ns, struct clutch_hands *hands)
{
    bool sees = surgeon->state != SURGEON_BLIND && surgeon->state != SURGEON_READY;
    if (sees && !surgeon->follows) { /* whatever was under way is over */
        enter(surgeon, SURGEON_LOOKS, now_ns);
        surgeon->moved_ns = now_ns + LOOK_NS - STILL_NS;
    }
    switch (surgeon->state) {
    case SURGEON_LOOKS:
        if (now_ns > surgeon->moved_ns + STILL_NS)
            decide(surgeon, now_ns);
        break;
    case SURGEON_MOVES:
        go(surgeon, now_ns);
        break;
    case SURGEON_WAITS:
        if (now_ns - surgeon->began_ns >= surgeon->plan->move(surgeon->move).wait_ns)
            go_on(surgeon, now_ns);
        break;
    case SURGEON_BLIND:
    case SURGEON_READY:
        break;
    }
    *hands = (struct clutch_hands){.hand_count = LAYOUT_ARMS, .pedal = true};
    memcpy(hands->hands, surgeon->hands, sizeof surgeon->hands);
    for (unsigned i = 0; i < LAYOUT_ARMS && surgeon->state != SURGEON_BLIND; i++)
        hands->hands[i].jaw_rad = feel_jaws(surgeon, i, now_ns);
}

bool surgeon_is_ready(const struct surgeon *surgeon)
{
    return surgeon->state == SURGEON_READY;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/desk.h"

#include <math.h>
#include <string.h>

#define NS_PER_S 1e9
#define STEP_NS_MAX UINT64_C(20000000) /* a caller that was stopped moves no further at once */
#define PRESSED 0.5                    /* a trigger that serves as a button */
#define AXIS_SLACK 1e-6                /* rounding of the device's own scale */
#define TRIGGER_MET_RAD 0.05

enum desk_device desk_device_of(enum desk_control control)
{
    if (control < DESK_MOUSE_LEFT)
        return DESK_KEYBOARD;
    if (control < DESK_PAD_A || control >= DESK_MOUSE_X)
        return DESK_MOUSE;
    bool is_cap =
        (control >= DESK_CAP_BUTTON_1 && control <= DESK_CAP_BUTTON_2) || control >= DESK_CAP_X;
    return is_cap ? DESK_CAP : DESK_PAD;
}

void desk_init(struct desk *desk, const struct desk_map *map, uint64_t now_ns)
{
    *desk = (struct desk){.map = map, .alive_ns = now_ns, .advanced_ns = now_ns, .active = 1};
    desk->plugged[DESK_KEYBOARD] = desk->plugged[DESK_MOUSE] = true;
    for (unsigned i = 0; i < GESTURE_HANDS_MAX; i++)
        desk->hands[i].pose = POSE_IDENTITY;
    desk->camera = POSE_IDENTITY;
}

static bool is_on(const struct desk *desk, const struct desk_binding *binding)
{
    if (binding->with)
        return desk->values[binding->with] > PRESSED;
    for (unsigned i = 0; i < desk->map->count; i++) { /* another of the same control may be meant */
        const struct desk_binding *other = &desk->map->bindings[i];
        if (other->control == binding->control && other->with &&
            desk->values[other->with] > PRESSED)
            return false;
    }
    return true;
}

bool desk_is_held(const struct desk *desk, enum desk_action action)
{
    for (unsigned i = 0; i < desk->map->count; i++) {
        const struct desk_binding *binding = &desk->map->bindings[i];
        if (binding->action == action && desk->values[binding->control] > PRESSED &&
            is_on(desk, binding))
            return true;
    }
    return false;
}

static void let_go(struct desk *desk)
{
    desk->interrupted = desk->interrupted || (!desk->away && desk_is_held(desk, DESK_ENGAGE));
    memset(desk->values, 0, sizeof desk->values);
    desk->away = true;
}

static unsigned hand_of(const struct desk *desk, const struct desk_binding *binding)
{
    return binding->hand == DESK_HAND_ACTIVE ? desk->active : (unsigned)binding->hand;
}

static void toggle_grip(struct desk *desk, unsigned hand)
{
    double middle = (DESK_JAW_OPEN_RAD + DESK_JAW_CLOSED_RAD) / 2;
    desk->grip_goal_rad[hand] =
        desk->grip_goal_rad[hand] > middle ? DESK_JAW_CLOSED_RAD : DESK_JAW_OPEN_RAD;
}

static bool is_pedal_down(const struct desk *desk)
{
    return desk_is_held(desk, DESK_ENGAGE) || desk_is_held(desk, DESK_CAMERA);
}

static void take_hands(struct desk *desk, uint64_t now_ns)
{
    uint64_t up_until_ns = (desk->away ? now_ns : desk->lifted_ns) + DESK_RETAKE_NS;
    if (up_until_ns > desk->up_until_ns)
        desk->up_until_ns = up_until_ns;
    desk->away = desk->unplugged = desk->interrupted = false;
}

static void press(struct desk *desk, const struct desk_binding *binding, uint64_t now_ns)
{
    switch (binding->action) {
    case DESK_GRIP:
        toggle_grip(desk, hand_of(desk, binding));
        break;
    case DESK_SWAP:
        desk->active = !desk->active;
        desk->trigger_met[desk->active] = false;
        break;
    case DESK_LOCK_TURN:
        desk->turn_locked = !desk->turn_locked;
        break;
    case DESK_LOCK_PLACE:
        desk->place_locked = !desk->place_locked;
        break;
    case DESK_ENGAGE:
    case DESK_CAMERA:
        take_hands(desk, now_ns);
        break;
    default:
        break;
    }
    if (binding->action >= DESK_SWAP && desk->order_count < DESK_ORDERS_KEPT)
        desk->orders[desk->order_count++] = binding->action;
}

static enum motion_err check(const struct desk *desk, const struct desk_event *event)
{
    if (event->control <= DESK_NO_CONTROL || event->control >= DESK_CONTROLS ||
        !desk->plugged[desk_device_of(event->control)])
        return MOTION_ERR_STATE;
    if (!isfinite(event->value))
        return MOTION_ERR_NOT_FINITE;
    bool is_counts = desk_control_kind(event->control) == DESK_IS_COUNTS;
    if (fabs(event->value) > (is_counts ? DESK_COUNTS_MOST : 1 + AXIS_SLACK))
        return MOTION_ERR_TOO_FAR;
    return MOTION_OK;
}

static bool is_stop(const struct desk *desk, enum desk_control control)
{
    for (unsigned i = 0; i < desk->map->count; i++)
        if (desk->map->bindings[i].control == control && desk->map->bindings[i].action == DESK_STOP)
            return true; /* and nothing else, as maps are read */
    return false;
}

static bool is_middle(const struct desk *desk, enum desk_control control, double value)
{
    double most = DESK_MIDDLE;
    for (unsigned i = 0; i < desk->map->count; i++)
        if (desk->map->bindings[i].control == control)
            most = fmax(most, desk->map->bindings[i].dead);
    return fabs(value) <= most;
}

static void plug(struct desk *desk, enum desk_device device)
{
    desk->plugged[device] = true;
    for (int control = DESK_NO_CONTROL + 1; control < DESK_CONTROLS; control++)
        if (desk_device_of((enum desk_control)control) == device)
            desk->centred[control] = false;
}

static enum motion_err take_moved(struct desk *desk, const struct desk_event *event)
{
    enum motion_err err = check(desk, event);
    if (err) {
        desk->refused[err]++;
        return err;
    }
    if (event->was_down && !is_stop(desk, event->control))
        return MOTION_OK;
    double *value = &desk->values[event->control];
    if (desk_control_kind(event->control) == DESK_IS_COUNTS) {
        *value = fmin(fmax(*value + event->value, -DESK_COUNTS_MOST), DESK_COUNTS_MOST);
        return MOTION_OK;
    }
    bool is_press = event->value > PRESSED && *value <= PRESSED &&
                    desk_control_kind(event->control) == DESK_IS_BUTTON;
    bool was_down = is_pedal_down(desk), was_engaged = desk_is_held(desk, DESK_ENGAGE);
    *value = event->value;
    desk->centred[event->control] |= is_middle(desk, event->control, event->value);
    if (was_down && !is_pedal_down(desk))
        desk->lifted_ns = event->at_ns;
    if (was_engaged != desk_is_held(desk, DESK_ENGAGE))
        desk->after_camera = false; /* the last foot was lifted, or the first put down */
    desk->presses += is_press;
    for (unsigned i = 0; is_press && i < desk->map->count; i++)
        if (desk->map->bindings[i].control == event->control &&
            is_on(desk, &desk->map->bindings[i]))
            press(desk, &desk->map->bindings[i], event->at_ns);
    return MOTION_OK;
}

enum motion_err desk_take(struct desk *desk, const struct desk_event *event)
{
    enum motion_err err = MOTION_OK;
    if (event->at_ns > desk->alive_ns)
        desk->alive_ns = event->at_ns;
    switch (event->kind) {
    case DESK_MOVED:
        err = take_moved(desk, event);
        break;
    case DESK_PLUGGED:
        plug(desk, event->device);
        break;
    case DESK_UNPLUGGED:
        desk->plugged[event->device] = false;
        desk->unplugged = true;
        let_go(desk);
        break;
    case DESK_AWAY:
        let_go(desk);
        break;
    case DESK_ALIVE:
        break;
    }
    return err;
}

/* What an axis says beyond its middle, from 0 there. */
static double beyond(double value, double dead)
{
    double over = fabs(value) - dead;
    return over <= 0 ? 0 : copysign(over / (1 - dead), value);
}

/* How far each hand goes in `step_s`, by what is held; what is counted it owes. */
static void sum_up(struct desk *desk, double step_s, double moves[GESTURE_HANDS_MAX][DESK_RATES])
{
    for (unsigned i = 0; i < desk->map->count; i++) {
        const struct desk_binding *binding = &desk->map->bindings[i];
        bool is_aside =
            desk_control_kind(binding->control) == DESK_IS_AXIS && !desk->centred[binding->control];
        if (binding->action > DESK_JAW || is_aside || !is_on(desk, binding))
            continue;
        unsigned hand = hand_of(desk, binding);
        double value = beyond(desk->values[binding->control], binding->dead);
        if (desk_control_kind(binding->control) == DESK_IS_COUNTS)
            desk->owed[hand][binding->action] += value * binding->rate;
        else
            moves[hand][binding->action] += value * binding->rate * step_s;
    }
}

/* Pays a share of three of what a hand owes, no more than `most` of their length. */
static void pay(double owed[static 3], double moves[static 3], double share, double most)
{
    struct vec3 paid =
        vec3_limit((struct vec3){share * owed[0], share * owed[1], share * owed[2]}, most);
    const double each[3] = {paid.x, paid.y, paid.z};
    for (unsigned i = 0; i < 3; i++) {
        moves[i] += each[i];
        owed[i] -= each[i];
    }
}

static void pay_all(struct desk *desk, unsigned hand, double moves[static DESK_RATES],
                    double step_s)
{
    double share = fmin(1, step_s * NS_PER_S / (double)DESK_SPREAD_NS);
    pay(desk->owed[hand] + DESK_X, moves + DESK_X, share, DESK_SPEED_MOST_M_S * step_s);
    pay(desk->owed[hand] + DESK_ROLL, moves + DESK_ROLL, share, DESK_TURN_MOST_RAD_S * step_s);
    moves[DESK_JAW] += desk->owed[hand][DESK_JAW];
    desk->owed[hand][DESK_JAW] = 0;
}

static void go(struct pose *pose, const double moves[static DESK_RATES], double step_s)
{
    struct vec3 turn = {moves[DESK_PITCH], moves[DESK_YAW], moves[DESK_ROLL]};
    struct vec3 place = {moves[DESK_X], moves[DESK_Y], moves[DESK_Z]};
    place = vec3_limit(place, DESK_SPEED_MOST_M_S * step_s);
    turn = vec3_limit(turn, DESK_TURN_MOST_RAD_S * step_s);
    pose->position_m = vec3_add(pose->position_m, place);
    if (vec3_length(turn) > 0)
        pose->orientation =
            quat_normalise(quat_multiply(quat_from_rotation_vector(turn), pose->orientation));
}

/* An axis leads the jaw once it has been where the jaw is: nothing held is dropped by a swap. */
static void grip_by_axis(struct desk *desk)
{
    for (unsigned i = 0; i < desk->map->count; i++) {
        const struct desk_binding *binding = &desk->map->bindings[i];
        if (binding->action != DESK_GRIP || !desk->plugged[desk_device_of(binding->control)] ||
            desk_control_kind(binding->control) != DESK_IS_AXIS || !is_on(desk, binding))
            continue;
        unsigned hand = hand_of(desk, binding);
        double share = fabs(beyond(desk->values[binding->control], binding->dead));
        double goal_rad = DESK_JAW_OPEN_RAD + share * (DESK_JAW_CLOSED_RAD - DESK_JAW_OPEN_RAD);
        double jaw_rad = /* as far as a trigger goes */
            fmin(fmax(desk->grip_goal_rad[hand], DESK_JAW_CLOSED_RAD), DESK_JAW_OPEN_RAD);
        if (fabs(goal_rad - jaw_rad) < TRIGGER_MET_RAD)
            desk->trigger_met[hand] = true;
        if (desk->trigger_met[hand])
            desk->grip_goal_rad[hand] = goal_rad;
    }
}

static void move_jaw(struct desk *desk, unsigned hand, double asked_rad, double step_s)
{
    double *jaw_rad = &desk->hands[hand].jaw_rad, *goal_rad = &desk->grip_goal_rad[hand];
    double most_rad = DESK_JAW_RATE_RAD_S * step_s;
    if (fabs(asked_rad) > 0) /* else jaws that others left further open stay so */
        *goal_rad = fmin(fmax(*goal_rad + asked_rad, DESK_JAW_CLOSED_RAD), DESK_JAW_OPEN_RAD);
    *jaw_rad += fmin(fmax(*goal_rad - *jaw_rad, -most_rad), most_rad);
}

static void forget_counts(struct desk *desk)
{
    for (int control = DESK_MOUSE_X; control < DESK_CONTROLS; control++)
        desk->values[control] = 0;
}

/* A trigger led the jaw of a device that is not there any more. */
static void forget_triggers(struct desk *desk)
{
    for (unsigned hand = 0; hand < GESTURE_HANDS_MAX; hand++)
        desk->trigger_met[hand] = false;
}

void desk_see_jaws(struct desk *desk, const double *jaws_rad, unsigned count)
{
    for (unsigned hand = 0; hand < count && hand < GESTURE_HANDS_MAX; hand++)
        desk->hands[hand].jaw_rad = desk->grip_goal_rad[hand] = jaws_rad[hand];
    forget_triggers(desk);
}

void desk_advance(struct desk *desk, uint64_t now_ns, struct clutch_hands *hands, bool *is_frozen)
{
    double moves[GESTURE_HANDS_MAX][DESK_RATES] = {{0}};
    uint64_t step_ns = now_ns - desk->advanced_ns;
    uint64_t silent_ns = now_ns > desk->alive_ns ? now_ns - desk->alive_ns : 0;
    desk->advanced_ns = now_ns;
    if (silent_ns > DESK_SILENCE_NS && !desk->away)
        let_go(desk);
    if (desk->away)
        forget_triggers(desk);

    bool is_down = desk_is_held(desk, DESK_ENGAGE);
    bool is_taken = !desk->away && now_ns >= desk->up_until_ns;
    bool is_camera = is_taken && desk_is_held(desk, DESK_CAMERA);
    desk->after_camera = is_camera || (desk->after_camera && is_down);
    bool is_engaged = is_taken && !desk->after_camera && is_down;
    double step_s = (double)(step_ns < STEP_NS_MAX ? step_ns : STEP_NS_MAX) / NS_PER_S;
    if (!desk->away && silent_ns <= DESK_STALL_NS) {
        sum_up(desk, step_s, moves);
        grip_by_axis(desk);
    }
    for (unsigned hand = 0; hand < GESTURE_HANDS_MAX; hand++) {
        if (is_engaged || is_camera)
            pay_all(desk, hand, moves[hand], step_s);
        else
            memset(desk->owed[hand], 0, sizeof desk->owed[hand]);
        if (is_engaged)
            go(&desk->hands[hand].pose, moves[hand], step_s);
        move_jaw(desk, hand, moves[hand][DESK_JAW], step_s);
    }
    if (is_camera)
        go(&desk->camera, moves[desk->active], step_s);
    forget_counts(desk);

    *hands = (struct clutch_hands){
        .hand_count = GESTURE_HANDS_MAX, .pedal = is_engaged, .camera = is_camera};
    memcpy(hands->hands, desk->hands, sizeof desk->hands);
    for (unsigned hand = 0; is_camera && hand < GESTURE_HANDS_MAX; hand++)
        hands->hands[hand].pose = desk->camera;
    *is_frozen = desk->away;
}

bool desk_order(struct desk *desk, enum desk_action *action)
{
    if (desk->order_count == 0)
        return false;
    *action = desk->orders[0];
    memmove(desk->orders, desk->orders + 1, --desk->order_count * sizeof *desk->orders);
    return true;
}

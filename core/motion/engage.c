/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/engage.h"

#define DEGREES (3.14159265358979323846 / 180)

struct engage_feel engage_feel_of(const struct profile *profile)
{
    return (struct engage_feel){
        profile->limits[PROFILE_PRESENCE_GRIPPER].most * DEGREES,
        profile->limits[PROFILE_PRESENCE_ROLL].most * DEGREES,
    };
}

void engage_off(struct engage *engage)
{
    *engage = (struct engage){.was_ready = engage->was_ready};
}

void engage_forget(struct engage *engage)
{
    *engage = (struct engage){.was_ready = false};
}

static void begin(struct engage *engage, const struct hand *hand)
{
    engage->state = ENGAGE_ABSENT;
    engage->gripper_least_rad = engage->gripper_most_rad = hand->jaw_rad;
    engage->handle = hand->pose.orientation;
}

/* How far the handle has turned about its own z axis since it was last seen. */
static double rolled_rad(const struct engage *engage, struct quat handle)
{
    struct quat step = quat_multiply(quat_conjugate(engage->handle), handle);
    return quat_to_rotation_vector(step).z;
}

static void feel(struct engage *engage, const struct engage_feel *felt_by, const struct hand *hand)
{
    engage->gripper_least_rad = fmin(engage->gripper_least_rad, hand->jaw_rad);
    engage->gripper_most_rad = fmax(engage->gripper_most_rad, hand->jaw_rad);
    engage->roll_rad += rolled_rad(engage, hand->pose.orientation);
    engage->roll_least_rad = fmin(engage->roll_least_rad, engage->roll_rad);
    engage->roll_most_rad = fmax(engage->roll_most_rad, engage->roll_rad);
    engage->handle = hand->pose.orientation;

    double gripper = (engage->gripper_most_rad - engage->gripper_least_rad) / felt_by->gripper_rad;
    double roll = (engage->roll_most_rad - engage->roll_least_rad) / felt_by->roll_rad;
    engage->is_felt |= gripper >= 1 || roll >= 1 || gripper + roll > ENGAGE_BOTH;
}

enum engage_state engage_update(struct engage *engage, const struct engage_feel *felt_by,
                                const struct hand *hand, const struct quat *instrument)
{
    struct hand unit = *hand;
    unit.pose.orientation = quat_normalise(hand->pose.orientation);
    if (engage->state == ENGAGE_READY)
        return ENGAGE_READY;
    if (engage->state == ENGAGE_OFF)
        begin(engage, &unit);
    feel(engage, felt_by, &unit);

    engage->off_rad = instrument ? quat_angle_between_rad(unit.pose.orientation, *instrument) : 0;
    double most_rad = engage->was_ready ? ENGAGE_RECLUTCH_RAD : ENGAGE_ALIGNED_RAD;
    engage->state = !engage->is_felt             ? ENGAGE_ABSENT
                    : engage->off_rad > most_rad ? ENGAGE_TURNED
                                                 : ENGAGE_READY;
    engage->was_ready |= engage->state == ENGAGE_READY;
    return engage->state;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/gesture.h"

#include <assert.h>

#include "base/bytes.h"

enum { AT_VERSION = 0, AT_FLAGS = 1, AT_COUNT = 2, AT_LEASE = 3, AT_CLUTCH = 4 };
enum { AT_JAW = 28 };
static_assert(AT_CLUTCH + 4 == GESTURE_HEAD_BYTES, "the clutch ends the head");
static_assert(AT_JAW + 4 == GESTURE_HAND_BYTES, "the jaw ends the hand");

enum {
    VERSION = 4,
    FLAGS_KNOWN = GESTURE_ENGAGED | GESTURE_FROZEN | GESTURE_UNASKED | GESTURE_ABSENT |
                  GESTURE_CAMERA | GESTURE_LOCKS,
    FLAGS_ALONE = GESTURE_ENGAGED | GESTURE_CAMERA /* each without any but the locks */
};

static double as_f32(double value)
{
    return (double)(float)value;
}

/* The hand as the wire would carry it, so that what passes the check also passes it over there. */
static struct hand hand_as_f32(const struct hand *hand)
{
    const struct vec3 *at = &hand->pose.position_m;
    const struct quat *turn = &hand->pose.orientation;
    return (struct hand){
        .pose = {.position_m = {as_f32(at->x), as_f32(at->y), as_f32(at->z)},
                 .orientation = {as_f32(turn->w), as_f32(turn->x), as_f32(turn->y),
                                 as_f32(turn->z)}},
        .jaw_rad = as_f32(hand->jaw_rad),
    };
}

static enum motion_err check_hand(const struct hand *exact)
{
    static const float jaw_least_rad = (float)GESTURE_JAW_LEAST_RAD;
    static const float jaw_most_rad = (float)GESTURE_JAW_MOST_RAD;
    struct hand hand = hand_as_f32(exact);
    enum motion_err err = pose_check(&hand.pose);
    if (err)
        return err;
    if (!isfinite(hand.jaw_rad))
        return MOTION_ERR_NOT_FINITE;
    if (vec3_length(hand.pose.position_m) > GESTURE_REACH_M)
        return MOTION_ERR_TOO_FAR;
    if ((float)hand.jaw_rad < jaw_least_rad || (float)hand.jaw_rad > jaw_most_rad)
        return MOTION_ERR_JAW;
    return MOTION_OK;
}

enum motion_err gesture_check(const struct gesture *gesture)
{
    if (gesture->flags & ~FLAGS_KNOWN)
        return MOTION_ERR_RESERVED;
    unsigned flags = gesture->flags & ~(unsigned)GESTURE_LOCKS;
    if ((flags & FLAGS_ALONE) && flags != GESTURE_ENGAGED && flags != GESTURE_CAMERA)
        return MOTION_ERR_STATE;
    if (gesture->hand_count < 1 || gesture->hand_count > GESTURE_HANDS_MAX)
        return MOTION_ERR_COUNT;
    for (unsigned i = 0; i < gesture->hand_count; i++) {
        enum motion_err err = check_hand(&gesture->hands[i]);
        if (err)
            return err;
    }
    return MOTION_OK;
}

size_t gesture_bytes(unsigned hand_count)
{
    return GESTURE_HEAD_BYTES + (size_t)hand_count * GESTURE_HAND_BYTES;
}

static void put_hand(uint8_t *out, const struct hand *hand)
{
    const struct vec3 *at = &hand->pose.position_m;
    const struct quat *turn = &hand->pose.orientation;
    const double values[] = {at->x,   at->y,   at->z,   turn->w,
                             turn->x, turn->y, turn->z, hand->jaw_rad};
    static_assert(sizeof values / sizeof values[0] * 4 == GESTURE_HAND_BYTES, "eight f32");
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        put_be_f32(out + 4 * i, (float)values[i]);
}

static void get_hand(struct hand *hand, const uint8_t *in)
{
    double values[GESTURE_HAND_BYTES / 4];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        values[i] = (double)get_be_f32(in + 4 * i);
    *hand = (struct hand){
        .pose = {.position_m = {values[0], values[1], values[2]},
                 .orientation = {values[3], values[4], values[5], values[6]}},
        .jaw_rad = values[7],
    };
}

size_t gesture_encode(const struct gesture *gesture, uint8_t out[static GESTURE_BYTES_MAX])
{
    assert(gesture_check(gesture) == MOTION_OK);
    out[AT_VERSION] = VERSION;
    out[AT_FLAGS] = gesture->flags;
    out[AT_COUNT] = gesture->hand_count;
    out[AT_LEASE] = gesture->lease;
    put_be32(out + AT_CLUTCH, gesture->clutch_id);
    for (size_t i = 0; i < gesture->hand_count; i++)
        put_hand(out + gesture_bytes((unsigned)i), &gesture->hands[i]);
    return gesture_bytes(gesture->hand_count);
}

enum motion_err gesture_decode(struct gesture *gesture, const uint8_t *in, size_t len)
{
    if (len < GESTURE_HEAD_BYTES)
        return MOTION_ERR_LENGTH;
    if (in[AT_VERSION] != VERSION)
        return MOTION_ERR_VERSION;
    struct gesture read = {
        .clutch_id = get_be32(in + AT_CLUTCH),
        .flags = in[AT_FLAGS],
        .hand_count = in[AT_COUNT],
        .lease = in[AT_LEASE],
    };
    if (read.hand_count < 1 || read.hand_count > GESTURE_HANDS_MAX)
        return MOTION_ERR_COUNT;
    if (len != gesture_bytes(read.hand_count))
        return MOTION_ERR_LENGTH;
    for (unsigned i = 0; i < read.hand_count; i++)
        get_hand(&read.hands[i], in + gesture_bytes(i));
    enum motion_err err = gesture_check(&read);
    if (!err)
        *gesture = read;
    return err;
}

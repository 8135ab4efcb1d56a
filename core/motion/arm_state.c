/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/arm_state.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

enum {
    AT_VERSION = 0,
    AT_FLAGS = 1,
    AT_COUNT = 2,
    AT_OPERATING = 3,
    AT_HOLD = 4,
    AT_ZERO = 5,
    AT_SEQUENCE = 8,
    AT_CLUTCH = 12,
    AT_SAMPLED = 16,
    AT_LATE = 24,
    AT_DUPLICATE = 28,
    AT_REFUSED = 32,
    AT_HOLDS = 36
};
static_assert(AT_HOLDS + 4 == ARM_STATE_HEAD_BYTES, "the last count ends the head");

enum { VERSION = 1, FLAG_HAS_APPLIED = 0x01, ARM_VALUES = ARM_STATE_ARM_BYTES / 4 };
static_assert(ARM_VALUES == INSTRUMENT_AXES + 7, "joints, position, orientation");

/* The arm's values in their order on the wire, rounded as the wire rounds them. */
static void arm_values(const struct arm_report *arm, double values[static ARM_VALUES])
{
    const struct vec3 *at = &arm->measured_cp.position_m;
    const struct quat *turn = &arm->measured_cp.orientation;
    const double place[] = {at->x, at->y, at->z, turn->w, turn->x, turn->y, turn->z};
    for (int i = 0; i < ARM_VALUES; i++) {
        double exact = i < INSTRUMENT_AXES ? arm->measured_jp[i] : place[i - INSTRUMENT_AXES];
        values[i] = (double)(float)exact;
    }
}

static struct arm_report arm_from_values(const double values[static ARM_VALUES])
{
    const double *place = values + INSTRUMENT_AXES;
    struct arm_report arm = {
        .measured_cp = {.position_m = {place[0], place[1], place[2]},
                        .orientation = {place[3], place[4], place[5], place[6]}},
    };
    memcpy(arm.measured_jp, values, sizeof arm.measured_jp);
    return arm;
}

/* Judges the arm as the wire carries it, so that both ends agree. */
static enum motion_err check_arm(const struct arm_report *arm)
{
    double values[ARM_VALUES];
    arm_values(arm, values);
    for (int i = 0; i < ARM_VALUES; i++)
        if (!isfinite(values[i]))
            return MOTION_ERR_NOT_FINITE;
    struct arm_report rounded = arm_from_values(values);
    return pose_check(&rounded.measured_cp);
}

enum motion_err arm_state_check(const struct arm_state *state)
{
    if ((unsigned)state->operating_state >= OPERATING_STATES ||
        (unsigned)state->hold_cause >= HOLD_CAUSES || state->has_applied > 1)
        return MOTION_ERR_STATE;
    if (state->arm_count < 1 || state->arm_count > ARM_STATE_ARMS_MAX)
        return MOTION_ERR_COUNT;
    for (unsigned i = 0; i < state->arm_count; i++) {
        enum motion_err err = check_arm(&state->arms[i]);
        if (err)
            return err;
    }
    return MOTION_OK;
}

size_t arm_state_bytes(unsigned arm_count)
{
    return ARM_STATE_HEAD_BYTES + (size_t)arm_count * ARM_STATE_ARM_BYTES;
}

size_t arm_state_encode(const struct arm_state *state, uint8_t out[static ARM_STATE_BYTES_MAX])
{
    assert(arm_state_check(state) == MOTION_OK);
    memset(out, 0, ARM_STATE_HEAD_BYTES);
    out[AT_VERSION] = VERSION;
    out[AT_FLAGS] = state->has_applied ? FLAG_HAS_APPLIED : 0;
    out[AT_COUNT] = state->arm_count;
    out[AT_OPERATING] = (uint8_t)state->operating_state;
    out[AT_HOLD] = (uint8_t)state->hold_cause;
    put_be32(out + AT_SEQUENCE, state->applied_sequence);
    put_be32(out + AT_CLUTCH, state->clutch_id);
    put_be64(out + AT_SAMPLED, state->applied_sampled_ns);
    put_be32(out + AT_LATE, state->late);
    put_be32(out + AT_DUPLICATE, state->duplicate);
    put_be32(out + AT_REFUSED, state->refused);
    put_be32(out + AT_HOLDS, state->holds);
    for (unsigned i = 0; i < state->arm_count; i++) {
        double values[ARM_VALUES];
        arm_values(&state->arms[i], values);
        for (size_t j = 0; j < ARM_VALUES; j++)
            put_be_f32(out + arm_state_bytes(i) + 4 * j, (float)values[j]);
    }
    return arm_state_bytes(state->arm_count);
}

enum motion_err arm_state_decode(struct arm_state *state, const uint8_t *in, size_t len)
{
    if (len < ARM_STATE_HEAD_BYTES)
        return MOTION_ERR_LENGTH;
    if (in[AT_VERSION] != VERSION)
        return MOTION_ERR_VERSION;
    if ((in[AT_FLAGS] & ~FLAG_HAS_APPLIED) || in[AT_ZERO] || in[AT_ZERO + 1] || in[AT_ZERO + 2])
        return MOTION_ERR_RESERVED;
    struct arm_state read = {
        .operating_state = in[AT_OPERATING],
        .hold_cause = in[AT_HOLD],
        .applied_sequence = get_be32(in + AT_SEQUENCE),
        .clutch_id = get_be32(in + AT_CLUTCH),
        .applied_sampled_ns = get_be64(in + AT_SAMPLED),
        .late = get_be32(in + AT_LATE),
        .duplicate = get_be32(in + AT_DUPLICATE),
        .refused = get_be32(in + AT_REFUSED),
        .holds = get_be32(in + AT_HOLDS),
        .has_applied = in[AT_FLAGS] & FLAG_HAS_APPLIED,
        .arm_count = in[AT_COUNT],
    };
    if (read.arm_count < 1 || read.arm_count > ARM_STATE_ARMS_MAX)
        return MOTION_ERR_COUNT;
    if (len != arm_state_bytes(read.arm_count))
        return MOTION_ERR_LENGTH;
    for (unsigned i = 0; i < read.arm_count; i++) {
        double values[ARM_VALUES];
        for (size_t j = 0; j < ARM_VALUES; j++)
            values[j] = (double)get_be_f32(in + arm_state_bytes(i) + 4 * j);
        read.arms[i] = arm_from_values(values);
    }
    enum motion_err err = arm_state_check(&read);
    if (!err)
        *state = read;
    return err;
}

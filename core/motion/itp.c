/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/itp.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

enum { /* arrays of two, the left hand first */
       AT_SEQUENCE = 0,
       AT_TYPE = 4,
       AT_VERSION = 8,
       AT_DELTA_X = 12,
       AT_DELTA_Y = 20,
       AT_DELTA_Z = 28,
       AT_TURN_X = 36,
       AT_TURN_Y = 52,
       AT_TURN_Z = 68,
       AT_TURN_W = 84,
       AT_BUTTONS = 100,
       AT_GRASP = 108,
       AT_MODE = 116,
       AT_CHECKSUM = 120
};
static_assert(AT_CHECKSUM + 4 == ITP_PACKET_BYTES, "the checksum ends the packet");

enum { AT_STAMP = 0, AT_ZERO = 8, AT_LENGTH = 9, AT_PACKET = 11 };
static_assert(AT_PACKET + ITP_PACKET_BYTES == ITP_RECORD_BYTES, "the packet ends the record");

enum { BACK_MEANS_RESTART = 1000 };

static const size_t delta_at[3] = {AT_DELTA_X, AT_DELTA_Y, AT_DELTA_Z};

static int32_t get_le_i32(const uint8_t *in)
{
    return (int32_t)get_le32(in);
}

static void put_le32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> 8 * i);
}

static void put_le_f64(uint8_t *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_le32(out, (uint32_t)bits);
    put_le32(out + 4, (uint32_t)(bits >> 32));
}

/* raven2's: mode, increments, buttons and sequence, modulo 2^32; grasp and turn are not covered. */
static uint32_t checksum(const uint8_t *in)
{
    uint32_t sum = get_le32(in + AT_MODE) + get_le32(in + AT_SEQUENCE);
    for (size_t arm = 0; arm < ITP_ARMS; arm++) {
        for (int axis = 0; axis < 3; axis++)
            sum += get_le32(in + delta_at[axis] + 4 * arm);
        sum += get_le32(in + AT_BUTTONS + 4 * arm);
    }
    return sum;
}

static enum motion_err check_frame(const uint8_t *in, size_t len)
{
    if (len != ITP_PACKET_BYTES)
        return MOTION_ERR_LENGTH;
    if (get_le32(in + AT_TYPE) || get_le32(in + AT_VERSION))
        return MOTION_ERR_VERSION;
    if (get_le32(in + AT_CHECKSUM) != checksum(in))
        return MOTION_ERR_CHECKSUM;
    return MOTION_OK;
}

static struct vec3 delta_m(const struct itp_packet *packet, int arm)
{
    const int32_t *um = packet->delta_um[arm];
    return vec3_scale((struct vec3){um[0], um[1], um[2]}, 1e-6);
}

static enum motion_err check_meaning(const struct itp_packet *packet)
{
    for (int arm = 0; arm < ITP_ARMS; arm++) {
        enum motion_err err = quat_check(packet->turn[arm]);
        if (err)
            return err;
        struct quat unit = quat_normalise(packet->turn[arm]);
        if (vec3_length(delta_m(packet, arm)) > ITP_STEP_MAX_M ||
            vec3_length(quat_to_rotation_vector(unit)) > ITP_TURN_MAX_RAD)
            return MOTION_ERR_STEP;
    }
    return MOTION_OK;
}

enum motion_err itp_decode(struct itp_packet *packet, const uint8_t *in, size_t len)
{
    enum motion_err err = check_frame(in, len);
    if (err)
        return err;
    uint32_t mode = get_le32(in + AT_MODE);
    struct itp_packet read = {.sequence = get_le32(in + AT_SEQUENCE), .engaged = mode == 1};
    if (read.sequence == 0)
        return MOTION_ERR_REFLECT;
    if (mode > 1)
        return MOTION_ERR_STATE;
    for (size_t arm = 0; arm < ITP_ARMS; arm++) {
        for (int axis = 0; axis < 3; axis++)
            read.delta_um[arm][axis] = get_le_i32(in + delta_at[axis] + 4 * arm);
        read.turn[arm] = (struct quat){
            get_le_f64(in + AT_TURN_W + 8 * arm), get_le_f64(in + AT_TURN_X + 8 * arm),
            get_le_f64(in + AT_TURN_Y + 8 * arm), get_le_f64(in + AT_TURN_Z + 8 * arm)};
        read.buttons[arm] = get_le_i32(in + AT_BUTTONS + 4 * arm);
        read.grasp[arm] = get_le_i32(in + AT_GRASP + 4 * arm);
    }
    err = check_meaning(&read);
    if (!err)
        *packet = read;
    return err;
}

void itp_encode(const struct itp_packet *packet, uint8_t out[static ITP_PACKET_BYTES])
{
    memset(out, 0, ITP_PACKET_BYTES);
    put_le32(out + AT_SEQUENCE, packet->sequence);
    put_le32(out + AT_MODE, packet->engaged);
    for (size_t arm = 0; arm < ITP_ARMS; arm++) {
        for (int axis = 0; axis < 3; axis++)
            put_le32(out + delta_at[axis] + 4 * arm, (uint32_t)packet->delta_um[arm][axis]);
        put_le_f64(out + AT_TURN_X + 8 * arm, packet->turn[arm].x);
        put_le_f64(out + AT_TURN_Y + 8 * arm, packet->turn[arm].y);
        put_le_f64(out + AT_TURN_Z + 8 * arm, packet->turn[arm].z);
        put_le_f64(out + AT_TURN_W + 8 * arm, packet->turn[arm].w);
        put_le32(out + AT_BUTTONS + 4 * arm, (uint32_t)packet->buttons[arm]);
        put_le32(out + AT_GRASP + 4 * arm, (uint32_t)packet->grasp[arm]);
    }
    put_le32(out + AT_CHECKSUM, checksum(out));
}

void itp_clear_turns(uint8_t packet[static ITP_PACKET_BYTES])
{
    memset(packet + AT_TURN_X, 0, AT_BUTTONS - AT_TURN_X);
    for (size_t arm = 0; arm < ITP_ARMS; arm++)
        put_le_f64(packet + AT_TURN_W + 8 * arm, 1);
}

void itp_init(struct itp *itp)
{
    *itp = (struct itp){.hands = {.hand_count = ITP_ARMS}};
    for (int arm = 0; arm < ITP_ARMS; arm++)
        itp->hands.hands[arm] = (struct hand){POSE_IDENTITY, ITP_JAW_OPEN_RAD};
}

void itp_restart(struct itp *itp)
{
    itp->has_sequence = false;
}

static enum motion_err take_sequence(struct itp *itp, uint32_t sequence)
{
    uint32_t was = itp->sequence;
    if (sequence == 0)
        return MOTION_ERR_REFLECT;
    if (itp->has_sequence && sequence == was)
        return MOTION_ERR_DUPLICATE;
    if (itp->has_sequence && sequence < was && was - sequence <= BACK_MEANS_RESTART)
        return MOTION_ERR_SEQUENCE;
    bool is_next = !itp->has_sequence || sequence == was + 1;
    itp->has_sequence = true;
    itp->sequence = sequence;
    return is_next ? MOTION_OK : MOTION_ERR_SEQUENCE;
}

static double jaw_rad(int32_t grasp)
{
    double shut = (double)grasp / ITP_GRASP_SHUT;
    return fmin(ITP_JAW_OPEN_RAD * (1 - fmin(shut, 1)), GESTURE_JAW_MOST_RAD);
}

static void move_hand(struct hand *hand, const struct itp_packet *packet, int arm)
{
    hand->jaw_rad = jaw_rad(packet->grasp[arm]);
    if (packet->engaged)
        hand->pose.position_m = vec3_add(hand->pose.position_m, delta_m(packet, arm));
    hand->pose.orientation = /* also in the air: motion/clutch.h may ask for alignment */
        quat_normalise(quat_multiply(packet->turn[arm], hand->pose.orientation));
}

enum motion_err itp_take(struct itp *itp, const uint8_t *in, size_t len)
{
    struct itp_packet packet;
    enum motion_err err = check_frame(in, len);
    if (err)
        return err;
    err = take_sequence(itp, get_le32(in + AT_SEQUENCE));
    if (err != MOTION_ERR_REFLECT && get_le32(in + AT_MODE) == 0)
        itp->hands.pedal = false; /* whatever else is wrong with it: to lift is always safe */
    if (err)
        return err;
    err = itp_decode(&packet, in, len);
    if (err)
        return err;
    itp->hands.pedal = packet.engaged;
    for (int arm = 0; arm < ITP_ARMS; arm++)
        move_hand(&itp->hands.hands[arm], &packet, arm);
    return MOTION_OK;
}

enum motion_err itp_record_read(struct itp_record *record, const uint8_t *in, size_t len)
{
    if (len < ITP_RECORD_BYTES)
        return MOTION_ERR_LENGTH;
    if (in[AT_ZERO])
        return MOTION_ERR_RESERVED;
    if (in[AT_LENGTH] != ITP_PACKET_BYTES || in[AT_LENGTH + 1])
        return MOTION_ERR_LENGTH;
    *record = (struct itp_record){get_be64(in + AT_STAMP), in + AT_PACKET};
    return MOTION_OK;
}

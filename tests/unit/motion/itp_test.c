/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "motion/itp.h"

static struct itp_packet packet_of(uint32_t sequence)
{
    return (struct itp_packet){
        .sequence = sequence,
        .engaged = true,
        .delta_um = {{10, -20, 30}, {0, 5, 0}},
        .turn = {{1, 0, 0, 0}, {1, 0, 0, 0}},
        .grasp = {0, ITP_GRASP_SHUT},
        .buttons = {-30, 7},
    };
}

static enum motion_err take(struct itp *itp, const struct itp_packet *packet)
{
    uint8_t bytes[ITP_PACKET_BYTES];
    itp_encode(packet, bytes);
    return itp_take(itp, bytes, sizeof bytes);
}

static double x_of(const struct itp *itp)
{
    return itp->hands.hands[0].pose.position_m.x;
}

static void increments_are_summed_up_while_the_pedal_is_down(void **state)
{
    (void)state;
    struct itp itp;
    itp_init(&itp);
    struct itp_packet packet = packet_of(100);
    packet.turn[1] = quat_from_rotation_vector((struct vec3){0, 0, 0.1});
    for (; packet.sequence < 110; packet.sequence++)
        assert_int_equal(take(&itp, &packet), MOTION_OK);
    assert_true(fabs(x_of(&itp) - 100e-6) < 1e-12);
    struct vec3 turn = quat_to_rotation_vector(itp.hands.hands[1].pose.orientation);
    assert_true(fabs(turn.z - 1.0) < 1e-9);
    assert_true(itp.hands.pedal);
    assert_true(itp.hands.hands[0].jaw_rad == ITP_JAW_OPEN_RAD);
    assert_true(fabs(itp.hands.hands[1].jaw_rad) < 1e-12);

    packet.engaged = false;
    assert_int_equal(take(&itp, &packet), MOTION_OK);
    assert_false(itp.hands.pedal);
    assert_true(fabs(x_of(&itp) - 100e-6) < 1e-12);
}

/* One packet has been taken. */
static struct itp itp_begun(void)
{
    struct itp itp;
    itp_init(&itp);
    struct itp_packet packet = packet_of(1);
    assert_int_equal(take(&itp, &packet), MOTION_OK);
    return itp;
}

static void h05_a_packet_without_meaning_is_refused_by_name_and_moves_nothing(void **state)
{
    (void)state;
    struct itp itp = itp_begun();
    uint8_t bytes[ITP_PACKET_BYTES];
    struct clutch_hands before = itp.hands;

    struct itp_packet packet = packet_of(2);
    packet.turn[0] = (struct quat){1, 0, 1, 0}; /* as in the recorded stream */
    assert_int_equal(take(&itp, &packet), MOTION_ERR_NOT_UNIT);
    packet = packet_of(3);
    packet.turn[1].z = (double)NAN;
    assert_int_equal(take(&itp, &packet), MOTION_ERR_NOT_FINITE);
    itp_encode(&packet, bytes);
    bytes[116] = 2;
    bytes[120]++;
    assert_int_equal(itp_decode(&packet, bytes, sizeof bytes), MOTION_ERR_STATE);
    bytes[12]++;
    assert_int_equal(itp_take(&itp, bytes, sizeof bytes), MOTION_ERR_CHECKSUM);
    bytes[4] = 1;
    assert_int_equal(itp_take(&itp, bytes, sizeof bytes), MOTION_ERR_VERSION);
    assert_int_equal(itp_take(&itp, bytes, 123), MOTION_ERR_LENGTH);
    packet = packet_of(0);
    assert_int_equal(take(&itp, &packet), MOTION_ERR_REFLECT);
    assert_memory_equal(&before, &itp.hands, sizeof before);

    packet = packet_of(4); /* a refused packet is no gap */
    assert_int_equal(take(&itp, &packet), MOTION_OK);
}

static void h05_a_refused_packet_still_lifts_the_pedal(void **state)
{
    (void)state;
    struct itp itp = itp_begun();
    uint8_t bytes[ITP_PACKET_BYTES];
    double x = x_of(&itp);
    struct itp_packet packet = packet_of(2);
    packet.engaged = false;
    packet.turn[0] = (struct quat){1, 0, 1, 0};
    itp_encode(&packet, bytes);
    bytes[120]++; /* a wrong checksum says nothing */
    assert_int_equal(itp_take(&itp, bytes, sizeof bytes), MOTION_ERR_CHECKSUM);
    assert_true(itp.hands.pedal);
    assert_int_equal(take(&itp, &packet), MOTION_ERR_NOT_UNIT);
    assert_false(itp.hands.pedal);
    assert_true(x_of(&itp) == x);
}

static void h06_a_step_no_hand_makes_is_refused(void **state)
{
    (void)state;
    struct itp itp;
    itp_init(&itp);
    struct itp_packet packet = packet_of(1);
    packet.delta_um[1][2] = 10001;
    assert_int_equal(take(&itp, &packet), MOTION_ERR_STEP);
    packet.delta_um[1][2] = INT32_MIN;
    packet.sequence++;
    assert_int_equal(take(&itp, &packet), MOTION_ERR_STEP);
    packet = packet_of(3);
    packet.turn[0] = quat_from_rotation_vector((struct vec3){0.21, 0, 0});
    assert_int_equal(take(&itp, &packet), MOTION_ERR_STEP);
}

static void h04_packets_count_once_and_in_order(void **state)
{
    (void)state;
    static const struct {
        uint32_t sequence;
        enum motion_err err;
    } stream[] = {
        {2000, MOTION_OK},           {2001, MOTION_OK},           {2001, MOTION_ERR_DUPLICATE},
        {2000, MOTION_ERR_SEQUENCE}, {2002, MOTION_OK},           {2005, MOTION_ERR_SEQUENCE},
        {2006, MOTION_OK},           {1005, MOTION_ERR_SEQUENCE}, {1006, MOTION_OK},
        {1007, MOTION_OK},
    };
    struct itp itp;
    itp_init(&itp);
    int taken = 0;
    for (size_t i = 0; i < sizeof stream / sizeof stream[0]; i++) {
        struct itp_packet packet = packet_of(stream[i].sequence);
        enum motion_err err = take(&itp, &packet);
        if (err != stream[i].err)
            fail_msg("packet %u: %s", stream[i].sequence, motion_err_text(err));
        taken += err == MOTION_OK;
    }
    assert_true(fabs(x_of(&itp) - taken * 10e-6) < 1e-12);
    itp_restart(&itp);
    struct itp_packet packet = packet_of(5);
    assert_int_equal(take(&itp, &packet), MOTION_OK);
}

static void a_record_is_read_or_refused(void **state)
{
    (void)state;
    uint8_t bytes[ITP_RECORD_BYTES] = {0x18, 0x57, 0x0a, 0x6d, 0x57, 0x73, 0xed, 0xd2, 0, 124};
    struct itp_record record;
    assert_int_equal(itp_record_read(&record, bytes, sizeof bytes), MOTION_OK);
    assert_true(record.stamp_ns == UINT64_C(0x18570a6d5773edd2));
    assert_ptr_equal(record.packet, bytes + 11);
    assert_int_equal(itp_record_read(&record, bytes, sizeof bytes - 1), MOTION_ERR_LENGTH);
    bytes[10] = 1;
    assert_int_equal(itp_record_read(&record, bytes, sizeof bytes), MOTION_ERR_LENGTH);
    bytes[8] = 1;
    assert_int_equal(itp_record_read(&record, bytes, sizeof bytes), MOTION_ERR_RESERVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(increments_are_summed_up_while_the_pedal_is_down),
        cmocka_unit_test(h05_a_packet_without_meaning_is_refused_by_name_and_moves_nothing),
        cmocka_unit_test(h05_a_refused_packet_still_lifts_the_pedal),
        cmocka_unit_test(h06_a_step_no_hand_makes_is_refused),
        cmocka_unit_test(h04_packets_count_once_and_in_order),
        cmocka_unit_test(a_record_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

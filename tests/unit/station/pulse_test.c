/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two states that go to and fro: station/pulse.h and station/standing.h. */
#include "station/pulse.h"
#include "station/standing.h"

#include <math.h>
#include <string.h>

#include "unit/cmocka_base.h"

static const struct pulse pulse = {.flags = PULSE_SEES | PULSE_ESTOP,
                                   .press = 7,
                                   .frozen_by = FROZEN_BY_DEVICE,
                                   .lease = 0x01020304,
                                   .scale = 0.25,
                                   .delay_ms = 231.5,
                                   .seen_captured_ns = 0x1122334455667788};

static void a_pulse_survives_the_wire_as_documented(void **state)
{
    (void)state;
    const uint8_t expected[PULSE_BYTES] = {3,    3,    7,    3,    1,    2,    3,    4,
                                           0x3e, 0x80, 0,    0,    0x43, 0x67, 0x80, 0,
                                           0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
    uint8_t bytes[PULSE_BYTES];
    struct pulse read;
    pulse_encode(&pulse, bytes);
    assert_memory_equal(bytes, expected, sizeof expected);
    assert_int_equal(pulse_decode(&read, bytes, sizeof bytes), MOTION_OK);
    assert_int_equal(read.lease, pulse.lease);
    assert_int_equal(read.press, 7);
    assert_true(read.seen_captured_ns == pulse.seen_captured_ns);
    assert_true(read.delay_ms > 231.4 && read.delay_ms < 231.6);
}

static void h05_a_pulse_without_meaning_is_refused(void **state)
{
    (void)state;
    const struct {
        size_t at;
        uint8_t value;
        enum motion_err err;
    } changes[] = {{0, 1, MOTION_ERR_VERSION},
                   {1, 0x10, MOTION_ERR_RESERVED},
                   {3, FROZEN_BYS, MOTION_ERR_STATE},
                   {8, 0x42, MOTION_ERR_STATE},
                   {8, 0xbe, MOTION_ERR_STATE}};
    uint8_t good[PULSE_BYTES + 1], bytes[PULSE_BYTES + 1];
    struct pulse kept = pulse;
    pulse_encode(&pulse, good);
    for (size_t len = 0; len < PULSE_BYTES; len++)
        assert_int_equal(pulse_decode(&kept, good, len), MOTION_ERR_LENGTH);
    assert_int_equal(pulse_decode(&kept, good, PULSE_BYTES + 1), MOTION_ERR_LENGTH);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        memcpy(bytes, good, PULSE_BYTES);
        bytes[changes[i].at] = changes[i].value;
        assert_int_equal(pulse_decode(&kept, bytes, PULSE_BYTES), changes[i].err);
    }
    memcpy(bytes, good, PULSE_BYTES);
    memset(bytes + 12, 0xff, 4); /* NaN */
    assert_int_equal(pulse_decode(&kept, bytes, PULSE_BYTES), MOTION_ERR_NOT_FINITE);
    pulse_encode(&kept, bytes);
    assert_memory_equal(bytes, good, PULSE_BYTES);
}

static struct standing standing(void)
{
    return (struct standing){.flags = STANDING_ALONE | STANDING_BLIND | STANDING_RECORDS,
                             .state = SUPERVISOR_HELD,
                             .cause = HOLD_LEASE,
                             .frozen_by = FROZEN_BY_INPUT,
                             .reaction = REACTION_HOLD,
                             .owner = 1,
                             .asking = LEASE_NOBODY,
                             .yours = 2,
                             .here = 6,
                             .arm_limits = {FOLLOW_LIMIT_APART, FOLLOW_LIMIT_FIXTURE},
                             .camera_limits = 1U << CAMERA_ROLL | CAMERA_BARRED_FIXTURE,
                             .lease = 77,
                             .failing = GATE_BIT(GATE_AGE),
                             .scale = 0.5,
                             .astray = 1U << STANDING_RIGHT | 1U << STANDING_CAMERA,
                             .fixture = 3,
                             .camera_jp = {0.25, -0.5, 0.125, 1},
                             .heard_press = 255};
}

static void how_things_stand_survives_the_wire(void **state)
{
    (void)state;
    struct standing sent = standing(), read = {0};
    uint8_t bytes[STANDING_BYTES], again[STANDING_BYTES];
    standing_encode(&sent, bytes);
    assert_int_equal(standing_decode(&read, bytes, sizeof bytes), MOTION_OK);
    standing_encode(&read, again);
    assert_memory_equal(again, bytes, sizeof again);
    assert_int_equal(read.cause, HOLD_LEASE);
    assert_int_equal(read.frozen_by, FROZEN_BY_INPUT);
    assert_int_equal(read.flags, sent.flags);
    assert_int_equal(read.owner, 1);
    assert_int_equal(read.here, 6);
    assert_int_equal(read.arm_limits[1], FOLLOW_LIMIT_FIXTURE);
    assert_int_equal(read.camera_limits, 8 | 32);
    assert_true(read.camera_jp[3] > 0.99);
    assert_int_equal(read.astray, 6);
    assert_int_equal(read.fixture, 3);
    assert_int_equal(read.heard_press, 255);
    assert_int_equal(standing_barred(&read), STANDING_RIGHT);
    read.arm_limits[1] = 0;
    assert_int_equal(standing_barred(&read), STANDING_CAMERA);
    read.camera_limits = 0;
    assert_int_equal(standing_barred(&read), STANDING_PARTS);
}

static void h05_what_makes_no_sense_of_how_things_stand_is_refused(void **state)
{
    (void)state;
    const struct {
        size_t at;
        uint8_t value;
        enum motion_err err;
    } changes[] = {{0, 9, MOTION_ERR_VERSION},
                   {1, FROZEN_BYS << 5, MOTION_ERR_STATE},
                   {2, SUPERVISOR_STATES << 4, MOTION_ERR_STATE},
                   {3, HOLD_CAUSES, MOTION_ERR_STATE},
                   {2, REACTIONS, MOTION_ERR_STATE},
                   {5, LEASE_SEATS, MOTION_ERR_STATE},
                   {6, 9, MOTION_ERR_STATE},
                   {7, 200, MOTION_ERR_STATE},
                   {12, FIXTURES_MAX + 1, MOTION_ERR_RESERVED},
                   {13, 0x80, MOTION_ERR_RESERVED},
                   {18, 8, MOTION_ERR_RESERVED},
                   {19, 64, MOTION_ERR_RESERVED}};
    struct standing sent = standing(), kept = sent;
    uint8_t good[STANDING_BYTES], bytes[STANDING_BYTES];
    standing_encode(&sent, good);
    for (size_t len = 0; len < STANDING_BYTES; len++)
        assert_int_equal(standing_decode(&kept, good, len), MOTION_ERR_LENGTH);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        memcpy(bytes, good, sizeof bytes);
        bytes[changes[i].at] = changes[i].value;
        assert_int_equal(standing_decode(&kept, bytes, sizeof bytes), changes[i].err);
    }
    memcpy(bytes, good, sizeof bytes);
    memset(bytes + 24, 0x7f, 4);
    bytes[25] = 0x80; /* infinity */
    bytes[26] = bytes[27] = 0;
    assert_int_equal(standing_decode(&kept, bytes, sizeof bytes), MOTION_ERR_NOT_FINITE);
    standing_encode(&kept, bytes);
    assert_memory_equal(bytes, good, sizeof bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pulse_survives_the_wire_as_documented),
        cmocka_unit_test(h05_a_pulse_without_meaning_is_refused),
        cmocka_unit_test(how_things_stand_survives_the_wire),
        cmocka_unit_test(h05_what_makes_no_sense_of_how_things_stand_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

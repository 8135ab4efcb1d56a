/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "motion/gesture.h"

static struct gesture two_hands(void)
{
    return (struct gesture){
        .clutch_id = UINT32_MAX,
        .flags = GESTURE_ENGAGED,
        .hand_count = 2,
        .hands = {{.pose = {{0.01, -0.02, 0.03}, {0.5, 0.5, -0.5, 0.5}}, .jaw_rad = 0.25},
                  {.pose = {{0, 0.25, 0}, {1, 0, 0, 0}}, .jaw_rad = GESTURE_JAW_MOST_RAD}},
    };
}

static void a_gesture_survives_the_wire(void **state)
{
    (void)state;
    struct gesture gesture = two_hands(), read;
    uint8_t bytes[GESTURE_BYTES_MAX];
    for (uint8_t hands = 1; hands <= 2; hands++) {
        gesture.hand_count = hands;
        size_t len = gesture_encode(&gesture, bytes);
        assert_int_equal(len, hands == 1 ? 40 : 72);
        assert_int_equal(gesture_decode(&read, bytes, len), MOTION_OK);
        assert_int_equal(read.clutch_id, gesture.clutch_id);
        assert_int_equal(read.flags, gesture.flags);
        assert_int_equal(read.hand_count, hands);
        assert_int_equal(read.lease, gesture.lease);
        assert_true(fabs(read.hands[0].pose.position_m.y + 0.02) < 1e-9);
        assert_true(read.hands[0].pose.orientation.y == -0.5);
        assert_true(fabs(read.hands[0].jaw_rad - 0.25) < 1e-9);
    }
}

static void the_layout_is_the_documented_one(void **state)
{
    (void)state;
    const uint8_t expected[] = {4, 1, 1, 9, 0xff, 0xff, 0xff, 0xff, 0x3d, 0x80, 0, 0, 0xbd, 0,
                                0, 0, 0, 0, 0,    0,    0x3f, 0x80, 0,    0,    0, 0, 0,    0,
                                0, 0, 0, 0, 0,    0,    0,    0,    0x3e, 0x80, 0, 0};
    struct gesture gesture = {
        .clutch_id = UINT32_MAX,
        .flags = GESTURE_ENGAGED,
        .hand_count = 1,
        .lease = 9,
        .hands = {{.pose = {{0.0625, -0.03125, 0}, {1, 0, 0, 0}}, .jaw_rad = 0.25}},
    };
    uint8_t bytes[GESTURE_BYTES_MAX];
    assert_int_equal(gesture_encode(&gesture, bytes), sizeof expected);
    assert_memory_equal(bytes, expected, sizeof expected);
}

static void h05_a_gesture_without_meaning_is_refused_by_name(void **state)
{
    (void)state;
    struct gesture gesture;
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (size_t i = 0; i < 3; i++) {
        gesture = two_hands();
        gesture.hands[1].pose.position_m.z = bad[i];
        assert_int_equal(gesture_check(&gesture), MOTION_ERR_NOT_FINITE);
        gesture = two_hands();
        gesture.hands[0].pose.orientation.x = bad[i];
        assert_int_equal(gesture_check(&gesture), MOTION_ERR_NOT_FINITE);
        gesture = two_hands();
        gesture.hands[0].jaw_rad = bad[i];
        assert_int_equal(gesture_check(&gesture), MOTION_ERR_NOT_FINITE);
    }
    gesture = two_hands();
    gesture.hands[0].pose.orientation.w = 0.51;
    assert_int_equal(gesture_check(&gesture), MOTION_ERR_NOT_UNIT);
    gesture = two_hands();
    gesture.hands[0].pose.position_m.x = 0.501;
    assert_int_equal(gesture_check(&gesture), MOTION_ERR_TOO_FAR);
    gesture = two_hands();
    gesture.hands[1].jaw_rad = 1.4;
    assert_int_equal(gesture_check(&gesture), MOTION_ERR_JAW);
    gesture = two_hands();
    gesture.flags = 0x80;
    assert_int_equal(gesture_check(&gesture), MOTION_ERR_RESERVED);
    gesture.flags = GESTURE_ENGAGED | GESTURE_FROZEN;
    assert_int_equal(gesture_check(&gesture), MOTION_ERR_STATE);
    gesture.flags = GESTURE_ENGAGED | GESTURE_UNASKED;
    assert_int_equal(gesture_check(&gesture), MOTION_ERR_STATE);
    gesture.flags = GESTURE_ENGAGED | GESTURE_ABSENT;
    assert_int_equal(gesture_check(&gesture), MOTION_ERR_STATE);
    for (unsigned flag = GESTURE_ENGAGED; flag < GESTURE_CAMERA; flag <<= 1) {
        gesture.flags = (uint8_t)(GESTURE_CAMERA | flag);
        assert_int_equal(gesture_check(&gesture), MOTION_ERR_STATE);
    }
    gesture.flags = GESTURE_CAMERA | GESTURE_LOCKS;
    assert_int_equal(gesture_check(&gesture), MOTION_OK);
    gesture.flags = GESTURE_ENGAGED | GESTURE_LOCK_TURN;
    assert_int_equal(gesture_check(&gesture), MOTION_OK);
    gesture.flags = GESTURE_FROZEN | GESTURE_UNASKED | GESTURE_ABSENT;
    assert_int_equal(gesture_check(&gesture), MOTION_OK);
    gesture.hand_count = 3;
    assert_int_equal(gesture_check(&gesture), MOTION_ERR_COUNT);
}

static void h05_bytes_that_are_no_gesture_are_refused_and_change_nothing(void **state)
{
    (void)state;
    struct gesture gesture = two_hands(), kept = two_hands();
    uint8_t good[GESTURE_BYTES_MAX + 1], bytes[GESTURE_BYTES_MAX + 1];
    size_t len = gesture_encode(&gesture, good);
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(gesture_decode(&kept, good, cut), MOTION_ERR_LENGTH);
    assert_int_equal(gesture_decode(&kept, good, len + 1), MOTION_ERR_LENGTH);

    const struct {
        size_t at;
        uint8_t value;
        enum motion_err err;
    } changes[] = {
        {0, 1, MOTION_ERR_VERSION},    {1, 0x80, MOTION_ERR_RESERVED},  {1, 3, MOTION_ERR_STATE},
        {2, 0, MOTION_ERR_COUNT},      {2, 3, MOTION_ERR_COUNT},        {1, 9, MOTION_ERR_STATE},
        {8, 0x7f, MOTION_ERR_TOO_FAR}, {20, 0x40, MOTION_ERR_NOT_UNIT},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        memcpy(bytes, good, len);
        bytes[changes[i].at] = changes[i].value;
        assert_int_equal(gesture_decode(&kept, bytes, len), changes[i].err);
    }
    assert_int_equal(gesture_encode(&kept, bytes), len);
    assert_memory_equal(bytes, good, len);
}

static void numbers_that_wrap_are_ordered(void **state)
{
    (void)state;
    assert_true(motion_is_newer(0, UINT32_MAX));
    assert_false(motion_is_newer(UINT32_MAX, 0));
    assert_false(motion_is_newer(7, 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gesture_survives_the_wire),
        cmocka_unit_test(the_layout_is_the_documented_one),
        cmocka_unit_test(h05_a_gesture_without_meaning_is_refused_by_name),
        cmocka_unit_test(h05_bytes_that_are_no_gesture_are_refused_and_change_nothing),
        cmocka_unit_test(numbers_that_wrap_are_ordered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

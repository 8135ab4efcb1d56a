/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/clutch.h"
#include "unit/motion/random_pose.h"

#define MS UINT64_C(1000000)

static const struct engage_feel FELT_BY = {0.7, 0.07};

static struct clutch_hands one_hand(double x_m, bool pedal)
{
    return (struct clutch_hands){
        .hand_count = 1,
        .hands = {{.pose = {{x_m, 0.1, 0.2}, {0, 1, 0, 0}}, .jaw_rad = 5}},
        .pedal = pedal,
    };
}

static struct gesture at(struct clutch *clutch, double x_m, bool pedal, uint64_t now_ns)
{
    struct gesture gesture;
    struct clutch_hands hands = one_hand(x_m, pedal);
    clutch_gesture(clutch, &hands, now_ns, &gesture);
    assert_int_equal(gesture_check(&gesture), MOTION_OK);
    return gesture;
}

static void poses_count_from_where_the_pedal_went_down(void **state)
{
    (void)state;
    struct clutch clutch;
    clutch_init(&clutch);
    struct gesture gesture = at(&clutch, 1.0, false, 0);
    assert_int_equal(gesture.flags, 0);
    gesture = at(&clutch, 1.1, true, MS);
    assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    assert_int_equal(gesture.clutch_id, 1);
    assert_true(fabs(gesture.hands[0].pose.position_m.x) <= 0);
    gesture = at(&clutch, 1.15, true, 2 * MS);
    assert_true(fabs(gesture.hands[0].pose.position_m.x - 0.05) < 1e-12);
    assert_true(gesture.hands[0].pose.orientation.w == 1);
    assert_true(gesture.hands[0].jaw_rad == GESTURE_JAW_MOST_RAD);
    assert_int_equal(at(&clutch, 1.2, false, 3 * MS).clutch_id, 1);
    assert_int_equal(at(&clutch, 1.3, true, 4 * MS).clutch_id, 2);
}

static void h57_each_pedal_s_going_down_is_a_clutch_in_of_its_own(void **state)
{
    (void)state;
    struct clutch clutch;
    struct gesture gesture;
    clutch_init(&clutch);
    assert_int_equal(at(&clutch, 1.0, true, 0).clutch_id, 1);
    struct clutch_hands hands = one_hand(1.2, true);
    hands.camera = true; /* straight after, the other still held */
    clutch_gesture(&clutch, &hands, MS, &gesture);
    assert_int_equal(gesture.flags, GESTURE_CAMERA);
    assert_int_equal(gesture.clutch_id, 2);
    assert_true(fabs(gesture.hands[0].pose.position_m.x) <= 0);
    hands.hands[0].pose.position_m.x = 1.25;
    clutch_gesture(&clutch, &hands, 2 * MS, &gesture);
    assert_int_equal(gesture.clutch_id, 2);
    assert_true(fabs(gesture.hands[0].pose.position_m.x - 0.05) < 1e-12);
    gesture = at(&clutch, 1.3, true, 3 * MS);
    assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    assert_int_equal(gesture.clutch_id, 3);
    assert_true(fabs(gesture.hands[0].pose.position_m.x) <= 0);
}

static void h33_where_presence_is_asked_for_a_foot_alone_moves_nothing(void **state)
{
    (void)state;
    struct clutch clutch;
    struct gesture gesture;
    clutch_init(&clutch);
    clutch.asks_presence = true;
    clutch.felt_by = FELT_BY;
    struct clutch_hands hands = one_hand(0, false);
    hands.hands[0].jaw_rad = 0;
    clutch_gesture(&clutch, &hands, 0, &gesture);
    assert_int_equal(gesture.flags, 0);
    hands.pedal = true;
    for (int i = 1; i < 1000; i++) {
        hands.hands[0].pose.position_m.x += 1e-4; /* pushed about, gripper and handle still */
        clutch_gesture(&clutch, &hands, (uint64_t)i * MS, &gesture);
        assert_int_equal(gesture.flags, GESTURE_UNASKED);
        assert_int_equal(gesture.clutch_id, 0);
    }
    hands.hands[0].jaw_rad = 0.8;
    clutch_gesture(&clutch, &hands, 1000 * MS, &gesture);
    assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    assert_int_equal(gesture.clutch_id, 1);
    assert_true(fabs(gesture.hands[0].pose.position_m.x) <= 0);
    hands.pedal = false;
    clutch_gesture(&clutch, &hands, 1001 * MS, &gesture);
    assert_int_equal(gesture.flags, 0);
    hands.pedal = true;
    clutch_gesture(&clutch, &hands, 1002 * MS, &gesture);
    assert_int_equal(gesture.flags, GESTURE_UNASKED);
}

static void asked_for_a_fresh_clutch_in_the_foot_lifts_for_300_ms(void **state)
{
    (void)state;
    struct clutch clutch;
    clutch_init(&clutch);
    assert_int_equal(at(&clutch, 0, true, 0).clutch_id, 1);
    clutch_again(&clutch, 10 * MS);
    assert_int_equal(at(&clutch, 0.1, true, 11 * MS).flags, 0);
    assert_int_equal(at(&clutch, 0.2, true, 309 * MS).flags, 0);
    struct gesture gesture = at(&clutch, 0.3, true, 310 * MS);
    assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    assert_int_equal(gesture.clutch_id, 2);
    assert_true(fabs(gesture.hands[0].pose.position_m.x) <= 0);
}

static void a_hand_out_of_reach_clutches_again_by_itself(void **state)
{
    (void)state;
    struct clutch clutch;
    clutch_init(&clutch);
    assert_int_equal(at(&clutch, 0, true, 0).flags, GESTURE_ENGAGED);
    assert_int_equal(at(&clutch, 0.49, true, MS).flags, GESTURE_ENGAGED);
    assert_int_equal(at(&clutch, 0.51, true, 2 * MS).flags, GESTURE_UNASKED);
    assert_int_equal(at(&clutch, 0.52, true, 400 * MS).clutch_id, 2);
}

static void h03_a_gesture_says_whether_a_person_lifted_the_foot(void **state)
{
    (void)state;
    struct clutch clutch;
    struct gesture gesture;
    struct clutch_hands played = one_hand(0, false);
    played.is_played = true;
    clutch_init(&clutch);
    clutch_again_unasked(&clutch, 0);
    assert_int_equal(at(&clutch, 0, true, MS).flags, GESTURE_UNASKED);
    clutch_again(&clutch, 2 * MS); /* now a person does ask, ... */
    assert_int_equal(at(&clutch, 0, true, 3 * MS).flags, 0);
    clutch_again_unasked(&clutch, 4 * MS); /* and is not forgotten */
    assert_int_equal(at(&clutch, 0, true, 5 * MS).flags, 0);
    clutch_gesture(&clutch, &played, 6 * MS, &gesture);
    assert_int_equal(gesture.flags, 0);
    clutch_gesture(&clutch, &played, 310 * MS, &gesture);
    assert_int_equal(gesture.flags, GESTURE_UNASKED);
    assert_int_equal(at(&clutch, 0, false, 311 * MS).flags, 0);
    assert_int_equal(at(&clutch, 0, true, 312 * MS).flags, GESTURE_ENGAGED);
}

static void turns_compose_as_the_cart_undoes_them(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 3);
    for (int i = 0; i < 1000; i++) {
        struct clutch clutch;
        struct gesture gesture;
        struct quat start = random_turn(&random), now = random_turn(&random);
        struct clutch_hands hands = one_hand(0, true);
        clutch_init(&clutch);
        hands.hands[0].pose.orientation = start;
        clutch_gesture(&clutch, &hands, 0, &gesture);
        hands.hands[0].pose.orientation = now;
        clutch_gesture(&clutch, &hands, MS, &gesture);
        struct quat again = quat_multiply(gesture.hands[0].pose.orientation, start);
        assert_true(quat_angle_between_rad(again, now) < 1e-12);
    }
}

/* A handle that is rolled so about the picture's x, felt by its gripper. */
static unsigned flags_at(struct clutch *clutch, double turned_rad, bool pedal, uint64_t *now_ns)
{
    struct gesture gesture = {.flags = 0};
    struct clutch_hands hands = one_hand(0, pedal);
    hands.hands[0].pose.orientation = quat_from_rotation_vector((struct vec3){turned_rad, 0, 0});
    for (int i = 0; i < 100; i++) {
        hands.hands[0].jaw_rad = 0.01 * i;
        clutch_gesture(clutch, &hands, *now_ns += MS, &gesture);
    }
    return gesture.flags;
}

static void h34_where_alignment_is_asked_for_a_handle_turned_meanwhile_is_turned_back(void **state)
{
    (void)state;
    enum { WAITS = GESTURE_UNASKED };
    const double degree = 3.14159265358979323846 / 180;
    struct quat instrument = quat_from_rotation_vector((struct vec3){0.4, -1, 0.2});
    struct clutch clutch;
    uint64_t now_ns = 0;
    clutch_init(&clutch);
    clutch.asks_presence = clutch.asks_alignment = true;
    clutch.felt_by = FELT_BY;
    assert_int_equal(flags_at(&clutch, 0, true, &now_ns), WAITS); /* where the instrument is */
    clutch_see(&clutch, &(const struct quat[2]){instrument, instrument}[0]);
    assert_int_equal(flags_at(&clutch, 0, false, &now_ns), 0);
    assert_int_equal(flags_at(&clutch, 0, true, &now_ns), GESTURE_ENGAGED);
    assert_int_equal(flags_at(&clutch, 6 * degree, false, &now_ns), 0); /* turned in the air */
    assert_int_equal(flags_at(&clutch, 6 * degree, true, &now_ns), WAITS);
    assert_int_equal(clutch.engages[0].state, ENGAGE_TURNED);
    assert_int_equal(flags_at(&clutch, 1 * degree, true, &now_ns), GESTURE_ENGAGED);
    assert_int_equal(flags_at(&clutch, 1 * degree, false, &now_ns), 0);
    assert_int_equal(flags_at(&clutch, 3 * degree, true, &now_ns), WAITS); /* 2 after a clutch */
    assert_int_equal(flags_at(&clutch, 3 * degree, false, &now_ns), 0);
    struct quat seen =
        quat_multiply(quat_from_rotation_vector((struct vec3){3 * degree, 0, 0}), instrument);
    clutch_see(&clutch, &(const struct quat[2]){seen, seen}[0]); /* by a camera that was moved */
    assert_int_equal(flags_at(&clutch, 3 * degree, true, &now_ns), GESTURE_ENGAGED);
    clutch_see(&clutch, NULL); /* the session ended: the next is a first one */
    clutch_see(&clutch, &(const struct quat[2]){instrument, instrument}[0]);
    assert_int_equal(flags_at(&clutch, 1, false, &now_ns), 0);
    assert_int_equal(flags_at(&clutch, 1, true, &now_ns), GESTURE_ENGAGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poses_count_from_where_the_pedal_went_down),
        cmocka_unit_test(h57_each_pedal_s_going_down_is_a_clutch_in_of_its_own),
        cmocka_unit_test(h33_where_presence_is_asked_for_a_foot_alone_moves_nothing),
        cmocka_unit_test(h34_where_alignment_is_asked_for_a_handle_turned_meanwhile_is_turned_back),
        cmocka_unit_test(asked_for_a_fresh_clutch_in_the_foot_lifts_for_300_ms),
        cmocka_unit_test(a_hand_out_of_reach_clutches_again_by_itself),
        cmocka_unit_test(h03_a_gesture_says_whether_a_person_lifted_the_foot),
        cmocka_unit_test(turns_compose_as_the_cart_undoes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

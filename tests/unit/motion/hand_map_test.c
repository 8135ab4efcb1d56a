/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/hand_map.h"
#include "motion/layout.h"
#include "unit/motion/random_pose.h"

static double apart_m(const struct pose *a, const struct pose *b)
{
    return vec3_length(vec3_subtract(a->position_m, b->position_m));
}

static struct pose random_pose(struct random *random)
{
    return (struct pose){{random_between(random, -0.2, 0.2), random_between(random, -0.2, 0.2),
                          random_between(random, -0.2, 0.2)},
                         random_turn(random)};
}

static void h36_no_change_of_scale_or_lock_moves_the_goal(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 8);
    for (int i = 0; i < 2000; i++) {
        struct pose tip = random_pose(&random), hand = random_pose(&random);
        struct hand_map map = {.scale = random_between(&random, 0.01, 1)};
        hand_map_begin(&map, &tip, random_turn(&random));
        for (int change = 0; change < 10; change++) {
            struct pose before = hand_map_goal(&map, &hand);
            hand_map_change(&map, &hand, random_between(&random, 0.01, 1),
                            random_chance(&random, 0.3), random_chance(&random, 0.3));
            struct pose after = hand_map_goal(&map, &hand);
            assert_true(apart_m(&before, &after) < 1e-12);
            assert_true(quat_angle_between_rad(before.orientation, after.orientation) < 1e-7);
            hand = random_pose(&random);
        }
    }
}

static void after_a_change_the_hand_s_way_counts_by_the_new_scale(void **state)
{
    (void)state;
    struct pose tip = {{0.01, 0.02, -0.1}, {1, 0, 0, 0}}, hand = POSE_IDENTITY;
    struct hand_map map = {.scale = 0.2};
    hand_map_begin(&map, &tip, QUAT_IDENTITY);
    hand.position_m.x = 0.1;
    hand_map_change(&map, &hand, 0.5, false, false);
    hand.position_m.x = 0.12;
    struct pose goal = hand_map_goal(&map, &hand);
    assert_true(fabs(goal.position_m.x - (0.01 + 0.02 + 0.01)) < 1e-12);
}

static void locks_keep_place_or_turn_and_forget_what_the_hand_did(void **state)
{
    (void)state;
    struct pose tip = {{0, 0, -0.1}, {1, 0, 0, 0}}, hand = POSE_IDENTITY;
    struct quat quarter = quat_from_rotation_vector((struct vec3){0, 0, 0.5});
    struct hand_map map = {.scale = 0.2};
    hand_map_begin(&map, &tip, QUAT_IDENTITY);
    hand_map_change(&map, &hand, 0.2, true, false);
    hand = (struct pose){{0.1, 0, 0}, quarter};
    struct pose goal = hand_map_goal(&map, &hand);
    assert_true(fabs(goal.position_m.x - 0.02) < 1e-12);
    assert_true(quat_angle_between_rad(goal.orientation, tip.orientation) < 1e-9);

    hand_map_change(&map, &hand, 0.2, false, true);
    hand = (struct pose){{0.3, 0, 0}, quat_multiply(quarter, quarter)};
    goal = hand_map_goal(&map, &hand);
    assert_true(fabs(goal.position_m.x - 0.02) < 1e-12);
    assert_true(quat_angle_between_rad(goal.orientation, quarter) < 1e-9); /* since the unlock */
}

static void h39_the_tip_goes_in_the_picture_where_the_hand_goes(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 12);
    const struct layout *layout = &LAYOUT_STANDARD;
    for (unsigned i = 0; i < 200; i++) {
        double joints[CAMERA_AXES];
        for (int axis = 0; axis < CAMERA_AXES; axis++)
            joints[axis] =
                random_between(&random, layout->camera_least[axis], layout->camera_most[axis]);
        struct pose camera = layout_camera(layout, joints);
        unsigned arm = i % LAYOUT_ARMS;
        struct pose tip = random_pose(&random), hand = random_pose(&random);
        struct hand_map map = {.scale = 0.3};
        hand_map_begin(&map, &tip, layout_camera_turn(layout, &camera, arm));
        struct pose goal = hand_map_goal(&map, &hand);
        struct pose was = layout_to_camera(layout, &camera, arm, &tip);
        struct pose seen = layout_to_camera(layout, &camera, arm, &goal);
        struct vec3 went = vec3_subtract(seen.position_m, was.position_m);
        struct quat turned = quat_multiply(seen.orientation, quat_conjugate(was.orientation));
        assert_true(vec3_length(vec3_subtract(went, vec3_scale(hand.position_m, 0.3))) < 1e-9);
        assert_true(quat_angle_between_rad(turned, hand.orientation) < 1e-7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h36_no_change_of_scale_or_lock_moves_the_goal),
        cmocka_unit_test(h39_the_tip_goes_in_the_picture_where_the_hand_goes),
        cmocka_unit_test(after_a_change_the_hand_s_way_counts_by_the_new_scale),
        cmocka_unit_test(locks_keep_place_or_turn_and_forget_what_the_hand_did),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

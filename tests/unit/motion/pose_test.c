/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "unit/motion/random_pose.h"

static void assert_near(double a, double b, double within)
{
    if (!(fabs(a - b) <= within))
        fail_msg("%.17g is not within %g of %.17g", a, within, b);
}

static void assert_vec3_near(struct vec3 a, struct vec3 b, double within)
{
    assert_near(a.x, b.x, within);
    assert_near(a.y, b.y, within);
    assert_near(a.z, b.z, within);
}

static void a_quarter_turn_about_z_takes_x_to_y(void **state)
{
    (void)state;
    struct quat quarter = quat_from_rotation_vector((struct vec3){0, 0, acos(0)});
    assert_vec3_near(quat_rotate(quarter, (struct vec3){1, 0, 0}), (struct vec3){0, 1, 0}, 1e-15);
}

static void quaternion_matrix_and_rotation_vector_are_the_same_rotation(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 1);
    for (int i = 0; i < 10000; i++) {
        struct quat a = random_turn(&random), b = random_turn(&random);
        struct vec3 v = {random_normal(&random), random_normal(&random), random_normal(&random)};
        struct mat3 ma = mat3_from_quat(a), mb = mat3_from_quat(b);
        struct mat3 product = mat3_multiply(&ma, &mb);
        assert_int_equal(mat3_check(&ma), MOTION_OK);
        assert_vec3_near(quat_rotate(a, v), mat3_rotate(&ma, v), 1e-14);
        assert_near(quat_angle_between_rad(quat_from_mat3(&product), quat_multiply(a, b)), 0,
                    1e-14);
        struct vec3 turned = quat_to_rotation_vector(a);
        assert_true(vec3_length(turned) <= acos(-1) + 1e-12);
        assert_near(quat_angle_between_rad(quat_from_rotation_vector(turned), a), 0, 1e-14);
    }
}

static void small_rotation_vectors_keep_their_digits(void **state)
{
    (void)state;
    for (double angle = 1; angle > 1e-12; angle /= 3) {
        struct vec3 v = {angle * 0.6, -angle * 0.8, 0};
        struct vec3 back = quat_to_rotation_vector(quat_from_rotation_vector(v));
        assert_vec3_near(back, v, angle * 1e-12);
    }
}

static void checks_refuse_what_is_no_rotation(void **state)
{
    (void)state;
    struct quat q = {1, 0, 0, 0};
    assert_int_equal(quat_check(q), MOTION_OK);
    q.w = 1 + 0.9e-3;
    assert_int_equal(quat_check(q), MOTION_OK);
    q.w = 1 + 1.1e-3;
    assert_int_equal(quat_check(q), MOTION_ERR_NOT_UNIT);
    q.w = 0;
    assert_int_equal(quat_check(q), MOTION_ERR_NOT_UNIT);
    q.w = (double)NAN;
    assert_int_equal(quat_check(q), MOTION_ERR_NOT_FINITE);
    q = (struct quat){1, 0, 0, -(double)INFINITY};
    assert_int_equal(quat_check(q), MOTION_ERR_NOT_FINITE);

    struct mat3 mirror = {{{1, 0, 0}, {0, 1, 0}, {0, 0, -1}}};
    assert_int_equal(mat3_check(&mirror), MOTION_ERR_NOT_UNIT);
    struct mat3 skewed = {{{1, 0, 0}, {0.01, 1, 0}, {0, 0, 1}}};
    assert_int_equal(mat3_check(&skewed), MOTION_ERR_NOT_UNIT);
    skewed.at[1][0] = (double)NAN;
    assert_int_equal(mat3_check(&skewed), MOTION_ERR_NOT_FINITE);

    struct pose pose = POSE_IDENTITY;
    assert_int_equal(pose_check(&pose), MOTION_OK);
    pose.position_m.y = (double)INFINITY;
    assert_int_equal(pose_check(&pose), MOTION_ERR_NOT_FINITE);
}

static void a_limited_vector_keeps_its_direction(void **state)
{
    (void)state;
    assert_vec3_near(vec3_limit((struct vec3){3, 0, -4}, 2.5), (struct vec3){1.5, 0, -2}, 1e-15);
    assert_vec3_near(vec3_limit((struct vec3){0, 0, 0}, 1), (struct vec3){0, 0, 0}, 0);
}

static void between_two_poses_is_straight_and_turns_evenly_by_the_shorter_way(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 2);
    for (int i = 0; i < 1000; i++) {
        struct pose from = {{1, 2, 3}, random_turn(&random)},
                    to = {{3, 2, -1}, random_turn(&random)};
        double whole_rad = quat_angle_between_rad(to.orientation, from.orientation);
        struct pose at = pose_between(&from, &to, 0.25);
        assert_vec3_near(at.position_m, (struct vec3){1.5, 2, 2}, 1e-15);
        assert_int_equal(pose_check(&at), MOTION_OK);
        assert_near(quat_angle_between_rad(at.orientation, from.orientation), whole_rad / 4, 1e-12);
        assert_near(quat_angle_between_rad(to.orientation, at.orientation), whole_rad * 0.75,
                    1e-12);
        at = pose_between(&from, &to, 1);
        assert_near(quat_angle_between_rad(at.orientation, to.orientation), 0, 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quarter_turn_about_z_takes_x_to_y),
        cmocka_unit_test(quaternion_matrix_and_rotation_vector_are_the_same_rotation),
        cmocka_unit_test(small_rotation_vectors_keep_their_digits),
        cmocka_unit_test(checks_refuse_what_is_no_rotation),
        cmocka_unit_test(a_limited_vector_keeps_its_direction),
        cmocka_unit_test(between_two_poses_is_straight_and_turns_evenly_by_the_shorter_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "unit/cmocka_base.h"

#include "motion/layout.h"

#define DEGREES (3.14159265358979323846 / 180)

static bool is_near(struct vec3 a, struct vec3 b, double most_m)
{
    return vec3_length(vec3_subtract(a, b)) <= most_m;
}

/* The tip of arm `index`, ready, in the camera's frame, ready. */
static struct pose ready_tip(unsigned index)
{
    struct pose camera = layout_camera(&LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    struct pose tip = instrument_forward(&INSTRUMENT_LARGE_NEEDLE_DRIVER, INSTRUMENT_READY_JP);
    return layout_to_camera(&LAYOUT_STANDARD, &camera, index, &tip);
}

static void remote_centres_look_at_the_field_with_x_to_the_right(void **state)
{
    (void)state;
    const struct pose *frames[] = {&LAYOUT_STANDARD.arms[0], &LAYOUT_STANDARD.arms[1],
                                   &LAYOUT_STANDARD.camera_arm};
    for (unsigned i = 0; i < 3; i++) {
        const struct pose *at = frames[i];
        struct vec3 away = vec3_scale(at->position_m, 1 / vec3_length(at->position_m));
        struct vec3 right = vec3_subtract((struct vec3){1, 0, 0}, vec3_scale(away, away.x));
        right = vec3_scale(right, 1 / vec3_length(right));
        assert_true(fabs(quat_length(at->orientation) - 1) < 1e-15);
        assert_true(is_near(quat_rotate(at->orientation, (struct vec3){0, 0, 1}), away, 1e-15));
        assert_true(is_near(quat_rotate(at->orientation, (struct vec3){1, 0, 0}), right, 1e-15));
    }
}

static void the_camera_looks_at_the_field_and_up_is_away_from_the_surgeon(void **state)
{
    (void)state;
    struct pose camera = layout_camera(&LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    struct pose field = pose_into_frame(&camera, &POSE_IDENTITY);
    double depth_m = vec3_length(LAYOUT_STANDARD.camera_arm.position_m) - 0.0807;
    assert_true(is_near(field.position_m, (struct vec3){0, 0, -depth_m}, 1e-12));
    struct vec3 far_side = quat_rotate(field.orientation, (struct vec3){0, 1, 0});
    assert_true(far_side.y > 0.7 && fabs(far_side.x) < 1e-12);
    assert_true(quat_rotate(field.orientation, (struct vec3){1, 0, 0}).x > 0.999);
}

static void both_ready_tips_stand_in_the_picture_left_and_right(void **state)
{
    (void)state;
    double right[2], up[2];
    for (unsigned i = 0; i < 2; i++) {
        struct pose tip = ready_tip(i);
        assert_true(layout_project(&LAYOUT_STANDARD.lens, tip.position_m, &right[i], &up[i]));
        assert_true(fabs(right[i]) < 0.7 && fabs(up[i]) < 0.7);
    }
    assert_true(right[0] < -0.2 && right[1] > 0.2);
    assert_true(fabs(vec3_length(vec3_subtract(ready_tip(0).position_m, ready_tip(1).position_m)) -
                     0.034) < 0.001);
}

static void both_tips_can_meet_in_front_of_the_camera(void **state)
{
    (void)state;
    struct pose camera = layout_camera(&LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    for (double x = -0.04; x < 0.041; x += 0.02)
        for (double y = -0.03; y < 0.031; y += 0.02)
            for (unsigned i = 0; i < 2; i++) {
                double joints[INSTRUMENT_AXES];
                struct pose goal = ready_tip(i);
                goal.position_m = (struct vec3){x, y, -0.095};
                goal = layout_to_arm(&LAYOUT_STANDARD, &camera, i, &goal);
                assert_int_equal(instrument_inverse(&INSTRUMENT_LARGE_NEEDLE_DRIVER, &goal,
                                                    INSTRUMENT_READY_JP, joints),
                                 0);
            }
}

static void a_pose_goes_to_the_picture_and_back(void **state)
{
    (void)state;
    const double joints[CAMERA_AXES] = {0.3, -0.2, 0.11, 0.7};
    struct pose camera = layout_camera(&LAYOUT_STANDARD, joints);
    struct pose there = {{0.01, -0.02, -0.1}, quat_from_rotation_vector((struct vec3){1, 2, -1})};
    struct pose seen = layout_to_camera(&LAYOUT_STANDARD, &camera, 1, &there);
    struct pose back = layout_to_arm(&LAYOUT_STANDARD, &camera, 1, &seen);
    assert_true(is_near(back.position_m, there.position_m, 1e-15));
    assert_true(quat_angle_between_rad(back.orientation, there.orientation) < 1e-7);

    /* A step of the hand to the picture's right takes the tip to the right in the picture. */
    struct quat turn = layout_camera_turn(&LAYOUT_STANDARD, &camera, 1);
    struct pose moved = there;
    moved.position_m =
        vec3_add(there.position_m, quat_rotate(turn, (struct vec3){0.003, 0.002, -0.001}));
    moved = layout_to_camera(&LAYOUT_STANDARD, &camera, 1, &moved);
    assert_true(is_near(vec3_subtract(moved.position_m, seen.position_m),
                        (struct vec3){0.003, 0.002, -0.001}, 1e-15));
}

static void h23_an_error_of_any_joint_of_the_camera_counts_as_it_counts_in_the_picture(void **state)
{
    (void)state;
    const double *ready = LAYOUT_STANDARD.camera_ready_jp;
    assert_true(layout_camera_error_m(&LAYOUT_STANDARD, ready, ready) <= 0);
    /* By 0.1 rad or 5 mm: at 0.1807 m from the remote centre, along the shaft, and at the picture's edge. */
    static const double off[CAMERA_AXES] = {0.1, 0.1, 0.005, 0.1};
    static const double least_m[CAMERA_AXES] = {0.018, 0.018, 0.00499, 0.0046},
                        most_m[CAMERA_AXES] = {0.0188, 0.0188, 0.00501, 0.0047};
    for (int i = 0; i < CAMERA_AXES; i++) {
        double measured[CAMERA_AXES];
        memcpy(measured, ready, sizeof measured);
        measured[i] += off[i];
        double error_m = layout_camera_error_m(&LAYOUT_STANDARD, ready, measured);
        assert_true(error_m > least_m[i] && error_m < most_m[i]);
    }
}

static void each_joint_of_the_camera_moves_the_picture_its_own_way(void **state)
{
    (void)state;
    const struct layout *layout = &LAYOUT_STANDARD;
    struct pose ready = layout_camera(layout, layout->camera_ready_jp);
    double joints[CAMERA_AXES];
    struct vec3 looks[CAMERA_AXES];
    struct pose seen[CAMERA_AXES];
    for (int i = 0; i < CAMERA_AXES; i++) {
        for (int j = 0; j < CAMERA_AXES; j++)
            joints[j] = layout->camera_ready_jp[j] + (i == j ? 0.1 : 0);
        struct pose camera = layout_camera(layout, joints);
        seen[i] = pose_into_frame(&ready, &camera);
        looks[i] = quat_rotate(seen[i].orientation, (struct vec3){0, 0, -1});
    }
    assert_true(looks[CAMERA_YAW].x > 0.09 && fabs(looks[CAMERA_YAW].y) < 1e-12);
    assert_true(looks[CAMERA_PITCH].y < -0.09 && fabs(looks[CAMERA_PITCH].x) < 1e-12);
    assert_true(is_near(seen[CAMERA_INSERTION].position_m, (struct vec3){0, 0, -0.1}, 1e-12));
    assert_true(looks[CAMERA_ROLL].z < -0.999999);
    assert_true(fabs(quat_angle_between_rad(seen[CAMERA_ROLL].orientation, QUAT_IDENTITY) - 0.1) <
                1e-9);
}

static void an_oblique_lens_looks_down_and_rolls_with_the_shaft(void **state)
{
    (void)state;
    struct layout layout = LAYOUT_STANDARD;
    double joints[CAMERA_AXES] = {0, 0, 0.08, 0};
    struct pose straight = layout_camera(&layout, joints);
    layout.lens.tilt_rad = 30 * DEGREES;
    struct pose oblique = layout_camera(&layout, joints);
    struct pose seen = pose_into_frame(&straight, &oblique);
    struct vec3 look = quat_rotate(seen.orientation, (struct vec3){0, 0, -1});
    assert_true(is_near(look, (struct vec3){0, -0.5, -sqrt(0.75)}, 1e-12));
    joints[CAMERA_ROLL] = 80 * DEGREES;
    oblique = layout_camera(&layout, joints);
    seen = pose_into_frame(&straight, &oblique);
    look = quat_rotate(seen.orientation, (struct vec3){0, 0, -1});
    assert_true(fabs(look.z + sqrt(0.75)) < 1e-12 && look.x < -0.49);
}

static void joints_of_the_camera_stay_inside_their_limits(void **state)
{
    (void)state;
    double joints[CAMERA_AXES] = {3, -0.1, (double)NAN, -3};
    assert_int_equal(layout_camera_clamp(&LAYOUT_STANDARD, joints),
                     1U << CAMERA_YAW | 1U << CAMERA_INSERTION | 1U << CAMERA_ROLL);
    assert_true(joints[CAMERA_YAW] <= LAYOUT_STANDARD.camera_most[CAMERA_YAW]);
    assert_true(joints[CAMERA_INSERTION] >= 0 && joints[CAMERA_INSERTION] <= 0.255);
    assert_int_equal(layout_camera_clamp(&LAYOUT_STANDARD, joints), 0);
}

static void what_is_behind_the_lens_is_not_in_the_picture(void **state)
{
    (void)state;
    double right = 0, up = 0;
    assert_false(layout_project(&LAYOUT_STANDARD.lens, (struct vec3){0, 0, 0.1}, &right, &up));
    double half_m = 0.1 * tan(25 * DEGREES);
    assert_true(
        layout_project(&LAYOUT_STANDARD.lens, (struct vec3){0.01, half_m, -0.1}, &right, &up));
    assert_true(fabs(up - 1) < 1e-12 && fabs(right - 0.01 / half_m) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remote_centres_look_at_the_field_with_x_to_the_right),
        cmocka_unit_test(the_camera_looks_at_the_field_and_up_is_away_from_the_surgeon),
        cmocka_unit_test(both_ready_tips_stand_in_the_picture_left_and_right),
        cmocka_unit_test(both_tips_can_meet_in_front_of_the_camera),
        cmocka_unit_test(a_pose_goes_to_the_picture_and_back),
        cmocka_unit_test(
            h23_an_error_of_any_joint_of_the_camera_counts_as_it_counts_in_the_picture),
        cmocka_unit_test(each_joint_of_the_camera_moves_the_picture_its_own_way),
        cmocka_unit_test(an_oblique_lens_looks_down_and_rolls_with_the_shaft),
        cmocka_unit_test(joints_of_the_camera_stay_inside_their_limits),
        cmocka_unit_test(what_is_behind_the_lens_is_not_in_the_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

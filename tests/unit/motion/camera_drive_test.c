/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "motion/camera_drive.h"

#define MS UINT64_C(1000000)
#define ROUNDING 1e-12

static struct camera_drive drive;

/* Of the set-point, by its last places. */
static struct {
    double at[CAMERA_AXES], speed[CAMERA_AXES], acceleration[CAMERA_AXES];
} went;

static void begin(void)
{
    camera_drive_place(&drive, &LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    camera_drive_begin(&drive);
    memset(&went, 0, sizeof went);
    memcpy(went.at, drive.joints, sizeof went.at);
}

static void lead(struct vec3 way_m, double roll_rad)
{
    const struct hand hand = {
        .pose = {way_m, quat_from_rotation_vector((struct vec3){0, 0, roll_rad})}};
    camera_drive_take(&drive, &hand, 1);
}

/* For so many milliseconds, each within the limits of place, of speed, of its change and of that one's. */
static void pass(bool follows, int ms)
{
    for (int i = 0; i < ms; i++) {
        camera_drive_go_ahead(&drive, follows, MS);
        camera_drive_come_after(&drive);
        for (int axis = 0; axis < CAMERA_AXES; axis++) {
            double most = LAYOUT_STANDARD.camera_speed_max[axis];
            double acceleration_most = most / CAMERA_DRIVE_STOP_S;
            double speed = (drive.joints[axis] - went.at[axis]) / 1e-3;
            double acceleration = (speed - went.speed[axis]) / 1e-3;
            double jerk = (acceleration - went.acceleration[axis]) / 1e-3;
            assert_true(fabs(speed) <= most + 1e-9);
            assert_true(fabs(acceleration) <= acceleration_most + 1e-6);
            assert_true(fabs(jerk) <= 2 * acceleration_most / 8e-3 + 1e-3);
            assert_true(drive.joints[axis] >= LAYOUT_STANDARD.camera_least[axis]);
            assert_true(drive.joints[axis] <= LAYOUT_STANDARD.camera_most[axis]);
            went.at[axis] = drive.joints[axis];
            went.speed[axis] = speed;
            went.acceleration[axis] = acceleration;
        }
    }
}

/* Where what was in the picture's middle, 60 mm before the lens, is seen now. */
static void see(double *right, double *up)
{
    const struct pose was = layout_camera(&LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    const struct pose is = layout_camera(&LAYOUT_STANDARD, drive.joints);
    const struct pose place = {{0, 0, -0.06}, QUAT_IDENTITY};
    const struct pose in_world = pose_from_frame(&was, &place);
    assert_true(layout_project(&LAYOUT_STANDARD.lens, pose_into_frame(&is, &in_world).position_m,
                               right, up));
}

static void h57_the_camera_goes_where_the_hands_go_in_the_picture(void **state)
{
    (void)state;
    double right, up;
    begin();
    lead((struct vec3){0.02, 0, 0}, 0);
    pass(true, 2000);
    see(&right, &up);
    assert_true(right < -0.05 && fabs(up) < 0.01);
    begin();
    lead((struct vec3){0, 0.02, 0}, 0);
    pass(true, 2000);
    see(&right, &up);
    assert_true(up < -0.05 && fabs(right) < 0.01);
    begin();
    lead((struct vec3){0, 0, -0.05}, 0); /* into the picture */
    pass(true, 2000);
    assert_true(fabs(drive.joints[CAMERA_INSERTION] - 0.095) < 1e-9);
    begin();
    lead((struct vec3){0, 0, 0}, 0.1);
    pass(true, 2000);
    assert_true(fabs(drive.joints[CAMERA_ROLL] + 0.1) < 1e-9);
}

static void h57_of_a_rolled_camera_the_directions_are_the_pictures_still(void **state)
{
    (void)state;
    double right, up;
    double rolled[CAMERA_AXES] = {0, 0, 0.08, 1.2};
    begin();
    camera_drive_place(&drive, &LAYOUT_STANDARD, rolled);
    memcpy(went.at, rolled, sizeof went.at);
    lead((struct vec3){0.02, 0, 0}, 0);
    pass(true, 2000);
    const struct pose was = layout_camera(&LAYOUT_STANDARD, rolled);
    const struct pose is = layout_camera(&LAYOUT_STANDARD, drive.joints);
    const struct pose place = {{0, 0, -0.06}, QUAT_IDENTITY};
    const struct pose in_world = pose_from_frame(&was, &place);
    assert_true(layout_project(&LAYOUT_STANDARD.lens, pose_into_frame(&is, &in_world).position_m,
                               &right, &up));
    assert_true(right < -0.05 && fabs(up) < 0.01);
}

static void h57_it_arrives_without_going_past_and_stays(void **state)
{
    (void)state;
    begin();
    lead((struct vec3){0.2, -0.1, 0.1}, 0.3);
    for (int i = 0; i < 3000; i++) {
        pass(true, 1);
        assert_true(drive.joints[CAMERA_YAW] <= 0.4 + ROUNDING);
    }
    assert_true(fabs(drive.joints[CAMERA_YAW] - 0.4) < 1e-9);
    assert_true(fabs(drive.joints[CAMERA_PITCH] - 0.2) < 1e-9);
    assert_true(fabs(drive.joints[CAMERA_INSERTION] - 0.05) < 1e-9);
    assert_int_equal(drive.limited, 0);
}

static void h57_h38_let_go_it_stands_within_its_deceleration(void **state)
{
    (void)state;
    begin();
    lead((struct vec3){0.5, 0, 0}, 0);
    pass(true, 1000);
    double at = drive.joints[CAMERA_YAW], stop[CAMERA_AXES];
    assert_true(drive.speeds[CAMERA_YAW] > 0.49);
    camera_drive_stop(&drive, stop);
    pass(false, (int)(CAMERA_DRIVE_STOP_S * 1000) + 1 + TRACK_SMOOTH_TICKS);
    assert_true(camera_drive_stands(&drive));
    assert_true(drive.joints[CAMERA_YAW] <= stop[CAMERA_YAW]);
    assert_true(drive.joints[CAMERA_YAW] > stop[CAMERA_YAW] - 1e-3);
    assert_true(drive.joints[CAMERA_YAW] - at <= 0.5 * (CAMERA_DRIVE_STOP_S / 2 + 8e-3));
    at = drive.joints[CAMERA_YAW];
    pass(false, 1000);
    assert_true(fabs(drive.joints[CAMERA_YAW] - at) <= 0);
}

static void h57_a_joint_stops_before_its_limit_and_that_is_told(void **state)
{
    (void)state;
    begin();
    lead((struct vec3){0, 0, 0.4}, 0); /* 80 mm are there to draw back, 120 are asked */
    assert_int_equal(drive.limited, 1U << CAMERA_INSERTION);
    pass(true, 4000);
    assert_true(fabs(drive.joints[CAMERA_INSERTION]) < 1e-9);
    pass(false, 1);
    assert_int_equal(drive.limited, 0);
}

static void two_hands_lead_by_their_mean(void **state)
{
    (void)state;
    const struct hand hands[2] = {{.pose = {{0.04, 0, 0}, QUAT_IDENTITY}},
                                  {.pose = {{-0.04, 0, 0}, QUAT_IDENTITY}}};
    begin();
    camera_drive_take(&drive, hands, 2);
    pass(true, 500);
    assert_true(fabs(drive.joints[CAMERA_YAW]) < 1e-9);
}

static void where_there_is_no_camera_arm_nothing_moves(void **state)
{
    (void)state;
    drive = (struct camera_drive){.layout = NULL};
    lead((struct vec3){0.1, 0.1, 0.1}, 0.1);
    camera_drive_go_ahead(&drive, true, MS);
    assert_true(camera_drive_stands(&drive));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h57_the_camera_goes_where_the_hands_go_in_the_picture),
        cmocka_unit_test(h57_of_a_rolled_camera_the_directions_are_the_pictures_still),
        cmocka_unit_test(h57_it_arrives_without_going_past_and_stays),
        cmocka_unit_test(h57_h38_let_go_it_stands_within_its_deceleration),
        cmocka_unit_test(h57_a_joint_stops_before_its_limit_and_that_is_told),
        cmocka_unit_test(two_hands_lead_by_their_mean),
        cmocka_unit_test(where_there_is_no_camera_arm_nothing_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

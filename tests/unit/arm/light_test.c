/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The light of a scene is an endoscope's: it shines from beside the lens, wherever that goes. Seen on a wide
 * grey floor that shines nowhere; a lamp that the scene has beside does not count. */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arm/mujoco_eye.h"

#define MS UINT64_C(1000000)

/* OSMesa keeps a kilobyte of its first canvas until the program ends; LeakSanitizer asks here. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libOSMesa.so";
}

enum { WIDTH = 160, HEIGHT = 120, SIDE = 8 };

static const char floor_scene[] =
    "<mujoco><include file='arms.xml'/>"
    "<asset><material name='dull' rgba='0.5 0.5 0.5 1' specular='0' shininess='0'/></asset>"
    "<worldbody><light directional='true' dir='0 0 -1' ambient='0.5 0.5 0.5'/>"
    "<geom type='plane' size='0.3 0.3 0.004' material='dull'/></worldbody></mujoco>";

static struct arm *arm;
static struct scene_eye robot;
static void *eye;
static uint64_t now_ns;

static int open_eye(void **state)
{
    (void)state;
    char path[] = "/tmp/jisr-light-XXXXXX.xml";
    struct arm_reason reason = {""};
    struct media_reason why;
    now_ns = 1000 * MS;
    const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                             .count = 1,
                                             .scene = path,
                                             .is_stepped = true,
                                             .now_ns = now_ns};
    int file = mkstemps(path, 4);
    assert_true(file >= 0);
    assert_true(write(file, floor_scene, strlen(floor_scene)) == (ssize_t)strlen(floor_scene));
    assert_int_equal(close(file), 0);
    arm = arm_open_mujoco(&settings, &reason);
    assert_int_equal(unlink(path), 0);
    if (!arm)
        fail_msg("%s", reason.words);
    robot = mujoco_eye(arm);
    eye = robot.open(robot.robot, WIDTH, HEIGHT, false, &why);
    if (!eye)
        fail_msg("%s", why.words);
    return 0;
}

static int close_eye(void **state)
{
    (void)state;
    robot.close(eye);
    arm_close(arm);
    return 0;
}

/* Turned so far to the side from looking straight down at the floor, and put in so far. */
static void look_down(double yaw_rad, double insertion_m)
{
    double pitch_rad = 2 * acos(arm->layout->camera_arm.orientation.w);
    const double goal[CAMERA_AXES] = {yaw_rad, pitch_rad, insertion_m, 0};
    double at[CAMERA_AXES], far = 1;
    for (unsigned i = 0; i < 1000 && far > 1e-4; i++) {
        now_ns += 10 * MS;
        assert_int_equal(arm_servo_camera_jp(arm, goal, now_ns), MOTION_OK);
        arm_update(arm, now_ns);
        arm_measured_camera_jp(arm, at);
        far = 0;
        for (int axis = 0; axis < CAMERA_AXES; axis++)
            far = fmax(far, fabs(at[axis] - goal[axis]));
    }
    assert_true(far <= 1e-4);
}

/* How bright the picture is at its middle and at the middle of each edge, 0 to 255. */
struct brightness {
    double middle, left, right, top, bottom;
};

static double mean(const uint8_t *rows, int left, int top)
{
    double sum = 0;
    for (int row = top; row < top + SIDE; row++)
        for (int at = 3 * left; at < 3 * (left + SIDE); at++)
            sum += rows[row * WIDTH * 3 + at];
    return sum / (SIDE * SIDE * 3);
}

static struct brightness look(void)
{
    enum { ACROSS = (WIDTH - SIDE) / 2, DOWN = (HEIGHT - SIDE) / 2 };
    uint64_t at_ns;
    const uint8_t *rows = robot.look(eye, &at_ns);
    assert_non_null(rows);
    struct brightness seen = {.middle = mean(rows, ACROSS, DOWN),
                              .left = mean(rows, 0, DOWN),
                              .right = mean(rows, WIDTH - SIDE, DOWN),
                              .top = mean(rows, ACROSS, 0),
                              .bottom = mean(rows, ACROSS, HEIGHT - SIDE)};
    assert_true(seen.middle > 40 && seen.middle < 250); /* lit, and not blinded */
    return seen;
}

static void it_fades_evenly_from_the_middle_towards_every_edge(void **state)
{
    (void)state;
    look_down(0, 0.08);
    struct brightness seen = look();
    assert_true(seen.middle > 1.5 * seen.left && seen.middle > 1.25 * seen.top);
    assert_true(fabs(seen.left - seen.right) < 0.04 * seen.middle);
    assert_true(fabs(seen.top - seen.bottom) < 0.04 * seen.middle);
}

static void what_is_twice_as_far_from_the_lens_is_darker(void **state)
{
    (void)state;
    look_down(0, 0.08);
    double near = look().middle;
    look_down(0, 0);
    double far = look().middle;
    assert_true(far < 0.8 * near && far > 0.5 * near);
}

static void it_goes_with_the_lens_where_that_turns(void **state)
{
    (void)state;
    for (int side = -1; side <= 1; side += 2) {
        look_down(side * 0.4, 0.08);
        struct brightness seen = look();
        assert_true(seen.middle > 1.15 * seen.left && seen.middle > 1.15 * seen.right);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_fades_evenly_from_the_middle_towards_every_edge),
        cmocka_unit_test(what_is_twice_as_far_from_the_lens_is_darker),
        cmocka_unit_test(it_goes_with_the_lens_where_that_turns),
    };
    return cmocka_run_group_tests(tests, open_eye, close_eye);
}

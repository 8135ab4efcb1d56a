/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "arm/mujoco_eye.h"
#include "clock/clock.h"
#include "media/camera.h"

#define MS UINT64_C(1000000)

/* OSMesa keeps a kilobyte of its first canvas until the program ends; LeakSanitizer asks here. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libOSMesa.so";
}

enum { WIDTH = 160, HEIGHT = 120 };

static struct arm *arm;
static uint64_t now_ns;

static int open_arm(void **state)
{
    (void)state;
    struct arm_reason reason = {""};
    now_ns = clock_monotonic_ns();
    const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                             .count = 2,
                                             .scene = "peg-transfer",
                                             .is_stepped = true,
                                             .now_ns = now_ns};
    arm = arm_open_mujoco(&settings, &reason);
    return arm ? 0 : -1;
}

static int close_arm(void **state)
{
    (void)state;
    arm_close(arm);
    return 0;
}

static struct scene_eye robot;

static void *open_eye(uint32_t width, bool is_stereo)
{
    struct media_reason reason;
    robot = mujoco_eye(arm);
    void *eye = robot.open(robot.robot, width, HEIGHT, is_stereo, &reason);
    if (!eye)
        fail_msg("%s", reason.words);
    return eye;
}

/* The mean of R, G, B in the square of `side` around a place, rows of `width`. */
static void mean(const uint8_t *rows, uint32_t width, int x, int y, int side, double rgb[static 3])
{
    rgb[0] = rgb[1] = rgb[2] = 0;
    for (int row = y - side / 2; row < y - side / 2 + side; row++)
        for (int column = x - side / 2; column < x - side / 2 + side; column++)
            for (int i = 0; i < 3; i++)
                rgb[i] += rows[((size_t)row * width + (size_t)column) * 3 + (size_t)i];
    for (int i = 0; i < 3; i++)
        rgb[i] /= side * side;
}

/* Where in the picture a place in the world is. */
static void find(struct vec3 place_m, int *x, int *y)
{
    double right, up;
    struct pose camera = layout_camera(arm->layout, arm->layout->camera_ready_jp);
    const struct pose place = {place_m, QUAT_IDENTITY};
    struct pose seen = pose_into_frame(&camera, &place);
    assert_true(layout_project(&arm->layout->lens, seen.position_m, &right, &up));
    *x = WIDTH / 2 + (int)lrint(right * HEIGHT / 2);
    *y = HEIGHT / 2 - (int)lrint(up * HEIGHT / 2);
}

static void things_are_in_the_picture_where_the_lens_has_them(void **state)
{
    (void)state;
    uint64_t at_ns;
    double board[3], ring[3];
    int x, y;
    void *eye = open_eye(WIDTH, false);
    const uint8_t *rows = robot.look(eye, &at_ns);
    assert_non_null(rows);
    assert_true(at_ns == now_ns);
    find((struct vec3){0, -0.01, 0}, &x, &y);
    mean(rows, WIDTH, x, y, 4, board);
    assert_true(board[0] > 90 && board[0] < 250 && board[1] > 0.8 * board[0]); /* lit, pale */
    find((struct vec3){-0.035, -0.019 - 0.0055, 0.0014}, &x, &y); /* the near side of ring 1 */
    mean(rows, WIDTH, x, y, 2, ring);
    assert_true(ring[2] > 1.3 * ring[0]); /* blue */
    robot.close(eye);
}

static void two_eyes_see_near_things_apart(void **state)
{
    (void)state;
    uint64_t at_ns;
    void *eye = open_eye(2 * WIDTH, true);
    const uint8_t *rows = robot.look(eye, &at_ns);
    unsigned long differ = 0;
    assert_non_null(rows);
    for (size_t row = 0; row < HEIGHT; row++)
        for (size_t at = 0; at < WIDTH * 3; at++)
            differ += abs(rows[row * 2 * WIDTH * 3 + at] -
                          rows[row * 2 * WIDTH * 3 + WIDTH * 3 + at]) > 8;
    assert_true(differ > 1000 && differ < WIDTH * HEIGHT * 3 / 2);
    robot.close(eye);
}

static void h08_a_still_scene_gives_other_pictures_a_robot_that_stands_the_same_one(void **state)
{
    (void)state;
    static uint8_t first[WIDTH * HEIGHT * 3];
    uint64_t at_ns;
    void *eye = open_eye(WIDTH, false);
    memcpy(first, robot.look(eye, &at_ns), sizeof first);
    assert_memory_equal(first, robot.look(eye, &at_ns), sizeof first);
    now_ns += MS;
    arm_update(arm, now_ns);
    assert_true(memcmp(first, robot.look(eye, &at_ns), sizeof first) != 0);
    robot.close(eye);
}

static bool is_alive;
static struct scene_eye real;

/* The robot's time goes on while it is alive, as if it had its thread. */
static const uint8_t *look(void *eye, uint64_t *at_ns)
{
    if (is_alive)
        arm_update(arm, clock_monotonic_ns());
    return real.look(eye, at_ns);
}

static void h08_a_camera_on_a_robot_that_stalls_is_silent(void **state)
{
    (void)state;
    struct camera *camera;
    struct media_reason reason;
    struct picture picture;
    real = robot = mujoco_eye(arm);
    robot.look = look;
    is_alive = true;
    const struct camera_settings settings = {
        .spec = "scene", .scene = &robot, .width = WIDTH, .height = HEIGHT, .rate = 30};
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    if (camera_open(&camera, &settings, &reason) != MEDIA_OK)
        fail_msg("%s", reason.words);
    assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    is_alive = false;
    uint64_t stalled_ns = arm_measured_ns(arm);
    enum media_err err = MEDIA_OK;
    while (err == MEDIA_OK) {
        err = camera_next(camera, &picture);
        assert_true(err != MEDIA_OK || picture.captured_ns < stalled_ns + 101 * MS);
    }
    assert_int_equal(err, MEDIA_ERR_SILENT);
    is_alive = true;
    assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    camera_close(camera);
    picture_free(&picture);
}

static void a_scene_without_a_robot_is_refused_with_what_to_do(void **state)
{
    (void)state;
    struct camera *camera;
    struct media_reason reason;
    const struct camera_settings settings = {.spec = "scene", .width = WIDTH, .height = HEIGHT};
    assert_int_equal(camera_open(&camera, &settings, &reason), MEDIA_ERR_SETTING);
    assert_non_null(strstr(reason.words, "--arm mujoco"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(things_are_in_the_picture_where_the_lens_has_them),
        cmocka_unit_test(two_eyes_see_near_things_apart),
        cmocka_unit_test(h08_a_still_scene_gives_other_pictures_a_robot_that_stands_the_same_one),
        cmocka_unit_test(h08_a_camera_on_a_robot_that_stalls_is_silent),
        cmocka_unit_test(a_scene_without_a_robot_is_refused_with_what_to_do),
    };
    return cmocka_run_group_tests(tests, open_arm, close_arm);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What we write is, byte for byte, what Debian's libopenigtlink makes of the same content: header, body, check.
 * But for the stamp's fraction of a second: the library's igtl_nanosec_to_frac rounds at each of 32 steps and is up to
 * 48 of 2^32 parts (11 ns) off. */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "igtl/message.h"
#include "igtl_make.h"

enum { WIDTH = 7, HEIGHT = 5, PIXELS = WIDTH * HEIGHT * 3, ROOM = 1024 };

static const char *const devices[] = {"Jisr-Left", "Jisr-Endoscope", "J", "a name that is cut"};
static const uint64_t times_ns[] = {0, UINT64_C(1234567890250000000), UINT64_C(1795936433000000001),
                                    UINT64_C(1795936433999999999), UINT64_C(4294967295123456789)};

static uint8_t ours[ROOM], theirs[ROOM];

typedef void compare_with(const struct igtl_head *head, const struct made *made);

/* For each name and time. */
static void with_each(compare_with *compare)
{
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        for (size_t k = 0; k < sizeof times_ns / sizeof *times_ns; k++) {
            const struct igtl_head head = {.device = devices[i], .wall_ns = times_ns[k]};
            const struct made made = {devices[i], times_ns[k], theirs, sizeof theirs};
            memset(ours, 0xAA, sizeof ours);
            memset(theirs, 0x55, sizeof theirs);
            compare(&head, &made);
        }
}

enum { AT_FRACTION = 38, FRACTION_OFF_MAX = 64 /* 15 ns */ };

static void assert_same(size_t ours_len, size_t theirs_len)
{
    assert_int_equal(ours_len, theirs_len);
    assert_true(llabs((long long)get_be32(ours + AT_FRACTION) -
                      (long long)get_be32(theirs + AT_FRACTION)) <= FRACTION_OFF_MAX);
    memcpy(theirs + AT_FRACTION, ours + AT_FRACTION, 4);
    assert_memory_equal(ours, theirs, ours_len);
}

static void compare_transform(const struct igtl_head *head, const struct made *made)
{
    const struct pose pose = {{0.0123, -0.0456, 0.1789},
                              quat_from_rotation_vector((struct vec3){0.3, -1.1, 0.7})};
    const struct mat3 turn = mat3_from_quat(pose.orientation);
    const struct vec3 at_mm = vec3_scale(pose.position_m, 1e3);
    const double place[3] = {at_mm.x, at_mm.y, at_mm.z};
    float rows[12];
    for (int row = 0; row < 3; row++) {
        for (int column = 0; column < 3; column++)
            rows[4 * row + column] = (float)turn.at[row][column];
        rows[4 * row + 3] = (float)place[row];
    }
    assert_same(igtl_transform(head, &pose, ours), made_transform(made, rows));
}

static void a_pose_is_the_librarys(void **state)
{
    (void)state;
    with_each(compare_transform);
}

static void compare_status(const struct igtl_head *head, const struct made *made)
{
    assert_same(igtl_status(head, IGTL_OK, "", ours), made_status(made, IGTL_OK, ""));
    assert_same(igtl_status(head, IGTL_NOT_READY, "no gestures", ours),
                made_status(made, IGTL_NOT_READY, "no gestures"));
}

static void a_status_is_the_librarys(void **state)
{
    (void)state;
    with_each(compare_status);
}

static void compare_string(const struct igtl_head *head, const struct made *made)
{
    assert_same(igtl_string(head, "Bonjour", ours), made_string(made, "Bonjour"));
}

static void a_string_is_the_librarys(void **state)
{
    (void)state;
    with_each(compare_string);
}

static void compare_image(const struct igtl_head *head, const struct made *made)
{
    uint8_t pixels[PIXELS];
    for (size_t i = 0; i < PIXELS; i++)
        pixels[i] = (uint8_t)(i * 37 + 11);
    memcpy(ours + IGTL_IMAGE_PIXELS_AT, pixels, PIXELS);
    assert_same(igtl_image(head, WIDTH, HEIGHT, ours), made_image(made, WIDTH, HEIGHT, pixels));
}

static void a_picture_is_the_librarys(void **state)
{
    (void)state;
    with_each(compare_image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pose_is_the_librarys),
        cmocka_unit_test(a_status_is_the_librarys),
        cmocka_unit_test(a_string_is_the_librarys),
        cmocka_unit_test(a_picture_is_the_librarys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

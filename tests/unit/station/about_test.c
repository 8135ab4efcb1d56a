/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "station/about.h"

static struct profile profile;
static uint8_t good[ABOUT_BYTES_MAX];
static size_t len;
static struct about about;

static int begin(void **state)
{
    (void)state;
    profile_standard(&profile);
    about_make(&about, "large needle driver", &profile, &LAYOUT_STANDARD);
    len = about_encode(&about, good);
    return 0;
}

static bool reads(size_t at, float figure)
{
    uint8_t bytes[ABOUT_BYTES_MAX];
    struct about read = {.force_n = 77};
    memcpy(bytes, good, len);
    put_be_f32(bytes + at, figure);
    bool is_read = about_decode(&read, bytes, len);
    assert_true(is_read || (read.force_n > 76 && !read.has_layout)); /* else nothing is written */
    return is_read;
}

static void where_everything_stands_survives_the_wire(void **state)
{
    (void)state;
    struct about read;
    assert_int_equal(len, ABOUT_HEAD_BYTES + 4 * ABOUT_LAYOUT_FIGURES +
                              strlen("large needle driver") + strlen("standard"));
    assert_true(about_decode(&read, good, len));
    assert_string_equal(read.tool, "large needle driver");
    assert_string_equal(read.profile, "standard");
    assert_true(read.has_layout);
    const double *camera_jp = LAYOUT_STANDARD.camera_ready_jp;
    const struct pose is = layout_camera(&read.layout, camera_jp),
                      was = layout_camera(&LAYOUT_STANDARD, camera_jp);
    assert_true(vec3_length(vec3_subtract(is.position_m, was.position_m)) < 1e-7);
    for (unsigned i = 0; i < LAYOUT_ARMS; i++)
        assert_true(quat_angle_between_rad(read.layout.arms[i].orientation,
                                           LAYOUT_STANDARD.arms[i].orientation) < 1e-6);
    assert_true(fabs(read.layout.lens.baseline_m - 0.005) < 1e-9);
}

static void a_cart_that_does_not_know_says_so(void **state)
{
    (void)state;
    uint8_t bytes[ABOUT_BYTES_MAX];
    struct about read;
    about_make(&about, "", &profile, NULL);
    size_t bare = about_encode(&about, bytes);
    assert_int_equal(bare, ABOUT_HEAD_BYTES + strlen("standard"));
    assert_true(about_decode(&read, bytes, bare));
    assert_false(read.has_layout);
    bytes[ABOUT_HEAD_BYTES - 4] = 1; /* one is promised, and is not there */
    assert_false(about_decode(&read, bytes, bare));
}

static void h58_no_figure_of_a_layout_may_be_without_meaning(void **state)
{
    (void)state;
    for (size_t i = 0; i < ABOUT_LAYOUT_FIGURES; i++) {
        assert_false(reads(ABOUT_HEAD_BYTES + 4 * i, NAN));
        assert_false(reads(ABOUT_HEAD_BYTES + 4 * i, -INFINITY));
        assert_false(reads(ABOUT_HEAD_BYTES + 4 * i, 3)); /* too far, not unit, no lens */
    }
    size_t lens = ABOUT_HEAD_BYTES + 4 * (ABOUT_LAYOUT_FIGURES - 3);
    assert_false(reads(lens, 0));
    assert_false(reads(lens + 4, -0.001F));
    assert_true(reads(lens + 8, -0.5F));
    assert_true(reads(ABOUT_HEAD_BYTES, -1.5F));
}

static void h58_a_message_of_another_length_or_version_is_none(void **state)
{
    (void)state;
    struct about read;
    for (size_t less = 0; less < len; less++)
        assert_false(about_decode(&read, good, less));
    uint8_t bytes[ABOUT_BYTES_MAX];
    for (size_t i = 1; i <= 3; i++) { /* octets that must be zero */
        memcpy(bytes, good, len);
        bytes[ABOUT_HEAD_BYTES - i] = 1;
        assert_false(about_decode(&read, bytes, len));
    }
    memcpy(bytes, good, len);
    bytes[1] = 1;
    assert_false(about_decode(&read, bytes, len));
    bytes[1] = 2;
    bytes[ABOUT_HEAD_BYTES - 4] = 2;
    assert_false(about_decode(&read, bytes, len));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(where_everything_stands_survives_the_wire, begin),
        cmocka_unit_test_setup(a_cart_that_does_not_know_says_so, begin),
        cmocka_unit_test_setup(h58_no_figure_of_a_layout_may_be_without_meaning, begin),
        cmocka_unit_test_setup(h58_a_message_of_another_length_or_version_is_none, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

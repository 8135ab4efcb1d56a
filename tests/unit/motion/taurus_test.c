/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "motion/taurus.h"

#define REST " 0 0 0 %s 20000 -30000 -1112649 1223664 1486612 %s"

static enum motion_err read_row(struct taurus_row *row, const char *time, const char *rotation,
                                const char *x, const char *gripper)
{
    char line[TAURUS_LINE_BYTES_MAX + 100], rest[200];
    snprintf(rest, sizeof rest, REST, x, gripper);
    snprintf(line, sizeof line, "%s %s%s", time, rotation, rest);
    return taurus_read(row, line, strlen(line));
}

static const char upright[] = "1000000 0 0 0 1000000 0 0 0 1000000";

static void a_row_is_metres_radians_and_nanoseconds(void **state)
{
    (void)state;
    struct taurus_row row;
    assert_int_equal(
        read_row(&row, "1546230496.5", "0 -1000000 0 1000000 0 0 0 0 1000000", "351841", "65"),
        MOTION_OK);
    assert_true(row.time_ns == UINT64_C(1546230496500000000));
    assert_true(fabs(row.hand.pose.position_m.x - 0.351841) < 1e-12);
    assert_true(fabs(row.hand.pose.position_m.z + 0.03) < 1e-12);
    struct vec3 turned = quat_rotate(row.hand.pose.orientation, (struct vec3){1, 0, 0});
    assert_true(fabs(turned.y - 1) < 1e-12);
    assert_true(fabs(row.hand.jaw_rad - TAURUS_JAW_OPEN_RAD / 2) < 1e-12);
}

static void h05_a_row_without_meaning_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *time, *rotation, *x, *gripper;
        enum motion_err err;
    } rows[] = {
        {"1", "1000000 0 0 0 1000000 0 0 0 -1000000", "0", "50", MOTION_ERR_NOT_UNIT},
        {"1", "1010000 0 0 0 1000000 0 0 0 1000000", "0", "50", MOTION_ERR_NOT_UNIT},
        {"1", upright, "nan", "50", MOTION_ERR_NOT_FINITE},
        {"inf", upright, "0", "50", MOTION_ERR_NOT_FINITE},
        {"1e12", upright, "0", "50", MOTION_ERR_STAMP},
        {"-1", upright, "0", "50", MOTION_ERR_STAMP},
        {"1", upright, "2500000", "50", MOTION_ERR_TOO_FAR},
        {"1", upright, "0", "29", MOTION_ERR_JAW},
        {"1", upright, "0", "101", MOTION_ERR_JAW},
        {"1", upright, "0,5", "50", MOTION_ERR_SYNTAX},
        {"1", upright, "x", "50", MOTION_ERR_SYNTAX},
        {"1", upright, "0", "50 60", MOTION_ERR_LENGTH},
        {"1", upright, "0", "", MOTION_ERR_LENGTH},
    };
    struct taurus_row row;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum motion_err err =
            read_row(&row, rows[i].time, rows[i].rotation, rows[i].x, rows[i].gripper);
        if (err != rows[i].err)
            fail_msg("row %zu: %s", i, motion_err_text(err));
    }
    char longer[TAURUS_LINE_BYTES_MAX + 1];
    memset(longer, ' ', sizeof longer);
    assert_int_equal(taurus_read(&row, longer, sizeof longer), MOTION_ERR_LENGTH);
    assert_int_equal(taurus_read(&row, "1 2\0 3", 6), MOTION_ERR_SYNTAX);
    assert_int_equal(taurus_read(&row, "", 0), MOTION_ERR_LENGTH);
}

static void h06_a_leap_or_a_time_that_stands_is_refused(void **state)
{
    (void)state;
    struct taurus_check check = {.has_row = false};
    struct taurus_row row;
    assert_int_equal(read_row(&row, "10.000", upright, "100000", "50"), MOTION_OK);
    assert_int_equal(taurus_accept(&check, &row), MOTION_OK);
    assert_int_equal(taurus_accept(&check, &row), MOTION_ERR_STAMP);
    assert_int_equal(read_row(&row, "10.004", upright, "110000", "50"), MOTION_OK);
    assert_int_equal(taurus_accept(&check, &row), MOTION_ERR_STEP);
    assert_int_equal(read_row(&row, "10.008", upright, "101000", "50"), MOTION_OK);
    assert_int_equal(taurus_accept(&check, &row), MOTION_OK);
    assert_int_equal(
        read_row(&row, "10.012", "0 -1000000 0 1000000 0 0 0 0 1000000", "101000", "50"),
        MOTION_OK);
    assert_int_equal(taurus_accept(&check, &row), MOTION_ERR_STEP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_metres_radians_and_nanoseconds),
        cmocka_unit_test(h05_a_row_without_meaning_is_refused_by_name),
        cmocka_unit_test(h06_a_leap_or_a_time_that_stands_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

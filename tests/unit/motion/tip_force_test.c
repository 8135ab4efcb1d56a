/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/tip_force.h"

#include <string.h>

#include "unit/cmocka_base.h"

static const struct tip_force pressed = {.arm_count = 2, .forces_n = {{0.5, -2, 1.25}, {0, 3, 4}}};

static void forces_survive_the_wire(void **state)
{
    (void)state;
    uint8_t bytes[TIP_FORCE_BYTES_MAX];
    struct tip_force one = {.arm_count = 1, .forces_n = {{1, 2, 3}}}, read;
    assert_int_equal(tip_force_encode(&pressed, bytes), 28);
    assert_int_equal(tip_force_decode(&read, bytes, 28), MOTION_OK);
    assert_true(read.forces_n[1].z > 3.9 && read.forces_n[0].y < -1.9);
    assert_true(fabs(tip_force_most_n(&read) - 5) < 1e-6);
    assert_int_equal(tip_force_encode(&one, bytes), 16);
    assert_int_equal(tip_force_decode(&read, bytes, 16), MOTION_OK);
    assert_int_equal(read.arm_count, 1);
}

static void h05_forces_without_meaning_are_refused(void **state)
{
    (void)state;
    const struct {
        size_t at;
        uint8_t value;
        enum motion_err err;
    } changes[] = {{0, 2, MOTION_ERR_VERSION},   {1, 0, MOTION_ERR_COUNT},
                   {1, 3, MOTION_ERR_COUNT},     {1, 1, MOTION_ERR_LENGTH},
                   {2, 1, MOTION_ERR_RESERVED},  {4, 0x7f, MOTION_ERR_TOO_FAR},
                   {8, 0xff, MOTION_ERR_TOO_FAR}};
    uint8_t good[TIP_FORCE_BYTES_MAX], bytes[TIP_FORCE_BYTES_MAX];
    struct tip_force kept = pressed;
    size_t len = tip_force_encode(&pressed, good);
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(tip_force_decode(&kept, good, cut), MOTION_ERR_LENGTH);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        memcpy(bytes, good, len);
        bytes[changes[i].at] = changes[i].value;
        assert_int_equal(tip_force_decode(&kept, bytes, len), changes[i].err);
    }
    memcpy(bytes, good, len);
    memset(bytes + 4, 0xff, 4);
    assert_int_equal(tip_force_decode(&kept, bytes, len), MOTION_ERR_NOT_FINITE);
    tip_force_encode(&kept, bytes);
    assert_memory_equal(bytes, good, len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forces_survive_the_wire),
        cmocka_unit_test(h05_forces_without_meaning_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

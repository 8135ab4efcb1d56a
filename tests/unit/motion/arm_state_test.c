/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "motion/arm_state.h"

static struct arm_state two_arms(void)
{
    struct arm_state state = {
        .operating_state = OPERATING_PAUSED,
        .hold_cause = HOLD_SILENCE,
        .applied_sequence = 0x01020304,
        .clutch_id = 9,
        .applied_sampled_ns = UINT64_C(0x0102030405060708),
        .late = 1,
        .duplicate = 2,
        .refused = 3,
        .holds = 4,
        .has_applied = 1,
        .arm_count = 2,
    };
    for (int i = 0; i < 2; i++)
        state.arms[i] = (struct arm_report){
            .measured_jp = {0.125, -0.25, 0.125, i, 0.5, -0.5, 1},
            .measured_cp = {{0.0625, -0.03125, -0.125}, {0.5, -0.5, 0.5, 0.5}},
        };
    return state;
}

static void a_report_survives_the_wire(void **state)
{
    (void)state;
    struct arm_state out = two_arms(), in;
    uint8_t bytes[ARM_STATE_BYTES_MAX];
    assert_int_equal(arm_state_encode(&out, bytes), 152);
    memset(&in, 0, sizeof in);
    assert_int_equal(arm_state_decode(&in, bytes, 152), MOTION_OK);
    assert_int_equal(in.operating_state, OPERATING_PAUSED);
    assert_int_equal(in.hold_cause, HOLD_SILENCE);
    assert_int_equal(in.applied_sequence, 0x01020304);
    assert_true(in.applied_sampled_ns == out.applied_sampled_ns);
    assert_int_equal(in.holds, 4);
    assert_memory_equal(&in.arms, &out.arms, sizeof in.arms);

    out.arm_count = 1;
    assert_int_equal(arm_state_encode(&out, bytes), 96);
    assert_int_equal(arm_state_decode(&in, bytes, 96), MOTION_OK);
}

static void bytes_that_are_no_report_are_refused_and_change_nothing(void **state)
{
    (void)state;
    struct arm_state out = two_arms(), kept = two_arms();
    uint8_t good[ARM_STATE_BYTES_MAX], bytes[ARM_STATE_BYTES_MAX];
    size_t len = arm_state_encode(&out, good);
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(arm_state_decode(&kept, good, cut), MOTION_ERR_LENGTH);
    const struct {
        size_t at;
        uint8_t value;
        enum motion_err err;
    } changes[] = {
        {0, 0, MOTION_ERR_VERSION},  {1, 2, MOTION_ERR_RESERVED},
        {2, 0, MOTION_ERR_COUNT},    {2, 9, MOTION_ERR_COUNT},
        {3, 4, MOTION_ERR_STATE},    {4, HOLD_CAUSES, MOTION_ERR_STATE},
        {7, 1, MOTION_ERR_RESERVED}, {80, 0, MOTION_ERR_NOT_UNIT},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        memcpy(bytes, good, len);
        bytes[changes[i].at] = changes[i].value;
        assert_int_equal(arm_state_decode(&kept, bytes, len), changes[i].err);
    }
    memcpy(bytes, good, len);
    bytes[40] = 0x7f;
    bytes[41] = 0x80;
    bytes[42] = bytes[43] = 0;
    assert_int_equal(arm_state_decode(&kept, bytes, len), MOTION_ERR_NOT_FINITE);
    assert_memory_equal(&kept, &out, sizeof kept);
}

static void every_cause_and_error_has_its_own_words(void **state)
{
    (void)state;
    for (int i = 0; i < HOLD_CAUSES; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(hold_cause_text((enum hold_cause)i),
                                    hold_cause_text((enum hold_cause)j));
    for (int i = 0; i < MOTION_ERRS; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(motion_err_text((enum motion_err)i),
                                    motion_err_text((enum motion_err)j));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_survives_the_wire),
        cmocka_unit_test(bytes_that_are_no_report_are_refused_and_change_nothing),
        cmocka_unit_test(every_cause_and_error_has_its_own_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

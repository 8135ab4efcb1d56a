/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "motion/tool.h"
#include "unit/motion/random_pose.h"

static struct tool built_in(const char *name)
{
    const struct tool_text *text = tool_text_named(name);
    struct tool tool;
    struct sheet_fault fault;
    assert_non_null(text);
    if (!tool_read(&tool, text->text, text->len, &fault))
        fail_msg("%s: line %u: %s", name, fault.line, fault.words);
    return tool;
}

static void every_built_in_tool_is_read_and_has_its_file_s_name(void **state)
{
    (void)state;
    for (const struct tool_text *text = TOOL_TEXTS; text->name; text++) {
        struct tool tool = built_in(text->name);
        assert_string_equal(tool.name, text->name);
        assert_true(tool.version >= 1 && tool.title[0]);
    }
    assert_null(tool_text_named("needle"));
}

static void the_standard_tool_is_the_instrument_that_needs_no_file(void **state)
{
    (void)state;
    struct tool tool = built_in("large-needle-driver");
    const struct instrument *same = &INSTRUMENT_LARGE_NEEDLE_DRIVER;
    assert_ptr_equal(TOOL_TEXTS, tool_text_named("large-needle-driver"));
    assert_true(fabs(tool.instrument.insertion_offset_m - same->insertion_offset_m) < 1e-15);
    assert_true(fabs(tool.instrument.shaft_m - same->shaft_m) < 1e-15);
    assert_true(fabs(tool.instrument.wrist_m - same->wrist_m) < 1e-15);
    for (int i = 0; i < INSTRUMENT_AXES; i++) {
        assert_true(fabs(tool.instrument.least[i] - same->least[i]) < 1e-15);
        assert_true(fabs(tool.instrument.most[i] - same->most[i]) < 1e-15);
    }
}

static void the_coupling_is_the_published_one_and_goes_both_ways(void **state)
{
    (void)state;
    struct tool tool = built_in("large-needle-driver");
    const double actuators[TOOL_ACTUATORS] = {0.1, -0.2, 0.3, 0.4};
    /* by hand: -1.5632 0.1; 1.0186 -0.2; 0.8306 0.2 + 0.6089 0.7; 1.2177 0.1 */
    const double by_hand[TOOL_ACTUATORS] = {-0.15632, -0.20372, 0.59235, 0.12177};
    double joints[TOOL_ACTUATORS], back[TOOL_ACTUATORS];
    tool_joints(&tool, actuators, joints);
    tool_actuators(&tool, joints, back);
    for (int i = 0; i < TOOL_ACTUATORS; i++) {
        assert_true(fabs(joints[i] - by_hand[i]) < 1e-12);
        assert_true(fabs(back[i] - actuators[i]) < 1e-12);
    }
}

static bool is_within_limits(const struct instrument *instrument, const double *joints)
{
    double inside[INSTRUMENT_AXES];
    memcpy(inside, joints, sizeof inside);
    return !instrument_clamp(instrument, inside);
}

static void the_inverse_of_forward_returns_for_every_built_in_tool(void **state)
{
    (void)state;
    enum { POSES = 20000 / UNIT_SLOWER };
    struct random random;
    random_seed(&random, 31);
    for (const struct tool_text *text = TOOL_TEXTS; text->name; text++) {
        struct tool tool = built_in(text->name);
        for (int i = 0; i < POSES; i++) {
            double joints[INSTRUMENT_AXES], found[INSTRUMENT_AXES];
            random_joints(&random, &tool.instrument, 5e-3, joints);
            struct pose goal = instrument_forward(&tool.instrument, joints);
            assert_int_equal(instrument_inverse(&tool.instrument, &goal, joints, found), 0);
            assert_true(is_within_limits(&tool.instrument, found));
            for (int axis = 0; axis < INSTRUMENT_POSE_AXES; axis++)
                assert_true(fabs(found[axis] - joints[axis]) < 1e-6);
        }
    }
}

static void h07_a_yaw_past_its_limit_does_not_come_round_the_other_side(void **state)
{
    (void)state;
    struct tool tool = built_in("large-needle-driver-si");
    double joints[INSTRUMENT_AXES] = {2.9, 0.3, 0.2, 0, 0, 0, 0}, found[INSTRUMENT_AXES];
    struct instrument wide = tool.instrument;
    wide.most[AXIS_YAW] = 4;
    for (double yaw = 2.9; yaw < 3.6; yaw += 0.01) {
        double wanted[INSTRUMENT_AXES] = {yaw, 0.3, 0.2, 0, 0, 0, 0};
        struct pose goal = instrument_forward(&wide, wanted);
        uint32_t limited = instrument_inverse(&tool.instrument, &goal, joints, found);
        assert_true((yaw < 2.96) == !limited);
        assert_true(fabs(found[AXIS_YAW] - joints[AXIS_YAW]) < 0.02);
        memcpy(joints, found, sizeof joints);
    }
    assert_true(joints[AXIS_YAW] == tool.instrument.most[AXIS_YAW]);
}

/* The standard tool's text with its first `from` replaced by `to`. */
static struct sheet_fault fault_of(const char *from, const char *to)
{
    static char text[TOOL_BYTES_MAX];
    const struct tool_text *good = &TOOL_TEXTS[0];
    const char *at = strstr(good->text, from);
    struct tool tool;
    struct sheet_fault fault;
    assert_non_null(at);
    int len = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good->text), good->text, to,
                       at + strlen(from));
    assert_true(len > 0 && len < (int)sizeof text);
    if (tool_read(&tool, text, (size_t)len, &fault))
        fail_msg("taken with '%s' for '%s'", to, from);
    return fault;
}

static void h30_a_slip_in_any_length_is_refused_by_the_check_values(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } slips[] = {
        {"-0.4318m", "-0.4381m"}, {"-0.4318m", "-0.431799m + 0"}, {"0.4162m", "0.4126m"},
        {"0.0091m", "0.0191m"},   {"0.0091m", "0.91m"},
    };
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        struct sheet_fault fault = fault_of(slips[i].from, slips[i].to);
        assert_true(fault.line > 0);
        if (i != 1)
            assert_non_null(strstr(fault.words, "does not come out"));
    }
    struct sheet_fault fault = fault_of("0.0091m", "0.009102m");
    assert_non_null(strstr(fault.words, "does not come out"));
}

static void h30_a_check_that_proves_nothing_is_not_enough(void **state)
{
    (void)state;
    static char text[TOOL_BYTES_MAX];
    const char *second = strstr(TOOL_TEXTS[0].text, "check 0.3rad");
    struct tool tool;
    struct sheet_fault fault;
    size_t len = (size_t)(second - TOOL_TEXTS[0].text);
    memcpy(text, TOOL_TEXTS[0].text, len);
    assert_false(tool_read(&tool, text, len, &fault));
    assert_string_equal(fault.words, "no check bends every joint");
    assert_int_equal(fault.line, 0);
}

static void h30_what_is_no_tool_is_refused_with_line_and_reason(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *words;
        unsigned line;
    } wrong[] = {
        {"tool 1", "tool 2", "no whole number from 1 to 1", 2},
        {"tool 1\n", "", "the first line must be: tool 1", 2},
        {"name large", "name a large", "form is: name WORD", 3},
        {"title da", "titel da", "no word of a tool", 4},
        {"version 1", "version 0", "no whole number", 5},
        {"-1.588rad", "-1.588", "is not an angle", 11},
        {"-1.588rad", "1.589rad", "least is not below the most", 11},
        {"-0.925rad", "nan", "is not an angle", 12},
        {"90deg  0m        90deg", "80deg  0m        90deg", "alpha must be 90deg", 11},
        {"joint roll ", "joint turn ", "must be 'roll'", 14},
        {"0.24m", "0.24rad", "is not a length", 13},
        {"jaw -40deg", "jaw", "form is: jaw LEAST MOST", 17},
        {"1.0186", "0", "cannot be inverted", 0},
        {"1.0186", "101", "a factor beyond", 21},
        {"0.4162m", "4.162m", "no arm is longer", 14},
        {"coupling  0       1.0186  0       0\n", "", "has 3 rows", 0},
        {"= 0.000000mm", "0.000000mm", "form is: check", 26},
        {"0.000000 1.000000 0.000000", "0.000000 1.100000 0.000000", "no rotation", 26},
        {"check 0rad", "check 1.6rad", "outside the limits", 26},
        {"jaw -40deg 80deg\n", "jaw -40deg 80deg\njaw -40deg 80deg\n", "given twice", 18},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sheet_fault fault = fault_of(wrong[i].from, wrong[i].to);
        if (!strstr(fault.words, wrong[i].words) || fault.line != wrong[i].line)
            fail_msg("'%s': line %u: %s", wrong[i].to, fault.line, fault.words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_built_in_tool_is_read_and_has_its_file_s_name),
        cmocka_unit_test(the_standard_tool_is_the_instrument_that_needs_no_file),
        cmocka_unit_test(the_coupling_is_the_published_one_and_goes_both_ways),
        cmocka_unit_test(the_inverse_of_forward_returns_for_every_built_in_tool),
        cmocka_unit_test(h07_a_yaw_past_its_limit_does_not_come_round_the_other_side),
        cmocka_unit_test(h30_a_slip_in_any_length_is_refused_by_the_check_values),
        cmocka_unit_test(h30_a_check_that_proves_nothing_is_not_enough),
        cmocka_unit_test(h30_what_is_no_tool_is_refused_with_line_and_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

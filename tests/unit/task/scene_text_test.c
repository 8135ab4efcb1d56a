/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "task/scene_text.h"

static void attributes_come_in_their_order_with_their_lines(void **state)
{
    (void)state;
    static const char text[] =
        "<?xml version='1.0'?>\n<!-- <geom pos='nan'/> -->\n<mujoco>\n"
        "<geom  type = \"box\"\n pos='1\n2 3'/><site\nname='a>b'>nan=' '</site>"
        "<![CDATA[<geom size='inf'/>]]>\n<body/><joint range='0 1'/>";
    static const struct {
        const char *element, *name, *value;
        unsigned line;
    } expected[] = {{"geom", "type", "box", 4},
                    {"geom", "pos", "1\n2 3", 5},
                    {"site", "name", "a>b", 7},
                    {"joint", "range", "0 1", 8}};
    struct scene_reader reader;
    struct scene_attribute attribute;
    scene_reader_init(&reader, text, strlen(text));
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_true(scene_next(&reader, &attribute));
        assert_true(scene_word_is(attribute.element, expected[i].element));
        assert_true(scene_word_is(attribute.name, expected[i].name));
        assert_true(scene_word_is(attribute.value, expected[i].value));
        assert_int_equal(attribute.line, expected[i].line);
    }
    assert_false(scene_next(&reader, &attribute));
}

static void what_is_no_xml_ends_the_reading(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "<",
                                        "<geom",
                                        "<geom pos",
                                        "<!--",
                                        "<geom pos=",
                                        "<geom pos='1",
                                        "<geom pos=1/>",
                                        "< geom pos='1'/>"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct scene_reader reader;
        struct scene_attribute attribute;
        scene_reader_init(&reader, texts[i], strlen(texts[i]));
        assert_false(scene_next(&reader, &attribute));
    }
}

/* The first fault of a text; false: there is none. */
static bool finds(const char *text, struct scene_fault *fault)
{
    struct scene_reader reader;
    struct scene_attribute attribute;
    scene_reader_init(&reader, text, strlen(text));
    while (scene_next(&reader, &attribute))
        if (!scene_check(&attribute, fault))
            return true;
    return false;
}

static void h42_a_number_that_is_none_is_found_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *words;
    } wrong[] = {
        {"<mujoco>\n<geom pos='nan 0 0'/>", 2, "pos of geom: 'nan' is no finite number"},
        {"<geom pos='0 0\n\n-Inf'/>", 3, "pos of geom: '-Inf' is no finite number"},
        {"<a x='1'/>\n<geom\nmass=\"1e999\"/>", 3, "mass of geom: '1e999' is no finite number"},
        {"<a x='INFINITY'/>", 1, "x of a: 'INFINITY' is no finite number"},
        {"<a x='NaN(1)'/>", 1, "x of a: 'NaN(1)' is no finite number"},
        {"<a x='0\n-1e300'/>", 2, "x of a: '-1e300' is beyond 1e+10"},
        {"<option\nviscosity='-1'/>", 2, "viscosity of option: '-1' is below 0"},
        {"<option gravity='0 0 -101'/>", 1, "gravity of option: '-101' is below -100"},
        {"<option timestep='0.002'/>", 1, "timestep of option: '0.002' must stay 0.001"},
        {"<option iterations='1001'/>", 1, "iterations of option: '1001' is above 1000"},
        {"<joint damping='-1'/>", 1, "damping of joint: '-1' is below 0"},
    };
    struct scene_fault fault;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (!finds(wrong[i].text, &fault))
            fail_msg("taken: %s", wrong[i].text);
        assert_int_equal(fault.line, wrong[i].line);
        assert_string_equal(fault.words, wrong[i].words);
    }
    assert_false(
        finds("<mujoco model='nana'><!-- inf --><geom name='infusion' pos='0 1e-400 -1e10' "
              "density='-1' type='plane'/><option timestep='0.001' gravity='0 0 -9.81'/></mujoco>",
              &fault));
}

static void h42_a_name_as_the_arms_are_named_is_found_with_its_line(void **state)
{
    (void)state;
    struct scene_fault fault;
    assert_true(finds("<mujoco>\n<body\nname='left_x'/></mujoco>", &fault));
    assert_int_equal(fault.line, 3);
    assert_string_equal(fault.words,
                        "name of body: 'left_x' is as the arms are named: begin otherwise");
    assert_true(finds("<site name='left_a\nb\033[2J'/>", &fault)); /* still one line, of text */
    assert_string_equal(fault.words,
                        "name of site: 'left_a?b?[2J' is as the arms are named: begin otherwise");
    assert_true(finds("<composite prefix='right_'/>", &fault));
    assert_false(finds("<site name='left'/><site name='lefty_x'/><tendon><joint joint='left_yaw'/>"
                       "</tendon><text name='task' data='step 1 near right_tip left 3'/>",
                       &fault));
}

static void the_line_of_a_tasks_sentence_is_found(void **state)
{
    (void)state;
    static const char text[] = "<mujoco><custom>\n<text name='other' data='a;\nb'/>\n"
                               "<text data='force 3;\n  step 1;\n\n step 2' name='task'/></custom>"
                               "<body name='task'/></mujoco>";
    assert_int_equal(scene_task_line(text, strlen(text), 1), 4);
    assert_int_equal(scene_task_line(text, strlen(text), 2), 5);
    assert_int_equal(scene_task_line(text, strlen(text), 3), 7);
    assert_int_equal(scene_task_line(text, strlen(text), 4), 0);
    assert_int_equal(scene_task_line(text, 40, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_come_in_their_order_with_their_lines),
        cmocka_unit_test(what_is_no_xml_ends_the_reading),
        cmocka_unit_test(h42_a_name_as_the_arms_are_named_is_found_with_its_line),
        cmocka_unit_test(the_line_of_a_tasks_sentence_is_found),
        cmocka_unit_test(h42_a_number_that_is_none_is_found_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenes whose own settings reach into the arms: each is refused, and says what is another. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/mujoco_snapshot.h"
#include "arm/scene_file.h"
#include "unit/arm/scene_bench.h"

/* `scene` with `more` before its end. */
static struct arm *open_with(const char *scene, size_t len, const char *more,
                             struct arm_reason *reason)
{
    static const char end[] = "</mujoco>";
    const char *at = scene + len - (sizeof end - 1);
    while (memcmp(at, end, sizeof end - 1) != 0)
        at--;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%.*s%s%s", (int)(at - scene), scene, more, end);
    assert_int_equal(fclose(file), 0);
    return open_scene(reason);
}

static void refuses(const char *scene, size_t len, const char *more, const char *why)
{
    struct arm_reason reason = {""};
    if (open_with(scene, len, more, &reason))
        fail_msg("taken: %s", more);
    if (!strstr(reason.words, why))
        fail_msg("%s: '%s', not '%s'", more, reason.words, why);
}

static const char bare[] = "<mujoco><include file='arms.xml'/><worldbody><body name='ball'>"
                           "<freejoint/><geom size='0.01' pos='0 0 0.01'/></body></worldbody>"
                           "</mujoco>";

static void h42_a_scene_that_changes_the_arms_is_refused_with_what_and_where(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"<compiler angle='degree'/>", "range of joint 'left_yaw' is -"},
        {"<default><joint damping='20'/></default>", "damping of joint 'left_yaw' is 20, not 0:"},
        {"<default><general ctrlrange='-0.05 0.05' ctrllimited='true'/></default>",
         "ctrllimited of actuator 'left_yaw' is 1, not 0: look for a <compiler>, and for a "
         "<default> that has no class"},
        {"<default><joint frictionloss='3'/></default>", "frictionloss of joint 'left_yaw' is 3"},
        {"<default><joint stiffness='9'/></default>", "stiffness of joint 'left_yaw' is 9"},
        {"<default><joint springref='0.1'/></default>", "joint 'left_yaw' is 0.1"},
        {"<default><joint margin='0.5'/></default>", "margin of joint 'left_yaw' is 0.5"},
        {"<default><joint solreflimit='0.1 1'/></default>", "solref of joint 'left_yaw' is 0.1"},
        {"<default><default class='left_arm'/></default>", "repeated default class name"},
        {"<default><equality solref='0.5 1'/></default>", "solref of equality 'left_grasp'"},
        {"<default><general gear='0.1'/></default>", "gear of actuator 'left_yaw' is 0.1"},
        {"<compiler boundmass='0.1'/>", "mass of body 'left_remote_centre' is 0.1, not 0"},
        {"<compiler settotalmass='9'/>", "mass of body 'left_yaw' is"},
        {"<option integrator='Euler'/>", "the option integrator must stay implicit"},
        {"<option><flag actuation='disable'/></option>", "an option's <flag> must stay"},
        {"<option><flag override='enable'/></option>", "an option's <flag> must stay"},
        {"<equality><joint joint1='right_yaw'/></equality>", "has an <equality> on an arm"},
        {"<equality><weld body1='ball' body2='left_palm'/></equality>",
         "has an <equality> on an arm"},
        {"<actuator><motor joint='left_yaw'/></actuator>", "has an <actuator> on an arm"},
        {"<tendon><fixed stiffness='99'><joint joint='left_roll' coef='1'/></fixed></tendon>",
         "has a <tendon> on an arm"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuses(bare, sizeof bare - 1, wrong[i][0], wrong[i][1]);
    static const char before[] =
        "<mujoco><default><geom margin='0.01'/></default><include file='arms.xml'/></mujoco>";
    refuses(before, sizeof before - 1, "", "margin of geom 'left_insertion' is 0.01, not 0");
}

static void h42_what_a_scene_says_of_its_own_things_leaves_the_arms(void **state)
{
    (void)state;
    static const char *const right[] = {
        "",
        "<default><default class='mine'><joint damping='20'/></default></default>",
        "<default><geom condim='1' solref='0.1 1' rgba='1 0 0 1'/></default>", /* theirs have a class */
        "<option gravity='0 0 -1.6' density='1.2' iterations='50' cone='pyramidal'/>",
        "<equality><connect body1='ball' anchor='0 0 0'/></equality>",
        "<default><site size='0.002'/><camera fovy='30'/></default>",
    };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct arm_reason reason = {""};
        struct arm *arm = open_with(bare, sizeof bare - 1, right[i], &reason);
        if (!arm)
            fail_msg("%s: %s", right[i], reason.words);
        arm_close(arm);
    }
}

/* Each built-in scene is taken as it is, and refused with each of a reader's three slips. */
static void h42_no_built_in_scene_changes_the_arms(void **state)
{
    (void)state;
    for (unsigned i = 0; mujoco_scenes[i]; i++) {
        char name[96];
        struct scene_file file;
        struct arm_reason reason = {""};
        snprintf(name, sizeof name, "scenes/%s.xml", mujoco_scenes[i]);
        assert_true(scene_file_open(&file, name, &reason));
        struct arm *arm = open_with(file.text, file.len, "", &reason);
        if (!arm)
            fail_msg("%s: %s", name, reason.words);
        arm_close(arm);
        refuses(file.text, file.len, "<compiler angle='degree'/>", "range of joint 'left_yaw'");
        refuses(file.text, file.len, "<default><joint damping='20'/></default>",
                "damping of joint 'left_yaw' is 20");
        refuses(file.text, file.len,
                "<default><general ctrlrange='-0.05 0.05' ctrllimited='true'/></default>",
                "ctrllimited of actuator 'left_yaw'");
        scene_file_close(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h42_a_scene_that_changes_the_arms_is_refused_with_what_and_where),
        cmocka_unit_test(h42_what_a_scene_says_of_its_own_things_leaves_the_arms),
        cmocka_unit_test(h42_no_built_in_scene_changes_the_arms),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

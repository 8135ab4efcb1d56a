/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arm/mujoco.h"
#include "arm/sheet_file.h"

static struct sheet_reason refused(const char *name_or_path)
{
    struct tool tool;
    struct sheet_reason reason;
    if (tool_open(&tool, name_or_path, &reason))
        fail_msg("'%s' is taken", name_or_path);
    return reason;
}

static void a_name_finds_a_tool_inside_and_a_path_a_file(void **state)
{
    (void)state;
    struct tool inside, file;
    struct sheet_reason reason;
    assert_true(tool_open(&inside, "large-needle-driver-si", &reason));
    assert_true(tool_open(&file, "tools/large-needle-driver-si.tool", &reason));
    assert_memory_equal(&inside, &file, sizeof file);
}

static void an_unknown_name_is_told_the_nearest_or_all(void **state)
{
    (void)state;
    assert_string_equal(refused("large-needle-drivr").words,
                        "no tool 'large-needle-drivr', did you mean 'large-needle-driver'?");
    assert_non_null(strstr(refused("scissors").words, "large-needle-driver-si, or the path"));
    assert_non_null(strstr(refused("./not-here.tool").words, "No such file"));
    assert_non_null(strstr(refused("not-here.txt").words, "not-here.txt: No such file"));
    assert_non_null(strstr(refused("tools/").words, "Is a directory"));
}

static void h30_a_file_with_a_fault_is_told_with_its_line(void **state)
{
    (void)state;
    char path[] = "/tmp/jisr-tool-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char text[] = "tool 1\nname a\njoint yaw 90\n";
    assert_true(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    struct sheet_reason reason = refused(path);
    assert_non_null(strstr(reason.words, ": line 3: 3 words where the form is: joint"));
    for (int i = 0; i < 2000; i++)
        assert_true(write(fd, "##########\n", 11) == 11);
    assert_non_null(strstr(refused(path).words, "longer than 16384 bytes"));
    close(fd);
    unlink(path);
}

static void h31_fixtures_of_a_file_are_read_or_told_with_its_line(void **state)
{
    (void)state;
    char path[] = "/tmp/jisr-fixtures-XXXXXX";
    struct fixtures fixtures;
    struct sheet_reason reason;
    FILE *file = fdopen(mkstemp(path), "w");
    assert_non_null(file);
    fputs("fixtures 1\nmargin 1mm\nplane floor 0m 0m 0m 0 0 1\n", file);
    fflush(file);
    assert_true(fixtures_open(&fixtures, path, &reason));
    assert_int_equal(fixtures.count, 1);
    fputs("sphere a inside 0m\n", file);
    fclose(file);
    assert_false(fixtures_open(&fixtures, path, &reason));
    assert_non_null(strstr(reason.words, ": line 4: 4 words where the form is: sphere"));
    assert_true(fixtures_open(&fixtures, "examples/field.fixtures", &reason));
    assert_int_equal(fixtures.count, 3);
    unlink(path);
    assert_false(fixtures_open(&fixtures, path, &reason));
    assert_non_null(strstr(reason.words, "No such file"));
}

static void h31_every_built_in_scene_brings_fixtures_and_none_is_none(void **state)
{
    (void)state;
    struct fixtures fixtures;
    struct sheet_reason reason;
    for (unsigned i = 0; mujoco_scenes[i]; i++) {
        assert_true(fixtures_are_of_scene(mujoco_scenes[i]));
        if (!fixtures_open(&fixtures, mujoco_scenes[i], &reason))
            fail_msg("%s", reason.words);
        assert_true(fixtures.count > 0);
    }
    assert_false(fixtures_are_of_scene("scenes/undocking.xml"));
    assert_true(fixtures_open(&fixtures, "none", &reason));
    assert_int_equal(fixtures.count, 0);
    assert_false(fixtures_open(&fixtures, "pegs", &reason));
    assert_non_null(strstr(reason.words, "no fixtures 'pegs'; there are none, peg-transfer, "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_finds_a_tool_inside_and_a_path_a_file),
        cmocka_unit_test(an_unknown_name_is_told_the_nearest_or_all),
        cmocka_unit_test(h31_every_built_in_scene_brings_fixtures_and_none_is_none),
        cmocka_unit_test(h31_fixtures_of_a_file_are_read_or_told_with_its_line),
        cmocka_unit_test(h30_a_file_with_a_fault_is_told_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

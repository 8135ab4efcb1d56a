/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenes with a figure that no writer can have meant: each is refused with its line, or lasts. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/mujoco_snapshot.h"
#include "arm/scene_file.h"
#include "base/random.h"
#include "unit/arm/scene_bench.h"

#define MS UINT64_C(1000000)

static void write_scene(const char *text, size_t len, struct scene_word word, const char *instead)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    size_t before = (size_t)(word.at - text);
    fprintf(file, "%.*s%s%.*s", (int)before, text, instead, (int)(len - before - word.len),
            word.at + word.len);
    assert_int_equal(fclose(file), 0);
}

static void h42_an_option_that_no_field_can_have_is_refused_with_its_line(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"gravity='0 0\n-1e300'", "line 3: gravity of option: '-1e300' is beyond 1e+10"},
        {"gravity='0 0 -981'", "line 2: gravity of option: '-981' is below -100"},
        {"wind='1e300 0 0'", "line 2: wind of option: '1e300' is beyond 1e+10"},
        {"wind='0 2000 0'", "line 2: wind of option: '2000' is above 100"},
        {"magnetic='0 -1e5 0'", "line 2: magnetic of option: '-1e5' is below -100"},
        {"timestep='1e300'", "line 2: timestep of option: '1e300' is beyond 1e+10"},
        {"timestep='0.002'", "line 2: timestep of option: '0.002' must stay 0.001"},
        {"timestep='-1'", "line 2: timestep of option: '-1' must stay 0.001"},
        {"timestep='0'", "line 2: timestep of option: '0' must stay 0.001"},
        {"viscosity='1e300'", "line 2: viscosity of option: '1e300' is beyond 1e+10"},
        {"viscosity='-1'", "line 2: viscosity of option: '-1' is below 0"},
        {"density='-1'", "line 2: density of option: '-1' is below 0"},
        {"density='1e9'", "line 2: density of option: '1e9' is above 20000"},
        {"impratio='0'", "line 2: impratio of option: '0' is below 0.01"},
        {"tolerance='-1'", "line 2: tolerance of option: '-1' is below 0"},
        {"iterations='1000000'", "line 2: iterations of option: '1000000' is above 1000"},
        {"iterations='0'", "line 2: iterations of option: '0' is below 1"},
        /* what the text does not show */
        {"wind='0 0 &#45;1e300'", "the scene's option wind is no number, or too large"},
        {"viscosity='&#49;e300'", "the scene's option viscosity is no number, or too large"},
        {"timestep='0.00&#50;'", "the scene's timestep must stay 0.001 s"},
        {"o_solref='&#49;e300 1'", "the scene's option o_solref is no number, or too large"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[256];
        struct arm_reason reason = {""};
        snprintf(text, sizeof text, "<mujoco><include file='arms.xml'/>\n<option %s/></mujoco>",
                 wrong[i][0]);
        write_scene(text, strlen(text), (struct scene_word){text, 0}, "");
        if (open_scene(&reason))
            fail_msg("taken: %s", wrong[i][0]);
        assert_string_equal(reason.words, wrong[i][1]);
    }
}

static void h42_a_scene_that_does_not_stand_is_refused_with_what_moves(void **state)
{
    (void)state;
    /* A spring that pulls harder than a step of a millisecond can follow. */
    static const char text[] =
        "<mujoco><include file='arms.xml'/><worldbody><body name='ball' pos='0.1 0 0.02'>"
        "<joint type='slide' axis='1 0 0' ref='0.01' springref='0.011' stiffness='1e7'/>"
        "<geom size='0.001' mass='1e-6'/></body></worldbody></mujoco>";
    struct arm_reason reason = {""};
    write_scene(text, sizeof text - 1, (struct scene_word){text, 0}, "");
    assert_null(open_scene(&reason));
    assert_non_null(strstr(reason.words, "the scene does not stand: "));
    assert_non_null(strstr(reason.words, "'ball'"));
}

/* What stands in a scene's file as a figure. */
static bool is_figure(struct scene_word word)
{
    char text[64], *end;
    if (word.len == 0 || word.len >= sizeof text)
        return false;
    memcpy(text, word.at, word.len);
    text[word.len] = 0;
    (void)strtod(text, &end);
    return !*end;
}

static struct scene_word next_word(struct scene_word value, struct scene_word word)
{
    const char *end = value.at + value.len;
    struct scene_word next = {word.at + word.len, 0};
    while (next.at < end && strchr(" \t\r\n", *next.at))
        next.at++;
    while (next.at + next.len < end && !strchr(" \t\r\n", next.at[next.len]))
        next.len++;
    return next;
}

struct tally {
    unsigned taken, refused;
};

/* The scene with one word of another value. */
static void try_value(const char *name, const struct scene_file *file, unsigned line,
                      struct scene_word word, const char *value, struct tally *tally)
{
    struct arm_reason reason = {""};
    write_scene(file->text, file->len, word, value);
    struct arm *arm = open_scene(&reason);
    if (!arm) {
        tally->refused++;
        bool says_where = strstr(reason.words, "line") || strstr(reason.words, "name") ||
                          strstr(reason.words, "body");
        if (!says_where || strchr(reason.words, '\n'))
            fail_msg("%s:%u '%s': '%s'", name, line, value, reason.words);
        print_message("# %s:%u '%s': %s\n", name, line, value, reason.words);
        return;
    }
    tally->taken++;
    for (uint64_t ms = 2; ms < 102; ms++) {
        for (unsigned i = 0; i < 2; i++)
            assert_int_equal(arm_servo_jp(arm, i, INSTRUMENT_READY_JP, ms * MS), MOTION_OK);
        arm_update(arm, ms * MS);
        if (arm_measured_ns(arm) != ms * MS)
            fail_msg("%s:%u '%s': broke down at %u ms", name, line, value, (unsigned)ms);
    }
    const struct world *world = mujoco_world(arm);
    for (int i = 0; i < world->model->nq; i++)
        assert_true(isfinite(world->data->qpos[i]));
    arm_close(arm);
}

/* A share of the figures of all scenes, by a seed; 1, all of them, or another where the environment asks for it. */
static void h42_a_wrong_figure_anywhere_is_refused_or_does_no_harm(void **state)
{
    (void)state;
    static const char *const values[] = {"1e300", "nan", "-1", "0"};
    struct random random;
    struct tally tally = {0};
    random_seed(&random, 42);
    const char *asked = getenv("JISR_FIGURES_SHARE");
    double share = asked ? strtod(asked, NULL) : 0.012; /* some 80 scenes */
    for (unsigned i = 0; mujoco_scenes[i]; i++) {
        char name[96];
        struct scene_file file;
        struct scene_reader reader;
        struct scene_attribute attribute;
        struct arm_reason reason;
        snprintf(name, sizeof name, "scenes/%s.xml", mujoco_scenes[i]);
        assert_true(scene_file_open(&file, name, &reason));
        scene_reader_init(&reader, file.text, file.len);
        while (scene_next(&reader, &attribute)) {
            struct scene_word word =
                next_word(attribute.value, (struct scene_word){attribute.value.at, 0});
            for (; word.len; word = next_word(attribute.value, word))
                for (size_t v = 0; v < sizeof values / sizeof *values; v++)
                    if (is_figure(word) && random_chance(&random, share))
                        try_value(name, &file, attribute.line, word, values[v], &tally);
        }
        scene_file_close(&file);
    }
    print_message("# %u taken, %u refused\n", tally.taken, tally.refused);
    assert_true(tally.taken > 10 && tally.refused > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h42_an_option_that_no_field_can_have_is_refused_with_its_line),
        cmocka_unit_test(h42_a_scene_that_does_not_stand_is_refused_with_what_moves),
        cmocka_unit_test(h42_a_wrong_figure_anywhere_is_refused_or_does_no_harm),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

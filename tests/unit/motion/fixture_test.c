/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "motion/fixture.h"
#include "unit/motion/random_pose.h"

static const char good[] = "fixtures 1\n"
                           "margin 1mm\n"
                           "plane floor 0m 0m -10mm  0 0 2\n"
                           "sphere work inside 0m 0m 0m 50mm\n"
                           "sphere duct outside 20mm 0m 0m 5mm\n"
                           "capsule vessel -20mm 0m 0m -20mm 0m 30mm 3mm\n"
                           "box bone 0m 30mm 0m 5mm 6mm 7mm\n";

enum { FLOOR, WORK, DUCT, VESSEL, BONE };

static struct fixtures read_good(void)
{
    struct fixtures fixtures;
    struct sheet_fault fault;
    if (!fixtures_read(&fixtures, good, strlen(good), &fault))
        fail_msg("line %u: %s", fault.line, fault.words);
    return fixtures;
}

static void each_kind_says_its_room_and_the_way_out(void **state)
{
    (void)state;
    static const struct {
        unsigned index;
        struct vec3 tip_mm;
        double room_mm;
        struct vec3 away;
    } cases[] = {
        {FLOOR, {3, 4, -4}, 5, {0, 0, 1}},
        {FLOOR, {0, 0, -12}, -3, {0, 0, 1}},
        {WORK, {30, 0, 0}, 19, {-1, 0, 0}},
        {WORK, {0, 0, 60}, -11, {0, 0, -1}},
        {DUCT, {30, 0, 0}, 4, {1, 0, 0}},
        {DUCT, {20, 3, 0}, -3, {0, 1, 0}},
        {VESSEL, {-10, 0, 15}, 6, {1, 0, 0}},
        {VESSEL, {-20, 0, 40}, 6, {0, 0, 1}},
        {VESSEL, {-20, -4, -3}, 1, {0, -0.8, -0.6}},
        {BONE, {9, 39, 0}, 4, {0.8, 0.6, 0}},
        {BONE, {0, 25, 0}, -2, {0, -1, 0}},
        {BONE, {4.5, 30, 0}, -1.5, {1, 0, 0}},
    };
    struct fixtures fixtures = read_good();
    assert_int_equal(fixtures.count, 5);
    assert_string_equal(fixtures.at[VESSEL].name, "vessel");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct barrier barrier =
            fixture_look(&fixtures, cases[i].index, vec3_scale(cases[i].tip_mm, 1e-3));
        if (!(fabs(barrier.room_m - cases[i].room_mm * 1e-3) < 1e-12) ||
            !(vec3_length(vec3_subtract(barrier.away, cases[i].away)) < 1e-9))
            fail_msg("case %zu: %g mm, away %g %g %g", i, barrier.room_m * 1e3, barrier.away.x,
                     barrier.away.y, barrier.away.z);
    }
}

static void room_grows_as_the_tip_goes_away(void **state)
{
    (void)state;
    struct fixtures fixtures = read_good();
    struct random random;
    random_seed(&random, 6);
    for (int i = 0; i < 20000; i++) {
        struct vec3 at = {random_between(&random, -0.06, 0.06),
                          random_between(&random, -0.06, 0.06),
                          random_between(&random, -0.06, 0.06)};
        for (unsigned j = 0; j < fixtures.count; j++) {
            struct barrier here = fixture_look(&fixtures, j, at);
            struct vec3 further = vec3_add(at, vec3_scale(here.away, 1e-6));
            assert_true(fabs(vec3_length(here.away) - 1) < 1e-9);
            assert_true(fixture_look(&fixtures, j, further).room_m > here.room_m + 0.9e-6);
        }
    }
}

static void h31_what_is_no_fixture_is_refused_with_line_and_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        unsigned line;
    } wrong[] = {
        {"", "margin is missing", 0},
        {"fixtures 2\n", "no whole number from 1 to 1", 1},
        {"margin 1mm\n", "first line must be", 1},
        {"fixtures 1\nmargin 1mm\n", "there is no fixture", 0},
        {"fixtures 1\nmargin 0.4mm\n", "a margin must be", 2},
        {"fixtures 1\nmargin 1\n", "is not a length", 2},
        {"fixtures 1\nmargin 1mm\nmargin 1mm\n", "given twice", 3},
        {"fixtures 1\nplane a 0m 0m 0m 0 0 0\n", "no direction", 2},
        {"fixtures 1\nplane a 0m 0m 0m 0 0\n", "form is: plane NAME", 2},
        {"fixtures 1\nsphere a within 0m 0m 0m 1m\n", "inside|outside", 2},
        {"fixtures 1\nsphere a inside 0m 0m nan 1m\n", "is not a length", 2},
        {"fixtures 1\nsphere a inside 0m 0m 11m 1m\n", "beyond 10", 2},
        {"fixtures 1\nsphere a outside 0m 0m 0m 1mm\n", "a radius must be", 2},
        {"fixtures 1\nbox a 0m 0m 0m 1m 1m 1mm\n", "half an edge", 2},
        {"fixtures 1\ncapsule a 0m 0m 0m 1m 1m 1m -1mm\n", "a radius must be", 2},
        {"fixtures 1\nmargin 1mm\nplane a 0m 0m 0m 0 0 1\nbox b 0m 0m 0m 1m 1m 1m\n\n"
         "sphere a outside 0m 0m 0m 5mm\n",
         "'a' is the name of one before", 6},
        {"fixtures 1\ncylinder a 0m\n", "no word of fixtures", 2},
        {"fixtures 1\nsphere aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa inside 0m 0m 0m 1m\n", "31 bytes",
         2},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct fixtures fixtures;
        struct sheet_fault fault;
        if (fixtures_read(&fixtures, wrong[i].text, strlen(wrong[i].text), &fault))
            fail_msg("case %zu is taken", i);
        if (!strstr(fault.words, wrong[i].words) || fault.line != wrong[i].line)
            fail_msg("case %zu: line %u: %s", i, fault.line, fault.words);
    }
}

static void more_fixtures_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    char text[2048] = "fixtures 1\nmargin 1mm\n";
    struct fixtures fixtures;
    struct sheet_fault fault;
    for (int i = 0; i <= FIXTURES_MAX; i++) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "sphere s%d outside 0m 0m 0m 5mm\n", i);
    }
    assert_false(fixtures_read(&fixtures, text, strlen(text), &fault));
    assert_int_equal(fault.line, FIXTURES_MAX + 3);
}

static void h31_a_rod_is_as_near_as_its_nearest_place(void **state)
{
    (void)state;
    const struct fixtures fixtures = {
        .margin_m = 1e-3,
        .count = 4,
        .at = {{.kind = FIXTURE_OUTSIDE, .a_m = {0.03, 0, -0.04}, .radius_m = 0.01},
               {.kind = FIXTURE_CAPSULE,
                .a_m = {0.02, -0.05, -0.09},
                .b = {0.02, 0.05, -0.09},
                .radius_m = 5e-3},
               {.kind = FIXTURE_BOX, .a_m = {0, 0.02, -0.12}, .b = {0.05, 0.005, 0.01}},
               {.kind = FIXTURE_PLANE, .b = {0, 0, 1}}}};
    const struct vec3 top = {0, 0, 0}, end = {0, 0, -0.1};
    static const double rooms_m[] = {0.03 - 0.01, 0.02 - 0.005, 0.0180277563773 - 0.0};
    for (unsigned i = 0; i < 3; i++) {
        struct barrier barrier = fixture_look_rod(&fixtures, i, top, end, 4e-3);
        assert_true(fixture_forbids(&fixtures.at[i]));
        assert_true(fabs(barrier.room_m - (rooms_m[i] - 4e-3 - 1e-3)) < 1e-6);
    }
    assert_false(fixture_forbids(&fixtures.at[3]));
    struct barrier past = fixture_look_rod(&fixtures, 0, top, end, 4e-3);
    assert_true(fabs(past.away.x + 1) < 1e-3); /* straight away from the sphere's middle */
}

static struct vec3 somewhere(struct random *random, double wide_m)
{
    return (struct vec3){random_between(random, -wide_m, wide_m),
                         random_between(random, -wide_m, wide_m),
                         random_between(random, -wide_m, wide_m)};
}

/* Also regions without a length, and rods beside them. What is inside of one is told as such, no more. */
static void h31_a_rod_s_room_is_that_of_its_nearest_place_of_very_many(void **state)
{
    (void)state;
    enum { ROUNDS = 3000 / UNIT_SLOWER, PLACES = 2000 };
    struct random random;
    random_seed(&random, 5);
    for (int round = 0; round < ROUNDS; round++) {
        struct fixtures fixtures = {.count = 1};
        struct fixture *region = &fixtures.at[0];
        struct vec3 from_m = somewhere(&random, 0.1), to_m = somewhere(&random, 0.1);
        region->kind = FIXTURE_OUTSIDE + (enum fixture_kind)(round % 3);
        region->radius_m = random_between(&random, 2e-3, 0.02);
        region->a_m = somewhere(&random, 0.05);
        region->b = vec3_add(region->a_m, vec3_scale(vec3_subtract(to_m, from_m), round / 3 % 3));
        if (round % 2)
            region->b = somewhere(&random, 0.05);
        if (region->kind == FIXTURE_BOX)
            region->b = (struct vec3){0.004, 0.008, random_between(&random, 2e-3, 0.03)};
        struct vec3 way_m = vec3_subtract(to_m, from_m);
        double least_m = INFINITY;
        for (int i = 0; i <= PLACES; i++) {
            struct vec3 at_m = vec3_add(from_m, vec3_scale(way_m, (double)i / PLACES));
            least_m = fmin(least_m, fixture_look(&fixtures, 0, at_m).room_m);
        }
        double room_m = fixture_look_rod(&fixtures, 0, from_m, to_m, 0).room_m;
        double step_m = vec3_length(way_m) / PLACES;
        if (least_m < 0.03 && least_m > 0)
            assert_true(fabs(room_m - least_m) < step_m);
        assert_true(least_m > 0.03 ? room_m > 0.03 : least_m > 0 || room_m < step_m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_says_its_room_and_the_way_out),
        cmocka_unit_test(room_grows_as_the_tip_goes_away),
        cmocka_unit_test(h31_what_is_no_fixture_is_refused_with_line_and_reason),
        cmocka_unit_test(more_fixtures_than_there_is_room_for_are_refused),
        cmocka_unit_test(h31_a_rod_is_as_near_as_its_nearest_place),
        cmocka_unit_test(h31_a_rod_s_room_is_that_of_its_nearest_place_of_very_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

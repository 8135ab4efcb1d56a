/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>

#include "motion/travel.h"

static void the_way_is_counted_from_the_first_place_there_and_back(void **state)
{
    (void)state;
    struct travel travel = {.has_place = false};

    travel_note(&travel, (struct vec3){0.1, 0, -0.05});
    assert_true(travel.length_m == 0);
    travel_note(&travel, (struct vec3){0.103, 0.004, -0.05});
    travel_note(&travel, (struct vec3){0.1, 0, -0.05});
    assert_true(fabs(travel.length_m - 0.01) < 1e-12);
}

static void what_trembles_goes_nowhere_and_what_creeps_adds_up(void **state)
{
    (void)state;
    struct travel trembles = {.has_place = false}, creeps = {.has_place = false};

    for (int i = 0; i <= 10000; i++) {
        travel_note(&trembles, (struct vec3){i % 2 ? 4e-6 : 0, 0, 0});
        travel_note(&creeps, (struct vec3){i * 1e-6, 0, 0});
    }
    assert_true(trembles.length_m == 0);
    assert_true(fabs(creeps.length_m - 0.01) < 2 * TRAVEL_LEAST_M);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_way_is_counted_from_the_first_place_there_and_back),
        cmocka_unit_test(what_trembles_goes_nowhere_and_what_creeps_adds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "station/camera_watch.h"

#define MS UINT64_C(1000000)

static struct camera_watch watch;
static struct camera_facts facts;
static uint64_t now_ns;

static int begin(void **state)
{
    (void)state;
    now_ns = 1000 * MS;
    facts = (struct camera_facts){0};
    camera_watch_init(&watch, 25, now_ns);
    return 0;
}

/* A tenth of a second with so many pictures. */
static enum camera_news tenth(unsigned pictures)
{
    now_ns += 100 * MS;
    facts.captured += pictures;
    return camera_watch_update(&watch, &facts, now_ns);
}

/* Tenths of a second in which there is nothing to tell. */
static void quiet(unsigned tenths, unsigned pictures)
{
    for (unsigned i = 0; i < tenths; i++)
        assert_int_equal(tenth(pictures), CAMERA_NO_NEWS);
}

static void a_camera_that_gives_pictures_is_well_and_no_news(void **state)
{
    (void)state;
    quiet(100, 2);
    assert_int_equal(camera_watch_state(&watch), CAMERA_WELL);
}

static void h08_silence_is_told_once_and_so_is_its_end(void **state)
{
    (void)state;
    quiet(5, 2);
    quiet(10, 0);
    assert_int_equal(tenth(0), CAMERA_FELL_SILENT);
    assert_int_equal(camera_watch_state(&watch), CAMERA_SILENT);
    quiet(30, 0);
    assert_int_equal(tenth(1), CAMERA_IS_BACK);
    assert_int_equal(camera_watch_state(&watch), CAMERA_WELL);
    quiet(5, 2);
    assert_int_equal(watch.silences, 1);
    assert_int_equal(watch.silence_longest_ns, 4100 * MS);
}

static void h08_a_frozen_picture_is_told_once_and_so_is_its_end(void **state)
{
    (void)state;
    facts.frozen = true;
    assert_int_equal(tenth(2), CAMERA_FROZE);
    assert_int_equal(camera_watch_state(&watch), CAMERA_FROZEN);
    quiet(20, 2);
    facts.frozen = false;
    assert_int_equal(tenth(2), CAMERA_IS_BACK);
    assert_int_equal(camera_watch_state(&watch), CAMERA_WELL);
}

static void
h71_pictures_that_take_too_long_to_encode_are_told_once_and_so_is_their_end(void **state)
{
    (void)state;
    facts.encode_ns = CAMERA_SLOW_NS + MS; /* a moment of it is none */
    quiet(8, 2);
    facts.encode_ns = 40 * MS;
    quiet(5, 2);
    facts.encode_ns = CAMERA_SLOW_NS + MS;
    quiet(9, 2);
    assert_int_equal(tenth(2), CAMERA_SLOWED);
    assert_int_equal(camera_watch_state(&watch), CAMERA_SLOW);
    quiet(20, 2);
    facts.encode_ns = CAMERA_SLOW_NS - MS; /* not yet quick */
    quiet(20, 2);
    facts.encode_ns = 40 * MS;
    assert_int_equal(tenth(2), CAMERA_IS_BACK);
    assert_int_equal(camera_watch_state(&watch), CAMERA_WELL);
}

static void a_slow_camera_is_not_silent_between_its_pictures(void **state)
{
    (void)state;
    camera_watch_init(&watch, 1, now_ns);
    quiet(30, 0);
    assert_int_equal(tenth(0), CAMERA_FELL_SILENT);
}

static void damage_is_told_once_for_as_long_as_it_lasts(void **state)
{
    (void)state;
    quiet(5, 2);
    facts.damaged = 1;
    assert_int_equal(tenth(2), CAMERA_IS_DAMAGED);
    for (int i = 0; i < 20; i++) {
        facts.damaged++;
        quiet(1, 2);
    }
    assert_int_equal(camera_watch_state(&watch), CAMERA_DAMAGED);
    quiet(49, 2);
    assert_int_equal(tenth(2), CAMERA_IS_BACK);
    assert_int_equal(camera_watch_state(&watch), CAMERA_WELL);
    facts.damaged++;
    assert_int_equal(tenth(2), CAMERA_IS_DAMAGED);
}

static void a_films_damage_is_told_in_its_first_round_only(void **state)
{
    (void)state;
    facts.damaged = 1;
    assert_int_equal(tenth(2), CAMERA_IS_DAMAGED);
    quiet(49, 2);
    assert_int_equal(tenth(2), CAMERA_IS_BACK);
    facts.loops = 1;
    facts.damaged = 2;
    quiet(60, 2);
}

static void a_file_cut_short_is_told_once_and_stays_so(void **state)
{
    (void)state;
    facts.cut_short = true;
    assert_int_equal(tenth(2), CAMERA_WAS_CUT_SHORT);
    quiet(5, 2);
    assert_int_equal(camera_watch_state(&watch), CAMERA_CUT_SHORT);
    quiet(10, 0);
    assert_int_equal(tenth(0), CAMERA_FELL_SILENT);
    assert_int_equal(tenth(2), CAMERA_IS_BACK);
    quiet(5, 2);
    assert_int_equal(camera_watch_state(&watch), CAMERA_CUT_SHORT);
}

static void faults_that_begin_together_are_told_one_after_the_other(void **state)
{
    (void)state;
    facts.cut_short = true;
    facts.damaged = 1;
    assert_int_equal(tenth(2), CAMERA_WAS_CUT_SHORT);
    assert_int_equal(tenth(2), CAMERA_IS_DAMAGED);
}

static void the_end_is_told_once_and_nothing_after_it(void **state)
{
    (void)state;
    quiet(5, 2);
    facts.ended = true;
    assert_int_equal(tenth(0), CAMERA_HAS_ENDED);
    quiet(50, 0);
    assert_int_equal(camera_watch_state(&watch), CAMERA_ENDED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_camera_that_gives_pictures_is_well_and_no_news, begin),
        cmocka_unit_test_setup(h08_silence_is_told_once_and_so_is_its_end, begin),
        cmocka_unit_test_setup(h08_a_frozen_picture_is_told_once_and_so_is_its_end, begin),
        cmocka_unit_test_setup(
            h71_pictures_that_take_too_long_to_encode_are_told_once_and_so_is_their_end, begin),
        cmocka_unit_test_setup(a_slow_camera_is_not_silent_between_its_pictures, begin),
        cmocka_unit_test_setup(damage_is_told_once_for_as_long_as_it_lasts, begin),
        cmocka_unit_test_setup(a_films_damage_is_told_in_its_first_round_only, begin),
        cmocka_unit_test_setup(a_file_cut_short_is_told_once_and_stays_so, begin),
        cmocka_unit_test_setup(faults_that_begin_together_are_told_one_after_the_other, begin),
        cmocka_unit_test_setup(the_end_is_told_once_and_nothing_after_it, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

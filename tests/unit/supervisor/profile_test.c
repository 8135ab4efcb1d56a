/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/profile.h"

#include <math.h>
#include <string.h>

#include "unit/cmocka_base.h"

static struct profile profile;
static struct sheet_fault fault;

static bool reads(const char *text)
{
    return profile_read(&profile, text, strlen(text), &fault);
}

static void every_limit_of_the_standard_profile_has_its_source(void **state)
{
    (void)state;
    profile_standard(&profile);
    for (unsigned key = 0; key < PROFILE_KEYS; key++)
        if (profile_key_unit(key)[0]) {
            assert_true(profile.limits[key].most > 0);
            assert_true(strlen(profile.limits[key].source) > 10);
        }
    assert_true(profile.limits[GATE_AGE].most > 299 && profile.limits[GATE_AGE].most < 301);
}

static void a_site_changes_what_it_names_and_says_why(void **state)
{
    (void)state;
    assert_true(reads("# rehearsed\nname Theatre 2\n\ngesture-age 0.25s our own trial # of 12\n"
                      "force 6.5N the tissue that we train on\ntracking 9mm measured\n"));
    assert_string_equal(profile.name, "Theatre 2");
    assert_true(profile.limits[GATE_AGE].most > 249.9 && profile.limits[GATE_AGE].most < 250.1);
    assert_string_equal(profile.limits[GATE_AGE].source, "our own trial");
    assert_true(profile.limits[GATE_FORCE].most > 6.4 && profile.limits[GATE_FORCE].most < 6.6);
    assert_true(profile.limits[GATE_TRACKING].most > 8.9 &&
                profile.limits[GATE_TRACKING].most < 9.1);
    assert_true(profile.limits[GATE_SILENCE].most > 199);
}

static bool is_about(unsigned key, double value)
{
    return fabs(profile.limits[key].most - value) < 1e-9;
}

static void h06_h33_what_hands_do_at_the_most_and_are_felt_by_is_the_sites_to_say(void **state)
{
    (void)state;
    profile_standard(&profile);
    assert_true(is_about(GATE_STEP, 2) && is_about(PROFILE_TURN, 20));
    assert_true(is_about(PROFILE_STEP_SLACK, 5) && is_about(PROFILE_TURN_SLACK, 5));
    assert_true(is_about(PROFILE_PRESENCE_GRIPPER, 40) && is_about(PROFILE_PRESENCE_ROLL, 4));
    assert_true(is_about(GATE_CLOCK, 1000) && is_about(GATE_WORKSPACE, 1));
    assert_true(reads("step 1500mm/s why\nturn 900deg/s why\nstep-slack 0.002m why\n"
                      "turn-slack 2.5deg why\npresence-gripper 30deg why\npresence-roll 6deg why\n"
                      "clock 0.05s why\nworkspace 2mm why\n"));
    assert_true(is_about(GATE_STEP, 1.5) && is_about(PROFILE_TURN, 15.707963267948966));
    assert_true(is_about(PROFILE_STEP_SLACK, 2) && is_about(PROFILE_TURN_SLACK, 2.5));
    assert_true(is_about(PROFILE_PRESENCE_GRIPPER, 30) && is_about(PROFILE_PRESENCE_ROLL, 6));
    assert_true(is_about(GATE_CLOCK, 50) && is_about(GATE_WORKSPACE, 2));
}

static void h18_a_limit_that_makes_no_sense_is_refused_with_its_line(void **state)
{
    (void)state;
    const struct {
        const char *text, *words;
        unsigned line;
    } bad[] = {
        {"\ngesture-age 250ms\n", "a source in words", 2},
        {"gesture-age 250 ms why\n", "a time such as", 1},
        {"gesture-age 20s why\n", "may be 10 to 2000 ms", 1},
        {"gesture-age nan why\n", "a time such as", 1},
        {"gesture-agee 250ms why\n", "no limit is called 'gesture-agee'", 1},
        {"lease 1ms why\n", "no limit is called 'lease'", 1},
        {"presence 40deg why\n", "no limit is called 'presence'", 1},
        {"step 2 why\n", "a speed such as", 1},
        {"turn 20 why\n", "a speed of turning such as", 1},
        {"turn 200rad/s why\n", "may be 1 to 100 rad/s", 1},
        {"workspace 0mm why\n", "may be 0.1 to 20 mm", 1},
        {"force 5mm why\n", "a force such as", 1},
        {"name\n", "a name has", 1},
        {"force 2N why\nforce-near 3N why\n", "force-near is more than force", 0},
        {"delay-green 250ms why\n", "delay-green is more than delay-amber", 0},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(reads(bad[i].text));
        assert_int_equal(fault.line, bad[i].line);
        if (!strstr(fault.words, bad[i].words))
            fail_msg("%s: %s", bad[i].text, fault.words);
    }
}

static void delays_fall_into_bands(void **state)
{
    (void)state;
    profile_standard(&profile);
    assert_int_equal(profile_band(&profile, 100), BAND_GREEN);
    assert_int_equal(profile_band(&profile, 100.1), BAND_AMBER);
    assert_int_equal(profile_band(&profile, 200.1), BAND_RED);
    assert_int_equal(profile_band(&profile, 300.1), BAND_STOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_limit_of_the_standard_profile_has_its_source),
        cmocka_unit_test(a_site_changes_what_it_names_and_says_why),
        cmocka_unit_test(h06_h33_what_hands_do_at_the_most_and_are_felt_by_is_the_sites_to_say),
        cmocka_unit_test(h18_a_limit_that_makes_no_sense_is_refused_with_its_line),
        cmocka_unit_test(delays_fall_into_bands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdlib.h>

#include "screen/alarm_sound.h"

enum { SECOND = ALARM_SOUND_HZ };

static struct alarm_sound sound;
static int16_t out[20 * SECOND];

static int begin(void **state)
{
    (void)state;
    sound = (struct alarm_sound){.at = 0};
    return 0;
}

static int loudest(unsigned from, unsigned to)
{
    int most = 0;
    for (unsigned i = from; i < to; i++)
        most = abs(out[i]) > most ? abs(out[i]) : most;
    return most;
}

/* How many pulses: runs of sound with 50 ms of silence between. */
static unsigned pulses(unsigned from, unsigned to)
{
    unsigned count = 0, quiet = SECOND;
    for (unsigned i = from; i < to; i++) {
        if (abs(out[i]) < 30) {
            quiet++;
            continue;
        }
        count += quiet > SECOND / 20;
        quiet = 0;
    }
    return count;
}

static void without_alarm_there_is_silence(void **state)
{
    (void)state;
    alarm_sound_fill(&sound, ALARM_SOUND_NONE, out, SECOND);
    assert_int_equal(loudest(0, SECOND), 0);
}

static void h53_each_priority_has_its_own_burst_and_worse_ones_are_louder(void **state)
{
    (void)state;
    static const unsigned wanted[ALARM_SOUNDS] = {0, 2, 3, 10};
    int before = 0;
    for (int kind = ALARM_SOUND_LOW; kind < ALARM_SOUNDS; kind++) {
        sound = (struct alarm_sound){.at = 0};
        alarm_sound_fill(&sound, (enum alarm_sound_kind)kind, out, 4 * SECOND);
        assert_int_equal(pulses(0, 4 * SECOND), wanted[kind]);
        assert_true(loudest(0, 4 * SECOND) > before);
        before = loudest(0, 4 * SECOND);
    }
    assert_true(before < 32767);
}

static void h53_a_burst_is_heard_again_while_the_alarm_lasts(void **state)
{
    (void)state;
    alarm_sound_fill(&sound, ALARM_SOUND_HIGH, out, 10 * SECOND);
    assert_int_equal(pulses(0, 10 * SECOND), 20);
}

static void h53_a_worse_alarm_breaks_in_and_a_milder_one_waits(void **state)
{
    (void)state;
    alarm_sound_fill(&sound, ALARM_SOUND_LOW, out, SECOND / 10);
    alarm_sound_fill(&sound, ALARM_SOUND_HIGH, out, SECOND / 10);
    assert_int_equal(sound.kind, ALARM_SOUND_HIGH);
    alarm_sound_fill(&sound, ALARM_SOUND_LOW, out, 4 * SECOND);
    assert_int_equal(sound.kind, ALARM_SOUND_HIGH);
    alarm_sound_fill(&sound, ALARM_SOUND_LOW, out, 2 * SECOND);
    assert_int_equal(sound.kind, ALARM_SOUND_LOW);
    alarm_sound_fill(&sound, ALARM_SOUND_NONE, out, SECOND);
    assert_int_equal(loudest(0, SECOND), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_alarm_there_is_silence, begin),
        cmocka_unit_test_setup(h53_each_priority_has_its_own_burst_and_worse_ones_are_louder,
                               begin),
        cmocka_unit_test_setup(h53_a_burst_is_heard_again_while_the_alarm_lasts, begin),
        cmocka_unit_test_setup(h53_a_worse_alarm_breaks_in_and_a_milder_one_waits, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

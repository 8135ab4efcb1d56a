/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdlib.h>

#include "sound/codec.h"

enum { FRAMES = 50, SAMPLES = FRAMES * SOUND_FRAME_SAMPLES };

static int16_t said[SAMPLES], heard[SAMPLES];
static uint8_t packets[FRAMES][VOICE_OPUS_BYTES_MAX];
static size_t lengths[FRAMES];

/* Something like a vowel that begins in the middle, after silence. */
static void make_said(void)
{
    const double turn = 2 * 3.14159265358979 / SOUND_RATE_HZ;
    for (size_t i = SAMPLES / 2; i < SAMPLES; i++) {
        double at = (double)i * turn, loud = 4000 * (0.6 + 0.4 * sin(4 * at));
        said[i] =
            (int16_t)(loud * (sin(140 * at) + 0.6 * sin(280 * at + 1) + 0.4 * sin(1000 * at)));
    }
}

static void encode(void)
{
    struct sound_encoder *encoder = sound_encoder_open();
    assert_non_null(encoder);
    make_said();
    for (size_t i = 0; i < FRAMES; i++) {
        lengths[i] = sound_encode(encoder, said + i * SOUND_FRAME_SAMPLES, packets[i]);
        assert_true(lengths[i] > 0);
    }
    sound_encoder_close(encoder);
}

static double power(const int16_t *samples, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)samples[i] * samples[i];
    return sum / (double)count;
}

static void a_voice_comes_back_after_the_lookahead(void **state)
{
    (void)state;
    struct sound_decoder *decoder = sound_decoder_open();
    encode();
    for (size_t i = 0; i < FRAMES; i++)
        assert_true(sound_decode(decoder, packets[i], lengths[i], heard + i * SOUND_FRAME_SAMPLES));
    sound_decoder_close(decoder);
    size_t begins = 0;
    while (begins < SAMPLES && abs(heard[begins]) < 1000)
        begins++;
    double late_ns = ((double)begins - SAMPLES / 2) * 1e9 / SOUND_RATE_HZ;
    assert_true(fabs(late_ns - (double)SOUND_LOOKAHEAD_NS) < 4e6);
    assert_true(power(heard + SAMPLES * 3 / 4, SAMPLES / 4) >
                0.5 * power(said + SAMPLES * 3 / 4, SAMPLES / 4));
}

static void a_missing_packet_is_in_the_one_after_it(void **state)
{
    (void)state;
    int16_t repaired[SOUND_FRAME_SAMPLES];
    struct sound_decoder *decoder = sound_decoder_open();
    encode();
    size_t at = FRAMES / 2 + 1; /* the first sound is lost, which nothing before tells of */
    for (size_t i = 0; i < FRAMES / 2; i++)
        assert_true(sound_decode(decoder, packets[i], lengths[i], heard));
    sound_repair(decoder, packets[at], lengths[at], repaired);
    sound_decoder_close(decoder);
    assert_true(power(repaired, SOUND_FRAME_SAMPLES) >
                0.1 * power(said + (at - 1) * SOUND_FRAME_SAMPLES, SOUND_FRAME_SAMPLES));
}

static void what_is_made_up_fades(void **state)
{
    (void)state;
    int16_t sound[SOUND_FRAME_SAMPLES];
    struct sound_decoder *decoder = sound_decoder_open();
    encode();
    for (size_t i = 0; i < FRAMES; i++)
        assert_true(sound_decode(decoder, packets[i], lengths[i], sound));
    double was = power(sound, SOUND_FRAME_SAMPLES);
    sound_conceal(decoder, sound);
    assert_true(power(sound, SOUND_FRAME_SAMPLES) > 0.1 * was);
    for (int i = 0; i < 10; i++)
        sound_conceal(decoder, sound);
    assert_true(power(sound, SOUND_FRAME_SAMPLES) < 0.05 * was);
    sound_decoder_close(decoder);
}

static void bytes_that_are_no_sound_are_refused_and_faded_over(void **state)
{
    (void)state;
    static const uint8_t ten_ms[] = {0x40, 1, 2, 3}; /* SILK, 10 ms: not ours */
    int16_t sound[SOUND_FRAME_SAMPLES];
    struct sound_decoder *decoder = sound_decoder_open();
    assert_false(sound_decode(decoder, ten_ms, sizeof ten_ms, sound));
    sound_repair(decoder, ten_ms, sizeof ten_ms, sound);
    encode();
    assert_true(sound_decode(decoder, packets[0], lengths[0], sound));
    sound_decoder_close(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_voice_comes_back_after_the_lookahead),
        cmocka_unit_test(a_missing_packet_is_in_the_one_after_it),
        cmocka_unit_test(what_is_made_up_fades),
        cmocka_unit_test(bytes_that_are_no_sound_are_refused_and_faded_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

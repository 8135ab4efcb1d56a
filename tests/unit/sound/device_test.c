/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sound/device.h"
#include "sound/wav.h"

#define MS UINT64_C(1000000)
#define START_NS (1000 * MS)

static char in_path[] = "/tmp/jisr-in-XXXXXX", out_path[] = "/tmp/jisr-out-XXXXXX";
static char spec[128];

/* A frame and a half, sample by sample one more. */
static int make_files(void **state)
{
    enum { COUNT = SOUND_FRAME_SAMPLES * 3 / 2 };
    uint8_t bytes[WAV_HEAD_BYTES + 2 * COUNT];
    (void)state;
    wav_head(COUNT, bytes);
    for (size_t i = 0; i < COUNT; i++) {
        bytes[WAV_HEAD_BYTES + 2 * i] = (uint8_t)i;
        bytes[WAV_HEAD_BYTES + 2 * i + 1] = (uint8_t)(i >> 8);
    }
    int in = mkstemp(in_path), out = mkstemp(out_path);
    assert_int_equal(write(in, bytes, sizeof bytes), sizeof bytes);
    close(in);
    close(out);
    snprintf(spec, sizeof spec, "file:%s,%s", in_path, out_path);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    unlink(in_path);
    unlink(out_path);
    return 0;
}

static void a_file_speaks_by_the_clock_and_once(void **state)
{
    (void)state;
    char why[128];
    int16_t sound[SOUND_FRAME_SAMPLES];
    uint64_t captured_ns = 0;
    struct sound_device *device = sound_open(spec, START_NS, why, sizeof why);
    assert_non_null(device);
    assert_false(sound_listen(device, START_NS + 20 * MS - 1, sound, &captured_ns));
    assert_true(sound_listen(device, START_NS + 20 * MS, sound, &captured_ns));
    assert_int_equal(captured_ns, START_NS);
    assert_int_equal(sound[959], 959);
    assert_false(sound_listen(device, START_NS + 20 * MS, sound, &captured_ns));
    assert_true(sound_listen(device, START_NS + 100 * MS, sound, &captured_ns));
    assert_int_equal(captured_ns, START_NS + 20 * MS); /* asked late: of its own time still */
    assert_int_equal(sound[479], 1439);
    assert_int_equal(sound[480], 0);
    assert_false(sound_listen(device, START_NS + 1000 * MS, sound, &captured_ns));
    sound_close(device);
}

static void what_is_heard_is_written(void **state)
{
    (void)state;
    char why[128];
    static uint8_t bytes[10000];
    const uint8_t *samples;
    size_t count;
    int16_t sound[SOUND_FRAME_SAMPLES] = {[3] = -2};
    uint64_t heard_ns = 0;
    struct sound_device *device = sound_open(spec, START_NS, why, sizeof why);
    assert_non_null(device);
    assert_true(sound_wants(device, START_NS + 5 * MS, &heard_ns));
    assert_int_equal(heard_ns, START_NS);
    sound_play(device, sound);
    assert_false(sound_wants(device, START_NS + 19 * MS, &heard_ns));
    assert_int_equal(sound_due_ns(device, START_NS + 19 * MS), START_NS + 20 * MS);
    assert_true(sound_wants(device, START_NS + 20 * MS, &heard_ns));
    sound_play(device, sound);
    sound_close(device);
    FILE *file = fopen(out_path, "rb");
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_null(wav_read(bytes, len, &samples, &count));
    assert_int_equal(count, 2 * SOUND_FRAME_SAMPLES);
    assert_int_equal(samples[6], 0xfe);
    assert_int_equal(samples[7], 0xff);
}

static void what_cannot_be_opened_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *says;
    } cases[] = {{"telephone", "write none, device or file:"},
                 {"file:a.wav", "two files are needed"},
                 {"file:/nowhere/a.wav,/tmp/b.wav", "No such file"},
                 {"file:/dev/null,/tmp/b.wav", "not a WAVE"}};
    char why[128];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(sound_open(cases[i].spec, START_NS, why, sizeof why));
        assert_non_null(strstr(why, cases[i].says));
    }
    assert_true(sound_is_none("none"));
}

/* SDL's own driver that plays to nobody and hears silence stands in for the machine's. */
static void the_machines_own_speaks_and_plays_at_its_pace(void **state)
{
    (void)state;
    char why[128];
    int16_t sound[SOUND_FRAME_SAMPLES] = {0};
    uint64_t at_ns = 0, now_ns = START_NS;
    unsigned listened = 0, played = 0;
    setenv("SDL_AUDIODRIVER", "dummy", 1);
    struct sound_device *device = sound_open("device", now_ns, why, sizeof why);
    assert_non_null(device);
    for (int i = 0; i < 100; i++, now_ns += 5 * MS) {
        for (; sound_listen(device, now_ns, sound, &at_ns); listened++)
            assert_true(at_ns <= now_ns - 20 * MS);
        for (; sound_wants(device, now_ns, &at_ns); played++) {
            assert_true(at_ns >= now_ns && at_ns < now_ns + 60 * MS);
            sound_play(device, sound);
        }
        usleep(5000);
    }
    sound_close(device);
    assert_in_range(listened, 10, 40); /* half a second, on a busy machine more */
    assert_in_range(played, 10, 45);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_speaks_by_the_clock_and_once),
        cmocka_unit_test(what_is_heard_is_written),
        cmocka_unit_test(what_cannot_be_opened_says_why),
        cmocka_unit_test(the_machines_own_speaks_and_plays_at_its_pace),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "sound/wav.h"

enum { COUNT = 3, FILE_BYTES = WAV_HEAD_BYTES + 2 * COUNT };

static uint8_t file[FILE_BYTES + 10];

static void make(void)
{
    static const uint8_t samples[] = {1, 0, 0xff, 0xff, 0, 0x80};
    wav_head(COUNT, file);
    memcpy(file + WAV_HEAD_BYTES, samples, sizeof samples);
}

static const char *wrong(size_t len)
{
    const uint8_t *samples;
    size_t count;
    return wav_read(file, len, &samples, &count);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    const uint8_t *samples;
    size_t count;
    make();
    assert_null(wav_read(file, FILE_BYTES, &samples, &count));
    assert_int_equal(count, COUNT);
    assert_ptr_equal(samples, file + WAV_HEAD_BYTES);
}

static void other_chunks_are_passed_over(void **state)
{
    (void)state;
    static const uint8_t list[] = {'L', 'I', 'S', 'T', 1, 0, 0, 0, 'x', 0}; /* padded to be even */
    const uint8_t *samples;
    size_t count;
    make();
    memmove(file + 36 + sizeof list, file + 36, FILE_BYTES - 36);
    memcpy(file + 36, list, sizeof list);
    assert_null(wav_read(file, sizeof file, &samples, &count));
    assert_int_equal(count, COUNT);
    assert_int_equal(samples[2], 0xff);
}

static void a_file_cut_short_counts_for_what_is_there(void **state)
{
    (void)state;
    const uint8_t *samples;
    size_t count;
    make();
    assert_null(wav_read(file, FILE_BYTES - 3, &samples, &count));
    assert_int_equal(count, 1);
    assert_non_null(wrong(WAV_HEAD_BYTES + 1));
    for (size_t len = 0; len < WAV_HEAD_BYTES; len++)
        assert_non_null(wrong(len));
}

static void what_is_not_mono_of_48_khz_and_16_bits_says_what_to_do(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
        const char *says;
    } cases[] = {{20, 3, "16-bit"},
                 {34, 24, "16-bit"},
                 {22, 2, "mono"},
                 {24, 0x44, "48 kHz"},
                 {8, 'w', "not a WAVE"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make();
        file[cases[i].at] = cases[i].value;
        assert_non_null(wrong(FILE_BYTES));
        assert_non_null(strstr(wrong(FILE_BYTES), cases[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(other_chunks_are_passed_over),
        cmocka_unit_test(a_file_cut_short_counts_for_what_is_there),
        cmocka_unit_test(what_is_not_mono_of_48_khz_and_16_bits_says_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

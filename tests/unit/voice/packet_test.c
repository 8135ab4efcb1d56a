/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "voice/packet.h"

static const uint8_t opus[VOICE_OPUS_BYTES_MAX + 1] = {9, 8, 7};

static void a_packet_is_eight_bytes_and_its_sound(void **state)
{
    (void)state;
    static const uint8_t expected[] = {1, 3, 1, 0, 0x01, 0x02, 0x03, 0x04, 9, 8, 7};
    const struct voice_packet packet = {
        .speaker = 3, .is_last = true, .sequence = 0x01020304, .opus = opus, .opus_len = 3};
    uint8_t bytes[VOICE_PACKET_BYTES_MAX];
    struct voice_packet read;
    assert_int_equal(voice_packet_encode(&packet, bytes), sizeof expected);
    assert_memory_equal(bytes, expected, sizeof expected);
    assert_true(voice_packet_decode(&read, bytes, sizeof expected));
    assert_int_equal(read.speaker, 3);
    assert_true(read.is_last);
    assert_int_equal(read.sequence, 0x01020304);
    assert_int_equal(read.opus_len, 3);
    assert_memory_equal(read.opus, opus, 3);
}

static void a_packet_without_meaning_is_none(void **state)
{
    (void)state;
    const struct voice_packet packet = {.opus = opus, .opus_len = VOICE_OPUS_BYTES_MAX};
    uint8_t bytes[VOICE_PACKET_BYTES_MAX + 1] = {0}, spoilt[VOICE_PACKET_BYTES_MAX];
    struct voice_packet read = {.sequence = 77};
    assert_int_equal(voice_packet_encode(&packet, bytes), VOICE_PACKET_BYTES_MAX);
    assert_false(voice_packet_decode(&read, bytes, VOICE_PACKET_BYTES_MAX + 1));
    assert_false(voice_packet_decode(&read, bytes, VOICE_HEAD_BYTES));
    assert_false(voice_packet_decode(&read, bytes, 0));
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{0, 0}, {0, 2}, {1, VOICE_SPEAKERS_MAX}, {2, 2}, {3, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        memcpy(spoilt, bytes, sizeof spoilt);
        spoilt[wrong[i].at] = wrong[i].value;
        assert_false(voice_packet_decode(&read, spoilt, sizeof spoilt));
    }
    assert_int_equal(read.sequence, 77);
    assert_true(voice_packet_decode(&read, bytes, VOICE_PACKET_BYTES_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_is_eight_bytes_and_its_sound),
        cmocka_unit_test(a_packet_without_meaning_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

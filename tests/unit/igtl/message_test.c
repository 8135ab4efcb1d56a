/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against the protocol's text; other people's reading and making of it: tests/interop. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "base/bytes.h"
#include "igtl/crc.h"
#include "igtl/message.h"

/* 2009-02-13 23:31:30.25 */
static const struct igtl_head head = {.device = "Jisr-Left",
                                      .wall_ns = UINT64_C(1234567890250000000)};

/* Bit by bit, as the polynomial is written. */
static uint64_t crc_by_bits(const uint8_t *bytes, size_t len)
{
    uint64_t crc = 0;
    for (size_t i = 0; i < len; i++) {
        crc ^= (uint64_t)bytes[i] << 56;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 63 ? crc << 1 ^ UINT64_C(0x42F0E1EBA9EA3693) : crc << 1;
    }
    return crc;
}

static void the_check_is_ecma_182_begun_with_nothing(void **state)
{
    (void)state;
    static uint8_t bytes[1000];
    assert_true(igtl_crc((const uint8_t *)"123456789", 9) == UINT64_C(0x6C40DF5F0B497347));
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    for (size_t len = 0; len < sizeof bytes; len += 37)
        assert_true(igtl_crc(bytes, len) == crc_by_bits(bytes, len));
}

static void assert_head(const uint8_t *bytes, size_t len, const char *type)
{
    assert_int_equal(get_be16(bytes), 1);
    assert_string_equal((const char *)bytes + 2, type);
    assert_string_equal((const char *)bytes + 14, "Jisr-Left");
    assert_int_equal(get_be32(bytes + 34), 1234567890);
    assert_int_equal(get_be32(bytes + 38), 1U << 30); /* a quarter of 2^32 */
    assert_int_equal(get_be64(bytes + 42), len - IGTL_HEAD_BYTES);
    assert_true(get_be64(bytes + 50) ==
                crc_by_bits(bytes + IGTL_HEAD_BYTES, len - IGTL_HEAD_BYTES));
}

static void a_pose_is_twelve_numbers_column_by_column_in_millimetres(void **state)
{
    (void)state;
    uint8_t bytes[IGTL_TRANSFORM_BYTES];
    const struct pose pose = {{0.001, -0.02, 0.3},
                              quat_from_rotation_vector((struct vec3){0, 0, 1.5707963267948966})};
    static const double expected[12] = {0, 1, 0, -1, 0, 0, 0, 0, 1, 1, -20, 300};
    size_t len = igtl_transform(&head, &pose, bytes);
    assert_int_equal(len, sizeof bytes);
    assert_head(bytes, len, "TRANSFORM");
    for (size_t i = 0; i < 12; i++)
        assert_true(fabs((double)get_be_f32(bytes + IGTL_HEAD_BYTES + 4 * i) - expected[i]) < 1e-4);
}

static void a_picture_says_its_size_and_ends_with_its_pixels(void **state)
{
    (void)state;
    enum { WIDTH = 3, HEIGHT = 2, PIXELS = 3 * WIDTH * HEIGHT };
    uint8_t bytes[IGTL_IMAGE_PIXELS_AT + PIXELS];
    static const uint8_t expected[12] = {0, 1, 3, 3, 1, 1, 0, WIDTH, 0, HEIGHT, 0, 1};
    memset(bytes, 0xAB, sizeof bytes);
    size_t len = igtl_image(&head, WIDTH, HEIGHT, bytes);
    assert_int_equal(len, sizeof bytes);
    assert_head(bytes, len, "IMAGE");
    assert_memory_equal(bytes + IGTL_HEAD_BYTES, expected, sizeof expected);
    assert_memory_equal(bytes + IGTL_HEAD_BYTES + 66, expected + 6, 6);
    assert_int_equal(bytes[len - 1], 0xAB);
    assert_int_equal(bytes[IGTL_IMAGE_PIXELS_AT], 0xAB);
}

static void a_status_and_a_string_carry_their_words_and_cut_long_ones(void **state)
{
    (void)state;
    uint8_t bytes[IGTL_STATUS_BYTES_MAX];
    char words[1000];
    size_t len = igtl_status(&head, IGTL_NOT_READY, "no gestures", bytes);
    assert_head(bytes, len, "STATUS");
    assert_int_equal(get_be16(bytes + IGTL_HEAD_BYTES), 13);
    assert_string_equal((const char *)bytes + IGTL_HEAD_BYTES + 30, "no gestures");
    assert_int_equal(len, IGTL_HEAD_BYTES + 30 + 12);
    len = igtl_string(&head, "Bonjour", bytes);
    assert_head(bytes, len, "STRING");
    assert_int_equal(get_be16(bytes + IGTL_HEAD_BYTES), 3);
    assert_int_equal(get_be16(bytes + IGTL_HEAD_BYTES + 2), 7);
    assert_memory_equal(bytes + IGTL_HEAD_BYTES + 4, "Bonjour", 7);

    memset(words, 'a', sizeof words);
    words[sizeof words - 1] = '\0';
    assert_int_equal(igtl_status(&head, IGTL_OK, words, bytes), IGTL_STATUS_BYTES_MAX);
    assert_int_equal(igtl_string(&head, words, bytes), IGTL_STRING_BYTES_MAX);
    const struct igtl_head long_head = {.device = words};
    igtl_string(&long_head, "", bytes);
    assert_int_equal(bytes[14 + 18], 'a');
    assert_int_equal(bytes[14 + 19], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_is_ecma_182_begun_with_nothing),
        cmocka_unit_test(a_pose_is_twelve_numbers_column_by_column_in_millimetres),
        cmocka_unit_test(a_picture_says_its_size_and_ends_with_its_pixels),
        cmocka_unit_test(a_status_and_a_string_carry_their_words_and_cut_long_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

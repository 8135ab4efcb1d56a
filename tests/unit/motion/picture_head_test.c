/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "motion/picture_head.h"

/* A head and the first byte of a picture. */
static const uint8_t vector[PICTURE_HEAD_BYTES + 1] = {2, 25, 0, 0, 0x01, 0x31, 0x2d, 0x00, 0x67};

static void a_head_is_these_bytes(void **state)
{
    (void)state;
    const struct picture_head out = {.encode_ns = 20000000, .rate = 25};
    struct picture_head in = {0};
    uint8_t bytes[PICTURE_HEAD_BYTES];

    picture_head_encode(&out, bytes);
    assert_memory_equal(bytes, vector, sizeof bytes);
    assert_int_equal(picture_head_decode(&in, vector, sizeof vector), MOTION_OK);
    assert_int_equal(in.encode_ns, 20000000);
    assert_int_equal(in.rate, 25);
}

static void what_is_no_head_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    struct picture_head kept = {.encode_ns = 7};
    uint8_t bytes[sizeof vector];

    for (size_t cut = 0; cut <= PICTURE_HEAD_BYTES; cut++)
        assert_int_equal(picture_head_decode(&kept, vector, cut), MOTION_ERR_LENGTH);
    memcpy(bytes, vector, sizeof bytes);
    bytes[0] = 1;
    assert_int_equal(picture_head_decode(&kept, bytes, sizeof bytes), MOTION_ERR_VERSION);
    for (size_t at = 2; at < 4; at++) {
        memcpy(bytes, vector, sizeof bytes);
        bytes[at] = 1;
        assert_int_equal(picture_head_decode(&kept, bytes, sizeof bytes), MOTION_ERR_RESERVED);
    }
    memcpy(bytes, vector, sizeof bytes);
    bytes[1] = 0;
    assert_int_equal(picture_head_decode(&kept, bytes, sizeof bytes), MOTION_ERR_COUNT);
    assert_int_equal(kept.encode_ns, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_these_bytes),
        cmocka_unit_test(what_is_no_head_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "http/frame.h"

static void a_length_is_told_as_soon_as_it_has_come(void **state)
{
    (void)state;
    static const struct {
        uint8_t head[HTTP_FRAME_HEAD_MAX];
        size_t needs; /* bytes */
        uint64_t payload;
    } rows[] = {
        {{0x81, 0x80}, 2, 0},
        {{0x01, 0x80 | 125}, 2, 125},
        {{0x00, 125}, 2, 125},
        {{0x82, 0x80 | 126, 0x01, 0x02}, 4, 0x0102},
        {{0x81, 0x80 | 127, 0, 0, 0, 1, 2, 3, 4, 5}, 10, 0x0102030405},
        {{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 10, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t len = 0; len <= HTTP_FRAME_HEAD_MAX; len++) {
            uint64_t payload = 7;
            assert_int_equal(http_frame_declares(rows[i].head, len, &payload),
                             len >= rows[i].needs);
            assert_int_equal(payload, len >= rows[i].needs ? rows[i].payload : 7);
        }
}

static void controls_declare_nothing_of_a_message(void **state)
{
    (void)state;
    for (unsigned opcode = 8; opcode < 16; opcode++) {
        const uint8_t head[HTTP_FRAME_HEAD_MAX] = {(uint8_t)(0x80 | opcode), 0xff, 0xff};
        uint64_t payload;
        assert_false(http_frame_declares(head, sizeof head, &payload));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_length_is_told_as_soon_as_it_has_come),
        cmocka_unit_test(controls_declare_nothing_of_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buffer.h"

#include <stdio.h>

#include "unit/cmocka_base.h"

static struct arena arena;
static struct buffer buffer;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    buffer_init(&buffer, &arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void assert_holds(const char *expected)
{
    assert_false(buffer.failed);
    if (!text_is(buffer_text(&buffer), expected))
        fail_msg("%.*s", (int)buffer.len, buffer.bytes);
}

static void writes_stand_behind_one_another(void **state)
{
    (void)state;
    buffer_add(&buffer, TEXT("ab"));
    buffer_add(&buffer, (struct text){NULL, 0});
    buffer_add_byte(&buffer, '-');
    buffer_format(&buffer, "%d%s", 7, "x");
    char *room = buffer_reserve(&buffer, 2);
    assert_non_null(room);
    memcpy(room, "yz", 2);
    buffer.len += 2;
    assert_holds("ab-7xyz");
}

static void whole_numbers_are_written_in_all_their_digits(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0, 9, 10, 100, 12345678901234567890U, UINT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        buffer_add_u64(&buffer, numbers[i]);
        buffer_add_byte(&buffer, ' ');
    }
    assert_holds("0 9 10 100 12345678901234567890 18446744073709551615 ");
}

static void a_long_text_grows_and_stays_whole(void **state)
{
    (void)state;
    enum { PIECES = 20000 };
    for (int i = 0; i < PIECES; i++) {
        buffer_format(&buffer, "%05d", i);
        if (i % 1000 == 0)
            assert_non_null(arena_take(&arena, 1)); /* so that it cannot grow in place */
    }
    assert_false(buffer.failed);
    assert_int_equal(buffer.len, 5 * PIECES);
    for (int i = 0; i < PIECES; i++) {
        char piece[8];
        snprintf(piece, sizeof piece, "%05d", i);
        assert_memory_equal(buffer.bytes + 5 * i, piece, 5);
    }
}

static void without_room_it_fails_and_stays_as_it_is(void **state)
{
    (void)state;
    struct arena small;
    arena_init(&small, 256);
    buffer_init(&buffer, &small);
    buffer_add(&buffer, TEXT("kept"));
    assert_null(buffer_reserve(&buffer, 1000));
    buffer_add(&buffer, TEXT("more"));
    buffer_add_byte(&buffer, 'x');
    buffer_add_u64(&buffer, 1);
    buffer_format(&buffer, "%d", 1);
    assert_true(buffer.failed);
    assert_true(text_is(buffer_text(&buffer), "kept"));
    buffer_init(&buffer, &small);
    assert_null(buffer_reserve(&buffer, SIZE_MAX));
    assert_true(buffer.failed);
    arena_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_stand_behind_one_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_numbers_are_written_in_all_their_digits, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_long_text_grows_and_stays_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_room_it_fails_and_stays_as_it_is, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

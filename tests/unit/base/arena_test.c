/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <stdalign.h>

#include "base/random.h"
#include "unit/cmocka_base.h"

enum { UNIT = alignof(max_align_t), MOST = 1 << 20 };

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, MOST);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void what_is_taken_is_aligned_and_ones_own(void **state)
{
    (void)state;
    enum { TAKEN = 400 };
    unsigned char *taken[TAKEN];
    size_t bytes[TAKEN];
    struct random random;
    random_seed(&random, 1);
    for (int i = 0; i < TAKEN; i++) {
        bytes[i] = random_below(&random, i % 50 ? 200 : 100000);
        assert_non_null(taken[i] = arena_take(&arena, bytes[i]));
        assert_int_equal((uintptr_t)taken[i] % UNIT, 0);
        memset(taken[i], i & 0xFF, bytes[i]);
    }
    for (int i = 0; i < TAKEN; i++)
        for (size_t at = 0; at < bytes[i]; at++)
            assert_int_equal(taken[i][at], i & 0xFF);
}

static void the_limit_counts_padding_and_holds(void **state)
{
    (void)state;
    for (int i = 0; i < MOST / UNIT; i++)
        assert_non_null(arena_take(&arena, 1));
    assert_int_equal(arena.used_bytes, MOST);
    assert_null(arena_take(&arena, 1));
    arena_reset(&arena);
    assert_null(arena_take(&arena, MOST + 1));
    assert_null(arena_take(&arena, SIZE_MAX));
    assert_non_null(arena_take(&arena, MOST));
}

static void zeroed_memory_is_zero_and_products_do_not_overflow(void **state)
{
    (void)state;
    unsigned char *dirty = arena_take(&arena, 1000);
    assert_non_null(dirty);
    memset(dirty, 1, 1000);
    arena_reset(&arena);
    unsigned char *clean = arena_take_zeroed(&arena, 10, 100);
    assert_ptr_equal(clean, dirty);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(clean[i], 0);
    assert_null(arena_take_zeroed(&arena, SIZE_MAX / 2, 3));
    assert_non_null(arena_take_zeroed(&arena, 7, 0));
}

static void the_last_one_taken_grows_in_place_others_are_copied(void **state)
{
    (void)state;
    char *last = arena_take(&arena, 100);
    assert_non_null(last);
    memset(last, 'x', 100);
    assert_ptr_equal(arena_grow(&arena, last, 100, 101), last);
    assert_ptr_equal(arena_grow(&arena, last, 101, 4000), last);
    assert_non_null(arena_take(&arena, 1));
    char *moved = arena_grow(&arena, last, 4000, 5000);
    assert_non_null(moved);
    assert_ptr_not_equal(moved, last);
    assert_memory_equal(moved, last, 100);

    char *wide = arena_grow(&arena, moved, 5000, MOST / 2); /* more than its block has */
    assert_non_null(wide);
    assert_memory_equal(wide, last, 100);
    assert_null(arena_grow(&arena, wide, MOST / 2, MOST));
    assert_memory_equal(wide, last, 100);
    assert_non_null(arena_grow(&arena, NULL, 0, 10));
}

static void the_last_one_taken_shrinks_others_stay(void **state)
{
    (void)state;
    char *first = arena_take(&arena, 100), *last = arena_take(&arena, 1000);
    assert_non_null(first);
    size_t used = arena.used_bytes;
    arena_shrink(&arena, first, 100, 10);
    arena_shrink(&arena, last, 1000, 1001);
    arena_shrink(&arena, NULL, 0, 0);
    assert_int_equal(arena.used_bytes, used);
    arena_shrink(&arena, last, 1000, 100);
    assert_in_range(used - arena.used_bytes, 900 - UNIT, 900);
    assert_ptr_equal(arena_grow(&arena, last, 100, 1000), last);
    arena_shrink(&arena, last, 1000, 0);
    assert_ptr_equal(arena_take(&arena, 1), last);
}

static void a_copy_is_terminated(void **state)
{
    (void)state;
    struct text copy = arena_copy(&arena, TEXT("abc"));
    assert_true(text_is(copy, "abc"));
    assert_int_equal(copy.bytes[3], '\0');
    copy = arena_copy(&arena, (struct text){NULL, 0});
    assert_string_equal(copy.bytes, "");
    struct arena none;
    arena_init(&none, 0);
    assert_null(arena_copy(&none, TEXT("abc")).bytes);
}

static void what_was_taken_since_a_mark_is_given_back(void **state)
{
    (void)state;
    for (int is_first = 1; is_first >= 0; is_first--) { /* with no block yet, and with one */
        char *before = is_first ? NULL : arena_take(&arena, 100);
        size_t used = arena.used_bytes;
        struct arena_mark mark = arena_mark(&arena);
        char *next = arena_take(&arena, 10);
        for (int i = 0; i < 5; i++)
            assert_non_null(arena_take(&arena, 100000));
        arena_release(&arena, mark);
        assert_int_equal(arena.used_bytes, used);
        if (!is_first) {
            assert_ptr_equal(arena_take(&arena, 10), next);
            assert_true(next >= before + 100);
        }
    }
}

static void after_a_reset_memory_is_taken_again(void **state)
{
    (void)state;
    char *first = arena_take(&arena, 10);
    arena_reset(&arena);
    assert_int_equal(arena.used_bytes, 0);
    assert_ptr_equal(arena_take(&arena, 10), first);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 10; i++)
            assert_non_null(arena_take(&arena, MOST / 11));
        arena_reset(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_taken_is_aligned_and_ones_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_limit_counts_padding_and_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(zeroed_memory_is_zero_and_products_do_not_overflow, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_last_one_taken_grows_in_place_others_are_copied, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_last_one_taken_shrinks_others_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_copy_is_terminated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_taken_since_a_mark_is_given_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(after_a_reset_memory_is_taken_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

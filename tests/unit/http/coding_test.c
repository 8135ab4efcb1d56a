/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "http/coding.h"

enum { PLAIN_BYTES = 300 * 1000 };

static struct arena arena;
static char plain[PLAIN_BYTES];
static const struct coding_limits wide = {.bytes_max = 16 << 20, .ratio_max = 200};

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 256 << 20);
    for (size_t i = 0; i < PLAIN_BYTES; i++)
        plain[i] = (char)('a' + i * i / 7 % 26);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void what_is_packed_unpacks_to_the_same(void **state)
{
    (void)state;
    for (enum http_coding coding = HTTP_GZIP; coding <= HTTP_ZSTD; coding++)
        for (size_t len = 200; len <= PLAIN_BYTES; len = len * 2 + 1) {
            struct text again, packed = coding_pack(coding, (struct text){plain, len}, &arena);
            assert_non_null(packed.bytes);
            assert_true(packed.len < len);
            assert_int_equal(coding_unpack(coding, packed, &wide, &arena, &again), CODING_OK);
            assert_int_equal(again.len, len);
            assert_memory_equal(again.bytes, plain, len);
            assert_int_equal(again.bytes[len], '\0');
            arena_reset(&arena);
        }
}

static void what_would_grow_is_left_as_it_is(void **state)
{
    (void)state;
    assert_null(coding_pack(HTTP_GZIP, TEXT("abc"), &arena).bytes);
    assert_null(coding_pack(HTTP_ZSTD, TEXT("abc"), &arena).bytes);
    assert_null(coding_pack(HTTP_GZIP, TEXT(""), &arena).bytes);
}

static void what_is_cut_short_or_followed_is_malformed(void **state)
{
    (void)state;
    struct text again;
    for (enum http_coding coding = HTTP_GZIP; coding <= HTTP_ZSTD; coding++) {
        struct text packed = coding_pack(coding, (struct text){plain, 5000}, &arena);
        char *longer = arena_take(&arena, packed.len + 1);
        memcpy(longer, packed.bytes, packed.len);
        longer[packed.len] = 'x';
        for (size_t len = 0; len < packed.len; len += 13)
            assert_int_equal(
                coding_unpack(coding, (struct text){longer, len}, &wide, &arena, &again),
                CODING_MALFORMED);
        struct text followed = {longer, packed.len + 1};
        assert_int_equal(coding_unpack(coding, followed, &wide, &arena, &again), CODING_MALFORMED);
        assert_int_equal(coding_unpack(coding, TEXT("plain words"), &wide, &arena, &again),
                         CODING_MALFORMED);
        arena_reset(&arena);
    }
}

static void h102_a_bomb_is_not_unpacked(void **state)
{
    (void)state;
    enum { BOMB_BYTES = 8 << 20 };
    char *zeros = calloc(1, BOMB_BYTES);
    struct text again;
    for (enum http_coding coding = HTTP_GZIP; coding <= HTTP_ZSTD; coding++) {
        struct text packed = coding_pack(coding, (struct text){zeros, BOMB_BYTES}, &arena);
        size_t before = arena.used_bytes;
        /* by its ratio: 8 MiB from less than 40 kB */
        assert_true(packed.len * wide.ratio_max < BOMB_BYTES);
        assert_int_equal(coding_unpack(coding, packed, &wide, &arena, &again), CODING_TOO_LARGE);
        assert_true(arena.used_bytes - before < 4 * packed.len * wide.ratio_max + (4 << 20));
        /* by its size */
        const struct coding_limits small = {.bytes_max = BOMB_BYTES - 1, .ratio_max = 100000};
        assert_int_equal(coding_unpack(coding, packed, &small, &arena, &again), CODING_TOO_LARGE);
        const struct coding_limits just = {.bytes_max = BOMB_BYTES, .ratio_max = 100000};
        assert_int_equal(coding_unpack(coding, packed, &just, &arena, &again), CODING_OK);
        assert_int_equal(again.len, BOMB_BYTES);
        arena_reset(&arena);
    }
    free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_unpacks_to_the_same),
        cmocka_unit_test(what_would_grow_is_left_as_it_is),
        cmocka_unit_test(what_is_cut_short_or_followed_is_malformed),
        cmocka_unit_test(h102_a_bomb_is_not_unpacked),
    };
    return cmocka_run_group_tests(tests, begin, end);
}

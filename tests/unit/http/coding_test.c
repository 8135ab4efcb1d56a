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

/* Gives `plain` in pieces; a broken one ends after `all` with a fault. */
struct pieces {
    struct http_stream of; /* the first, so that one is the other */
    size_t at, all, piece_max;
    bool is_broken;
    unsigned ended;
};

static ptrdiff_t next_piece(struct http_stream *stream, char *bytes, size_t room)
{
    struct pieces *pieces = (struct pieces *)stream;
    size_t len = pieces->all - pieces->at;
    len = len < pieces->piece_max ? len : pieces->piece_max;
    len = len < room ? len : room;
    if (!len && pieces->is_broken)
        return -1;
    memcpy(bytes, plain + pieces->at, len);
    pieces->at += len;
    return (ptrdiff_t)len;
}

static void end_pieces(struct http_stream *stream)
{
    ((struct pieces *)stream)->ended++;
}

static void a_stream_is_packed_as_it_comes_and_unpacks_to_the_same(void **state)
{
    (void)state;
    static const size_t pieces_max[] = {1000, 64 * 1024, PLAIN_BYTES},
                        rooms[] = {1, 100, 10000, PLAIN_BYTES}, all[] = {0, 1, PLAIN_BYTES};
    for (size_t i = 0; i < 2 * 3 * 4 * 3; i++) {
        enum http_coding coding = i % 2 ? HTTP_GZIP : HTTP_ZSTD;
        size_t room = rooms[i / 6 % 4];
        struct pieces pieces = {
            .of = {next_piece, end_pieces}, .all = all[i / 24], .piece_max = pieces_max[i / 2 % 3]};
        struct http_stream *stream = coding_stream(coding, &pieces.of);
        char *packed = arena_take(&arena, 2 * PLAIN_BYTES);
        size_t len = 0;
        for (ptrdiff_t one; (one = stream->next(stream, packed + len, room)) != 0;) {
            assert_true(one > 0 && (size_t)one <= room);
            len += (size_t)one;
        }
        stream->end(stream);
        assert_int_equal(pieces.ended, 1);
        struct text again;
        assert_int_equal(coding_unpack(coding, (struct text){packed, len}, &wide, &arena, &again),
                         CODING_OK);
        assert_int_equal(again.len, pieces.all);
        assert_memory_equal(again.bytes, plain, again.len);
        assert_true(pieces.all < PLAIN_BYTES || len < pieces.all);
        arena_reset(&arena);
    }
}

static void a_stream_that_breaks_is_no_whole_one_packed_either(void **state)
{
    (void)state;
    for (enum http_coding coding = HTTP_GZIP; coding <= HTTP_ZSTD; coding++) {
        struct pieces pieces = {.of = {next_piece, end_pieces},
                                .all = PLAIN_BYTES,
                                .piece_max = 1000,
                                .is_broken = true};
        struct http_stream *stream = coding_stream(coding, &pieces.of);
        char *packed = arena_take(&arena, PLAIN_BYTES);
        ptrdiff_t one;
        while ((one = stream->next(stream, packed, PLAIN_BYTES)) > 0)
            ;
        assert_true(one < 0);
        stream->end(stream);
        assert_int_equal(pieces.ended, 1);
    }
    struct pieces pieces = {.of = {next_piece, end_pieces}};
    assert_null(coding_stream(HTTP_IDENTITY, &pieces.of));
    assert_int_equal(pieces.ended, 0);
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
        cmocka_unit_test(a_stream_is_packed_as_it_comes_and_unpacks_to_the_same),
        cmocka_unit_test(a_stream_that_breaks_is_no_whole_one_packed_either),
        cmocka_unit_test(what_is_packed_unpacks_to_the_same),
        cmocka_unit_test(what_would_grow_is_left_as_it_is),
        cmocka_unit_test(what_is_cut_short_or_followed_is_malformed),
        cmocka_unit_test(h102_a_bomb_is_not_unpacked),
    };
    return cmocka_run_group_tests(tests, begin, end);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/percent.h"

#include "unit/cmocka_base.h"

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, 64);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void what_is_escaped_is_as_it_was_meant(void **state)
{
    (void)state;
    const struct {
        struct text sent, meant;
    } cases[] = {
        {TEXT("a%20b+c"), TEXT("a b c")}, {TEXT("%4a%4A%2B"), TEXT("JJ+")},
        {TEXT("%00%ff"), TEXT("\0\xff")}, {TEXT("+"), TEXT(" ")},
        {TEXT("%2525"), TEXT("%25")},     {TEXT(""), TEXT("")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out;
        assert_int_equal(percent_decode(cases[i].sent, &arena, &out), PERCENT_OK);
        assert_true(text_equal(out, cases[i].meant));
        arena_reset(&arena);
    }
}

static void what_is_not_escaped_stays_where_it_is(void **state)
{
    (void)state;
    struct text sent = TEXT("Patient/12"), out;
    assert_int_equal(percent_decode(sent, &arena, &out), PERCENT_OK);
    assert_ptr_equal(out.bytes, sent.bytes);
    assert_int_equal(out.len, sent.len);
}

static void a_percent_without_two_digits_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"%", "a%", "%4", "%g0", "%0g", "%%41", "% 4", "%4%41"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct text out;
        assert_int_equal(percent_decode(text_of(wrong[i]), &arena, &out), PERCENT_ERR_SYNTAX);
        arena_reset(&arena);
    }
}

static void without_room_it_says_so(void **state)
{
    (void)state;
    char sent[100];
    struct text out;
    memset(sent, '+', sizeof sent);
    assert_int_equal(percent_decode((struct text){sent, sizeof sent}, &arena, &out),
                     PERCENT_ERR_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_escaped_is_as_it_was_meant),
        cmocka_unit_test(what_is_not_escaped_stays_where_it_is),
        cmocka_unit_test(a_percent_without_two_digits_is_refused),
        cmocka_unit_test(without_room_it_says_so),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include "base/utf8.h"
#include "unit/cmocka_base.h"

static const struct text none = {NULL, 0};

static void texts_are_equal_by_their_bytes(void **state)
{
    (void)state;
    assert_true(text_equal(none, TEXT("")));
    assert_true(text_equal(TEXT("a\0b"), TEXT("a\0b")));
    assert_false(text_equal(TEXT("a\0b"), TEXT("a\0c")));
    assert_false(text_equal(TEXT("ab"), TEXT("a")));
    assert_true(text_is(TEXT("ab"), "ab"));
    assert_false(text_is(TEXT("ab\0"), "ab"));
    assert_true(text_equal(text_of("xy"), TEXT("xy")));
}

static void a_start_is_at_most_the_whole(void **state)
{
    (void)state;
    assert_true(text_starts(TEXT("abc"), TEXT("ab")));
    assert_true(text_starts(TEXT("abc"), TEXT("abc")));
    assert_true(text_starts(none, none));
    assert_false(text_starts(TEXT("abc"), TEXT("abcd")));
    assert_false(text_starts(TEXT("abc"), TEXT("b")));
}

static void order_is_by_bytes_the_shorter_first(void **state)
{
    (void)state;
    static const char *const sorted[] = {"", "A", "a", "aa", "ab", "b", "\xc3\xa9"};
    enum { COUNT = sizeof sorted / sizeof *sorted };
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++) {
            int order = text_compare(text_of(sorted[i]), text_of(sorted[j]));
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    assert_int_equal(text_compare(none, TEXT("")), 0);
}

static void every_character_is_written_and_read_as_it_was(void **state)
{
    (void)state;
    char last[UTF8_LEN_MAX] = "";
    for (uint32_t code = 0; code <= UTF8_CODE_MAX; code++) {
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        char bytes[UTF8_LEN_MAX] = "";
        uint32_t read;
        size_t len = utf8_write(bytes, code);
        assert_int_equal(utf8_read(bytes, bytes + len, &read), len);
        assert_int_equal(read, code);
        if (len > 1)
            assert_int_equal(utf8_read(bytes, bytes + len - 1, &read), 0);
        assert_true(code == 0 || memcmp(bytes, last, sizeof bytes) > 0); /* RFC 3629 section 1 */
        memcpy(last, bytes, sizeof bytes);
    }
}

/* Each two bytes that could begin a character, with two behind them: taken only where writing gives them back. */
static void what_is_not_shortest_or_no_character_is_refused(void **state)
{
    (void)state;
    for (unsigned lead = 0x80; lead <= 0xFF; lead++)
        for (unsigned second = 0; second <= 0xFF; second++) {
            const char bytes[UTF8_LEN_MAX] = {(char)lead, (char)second, '\x80', '\xbf'};
            char again[UTF8_LEN_MAX];
            uint32_t code;
            size_t len = utf8_read(bytes, bytes + sizeof bytes, &code);
            if (!len)
                continue;
            assert_int_equal(utf8_write(again, code), len);
            assert_memory_equal(again, bytes, len);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_equal_by_their_bytes),
        cmocka_unit_test(a_start_is_at_most_the_whole),
        cmocka_unit_test(order_is_by_bytes_the_shorter_first),
        cmocka_unit_test(every_character_is_written_and_read_as_it_was),
        cmocka_unit_test(what_is_not_shortest_or_no_character_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

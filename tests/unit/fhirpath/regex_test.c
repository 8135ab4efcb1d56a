/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/regex.h"

#include "base/random.h"
#include "cmocka_base.h"

enum { ARENA_BYTES_MAX = 64 * 1024 * 1024, STEPS = 10 * 1000 * 1000 };

static enum regex_err find(const char *pattern, const char *text, bool *is_found)
{
    struct arena arena;
    const struct regex *regex;
    uint32_t steps = STEPS;
    arena_init(&arena, ARENA_BYTES_MAX);
    struct regex_search search = {.arena = &arena, .steps_left = &steps};
    enum regex_err err = regex_compile(&regex, text_of(pattern), &arena);
    if (!err)
        err = regex_find(regex, text_of(text), &search, is_found);
    arena_free(&arena);
    return err;
}

static void patterns_are_found_as_pcre_would(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool is_found;
    } cases[] = {
        {"", "", true},
        {"a", "cab", true},
        {"^a", "ba", false},
        {"a$", "ab", false},
        {"^$", "", true},
        {"a|b|c", "xxc", true},
        {"^(a|bc)*$", "abcbca", true},
        {"^(a|bc)*$", "abcb", false},
        {"^a{3}$", "aaa", true},
        {"^a{3}$", "aa", false},
        {"^a{2,}$", "aaaa", true},
        {"^a{2,3}$", "aaaa", false},
        {"^a{0,1}b$", "b", true},
        {"^a{,3}$", "a{,3}", true},
        {"^[^a-c]+$", "xyz", true},
        {"^[^a-c]+$", "xay", false},
        {"^[]a]+$", "]a", true},
        {"^[a-]+$", "a-", true},
        {"^[\\w.-]+@[\\w.-]+$", "a.b@x-y.ma", true},
        {"^\\S+$", "a b", false},
        {"\\bcat\\b", "a cat.", true},
        {"\\bcat\\b", "concat", false},
        {"\\Bcat", "concat", true},
        {"^.$", "é", true},
        {"^\\p{L}+$", "éعمر", true},
        {"^\\u0061\\x62$", "ab", true},
        {"^(?:ab)+?c$", "ababc", true},
        {"^a.*?z$", "abcz", true},
        {"^(a*)*$", "aaaa", true},
        {"^(a*)+b", "aaab", true},
        {"^((a|b)+c)+$", "abcbac", true},
        {"[A-Z]([A-Za-z0-9_]){0,254}", "name", false},
        {"^[A-Z]([A-Za-z0-9_]){0,254}$", "Name_1", true},
        {"^[^\\s\\.,:;\\'\"\\/|?!@#$%&*()\\[\\]{}]{1,64}$", "Patient", true},
        {"^[A-Za-z][A-Za-z0-9]*(\\.[a-z][A-Za-z0-9]*(\\[x])?)*$", "Observation.value[x]", true},
        {"^[A-Za-z][A-Za-z0-9]*(\\.[a-z][A-Za-z0-9]*(\\[x])?)*$", "Observation.value[y]", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool is_found = !cases[i].is_found;
        if (find(cases[i].pattern, cases[i].text, &is_found) || is_found != cases[i].is_found)
            fail_msg("%s in %s", cases[i].pattern, cases[i].text);
    }
}

static void what_is_no_pattern_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "(",     ")",      "a)",      "[",     "[a",      "[b-a]", "*",   "+a",
        "a|*",   "(?=a)",  "(?<n>a)", "(?i)a", "\\1",     "\\",    "\\q", "\\p{Greek}",
        "\\u12", "a{3,2}", "[\\b]",   "a**",   "a{2}{3}", "a+*",   "a???"};
    bool is_found;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (find(wrong[i], "a", &is_found) != REGEX_ERR_PATTERN)
            fail_msg("%s", wrong[i]);
    assert_int_equal(find("a{1001}", "a", &is_found), REGEX_ERR_SIZE);
    assert_int_equal(find("(a{100}){100}", "a", &is_found), REGEX_ERR_SIZE);
}

/* The obvious way: tries all there is, on patterns made of atoms "x", each perhaps with *, and alternatives. */
static bool slow_here(const char *pattern, const char *text);

static bool slow_star(char atom, const char *rest, const char *text)
{
    do {
        if (slow_here(rest, text))
            return true;
    } while (*text && (*text++ == atom || atom == '.'));
    return false;
}

static bool slow_here(const char *pattern, const char *text)
{
    if (!*pattern)
        return true;
    if (pattern[1] == '*')
        return slow_star(pattern[0], pattern + 2, text);
    if (pattern[1] == '?')
        return (*text && (*text == pattern[0] || pattern[0] == '.') &&
                slow_here(pattern + 2, text + 1)) ||
               slow_here(pattern + 2, text);
    if (pattern[0] == '$' && !pattern[1])
        return !*text;
    return *text && (*text == pattern[0] || pattern[0] == '.') && slow_here(pattern + 1, text + 1);
}

static bool slow_find(const char *pattern, const char *text)
{
    if (pattern[0] == '^')
        return slow_here(pattern + 1, text);
    do {
        if (slow_here(pattern, text))
            return true;
    } while (*text++);
    return false;
}

static void what_is_found_is_what_a_slow_search_finds(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 11);
    for (unsigned i = 0; i < 30000 / UNIT_SLOWER; i++) {
        char pattern[16] = "", text[12] = "";
        size_t len = 0;
        if (random_below(&random, 3) == 0)
            pattern[len++] = '^';
        for (uint64_t atoms = 1 + random_below(&random, 4); atoms > 0; atoms--) {
            pattern[len++] = "abc."[random_below(&random, 4)];
            uint64_t repeat = random_below(&random, 4);
            if (repeat < 2)
                pattern[len++] = "*?"[repeat];
        }
        if (random_below(&random, 3) == 0)
            pattern[len++] = '$';
        for (uint64_t at = 0, end = random_below(&random, 9); at < end; at++)
            text[at] = "abc"[random_below(&random, 3)];
        bool is_found;
        assert_int_equal(find(pattern, text, &is_found), REGEX_OK);
        if (is_found != slow_find(pattern, text))
            fail_msg("%s in %s", pattern, text);
    }
}

static void matches_are_replaced_from_the_left(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text, *by, *result;
    } cases[] = {
        {"a", "banana", "o", "bonono"},
        {"a+", "baaanaa", "<$0>", "b<aaa>n<aa>"},
        {"a+?", "baa", "<$0>", "b<a><a>"},
        {"(a|ab)(c|bcd)?", "abcd", "[$1,$2]", "[a,bcd]"},
        {"x*", "abc", "-", "-a-b-c-"},
        {"(\\d+)/(\\d+)", "7/11 8/12", "$2.$1", "11.7 12.8"},
        {"(a)|(b)", "ab", "<$1$2>", "<a><b>"},
        {"\\..*", "Patient.name.given", "", "Patient"},
        {"a", "a", "\\$0\\\\", "$0\\"},
        {"é", "été", "e", "ete"},
        {"((a)|b)+", "abab", "$1$2", "ba"},
        {"b$", "bb", "x", "bx"},
        {"^b", "bb", "x", "xb"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena;
        struct buffer out;
        const struct regex *regex;
        uint32_t steps = STEPS;
        arena_init(&arena, ARENA_BYTES_MAX);
        struct regex_search search = {.arena = &arena, .steps_left = &steps};
        buffer_init(&out, &arena);
        assert_int_equal(regex_compile(&regex, text_of(cases[i].pattern), &arena), REGEX_OK);
        assert_int_equal(
            regex_replace(regex, text_of(cases[i].text), text_of(cases[i].by), &search, 1000, &out),
            REGEX_OK);
        if (!text_is(buffer_text(&out), cases[i].result))
            fail_msg("%s: %.*s, not %s", cases[i].pattern, (int)out.len, out.bytes,
                     cases[i].result);
        arena_free(&arena);
    }
}

static void steps_and_bytes_are_limited(void **state)
{
    (void)state;
    struct arena arena;
    struct buffer out;
    const struct regex *regex;
    uint32_t steps = 1000;
    bool is_found;
    char text[5000];
    memset(text, 'a', sizeof text);
    arena_init(&arena, ARENA_BYTES_MAX);
    struct regex_search search = {.arena = &arena, .steps_left = &steps};
    assert_int_equal(regex_compile(&regex, TEXT("(a|a)*b"), &arena), REGEX_OK);
    assert_int_equal(regex_find(regex, (struct text){text, sizeof text}, &search, &is_found),
                     REGEX_ERR_STEPS);
    steps = STEPS;
    assert_int_equal(regex_find(regex, (struct text){text, sizeof text}, &search, &is_found),
                     REGEX_OK);
    assert_false(is_found);
    assert_in_range(STEPS - steps, sizeof text, 20 * sizeof text); /* in proportion to the text */
    buffer_init(&out, &arena);
    assert_int_equal(regex_compile(&regex, TEXT("a"), &arena), REGEX_OK);
    assert_int_equal(regex_replace(regex, (struct text){text, sizeof text}, TEXT("bb"), &search,
                                   sizeof text, &out),
                     REGEX_ERR_MEMORY);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_are_found_as_pcre_would),
        cmocka_unit_test(what_is_no_pattern_is_refused),
        cmocka_unit_test(what_is_found_is_what_a_slow_search_finds),
        cmocka_unit_test(matches_are_replaced_from_the_left),
        cmocka_unit_test(steps_and_bytes_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

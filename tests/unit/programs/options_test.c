/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

struct settings {
    const char *identity;
    const char *hands;
    struct option_list lines;
    double age_ms;
    uint64_t seed;
    uint64_t length_ns;
    bool quiet;
};

static const char *const hands[] = {"still", "script", NULL};

static const struct option table[] = {
    {"identity", OPTION_TEXT, offsetof(struct settings, identity), .unit = "DIR",
     .help = "the site's key and certificate"},
    {"hands", OPTION_TEXT, offsetof(struct settings, hands), .standard = "still", .choices = hands},
    {"line", OPTION_LIST, offsetof(struct settings, lines), .unit = "ADDR:PORT", .required = true,
     .help = "where the cart listens"},
    {"age", OPTION_NUMBER, offsetof(struct settings, age_ms), .unit = "ms", .standard = "300",
     .least = 1, .most = 5000},
    {"seed", OPTION_COUNT, offsetof(struct settings, seed), .help = "of the weather"},
    {"for", OPTION_DURATION, offsetof(struct settings, length_ns), .standard = "1m", .least = 0.001,
     .most = 7200},
    {"quiet", OPTION_FLAG, offsetof(struct settings, quiet), .help = "say less"},
    {0},
};

static const struct options_usage usage = {"jisr test", "Tries the options.", "OUTDIR",
                                           .operands_least = 0, .operands_most = 1};

/* What one reading gave. */
static struct settings settings;
static char **operands;
static size_t operand_count;
static char *said; /* on standard error or output */

/* Reads the words of `line`, parted by single blanks, catching what is printed. */
static enum options_result read_line(const char *line)
{
    static char words[256];
    static char name[] = "test", *argv[64] = {name}; /* the operands point into it */
    int argc = 1;
    size_t len;
    FILE *err = stderr, *out = stdout;

    snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;

    free(said);
    settings = (struct settings){0};
    stderr = stdout = open_memstream(&said, &len);
    enum options_result result =
        options_read(&usage, table, &settings, argc, argv, &operands, &operand_count);
    fclose(stdout);
    stderr = err;
    stdout = out;
    return result;
}

static void assert_wrong(const char *line, const char *words)
{
    assert_int_equal(read_line(line), OPTIONS_WRONG);
    if (!strstr(said, words))
        fail_msg("'%s' was answered '%s', without '%s'", line, said, words);
    assert_string_equal(strchr(said, '\n'), "\n"); /* one line */
}

static void the_standards_fill_what_is_not_given(void **state)
{
    (void)state;
    assert_int_equal(read_line("--line a:1"), OPTIONS_OK);
    assert_string_equal(settings.hands, "still");
    assert_true(settings.age_ms == 300);
    assert_true(settings.length_ns == UINT64_C(60000000000));
    assert_null(settings.identity);
    assert_false(settings.quiet);
    assert_int_equal(operand_count, 0);
    assert_string_equal(said, "");
}

static void each_kind_is_read_with_a_blank_or_an_equals_sign(void **state)
{
    (void)state;
    assert_int_equal(
        read_line("--line a:1 --line=b:2 --identity d --age=2.5 --seed 18446744073709551615 "
                  "--for 250ms --quiet --hands script"),
        OPTIONS_OK);
    assert_int_equal(settings.lines.count, 2);
    assert_string_equal(settings.lines.items[0], "a:1");
    assert_string_equal(settings.lines.items[1], "b:2");
    assert_string_equal(settings.identity, "d");
    assert_string_equal(settings.hands, "script");
    assert_true(settings.age_ms == 2.5);
    assert_true(settings.seed == UINT64_MAX);
    assert_true(settings.length_ns == 250000000);
    assert_true(settings.quiet);
}

static void durations_are_read_in_each_unit(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        uint64_t ns;
    } cases[] = {
        {"--line a --for 1ms", 1000000},
        {"--line a --for 2500us", 2500000},
        {"--line a --for 1.5s", 1500000000},
        {"--line a --for 2m", UINT64_C(120000000000)},
        {"--line a --for 1h", UINT64_C(3600000000000)},
        {"--line a --for 1000000ns", 1000000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_line(cases[i].line), OPTIONS_OK);
        assert_true(settings.length_ns == cases[i].ns);
    }
}

static void operands_keep_their_order_among_options(void **state)
{
    (void)state;
    assert_int_equal(read_line("--line a out --quiet"), OPTIONS_OK);
    assert_int_equal(operand_count, 1);
    assert_string_equal(operands[0], "out");
    assert_int_equal(read_line("--line a -- --quiet"), OPTIONS_OK);
    assert_string_equal(operands[0], "--quiet");
    assert_false(settings.quiet);
    assert_wrong("--line a one two", "too many words");
}

static void the_last_one_given_wins(void **state)
{
    (void)state;
    assert_int_equal(read_line("--line a --age 5 --age 6"), OPTIONS_OK);
    assert_true(settings.age_ms == 6);
}

static void a_wrong_option_is_answered_with_the_nearest_right_one(void **state)
{
    (void)state;
    assert_wrong("--line a --idnetity d", "did you mean '--identity'?");
    assert_wrong("--lines a", "did you mean '--line'?");
    assert_wrong("--line a --sede=4", "did you mean '--seed'?");
    assert_wrong("--line a -quiet", "did you mean '--quiet'?");
    assert_wrong("--line a --xyzzy", "no option '--xyzzy'; `jisr test --help`");
}

static void a_wrong_value_is_answered_with_the_right_ones(void **state)
{
    (void)state;
    assert_wrong("--line a --hands scirpt", "still, script, not 'scirpt', did you mean 'script'?");
    assert_wrong("--line a --age 5001", "a number: 1 to 5000 ms, not '5001'");
    assert_wrong("--line a --age 5x", "a number");
    assert_wrong("--line a --age nan", "a number");
    assert_wrong("--line a --age=", "a number");
    assert_wrong("--line a --seed -1", "a whole number");
    assert_wrong("--line a --seed 18446744073709551616", "a whole number");
    assert_wrong("--line a --for 10", "such as 250us");
    assert_wrong("--line a --for 3h", "0.001 to 7200 s, not '3h'");
    assert_wrong("--line a --quiet=yes", "takes no value");
    assert_wrong("--line a --identity --quiet", "needs a value (DIR)");
    assert_wrong("--line", "needs a value (ADDR:PORT)");
}

static void a_missing_option_is_named(void **state)
{
    (void)state;
    assert_wrong("--quiet", "'--line ADDR:PORT' is missing: where the cart listens");
}

static void a_list_that_is_full_takes_no_more(void **state)
{
    (void)state;
    char line[256] = "";
    for (int i = 0; i < OPTION_LIST_MAX; i++)
        strcat(line, "--line a ");
    assert_int_equal(read_line(line), OPTIONS_OK);
    strcat(line, "--line a");
    assert_wrong(line, "given less often");
}

static void help_is_asked_for_anywhere_and_shows_every_option(void **state)
{
    (void)state;
    assert_int_equal(read_line("--age 5001 --help"), OPTIONS_HELP_SHOWN);
    for (const struct option *option = table; option->name; option++)
        assert_non_null(strstr(said, option->name));
    assert_non_null(strstr(said, "usage: jisr test [OPTIONS] OUTDIR"));
    assert_non_null(strstr(said, "1 to 5000 ms; standard 300"));
}

static void the_nearest_word_is_found_by_letters_changed(void **state)
{
    (void)state;
    static const char *const words[] = {"identity", "cart", "console", "weather", NULL};
    assert_string_equal(options_nearest("wether", words), "weather");
    assert_string_equal(options_nearest("cosnole", words), "console");
    assert_string_equal(options_nearest("carts", words), "cart");
    assert_string_equal(options_nearest("identity", words), "identity");
    assert_null(options_nearest("zzz", words));
}

static void a_program_without_operands_goes_on_or_ends_with_a_status(void **state)
{
    (void)state;
    static const struct options_usage alone = {.command = "alone", .summary = "a test"};
    static char name[] = "test", line[] = "--line=a:1", operand[] = "operand";
    char *argv[] = {name, line, operand};
    assert_int_equal(options_alone(&alone, table, &settings, 2, argv), -1);
    assert_string_equal(settings.lines.items[0], "a:1");
    settings = (struct settings){0};
    assert_int_equal(options_alone(&alone, table, &settings, 3, argv), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standards_fill_what_is_not_given),
        cmocka_unit_test(each_kind_is_read_with_a_blank_or_an_equals_sign),
        cmocka_unit_test(durations_are_read_in_each_unit),
        cmocka_unit_test(operands_keep_their_order_among_options),
        cmocka_unit_test(the_last_one_given_wins),
        cmocka_unit_test(a_wrong_option_is_answered_with_the_nearest_right_one),
        cmocka_unit_test(a_wrong_value_is_answered_with_the_right_ones),
        cmocka_unit_test(a_missing_option_is_named),
        cmocka_unit_test(a_list_that_is_full_takes_no_more),
        cmocka_unit_test(help_is_asked_for_anywhere_and_shows_every_option),
        cmocka_unit_test(the_nearest_word_is_found_by_letters_changed),
        cmocka_unit_test(a_program_without_operands_goes_on_or_ends_with_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

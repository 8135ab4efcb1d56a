/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

enum { TABLE_MAX = 64, HELP_COLUMN = 28 };

struct reading {
    const struct options_usage *usage;
    const struct option *table;
    char *settings;
    bool given[TABLE_MAX];
};

static size_t table_count(const struct option *table)
{
    size_t count = 0;
    while (table[count].name)
        count++;
    assert(count <= TABLE_MAX);
    return count;
}

const char *options_nearest(const char *word, const char *const *words)
{
    return nearest_word(word, words);
}

static bool read_number(double *number, const char *text, char **end)
{
    if (!isdigit((unsigned char)*text) && *text != '-' && *text != '.')
        return false; /* no blanks, no "inf", no "nan" */
    errno = 0;
    *number = strtod(text, end);
    return *end != text && errno == 0 && isfinite(*number);
}

static bool in_range(const struct option *option, double number)
{
    return (option->least == 0 && option->most == 0) ||
           (number >= option->least && number <= option->most);
}

static bool set_number(const struct option *option, double *field, const char *text)
{
    char *end;
    double number;
    if (!read_number(&number, text, &end) || *end != '\0' || !in_range(option, number))
        return false;
    *field = number;
    return true;
}

static bool set_count(const struct option *option, uint64_t *field, const char *text)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return false;
    errno = 0;
    unsigned long long count = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0' || !in_range(option, (double)count))
        return false;
    *field = count;
    return true;
}

static bool set_duration(const struct option *option, uint64_t *field, const char *text)
{
    static const struct {
        const char *suffix;
        double s;
    } units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};
    const double s_most = 1e9; /* 31 years: far inside what 64 bits of nanoseconds hold */
    char *suffix;
    double number;

    if (!read_number(&number, text, &suffix) || number < 0)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(suffix, units[i].suffix) != 0)
            continue;
        double s = number * units[i].s;
        if (s > s_most || !in_range(option, s))
            return false;
        *field = (uint64_t)llround(s * 1e9);
        return true;
    }
    return false;
}

static bool set_text(const struct option *option, const char **field, const char *text)
{
    bool known = !option->choices || nearest_form_of(text, option->choices);
    if (known)
        *field = text;
    return known;
}

static bool set_list(struct option_list *list, const char *text)
{
    if (list->count == OPTION_LIST_MAX)
        return false;
    list->items[list->count++] = text;
    return true;
}

static bool set_field(const struct reading *reading, const struct option *option, const char *text)
{
    void *field = reading->settings + option->offset;

    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_TEXT:
        return set_text(option, field, text);
    case OPTION_NUMBER:
        return set_number(option, field, text);
    case OPTION_COUNT:
        return set_count(option, field, text);
    case OPTION_DURATION:
        return set_duration(option, field, text);
    case OPTION_LIST:
        return set_list(field, text);
    }
    return false;
}

static void print_range(FILE *out, const struct option *option)
{
    const char *unit = option->kind == OPTION_DURATION ? "s" : option->unit ? option->unit : "";
    if (!strcmp(unit, "N")) /* how many, of what the help names */
        unit = "";
    fprintf(out, "%.15g to %.15g%s%s", option->least, option->most, *unit ? " " : "", unit);
}

static void print_choices(FILE *out, const struct option *option)
{
    for (const char *const *choice = option->choices; *choice; choice++)
        fprintf(out, "%s%s", choice == option->choices ? "" : ", ", *choice);
}

static void print_bounds(FILE *out, const struct option *option, const char *before)
{
    if (option->choices) {
        fputs(before, out);
        print_choices(out, option);
    } else if (option->least != 0 || option->most != 0) {
        fputs(before, out);
        print_range(out, option);
    }
}

static void print_option(const struct option *option)
{
    char left[64];
    const char *unit = option->unit ? option->unit : "VALUE";

    if (option->kind == OPTION_FLAG)
        snprintf(left, sizeof left, "--%s", option->name);
    else
        snprintf(left, sizeof left, "--%s %s", option->name, unit);
    printf("  %-*s ", HELP_COLUMN, left);
    if (strlen(left) > HELP_COLUMN)
        printf("\n%*s", HELP_COLUMN + 3, "");
    printf("%s", option->help ? option->help : "");
    if (option->kind == OPTION_LIST)
        printf("; may be repeated");
    print_bounds(stdout, option, "; ");
    if (option->standard)
        printf("; standard %s", option->standard);
    if (option->required)
        printf("; required");
    else if (option->unless)
        printf("; required unless --%s is given", option->unless);
    putchar('\n');
}

static void print_help(const struct reading *reading)
{
    const struct options_usage *usage = reading->usage;

    printf("usage: %s [OPTIONS]%s%s\n\n%s\n\n", usage->command, usage->operands ? " " : "",
           usage->operands ? usage->operands : "", usage->summary);
    for (const struct option *option = reading->table; option->name; option++)
        print_option(option);
    printf("  %-*s %s\n", HELP_COLUMN, "--help", "show this");
}

/* Begins a complaint on standard error; the caller ends it with end_wrong. */
static void begin_wrong(const struct reading *reading)
{
    fprintf(stderr, "%s: ", reading->usage->command);
}

static bool end_wrong(const struct reading *reading)
{
    fprintf(stderr, "; `%s --help` lists the options\n", reading->usage->command);
    return false;
}

static bool wrong_name(const struct reading *reading, const char *written, size_t len)
{
    char name[64];
    const char *names[TABLE_MAX + 2];
    size_t count = 0;

    for (const struct option *option = reading->table; option->name; option++)
        names[count++] = option->name;
    names[count++] = "help";
    names[count] = NULL;
    snprintf(name, sizeof name, "%.*s", (int)len, written);

    const char *nearest = options_nearest(name, names);
    begin_wrong(reading);
    fprintf(stderr, "no option '--%s'", name);
    if (nearest)
        fprintf(stderr, ", did you mean '--%s'?", nearest);
    return end_wrong(reading);
}

static bool wrong_value(const struct reading *reading, const struct option *option,
                        const char *text)
{
    static const char *const kinds[] = {
        [OPTION_FLAG] = "a flag",
        [OPTION_TEXT] = "one of these",
        [OPTION_NUMBER] = "a number",
        [OPTION_COUNT] = "a whole number",
        [OPTION_DURATION] = "a duration such as 250us, 20ms, 10s, 2m or 1h",
        [OPTION_LIST] = "given less often",
    };
    const char *nearest = option->choices ? nearest_form(text, option->choices) : NULL;

    begin_wrong(reading);
    fprintf(stderr, "'--%s' must be %s", option->name, kinds[option->kind]);
    print_bounds(stderr, option, ": ");
    fprintf(stderr, ", not '%s'", text);
    if (nearest)
        fprintf(stderr, ", did you mean '%s'?", nearest);
    return end_wrong(reading);
}

static bool give(struct reading *reading, const struct option *option, const char *text)
{
    bool *given = &reading->given[option - reading->table];

    if (option->kind == OPTION_LIST && !*given) /* the first one replaces the standard */
        ((struct option_list *)(void *)(reading->settings + option->offset))->count = 0;
    *given = true;
    return set_field(reading, option, text) || wrong_value(reading, option, text);
}

static const struct option *find(const struct option *table, const char *name, size_t len)
{
    for (; table->name; table++)
        if (strlen(table->name) == len && !memcmp(table->name, name, len))
            return table;
    return NULL;
}

/* Reads the option at argv[*at], and its value, leaving `*at` at the last word it used. */
static bool read_option(struct reading *reading, int argc, char **argv, int *at)
{
    const char *name = argv[*at] + strspn(argv[*at], "-");
    const char *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    const struct option *option =
        strncmp(argv[*at], "--", 2) ? NULL : find(reading->table, name, len);
    bool last = *at + 1 == argc;

    if (!option)
        return wrong_name(reading, name, len);
    if (option->kind == OPTION_FLAG) {
        if (!equals)
            return give(reading, option, "");
        begin_wrong(reading);
        fprintf(stderr, "'--%s' takes no value", option->name);
        return end_wrong(reading);
    }
    if (equals)
        return give(reading, option, equals + 1);
    if (last || !strncmp(argv[*at + 1], "--", 2)) {
        begin_wrong(reading);
        fprintf(stderr, "'--%s' needs a value", option->name);
        if (option->unit)
            fprintf(stderr, " (%s)", option->unit);
        return end_wrong(reading);
    }
    return give(reading, option, argv[++*at]);
}

static void set_standards(const struct reading *reading)
{
    for (const struct option *option = reading->table; option->name; option++) {
        if (!option->standard)
            continue;
        bool set = set_field(reading, option, option->standard);
        assert(set); /* a standard outside its own range is our mistake */
    }
}

static bool is_given(const struct reading *reading, const char *name)
{
    for (const struct option *option = reading->table; option->name; option++)
        if (strcmp(option->name, name) == 0)
            return reading->given[option - reading->table];
    return false;
}

static bool is_complete(const struct reading *reading, size_t operand_count)
{
    const struct options_usage *usage = reading->usage;

    for (const struct option *option = reading->table; option->name; option++) {
        bool is_needed = option->required || (option->unless && !is_given(reading, option->unless));
        if (!is_needed || reading->given[option - reading->table])
            continue;
        begin_wrong(reading);
        fprintf(stderr, "'--%s %s' is missing: %s", option->name,
                option->unit ? option->unit : "VALUE", option->help ? option->help : "required");
        return end_wrong(reading);
    }
    if (operand_count >= usage->operands_least && operand_count <= usage->operands_most)
        return true;
    begin_wrong(reading);
    if (operand_count > usage->operands_most)
        fputs("too many words after the options", stderr);
    else
        fprintf(stderr, "%s is missing", usage->operands);
    return end_wrong(reading);
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return true;
    return false;
}

enum options_result options_read(const struct options_usage *usage, const struct option *table,
                                 void *settings, int argc, char **argv, char ***operands,
                                 size_t *operand_count)
{
    struct reading reading = {.usage = usage, .table = table, .settings = settings};
    size_t count = 0;
    bool only_operands = false;

    assert(table_count(table) <= TABLE_MAX);
    if (asks_help(argc, argv)) {
        print_help(&reading);
        return OPTIONS_HELP_SHOWN;
    }
    set_standards(&reading);
    for (int i = 1; i < argc; i++) {
        if (!only_operands && !strcmp(argv[i], "--"))
            only_operands = true;
        else if (only_operands || argv[i][0] != '-' || argv[i][1] == '\0')
            argv[1 + count++] = argv[i];
        else if (!read_option(&reading, argc, argv, &i))
            return OPTIONS_WRONG;
    }
    if (!is_complete(&reading, count))
        return OPTIONS_WRONG;
    *operands = argv + 1;
    *operand_count = count;
    return OPTIONS_OK;
}

int options_alone(const struct options_usage *usage, const struct option *table, void *settings,
                  int argc, char **argv)
{
    char **operands;
    size_t operand_count;

    assert(!usage->operands);
    switch (options_read(usage, table, settings, argc, argv, &operands, &operand_count)) {
    case OPTIONS_OK:
        break;
    case OPTIONS_HELP_SHOWN:
        return 0;
    case OPTIONS_WRONG:
        return 2;
    }
    return -1;
}

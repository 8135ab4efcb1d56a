/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/supervisor.md holds the tables that the compiled supervisor gives: this writes them anew (with --print)
 * and compares. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "supervisor/profile.h"
#include "unit/cmocka_base.h"

enum { TEXT_BYTES = 65536 };

static char tables[TEXT_BYTES];

static void PRINTF_LIKE(1, 2) put(const char *text, ...)
{
    size_t len = strlen(tables);
    va_list args;
    va_start(args, text);
    int more = vsnprintf(tables + len, TEXT_BYTES - len, text, args);
    va_end(args);
    assert_true(more >= 0 && len + (size_t)more < TEXT_BYTES);
}

/* A place of each state as it is mostly come to; `armed` where that makes a difference. */
static const struct supervisor places[] = {
    {SUPERVISOR_OFF, HOLD_DISABLED, false, false, false},
    {SUPERVISOR_OFF, HOLD_ESTOP, false, true, false},
    {SUPERVISOR_DISABLED, HOLD_DISABLED, false, false, false},
    {SUPERVISOR_READY, HOLD_START, false, false, false},
    {SUPERVISOR_READY, HOLD_RELEASED, true, false, false},
    {SUPERVISOR_READY, HOLD_FROZEN, false, false, false},
    {SUPERVISOR_READY, HOLD_CAMERA, false, false, false},
    {SUPERVISOR_FOLLOWING, HOLD_NONE, false, false, false},
    {SUPERVISOR_HELD, HOLD_SILENCE, false, false, false},
    {SUPERVISOR_HELD, HOLD_SILENCE, true, false, false},
    {SUPERVISOR_UNDOCKING, HOLD_UNDOCK, false, false, true},
    {SUPERVISOR_STOPPED, HOLD_STOPPED, false, false, false},
    {SUPERVISOR_DOCKING, HOLD_DOCK, false, false, false},
    {SUPERVISOR_STOPPED, HOLD_UNDOCKED, false, false, true},
    {SUPERVISOR_DISABLED, HOLD_UNDOCKED, false, false, true},
    {SUPERVISOR_HELD, HOLD_UNDOCKED, false, false, true},
    {SUPERVISOR_DOCKING, HOLD_DOCK, false, false, true},
};

static void put_place(const struct supervisor *at)
{
    put("%s (%s%s%s%s)", supervisor_state_word(at->state), hold_cause_word(at->cause),
        at->armed ? ", armed" : "", at->estop ? ", button down" : "", at->is_out ? ", out" : "");
}

static void put_events(void)
{
    put("| state | event | next | reaction | what clears it |\n| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (unsigned event = 0; event < SUPERVISOR_EVENTS; event++) {
            struct supervisor next = places[i];
            enum reaction reaction = supervisor_step(&next, (enum supervisor_event)event, 0);
            bool is_same = next.state == places[i].state && next.cause == places[i].cause &&
                           next.armed == places[i].armed && next.estop == places[i].estop &&
                           next.is_out == places[i].is_out;
            if (is_same)
                continue;
            put("| ");
            put_place(&places[i]);
            put(" | %s | ", supervisor_event_word((enum supervisor_event)event));
            put_place(&next);
            put(" | %s | %s |\n", reaction_word(reaction), clearing_text(supervisor_clears(&next)));
        }
}

static void put_limit(unsigned key)
{
    struct profile profile;
    profile_standard(&profile);
    const struct profile_limit *limit = &profile.limits[key];
    put("| %s | ", profile_key_word(key));
    if (profile_key_unit(key)[0])
        put("%s%g %s | %s", profile_key_is_least(key) ? "at least " : "", limit->most,
            profile_key_unit(key), limit->source);
    else
        put("good or bad | ");
}

static void put_gates(void)
{
    put("| gate | good up to | source | reaction | a following arm becomes | at rest | what clears "
        "it |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n");
    for (unsigned key = 0; key < PROFILE_MEASURED; key++) {
        enum supervisor_gate gate = profile_key_gate(key);
        const struct supervisor_gate_row *row = &supervisor_gates[gate];
        struct supervisor next = {.state = SUPERVISOR_FOLLOWING};
        supervisor_step(&next, SUPERVISOR_TICK, GATE_BIT(gate));
        put_limit(key);
        put(" | %s | ", reaction_word(row->reaction));
        put_place(&next);
        put(" | %s | %s |\n",
            row->reaction < REACTION_HOLD ? "nothing"
            : row->minds_rest             ? "minded"
                                          : "only disarms",
            next.cause ? clearing_text(supervisor_clears(&next)) : "passes with its cause");
    }
}

static void put_other_limits(void)
{
    put("| limit | standard | source |\n| --- | --- | --- |\n");
    for (unsigned key = PROFILE_MEASURED; key < PROFILE_KEYS; key++) {
        put_limit(key);
        put(" |\n");
    }
}

static void make_tables(void)
{
    tables[0] = '\0';
    put_events();
    put("\n");
    put_gates();
    put("\n");
    put_other_limits();
}

static void the_page_has_the_tables_of_the_compiled_supervisor(void **state)
{
    (void)state;
    static char page[TEXT_BYTES];
    FILE *file = fopen("docs/supervisor.md", "r");
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    make_tables();
    for (char *line = strtok(tables, "\n"); line; line = strtok(NULL, "\n"))
        if (!strstr(page, line))
            fail_msg("docs/supervisor.md lacks: %s (write it anew with --print)", line);
    unsigned rows = 0, wanted = 0;
    make_tables();
    const char *from = strstr(page, "## States and events");
    assert_non_null(from);
    for (const char *at = from; (at = strstr(at, "\n|")); at++)
        rows++;
    for (const char *at = tables; (at = strchr(at, '\n')); at++)
        wanted++;
    assert_int_equal(rows, wanted - 2); /* the blank lines between */
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_has_the_tables_of_the_compiled_supervisor),
    };
    if (argc == 2 && !strcmp(argv[1], "--print")) {
        make_tables();
        fputs(tables, stdout);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

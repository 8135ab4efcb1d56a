/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr`: finds the subcommand and hands over. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "options.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {"cart", command_cart, "the patient's side: an arm that follows, or holds"},
    {"console", command_console, "the surgeon's side: hands out, pictures in"},
    {"bedside", command_bedside, "the panel beside the patient: enables, stops, takes over"},
    {"arm", command_arm, "an instrument's joints and poses, as lines of numbers"},
    {"identity", command_identity, "who this site is, and whom it accepts"},
    {"weather", command_weather, "puts delay, loss and outages on lines between two ends"},
    {"operate", command_operate, "a whole operation on this machine, its lines cut on a timetable"},
    {"centre", command_centre, "the health record: a FHIR R4 server"},
    {"try", command_try, "sit at it: console and bedside as windows on this machine"},
    {0},
};

static int help(FILE *out)
{
    fputs("usage: jisr COMMAND [OPTIONS]\n\n", out);
    for (const struct command *command = commands; command->name; command++)
        fprintf(out, "  %-10s %s\n", command->name, command->summary);
    fputs("\n`jisr COMMAND --help` tells more, `jisr --version` which one this is. Not a certified "
          "medical device.\n",
          out);
    return out == stderr ? 2 : 0;
}

static int wrong_command(const char *name)
{
    enum { COMMANDS = sizeof commands / sizeof *commands };
    const char *names[COMMANDS + 2];

    names[0] = "help";
    names[1] = "--version";
    for (size_t i = 0; i < COMMANDS; i++)
        names[2 + i] = commands[i].name; /* the last is NULL */
    const char *nearest = options_nearest(name, names);
    fprintf(stderr, "jisr: no command '%s'", name);
    if (nearest)
        fprintf(stderr, ", did you mean '%s'?", nearest);
    fputs("; `jisr help` lists them\n", stderr);
    return 2;
}

static int run(int argc, char **argv)
{
    for (const struct command *command = commands; command->name; command++)
        if (!strcmp(argv[0], command->name))
            return command->run(argc, argv);
    return wrong_command(argv[0]);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return help(stderr);
    static char ask[] = "--help";
    if (!strcmp(argv[1], "help") && argc > 2 && strcmp(argv[2], "help"))
        return run(2, (char *[]){argv[2], ask, NULL});
    if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help"))
        return help(stdout);
    if (!strcmp(argv[1], "--version"))
        return puts("jisr " JISR_VERSION) < 0 ? 1 : 0;
    return run(argc - 1, argv + 1);
}

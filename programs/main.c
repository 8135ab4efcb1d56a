/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr`: finds the subcommand and hands over. */
#include <stdio.h>
#include <string.h>

#include "commands.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {0},
};

static int help(FILE *out)
{
    fputs("usage: jisr COMMAND [OPTIONS]\n\n", out);
    for (const struct command *command = commands; command->name; command++)
        fprintf(out, "  %-10s %s\n", command->name, command->summary);
    fputs("\n`jisr COMMAND --help` tells more. Not a certified medical device.\n", out);
    return out == stderr ? 2 : 0;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return help(stderr);
    if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help"))
        return help(stdout);
    for (const struct command *command = commands; command->name; command++)
        if (!strcmp(argv[1], command->name))
            return command->run(argc - 1, argv + 1);
    fprintf(stderr, "jisr: no command '%s'; `jisr help` lists them\n", argv[1]);
    return 2;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre`: the health record. With a verb it does one thing to its folder; without one it serves. */
#include <stdio.h>
#include <string.h>

#include "centre/serve.h"
#include "centre/verbs.h"
#include "commands.h"
#include "options.h"

static const struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
} verbs[] = {
    {"audit", centre_audit},   {"backup", centre_backup}, {"check", centre_check},
    {"client", centre_client}, {"demo", centre_demo},     {"init", centre_init},
    {"load", centre_load},     {"rekey", centre_rekey},   {"repair", centre_repair},
    {"token", centre_token},
};
enum { VERBS = sizeof verbs / sizeof *verbs, WRONG_USAGE = 2 };

static int unknown(const char *word)
{
    const char *names[VERBS + 1] = {NULL};
    for (size_t i = 0; i < VERBS; i++)
        names[i] = verbs[i].name;
    const char *nearest = options_nearest(word, names);
    fprintf(stderr, "jisr centre: there is no verb \"%s\"%s%s%s\nverbs:", word,
            nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    for (size_t i = 0; i < VERBS; i++)
        fprintf(stderr, " %s", verbs[i].name);
    fputs("; without one it serves: jisr centre --help\n", stderr);
    return WRONG_USAGE;
}

int command_centre(int argc, char **argv)
{
    if (argc < 2 || argv[1][0] == '-')
        return centre_serve(argc, argv);
    for (size_t i = 0; i < VERBS; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argc - 1, argv + 1);
    return unknown(argv[1]);
}

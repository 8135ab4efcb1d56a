/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre`: the health record. With a verb it does one thing to its folder; without one it serves. */
#include "centre/serve.h"
#include "centre/verb.h"
#include "centre/verbs.h"
#include "commands.h"

static const struct verb verbs[] = {
    {"audit", centre_audit},     {"backup", centre_backup},
    {"check", centre_check},     {"client", centre_client},
    {"demo", centre_demo},       {"init", centre_init},
    {"key", centre_key},         {"load", centre_load},
    {"officer", centre_officer}, {"partner", centre_partner},
    {"person", centre_person},   {"reindex", centre_reindex},
    {"rekey", centre_rekey},     {"repair", centre_repair},
    {"token", centre_token},     {NULL, NULL},
};

int command_centre(int argc, char **argv)
{
    return argc < 2 || argv[1][0] == '-' ? centre_serve(argc, argv)
                                         : verb_run("jisr centre", verbs, argc, argv);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre`: the health record. With a verb it does one thing to its folder; without one it serves. */
#include "centre/serve.h"
#include "centre/verb.h"
#include "centre/verbs.h"
#include "commands.h"

static const struct verb verbs[] = {
    {"audit", centre_audit, "who did what in the record: shown, checked"},
    {"backup", centre_backup, "copies the record while it is in use"},
    {"check", centre_check, "looks at the seal of every page, then at what is inside"},
    {"client", centre_client, "registers a program that may ask for tokens, or changes it"},
    {"demo", centre_demo, "an invented centre of Morocco, filled and served"},
    {"init", centre_init,
     "makes the folder, its keys and an empty record, or the tables in a database"},
    {"key", centre_key, "says and changes what opens the record's keys"},
    {"load", centre_load, "resources from files into the record"},
    {"officer", centre_officer, "says who reviews emergency accesses"},
    {"partner", centre_partner, "whose identity provider may sign people in"},
    {"person", centre_person, "accounts of people, and links for them"},
    {"reindex", centre_reindex, "makes anew what resources are found by"},
    {"rekey", centre_rekey, "takes a new data key and moves the record to it"},
    {"repair", centre_repair, "copies what can still be read of a damaged record"},
    {"token", centre_token, "a bearer token for scripts, made by whoever owns the folder"},
    {0},
};

int command_centre(int argc, char **argv)
{
    return argc < 2 || argv[1][0] == '-' ? centre_serve(argc, argv)
                                         : verb_run("jisr centre", verbs, argc, argv);
}

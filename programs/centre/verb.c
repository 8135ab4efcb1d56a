/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/verb.h"

#include <stdio.h>

#include "centre/record.h"

int verb_failed(const struct options_usage *usage, const char *words)
{
    fprintf(stderr, "%s: %s\n", usage->command, words);
    return FAILED;
}

bool verb_open(struct vault *vault, const struct options_usage *usage,
               const struct verb_folder *folder, unsigned how)
{
    bool (*open)(struct vault *, const char *, const char *, bool) =
        how & VERB_SHUT ? vault_open_shut : vault_open;
    if (open(vault, folder->data, folder->secret, how & VERB_ALONE))
        return true;
    (void)verb_failed(usage, vault->words);
    vault_close(vault);
    return false;
}

int verb_begin(struct vault *vault, const struct options_usage *usage, const struct option *table,
               unsigned how, void *settings, int argc, char **argv)
{
    int status = options_alone(usage, table, settings, argc, argv);
    if (status >= 0)
        return status;
    return verb_open(vault, usage, settings, how) ? -1 : FAILED;
}

bool verb_open_centre(struct centre *centre, const struct options_usage *usage,
                      const struct verb_folder *folder, const char *url)
{
    *centre = (struct centre){.vault.lock = -1};
    if (!verb_open(&centre->vault, usage, folder, VERB_ALONE))
        return false;
    if (record_prepare(centre, url))
        return true;
    (void)verb_failed(usage, "not enough memory");
    return false;
}

void verb_close_centre(struct centre *centre)
{
    vault_close(&centre->vault);
    arena_free(&centre->arena);
}

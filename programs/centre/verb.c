/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/verb.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "centre/passphrase.h"
#include "centre/record.h"
#include "log/log.h"
#include "rest/known.h"
#include "rest/reindex.h"

typedef bool verb_opener(struct vault *, const char *, const struct keys_secret *, bool);

int verb_failed(const struct options_usage *usage, const char *words)
{
    fprintf(stderr, "%s: %s\n", usage->command, words);
    return FAILED;
}

static int unknown(const char *command, const struct verb *verbs, const char *word)
{
    enum { VERBS_MAX = 32 };
    const char *names[VERBS_MAX + 1] = {NULL};
    for (size_t i = 0; verbs[i].name && i < VERBS_MAX; i++)
        names[i] = verbs[i].name;
    const char *nearest = options_nearest(word, names);
    fprintf(stderr, "%s: there is no verb \"%s\"%s%s%s\nverbs:", command, word,
            nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    for (size_t i = 0; names[i]; i++)
        fprintf(stderr, " %s", names[i]);
    fputc('\n', stderr);
    return WRONG_USAGE;
}

static int help(const char *command, const struct verb *verbs)
{
    printf("usage: %s VERB [OPTIONS]\n\n", command);
    for (const struct verb *verb = verbs; verb->name; verb++)
        printf("  %-10s %s\n", verb->name, verb->summary);
    return printf("\n`%s VERB --help` tells more.\n", command) < 0 ? FAILED : DONE;
}

int verb_run(const char *command, const struct verb *verbs, int argc, char **argv)
{
    static char ask[] = "--help";
    const char *word = argc > 1 ? argv[1] : "";
    bool asks = strcmp(word, "help") == 0 || strcmp(word, ask) == 0;
    if (asks && (argc < 3 || argv[2][0] == '-' || strcmp(argv[2], "help") == 0))
        return help(command, verbs);
    if (asks)
        return verb_run(command, verbs, 3, (char *[]){argv[0], argv[2], ask, NULL});
    for (size_t i = 0; verbs[i].name; i++)
        if (strcmp(word, verbs[i].name) == 0)
            return verbs[i].run(argc - 1, argv + 1);
    return unknown(command, verbs, word);
}

/* The keys are opened by the passphrase, which nobody needs after that. */
static bool open_by_passphrase(struct vault *vault, const struct verb_folder *folder,
                               verb_opener *open, bool alone)
{
    struct passphrase passphrase;
    *vault = (struct vault){.lock = -1};
    static_assert(sizeof vault->words >= PASSPHRASE_WORDS_BYTES, "words fit");
    if (folder->secret) {
        snprintf(vault->words, sizeof vault->words, "--secret or --passphrase, not both");
        return false;
    }
    if (!passphrase_read(&passphrase, folder->passphrase, "Passphrase", vault->words))
        return false;
    const struct keys_secret secret = passphrase_secret(&passphrase);
    bool is_open = open(vault, folder->data, &secret, alone);
    passphrase_wipe(&passphrase);
    return is_open;
}

static bool open_database(struct vault *vault, const struct verb_folder *folder, unsigned how)
{
    const struct vault_database database = {folder->database, folder->replica,
                                            (unsigned)folder->parts};
    const char *why = NULL;
    if (!folder->database)
        why = "--replica: of a --database only";
    else if (folder->data || folder->secret || folder->passphrase)
        why = "--database: the record is in one place: not beside --data and what opens its keys";
    else if (how & VERB_FILES)
        why = "--database: PostgreSQL has its own tools for that: pg_basebackup, pg_amcheck, "
              "docs/scale.md";
    if (!why)
        return vault_open_database(vault, &database);
    snprintf(vault->words, sizeof vault->words, "%s", why);
    return false;
}

bool verb_open(struct vault *vault, const struct options_usage *usage,
               const struct verb_folder *folder, unsigned how)
{
    const struct keys_secret by_file = {.method = KEYS_BY_FILE, .path = folder->secret};
    verb_opener *open = how & VERB_SHUT ? vault_open_shut : vault_open;
    bool alone = how & VERB_ALONE;
    *vault = (struct vault){.lock = -1};
    if (folder->database || folder->replica) {
        if (open_database(vault, folder, how))
            return true;
    } else if (folder->passphrase
                   ? open_by_passphrase(vault, folder, open, alone)
                   : open(vault, folder->data, folder->secret ? &by_file : NULL, alone)) {
        return true;
    }
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

/* What is filled into a new record is indexed by this program. */
static void mark_new(struct centre *centre)
{
    enum { STEP_BYTES_MAX = 1 << 20 };
    struct arena arena;
    struct store_view *view;
    uint64_t last_seq = 1;
    struct rest_reindex reindex = {.rest = &centre->rest, .arena = &arena};
    arena_init(&arena, STEP_BYTES_MAX);
    if (store_view_begin(centre->vault.store, &arena, &view) == STORE_OK) {
        if (store_last_seq(view, &last_seq) != STORE_OK)
            last_seq = 1;
        store_view_end(view);
    }
    if (last_seq == 0 && /* where that fails, the index is made anew when the record is served */
        store_run(centre->vault.store, &arena, rest_reindex_run, &reindex) != STORE_OK)
        log_event(LOG_INFO, "index_unmarked", "record=%s", centre->vault.record);
    arena_free(&arena);
}

bool verb_open_centre(struct centre *centre, const struct options_usage *usage,
                      const struct verb_folder *folder, const char *url)
{
    *centre = (struct centre){.vault.lock = -1};
    if (!verb_open(&centre->vault, usage, folder, VERB_ALONE))
        return false;
    if (record_prepare(centre, url)) {
        mark_new(centre);
        return true;
    }
    (void)verb_failed(usage, "not enough memory");
    return false;
}

void verb_close_centre(struct centre *centre)
{
    vault_close(&centre->vault);
    arena_free(&centre->arena);
    known_free(centre->known);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/verb.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

int verb_not_open(const struct vault *vault)
{
    return vault->is_missing ? WRONG_USAGE : FAILED;
}

/* A name that was mistyped makes no record. */
static bool is_missing(struct vault *vault, const char *folder)
{
    char path[VAULT_PATH_BYTES];
    int len = snprintf(path, sizeof path, "%s/keys", folder);
    if (len < 0 || (size_t)len >= sizeof path || access(path, F_OK) == 0)
        return false;
    snprintf(vault->words, sizeof vault->words,
             "there is no record in %.150s: jisr centre init --data %.150s makes one", folder,
             folder);
    return true;
}

bool verb_open(struct vault *vault, const struct options_usage *usage,
               const struct verb_folder *folder, unsigned how)
{
    const struct keys_secret by_file = {.method = KEYS_BY_FILE, .path = folder->secret};
    verb_opener *open = how & VERB_SHUT ? vault_open_shut : vault_open;
    bool alone = how & VERB_ALONE, is_usage = false;
    *vault = (struct vault){.lock = -1};
    if (folder->url && !site_url_is(folder->url)) {
        snprintf(vault->words, sizeof vault->words, "--url: %s", site_url_form);
    } else if (folder->database || folder->replica) {
        if (open_database(vault, folder, how))
            return true;
    } else if (!(how & (VERB_MAKES | VERB_SHUT)) && is_missing(vault, folder->data)) {
        is_usage = true;
    } else if (folder->passphrase
                   ? open_by_passphrase(vault, folder, open, alone)
                   : open(vault, folder->data, folder->secret ? &by_file : NULL, alone)) {
        return true;
    }
    (void)verb_failed(usage, vault->words);
    vault_close(vault);
    vault->is_missing = is_usage;
    return false;
}

int verb_begin(struct vault *vault, const struct options_usage *usage, const struct option *table,
               unsigned how, void *settings, int argc, char **argv)
{
    int status = options_alone(usage, table, settings, argc, argv);
    if (status >= 0)
        return status;
    return verb_open(vault, usage, settings, how) ? -1 : verb_not_open(vault);
}

/* --- one thing in the record -------------------------------------------------------------------------- */

enum { TASK_BYTES_MAX = 64 << 20 };

static enum store_err change(struct store_write *write, void *context)
{
    struct verb_task *task = context;
    task->why = NULL;
    return task->change(write, task);
}

static enum store_err look(struct store *store, struct verb_task *task)
{
    struct store_view *view;
    enum store_err err = store_view_begin(store, &task->arena, &view);
    if (err != STORE_OK)
        return err;
    err = task->look(view, task);
    store_view_end(view);
    return err;
}

int verb_do(struct verb_task *task, const struct options_usage *usage)
{
    struct vault vault;
    enum store_err err = STORE_OK;
    if (!verb_open(&vault, usage, task->settings, VERB_SHARED))
        return verb_not_open(&vault);
    arena_init(&task->arena, TASK_BYTES_MAX);
    task->why = NULL;
    if (task->change)
        err = store_run(vault.store, &task->arena, change, task);
    if (err == STORE_OK && task->look)
        err = look(vault.store, task);
    int status =
        err == STORE_OK ? DONE : verb_failed(usage, task->why ? task->why : store_err_words(err));
    arena_free(&task->arena);
    vault_close(&vault);
    return status;
}

int verb_do_alone(struct verb_task *task, const struct options_usage *usage,
                  const struct option *table, void *settings, int argc, char **argv)
{
    int status = options_alone(usage, table, settings, argc, argv);
    task->settings = settings;
    return status >= 0 ? status : verb_do(task, usage);
}

/* --- a document from a file ---------------------------------------------------------------------------- */

struct keeping {
    struct verb_task task;
    const char *area;
    struct store_note note;
};

static enum store_err put(struct store_write *write, struct verb_task *task)
{
    const struct keeping *keeping = (const struct keeping *)task;
    return store_note_put(write, keeping->area, &keeping->note);
}

/* NULL: `*document` is what the file holds; else why not. */
static const char *read_file(const char *path, size_t bytes_max, struct arena *arena,
                             struct text *document)
{
    char *bytes = arena_take(arena, bytes_max + 1);
    FILE *file = bytes ? fopen(path, "r") : NULL;
    if (!file)
        return bytes ? strerror(errno) : store_err_words(STORE_ERR_MEMORY);
    size_t len = fread(bytes, 1, bytes_max + 1, file);
    const char *why = ferror(file) ? strerror(errno) : len > bytes_max ? "it is too large" : NULL;
    fclose(file);
    *document = (struct text){bytes, len};
    return why;
}

int verb_keep(const struct verb_document *document, const struct options_usage *usage,
              const struct verb_folder *folder, const char *path)
{
    struct keeping keeping = {.task = {.change = put, .settings = folder}, .area = document->area};
    struct arena arena;
    struct buffer line;
    int status = FAILED;
    arena_init(&arena, TASK_BYTES_MAX);
    buffer_init(&line, &arena);
    const char *why = read_file(path, document->bytes_max, &arena, &keeping.note.value);
    if (!why &&
        (!document->read(keeping.note.value, &arena, &keeping.note.key, &line, &why) ||
         line.failed) &&
        !why)
        why = store_err_words(STORE_ERR_MEMORY);
    if (why)
        fprintf(stderr, "%s: %s: %s\n", usage->command, path, why);
    else if ((status = verb_do(&keeping.task, usage)) == DONE)
        printf("%.*s\n", (int)line.len, line.bytes);
    arena_free(&arena);
    return status;
}

/* --- the record alone ---------------------------------------------------------------------------------- */

bool verb_is_new(struct store *store)
{
    struct arena arena;
    struct store_view *view;
    uint64_t last_seq = 1;
    arena_init(&arena, 1 << 20);
    if (store_view_begin(store, &arena, &view) == STORE_OK) {
        if (store_last_seq(view, &last_seq) != STORE_OK)
            last_seq = 1;
        store_view_end(view);
    }
    arena_free(&arena);
    return last_seq == 0;
}

/* What is filled into a new record is indexed by this program. */
static void mark_new(struct centre *centre)
{
    struct arena arena;
    struct rest_reindex reindex = {.rest = &centre->rest, .arena = &arena};
    arena_init(&arena, 1 << 20);
    if (verb_is_new(
            centre->vault.store) && /* where that fails, the index is made anew as it is served */
        store_run(centre->vault.store, &arena, rest_reindex_run, &reindex) != STORE_OK)
        log_event(LOG_INFO, "index_unmarked", "record=%s", centre->vault.record);
    arena_free(&arena);
}

bool verb_open_centre(struct centre *centre, const struct options_usage *usage,
                      const struct verb_folder *folder, unsigned how)
{
    *centre = (struct centre){.vault.lock = -1};
    if (!verb_open(&centre->vault, usage, folder, VERB_ALONE | how))
        return false;
    enum store_err err = site_url_choose(centre->vault.store, folder->url, &centre->site_url);
    if (err == STORE_OK && record_prepare(centre, centre->site_url.text)) {
        mark_new(centre);
        return true;
    }
    (void)verb_failed(usage, store_err_words(err == STORE_OK ? STORE_ERR_MEMORY : err));
    return false;
}

void verb_close_centre(struct centre *centre)
{
    vault_close(&centre->vault);
    arena_free(&centre->arena);
    known_free(centre->known);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log/log.h"
#include "store/postgres.h"
#include "store/postgres_reach.h"
#include "store/sqlite.h"

static bool fail(struct vault *vault, const char *what, const char *why)
{
    snprintf(vault->words, sizeof vault->words, "%.200s: %.300s", what, why);
    return false;
}

static bool path_in(struct vault *vault, char path[static VAULT_PATH_BYTES], const char *folder,
                    const char *name)
{
    int len = snprintf(path, VAULT_PATH_BYTES, "%s/%s", folder, name);
    return len < VAULT_PATH_BYTES - 8 || fail(vault, folder, "too long a name");
}

static bool open_folder(struct vault *vault, const char *folder, bool alone)
{
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return fail(vault, folder, strerror(errno));
    vault->lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (vault->lock < 0)
        return fail(vault, folder, strerror(errno));
    if (alone && flock(vault->lock, LOCK_EX | LOCK_NB) < 0)
        return fail(vault, folder, "another `jisr centre` has it open");
    return true;
}

static bool make_secret(struct vault *vault, const char *path)
{
    struct keys_fault fault;
    if (access(path, F_OK) == 0 || keys_make_file(path, &fault) || fault.err == KEYS_ERR_EXISTS)
        return true;
    return fail(vault, path, fault.words);
}

static bool open_keys(struct vault *vault, const char *folder, const struct keys_secret *given)
{
    char path[VAULT_PATH_BYTES], beside[VAULT_PATH_BYTES];
    struct keys_fault fault;
    if (!path_in(vault, path, folder, "keys") || !path_in(vault, beside, folder, "secret"))
        return false;
    vault->has_secret_beside = given == NULL;
    const struct keys_secret secret =
        given ? *given : (struct keys_secret){.method = KEYS_BY_FILE, .path = beside};
    bool is_there = access(path, F_OK) == 0;
    if (!is_there) {
        if (secret.method == KEYS_BY_FILE && !make_secret(vault, secret.path))
            return false;
        if (keys_create(path, &secret, &keys_cost_usual, KEYS_PAGE_BYTES_USUAL, &vault->keys,
                        &fault))
            return true;
        is_there = fault.err == KEYS_ERR_EXISTS; /* another was faster */
    }
    if (is_there && keys_open(path, &secret, &vault->keys, &fault))
        return true;
    return fail(vault, path, fault.words);
}

static bool open_seal(struct vault *vault, const char *folder, const struct keys_secret *secret,
                      bool alone)
{
    *vault = (struct vault){.lock = -1};
    umask(S_IRWXG | S_IRWXO); /* whatever is made is its owner's alone */
    if (!open_folder(vault, folder, alone) || !open_keys(vault, folder, secret) ||
        !path_in(vault, vault->record, folder, "record.db"))
        return false;
    vault->seal = seal_vfs_new(vault->keys);
    return vault->seal || fail(vault, folder, "not enough memory");
}

bool vault_open_shut(struct vault *vault, const char *folder, const struct keys_secret *secret,
                     bool alone)
{
    static const char *const needed[] = {"keys", "record.db"};
    *vault = (struct vault){.lock = -1};
    for (unsigned i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (!path_in(vault, vault->record, folder, needed[i]))
            return false;
        if (access(vault->record, F_OK) < 0)
            return fail(vault, vault->record, strerror(errno));
    }
    return open_seal(vault, folder, secret, alone);
}

/* Keys that have been there for a while belong to a record: an empty one in its place is not begun without a word. */
static bool is_record_gone(struct vault *vault, const char *folder)
{
    enum { WHILE_S = 10 }; /* another who makes the same folder is done by then */
    struct stat keys, record;
    char path[VAULT_PATH_BYTES];
    if (!path_in(vault, path, folder, "keys") || stat(path, &keys) < 0 ||
        keys.st_mtime + WHILE_S > time(NULL))
        return false;
    if (!path_in(vault, path, folder, "record.db") ||
        (stat(path, &record) == 0 && record.st_size > 0))
        return false;
    return !fail(vault, path,
                 "the record is gone, though its keys are there: put back a copy, or remove keys "
                 "to begin anew");
}

bool vault_open(struct vault *vault, const char *folder, const struct keys_secret *secret,
                bool alone)
{
    char help[STORE_HELP_BYTES];
    *vault = (struct vault){.lock = -1};
    if (is_record_gone(vault, folder) || !open_seal(vault, folder, secret, alone))
        return false;
    const struct sqlite_setting setting = {.path = vault->record, .seal = vault->seal};
    enum store_err err = store_sqlite_open(&vault->store, &setting, help);
    if (err == STORE_OK)
        return true;
    vault->store = NULL;
    return fail(vault, vault->record, *help ? help : store_err_words(err));
}

static void tell_reach(bool is_away)
{
    if (is_away)
        log_event(LOG_ERROR, "database_away",
                  "help=\"nothing is read or written until it is back; it is tried again\"");
    else
        log_event(LOG_INFO, "database_back", "help=\"reads and writes go on\"");
}

bool vault_open_database(struct vault *vault, const struct vault_database *database)
{
    char conninfo[POSTGRES_REACH_BYTES], replica[POSTGRES_REACH_BYTES], help[POSTGRES_HELP_BYTES];
    const char *why;
    *vault = (struct vault){.lock = -1, .is_shared = true, .has_replica = database->replica};
    if (!postgres_reach(database->conninfo, conninfo, &why))
        return fail(vault, "--database", why);
    if (database->replica && !postgres_reach(database->replica, replica, &why))
        return fail(vault, "--replica", why);
    const struct postgres_setting setting = {.conninfo = conninfo,
                                             .replica = database->replica ? replica : NULL,
                                             .parts = database->parts,
                                             .reach = tell_reach};
    if (store_postgres_open(&vault->store, &setting, help) == STORE_OK)
        return true;
    vault->store = NULL;
    return fail(vault, "the database", help);
}

enum store_err vault_reached(const struct vault *vault, struct store_view *from, uint64_t *place)
{
    *place = 0;
    return vault->has_replica ? store_postgres_reached(from, place) : STORE_OK;
}

enum store_err vault_view(const struct vault *vault, struct arena *arena, uint64_t place,
                          struct store_view **view)
{
    bool is_replica;
    if (!vault->has_replica)
        return store_view_begin(vault->store, arena, view);
    return store_postgres_view(vault->store, arena, place, view, &is_replica);
}

void vault_close(struct vault *vault)
{
    if (vault->store)
        store_close(vault->store);
    seal_vfs_free(vault->seal);
    keys_close(vault->keys);
    if (vault->lock >= 0)
        close(vault->lock);
    *vault = (struct vault){.lock = -1};
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a centre keeps all. A folder: DIR/record.db (with -wal, -shm and -mark), DIR/keys, which seal it, and,
 * unless it is kept elsewhere, DIR/secret, which opens the keys; all are their owner's alone. Or a database in
 * PostgreSQL, with which a server needs no folder: docs/scale.md. Main thread. */
#ifndef CENTRE_VAULT_H
#define CENTRE_VAULT_H

#include <stdbool.h>

#include "base/attr.h"
#include "store/keys.h"
#include "store/seal_vfs.h"
#include "store/store.h"

enum { VAULT_PATH_BYTES = 4096, VAULT_WORDS_BYTES = 512 };

struct vault {
    int lock; /* the folder, held so that no second server opens it; -1: not held */
    struct store_keys *keys;
    struct seal_vfs *seal;
    struct store *store;
    bool is_shared;   /* a database: other servers may write to it, too */
    bool has_replica; /* and it has one that may be read from */
    char record[VAULT_PATH_BYTES];
    bool has_secret_beside; /* the secret lies in the folder itself */
    bool is_missing;        /* by verb_open, which failed: there is no record in the folder */
    char words[VAULT_WORDS_BYTES]; /* why something could not be done */
};

/* Opens the record in `folder`; makes folder, secret, keys and record where they are not there yet. `secret` opens the
 * keys, NULL: the file DIR/secret. Sets the process's umask to 077. `alone`: fails where another does so, too.
 * False: vault->words. */
MUST_USE bool vault_open(struct vault *vault, const char *folder, const struct keys_secret *secret,
                         bool alone);

struct vault_database {
    const char *conninfo,
        *replica;   /* as people say it: store/postgres_reach.h; replica: NULL for none */
    unsigned parts; /* of one that is made; 0: POSTGRES_PARTS */
};

/* Opens the record in a database; makes its tables where they are not there yet. False: vault->words. */
MUST_USE bool vault_open_database(struct vault *vault, const struct vault_database *database);

/* The keys and the seal alone, the record itself unopened: for one that may not open any more. Nothing is made:
 * false where there is no record in `folder`. */
MUST_USE bool vault_open_shut(struct vault *vault, const char *folder,
                              const struct keys_secret *secret, bool alone);

/* A view that has all that was acknowledged when `from`, one of the primary's, was asked how far that has come: of the
 * replica where that has it. Any thread. */
MUST_USE enum store_err vault_reached(const struct vault *vault, struct store_view *from,
                                      uint64_t *place);
MUST_USE enum store_err vault_view(const struct vault *vault, struct arena *arena, uint64_t place,
                                   struct store_view **view);

/* What was opened, when nobody uses it any more. Harmless on one that failed to open. */
void vault_close(struct vault *vault);

#endif

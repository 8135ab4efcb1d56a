/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps a sealed store well: online back-up, check, repair, and moving to a new data key.
 *
 * All of them run beside readers and a writer; each takes a connection of its own and works in bounded steps, so
 * a writer waits for none of them longer than a step. Any thread, one at a time for a connection. */
#ifndef STORE_CARE_H
#define STORE_CARE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "store/seal_vfs.h"

enum care_err {
    CARE_OK,
    CARE_ERR_SQLITE, /* the words say what SQLite said */
    CARE_ERR_SEAL,   /* a page's seal is broken: the words name it */
    CARE_ERR_EXISTS, /* the file to be written is there */
    CARE_ERR_SYSTEM,
    CARE_ERR_KEYS,
    CARE_ERR_BUSY,
    CARE_ERR_STOPPED, /* the caller's progress function said so */
};

struct care_fault {
    enum care_err err;
    char words[512];
};

/* Called between steps: `done` of `all` pages. False: stop, and undo what can be undone. May be NULL. */
typedef bool care_progress(void *context, uint64_t done, uint64_t all);

/* Copies the store at `from` to a new file `path` of `to`, which may have the same keys or its own: each page is
 * sealed anew. It is the store as of one commit, however much is written meanwhile. Written as `path`.part, synced,
 * checked seal by seal, renamed. The two keys have the same page size. */
MUST_USE bool care_backup(const struct seal_vfs *from, const char *from_path,
                          const struct seal_vfs *to, const char *path, care_progress *progress,
                          void *context, struct care_fault *fault);

struct care_report {
    uint64_t pages, broken;         /* of the database file */
    uint64_t frames, frames_broken; /* of the log, up to its mark */
    uint64_t first_broken;          /* page; 0: none */
    uint64_t under_old_keys;        /* pages that care_rekey has still to move */
    unsigned complaints;            /* of PRAGMA integrity_check and foreign_key_check */
    char complaint[512];            /* the first */
};

/* Looks at the seal of every page and frame, then lets SQLite look for what is inside. True: the report is set,
 * whatever it says; the store is well if broken, frames_broken and complaints are 0. */
MUST_USE bool care_check(const struct seal_vfs *vfs, const char *path, struct care_report *report,
                         care_progress *progress, void *context, struct care_fault *fault);

struct care_rescue {
    uint64_t rows;        /* copied */
    unsigned tables;      /* copied whole */
    unsigned tables_torn; /* of which rows are missing */
    unsigned to_rebuild;  /* virtual tables, made anew and empty */
    char torn[256];       /* the names of those torn, as many as fit */
    enum seal_loss loss;  /* what of the log is missing, with all that was committed in it */
};

/* Writes what can still be read of a store that nobody has open to a new one: schema, then each table row by row,
 * going around what is broken. The old one is only read. `tidy`, SQL or NULL, is run on the new one before it is
 * committed: what points to rows that are lost. */
MUST_USE bool care_repair(const struct seal_vfs *from, const char *from_path,
                          const struct seal_vfs *to, const char *path, const char *tidy,
                          struct care_rescue *rescue, struct care_fault *fault);

struct care_rekey { /* the caller's memory, zeroed at first */
    uint64_t next;  /* the page to look at next, less one */
    uint64_t moved; /* pages sealed anew so far */
    bool done;      /* nothing is under an older key any more, and those are forgotten */
};

/* Moves up to `pages_max` pages that lie under older data keys to the newest, after keys_renew; call it until
 * .done. Readers and a writer go on beside it; check-points wait for a step. It can be stopped or killed at any
 * point and begun again.
 * CARE_ERR_KEYS: all is moved, but another program has the keys open; CARE_ERR_BUSY: a reader or check-point
 * was in the way of the last step: call again. */
MUST_USE bool care_rekey(struct seal_vfs *vfs, const char *path, uint64_t pages_max,
                         struct care_rekey *rekey, struct care_fault *fault);

#endif

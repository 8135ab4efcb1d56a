/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of store/care.h share: connections, their files below, and faults in words. */
#ifndef STORE_CARE_PARTS_H
#define STORE_CARE_PARTS_H

#include "store/care.h"
#include "store/seal_file.h"

/* Sets the fault and returns false. */
bool care_fail(struct care_fault *fault, enum care_err err, const char *words, ...)
    PRINTF_LIKE(3, 4);

/* The same for what SQLite said last on `db`; a broken seal by its page. */
bool care_fail_sqlite(struct care_fault *fault, const struct seal_vfs *vfs, sqlite3 *db);

/* Opens a connection that waits 5 s for locks, and reads the schema, so that its files are open. NULL: the fault. */
MUST_USE sqlite3 *care_open(const struct seal_vfs *vfs, const char *path, int flags,
                            struct care_fault *fault);

MUST_USE bool care_run(const struct seal_vfs *vfs, sqlite3 *db, const char *sql,
                       struct care_fault *fault);

/* The sealed file under a connection's database or log; NULL: there is none. */
struct seal_handle *care_database(sqlite3 *db);
struct seal_handle *care_log(sqlite3 *db);

/* False: there is a file at `path`, or no place for one. */
MUST_USE bool care_is_free(const char *path, struct care_fault *fault);

/* Syncs the file and renames it to `to`, which is not there, and syncs its folder. */
MUST_USE bool care_settle(const char *from, const char *to, struct care_fault *fault);

#endif

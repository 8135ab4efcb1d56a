/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite's files, sealed: a VFS over the system's own that lets nothing onto the disk in the clear.
 *
 * Every page of the database and every frame of its write-ahead log is sealed by itself (store/seal.h) under the
 * store's keys, its place and kind bound in; journals and temporary files likewise, in blocks. A page or frame
 * whose seal does not hold is an I/O error (SQLITE_IOERR_DATA), told by name (seal_vfs_fault, and the log event
 * `seal_broken`), never data. The `-shm` file is plain: it holds page numbers only. docs/seal.md has the formats,
 * docs/decisions/0014 the reasons and what an attacker with the disk can still do.
 *
 * What SQLite does above it stays SQLite's: locks, recovery, check-points. Differences a caller sees:
 * - the page size is the key file's, and PRAGMA page_size changes nothing;
 * - no memory mapping; 44 bytes at each page's end are reserved;
 * - a write-ahead log that is damaged, or is not there at all, where what is missing had been committed with
 *   synchronous=FULL, makes opening fail, where SQLite would silently go on without it; so does one of another time
 *   or store, or a database that was put beside a newer log (store/seal_mark.h).
 *
 * Threads: any, each sqlite3 by its own rules. One VFS serves all connections of a store in this process; other
 * processes may open the same files by a VFS of their own. The files of one store id share their keys: one
 * database to a key file. */
#ifndef STORE_SEAL_VFS_H
#define STORE_SEAL_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "store/keys.h"

enum seal_file { SEAL_FILE_DATABASE = 1, SEAL_FILE_LOG, SEAL_FILE_OTHER, SEAL_FILE_MARK };

enum seal_why {
    SEAL_WHY_TAG = 1, /* its bytes changed, or it was put here from elsewhere */
    SEAL_WHY_KEY, /* sealed under a key that the key file does not hold: another store's, or an old key file */
    SEAL_WHY_PLAIN, /* not sealed at all: a plain SQLite file */
    SEAL_WHY_SHORT, /* the file ends before what had been committed */
    SEAL_WHY_GONE,  /* the file is not there, or is empty, though something needs it */
    SEAL_WHY_OTHER, /* the file is of another time or store than those beside it */
};

/* What of a log was missing when a store was salvaged (store/care.h). */
enum seal_loss {
    SEAL_LOSS_NONE,
    SEAL_LOSS_CUT,    /* damaged: what was committed behind the damage */
    SEAL_LOSS_UNSURE, /* the mark is gone: nobody can tell whether it is all of the log */
    SEAL_LOSS_OTHER,  /* it was not this store's, or not of this time: it was left out */
    SEAL_LOSS_GONE,   /* all of it */
};

struct seal_fault {
    enum seal_file file;
    enum seal_why why;
    uint64_t
        number; /* page of the database or frame of the log, from 1; 0: the log's own head, or all of it */
    char path[256]; /* its end, where longer */
    uint64_t count; /* of faults since the VFS was made, this one too; 0: there was none */
};

struct seal_vfs; /* seal_vfs_free */

/* Makes a VFS of the store's keys, which must outlast it, and registers it with SQLite under a name of its own.
 * NULL: no memory, or no system VFS. */
MUST_USE struct seal_vfs *seal_vfs_new(struct store_keys *keys);

/* Unregisters it. All its connections are closed. NULL is fine. */
void seal_vfs_free(struct seal_vfs *vfs);

/* For sqlite3_open_v2, and for ATTACH 'file:...?vfs=NAME'. Lives as long as `vfs`. */
const char *seal_vfs_name(const struct seal_vfs *vfs);

struct store_keys *seal_vfs_keys(const struct seal_vfs *vfs);

/* sqlite3_open_v2 with this VFS. For a write-ahead log, PRAGMA journal_mode=WAL is the caller's to say, once. */
MUST_USE int seal_vfs_open(const struct seal_vfs *vfs, const char *path, int flags, sqlite3 **db);

/* The newest fault that any of its connections met. .count is 0 when there was none. */
struct seal_fault seal_vfs_fault(const struct seal_vfs *vfs);

/* "page 7 of record.db: its seal is broken"; cut to `size`. */
void seal_fault_words(const struct seal_fault *fault, char *words, size_t size);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which log goes with a database, kept beside both in `PATH-mark`: so that a log that was taken away, cut to nothing or
 * put there from elsewhere is told, where SQLite would begin without what had been committed in it, or read the
 * wrong one. docs/seal.md has the bytes and what is noticed; docs/decisions/0014 what is not.
 *
 * Written some times in each round of the log, from its head to the next, and never by a commit but the first one of a
 * round. Each function holds the file's lock (flock) while it reads and writes. For store/seal_*.c and care_*.c; all
 * return SQLite's results. */
#ifndef STORE_SEAL_MARK_H
#define STORE_SEAL_MARK_H

#include "store/seal_file.h"

/* A log of these salts is about to begin: its head is written only then. SQLite's write lock is held. */
MUST_USE int seal_mark_begin(struct seal_handle *log, const uint8_t salts[static LOG_SALT_BYTES]);

/* The newest commit of `log` is synced and not yet acknowledged; does nothing from the second one of a round on. */
MUST_USE int seal_mark_fill(struct seal_handle *log);

/* All that the log at `path` has is in the database, synced: it is cut to nothing or removed only then.
 * SQLITE_IOERR_DATA, told: the database is empty, though it had a log; SQLite would throw that away, too. */
MUST_USE int seal_mark_empty(struct seal_vfs *vfs, const char *path);

/* Page 1 is about to be written to `database`, with this trailer; and, where that succeeded, the file was synced. */
MUST_USE int seal_mark_first_page(struct seal_handle *database,
                                  const uint8_t trailer[static SEAL_TRAILER_BYTES]);
void seal_mark_first_page_synced(struct seal_handle *database);

/* `log` is about to be opened: whether it and its database are those that belong together. Anything but SQLITE_OK was
 * told. In salvaging it is noted, and the log left out where it is another's. */
MUST_USE int seal_mark_meet(struct seal_handle *log);

/* What SQLite finds in recovery is a log whose head has these salts: whether it is to be read, or has nothing that
 * is not in the database; and as of which frame it must be whole. */
MUST_USE int seal_mark_head(struct seal_handle *log, const uint8_t salts[static LOG_SALT_BYTES],
                            bool *is_read, uint64_t *frames);

/* Seals the marks under the newest key. SQLite's write and check-point locks are held. */
MUST_USE int seal_mark_renew(struct seal_handle *database);

#endif

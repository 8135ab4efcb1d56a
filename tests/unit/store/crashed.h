/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stores as a killed program leaves them, and their files put back as they were. */
#ifndef UNIT_STORE_CRASHED_H
#define UNIT_STORE_CRASHED_H

#include "unit/store/sealed.h"

#define CRASHED_CREATE                                                                             \
    "CREATE TABLE IF NOT EXISTS t(n INTEGER PRIMARY KEY, double INTEGER, body TEXT)"
/* Transaction `n`: three rows, so that half a transaction shows. */
#define CRASHED_COMMIT                                                                             \
    "BEGIN IMMEDIATE; INSERT INTO t SELECT 3 * %d + v, 2 * (3 * %d + v), printf('%%.700c', 'a') "  \
    "FROM (SELECT 0 AS v UNION SELECT 1 UNION SELECT 2); COMMIT"

enum { CRASHED_FRAMES_AT = 8192, CRASHED_FRAME = 24 + KEYS_PAGE_BYTES_USUAL };

/* How many transactions there are, all of them whole. */
int crashed_transactions(sqlite3 *db);

/* Leaves a store as a killed program does: its `count` transactions from `from` on are in the log alone. */
void crashed_leave_from(const struct sealed *sealed, int from, int count);
void crashed_leave(const struct sealed *sealed, int count);

/* -1: an error of the seal; else how many transactions there are. Opened and closed. */
int crashed_count(const struct sealed *sealed);

enum crashed_file { CRASHED_DATABASE, CRASHED_LOG, CRASHED_MARK, CRASHED_FILES };

struct crashed {
    char path[CRASHED_FILES][PATH_MAX - 8], copy[CRASHED_FILES][PATH_MAX];
};

/* Copies what of them is there; restoring removes what was not. */
struct crashed crashed_save(const struct sealed *sealed, const char *name);
void crashed_restore(const struct crashed *saved);
void crashed_restore_file(const struct crashed *saved, enum crashed_file file);

#endif

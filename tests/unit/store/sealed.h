/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of its own for each test, with keys and a sealing VFS; small words for SQL. */
#ifndef UNIT_STORE_SEALED_H
#define UNIT_STORE_SEALED_H

#include "unit/cmocka_base.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/random.h"
#include "store/seal_vfs.h"

struct sealed {
    char folder[PATH_MAX / 4];
    char keys_path[PATH_MAX / 2], secret_path[PATH_MAX / 2], path[PATH_MAX / 2];
    struct keys_secret secret; /* a file, so that it costs no time */
    struct store_keys *keys;
    struct seal_vfs *vfs;
};

/* For cmocka: setup and teardown of a struct sealed. */
int sealed_make(void **state);
int sealed_remove(void **state);

/* Opens the store as the record's engine does: a write-ahead log, synchronous=FULL. */
sqlite3 *sealed_open(const struct sealed *sealed);

/* Runs SQL that must succeed. */
void sealed_run(sqlite3 *db, const char *sql, ...) PRINTF_LIKE(2, 3);

/* SQLite's extended result code. */
int sealed_try(sqlite3 *db, const char *sql, ...) PRINTF_LIKE(2, 3);

/* The first column of the first row; -1 when there is none or it failed. */
int64_t sealed_number(sqlite3 *db, const char *sql, ...) PRINTF_LIKE(2, 3);

/* How many of the folder's files, and of those that this process has open, hold `text`. */
int sealed_files_with(const struct sealed *sealed, const char *text, int *looked_at);

/* From 0 to below `limit`, for places in files. */
int64_t sealed_draw(struct random *random, uint64_t limit);

/* Changes one bit of a file; false: the file is shorter. */
bool sealed_flip(const char *path, int64_t bit);
int64_t sealed_size(const char *path);
void sealed_copy(const char *from, const char *to);

/* Whether two files have the same bytes. */
bool sealed_same(const char *one, const char *other);

#endif

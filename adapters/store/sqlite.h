/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record in one SQLite file: store/store.h for a laptop, a van, a small centre.
 *
 * One thread writes: it takes the jobs that wait, runs each in a savepoint, commits them together and syncs the
 * log once (group commit); only then are they answered. Readers have a connection each and never wait for it.
 * docs/store.md has the tables, and the measurements that they came from. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "store/store.h"

struct seal_vfs; /* store/seal_vfs.h */

struct sqlite_setting {
    const char *path;            /* of the file; SQLite puts -wal and -shm beside it */
    const struct seal_vfs *seal; /* NULL: nothing is sealed, for tests and benches */
    const char *vfs;     /* where not sealed: another VFS by name, for tests; NULL: the system's */
    uint32_t page_bytes; /* of a new store that is not sealed; 0: SQLITE_PAGE_BYTES */
    size_t writer_cache_bytes; /* 0: SQLITE_WRITER_CACHE_BYTES */
    size_t reader_cache_bytes; /* of each view; 0: SQLITE_READER_CACHE_BYTES */
    const char *const
        *migrations;   /* SQL from each schema to the next, NULL ends; NULL: this program's own */
    unsigned jobs_max; /* that wait; 0: SQLITE_JOBS_MAX */
    uint64_t search_steps_max; /* 0: SQLITE_STEPS_MAX */
    size_t search_rows_max;    /* candidates of a search; 0: FIND_ROWS_MAX (store/find.h) */
    uint64_t search_ns_max;    /* of its work; 0: FIND_WORK_NS */
    size_t
        order_from; /* of so many of a type on, sorted pages go along an index; 0: FIND_ORDER_FROM */
};

/* Why these figures: docs/store.md. */
enum {
    SQLITE_PAGE_BYTES = 4096,
    SQLITE_WRITER_CACHE_BYTES = 32 << 20,
    SQLITE_READER_CACHE_BYTES = 6 << 20,
    SQLITE_VIEWS_MAX = 128,           /* at a time: two of each worker that there may be */
    SQLITE_JOBS_MAX = 4096,           /* that wait; more are STORE_ERR_BUSY */
    SQLITE_GROUP_JOBS_MAX = 1024,     /* that share a commit */
    SQLITE_GROUP_BYTES_MAX = 8 << 20, /* of bodies; then a commit comes before the next job */
    SQLITE_STEPS_MAX = 20000000,      /* of SQLite's machine, for one search: about a second */
};

enum { STORE_HELP_BYTES = 300 };

/* Opens the store, makes it where there is none, brings an older one up to date. `help` says why not. */
MUST_USE enum store_err store_sqlite_open(struct store **store,
                                          const struct sqlite_setting *setting,
                                          char help[static STORE_HELP_BYTES]);

/* For care_repair (store/care.h): takes out what points to rows that are lost. What its index tables lost is not
 * found by searches before it is indexed anew (rest/reindex.h). */
extern const char sqlite_tidy[];

#endif

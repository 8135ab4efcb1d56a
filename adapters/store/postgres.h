/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record in PostgreSQL 15 or later: store/store.h for a region or a country, with several processes in front.
 *
 * Writes take turns over the whole store: who writes holds the row `head` from its first statement until its
 * commit is durable, so a version's seq is in the order of commits and a reader that sees one sees all before it.
 * What it costs is shared by many jobs (group commit); within a process one connection gathers and writes while
 * another waits for its commit. Index rows are set aside and sent as arrays, pipelined. docs/scale.md has the tables,
 * the reasons and the measurements. */
#ifndef STORE_POSTGRES_H
#define STORE_POSTGRES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "store/store.h"

struct postgres_setting {
    const char
        *conninfo; /* libpq's, a string or URI; several hosts: target_session_attrs=read-write */
    const char *replica; /* the same for reads that may come from there; NULL: none */
    unsigned parts;    /* of a new store: partitions, 1 to POSTGRES_PARTS_MAX; 0: POSTGRES_PARTS */
    unsigned jobs_max; /* that wait; 0: POSTGRES_JOBS_MAX */
    unsigned
        patience_ms; /* how long jobs wait for a database that is away; 0: POSTGRES_PATIENCE_MS */
    unsigned
        turn_ms; /* a process that asks nothing for so long loses the turn; 0: POSTGRES_TURN_MS */
    uint64_t search_ns_max; /* of a search's work; 0: FIND_WORK_NS (store/find.h) */
    size_t
        order_from; /* of so many of a type on, sorted pages go along an index; 0: FIND_ORDER_FROM */
    void (*reach)(bool is_away); /* the primary is lost, or there again; any thread; or NULL */
};

enum {
    POSTGRES_PARTS = 8,                 /* each costs a search a little: docs/scale.md */
    POSTGRES_PARTS_MAX = 64,            /* the low six bits of a rid */
    POSTGRES_WRITERS = 2,               /* one works while the other waits for its commit */
    POSTGRES_VIEWS_MAX = 32,            /* at a time, on each of primary and replica */
    POSTGRES_JOBS_MAX = 4096,           /* that wait; more are STORE_ERR_BUSY */
    POSTGRES_GROUP_JOBS_MAX = 1024,     /* that share a commit */
    POSTGRES_GROUP_BYTES_MAX = 8 << 20, /* of bodies; then a commit comes before the next job */
    POSTGRES_PATIENCE_MS = 15000,       /* a failover by Patroni and some; ours */
    POSTGRES_TURN_MS = 10000,           /* a process that hangs holds up all others: ours */
    POSTGRES_SEARCH_MS = 2000,     /* of the database's time for one statement of a view; ours */
    POSTGRES_SEARCH_ALL_MS = 5000, /* for all statements of one search; ours */
    POSTGRES_WRITE_MS = 1000,      /* the same in a job, which all that write wait for; ours */
    POSTGRES_ANSWER_MS = 5000,     /* for a view's answer to come; ours: more than all it may ask */
    POSTGRES_VIEW_IDLE_MS = 60000, /* a view that asks nothing for so long is ended; ours */
};

enum { POSTGRES_HELP_BYTES = 300 };

/* Opens the store, makes its tables in the first schema of the search path where there are none, brings older ones
 * up to date. `help` says why not. */
MUST_USE enum store_err store_postgres_open(struct store **store,
                                            const struct postgres_setting *setting,
                                            char help[static POSTGRES_HELP_BYTES]);

/* How far the primary has come, as a place in its log: all that was acknowledged before this is asked is before that
 * place. `view` is one of the primary's. */
MUST_USE enum store_err store_postgres_reached(struct store_view *view, uint64_t *place);

/* As store_view_begin, from the replica if it has all up to `place`, else from the primary; `*is_replica` says which.
 * The store must be one of this engine. */
MUST_USE enum store_err store_postgres_view(struct store *store, struct arena *arena,
                                            uint64_t place, struct store_view **view,
                                            bool *is_replica);

#endif

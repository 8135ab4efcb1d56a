/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is said to PostgreSQL, in one place. Each connection prepares all statements when it begins.
 *
 * Parameters and results are binary: numbers int8, reals float8, bytes bytea. */
#ifndef STORE_POSTGRES_SQL_H
#define STORE_POSTGRES_SQL_H

enum postgres_sql {
    PG_BEGIN_READ,
    PG_BEGIN_WRITE,
    PG_COMMIT,
    PG_ROLLBACK,
    PG_SAVE,
    PG_RELEASE,
    PG_UNDO,

    PG_HEAD,     /* takes the turn: seq, updated_ms */
    PG_SET_HEAD, /* seq, updated_ms */
    PG_MARK,     /* writer, number */
    PG_MARK_OF,  /* writer */
    PG_CUT_MARK, /* writer */
    PG_CHANNEL,
    PG_NOTIFY, /* seq */
    PG_TOLD,   /* seq after, seq to, count */

    PG_REACHED,  /* how far the primary's log is flushed, bytes */
    PG_REPLAYED, /* how far this server has come in it */

    PG_LAST,
    PG_GET,       /* id, type */
    PG_NAME,      /* id, type: rid, version, change, rows */
    PG_LOAD,      /* rids */
    PG_NAMED,     /* id, type */
    PG_BODY,      /* seq */
    PG_VERSIONED, /* id, type, version */
    PG_SEQ_AT,    /* ms */

    PG_HISTORY_DOWN, /* seq from, to, count */
    PG_HISTORY_UP,
    PG_TYPE_DOWN, /* and type */
    PG_TYPE_UP,
    PG_ONE_DOWN, /* and rid */
    PG_ONE_UP,
    PG_AT_DOWN, /* seq from, to, count, type or 0, rid or 0, ms: that were not over by then */
    PG_AT_UP,

    PG_LIST,      /* seq from, to, count */
    PG_LIST_TYPE, /* and type */

    PG_CODE,         /* key, value, after, max */
    PG_CODE_SYSTEM,  /* and extra */
    PG_SYSTEM,       /* key, extra, max */
    PG_STRING,       /* key, folded, after, max */
    PG_STRING_START, /* key, from, below, max */
    PG_STRING_PART,  /* key, part, length of what is cut short, max */
    PG_DATE,         /* key, low from, low to, high from, max */
    PG_DATE_LONG,    /* key, low from, low below, high from, max, low to */
    PG_AMOUNT,       /* the same and unit */
    PG_AMOUNT_LONG,
    PG_ID,      /* id, max */
    PG_UPDATED, /* ms from, to, max */
    PG_WORDS,   /* hashes, how many, max */
    PG_OF_TYPE, /* type, after, max */
    PG_ALL,     /* after, max */
    PG_NEWEST,  /* type, below, max */
    PG_OLDEST,  /* type, above, max */
    PG_DATED,   /* type, patient, low to, rid after at that, max */

    PG_COUNT_TYPE,        /* type, max */
    PG_COUNT_ALL,         /* max */
    PG_COUNT_CODE,        /* key, value, max */
    PG_COUNT_CODE_SYSTEM, /* and extra */
    PG_DATES_UP,          /* key, low, rid after at that, max */
    PG_DATES_DOWN,
    PG_STRINGS_UP,
    PG_STRINGS_DOWN,
    PG_IDS_UP, /* type, id, any, max */
    PG_IDS_DOWN,

    PG_NOTE,       /* area, key */
    PG_NOTES_UP,   /* area, after, count */
    PG_NOTES_DOWN, /* area, before, count, all */
    PG_SET_NOTE,   /* area, key, value, due */
    PG_CUT_NOTE,   /* area, key */
    PG_SWEEP,      /* area, ms */
    PG_PIECE,      /* name, number */
    PG_ADD_PIECE,  /* name, bytes */
    PG_CUT_BLOB,   /* name */

    /* Of arrays, in the order of enum batch_kind (store/postgres_batch.h). */
    PG_BATCH,
    PG_COUNT = PG_BATCH + 16
};

extern const char *const postgres_sql[PG_COUNT];

/* Migrations in order, each one string; the last is NULL. %parts% is the number of partitions. */
extern const char *const postgres_migrations[];

#endif

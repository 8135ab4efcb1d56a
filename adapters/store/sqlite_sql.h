/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is said to SQLite, in one place. Each connection prepares a statement when it first needs it. */
#ifndef STORE_SQLITE_SQL_H
#define STORE_SQLITE_SQL_H

enum sqlite_sql {
    SQL_BEGIN_READ,
    SQL_BEGIN_WRITE,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_SAVE,
    SQL_RELEASE,
    SQL_UNDO,

    SQL_GET,       /* id, type */
    SQL_LOAD,      /* rid */
    SQL_NAMED,     /* id, type */
    SQL_BODY,      /* seq */
    SQL_VERSION,   /* seq */
    SQL_VERSIONED, /* rid, version */
    SQL_NAME_OF,   /* rid */
    SQL_LAST,
    SQL_DATA_VERSION,
    SQL_TIME_FROM, /* seq: the first from there */
    SQL_NEXT_TIME, /* rid, seq */

    SQL_HISTORY_DOWN, /* seq from, to, count */
    SQL_HISTORY_UP,
    SQL_TYPE_DOWN, /* type, seq from, to, count */
    SQL_TYPE_UP,
    SQL_ONE_DOWN, /* rid, seq from, to, count */
    SQL_ONE_UP,

    SQL_LIST,      /* seq from, to, count */
    SQL_LIST_TYPE, /* seq from, to, count, type */

    SQL_CODE,         /* param, code, after, max */
    SQL_CODE_SYSTEM,  /* param, code, after, max, system */
    SQL_SYSTEM,       /* param, system, max */
    SQL_STRING,       /* param, folded, after, max */
    SQL_STRING_START, /* param, from, below, max */
    SQL_STRING_PART,  /* param, part, max */
    SQL_TARGET,       /* param, id, after, max, type */
    SQL_TARGET_ANY,   /* param, id, after, max */
    SQL_DATE,         /* param, low from, low to, high from, max */
    SQL_DATE_LONG,    /* param, low from, low below, high from, max, low to */
    SQL_NUMBER,
    SQL_NUMBER_LONG,
    SQL_QUANTITY,
    SQL_QUANTITY_LONG,
    SQL_BASE, /* the same and unit */
    SQL_BASE_LONG,
    SQL_URI,       /* param, uri, after, max */
    SQL_URI_START, /* param, from, below, max */
    SQL_ID,        /* id, max */
    SQL_UPDATED,   /* seq from, to, max */
    SQL_WORDS,     /* match, max */
    SQL_OF_TYPE,   /* type, after, max */
    SQL_ALL,       /* after, max */
    SQL_NEWEST,    /* type, before seq, max */
    SQL_DATED,     /* type, patient, low, after, max */
    SQL_OLDEST,    /* type, after seq, max */

    SQL_COUNT_TYPE,        /* type, max */
    SQL_COUNT_ALL,         /* max */
    SQL_COUNT_CODE,        /* key, code, max */
    SQL_COUNT_CODE_SYSTEM, /* and system */
    SQL_COUNT_TARGET,      /* key, id, max, type */
    SQL_DATES_UP,          /* key, low, rid after at that, max */
    SQL_DATES_DOWN,
    SQL_STRINGS_UP,
    SQL_STRINGS_DOWN,
    SQL_IDS_UP, /* type, id, any, max */
    SQL_IDS_DOWN,

    SQL_HEAD, /* id, type */
    SQL_ADD_RESOURCE,
    SQL_SET_RESOURCE,
    SQL_SET_ROWS, /* rid, rows */
    SQL_ADD_VERSION,
    SQL_ADD_WORDS,
    SQL_CUT_WORDS, /* all */
    SQL_WORD_OF,   /* text */
    SQL_ADD_WORD,
    SQL_ADD_TOKEN, /* values in the order of columns; these in that of enum store_entry_kind */
    SQL_ADD_STRING,
    SQL_ADD_REFERENCE,
    SQL_ADD_DATE,
    SQL_ADD_NUMBER,
    SQL_ADD_QUANTITY,
    SQL_ADD_BASE,
    SQL_ADD_URI,
    SQL_ADD_DATED,
    SQL_ADD_TOKENS, /* SQLITE_ROWS_AT_ONCE rows */
    SQL_ADD_STRINGS,
    SQL_ADD_REFERENCES,
    SQL_ADD_DATES,
    SQL_ADD_NUMBERS,
    SQL_ADD_QUANTITIES,
    SQL_ADD_BASES,
    SQL_ADD_URIS,
    SQL_ADD_DATEDS,
    SQL_CUT_TOKEN,
    SQL_CUT_STRING,
    SQL_CUT_REFERENCE,
    SQL_CUT_DATE,
    SQL_CUT_NUMBER,
    SQL_CUT_QUANTITY,
    SQL_CUT_BASE,
    SQL_CUT_URI,
    SQL_CUT_DATED,

    SQL_NOTE, /* area, key */
    SQL_NOTES_UP,
    SQL_NOTES_DOWN,
    SQL_SET_NOTE,
    SQL_CUT_NOTE,
    SQL_SWEEP,
    SQL_PIECE, /* name, number */
    SQL_ADD_PIECE,
    SQL_CUT_BLOB,
    SQL_COUNT
};

extern const char *const sqlite_sql[SQL_COUNT];

enum { SQLITE_ROWS_AT_ONCE = 16 };

/* Schema `i` + 1 from the one before; NULL ends. The last one's number is user_version. */
extern const char *const sqlite_migrations[];

/* "JISR": PRAGMA application_id, so that a store is told from any other SQLite file. */
enum { SQLITE_STORE_ID = 0x4a495352 };

#endif

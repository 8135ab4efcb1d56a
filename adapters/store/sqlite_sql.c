/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/sqlite_sql.h"

#include <assert.h>
#include <stddef.h>

#include "store/sqlite.h"

/* rid is the seq of a resource's first version. `change` is enum store_change: 2 is a deletion. Index tables lead
 * from a parameter (its number and part: 16 * number + part) and a value to rids; what a value's whole truth is
 * stands in resource.rows (store/kept.h). Intervals longer than most have an index of their own, by their upper end, so
 * that those that reach into a range from before are found without looking at all. */
static const char schema_1[] =
    "CREATE TABLE type(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE param(number INTEGER PRIMARY KEY, type TEXT NOT NULL, code TEXT NOT NULL,"
    " UNIQUE(type, code));"
    "CREATE TABLE word(number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"
    "INSERT INTO word VALUES(0, '');"
    "CREATE TABLE resource(rid INTEGER PRIMARY KEY, type INTEGER NOT NULL, id TEXT NOT NULL,"
    " version INTEGER NOT NULL, seq INTEGER NOT NULL, updated_ms INTEGER NOT NULL,"
    " change INTEGER NOT NULL, rows BLOB);"
    "CREATE UNIQUE INDEX resource_name ON resource(id, type);"
    "CREATE INDEX resource_type ON resource(type) WHERE change < 2;"
    "CREATE TABLE version(seq INTEGER PRIMARY KEY, rid INTEGER NOT NULL, type INTEGER NOT NULL,"
    " version INTEGER NOT NULL, updated_ms INTEGER NOT NULL, change INTEGER NOT NULL, body BLOB);"
    "CREATE INDEX version_type ON version(type);"
    "CREATE INDEX version_rid ON version(rid) WHERE version > 1;"
    "CREATE TABLE token(param INTEGER, code TEXT, rid INTEGER, system INTEGER,"
    " PRIMARY KEY(param, code, rid, system)) WITHOUT ROWID;"
    "CREATE TABLE string(param INTEGER, folded TEXT, rid INTEGER,"
    " PRIMARY KEY(param, folded, rid)) WITHOUT ROWID;"
    "CREATE TABLE reference(param INTEGER, id TEXT, rid INTEGER, type INTEGER,"
    " PRIMARY KEY(param, id, rid, type)) WITHOUT ROWID;"
    "CREATE TABLE date(param INTEGER, low INTEGER, high INTEGER, rid INTEGER,"
    " PRIMARY KEY(param, low, high, rid)) WITHOUT ROWID;"
    "CREATE INDEX date_long ON date(param, high) WHERE high - low > 86400000;"
    "CREATE TABLE number(param INTEGER, low REAL, high REAL, rid INTEGER,"
    " PRIMARY KEY(param, low, high, rid)) WITHOUT ROWID;"
    "CREATE INDEX number_long ON number(param, high) WHERE high > low;"
    "CREATE TABLE quantity(param INTEGER, low REAL, high REAL, rid INTEGER,"
    " PRIMARY KEY(param, low, high, rid)) WITHOUT ROWID;"
    "CREATE INDEX quantity_long ON quantity(param, high) WHERE high > low;"
    "CREATE TABLE base(param INTEGER, unit INTEGER, low REAL, high REAL, rid INTEGER,"
    " PRIMARY KEY(param, unit, low, high, rid)) WITHOUT ROWID;"
    "CREATE INDEX base_long ON base(param, unit, high) WHERE high > low;"
    "CREATE TABLE uri(param INTEGER, uri TEXT, rid INTEGER,"
    " PRIMARY KEY(param, uri, rid)) WITHOUT ROWID;"
    "CREATE TABLE dated(type INTEGER, id TEXT, low INTEGER, rid INTEGER,"
    " PRIMARY KEY(type, id, low DESC, rid)) WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE words USING fts5(text, content='', columnsize=0, detail=none,"
    " tokenize='unicode61 remove_diacritics 0');"
    "CREATE TABLE note(area TEXT, key BLOB, value BLOB NOT NULL, due_ms INTEGER NOT NULL,"
    " PRIMARY KEY(area, key)) WITHOUT ROWID;"
    "CREATE INDEX note_due ON note(area, due_ms) WHERE due_ms > 0;"
    "CREATE TABLE piece(name TEXT, number INTEGER, bytes BLOB NOT NULL,"
    " PRIMARY KEY(name, number));";

const char *const sqlite_migrations[] = {schema_1, NULL};

/* A resource whose current version is lost cannot be shown, and one without its row cannot be found. */
const char sqlite_tidy[] = "DELETE FROM resource WHERE seq NOT IN (SELECT seq FROM version)";

#define RECORD "rid, type, id, version, seq, updated_ms, change, rows FROM resource "
#define PAST "seq, rid, type, version, updated_ms, change FROM version "

#define LISTED                                                                                     \
    "v.seq, v.type, r.id, v.version, v.updated_ms, v.change, v.body FROM version v"                \
    " CROSS JOIN resource r ON r.rid = v.rid "

#define INSERT(table) "INSERT OR IGNORE INTO " table " VALUES"
#define ROW_3 "(?, ?, ?)"
#define ROW_4 "(?, ?, ?, ?)"
#define ROW_5 "(?, ?, ?, ?, ?)"
#define FOUR(row) row ", " row ", " row ", " row
#define SIXTEEN(row) FOUR(row) ", " FOUR(row) ", " FOUR(row) ", " FOUR(row)
static_assert(SQLITE_ROWS_AT_ONCE == 16, "as many as SIXTEEN has");

const char *const sqlite_sql[SQL_COUNT] = {
    [SQL_BEGIN_READ] = "BEGIN",
    [SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SAVE] = "SAVEPOINT job",
    [SQL_RELEASE] = "RELEASE job",
    [SQL_UNDO] = "ROLLBACK TO job",

    [SQL_GET] = "SELECT r.version, r.seq, r.updated_ms, r.change, v.body FROM resource r"
                " CROSS JOIN version v ON v.seq = r.seq WHERE r.id = ?1 AND r.type = ?2",
    [SQL_LOAD] = "SELECT " RECORD "WHERE rid = ?1",
    [SQL_NAMED] = "SELECT " RECORD "WHERE id = ?1 AND type = ?2",
    [SQL_BODY] = "SELECT body FROM version WHERE seq = ?1",
    [SQL_VERSION] = "SELECT " PAST "WHERE seq = ?1",
    [SQL_VERSIONED] = "SELECT " PAST "WHERE rid = ?1 AND version > 1 AND version = ?2",
    [SQL_NAME_OF] = "SELECT id FROM resource WHERE rid = ?1",
    [SQL_DATA_VERSION] = "PRAGMA data_version",
    [SQL_LAST] = "SELECT seq, updated_ms FROM version ORDER BY seq DESC LIMIT 1",
    [SQL_TIME_FROM] = "SELECT seq, updated_ms FROM version WHERE seq >= ?1 ORDER BY seq LIMIT 1",
    [SQL_NEXT_TIME] = "SELECT updated_ms FROM version WHERE rid = ?1 AND version > 1 AND seq > ?2"
                      " ORDER BY seq LIMIT 1",

    [SQL_HISTORY_DOWN] = "SELECT " PAST "WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq DESC LIMIT ?3",
    [SQL_HISTORY_UP] = "SELECT " PAST "WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq LIMIT ?3",
    [SQL_TYPE_DOWN] =
        "SELECT " PAST "WHERE type = ?4 AND seq BETWEEN ?1 AND ?2 ORDER BY seq DESC LIMIT ?3",
    [SQL_TYPE_UP] =
        "SELECT " PAST "WHERE type = ?4 AND seq BETWEEN ?1 AND ?2 ORDER BY seq LIMIT ?3",
    [SQL_ONE_DOWN] = "SELECT " PAST "WHERE rid = ?4 AND version > 1 AND seq BETWEEN ?1 AND ?2"
                     " UNION ALL SELECT " PAST "WHERE seq = ?4 AND seq BETWEEN ?1 AND ?2"
                     " ORDER BY seq DESC LIMIT ?3",
    [SQL_ONE_UP] = "SELECT " PAST "WHERE rid = ?4 AND version > 1 AND seq BETWEEN ?1 AND ?2"
                   " UNION ALL SELECT " PAST "WHERE seq = ?4 AND seq BETWEEN ?1 AND ?2"
                   " ORDER BY seq LIMIT ?3",

    [SQL_LIST] = "SELECT " LISTED "WHERE v.seq BETWEEN ?1 AND ?2 AND r.seq = v.seq AND r.change < 2"
                 " ORDER BY v.seq LIMIT ?3",
    [SQL_LIST_TYPE] = "SELECT " LISTED "WHERE v.type = ?4 AND v.seq BETWEEN ?1 AND ?2"
                      " AND r.seq = v.seq AND r.change < 2 ORDER BY v.seq LIMIT ?3",

    [SQL_CODE] = "SELECT rid FROM token WHERE param = ?1 AND code = ?2 AND rid > ?3"
                 " ORDER BY rid LIMIT ?4",
    [SQL_CODE_SYSTEM] = "SELECT rid FROM token WHERE param = ?1 AND code = ?2 AND rid > ?3"
                        " AND system = (SELECT number FROM word WHERE text = ?5)"
                        " ORDER BY rid LIMIT ?4",
    [SQL_SYSTEM] = "SELECT rid FROM token WHERE param = ?1"
                   " AND system = (SELECT number FROM word WHERE text = ?2) LIMIT ?3",
    [SQL_STRING] = "SELECT rid FROM string WHERE param = ?1 AND folded = ?2 AND rid > ?3"
                   " ORDER BY rid LIMIT ?4",
    [SQL_STRING_START] =
        "SELECT rid FROM string WHERE param = ?1 AND folded >= ?2 AND folded < ?3 LIMIT ?4",
    [SQL_STRING_PART] = "SELECT rid FROM string WHERE param = ?1 AND instr(folded, ?2) LIMIT ?3",
    [SQL_TARGET] = "SELECT rid FROM reference WHERE param = ?1 AND id = ?2 AND rid > ?3"
                   " AND type = ?5 ORDER BY rid LIMIT ?4",
    [SQL_TARGET_ANY] = "SELECT rid FROM reference WHERE param = ?1 AND id = ?2 AND rid > ?3"
                       " AND type > 0 ORDER BY rid LIMIT ?4",
    [SQL_DATE] = "SELECT rid FROM date WHERE param = ?1 AND low BETWEEN ?2 AND ?3"
                 " AND high >= ?4 LIMIT ?5",
    [SQL_DATE_LONG] = "SELECT rid FROM date WHERE param = ?1 AND high - low > 86400000"
                      " AND high >= ?4 AND low >= ?2 AND low < ?3 AND low <= ?6 LIMIT ?5",
    [SQL_NUMBER] = "SELECT rid FROM number WHERE param = ?1 AND low BETWEEN ?2 AND ?3"
                   " AND high >= ?4 LIMIT ?5",
    [SQL_NUMBER_LONG] = "SELECT rid FROM number WHERE param = ?1 AND high > low"
                        " AND high >= ?4 AND low >= ?2 AND low < ?3 AND low <= ?6 LIMIT ?5",
    [SQL_QUANTITY] = "SELECT rid FROM quantity WHERE param = ?1 AND low BETWEEN ?2 AND ?3"
                     " AND high >= ?4 LIMIT ?5",
    [SQL_QUANTITY_LONG] = "SELECT rid FROM quantity WHERE param = ?1 AND high > low"
                          " AND high >= ?4 AND low >= ?2 AND low < ?3 AND low <= ?6 LIMIT ?5",
    [SQL_BASE] = "SELECT rid FROM base WHERE param = ?1"
                 " AND unit = (SELECT number FROM word WHERE text = ?7)"
                 " AND low BETWEEN ?2 AND ?3 AND high >= ?4 LIMIT ?5",
    [SQL_BASE_LONG] = "SELECT rid FROM base WHERE param = ?1"
                      " AND unit = (SELECT number FROM word WHERE text = ?7) AND high > low"
                      " AND high >= ?4 AND low >= ?2 AND low < ?3 AND low <= ?6 LIMIT ?5",
    [SQL_URI] = "SELECT rid FROM uri WHERE param = ?1 AND uri = ?2 AND rid > ?3"
                " ORDER BY rid LIMIT ?4",
    [SQL_URI_START] = "SELECT rid FROM uri WHERE param = ?1 AND uri >= ?2 AND uri < ?3 LIMIT ?4",
    [SQL_ID] = "SELECT rid FROM resource WHERE id = ?1 LIMIT ?2",
    [SQL_UPDATED] = "SELECT r.rid FROM version v CROSS JOIN resource r ON r.rid = v.rid"
                    " WHERE v.seq BETWEEN ?1 AND ?2 AND r.seq = v.seq AND r.change < 2 LIMIT ?3",
    [SQL_WORDS] = "SELECT r.rid FROM words w CROSS JOIN version v ON v.seq = w.rowid"
                  " CROSS JOIN resource r ON r.rid = v.rid"
                  " WHERE words MATCH ?1 AND r.seq = v.seq LIMIT ?2",
    [SQL_OF_TYPE] = "SELECT rid FROM resource WHERE type = ?1 AND change < 2 AND rid > ?2"
                    " ORDER BY rid LIMIT ?3",
    [SQL_ALL] = "SELECT rid FROM resource WHERE rid > ?1 AND change < 2 ORDER BY rid LIMIT ?2",
    [SQL_NEWEST] = "SELECT r.rid FROM version v CROSS JOIN resource r ON r.rid = v.rid"
                   " WHERE v.type = ?1 AND v.seq < ?2 AND r.seq = v.seq AND r.change < 2"
                   " ORDER BY v.seq DESC LIMIT ?3",
    [SQL_DATED] = "SELECT rid FROM dated WHERE type = ?1 AND id = ?2 AND low <= ?3"
                  " AND (low < ?3 OR rid > ?4) ORDER BY low DESC, rid LIMIT ?5",
    [SQL_OLDEST] = "SELECT r.rid FROM version v CROSS JOIN resource r ON r.rid = v.rid"
                   " WHERE v.type = ?1 AND v.seq > ?2 AND r.seq = v.seq AND r.change < 2"
                   " ORDER BY v.seq LIMIT ?3",

    [SQL_COUNT_TYPE] = "SELECT count(*) FROM (SELECT 1 FROM resource INDEXED BY resource_type"
                       " WHERE type = ?1 AND change < 2 LIMIT ?2)",
    [SQL_COUNT_ALL] = "SELECT count(*) FROM (SELECT 1 FROM resource INDEXED BY resource_type"
                      " WHERE change < 2 LIMIT ?1)",
    [SQL_COUNT_CODE] = "SELECT count(*) FROM (SELECT 1 FROM token WHERE param = ?1 AND code = ?2"
                       " GROUP BY rid LIMIT ?3)",
    [SQL_COUNT_CODE_SYSTEM] =
        "SELECT count(*) FROM (SELECT 1 FROM token WHERE param = ?1 AND code = ?2"
        " AND system = (SELECT number FROM word WHERE text = ?4) LIMIT ?3)",
    [SQL_COUNT_TARGET] = "SELECT count(*) FROM (SELECT 1 FROM reference"
                         " WHERE param = ?1 AND id = ?2 AND type = ?4 LIMIT ?3)",
    [SQL_DATES_UP] = "SELECT rid, low FROM date WHERE param = ?1 AND low >= ?2"
                     " AND (low > ?2 OR rid > ?3) ORDER BY low, rid LIMIT ?4",
    [SQL_DATES_DOWN] = "SELECT rid, low FROM date WHERE param = ?1 AND low <= ?2"
                       " AND (low < ?2 OR rid > ?3) ORDER BY low DESC, rid LIMIT ?4",
    [SQL_STRINGS_UP] = "SELECT rid, folded FROM string WHERE param = ?1 AND folded >= ?2"
                       " AND (folded > ?2 OR rid > ?3) ORDER BY folded, rid LIMIT ?4",
    [SQL_STRINGS_DOWN] = "SELECT rid, folded FROM string WHERE param = ?1 AND folded <= ?2"
                         " AND (folded < ?2 OR rid > ?3) ORDER BY folded DESC, rid LIMIT ?4",
    [SQL_IDS_UP] = "SELECT rid, id FROM resource INDEXED BY resource_name WHERE type = ?1"
                   " AND change < 2 AND id > ?2 ORDER BY id LIMIT ?4",
    [SQL_IDS_DOWN] = "SELECT rid, id FROM resource INDEXED BY resource_name WHERE type = ?1"
                     " AND change < 2 AND id < ?2 ORDER BY id DESC LIMIT ?4",

    [SQL_HEAD] = "SELECT rid, version, change FROM resource WHERE id = ?1 AND type = ?2",
    [SQL_ADD_RESOURCE] = "INSERT INTO resource VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [SQL_SET_RESOURCE] = "UPDATE resource SET version = ?4, seq = ?5, updated_ms = ?6,"
                         " change = ?7, rows = ?8 WHERE rid = ?1",
    [SQL_SET_ROWS] = "UPDATE resource SET rows = ?2 WHERE rid = ?1",
    [SQL_ADD_VERSION] = "INSERT INTO version VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_ADD_WORDS] = "INSERT INTO words(rowid, text) VALUES(?1, ?2)",
    [SQL_CUT_WORDS] = "INSERT INTO words(words) VALUES('delete-all')",
    [SQL_WORD_OF] = "SELECT number FROM word WHERE text = ?1",
    [SQL_ADD_WORD] = "INSERT INTO word(text) VALUES(?1)",
    [SQL_ADD_TOKEN] = INSERT("token") ROW_4,
    [SQL_ADD_STRING] = INSERT("string") ROW_3,
    [SQL_ADD_REFERENCE] = INSERT("reference") ROW_4,
    [SQL_ADD_DATE] = INSERT("date") ROW_4,
    [SQL_ADD_NUMBER] = INSERT("number") ROW_4,
    [SQL_ADD_QUANTITY] = INSERT("quantity") ROW_4,
    [SQL_ADD_BASE] = INSERT("base") ROW_5,
    [SQL_ADD_URI] = INSERT("uri") ROW_3,
    [SQL_ADD_DATED] = INSERT("dated") ROW_4,
    [SQL_ADD_TOKENS] = INSERT("token") SIXTEEN(ROW_4),
    [SQL_ADD_STRINGS] = INSERT("string") SIXTEEN(ROW_3),
    [SQL_ADD_REFERENCES] = INSERT("reference") SIXTEEN(ROW_4),
    [SQL_ADD_DATES] = INSERT("date") SIXTEEN(ROW_4),
    [SQL_ADD_NUMBERS] = INSERT("number") SIXTEEN(ROW_4),
    [SQL_ADD_QUANTITIES] = INSERT("quantity") SIXTEEN(ROW_4),
    [SQL_ADD_BASES] = INSERT("base") SIXTEEN(ROW_5),
    [SQL_ADD_URIS] = INSERT("uri") SIXTEEN(ROW_3),
    [SQL_ADD_DATEDS] = INSERT("dated") SIXTEEN(ROW_4),
    [SQL_CUT_TOKEN] =
        "DELETE FROM token WHERE param = ?1 AND code = ?2 AND rid = ?3 AND system = ?4",
    [SQL_CUT_STRING] = "DELETE FROM string WHERE param = ?1 AND folded = ?2 AND rid = ?3",
    [SQL_CUT_REFERENCE] =
        "DELETE FROM reference WHERE param = ?1 AND id = ?2 AND rid = ?3 AND type = ?4",
    [SQL_CUT_DATE] = "DELETE FROM date WHERE param = ?1 AND low = ?2 AND high = ?3 AND rid = ?4",
    [SQL_CUT_NUMBER] =
        "DELETE FROM number WHERE param = ?1 AND low = ?2 AND high = ?3 AND rid = ?4",
    [SQL_CUT_QUANTITY] =
        "DELETE FROM quantity WHERE param = ?1 AND low = ?2 AND high = ?3 AND rid = ?4",
    [SQL_CUT_BASE] =
        "DELETE FROM base WHERE param = ?1 AND unit = ?2 AND low = ?3 AND high = ?4 AND rid = ?5",
    [SQL_CUT_URI] = "DELETE FROM uri WHERE param = ?1 AND uri = ?2 AND rid = ?3",
    [SQL_CUT_DATED] = "DELETE FROM dated WHERE type = ?1 AND id = ?2 AND low = ?3 AND rid = ?4",

    [SQL_NOTE] = "SELECT key, value, due_ms FROM note WHERE area = ?1 AND key = ?2",
    [SQL_NOTES_UP] = "SELECT key, value, due_ms FROM note WHERE area = ?1 AND key > ?2"
                     " ORDER BY key LIMIT ?3",
    [SQL_NOTES_DOWN] = "SELECT key, value, due_ms FROM note WHERE area = ?1"
                       " AND (?4 OR key < ?2) ORDER BY key DESC LIMIT ?3",
    [SQL_SET_NOTE] = "INSERT OR REPLACE INTO note VALUES(?1, ?2, ?3, ?4)",
    [SQL_CUT_NOTE] = "DELETE FROM note WHERE area = ?1 AND key = ?2",
    [SQL_SWEEP] = "DELETE FROM note WHERE area = ?1 AND due_ms > 0 AND due_ms <= ?2",
    [SQL_PIECE] = "SELECT bytes FROM piece WHERE name = ?1 AND number = ?2",
    [SQL_ADD_PIECE] = "INSERT INTO piece VALUES(?1,"
                      " (SELECT coalesce(max(number) + 1, 0) FROM piece WHERE name = ?1), ?2)",
    [SQL_CUT_BLOB] = "DELETE FROM piece WHERE name = ?1",
};

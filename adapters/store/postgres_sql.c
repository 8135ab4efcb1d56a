/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/postgres_sql.h"

#include <stddef.h>

#include "store/postgres_batch.h"

static_assert(PG_COUNT - PG_BATCH == BATCHES, "a statement for each kind of array");

/* rid is 64 times the seq of a resource's first version, and its part. `change` is enum store_change: 2 is a
 * deletion. Index tables lead from a parameter (its number and part: 16 * number + part) and a value to rids. Codes,
 * ids, systems, units and words are 64-bit hashes there: two that are the same only lead to one candidate more,
 * which is then checked; what is looked up by such a hash alone is partitioned by it. Texts are bytes, so no
 * collation or encoding of the database has a say.
 *
 * A date is long if it is longer than a day; its ends may be the least and the greatest number there is. */
#define IS_LONG "high / 2 - low / 2 > 43199998"
#define BY_PART " PARTITION BY LIST ((rid & 63));"

static const char schema_1[] =
    "CREATE TABLE type(number int8 PRIMARY KEY, name bytea NOT NULL UNIQUE);"
    "CREATE TABLE param(number int8 PRIMARY KEY, type bytea NOT NULL, code bytea NOT NULL,"
    " UNIQUE(type, code));"
    "CREATE TABLE head(seq int8 NOT NULL, updated_ms int8 NOT NULL) WITH (fillfactor = 10);"
    "INSERT INTO head VALUES(0, 0);"
    "CREATE TABLE mark(writer int8 PRIMARY KEY, number int8 NOT NULL, at timestamptz NOT NULL)"
    " WITH (fillfactor = 20);"
    "CREATE TABLE name(id bytea NOT NULL, type int2 NOT NULL, rid int8 NOT NULL,"
    " PRIMARY KEY(id, type)) PARTITION BY HASH(id);"
    "CREATE TABLE resource(rid int8 NOT NULL, type int2 NOT NULL, change int2 NOT NULL,"
    " version int8 NOT NULL, seq int8 NOT NULL, updated_ms int8 NOT NULL, id bytea NOT NULL,"
    " rows bytea NOT NULL)" BY_PART "CREATE INDEX resource_rid ON resource(rid);"
    "CREATE INDEX resource_type ON resource(type, rid) WHERE change < 2;"
    "CREATE INDEX resource_seq ON resource(seq) WHERE change < 2;"
    "CREATE INDEX resource_type_seq ON resource(type, seq) WHERE change < 2;"
    "CREATE TABLE version(seq int8 NOT NULL, rid int8 NOT NULL, version int8 NOT NULL,"
    " updated_ms int8 NOT NULL, type int2 NOT NULL, change int2 NOT NULL,"
    " body bytea COMPRESSION lz4 NOT NULL)" BY_PART "CREATE INDEX version_seq ON version(seq);"
    "CREATE INDEX version_type ON version(type, seq);"
    "CREATE INDEX version_rid ON version(rid, seq);"
    "CREATE INDEX version_time ON version(updated_ms, seq);"
    "CREATE TABLE exact(key int4 NOT NULL, value int8 NOT NULL, rid int8 NOT NULL,"
    " extra int8 NOT NULL) PARTITION BY HASH(value);"
    "CREATE INDEX exact_value ON exact(key, value, rid, extra);"
    "CREATE TABLE string(key int4 NOT NULL, folded bytea NOT NULL, rid int8 NOT NULL)" BY_PART
    "CREATE INDEX string_folded ON string(key, folded, rid);"
    "CREATE TABLE date(key int4 NOT NULL, low int8 NOT NULL, high int8 NOT NULL,"
    " rid int8 NOT NULL)" BY_PART "CREATE INDEX date_low ON date(key, low, high, rid);"
    "CREATE INDEX date_long ON date(key, high) WHERE " IS_LONG ";"
    "CREATE TABLE amount(key int4 NOT NULL, unit int8 NOT NULL, low float8 NOT NULL,"
    " high float8 NOT NULL, rid int8 NOT NULL)" BY_PART
    "CREATE INDEX amount_low ON amount(key, unit, low, high, rid);"
    "CREATE INDEX amount_long ON amount(key, unit, high) WHERE high > low;"
    "CREATE TABLE dated(type int2 NOT NULL, patient int8 NOT NULL, low int8 NOT NULL,"
    " rid int8 NOT NULL) PARTITION BY HASH(patient);"
    "CREATE INDEX dated_low ON dated(type, patient, low DESC, rid);"
    "CREATE TABLE word(value int8 NOT NULL, rid int8 NOT NULL) PARTITION BY HASH(value);"
    "CREATE INDEX word_value ON word(value, rid);"
    "CREATE INDEX word_rid ON word(rid);"
    "CREATE TABLE note(area bytea NOT NULL, key bytea NOT NULL, value bytea NOT NULL,"
    " due_ms int8 NOT NULL, PRIMARY KEY(area, key));"
    "CREATE INDEX note_due ON note(area, due_ms) WHERE due_ms > 0;"
    "CREATE TABLE piece(name bytea NOT NULL, number int8 NOT NULL, bytes bytea NOT NULL,"
    " PRIMARY KEY(name, number));"
    "DO $$ DECLARE t text; BEGIN FOR i IN 0..%parts% - 1 LOOP"
    " FOREACH t IN ARRAY ARRAY['resource', 'version', 'string', 'date', 'amount'] LOOP"
    " EXECUTE format('CREATE TABLE %2$s_%1$s PARTITION OF %2$s FOR VALUES IN (%1$s)', i, t);"
    " END LOOP;"
    " FOREACH t IN ARRAY ARRAY['name', 'exact', 'dated', 'word'] LOOP"
    " EXECUTE format('CREATE TABLE %2$s_%1$s PARTITION OF %2$s"
    " FOR VALUES WITH (MODULUS %parts%, REMAINDER %1$s)', i, t);"
    " END LOOP; END LOOP; END $$;";

const char *const postgres_migrations[] = {schema_1, NULL};

#define SAME_PART(a, b) "(" a ".rid & 63) = (" b ".rid & 63)"
#define OF_RESOURCE "r.rid = n.rid AND " SAME_PART("r", "n")
#define OF_VERSION "v.rid = r.rid AND " SAME_PART("v", "r") " AND v.seq = r.seq"
#define RECORD "r.rid, r.type, r.id, r.version, r.seq, r.updated_ms, r.change, r.rows, v.body "
#define PAST                                                                                       \
    "v.seq, v.type, r.id, v.version, v.updated_ms, v.change,"                                      \
    " CASE WHEN $4::int8 > 0 THEN v.body ELSE '' END FROM version v"                               \
    " JOIN resource r ON r.rid = v.rid AND " SAME_PART("r", "v") " "
#define NOT_OVER                                                                                   \
    " AND NOT EXISTS (SELECT 1 FROM version w WHERE w.rid = v.rid AND " SAME_PART(                 \
        "w", "v") " AND w.seq > v.seq AND w.updated_ms <= $7::int8)"
#define LISTED                                                                                     \
    "r.seq, r.type, r.id, r.version, r.updated_ms, r.change, v.body FROM resource r"               \
    " JOIN version v ON " OF_VERSION " "
#define SPAN "v.seq BETWEEN $1::int8 AND $2::int8 "
#define NUMBERS(array) "unnest(" array "::int8[])"

const char *const postgres_sql[PG_COUNT] = {
    [PG_BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    [PG_BEGIN_WRITE] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    [PG_COMMIT] = "COMMIT",
    [PG_ROLLBACK] = "ROLLBACK",
    [PG_SAVE] = "SAVEPOINT job",
    [PG_RELEASE] = "RELEASE job",
    [PG_UNDO] = "ROLLBACK TO job",

    [PG_HEAD] = "SELECT seq, updated_ms FROM head FOR UPDATE",
    [PG_SET_HEAD] = "UPDATE head SET seq = $1::int8, updated_ms = $2::int8",
    [PG_MARK] = "INSERT INTO mark VALUES($1::int8, $2::int8, now()) ON CONFLICT (writer)"
                " DO UPDATE SET number = excluded.number, at = excluded.at",
    [PG_MARK_OF] = "SELECT number FROM mark WHERE writer = $1::int8",
    [PG_CUT_MARK] = "DELETE FROM mark WHERE writer = $1::int8 OR at < now() - interval '7 days'",
    [PG_CHANNEL] = "SELECT 'jisr_' || 'head'::regclass::oid",
    [PG_NOTIFY] = "SELECT pg_notify('jisr_' || 'head'::regclass::oid, $1::int8::text)",
    [PG_REACHED] = "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::int8",
    [PG_REPLAYED] = "SELECT pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN"
                    " pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END, '0/0')::int8",
    [PG_TOLD] = "SELECT v.seq, v.type, r.id, v.version, v.updated_ms, v.change FROM version v"
                " JOIN resource r ON r.rid = v.rid AND " SAME_PART(
                    "r", "v") " WHERE v.seq > $1::int8 AND v.seq <= $2::int8"
                              " ORDER BY v.seq LIMIT $3::int8",

    [PG_LAST] = "SELECT seq, updated_ms FROM head",
    [PG_GET] = "SELECT r.version, r.seq, r.updated_ms, r.change, v.body FROM name n"
               " JOIN resource r ON " OF_RESOURCE " JOIN version v ON " OF_VERSION
               " WHERE n.id = $1::bytea AND n.type = $2::int8",
    [PG_NAME] = "SELECT r.rid, r.version, r.change, r.rows FROM name n"
                " JOIN resource r ON " OF_RESOURCE " WHERE n.id = $1::bytea AND n.type = $2::int8",
    [PG_LOAD] = "SELECT " RECORD "FROM " NUMBERS("$1") " AS n(rid) JOIN resource r ON " OF_RESOURCE
                                                       " JOIN version v ON " OF_VERSION,
    [PG_NAMED] = "SELECT " RECORD "FROM name n JOIN resource r ON " OF_RESOURCE
                 " JOIN version v ON " OF_VERSION " WHERE n.id = $1::bytea AND n.type = $2::int8",
    [PG_BODY] = "SELECT body FROM version WHERE seq = $1::int8",
    [PG_VERSIONED] =
        "SELECT v.version, v.seq, v.updated_ms, v.change, v.body FROM name n"
        " JOIN version v ON v.rid = n.rid AND " SAME_PART(
            "v", "n") " WHERE n.id = $1::bytea AND n.type = $2::int8 AND v.version = $3::int8",
    [PG_SEQ_AT] = "SELECT seq FROM version WHERE updated_ms >= $1::int8"
                  " ORDER BY updated_ms, seq LIMIT 1",

    [PG_HISTORY_DOWN] = "SELECT " PAST "WHERE " SPAN "ORDER BY v.seq DESC LIMIT $3::int8",
    [PG_HISTORY_UP] = "SELECT " PAST "WHERE " SPAN "ORDER BY v.seq LIMIT $3::int8",
    [PG_TYPE_DOWN] =
        "SELECT " PAST "WHERE v.type = $5::int8 AND " SPAN "ORDER BY v.seq DESC LIMIT $3::int8",
    [PG_TYPE_UP] =
        "SELECT " PAST "WHERE v.type = $5::int8 AND " SPAN "ORDER BY v.seq LIMIT $3::int8",
    [PG_ONE_DOWN] = "SELECT " PAST "WHERE v.rid = $5::int8 AND (v.rid & 63) = ($5::int8 & 63)"
                    " AND " SPAN "ORDER BY v.seq DESC LIMIT $3::int8",
    [PG_ONE_UP] = "SELECT " PAST "WHERE v.rid = $5::int8 AND (v.rid & 63) = ($5::int8 & 63)"
                  " AND " SPAN "ORDER BY v.seq LIMIT $3::int8",
    [PG_AT_DOWN] = "SELECT " PAST "WHERE ($5::int8 = 0 OR v.type = $5::int8)"
                   " AND ($6::int8 = 0 OR v.rid = $6::int8) AND " SPAN NOT_OVER
                   " ORDER BY v.seq DESC LIMIT $3::int8",
    [PG_AT_UP] = "SELECT " PAST "WHERE ($5::int8 = 0 OR v.type = $5::int8)"
                 " AND ($6::int8 = 0 OR v.rid = $6::int8) AND " SPAN NOT_OVER
                 " ORDER BY v.seq LIMIT $3::int8",

    [PG_LIST] = "SELECT " LISTED "WHERE r.change < 2 AND r.seq BETWEEN $1::int8 AND $2::int8"
                " ORDER BY r.seq LIMIT $3::int8",
    [PG_LIST_TYPE] = "SELECT " LISTED "WHERE r.change < 2 AND r.type = $4::int8"
                     " AND r.seq BETWEEN $1::int8 AND $2::int8 ORDER BY r.seq LIMIT $3::int8",

    [PG_CODE] = "SELECT rid FROM exact WHERE key = $1::int8 AND value = $2::int8"
                " AND rid > $3::int8 ORDER BY rid LIMIT $4::int8",
    [PG_CODE_SYSTEM] = "SELECT rid FROM exact WHERE key = $1::int8 AND value = $2::int8"
                       " AND rid > $3::int8 AND extra = $5::int8 ORDER BY rid LIMIT $4::int8",
    [PG_SYSTEM] = "SELECT rid FROM exact WHERE key = $1::int8 AND extra = $2::int8 LIMIT $3::int8",
    [PG_STRING] = "SELECT rid FROM string WHERE key = $1::int8 AND folded = $2::bytea"
                  " AND rid > $3::int8 ORDER BY rid LIMIT $4::int8",
    [PG_STRING_START] = "SELECT rid FROM string WHERE key = $1::int8 AND folded >= $2::bytea"
                        " AND folded < $3::bytea LIMIT $4::int8",
    [PG_STRING_PART] = "SELECT rid FROM string WHERE key = $1::int8"
                       " AND (position($2::bytea IN folded) > 0 OR length(folded) >= $3::int8)"
                       " LIMIT $4::int8",
    [PG_DATE] = "SELECT rid FROM date WHERE key = $1::int8 AND low BETWEEN $2::int8 AND $3::int8"
                " AND high >= $4::int8 LIMIT $5::int8",
    [PG_DATE_LONG] = "SELECT rid FROM date WHERE key = $1::int8 AND " IS_LONG
                     " AND high >= $4::int8 AND low >= $2::int8 AND low < $3::int8"
                     " AND low <= $6::int8 LIMIT $5::int8",
    [PG_AMOUNT] = "SELECT rid FROM amount WHERE key = $1::int8 AND unit = $7::int8"
                  " AND low BETWEEN $2::float8 AND $3::float8 AND high >= $4::float8"
                  " AND $6::float8 IS NOT NULL LIMIT $5::int8",
    [PG_AMOUNT_LONG] = "SELECT rid FROM amount WHERE key = $1::int8 AND unit = $7::int8"
                       " AND high > low AND high >= $4::float8 AND low >= $2::float8"
                       " AND low < $3::float8 AND low <= $6::float8 LIMIT $5::int8",
    [PG_ID] = "SELECT rid FROM name WHERE id = $1::bytea LIMIT $2::int8",
    [PG_UPDATED] = "SELECT rid FROM resource WHERE change < 2"
                   " AND seq BETWEEN $1::int8 AND $2::int8 LIMIT $3::int8",
    [PG_WORDS] = "SELECT rid FROM word WHERE value = ANY($1::int8[]) GROUP BY rid"
                 " HAVING count(*) = $2::int8 LIMIT $3::int8",
    [PG_OF_TYPE] = "SELECT rid FROM resource WHERE type = $1::int8 AND change < 2"
                   " AND rid > $2::int8 ORDER BY rid LIMIT $3::int8",
    [PG_ALL] = "SELECT rid FROM resource WHERE rid > $1::int8 AND change < 2"
               " ORDER BY rid LIMIT $2::int8",
    [PG_NEWEST] = "SELECT rid FROM resource WHERE type = $1::int8 AND change < 2"
                  " AND seq < $2::int8 ORDER BY seq DESC LIMIT $3::int8",
    [PG_OLDEST] = "SELECT rid FROM resource WHERE type = $1::int8 AND change < 2"
                  " AND seq > $2::int8 ORDER BY seq LIMIT $3::int8",

    [PG_DATED] = "SELECT rid FROM dated WHERE type = $1::int8 AND patient = $2::int8"
                 " AND low <= $3::int8 AND (low < $3::int8 OR rid > $4::int8)"
                 " ORDER BY low DESC, rid LIMIT $5::int8",

    [PG_COUNT_TYPE] = "SELECT count(*)::int8 FROM (SELECT 1 FROM resource"
                      " WHERE type = $1::int8 AND change < 2 LIMIT $2::int8) AS t",
    [PG_COUNT_ALL] = "SELECT count(*)::int8 FROM (SELECT 1 FROM resource"
                     " WHERE change < 2 LIMIT $1::int8) AS t",
    [PG_COUNT_CODE] = "SELECT count(*)::int8 FROM (SELECT rid FROM exact WHERE key = $1::int8"
                      " AND value = $2::int8 GROUP BY rid LIMIT $3::int8) AS t",
    [PG_COUNT_CODE_SYSTEM] =
        "SELECT count(*)::int8 FROM (SELECT rid FROM exact WHERE key = $1::int8"
        " AND value = $2::int8 AND extra = $4::int8 GROUP BY rid LIMIT $3::int8) AS t",
    [PG_DATES_UP] = "SELECT rid, low FROM date WHERE key = $1::int8 AND low >= $2::int8"
                    " AND (low > $2::int8 OR rid > $3::int8) ORDER BY low, rid LIMIT $4::int8",
    [PG_DATES_DOWN] =
        "SELECT rid, low FROM date WHERE key = $1::int8 AND low <= $2::int8"
        " AND (low < $2::int8 OR rid > $3::int8) ORDER BY low DESC, rid LIMIT $4::int8",
    [PG_STRINGS_UP] =
        "SELECT rid, folded FROM string WHERE key = $1::int8 AND folded >= $2::bytea"
        " AND (folded > $2::bytea OR rid > $3::int8) ORDER BY folded, rid LIMIT $4::int8",
    [PG_STRINGS_DOWN] =
        "SELECT rid, folded FROM string WHERE key = $1::int8 AND folded <= $2::bytea"
        " AND (folded < $2::bytea OR rid > $3::int8) ORDER BY folded DESC, rid LIMIT $4::int8",
    [PG_IDS_UP] = "SELECT n.rid, n.id FROM name n JOIN resource r ON " OF_RESOURCE
                  " WHERE n.type = $1::int8 AND n.id > $2::bytea AND r.change < 2"
                  " AND $3::int8 >= 0 ORDER BY n.id LIMIT $4::int8",
    [PG_IDS_DOWN] = "SELECT n.rid, n.id FROM name n JOIN resource r ON " OF_RESOURCE
                    " WHERE n.type = $1::int8 AND n.id < $2::bytea AND r.change < 2"
                    " AND $3::int8 >= 0 ORDER BY n.id DESC LIMIT $4::int8",

    [PG_NOTE] = "SELECT key, value, due_ms FROM note WHERE area = $1::bytea AND key = $2::bytea",
    [PG_NOTES_UP] = "SELECT key, value, due_ms FROM note WHERE area = $1::bytea"
                    " AND key > $2::bytea ORDER BY key LIMIT $3::int8",
    [PG_NOTES_DOWN] = "SELECT key, value, due_ms FROM note WHERE area = $1::bytea"
                      " AND ($4::int8 > 0 OR key < $2::bytea) ORDER BY key DESC LIMIT $3::int8",
    [PG_SET_NOTE] = "INSERT INTO note VALUES($1::bytea, $2::bytea, $3::bytea, $4::int8)"
                    " ON CONFLICT (area, key) DO UPDATE SET value = excluded.value,"
                    " due_ms = excluded.due_ms",
    [PG_CUT_NOTE] = "DELETE FROM note WHERE area = $1::bytea AND key = $2::bytea",
    [PG_SWEEP] = "DELETE FROM note WHERE area = $1::bytea AND due_ms > 0 AND due_ms <= $2::int8",
    [PG_PIECE] = "SELECT bytes FROM piece WHERE name = $1::bytea AND number = $2::int8",
    [PG_ADD_PIECE] = "INSERT INTO piece VALUES($1::bytea, (SELECT coalesce(max(number) + 1, 0)"
                     " FROM piece WHERE name = $1::bytea), $2::bytea)",
    [PG_CUT_BLOB] = "DELETE FROM piece WHERE name = $1::bytea",

    [PG_BATCH + BATCH_CUT_EXACT] =
        "DELETE FROM exact e USING unnest($1::int8[], $2::int8[], $3::int8[])"
        " AS n(key, value, rid) WHERE e.key = n.key AND e.value = n.value AND e.rid = n.rid",
    [PG_BATCH + BATCH_CUT_STRING] =
        "DELETE FROM string e USING unnest($1::int8[], $2::bytea[], $3::int8[])"
        " AS n(key, folded, rid) WHERE e.key = n.key AND e.folded = n.folded AND e.rid = n.rid"
        " AND " SAME_PART("e", "n"),
    [PG_BATCH + BATCH_CUT_DATE] =
        "DELETE FROM date e USING unnest($1::int8[], $2::int8[], $3::int8[])"
        " AS n(key, low, rid) WHERE e.key = n.key AND e.low = n.low AND e.rid = n.rid"
        " AND " SAME_PART("e", "n"),
    [PG_BATCH + BATCH_CUT_AMOUNT] =
        "DELETE FROM amount e USING unnest($1::int8[], $2::int8[], $3::float8[], $4::int8[])"
        " AS n(key, unit, low, rid) WHERE e.key = n.key AND e.unit = n.unit AND e.low = n.low"
        " AND e.rid = n.rid AND " SAME_PART("e", "n"),
    [PG_BATCH + BATCH_CUT_DATED] =
        "DELETE FROM dated e USING unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[])"
        " AS n(type, patient, low, rid) WHERE e.type = n.type AND e.patient = n.patient"
        " AND e.low = n.low AND e.rid = n.rid",
    [PG_BATCH + BATCH_CUT_WORD] =
        "DELETE FROM word e USING " NUMBERS("$1") " AS n(rid) WHERE e.rid = n.rid",
    [PG_BATCH + BATCH_NAME] = "INSERT INTO name SELECT * FROM unnest($1::bytea[], $2::int8[],"
                              " $3::int8[])",
    [PG_BATCH + BATCH_RESOURCE] =
        "INSERT INTO resource SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[],"
        " $4::int8[], $5::int8[], $6::int8[], $7::bytea[], $8::bytea[])",
    [PG_BATCH + BATCH_CHANGE] =
        "UPDATE resource r SET change = n.change, version = n.version, seq = n.seq,"
        " updated_ms = n.updated_ms, rows = n.rows FROM unnest($1::int8[], $2::int8[], $3::int8[],"
        " $4::int8[], $5::int8[], $6::bytea[]) AS n(rid, change, version, seq, updated_ms, rows)"
        " WHERE " OF_RESOURCE,
    [PG_BATCH + BATCH_VERSION] =
        "INSERT INTO version SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[],"
        " $5::int8[], $6::int8[], $7::bytea[])",
    [PG_BATCH + BATCH_EXACT] = "INSERT INTO exact SELECT * FROM unnest($1::int8[], $2::int8[],"
                               " $3::int8[], $4::int8[])",
    [PG_BATCH + BATCH_STRING] = "INSERT INTO string SELECT * FROM unnest($1::int8[], $2::bytea[],"
                                " $3::int8[])",
    [PG_BATCH + BATCH_DATE] = "INSERT INTO date SELECT * FROM unnest($1::int8[], $2::int8[],"
                              " $3::int8[], $4::int8[])",
    [PG_BATCH + BATCH_AMOUNT] = "INSERT INTO amount SELECT * FROM unnest($1::int8[], $2::int8[],"
                                " $3::float8[], $4::float8[], $5::int8[])",
    [PG_BATCH + BATCH_DATED] = "INSERT INTO dated SELECT * FROM unnest($1::int8[], $2::int8[],"
                               " $3::int8[], $4::int8[])",
    [PG_BATCH + BATCH_WORD] = "INSERT INTO word SELECT * FROM unnest($1::int8[], $2::int8[])",
};

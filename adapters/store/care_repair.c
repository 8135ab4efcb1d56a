/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Out of a store with broken pages, all that can still be read, into a new one. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/care_parts.h"

struct rescuer {
    const struct seal_vfs *from, *to;
    sqlite3 *source, *target;
    const char *tidy; /* SQL for the target, or NULL */
    struct care_rescue *rescue;
    struct care_fault *fault;
};

struct table {
    const char *name;
    char *columns, *marks;   /* quoted names, and as many question marks; sqlite3_free */
    char *key_up, *key_down; /* what to sort by where there is no rowid */
    sqlite3_stmt *insert;
    bool torn;
};

static bool source_fault(struct rescuer *rescuer)
{
    return care_fail_sqlite(rescuer->fault, rescuer->from, rescuer->source);
}

static bool target_fault(struct rescuer *rescuer)
{
    return care_fail_sqlite(rescuer->fault, rescuer->to, rescuer->target);
}

/* Prepares SQL made by SQLite's printf. NULL: it cannot be. */
static sqlite3_stmt *prepare(sqlite3 *db, const char *sql, ...)
{
    va_list args;
    va_start(args, sql);
    char *text = sqlite3_vmprintf(sql, args);
    va_end(args);
    sqlite3_stmt *statement = NULL;
    if (text && sqlite3_prepare_v2(db, text, -1, &statement, NULL) != SQLITE_OK)
        statement = NULL;
    sqlite3_free(text);
    return statement;
}

/* What `form`, SQL over the quoted name `n`, makes of each of a table's columns that are `which`, with commas between.
 * sqlite3_free; NULL: there are none. */
static char *of_columns(struct rescuer *rescuer, const char *form, const char *which,
                        const char *name)
{
    sqlite3_stmt *query =
        prepare(rescuer->source,
                "SELECT group_concat(%s, ', ') FROM (SELECT '\"' || replace(name, '\"', "
                "'\"\"') || '\"' AS n FROM pragma_table_xinfo(%Q) WHERE %s)",
                form, name, which);
    char *text = NULL;
    if (query && sqlite3_step(query) == SQLITE_ROW && sqlite3_column_text(query, 0))
        text = sqlite3_mprintf("%s", sqlite3_column_text(query, 0));
    sqlite3_finalize(query);
    return text;
}

/* --- one table --- */

static bool insert_row(struct rescuer *rescuer, const struct table *table, sqlite3_stmt *row)
{
    int count = sqlite3_column_count(row);
    for (int i = 0; i < count; i++)
        sqlite3_bind_value(table->insert, i + 1, sqlite3_column_value(row, i));
    int rc = sqlite3_step(table->insert);
    rescuer->rescue->rows += (uint64_t)(rc == SQLITE_DONE && sqlite3_changes(rescuer->target) > 0);
    sqlite3_reset(table->insert);
    return rc == SQLITE_DONE || target_fault(rescuer);
}

/* Whether the rows from `rowid` on begin with one that can be read, or there are none. */
static bool readable_from(sqlite3_stmt *rows, int64_t rowid)
{
    sqlite3_bind_int64(rows, 1, rowid);
    int rc = sqlite3_step(rows);
    sqlite3_reset(rows);
    return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

/* The first place behind `broken` from which rows can be read again. False: there is none. */
static bool behind(sqlite3_stmt *rows, int64_t broken, int64_t *next)
{
    int64_t low = broken, high = broken;
    for (uint64_t stride = 1; !readable_from(rows, high); stride *= 2) {
        if (high == INT64_MAX)
            return false;
        low = high;
        high = stride < (uint64_t)INT64_MAX - (uint64_t)high ? (int64_t)((uint64_t)high + stride)
                                                             : INT64_MAX;
    }
    while ((uint64_t)high - (uint64_t)low > 1) { /* which may be more than a signed number holds */
        int64_t middle = (int64_t)((uint64_t)low + ((uint64_t)high - (uint64_t)low) / 2);
        if (readable_from(rows, middle))
            high = middle;
        else
            low = middle;
    }
    *next = high;
    return true;
}

static bool copy_by_rowid(struct rescuer *rescuer, struct table *table, sqlite3_stmt *rows)
{
    int64_t next = INT64_MIN;
    for (;;) {
        int rc;
        sqlite3_bind_int64(rows, 1, next);
        while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
            int64_t rowid = sqlite3_column_int64(rows, 0);
            if (!insert_row(rescuer, table, rows))
                return false;
            if (rowid == INT64_MAX)
                return true;
            next = rowid + 1;
        }
        sqlite3_reset(rows);
        if (rc == SQLITE_DONE)
            return true;
        table->torn = true;
        if (!behind(rows, next, &next))
            return true;
    }
}

/* Without rowids there is no way around a broken page: from the front, then from the back. */
static bool copy_by_key(struct rescuer *rescuer, struct table *table)
{
    for (int way = 0; way < 2 && (way == 0 || table->torn); way++) {
        sqlite3_stmt *rows =
            prepare(rescuer->source, "SELECT %s FROM \"%w\" NOT INDEXED ORDER BY %s",
                    table->columns, table->name, way ? table->key_down : table->key_up);
        bool good = true;
        int rc = rows ? SQLITE_ROW : SQLITE_ERROR;
        while (rows && good && (rc = sqlite3_step(rows)) == SQLITE_ROW)
            good = insert_row(rescuer, table, rows);
        sqlite3_finalize(rows);
        if (!good)
            return false;
        table->torn = table->torn || rc != SQLITE_DONE;
    }
    return true;
}

static void count_table(struct rescuer *rescuer, const struct table *table)
{
    struct care_rescue *rescue = rescuer->rescue;
    size_t len = strlen(rescue->torn);
    rescue->tables += !table->torn;
    rescue->tables_torn += table->torn;
    if (table->torn)
        snprintf(rescue->torn + len, sizeof rescue->torn - len, "%s%s", len ? ", " : "",
                 table->name);
}

static bool copy_table(struct rescuer *rescuer, const char *name, bool has_rowid)
{
    struct table table = {.name = name};
    table.columns = of_columns(rescuer, "n", "hidden = 0", name);
    table.marks = of_columns(rescuer, "'?'", "hidden = 0", name);
    table.key_up = of_columns(rescuer, "n", "pk > 0 ORDER BY pk", name);
    table.key_down = of_columns(rescuer, "n || ' DESC'", "pk > 0 ORDER BY pk", name);
    if (has_rowid)
        table.insert =
            prepare(rescuer->target, "INSERT OR IGNORE INTO \"%w\"(_rowid_, %s) VALUES(?, %s)",
                    name, table.columns, table.marks);
    else
        table.insert = prepare(rescuer->target, "INSERT OR IGNORE INTO \"%w\"(%s) VALUES(%s)", name,
                               table.columns, table.marks);
    bool good = table.insert || target_fault(rescuer);
    if (good && has_rowid) {
        sqlite3_stmt *rows = prepare(rescuer->source,
                                     "SELECT _rowid_, %s FROM \"%w\" NOT INDEXED "
                                     "WHERE _rowid_ >= ? ORDER BY _rowid_",
                                     table.columns, name);
        good = rows ? copy_by_rowid(rescuer, &table, rows) : source_fault(rescuer);
        sqlite3_finalize(rows);
    } else if (good) {
        good = copy_by_key(rescuer, &table);
    }
    count_table(rescuer, &table);
    sqlite3_finalize(table.insert);
    sqlite3_free(table.columns);
    sqlite3_free(table.marks);
    sqlite3_free(table.key_up);
    sqlite3_free(table.key_down);
    return good;
}

/* --- all of them --- */

typedef bool row_work(struct rescuer *rescuer, sqlite3_stmt *row);

static bool for_each(struct rescuer *rescuer, const char *sql, row_work *work)
{
    sqlite3_stmt *rows = prepare(rescuer->source, "%s", sql);
    bool good = true;
    int rc = rows ? SQLITE_ROW : SQLITE_ERROR;
    while (rows && good && (rc = sqlite3_step(rows)) == SQLITE_ROW)
        good = work(rescuer, rows);
    good = good && (rc == SQLITE_DONE || source_fault(rescuer));
    sqlite3_finalize(rows);
    return good;
}

static bool make(struct rescuer *rescuer, sqlite3_stmt *row)
{
    const char *sql = (const char *)sqlite3_column_text(row, 0);
    rescuer->rescue->to_rebuild += (unsigned)sqlite3_column_int(row, 1);
    return care_run(rescuer->to, rescuer->target, sql, rescuer->fault);
}

static bool fill(struct rescuer *rescuer, sqlite3_stmt *row)
{
    return copy_table(rescuer, (const char *)sqlite3_column_text(row, 0),
                      sqlite3_column_int(row, 1) == 0);
}

/* Tables, then rows, then what is made of them; shadow tables come with the virtual ones that they belong to. */
static bool rescue_all(struct rescuer *rescuer)
{
    static const char tables[] =
        "SELECT sql, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_schema WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT IN "
        "(SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow')";
    static const char filled[] =
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
        "AND (name NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name = 'sqlite_sequence')";
    static const char rest[] =
        "SELECT sql, 0 FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL";
    static const char numbers[] =
        "SELECT 'PRAGMA application_id=' || application_id, 0 FROM pragma_application_id UNION ALL "
        "SELECT 'PRAGMA user_version=' || user_version, 0 FROM pragma_user_version";
    return care_run(rescuer->to, rescuer->target, "BEGIN", rescuer->fault) &&
           for_each(rescuer, tables, make) && for_each(rescuer, filled, fill) &&
           for_each(rescuer, rest, make) && for_each(rescuer, numbers, make) &&
           (!rescuer->tidy ||
            care_run(rescuer->to, rescuer->target, rescuer->tidy, rescuer->fault)) &&
           care_run(rescuer->to, rescuer->target, "COMMIT", rescuer->fault);
}

/* Opened so that nothing is written to it, by a VFS that takes the log's first damage for its end. */
static sqlite3 *open_source(struct seal_vfs *salvage, const char *path, struct care_fault *fault)
{
    sqlite3 *db = care_open(salvage, path, SQLITE_OPEN_READONLY, fault);
    if (db)
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return db;
}

bool care_repair(const struct seal_vfs *from, const char *from_path, const struct seal_vfs *to,
                 const char *path, const char *tidy, struct care_rescue *rescue,
                 struct care_fault *fault)
{
    char part[PATH_MAX];
    struct care_rescue found = {0};
    struct seal_vfs *salvage;

    if (!care_is_free(path, fault))
        return false;
    snprintf(part, sizeof part, "%s.part", path);
    unlink(part); /* of a repair that was stopped */
    salvage = seal_vfs_new(from->keys);
    if (!salvage)
        return care_fail(fault, CARE_ERR_SYSTEM, "no memory");
    salvage->salvages = true;

    struct rescuer rescuer = {
        .from = salvage, .to = to, .tidy = tidy, .rescue = &found, .fault = fault};
    rescuer.source = open_source(salvage, from_path, fault);
    if (rescuer.source)
        rescuer.target = care_open(to, part, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, fault);
    bool good =
        rescuer.target &&
        care_run(to, rescuer.target, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", fault) &&
        rescue_all(&rescuer) && care_run(to, rescuer.target, "PRAGMA journal_mode=WAL", fault);
    sqlite3_close(rescuer.source);
    sqlite3_close(rescuer.target);
    found.loss = (enum seal_loss)atomic_load(&salvage->loss);
    seal_vfs_free(salvage);
    good = good && care_settle(part, path, fault);
    if (good)
        *rescue = found;
    else
        unlink(part);
    return good;
}

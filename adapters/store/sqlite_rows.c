/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index rows of resources, put in and taken out.
 *
 * What is put in waits until something could see it, or much has come: rows of many resources go in sorted, many to a
 * statement, which costs a third less than one after another: docs/store.md. */
#include <stdlib.h>

#include "store/entry.h"
#include "store/sqlite_conn.h"

/* FNV-1a, 32 bits: only a place in a small table. */
static uint32_t hash_of(struct text text)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (uint8_t)text.bytes[i]) * 16777619U;
    return hash;
}

void sqlite_words_forget(struct sqlite *store)
{
    for (size_t i = 0; i < WORDS_KEPT; i++)
        store->words[i].len = 0;
}

static enum store_err ask_word(struct conn *conn, struct text word, int64_t *number)
{
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_WORD_OF);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, word);
    bool is_there = conn_step(conn, statement, &err);
    if (is_there)
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    if (err || is_there)
        return err;
    statement = conn_statement(conn, SQL_ADD_WORD);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, word);
    err = conn_finish(conn, statement);
    *number = sqlite3_last_insert_rowid(conn->db);
    return err;
}

/* The number of a system or unit; a new one where it has none. */
static enum store_err word_number(struct conn *conn, struct text word, int64_t *number)
{
    *number = 0;
    if (word.len == 0)
        return STORE_OK;
    struct word_kept *kept = &conn->store->words[hash_of(word) % WORDS_KEPT];
    if (text_equal((struct text){kept->text, kept->len}, word)) {
        *number = kept->number;
        return STORE_OK;
    }
    enum store_err err = ask_word(conn, word, number);
    if (!err && word.len <= WORD_KEPT_BYTES) {
        memcpy(kept->text, word.bytes, word.len);
        kept->len = (uint32_t)word.len;
        kept->number = *number;
    }
    return err;
}

enum { ROWS_MAX = 8192, TEXT_BYTES_MAX = 1 << 20, ROWS_AT_ONCE = SQLITE_ROWS_AT_ONCE };

/* An entry as its table has it. */
struct waiting_row {
    enum store_entry_kind kind;
    int64_t key, rid; /* key: of a dated one, the type's number */
    int64_t number;   /* of a system, unit or type */
    struct text text;
    int64_t low_ms, high_ms;
    double low, high;
};

static enum store_err row_of(struct conn *conn, const struct store_entry *entry, int64_t rid,
                             struct waiting_row *row)
{
    *row = (struct waiting_row){
        .kind = entry->kind,
        .key = entry->kind == STORE_ENTRY_DATED ? entry->type : entry->key,
        .rid = rid,
        .number = entry->type,
        .text = entry->text,
        .low_ms = entry->low_ms,
        .high_ms = entry->high_ms,
        .low = entry->low,
        .high = entry->high,
    };
    if (entry->kind == STORE_ENTRY_TOKEN || entry->kind == STORE_ENTRY_BASE)
        return word_number(conn, entry->system, &row->number);
    return STORE_OK;
}

/* The row's values in the order of its table's columns, the first at `place`; the place behind them. */
static int bind_row(sqlite3_stmt *statement, int place, const struct waiting_row *row)
{
    sqlite3_bind_int64(statement, place++, row->key);
    switch (row->kind) {
    case STORE_ENTRY_STRING:
    case STORE_ENTRY_URI:
        bind_text(statement, place++, row->text);
        break;
    case STORE_ENTRY_TOKEN:
    case STORE_ENTRY_REFERENCE:
        bind_text(statement, place++, row->text);
        sqlite3_bind_int64(statement, place++, row->rid);
        sqlite3_bind_int64(statement, place++, row->number);
        return place;
    case STORE_ENTRY_DATE:
        sqlite3_bind_int64(statement, place++, row->low_ms);
        sqlite3_bind_int64(statement, place++, row->high_ms);
        break;
    case STORE_ENTRY_DATED:
        bind_text(statement, place++, row->text);
        sqlite3_bind_int64(statement, place++, row->low_ms);
        break;
    case STORE_ENTRY_BASE:
        sqlite3_bind_int64(statement, place++, row->number);
        sqlite3_bind_double(statement, place++, row->low);
        sqlite3_bind_double(statement, place++, row->high);
        break;
    case STORE_ENTRY_NUMBER:
    case STORE_ENTRY_QUANTITY:
        sqlite3_bind_double(statement, place++, row->low);
        sqlite3_bind_double(statement, place++, row->high);
        break;
    }
    sqlite3_bind_int64(statement, place++, row->rid);
    return place;
}

/* As their tables are sorted, more or less: it is for speed alone. */
static int by_place(const void *left, const void *right)
{
    const struct waiting_row *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    int order = text_compare(a->text, b->text);
    if (order)
        return order;
    if (a->low_ms != b->low_ms)
        return a->low_ms < b->low_ms ? -1 : 1;
    if (a->low < b->low || a->low > b->low)
        return a->low < b->low ? -1 : 1;
    return (a->rid > b->rid) - (a->rid < b->rid);
}

static enum store_err put_in(struct conn *conn, enum sqlite_sql which,
                             const struct waiting_row *rows, size_t count)
{
    int place = 1;
    sqlite3_stmt *statement = conn_statement(conn, which);
    if (!statement)
        return conn_error(conn);
    for (size_t i = 0; i < count; i++)
        place = bind_row(statement, place, &rows[i]);
    return conn_finish(conn, statement);
}

/* `rows` are of one kind. */
static enum store_err put_in_all(struct conn *conn, const struct waiting_row *rows, size_t count)
{
    enum store_err err = STORE_OK;
    enum sqlite_sql one = SQL_ADD_TOKEN + (enum sqlite_sql)rows->kind;
    size_t i = 0;
    for (; i + ROWS_AT_ONCE <= count && !err; i += ROWS_AT_ONCE)
        err = put_in(conn, one + (SQL_ADD_TOKENS - SQL_ADD_TOKEN), rows + i, ROWS_AT_ONCE);
    for (; i < count && !err; i++)
        err = put_in(conn, one, rows + i, 1);
    return err;
}

void sqlite_rows_forget(struct sqlite *store)
{
    store->waiting_count = 0;
    arena_reset(&store->waiting_texts);
}

enum store_err sqlite_rows_settle(struct conn *conn)
{
    struct sqlite *store = conn->store;
    enum store_err err = STORE_OK;
    if (conn != &store->writer || store->waiting_count == 0)
        return STORE_OK;
    int64_t before = sqlite3_total_changes64(conn->db);
    qsort(store->waiting, store->waiting_count, sizeof *store->waiting, by_place);
    for (size_t first = 0, end = 0; end < store->waiting_count && !err; first = end) {
        while (end < store->waiting_count && store->waiting[end].kind == store->waiting[first].kind)
            end++;
        err = put_in_all(conn, store->waiting + first, end - first);
    }
    store->settled += sqlite3_total_changes64(conn->db) - before;
    sqlite_rows_forget(store);
    return err;
}

struct rows { /* of one resource */
    struct conn *conn;
    int64_t rid;
};

static enum store_err add_row(const struct store_entry *entry, void *context)
{
    const struct rows *rows = context;
    struct sqlite *store = rows->conn->store;
    enum store_err err = STORE_OK;
    if (!store->waiting) {
        store->waiting = malloc(ROWS_MAX * sizeof *store->waiting);
        if (!store->waiting)
            return STORE_ERR_MEMORY;
    }
    if (store->waiting_count == ROWS_MAX || store->waiting_texts.used_bytes > TEXT_BYTES_MAX)
        err = sqlite_rows_settle(rows->conn);
    struct waiting_row *row = &store->waiting[store->waiting_count];
    if (!err)
        err = row_of(rows->conn, entry, rows->rid, row);
    if (err)
        return err;
    row->text = arena_copy(&store->waiting_texts, row->text);
    if (!row->text.bytes)
        return STORE_ERR_MEMORY;
    store->waiting_count++;
    return STORE_OK;
}

static enum store_err cut_row(const struct store_entry *entry, void *context)
{
    const struct rows *rows = context;
    struct waiting_row row;
    enum store_err err = row_of(rows->conn, entry, rows->rid, &row);
    return err ? err : put_in(rows->conn, SQL_CUT_TOKEN + (enum sqlite_sql)row.kind, &row, 1);
}

enum store_err sqlite_rows_add(struct conn *conn, uint16_t type, int64_t rid,
                               const struct search_rows *rows)
{
    struct rows these = {conn, rid};
    return store_entries(rows, type, &conn->store->names, add_row, &these);
}

enum store_err sqlite_rows_cut(struct conn *conn, uint16_t type, int64_t rid,
                               const struct search_rows *rows)
{
    struct rows these = {conn, rid};
    enum store_err err = sqlite_rows_settle(conn); /* they may be of this resource */
    return err ? err : store_entries(rows, type, &conn->store->names, cut_row, &these);
}

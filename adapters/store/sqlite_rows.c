/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index rows of a resource. */
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

/* A row whose key is (param, text, rid[, number]). */
static enum store_err text_row(struct conn *conn, enum sqlite_sql which, int64_t key,
                               struct text text, int64_t rid, int64_t number)
{
    sqlite3_stmt *statement = conn_statement(conn, which);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, key);
    bind_text(statement, 2, text);
    sqlite3_bind_int64(statement, 3, rid);
    if (number >= 0)
        sqlite3_bind_int64(statement, 4, number);
    return conn_finish(conn, statement);
}

static enum store_err real_row(struct conn *conn, enum sqlite_sql which, int64_t key, double low,
                               double high, int64_t rid, int64_t unit)
{
    sqlite3_stmt *statement = conn_statement(conn, which);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, key);
    sqlite3_bind_double(statement, 2, low);
    sqlite3_bind_double(statement, 3, high);
    sqlite3_bind_int64(statement, 4, rid);
    if (unit >= 0)
        sqlite3_bind_int64(statement, 5, unit);
    return conn_finish(conn, statement);
}

static enum store_err token_row(struct conn *conn, enum sqlite_sql shift, int64_t rid,
                                const struct store_entry *entry)
{
    int64_t number;
    enum store_err err = word_number(conn, entry->system, &number);
    return err ? err : text_row(conn, SQL_ADD_TOKEN + shift, entry->key, entry->text, rid, number);
}

static enum store_err date_row(struct conn *conn, enum sqlite_sql shift, int64_t rid,
                               const struct store_entry *entry)
{
    sqlite3_stmt *statement = conn_statement(conn, SQL_ADD_DATE + shift);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, entry->key);
    sqlite3_bind_int64(statement, 2, entry->low_ms);
    sqlite3_bind_int64(statement, 3, entry->high_ms);
    sqlite3_bind_int64(statement, 4, rid);
    return conn_finish(conn, statement);
}

static enum store_err base_row(struct conn *conn, enum sqlite_sql shift, int64_t rid,
                               const struct store_entry *entry)
{
    int64_t unit;
    enum store_err err = word_number(conn, entry->system, &unit);
    return err ? err
               : real_row(conn, SQL_ADD_BASE + shift, entry->key, entry->low, entry->high, rid,
                          unit);
}

static enum store_err dated_row(struct conn *conn, enum sqlite_sql shift, int64_t rid,
                                const struct store_entry *entry)
{
    sqlite3_stmt *statement = conn_statement(conn, SQL_ADD_DATED + shift);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, entry->type);
    bind_text(statement, 2, entry->text);
    sqlite3_bind_int64(statement, 3, rid);
    sqlite3_bind_int64(statement, 4, entry->low_ms);
    return conn_finish(conn, statement);
}

struct rows { /* of one resource */
    struct conn *conn;
    enum sqlite_sql shift; /* from the statement that adds to the one that cuts, or 0 */
    int64_t rid;
};

static enum store_err take_row(const struct store_entry *entry, void *context)
{
    const struct rows *rows = context;
    struct conn *conn = rows->conn;
    enum sqlite_sql shift = rows->shift;
    switch (entry->kind) {
    case STORE_ENTRY_TOKEN:
        return token_row(conn, shift, rows->rid, entry);
    case STORE_ENTRY_STRING:
        return text_row(conn, SQL_ADD_STRING + shift, entry->key, entry->text, rows->rid, -1);
    case STORE_ENTRY_REFERENCE:
        return text_row(conn, SQL_ADD_REFERENCE + shift, entry->key, entry->text, rows->rid,
                        entry->type);
    case STORE_ENTRY_DATE:
        return date_row(conn, shift, rows->rid, entry);
    case STORE_ENTRY_NUMBER:
        return real_row(conn, SQL_ADD_NUMBER + shift, entry->key, entry->low, entry->high,
                        rows->rid, -1);
    case STORE_ENTRY_QUANTITY:
        return real_row(conn, SQL_ADD_QUANTITY + shift, entry->key, entry->low, entry->high,
                        rows->rid, -1);
    case STORE_ENTRY_BASE:
        return base_row(conn, shift, rows->rid, entry);
    case STORE_ENTRY_URI:
        return text_row(conn, SQL_ADD_URI + shift, entry->key, entry->text, rows->rid, -1);
    case STORE_ENTRY_DATED:
        return dated_row(conn, shift, rows->rid, entry);
    }
    return STORE_OK;
}

enum store_err sqlite_rows_add(struct conn *conn, uint16_t type, int64_t rid,
                               const struct search_rows *rows)
{
    struct rows these = {.conn = conn, .rid = rid};
    return store_entries(rows, type, &conn->store->names, take_row, &these);
}

enum store_err sqlite_rows_cut(struct conn *conn, uint16_t type, int64_t rid,
                               const struct search_rows *rows)
{
    struct rows these = {.conn = conn, .shift = SQL_CUT_TOKEN - SQL_ADD_TOKEN, .rid = rid};
    return store_entries(rows, type, &conn->store->names, take_row, &these);
}

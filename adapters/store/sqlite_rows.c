/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index rows of a resource. */
#include "store/dated.h"
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

/* Texts and identifiers have one part each, for resources and those contained; of composites there are none. */
static bool is_texted(uint8_t part)
{
    return part == 0 || part == FIND_PART_CONTAINED;
}

/* `shift`: from the statement that adds to the one that cuts, or 0. */
static enum store_err token_row(struct conn *conn, enum sqlite_sql shift, int64_t key, int64_t rid,
                                struct text system, struct text code, struct text display)
{
    enum store_err err = STORE_OK;
    int64_t number;
    if (code.len || system.len) {
        err = word_number(conn, system, &number);
        if (!err)
            err = text_row(conn, SQL_ADD_TOKEN + shift, key, code, rid, number);
    }
    if (!err && display.len)
        err = text_row(conn, SQL_ADD_STRING + shift, key - key % FIND_PARTS + FIND_PART_TEXT,
                       display, rid, -1);
    return err;
}

static enum store_err reference_row(struct conn *conn, enum sqlite_sql shift, int64_t key,
                                    int64_t rid, const struct search_row *row)
{
    enum store_err err = STORE_OK;
    if (row->of.reference.id.len)
        err = text_row(conn, SQL_ADD_REFERENCE + shift, key, row->of.reference.id, rid,
                       store_type_number(&conn->store->names, row->of.reference.type));
    if (err || !is_texted(find_part_of(row)) ||
        (!row->of.reference.identifier.len && !row->of.reference.system.len))
        return err;
    return token_row(conn, shift, key - key % FIND_PARTS + FIND_PART_IDENTIFIER, rid,
                     row->of.reference.system, row->of.reference.identifier, (struct text){"", 0});
}

static enum store_err date_row(struct conn *conn, enum sqlite_sql shift, int64_t key, int64_t rid,
                               const struct search_row *row)
{
    sqlite3_stmt *statement = conn_statement(conn, SQL_ADD_DATE + shift);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, key);
    sqlite3_bind_int64(statement, 2, row->of.date.low_ms);
    sqlite3_bind_int64(statement, 3, row->of.date.high_ms);
    sqlite3_bind_int64(statement, 4, rid);
    return conn_finish(conn, statement);
}

static enum store_err quantity_row(struct conn *conn, enum sqlite_sql shift, int64_t key,
                                   int64_t rid, const struct search_row *row)
{
    int64_t unit;
    enum store_err err = real_row(conn, SQL_ADD_QUANTITY + shift, key, row->of.quantity.low,
                                  row->of.quantity.high, rid, -1);
    if (err || !row->of.quantity.base_unit.len)
        return err;
    err = word_number(conn, row->of.quantity.base_unit, &unit);
    return err ? err
               : real_row(conn, SQL_ADD_BASE + shift, key, row->of.quantity.base_low,
                          row->of.quantity.base_high, rid, unit);
}

static enum store_err one_row(struct conn *conn, enum sqlite_sql shift, int64_t rid,
                              const struct search_row *row)
{
    uint8_t part = find_part_of(row);
    int64_t number = store_param_number(&conn->store->names, row->param);
    int64_t key = number * FIND_PARTS + part;
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        return token_row(conn, shift, key, rid, row->of.token.system, row->of.token.code,
                         is_texted(part) ? row->of.token.text : (struct text){"", 0});
    case SEARCH_STRING:
        return text_row(conn, SQL_ADD_STRING + shift, key, row->of.string.folded, rid, -1);
    case SEARCH_REFERENCE:
        return reference_row(conn, shift, key, rid, row);
    case SEARCH_DATE:
        return date_row(conn, shift, key, rid, row);
    case SEARCH_NUMBER:
        return real_row(conn, SQL_ADD_NUMBER + shift, key, row->of.number.low, row->of.number.high,
                        rid, -1);
    case SEARCH_QUANTITY:
        return quantity_row(conn, shift, key, rid, row);
    case SEARCH_URI:
        return text_row(conn, SQL_ADD_URI + shift, key, row->of.uri, rid, -1);
    case SEARCH_KINDS:
        break;
    }
    return STORE_OK;
}

static enum store_err dated_row(struct conn *conn, enum sqlite_sql shift, uint16_t type,
                                int64_t rid, int64_t low_ms, const struct search_row *row)
{
    sqlite3_stmt *statement = conn_statement(conn, SQL_ADD_DATED + shift);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, store_type_number(&conn->store->names, type));
    bind_text(statement, 2, row->of.reference.id);
    sqlite3_bind_int64(statement, 3, rid);
    sqlite3_bind_int64(statement, 4, low_ms);
    return conn_finish(conn, statement);
}

/* Of a composite, only the first component leads anywhere: the others are checked. */
static enum store_err each_row(struct conn *conn, enum sqlite_sql shift, uint16_t type, int64_t rid,
                               const struct search_rows *rows)
{
    enum store_err err = STORE_OK;
    int64_t low_ms = dated_low_ms(rows);
    for (size_t i = 0; i < rows->count + rows->contained && !err; i++) {
        const struct search_row *row = &rows->rows[i];
        bool is_own = i < rows->count;
        if ((row->component && is_own) || !store_param_number(&conn->store->names, row->param))
            continue;
        err = one_row(conn, shift, rid, row);
        if (!err && is_own && dated_is_patient(row))
            err = dated_row(conn, shift, type, rid, low_ms, row);
    }
    return err;
}

enum store_err sqlite_rows_add(struct conn *conn, uint16_t type, int64_t rid,
                               const struct search_rows *rows)
{
    return each_row(conn, 0, type, rid, rows);
}

enum store_err sqlite_rows_cut(struct conn *conn, uint16_t type, int64_t rid,
                               const struct search_rows *rows)
{
    return each_row(conn, SQL_CUT_TOKEN - SQL_ADD_TOKEN, type, rid, rows);
}

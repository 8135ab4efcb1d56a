/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the tables, brings those of an earlier program up to date, and learns the store's numbers. */
#include <stdio.h>

#include "store/sqlite_conn.h"

static enum store_err say(struct conn *conn, const char *sql)
{
    return sqlite3_exec(conn->db, sql, NULL, NULL, NULL) == SQLITE_OK ? STORE_OK : conn_error(conn);
}

/* A statement of one use. */
static enum store_err prepare(struct conn *conn, const char *sql, sqlite3_stmt **statement)
{
    return sqlite3_prepare_v2(conn->db, sql, -1, statement, NULL) == SQLITE_OK ? STORE_OK
                                                                               : conn_error(conn);
}

static enum store_err ask_number(struct conn *conn, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement;
    enum store_err err = prepare(conn, sql, &statement);
    if (err)
        return err;
    *number = 0;
    if (conn_step(conn, statement, &err))
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return err;
}

static enum store_err newer(struct conn *conn, int64_t version, int64_t newest)
{
    char words[160];
    snprintf(words, sizeof words,
             "the record has schema %d, this program knows those up to %d: it was last opened by a "
             "later program, which has to open it again",
             (int)version, (int)newest);
    return conn_help(conn, STORE_ERR_NEWER, words);
}

static enum store_err migrate(struct conn *conn)
{
    const char *const *migrations = conn->store->setting.migrations;
    int64_t version, id, tables;
    char numbers[120];
    enum store_err err = ask_number(conn, "PRAGMA user_version", &version);
    if (!err)
        err = ask_number(conn, "PRAGMA application_id", &id);
    if (!err)
        err = ask_number(conn, "SELECT count(*) FROM sqlite_schema", &tables);
    if (err)
        return err;
    if (id != SQLITE_STORE_ID && (tables || version))
        return conn_help(conn, STORE_ERR_DAMAGED, "the file is no store of health records");
    int64_t newest = 0;
    while (migrations[newest])
        newest++;
    if (version > newest)
        return newer(conn, version, newest);
    for (int64_t i = version; i < newest && !err; i++)
        err = say(conn, migrations[i]);
    snprintf(numbers, sizeof numbers, "PRAGMA application_id=%d; PRAGMA user_version=%d",
             SQLITE_STORE_ID, (int)newest);
    return err || version == newest ? err : say(conn, numbers);
}

static struct text column(sqlite3_stmt *statement, int place)
{
    const void *bytes = sqlite3_column_blob(statement, place);
    return (struct text){bytes ? bytes : "", (size_t)sqlite3_column_bytes(statement, place)};
}

static enum store_err read_names(struct conn *conn)
{
    struct store_names *names = &conn->store->names;
    sqlite3_stmt *statement;
    bool is_good = true;
    enum store_err err = prepare(conn, "SELECT number, name FROM type", &statement);
    if (err)
        return err;
    while (is_good && conn_step(conn, statement, &err))
        is_good = store_names_type(names, (uint16_t)sqlite3_column_int(statement, 0),
                                   column(statement, 1));
    sqlite3_finalize(statement);
    if (!err && is_good)
        err = prepare(conn, "SELECT number, type, code FROM param", &statement);
    if (err || !is_good)
        return err ? err : conn_help(conn, STORE_ERR_DAMAGED, "the table of types is no such");
    while (is_good && conn_step(conn, statement, &err))
        is_good = store_names_param(names, (uint16_t)sqlite3_column_int(statement, 0),
                                    column(statement, 1), column(statement, 2));
    sqlite3_finalize(statement);
    return err || is_good
               ? err
               : conn_help(conn, STORE_ERR_DAMAGED, "the table of parameters is no such");
}

/* Types of this build that the store does not know yet. */
static enum store_err add_types(struct conn *conn)
{
    struct store_names *names = &conn->store->names;
    sqlite3_stmt *statement;
    enum store_err err = prepare(conn, "INSERT INTO type VALUES(?1, ?2)", &statement);
    for (uint16_t i = 0; i < fhir_type_count && !err; i++) {
        struct text name = text_of(fhir_types[i].name);
        uint16_t number = (uint16_t)(names->types + 1);
        if (names->type_number[i] || fhir_resource_named(name) != i)
            continue;
        sqlite3_bind_int(statement, 1, number);
        bind_text(statement, 2, name);
        err = conn_finish(conn, statement);
        if (!err && !store_names_type(names, number, name))
            err = conn_help(conn, STORE_ERR_DAMAGED, "there are too many types");
    }
    sqlite3_finalize(statement);
    return err;
}

static enum store_err add_params(struct conn *conn)
{
    struct store_names *names = &conn->store->names;
    sqlite3_stmt *statement;
    enum store_err err = prepare(conn, "INSERT INTO param VALUES(?1, ?2, ?3)", &statement);
    for (uint16_t i = 0; i < fhir_search_param_count && !err; i++) {
        uint16_t number = (uint16_t)(names->params + 1);
        struct text type = text_of(fhir_types[fhir_search_params[i].type].name);
        struct text code = text_of(fhir_search_params[i].code);
        if (names->param_number[i])
            continue;
        sqlite3_bind_int(statement, 1, number);
        bind_text(statement, 2, type);
        bind_text(statement, 3, code);
        err = conn_finish(conn, statement);
        if (err || number > STORE_NUMBER_MAX)
            break;
        names->params = number;
        names->param[number] = i;
        names->param_number[i] = number;
    }
    sqlite3_finalize(statement);
    return err;
}

enum store_err sqlite_schema_open(struct conn *conn)
{
    enum store_err err = say(conn, "BEGIN IMMEDIATE");
    if (!err)
        err = migrate(conn);
    if (!err)
        err = read_names(conn);
    if (!err)
        err = add_types(conn);
    if (!err)
        err = add_params(conn);
    return err ? err : say(conn, "COMMIT");
}

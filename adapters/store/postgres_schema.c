/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the tables, brings those of an earlier program up to date, and learns the store's numbers. By a connection
 * that has prepared nothing yet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/postgres_line.h"

/* Two programs that are started at once take turns; the number is ours. */
#define LOCK "SELECT pg_advisory_xact_lock(1785295730, hashtext(current_schema()))"

static enum store_err ask(struct line *line, const char *sql, PGresult **result)
{
    *result = PQexecParams(line->db, sql, 0, NULL, NULL, NULL, NULL, 1);
    if (PQresultStatus(*result) == PGRES_TUPLES_OK)
        return STORE_OK;
    enum store_err err = pg_line_help(line, STORE_ERR_IO, PQresultErrorMessage(*result));
    PQclear(*result);
    return err;
}

static enum store_err ask_numbers(struct line *line, const char *sql, int64_t *one, int64_t *two)
{
    PGresult *result;
    enum store_err err = ask(line, sql, &result);
    if (err)
        return err;
    bool is_there = PQntuples(result) > 0;
    *one = is_there ? result_number(result, 0, 0) : 0;
    *two = is_there ? result_number(result, 0, 1) : 0;
    PQclear(result);
    return STORE_OK;
}

/* One migration, with the number of partitions in it. */
static enum store_err run_migration(struct line *line, const char *sql, unsigned parts)
{
    static const char mark[] = "%parts%";
    size_t room = strlen(sql) * 2 + 100;
    char *words = malloc(room), *at = words;
    if (!words)
        return STORE_ERR_MEMORY;
    for (const char *found; (found = strstr(sql, mark)); sql = found + strlen(mark)) {
        memcpy(at, sql, (size_t)(found - sql));
        at += found - sql;
        at += snprintf(at, 12, "%u", parts);
    }
    snprintf(at, room - (size_t)(at - words), "%s", sql);
    enum store_err err = pg_line_say(line, words);
    free(words);
    return err;
}

static enum store_err migrate(struct line *line)
{
    int64_t version, parts, there, none, newest = 0;
    char words[120];
    enum store_err err = ask_numbers(
        line, "SELECT count(to_regclass('head')), count(to_regclass('setting'))", &none, &there);
    if (!err && none && !there)
        return pg_line_help(line, STORE_ERR_DAMAGED,
                            "the schema has other tables of the same names");
    if (!err && !there)
        err = pg_line_say(line, "CREATE TABLE setting(version int8 NOT NULL, parts int8 NOT NULL)");
    if (!err)
        err = ask_numbers(line, "SELECT version, parts FROM setting", &version, &parts);
    if (err)
        return err;
    while (postgres_migrations[newest])
        newest++;
    if (version > newest)
        return pg_line_help(line, STORE_ERR_NEWER, "the store was made by a later program");
    line->store->parts = version ? (unsigned)parts : line->store->setting.parts;
    for (int64_t i = version; i < newest && !err; i++)
        err = run_migration(line, postgres_migrations[i], line->store->parts);
    snprintf(words, sizeof words, "DELETE FROM setting; INSERT INTO setting VALUES(%d, %u)",
             (int)newest, line->store->parts);
    return err || version == newest ? err : pg_line_say(line, words);
}

static enum store_err read_names(struct line *line)
{
    struct store_names *names = &line->store->names;
    PGresult *types, *params;
    bool is_good = true;
    enum store_err err = ask(line, "SELECT number, name FROM type ORDER BY 1", &types);
    if (err)
        return err;
    for (int i = 0; i < PQntuples(types) && is_good; i++)
        is_good = store_names_type(names, (uint16_t)result_number(types, i, 0),
                                   result_bytes(types, i, 1));
    PQclear(types);
    err = ask(line, "SELECT number, type, code FROM param ORDER BY 1", &params);
    if (err)
        return err;
    for (int i = 0; i < PQntuples(params) && is_good; i++)
        is_good = store_names_param(names, (uint16_t)result_number(params, i, 0),
                                    result_bytes(params, i, 1), result_bytes(params, i, 2));
    PQclear(params);
    return is_good ? STORE_OK
                   : pg_line_help(line, STORE_ERR_DAMAGED, "the tables of types are no such");
}

/* One statement for all rows: names in FHIR's tables are letters, digits, - and _, and of this build. */
static enum store_err add_rows(struct line *line, const char *table, struct buffer *rows)
{
    struct buffer sql;
    if (rows->len == 0)
        return STORE_OK;
    buffer_init(&sql, rows->arena);
    buffer_format(&sql, "INSERT INTO %s VALUES%.*s", table, (int)rows->len - 1, rows->bytes);
    buffer_add_byte(&sql, '\0');
    return rows->failed || sql.failed ? STORE_ERR_MEMORY : pg_line_say(line, sql.bytes);
}

/* Types of this build that the store does not know yet. */
static enum store_err add_types(struct line *line, struct arena *arena)
{
    struct store_names *names = &line->store->names;
    struct buffer rows;
    buffer_init(&rows, arena);
    for (uint16_t i = 0; i < fhir_type_count; i++) {
        struct text name = text_of(fhir_types[i].name);
        uint16_t number = (uint16_t)(names->types + 1);
        if (names->type_number[i] || fhir_resource_named(name) != i)
            continue;
        if (!store_names_type(names, number, name))
            return pg_line_help(line, STORE_ERR_DAMAGED, "there are too many types");
        buffer_format(&rows, "(%u,'%s'),", number, fhir_types[i].name);
    }
    return add_rows(line, "type", &rows);
}

static enum store_err add_params(struct line *line, struct arena *arena)
{
    struct store_names *names = &line->store->names;
    struct buffer rows;
    buffer_init(&rows, arena);
    for (uint16_t i = 0; i < fhir_search_param_count; i++) {
        const struct fhir_search_param *param = &fhir_search_params[i];
        uint16_t number = (uint16_t)(names->params + 1);
        if (names->param_number[i] || number > STORE_NUMBER_MAX)
            continue;
        buffer_format(&rows, "(%u,'%s','%s'),", number, fhir_types[param->type].name, param->code);
        names->params = number;
        names->param[number] = i;
        names->param_number[i] = number;
    }
    return add_rows(line, "param", &rows);
}

enum store_err postgres_schema_open(struct line *line)
{
    struct arena arena;
    arena_init(&arena, 4 << 20);
    enum store_err err = pg_line_say(line, "BEGIN");
    if (!err)
        err = pg_line_say(line, LOCK);
    if (!err)
        err = migrate(line);
    if (!err)
        err = read_names(line);
    if (!err)
        err = add_types(line, &arena);
    if (!err)
        err = add_params(line, &arena);
    arena_free(&arena);
    return err ? err : pg_line_say(line, "COMMIT");
}

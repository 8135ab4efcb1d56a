/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libpq as its manual shows it: a prepared INSERT for each row, pipelined, a sync for each group. */
#include <err.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "bench/store_peer.h"
#include "unit/store/server.h"

enum { BEGIN, COMMIT, RESOURCE, TOKEN, STRING, REFERENCE, DATE, QUANTITY, URI, STATEMENTS };
enum { VALUES_MAX = 4 };

struct store_peer {
    PGconn *db;
    int64_t rid;
};

struct values {
    int count, lens[VALUES_MAX], formats[VALUES_MAX];
    const char *values[VALUES_MAX];
    uint8_t numbers[VALUES_MAX][8];
};

static const char schema[] =
    "CREATE TABLE resource(rid int8 PRIMARY KEY, type int8, id text, body bytea);"
    "CREATE UNIQUE INDEX resource_id ON resource(id, type);"
    "CREATE TABLE token(param int8, code text, rid int8, system text);"
    "CREATE INDEX token_code ON token(param, code, rid, system);"
    "CREATE TABLE string(param int8, folded text, rid int8);"
    "CREATE INDEX string_folded ON string(param, folded, rid);"
    "CREATE TABLE reference(param int8, id text, rid int8, type int8);"
    "CREATE INDEX reference_id ON reference(param, id, rid, type);"
    "CREATE TABLE date(param int8, low int8, high int8, rid int8);"
    "CREATE INDEX date_low ON date(param, low, high, rid);"
    "CREATE TABLE quantity(param int8, low float8, high float8, rid int8);"
    "CREATE INDEX quantity_low ON quantity(param, low, high, rid);"
    "CREATE TABLE uri(param int8, uri text, rid int8);"
    "CREATE INDEX uri_uri ON uri(param, uri, rid);";

static const char *const sql[STATEMENTS] = {
    [BEGIN] = "BEGIN",
    [COMMIT] = "COMMIT",
    [RESOURCE] = "INSERT INTO resource VALUES($1, $2, $3, $4)",
    [TOKEN] = "INSERT INTO token VALUES($1, $2, $3, $4)",
    [STRING] = "INSERT INTO string VALUES($1, $2, $3)",
    [REFERENCE] = "INSERT INTO reference VALUES($1, $2, $3, $4)",
    [DATE] = "INSERT INTO date VALUES($1, $2, $3, $4)",
    [QUANTITY] = "INSERT INTO quantity VALUES($1, $2, $3, $4)",
    [URI] = "INSERT INTO uri VALUES($1, $2, $3)",
};

static const char *const names[STATEMENTS] = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};

static void must(struct store_peer *peer, bool good)
{
    if (!good)
        errx(1, "bare libpq: %s", PQerrorMessage(peer->db));
}

struct store_peer *store_peer_open(const char *path, unsigned page_bytes)
{
    struct store_peer *peer = calloc(1, sizeof *peer);
    (void)path;
    (void)page_bytes;
    if (!peer)
        err(1, "bare libpq");
    peer->db = PQconnectdb(server_schema("peer"));
    must(peer, PQstatus(peer->db) == CONNECTION_OK);
    PQclear(PQexec(peer->db, schema));
    for (int i = 0; i < STATEMENTS; i++) {
        PGresult *result = PQprepare(peer->db, names[i], sql[i], 0, NULL);
        must(peer, PQresultStatus(result) == PGRES_COMMAND_OK);
        PQclear(result);
    }
    must(peer, PQenterPipelineMode(peer->db));
    return peer;
}

void store_peer_close(struct store_peer *peer)
{
    PQfinish(peer->db);
    free(peer);
}

static void send(struct store_peer *peer, int which, const struct values *values)
{
    must(peer, PQsendQueryPrepared(peer->db, names[which], values->count, values->values,
                                   values->lens, values->formats, 1));
}

static void add_number(struct values *values, int64_t number)
{
    int at = values->count++;
    put_be64(values->numbers[at], (uint64_t)number);
    values->values[at] = (const char *)values->numbers[at];
    values->lens[at] = 8;
    values->formats[at] = 1;
}

static void add_real(struct values *values, double real)
{
    int64_t bits;
    memcpy(&bits, &real, sizeof bits);
    add_number(values, bits);
}

static void add_text(struct values *values, struct text text)
{
    int at = values->count++;
    values->values[at] = text.len ? text.bytes : "";
    values->lens[at] = (int)text.len;
    values->formats[at] = 1;
}

void store_peer_begin(struct store_peer *peer)
{
    send(peer, BEGIN, &(struct values){0});
}

void store_peer_commit(struct store_peer *peer)
{
    send(peer, COMMIT, &(struct values){0});
    must(peer, PQpipelineSync(peer->db));
    for (bool is_synced = false; !is_synced;) {
        PGresult *result = PQgetResult(peer->db);
        ExecStatusType status = PQresultStatus(result);
        is_synced = status == PGRES_PIPELINE_SYNC;
        must(peer, !result || is_synced || status == PGRES_COMMAND_OK);
        PQclear(result);
    }
}

static void put_row(struct store_peer *peer, const struct search_row *row)
{
    static const int of_kind[SEARCH_KINDS] = {TOKEN,    STRING,   REFERENCE, DATE,
                                              QUANTITY, QUANTITY, URI};
    struct values values = {0};
    add_number(&values, row->param);
    switch (row->kind) {
    case SEARCH_TOKEN:
        add_text(&values, row->of.token.code);
        add_number(&values, peer->rid);
        add_text(&values, row->of.token.system);
        break;
    case SEARCH_STRING:
        add_text(&values, row->of.string.folded);
        add_number(&values, peer->rid);
        break;
    case SEARCH_REFERENCE:
        add_text(&values, row->of.reference.id);
        add_number(&values, peer->rid);
        add_number(&values, row->of.reference.type);
        break;
    case SEARCH_DATE:
        add_number(&values, row->of.date.low_ms);
        add_number(&values, row->of.date.high_ms);
        add_number(&values, peer->rid);
        break;
    case SEARCH_QUANTITY:
        add_real(&values, row->of.quantity.low);
        add_real(&values, row->of.quantity.high);
        add_number(&values, peer->rid);
        break;
    default:
        add_text(&values, row->of.uri);
        add_number(&values, peer->rid);
    }
    send(peer, of_kind[row->kind], &values);
}

void store_peer_put(struct store_peer *peer, const struct people_resource *made)
{
    struct values values = {0};
    peer->rid++;
    add_number(&values, peer->rid);
    add_number(&values, made->type);
    add_text(&values, text_of(made->id));
    add_text(&values, (struct text){made->body, made->body_len});
    send(peer, RESOURCE, &values);
    for (size_t i = 0; i < made->row_count; i++)
        put_row(peer, &made->rows[i]);
}

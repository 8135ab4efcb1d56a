/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/store_peer.h"

#include <err.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { BEGIN, COMMIT, RESOURCE, TOKEN, STRING, REFERENCE, DATE, QUANTITY, URI, STATEMENTS };

struct store_peer {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
};

static const char schema[] =
    "CREATE TABLE resource(rid INTEGER PRIMARY KEY, type INTEGER, id TEXT, body BLOB);"
    "CREATE UNIQUE INDEX resource_id ON resource(id, type);"
    "CREATE TABLE token(param INTEGER, code TEXT, rid INTEGER, system TEXT,"
    " PRIMARY KEY(param, code, rid, system)) WITHOUT ROWID;"
    "CREATE TABLE string(param INTEGER, folded TEXT, rid INTEGER,"
    " PRIMARY KEY(param, folded, rid)) WITHOUT ROWID;"
    "CREATE TABLE reference(param INTEGER, id TEXT, rid INTEGER, type INTEGER,"
    " PRIMARY KEY(param, id, rid, type)) WITHOUT ROWID;"
    "CREATE TABLE date(param INTEGER, low INTEGER, high INTEGER, rid INTEGER,"
    " PRIMARY KEY(param, low, high, rid)) WITHOUT ROWID;"
    "CREATE TABLE quantity(param INTEGER, low REAL, high REAL, rid INTEGER,"
    " PRIMARY KEY(param, low, high, rid)) WITHOUT ROWID;"
    "CREATE TABLE uri(param INTEGER, uri TEXT, rid INTEGER,"
    " PRIMARY KEY(param, uri, rid)) WITHOUT ROWID;";

static const char *const sql[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [RESOURCE] = "INSERT INTO resource(type, id, body) VALUES(?1, ?2, ?3)",
    [TOKEN] = "INSERT OR IGNORE INTO token VALUES(?1, ?2, ?3, ?4)",
    [STRING] = "INSERT OR IGNORE INTO string VALUES(?1, ?2, ?3)",
    [REFERENCE] = "INSERT OR IGNORE INTO reference VALUES(?1, ?2, ?3, ?4)",
    [DATE] = "INSERT OR IGNORE INTO date VALUES(?1, ?2, ?3, ?4)",
    [QUANTITY] = "INSERT OR IGNORE INTO quantity VALUES(?1, ?2, ?3, ?4)",
    [URI] = "INSERT OR IGNORE INTO uri VALUES(?1, ?2, ?3)",
};

static void must(struct store_peer *peer, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE)
        errx(1, "bare SQLite: %s", sqlite3_errmsg(peer->db));
}

static void run(struct store_peer *peer, int which)
{
    must(peer, sqlite3_step(peer->statements[which]));
    sqlite3_reset(peer->statements[which]);
}

struct store_peer *store_peer_open(const char *path, unsigned page_bytes)
{
    struct store_peer *peer = calloc(1, sizeof *peer);
    char pragmas[200];
    if (!peer)
        err(1, "bare SQLite");
    must(peer,
         sqlite3_open_v2(path, &peer->db,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA page_size=%u; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
             "PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=8192", /* as ours */
             page_bytes);
    must(peer, sqlite3_exec(peer->db, pragmas, NULL, NULL, NULL));
    must(peer, sqlite3_exec(peer->db, schema, NULL, NULL, NULL));
    for (int i = 0; i < STATEMENTS; i++)
        must(peer, sqlite3_prepare_v2(peer->db, sql[i], -1, &peer->statements[i], NULL));
    return peer;
}

void store_peer_close(struct store_peer *peer)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(peer->statements[i]);
    sqlite3_close(peer->db);
    free(peer);
}

void store_peer_begin(struct store_peer *peer)
{
    run(peer, BEGIN);
}

void store_peer_commit(struct store_peer *peer)
{
    run(peer, COMMIT);
}

static void bind(sqlite3_stmt *statement, int place, struct text text)
{
    sqlite3_bind_text(statement, place, text.bytes, (int)text.len, SQLITE_STATIC);
}

static void put_row(struct store_peer *peer, const struct search_row *row, sqlite3_int64 rid)
{
    static const int of_kind[SEARCH_KINDS] = {TOKEN,    STRING,   REFERENCE, DATE,
                                              QUANTITY, QUANTITY, URI};
    sqlite3_stmt *statement = peer->statements[of_kind[row->kind]];
    sqlite3_bind_int(statement, 1, row->param);
    sqlite3_bind_int64(statement, 3, rid);
    switch (row->kind) {
    case SEARCH_TOKEN:
        bind(statement, 2, row->of.token.code);
        bind(statement, 4, row->of.token.system);
        break;
    case SEARCH_STRING:
        bind(statement, 2, row->of.string.folded);
        break;
    case SEARCH_REFERENCE:
        bind(statement, 2, row->of.reference.id);
        sqlite3_bind_int(statement, 4, row->of.reference.type);
        break;
    case SEARCH_DATE:
        sqlite3_bind_int64(statement, 2, row->of.date.low_ms);
        sqlite3_bind_int64(statement, 3, row->of.date.high_ms);
        sqlite3_bind_int64(statement, 4, rid);
        break;
    case SEARCH_QUANTITY:
        sqlite3_bind_double(statement, 2, row->of.quantity.low);
        sqlite3_bind_double(statement, 3, row->of.quantity.high);
        sqlite3_bind_int64(statement, 4, rid);
        break;
    default:
        bind(statement, 2, row->of.uri);
    }
    run(peer, of_kind[row->kind]);
}

void store_peer_put(struct store_peer *peer, const struct people_resource *made)
{
    sqlite3_stmt *statement = peer->statements[RESOURCE];
    sqlite3_bind_int(statement, 1, made->type);
    bind(statement, 2, text_of(made->id));
    sqlite3_bind_blob(statement, 3, made->body, (int)made->body_len, SQLITE_STATIC);
    run(peer, RESOURCE);
    sqlite3_int64 rid = sqlite3_last_insert_rowid(peer->db);
    for (size_t i = 0; i < made->row_count; i++)
        put_row(peer, &made->rows[i], rid);
}

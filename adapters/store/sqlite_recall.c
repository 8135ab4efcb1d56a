/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes that a view's connection was asked for a moment ago, and the newest version's number. Each request asks for the
 * same few: whose a token is, whether its session goes on, whether what was looked up still holds.
 *
 * They count while the file is as it was: what SQLite calls its data version is another one after each commit of
 * another connection, in whichever process (sqlite.org/pragma.html#pragma_data_version), and views never write. */
#include <stdlib.h>

#include "store/sqlite_conn.h"

enum { PLACES = 64, PLACE_BYTES = 1024, COUNT_MAX = 8 }; /* 64 KiB for each view; ours */

struct place {
    int64_t version; /* of the file's data */
    uint32_t asked_len;
    uint32_t count; /* of notes */
    struct {
        uint32_t key_len, value_len;
        int64_t due_ms;
    } notes[COUNT_MAX];
    char bytes[PLACE_BYTES]; /* what was asked, then each note's key and value */
};

/* What was asked, in one: which question, the area, its zero, the key. */
static bool write_asked(char *out, size_t *len, const struct recall_asked *asked)
{
    size_t area_len = strlen(asked->area) + 1, at = 1 + sizeof asked->count + area_len;
    if (at + asked->key.len > PLACE_BYTES)
        return false;
    out[0] = (char)asked->kind;
    memcpy(out + 1, &asked->count, sizeof asked->count);
    memcpy(out + 1 + sizeof asked->count, asked->area, area_len);
    if (asked->key.len)
        memcpy(out + at, asked->key.bytes, asked->key.len);
    *len = at + asked->key.len;
    return true;
}

static struct place *place_of(struct conn *conn, const char *asked, size_t len)
{
    uint64_t hash =
        UINT64_C(14695981039346656037); /* FNV-1a: where it is; what is there is compared whole */
    if (!conn->recalled)
        conn->recalled = calloc(PLACES, sizeof *conn->recalled);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)asked[i]) * UINT64_C(1099511628211);
    return conn->recalled ? &conn->recalled[hash % PLACES] : NULL;
}

/* Of the view's state, which this begins where nothing was read yet. */
static bool learn_version(struct conn *conn)
{
    enum store_err err;
    if (conn == &conn->store->writer)
        return false;
    if (conn->has_version)
        return true;
    sqlite3_stmt *statement = conn_statement(conn, SQL_DATA_VERSION);
    if (!statement || !conn_step(conn, statement, &err))
        return false;
    conn->version = sqlite3_column_int64(statement, 0);
    conn->has_version = true;
    sqlite3_reset(statement);
    return true;
}

bool recall_last_seq(struct conn *conn, uint64_t *seq)
{
    if (!learn_version(conn) || !conn->has_last_seq || conn->last_seq_version != conn->version)
        return false;
    *seq = conn->last_seq;
    return true;
}

void recall_keep_last_seq(struct conn *conn, uint64_t seq)
{
    conn->has_last_seq = conn->has_version;
    conn->last_seq_version = conn->version;
    conn->last_seq = seq;
}

static bool copy_notes(const struct place *place, struct arena *arena, struct store_notes *notes)
{
    const char *at = place->bytes + place->asked_len;
    *notes = (struct store_notes){arena_take_zeroed(arena, place->count + 1, sizeof *notes->notes),
                                  place->count};
    for (size_t i = 0; notes->notes && i < place->count; i++) {
        struct store_note *note = &notes->notes[i];
        note->key = arena_copy(arena, (struct text){at, place->notes[i].key_len});
        at += place->notes[i].key_len;
        note->value = arena_copy(arena, (struct text){at, place->notes[i].value_len});
        at += place->notes[i].value_len;
        note->due_ms = place->notes[i].due_ms;
        if (!note->key.bytes || !note->value.bytes)
            return false;
    }
    return notes->notes != NULL;
}

bool recall_find(struct conn *conn, const struct recall_asked *asked, struct store_notes *notes)
{
    char bytes[PLACE_BYTES];
    size_t len;
    if (!learn_version(conn) || !write_asked(bytes, &len, asked))
        return false;
    const struct place *place = place_of(conn, bytes, len);
    return place && place->asked_len == len && place->version == conn->version &&
           memcmp(place->bytes, bytes, len) == 0 &&
           copy_notes(place, conn->write.view.arena, notes);
}

void recall_keep(struct conn *conn, const struct recall_asked *asked,
                 const struct store_notes *notes)
{
    char bytes[PLACE_BYTES];
    size_t len;
    if (!conn->has_version || notes->count > COUNT_MAX || !write_asked(bytes, &len, asked))
        return;
    size_t whole = len;
    for (size_t i = 0; i < notes->count; i++)
        whole += notes->notes[i].key.len + notes->notes[i].value.len;
    struct place *place = place_of(conn, bytes, len);
    if (!place || whole > PLACE_BYTES)
        return;
    place->version = conn->version;
    place->asked_len = (uint32_t)len;
    place->count = (uint32_t)notes->count;
    memcpy(place->bytes, bytes, len);
    char *at = place->bytes + len;
    for (size_t i = 0; i < notes->count; i++) {
        const struct store_note *note = &notes->notes[i];
        place->notes[i].key_len = (uint32_t)note->key.len;
        place->notes[i].value_len = (uint32_t)note->value.len;
        place->notes[i].due_ms = note->due_ms;
        memcpy(at, note->key.bytes, note->key.len);
        at += note->key.len;
        memcpy(at, note->value.bytes, note->value.len);
        at += note->value.len;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "centre/journal.h"

void journal_hash_write(const struct audit_told *told, char out[static JOURNAL_HASH_BYTES])
{
    for (size_t i = 0; i < DIGEST_LEN; i++)
        snprintf(out + 2 * i, 3, "%02x", told->hash[i]);
}

bool journal_told_read(const char *text, struct audit_told *told)
{
    static const char digits[] = "0123456789abcdef";
    char *end;
    errno = 0;
    told->seq = strtoull(text, &end, 10);
    if (errno || text[0] < '1' || text[0] > '9' || *end++ != ':' || strlen(end) != 2 * DIGEST_LEN)
        return false;
    for (size_t i = 0; i < 2 * DIGEST_LEN; i++) {
        const char *digit = strchr(digits, end[i]);
        if (!digit)
            return false;
        told->hash[i / 2] = (uint8_t)(told->hash[i / 2] << 4 | (digit - digits));
    }
    return true;
}

struct checking {
    struct audit_reader reader;
    struct journal_report *report;
    const struct journal_asked *asked;
    uint8_t key[DIGEST_KEY_LEN]; /* the site's own, public */
    bool has_begun;
    struct arena arena, pieces; /* of one record, of one piece */
    char *bytes;                /* not read yet */
    size_t len, room;
};

static void show(struct checking *checking, const struct audit_frame *frame)
{
    const struct journal_asked *asked = checking->asked;
    const struct audit_site site = {.observer = TEXT("Device/centre"), .url = asked->url};
    struct audit_record record;
    struct buffer line;
    arena_reset(&checking->arena);
    if (!asked->out || !audit_read(&record, frame->body, &checking->arena) ||
        (asked->patient.len && !audit_concerns(&record, asked->patient)))
        return;
    for (size_t i = 0; i < record.patient_count || i == 0; i++) {
        buffer_init(&line, &checking->arena);
        if (asked->as_lines)
            audit_write_line(&line, &record, frame->seq);
        else
            audit_write_event(&line, &record, frame->seq, i, &site);
        fprintf(asked->out, "%.*s\n", (int)line.len, line.bytes);
        if (asked->as_lines)
            break;
    }
}

static enum audit_fault take_frames(struct checking *checking)
{
    size_t at = 0;
    enum audit_fault fault = AUDIT_GOOD;
    if (!checking->has_begun) {
        struct text header = {checking->bytes, AUDIT_HEADER_LEN};
        if (checking->len < AUDIT_HEADER_LEN)
            return AUDIT_GOOD;
        fault =
            audit_reader_begin(&checking->reader, header, checking->key, &checking->asked->told);
        if (fault != AUDIT_GOOD)
            return fault;
        checking->has_begun = true;
        at = AUDIT_HEADER_LEN;
    }
    while (at < checking->len) {
        struct audit_frame frame;
        size_t used;
        struct text rest = {checking->bytes + at, checking->len - at};
        fault = audit_reader_next(&checking->reader, rest, &frame, &used);
        if (fault != AUDIT_GOOD)
            break;
        at += used;
        checking->report->records += frame.kind == AUDIT_RECORD;
        checking->report->checkpoints += frame.kind == AUDIT_CHECKPOINT;
        if (frame.kind == AUDIT_RECORD)
            show(checking, &frame);
    }
    memmove(checking->bytes, checking->bytes + at, checking->len - at);
    checking->len -= at;
    return fault;
}

static bool add_piece(struct checking *checking, struct text piece)
{
    if (checking->len + piece.len > checking->room) {
        char *grown = realloc(checking->bytes, checking->len + piece.len);
        if (!grown)
            return false;
        checking->bytes = grown;
        checking->room = checking->len + piece.len;
    }
    memcpy(checking->bytes + checking->len, piece.bytes, piece.len);
    checking->len += piece.len;
    checking->report->bytes += piece.len;
    return true;
}

/* Piece `number`, from a view of its own: the log only grows. */
static enum store_err read_piece(struct checking *checking, struct store *store, uint32_t number)
{
    struct store_view *view;
    struct text piece;
    arena_reset(&checking->pieces);
    enum store_err err = store_view_begin(store, &checking->pieces, &view);
    if (err != STORE_OK)
        return err;
    err = store_blob_piece(view, text_of(JOURNAL_AREA), number, &piece);
    if (err == STORE_OK && !add_piece(checking, piece))
        err = STORE_ERR_MEMORY;
    store_view_end(view);
    return err;
}

static enum store_err read_all(struct checking *checking, struct store *store)
{
    enum audit_fault fault = AUDIT_UNFINISHED;
    enum store_err err = STORE_OK;
    for (uint32_t number = 0; err == STORE_OK; number++) {
        err = read_piece(checking, store, number);
        if (err == STORE_ERR_NONE && number == 0) /* nothing was done yet: no log was begun */
            fault = checking->asked->told.seq ? AUDIT_CUT : AUDIT_GOOD;
        if (err != STORE_OK)
            break;
        fault = take_frames(checking);
        if (fault != AUDIT_GOOD && fault != AUDIT_UNFINISHED)
            break;
    }
    if (fault == AUDIT_GOOD && checking->has_begun)
        fault = audit_reader_finish(&checking->reader);
    checking->report->fault = fault;
    checking->report->last.seq = checking->reader.signed_seq;
    memcpy(checking->report->last.hash, checking->reader.signed_hash, DIGEST_LEN);
    if (fault != AUDIT_GOOD && checking->has_begun)
        checking->report->bad_seq = checking->reader.chain.seq;
    return err == STORE_ERR_NONE ? STORE_OK : err;
}

/* The site's public key, of its own note: a log that was made anew has another one. */
static enum store_err read_key(struct checking *checking, struct store *store)
{
    struct store_view *view;
    struct store_note seed;
    enum store_err err = store_view_begin(store, &checking->pieces, &view);
    if (err != STORE_OK)
        return err;
    err = store_note_get(view, JOURNAL_AREA, TEXT("signer"), &seed);
    if (err == STORE_OK && seed.value.len != DIGEST_KEY_LEN)
        err = STORE_ERR_DAMAGED;
    struct signer *signer =
        err == STORE_OK ? signer_create((const uint8_t *)seed.value.bytes) : NULL;
    if (err == STORE_OK && !signer)
        err = STORE_ERR_MEMORY;
    if (signer)
        signer_public_key(signer, checking->key);
    signer_destroy(signer);
    store_view_end(view);
    return err;
}

enum store_err journal_check(struct store *store, const struct journal_asked *asked,
                             struct journal_report *report)
{
    enum { RECORD_BYTES_MAX = 64 << 20 };
    struct checking checking = {.report = report, .asked = asked};
    *report = (struct journal_report){.fault = AUDIT_UNFINISHED};
    arena_init(&checking.arena, RECORD_BYTES_MAX);
    arena_init(&checking.pieces, RECORD_BYTES_MAX);
    enum store_err err = read_key(&checking, store);
    if (err == STORE_OK)
        err = read_all(&checking, store);
    if (err == STORE_ERR_NONE) { /* nobody has used it yet: no log, and nothing wrong with it */
        report->fault = asked->told.seq ? AUDIT_CUT : AUDIT_GOOD;
        err = STORE_OK;
    }
    if (checking.has_begun)
        audit_reader_end(&checking.reader);
    arena_free(&checking.arena);
    arena_free(&checking.pieces);
    free(checking.bytes);
    return err;
}

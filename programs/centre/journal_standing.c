/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/journal_standing.h"

#include <string.h>

#include "base/bytes.h"
#include "centre/journal.h"

enum { /* of the note: id, hash, next seq; and how many pieces there are */
       AT_HASH = AUDIT_ID_LEN,
       AT_SEQ = AT_HASH + DIGEST_LEN,
       AT_PIECES = AT_SEQ + 8,
       STATE_LEN = AT_PIECES + 4
};
static const struct text state_key = {"chain", 5};

enum store_err journal_standing_put(struct store_write *write,
                                    const struct journal_standing *standing)
{
    uint8_t bytes[STATE_LEN];
    memcpy(bytes, standing->chain.id, AUDIT_ID_LEN);
    memcpy(bytes + AT_HASH, standing->chain.hash, DIGEST_LEN);
    put_be64(bytes + AT_SEQ, standing->chain.seq);
    put_be32(bytes + AT_PIECES, standing->pieces);
    const struct store_note note = {state_key, {(const char *)bytes, STATE_LEN}, 0};
    return store_note_put(write, JOURNAL_AREA, &note);
}

static bool has_piece(struct store_view *view, uint32_t number, enum store_err *err)
{
    struct text piece;
    struct arena_mark mark = arena_mark(view->arena);
    *err = store_blob_piece(view, text_of(JOURNAL_AREA), number, &piece);
    arena_release(view->arena, mark);
    return *err == STORE_OK;
}

/* Of a log whose note does not say how many there are, by a few looks. */
static enum store_err count_pieces(struct store_view *view, uint32_t *pieces)
{
    uint32_t low = 0, high = 1; /* piece 0 is there */
    enum store_err err = STORE_OK;
    while (high < UINT32_MAX / 2 && has_piece(view, high, &err)) {
        low = high;
        high *= 2;
    }
    while (high - low > 1 && (err == STORE_OK || err == STORE_ERR_NONE)) {
        uint32_t middle = low + (high - low) / 2;
        if (has_piece(view, middle, &err))
            low = middle;
        else
            high = middle;
    }
    *pieces = low + 1;
    return err == STORE_ERR_NONE ? STORE_OK : err;
}

enum store_err journal_standing_get(struct store_view *view, struct journal_standing *standing)
{
    struct store_note note;
    enum store_err err = store_note_get(view, JOURNAL_AREA, state_key, &note);
    if (err != STORE_OK)
        return err;
    bool has_count = note.value.len == STATE_LEN;
    if (!has_count && note.value.len != AT_PIECES) /* as earlier programs wrote it */
        return STORE_ERR_DAMAGED;
    const uint8_t *bytes = (const uint8_t *)note.value.bytes;
    *standing = (struct journal_standing){.chain.seq = get_be64(bytes + AT_SEQ)};
    memcpy(standing->chain.id, bytes, AUDIT_ID_LEN);
    memcpy(standing->chain.hash, bytes + AT_HASH, DIGEST_LEN);
    if (!has_count)
        return count_pieces(view, &standing->pieces);
    standing->pieces = get_be32(bytes + AT_PIECES);
    return STORE_OK;
}

enum store_err journal_pieces(struct store_view *view, uint32_t *pieces)
{
    struct journal_standing standing = {.pieces = 0};
    enum store_err err = journal_standing_get(view, &standing);
    *pieces = standing.pieces;
    return err == STORE_ERR_NONE ? STORE_OK : err;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/noted.h"

#include <stdlib.h>

/* Ours: ids of a group's changes; of 20,000 entries of one transaction (rest/transaction.h) records of 3 kB. */
enum { ROOM_FIRST = 256, NOTES_BYTES_MAX = 16 << 20, LEFT_BYTES_MAX = 128 << 20 };

void noted_init(struct noted *noted)
{
    *noted = (struct noted){.count = 0};
    arena_init(&noted->arena, NOTES_BYTES_MAX);
    arena_init(&noted->left, LEFT_BYTES_MAX);
}

void noted_free(struct noted *noted)
{
    arena_free(&noted->arena);
    arena_free(&noted->left);
    free(noted->notes);
}

enum store_err noted_add(struct noted *noted, const struct store_claim *claim,
                         enum store_change change)
{
    if (noted->count == noted->room) {
        size_t room = noted->room ? noted->room * 2 : ROOM_FIRST;
        struct store_change_note *grown = realloc(noted->notes, room * sizeof *grown);
        if (!grown)
            return STORE_ERR_MEMORY;
        noted->notes = grown;
        noted->room = room;
    }
    struct text id = arena_copy(&noted->arena, claim->id);
    if (!id.bytes)
        return STORE_ERR_MEMORY;
    noted->notes[noted->count++] = (struct store_change_note){
        .seq = claim->seq,
        .version = claim->version,
        .updated_ms = claim->updated_ms,
        .type = claim->type,
        .change = (uint8_t)change,
        .id = id,
    };
    return STORE_OK;
}

void noted_begin(struct noted *noted, struct store_write *write)
{
    noted->count = 0;
    arena_reset(&noted->arena);
    arena_reset(&noted->left);
    buffer_init(&write->left, &noted->left);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index rows of a resource. */
#include <stdlib.h>

#include "store/entry.h"
#include "store/postgres_line.h"

static bool is_in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

struct text words_next(struct text *rest)
{
    size_t from = 0;
    while (from < rest->len && !is_in_word(rest->bytes[from]))
        from++;
    size_t to = from;
    while (to < rest->len && is_in_word(rest->bytes[to]))
        to++;
    struct text word = {rest->bytes + from, to - from};
    *rest = (struct text){rest->bytes + to, rest->len - to};
    return word;
}

static int by_value(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

enum store_err postgres_words(struct line *line, int64_t rid, struct text words)
{
    struct arena *arena = &line->levels[2];
    struct text word;
    size_t count = 0;
    arena_reset(arena);
    int64_t *hashes = arena_take(arena, (words.len / 2 + 1) * sizeof *hashes);
    if (!hashes)
        return STORE_ERR_MEMORY;
    while ((word = words_next(&words)).len)
        hashes[count++] = hash_of(word);
    qsort(hashes, count, sizeof *hashes, by_value);
    for (size_t i = 0; i < count; i++) {
        const struct batch_cell cells[] = {CELL_NUMBER(hashes[i]), CELL_NUMBER(rid)};
        if ((i == 0 || hashes[i] != hashes[i - 1]) &&
            !batch_add(&line->batches[BATCH_WORD], BATCH_WORD, cells))
            return STORE_ERR_MEMORY;
    }
    return STORE_OK;
}

struct rows { /* of one resource */
    struct line *line;
    int64_t rid;
    bool is_cut;
};

static enum store_err add(struct rows *rows, enum batch_kind kind, const struct batch_cell *cells)
{
    return batch_add(&rows->line->batches[kind], kind, cells) ? STORE_OK : STORE_ERR_MEMORY;
}

static enum store_err exact_row(struct rows *rows, const struct store_entry *entry, int64_t extra)
{
    const struct batch_cell cells[] = {CELL_NUMBER(entry->key), CELL_NUMBER(hash_of(entry->text)),
                                       CELL_NUMBER(rows->rid), CELL_NUMBER(extra)};
    return add(rows, rows->is_cut ? BATCH_CUT_EXACT : BATCH_EXACT, cells);
}

static enum store_err string_row(struct rows *rows, const struct store_entry *entry)
{
    const struct batch_cell cells[] = {CELL_NUMBER(entry->key), CELL_BYTES(key_text(entry->text)),
                                       CELL_NUMBER(rows->rid)};
    return add(rows, rows->is_cut ? BATCH_CUT_STRING : BATCH_STRING, cells);
}

static enum store_err date_row(struct rows *rows, const struct store_entry *entry)
{
    const struct batch_cell cells[] = {CELL_NUMBER(entry->key), CELL_NUMBER(entry->low_ms),
                                       CELL_NUMBER(entry->high_ms), CELL_NUMBER(rows->rid)};
    const struct batch_cell cut[] = {cells[0], cells[1], cells[3]};
    return add(rows, rows->is_cut ? BATCH_CUT_DATE : BATCH_DATE, rows->is_cut ? cut : cells);
}

static enum store_err amount_row(struct rows *rows, const struct store_entry *entry, int64_t unit)
{
    const struct batch_cell cells[] = {CELL_NUMBER(entry->key), CELL_NUMBER(unit),
                                       CELL_REAL(entry->low), CELL_REAL(entry->high),
                                       CELL_NUMBER(rows->rid)};
    const struct batch_cell cut[] = {cells[0], cells[1], cells[2], cells[4]};
    return add(rows, rows->is_cut ? BATCH_CUT_AMOUNT : BATCH_AMOUNT, rows->is_cut ? cut : cells);
}

static enum store_err dated_row(struct rows *rows, const struct store_entry *entry)
{
    const struct batch_cell cells[] = {CELL_NUMBER(entry->type), CELL_NUMBER(hash_of(entry->text)),
                                       CELL_NUMBER(entry->low_ms), CELL_NUMBER(rows->rid)};
    return add(rows, rows->is_cut ? BATCH_CUT_DATED : BATCH_DATED, cells);
}

static enum store_err take_row(const struct store_entry *entry, void *context)
{
    struct rows *rows = context;
    switch (entry->kind) {
    case STORE_ENTRY_TOKEN:
        return exact_row(rows, entry, hash_of(entry->system));
    case STORE_ENTRY_REFERENCE:
        return exact_row(rows, entry, entry->type);
    case STORE_ENTRY_STRING:
    case STORE_ENTRY_URI:
        return string_row(rows, entry);
    case STORE_ENTRY_DATE:
        return date_row(rows, entry);
    case STORE_ENTRY_NUMBER:
    case STORE_ENTRY_QUANTITY:
        return amount_row(rows, entry, 0);
    case STORE_ENTRY_BASE:
        return amount_row(rows, entry, hash_of(entry->system));
    case STORE_ENTRY_DATED:
        return dated_row(rows, entry);
    }
    return STORE_OK;
}

enum store_err postgres_rows(struct line *line, uint16_t type, int64_t rid,
                             const struct search_rows *rows, bool is_cut)
{
    struct rows these = {.line = line, .rid = rid, .is_cut = is_cut};
    return store_entries(rows, type, &line->store->names, take_row, &these);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index rows of a resource. */
#include <stdlib.h>

#include "store/dated.h"
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
    bool is_cut, failed;
};

static void add(struct rows *rows, enum batch_kind kind, const struct batch_cell *cells)
{
    if (!batch_add(&rows->line->batches[kind], kind, cells))
        rows->failed = true;
}

static void exact_row(struct rows *rows, int64_t key, struct text value, int64_t extra)
{
    const struct batch_cell cells[] = {CELL_NUMBER(key), CELL_NUMBER(hash_of(value)),
                                       CELL_NUMBER(rows->rid), CELL_NUMBER(extra)};
    add(rows, rows->is_cut ? BATCH_CUT_EXACT : BATCH_EXACT, cells);
}

static void string_row(struct rows *rows, int64_t key, struct text text)
{
    const struct batch_cell cells[] = {CELL_NUMBER(key), CELL_BYTES(key_text(text)),
                                       CELL_NUMBER(rows->rid)};
    add(rows, rows->is_cut ? BATCH_CUT_STRING : BATCH_STRING, cells);
}

static void date_row(struct rows *rows, int64_t key, int64_t low, int64_t high)
{
    const struct batch_cell cells[] = {CELL_NUMBER(key), CELL_NUMBER(low), CELL_NUMBER(high),
                                       CELL_NUMBER(rows->rid)};
    const struct batch_cell cut[] = {cells[0], cells[1], cells[3]};
    add(rows, rows->is_cut ? BATCH_CUT_DATE : BATCH_DATE, rows->is_cut ? cut : cells);
}

static void amount_row(struct rows *rows, int64_t key, int64_t unit, double low, double high)
{
    const struct batch_cell cells[] = {CELL_NUMBER(key), CELL_NUMBER(unit), CELL_REAL(low),
                                       CELL_REAL(high), CELL_NUMBER(rows->rid)};
    const struct batch_cell cut[] = {cells[0], cells[1], cells[2], cells[4]};
    add(rows, rows->is_cut ? BATCH_CUT_AMOUNT : BATCH_AMOUNT, rows->is_cut ? cut : cells);
}

/* Texts and identifiers have one part each, for resources and those contained; of composites there are none. */
static bool is_texted(uint8_t part)
{
    return part == 0 || part == FIND_PART_CONTAINED;
}

static void token_row(struct rows *rows, int64_t key, struct text system, struct text code,
                      struct text display)
{
    if (code.len || system.len)
        exact_row(rows, key, code, hash_of(system));
    if (display.len)
        string_row(rows, key - key % FIND_PARTS + FIND_PART_TEXT, display);
}

static void reference_row(struct rows *rows, int64_t key, const struct search_row *row)
{
    struct text none = {"", 0};
    if (row->of.reference.id.len)
        exact_row(rows, key, row->of.reference.id,
                  store_type_number(&rows->line->store->names, row->of.reference.type));
    if (is_texted(find_part_of(row)) &&
        (row->of.reference.identifier.len || row->of.reference.system.len))
        token_row(rows, key - key % FIND_PARTS + FIND_PART_IDENTIFIER, row->of.reference.system,
                  row->of.reference.identifier, none);
}

static void one_row(struct rows *rows, const struct search_row *row)
{
    uint8_t part = find_part_of(row);
    int64_t number = store_param_number(&rows->line->store->names, row->param);
    int64_t key = number * FIND_PARTS + part;
    struct text none = {"", 0};
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        token_row(rows, key, row->of.token.system, row->of.token.code,
                  is_texted(part) ? row->of.token.text : none);
        return;
    case SEARCH_STRING:
        string_row(rows, key, row->of.string.folded);
        return;
    case SEARCH_REFERENCE:
        reference_row(rows, key, row);
        return;
    case SEARCH_DATE:
        date_row(rows, key, row->of.date.low_ms, row->of.date.high_ms);
        return;
    case SEARCH_NUMBER:
        amount_row(rows, key, 0, row->of.number.low, row->of.number.high);
        return;
    case SEARCH_QUANTITY:
        amount_row(rows, key, 0, row->of.quantity.low, row->of.quantity.high);
        if (row->of.quantity.base_unit.len)
            amount_row(rows, key, hash_of(row->of.quantity.base_unit), row->of.quantity.base_low,
                       row->of.quantity.base_high);
        return;
    case SEARCH_URI:
        string_row(rows, key, row->of.uri);
        return;
    case SEARCH_KINDS:
        return;
    }
}

/* Often both `patient` and `subject` name the same one. */
static bool was_named(const struct search_rows *all, size_t end)
{
    for (size_t i = 0; i < end; i++)
        if (dated_is_patient(&all->rows[i]) &&
            text_equal(all->rows[i].of.reference.id, all->rows[end].of.reference.id))
            return true;
    return false;
}

static void dated_row(struct rows *rows, uint16_t type, const struct search_rows *all, size_t at)
{
    const struct batch_cell cells[] = {
        CELL_NUMBER(store_type_number(&rows->line->store->names, type)),
        CELL_NUMBER(hash_of(all->rows[at].of.reference.id)), CELL_NUMBER(dated_low_ms(all)),
        CELL_NUMBER(rows->rid)};
    add(rows, rows->is_cut ? BATCH_CUT_DATED : BATCH_DATED, cells);
}

/* Of a composite, only the first component leads anywhere: the others are checked. */
enum store_err postgres_rows(struct line *line, uint16_t type, int64_t rid,
                             const struct search_rows *rows, bool is_cut)
{
    struct rows these = {.line = line, .rid = rid, .is_cut = is_cut};
    for (size_t i = 0; i < rows->count + rows->contained; i++) {
        const struct search_row *row = &rows->rows[i];
        bool is_own = i < rows->count;
        if ((row->component && is_own) || !store_param_number(&line->store->names, row->param))
            continue;
        one_row(&these, row);
        if (is_own && dated_is_patient(row) && !was_named(rows, i))
            dated_row(&these, type, rows, i);
    }
    return these.failed ? STORE_ERR_MEMORY : STORE_OK;
}

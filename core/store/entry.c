/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/entry.h"

#include "store/dated.h"
#include "store/find.h"

struct making {
    const struct store_names *names;
    enum store_err (*take)(const struct store_entry *entry, void *context);
    void *context;
};

static enum store_err give(const struct making *making, struct store_entry entry)
{
    return making->take(&entry, making->context);
}

static int64_t key_of(int64_t number, uint8_t part)
{
    return number * FIND_PARTS + part;
}

/* Texts and identifiers have one part each, for resources and those contained; of composites there are none. */
static bool is_texted(uint8_t part)
{
    return part == 0 || part == FIND_PART_CONTAINED;
}

static enum store_err give_token(const struct making *making, int64_t key, struct text system,
                                 struct text code)
{
    if (!code.len && !system.len)
        return STORE_OK;
    return give(making, (struct store_entry){
                            .kind = STORE_ENTRY_TOKEN, .key = key, .text = code, .system = system});
}

static enum store_err token(const struct making *making, int64_t number, uint8_t part,
                            const struct search_row *row)
{
    enum store_err err =
        give_token(making, key_of(number, part), row->of.token.system, row->of.token.code);
    if (err || !row->of.token.text.len || !is_texted(part))
        return err;
    return give(making, (struct store_entry){.kind = STORE_ENTRY_STRING,
                                             .key = key_of(number, FIND_PART_TEXT),
                                             .text = row->of.token.text});
}

static enum store_err reference(const struct making *making, int64_t number, uint8_t part,
                                const struct search_row *row)
{
    enum store_err err = STORE_OK;
    if (row->of.reference.id.len)
        err = give(making, (struct store_entry){
                               .kind = STORE_ENTRY_REFERENCE,
                               .key = key_of(number, part),
                               .text = row->of.reference.id,
                               .type = store_type_number(making->names, row->of.reference.type),
                           });
    if (err || !is_texted(part))
        return err;
    return give_token(making, key_of(number, FIND_PART_IDENTIFIER), row->of.reference.system,
                      row->of.reference.identifier);
}

static enum store_err quantity(const struct making *making, int64_t key,
                               const struct search_row *row)
{
    enum store_err err = give(making, (struct store_entry){.kind = STORE_ENTRY_QUANTITY,
                                                           .key = key,
                                                           .low = row->of.quantity.low,
                                                           .high = row->of.quantity.high});
    if (err || !row->of.quantity.base_unit.len)
        return err;
    return give(making, (struct store_entry){.kind = STORE_ENTRY_BASE,
                                             .key = key,
                                             .system = row->of.quantity.base_unit,
                                             .low = row->of.quantity.base_low,
                                             .high = row->of.quantity.base_high});
}

static enum store_err of_row(const struct making *making, int64_t number,
                             const struct search_row *row)
{
    uint8_t part = find_part_of(row);
    struct store_entry entry = {.key = key_of(number, part)};
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        return token(making, number, part, row);
    case SEARCH_REFERENCE:
        return reference(making, number, part, row);
    case SEARCH_QUANTITY:
        return quantity(making, entry.key, row);
    case SEARCH_STRING:
        entry.kind = STORE_ENTRY_STRING;
        entry.text = row->of.string.folded;
        break;
    case SEARCH_DATE:
        entry.kind = STORE_ENTRY_DATE;
        entry.low_ms = row->of.date.low_ms;
        entry.high_ms = row->of.date.high_ms;
        break;
    case SEARCH_NUMBER:
        entry.kind = STORE_ENTRY_NUMBER;
        entry.low = row->of.number.low;
        entry.high = row->of.number.high;
        break;
    case SEARCH_URI:
        entry.kind = STORE_ENTRY_URI;
        entry.text = row->of.uri;
        break;
    case SEARCH_KINDS:
        return STORE_OK;
    }
    return give(making, entry);
}

/* Often both `patient` and `subject` name the same one. */
static bool was_named(const struct search_rows *rows, size_t end)
{
    for (size_t i = 0; i < end; i++)
        if (dated_is_patient(&rows->rows[i]) &&
            text_equal(rows->rows[i].of.reference.id, rows->rows[end].of.reference.id))
            return true;
    return false;
}

enum store_err store_entries(const struct search_rows *rows, uint16_t type,
                             const struct store_names *names,
                             enum store_err (*take)(const struct store_entry *entry, void *context),
                             void *context)
{
    const struct making making = {names, take, context};
    enum store_err err = STORE_OK;
    for (size_t i = 0; i < rows->count + rows->contained && !err; i++) {
        const struct search_row *row = &rows->rows[i];
        bool is_own = i < rows->count;
        uint16_t number = store_param_number(names, row->param);
        if ((row->component && is_own) || !number)
            continue;
        err = of_row(&making, number, row);
        if (!err && is_own && dated_is_patient(row) && !was_named(rows, i))
            err = give(&making, (struct store_entry){.kind = STORE_ENTRY_DATED,
                                                     .type = store_type_number(names, type),
                                                     .text = row->of.reference.id,
                                                     .low_ms = dated_low_ms(rows)});
    }
    return err;
}

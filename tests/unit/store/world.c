/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/store/world.h"

#include <stdio.h>
#include <string.h>

struct world world;

size_t world_below(size_t limit)
{
    return (size_t)random_below(&world.random, limit);
}

struct text world_one_of(const char *const *words, size_t count)
{
    return text_of(words[world_below(count)]);
}

static struct text some_word(void)
{
    return ONE_OF("amrani", "el amrani", "fat", "fatima", "fatima zahra", "x", "\xd9\x81\xd8\xa7",
                  "\xd9\x81\xd8\xa7\xd8\xb7\xd9\x85\xd9\x87");
}

static struct text some_system(void)
{
    return ONE_OF("", "urn:s", "urn:t");
}

struct text world_code(void)
{
    return ONE_OF("a", "ab", "b", "1");
}

static struct text some_uri(void)
{
    return ONE_OF("http://a/b", "http://a/b/c", "http://a/bc", "urn:oid:1");
}

struct text world_id(void)
{
    static char ids[THINGS][8];
    size_t i = world_below(12);
    snprintf(ids[i], sizeof ids[i], "t%zu", i);
    return text_of(ids[i]);
}

static void some_span(int64_t *low, int64_t *high)
{
    static const int64_t lengths[] = {0, 999, 86399999, 86400000, 31535999999};
    *low = (int64_t)world_below(40) * 43200000 - 86400000;
    *high = *low + lengths[world_below(5)];
    if (world_below(10) == 0)
        *high = INT64_MAX;
    if (world_below(20) == 0)
        *low = INT64_MIN;
}

static void some_reals(double *low, double *high)
{
    *low = (double)world_below(12) - 3;
    *high = *low + (world_below(3) ? 0 : (double)world_below(4));
}

void world_fill_row(struct search_row *row, enum search_kind kind)
{
    row->kind = (uint8_t)kind;
    switch (kind) {
    case SEARCH_TOKEN:
        row->of.token.system = some_system();
        row->of.token.code = world_code();
        row->of.token.text = world_below(2) ? some_word() : TEXT("");
        break;
    case SEARCH_STRING:
        row->of.string.folded = some_word();
        /* folded by search/fold.h it is the same again */
        row->of.string.exact = text_is(row->of.string.folded, "fatima") && world_below(2)
                                   ? TEXT("F\xc3\xa2tima")
                                   : row->of.string.folded;
        if (world_below(6) == 0) /* the end of another row */
            row->of.string.exact = TEXT("");
        break;
    case SEARCH_REFERENCE: {
        bool is_url = world_below(5) == 0;
        row->of.reference.type = is_url ? FHIR_NONE : world.types[world_below(3)];
        row->of.reference.id = is_url ? some_uri() : world_id();
        row->of.reference.version = is_url && world_below(2) ? TEXT("2") : TEXT("");
        row->of.reference.system = world_below(3) ? TEXT("") : some_system();
        row->of.reference.identifier = world_below(3) ? TEXT("") : world_code();
        break;
    }
    case SEARCH_DATE:
        some_span(&row->of.date.low_ms, &row->of.date.high_ms);
        break;
    case SEARCH_NUMBER:
        some_reals(&row->of.number.low, &row->of.number.high);
        break;
    case SEARCH_QUANTITY:
        some_reals(&row->of.quantity.low, &row->of.quantity.high);
        row->of.quantity.system = some_system();
        row->of.quantity.code = ONE_OF("mg", "g");
        row->of.quantity.base_unit = ONE_OF("", "g", "g", "m");
        row->of.quantity.base_low = row->of.quantity.base_high = 0;
        if (row->of.quantity.base_unit.len)
            some_reals(&row->of.quantity.base_low, &row->of.quantity.base_high);
        break;
    case SEARCH_URI:
        row->of.uri = some_uri();
        break;
    case SEARCH_KINDS:
        break;
    }
}

static void make_rows(struct thing *thing)
{
    thing->row_count = 0;
    size_t wanted = world_below(THING_ROWS_MAX - 1);
    while (thing->row_count < wanted) {
        struct search_row *row = &thing->rows[thing->row_count++];
        enum search_kind kind = (enum search_kind)world_below(SEARCH_KINDS);
        *row = (struct search_row){.param = world.params[kind][world_below(2)]};
        world_fill_row(row, kind);
        if (kind == SEARCH_REFERENCE && world_below(2)) { /* somebody of whom there is more */
            row->param = world.params[kind][0];
            row->of.reference.type = world.types[0];
            row->of.reference.id = world_below(2) ? TEXT("t1") : TEXT("t2");
        }
        if (world_below(6) == 0 &&
            thing->row_count < wanted) { /* two parts of a composite's group */
            uint16_t group = (uint16_t)world_below(3);
            *row = (struct search_row){.param = world.composite, .group = group};
            world_fill_row(row, SEARCH_TOKEN);
            row = &thing->rows[thing->row_count++];
            *row = (struct search_row){.param = world.composite, .group = group, .component = 1};
            world_fill_row(row, SEARCH_QUANTITY);
        }
    }
}

void world_write(struct record *record)
{
    struct thing *thing = &world.things[world_below(THINGS)];
    struct record_put put = {.type = thing->type,
                             .id = thing->id,
                             .body = thing->id,
                             .is_delete = thing->is_there && world_below(5) == 0};
    if (!put.is_delete && (!thing->is_there || world_below(4)))
        make_rows(thing);
    put.rows = (struct search_rows){.rows = thing->rows, .count = thing->row_count};
    if (world_below(3))
        put.now_ms = record->now_ms - 1; /* several at one time */
    assert_int_equal(record_put(record, &put), STORE_OK);
    thing->is_there = !put.is_delete;
    thing->seq = put.claim.seq;
    if (thing->first_seq == 0)
        thing->first_seq = put.claim.seq;
    thing->updated_ms = put.claim.updated_ms;
}

struct reindexing {
    struct store_list asked;
    struct text next;
};

static enum store_err reindex_some(struct store_write *write, void *context)
{
    struct reindexing *reindexing = context;
    struct store_page page;
    enum store_err err = store_list(&write->view, &reindexing->asked, &page);
    for (size_t i = 0; i < page.count && !err; i++) {
        struct thing *thing = world.things;
        while (thing->type != page.rows[i].type || !text_is(page.rows[i].id, thing->id))
            thing++;
        if (world_below(4)) /* else they stay */
            make_rows(thing);
        const struct search_rows rows = {.rows = thing->rows, .count = thing->row_count};
        err = store_reindex(write, &page.rows[i], &rows, TEXT(""));
    }
    reindexing->next = page.next;
    return err;
}

static enum store_err reindex_begin(struct store_write *write, void *context)
{
    (void)context;
    return store_reindex_begin(write);
}

void world_reindex(struct record *record)
{
    struct reindexing reindexing = {
        .asked = {.type = FHIR_NONE, .since_ms = INT64_MIN, .upto_seq = UINT64_MAX, .count = 25}};
    assert_int_equal(store_run(record->store, &record->arena, reindex_begin, NULL), STORE_OK);
    do {
        reindexing.asked.cursor = reindexing.next;
        assert_int_equal(store_run(record->store, &record->arena, reindex_some, &reindexing),
                         STORE_OK);
    } while (reindexing.next.len);
}

void world_make(struct record *record, uint64_t seed, size_t writes)
{
    static const char *const kinds[SEARCH_KINDS][2][2] = {
        [SEARCH_TOKEN] = {{"Patient", "identifier"}, {"Observation", "code"}},
        [SEARCH_STRING] = {{"Patient", "name"}, {"Location", "address"}},
        [SEARCH_REFERENCE] = {{"Observation", "subject"}, {"Location", "partof"}},
        [SEARCH_DATE] = {{"Patient", "birthdate"}, {"Observation", "date"}},
        [SEARCH_NUMBER] = {{"RiskAssessment", "probability"}, {"MolecularSequence", "window-end"}},
        [SEARCH_QUANTITY] = {{"Observation", "value-quantity"},
                             {"Observation", "component-value-quantity"}},
        [SEARCH_URI] = {{"ValueSet", "url"}, {"CodeSystem", "url"}},
    };
    print_message("# seed %llu\n", (unsigned long long)seed);
    memset(&world, 0, sizeof world);
    random_seed(&world.random, seed);
    world.types[0] = record_type("Patient");
    world.types[1] = record_type("Observation");
    world.types[2] = record_type("Location");
    for (size_t k = 0; k < SEARCH_KINDS; k++)
        for (size_t i = 0; i < 2; i++)
            world.params[k][i] = record_param(kinds[k][i][0], kinds[k][i][1]);
    world.composite = record_param("Observation", "code-value-quantity");
    for (size_t i = 0; i < THINGS; i++) {
        world.things[i].type = world.types[world_below(3)];
        snprintf(world.things[i].id, sizeof world.things[i].id, "t%zu", i % 100);
        for (size_t before = 0; before < i; before++)
            if (world.things[before].type == world.things[i].type &&
                strcmp(world.things[before].id, world.things[i].id) == 0)
                snprintf(world.things[i].id, sizeof world.things[i].id, "u%zu", i);
    }
    for (size_t i = 0; i < writes; i++)
        world_write(record);
}

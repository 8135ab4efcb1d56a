/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searches of any kind find what a slow, obvious filter finds, in the same order, page by page.
 *
 * The resources are invented: a resource here has whatever rows chance gave it. The seed is printed. */
#include <string.h>

#include "base/random.h"
#include "unit/store/suite.h"

enum { THINGS = 120, ROWS_MAX = 8, WRITES = 400, QUERIES = 1500 / UNIT_SLOWER, VALUES_MAX = 2 };

struct thing {
    uint16_t type;
    char id[8];
    bool is_there;
    uint64_t seq, first_seq;
    int64_t updated_ms;
    struct search_row rows[ROWS_MAX];
    size_t row_count;
};

struct world {
    struct random random;
    struct thing things[THINGS];
    uint16_t types[3]; /* Patient, Observation, Location */
    uint16_t params[SEARCH_KINDS][2];
    uint16_t composite;
};

static struct world world;

static size_t below(size_t limit)
{
    return (size_t)random_below(&world.random, limit);
}

static struct text one_of(const char *const *words, size_t count)
{
    return text_of(words[below(count)]);
}
#define ONE_OF(...)                                                                                \
    one_of((const char *const[]){__VA_ARGS__},                                                     \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static struct text some_word(void)
{
    return ONE_OF("amrani", "el amrani", "fat", "fatima", "fatima zahra", "x", "\xd9\x81\xd8\xa7",
                  "\xd9\x81\xd8\xa7\xd8\xb7\xd9\x85\xd9\x87");
}

static struct text some_system(void)
{
    return ONE_OF("", "urn:s", "urn:t");
}

static struct text some_code(void)
{
    return ONE_OF("a", "ab", "b", "1");
}

static struct text some_uri(void)
{
    return ONE_OF("http://a/b", "http://a/b/c", "http://a/bc", "urn:oid:1");
}

static struct text some_id(void)
{
    static char ids[THINGS][8];
    size_t i = below(12);
    snprintf(ids[i], sizeof ids[i], "t%zu", i);
    return text_of(ids[i]);
}

static void some_span(int64_t *low, int64_t *high)
{
    static const int64_t lengths[] = {0, 999, 86399999, 86400000, 31535999999};
    *low = (int64_t)below(40) * 43200000 - 86400000;
    *high = *low + lengths[below(5)];
    if (below(10) == 0)
        *high = INT64_MAX;
    if (below(20) == 0)
        *low = INT64_MIN;
}

static void some_reals(double *low, double *high)
{
    *low = (double)below(12) - 3;
    *high = *low + (below(3) ? 0 : (double)below(4));
}

static void fill_row(struct search_row *row, enum search_kind kind)
{
    row->kind = (uint8_t)kind;
    switch (kind) {
    case SEARCH_TOKEN:
        row->of.token.system = some_system();
        row->of.token.code = some_code();
        row->of.token.text = below(2) ? some_word() : TEXT("");
        break;
    case SEARCH_STRING:
        row->of.string.folded = some_word();
        /* folded by search/fold.h it is the same again */
        row->of.string.exact = text_is(row->of.string.folded, "fatima") && below(2)
                                   ? TEXT("F\xc3\xa2tima")
                                   : row->of.string.folded;
        break;
    case SEARCH_REFERENCE: {
        bool is_url = below(5) == 0;
        row->of.reference.type = is_url ? FHIR_NONE : world.types[below(3)];
        row->of.reference.id = is_url ? some_uri() : some_id();
        row->of.reference.version = is_url && below(2) ? TEXT("2") : TEXT("");
        row->of.reference.system = below(3) ? TEXT("") : some_system();
        row->of.reference.identifier = below(3) ? TEXT("") : some_code();
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
    size_t wanted = below(ROWS_MAX - 1);
    while (thing->row_count < wanted) {
        struct search_row *row = &thing->rows[thing->row_count++];
        enum search_kind kind = (enum search_kind)below(SEARCH_KINDS);
        *row = (struct search_row){.param = world.params[kind][below(2)]};
        fill_row(row, kind);
        if (kind == SEARCH_REFERENCE && below(2)) { /* somebody of whom there is more */
            row->param = world.params[kind][0];
            row->of.reference.type = world.types[0];
            row->of.reference.id = below(2) ? TEXT("t1") : TEXT("t2");
        }
        if (below(6) == 0 && thing->row_count < wanted) { /* two parts of a composite's group */
            uint16_t group = (uint16_t)below(3);
            *row = (struct search_row){.param = world.composite, .group = group};
            fill_row(row, SEARCH_TOKEN);
            row = &thing->rows[thing->row_count++];
            *row = (struct search_row){.param = world.composite, .group = group, .component = 1};
            fill_row(row, SEARCH_QUANTITY);
        }
    }
}

static void write_one(struct record *record)
{
    struct thing *thing = &world.things[below(THINGS)];
    struct record_put put = {.type = thing->type,
                             .id = thing->id,
                             .body = thing->id,
                             .is_delete = thing->is_there && below(5) == 0};
    if (!put.is_delete && (!thing->is_there || below(4)))
        make_rows(thing);
    put.rows = (struct search_rows){thing->rows, thing->row_count};
    if (below(3))
        put.now_ms = record->now_ms - 1; /* several at one time */
    assert_int_equal(record_put(record, &put), STORE_OK);
    thing->is_there = !put.is_delete;
    thing->seq = put.claim.seq;
    if (thing->first_seq == 0)
        thing->first_seq = put.claim.seq;
    thing->updated_ms = put.claim.updated_ms;
}

static void make_world(struct record *record, uint64_t seed)
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
        world.things[i].type = world.types[below(3)];
        snprintf(world.things[i].id, sizeof world.things[i].id, "t%zu", i % 100);
        for (size_t before = 0; before < i; before++)
            if (world.things[before].type == world.things[i].type &&
                strcmp(world.things[before].id, world.things[i].id) == 0)
                snprintf(world.things[i].id, sizeof world.things[i].id, "u%zu", i);
    }
    for (size_t i = 0; i < WRITES; i++)
        write_one(record);
}

/* --- what is asked -------------------------------------------------------------------------------- */

struct asked {
    struct search_query query;
    struct search_condition conditions[3], inner;
    struct search_value values[4][2 * VALUES_MAX];
    uint16_t params[4][2], types[2];
    struct text texts[2];
    struct search_sort sort;
};

static void some_value(struct search_value *value, enum search_kind kind)
{
    struct search_row row = {0};
    fill_row(&row, kind);
    *value = (struct search_value){.kind = (uint8_t)kind, .compare = (uint8_t)below(9)};
    switch (kind) {
    case SEARCH_TOKEN:
        value->of.token.by_text = below(4) == 0;
        value->match = (uint8_t)below(3);
        value->of.token.system_is = (uint8_t)below(3);
        value->of.token.system =
            value->of.token.system_is == SEARCH_SYSTEM_IS ? TEXT("urn:s") : TEXT("");
        value->of.token.code = value->of.token.by_text ? ONE_OF("fat", "amrani", "a")
                               : value->of.token.system_is == SEARCH_SYSTEM_IS && below(3) == 0
                                   ? TEXT("")
                                   : row.of.token.code;
        break;
    case SEARCH_STRING:
        value->match = (uint8_t)below(3);
        value->of.string.by_exact = value->match == SEARCH_EQUALS && below(2);
        value->of.string.text = value->of.string.by_exact
                                    ? row.of.string.exact
                                    : ONE_OF("fatima", "fat", "amrani", "\xd9\x81\xd8\xa7", "zz");
        break;
    case SEARCH_REFERENCE:
        value->of.reference.by_identifier = below(4) == 0;
        value->of.reference.system_is = (uint8_t)below(3);
        value->of.reference.system = TEXT("urn:s");
        value->of.reference.identifier =
            row.of.reference.identifier.len || value->of.reference.system_is != SEARCH_SYSTEM_IS
                ? some_code()
                : TEXT("");
        value->of.reference.type = row.of.reference.type;
        value->of.reference.id = row.of.reference.id;
        value->of.reference.of_any_type = row.of.reference.type != FHIR_NONE && below(3) == 0;
        value->of.reference.version = row.of.reference.version;
        break;
    case SEARCH_DATE:
        value->of.date.from_ms = row.of.date.low_ms;
        value->of.date.to_ms = row.of.date.high_ms;
        break;
    case SEARCH_NUMBER:
        value->of.number.from = row.of.number.low;
        value->of.number.to = row.of.number.high;
        break;
    case SEARCH_QUANTITY:
        value->of.quantity.from = row.of.quantity.low;
        value->of.quantity.to = row.of.quantity.high;
        value->of.quantity.system_is = (uint8_t)below(3);
        value->of.quantity.system = TEXT("urn:s");
        value->of.quantity.code = below(2) ? TEXT("") : row.of.quantity.code;
        value->of.quantity.base_unit = row.of.quantity.base_unit;
        value->of.quantity.base_from = row.of.quantity.base_low;
        value->of.quantity.base_to = row.of.quantity.base_high;
        break;
    case SEARCH_URI:
        value->match = below(2) ? SEARCH_EQUALS : SEARCH_STARTS;
        value->of.uri = row.of.uri;
        break;
    case SEARCH_KINDS:
        break;
    }
}

static void some_rows_condition(struct asked *asked, struct search_condition *condition, size_t at)
{
    enum search_kind kind = (enum search_kind)below(SEARCH_KINDS);
    static const uint8_t whats[] = {SEARCH_ROW, SEARCH_ROW, SEARCH_ROW, SEARCH_NO_ROW,
                                    SEARCH_MISSING};
    *condition = (struct search_condition){.what = whats[below(5)],
                                           .kind = (uint8_t)kind,
                                           .missing = below(2),
                                           .params = asked->params[at],
                                           .param_count = 1 + below(2),
                                           .values = asked->values[at],
                                           .value_count = 1 + below(VALUES_MAX)};
    for (size_t i = 0; i < 2; i++)
        asked->params[at][i] = world.params[kind][i];
    for (size_t i = 0; i < condition->value_count; i++)
        some_value(&asked->values[at][i], kind);
    condition->scans = condition->what != SEARCH_ROW;
}

static void some_condition(struct asked *asked, struct search_condition *condition, size_t at)
{
    some_rows_condition(asked, condition, at);
    switch (below(12)) {
    case 0: /* of groups */
        condition->what = SEARCH_COMPOSITE;
        condition->scans = false;
        asked->params[at][0] = world.composite;
        condition->param_count = 1;
        condition->component_count = 2;
        condition->value_count = 2 * (1 + below(VALUES_MAX));
        for (size_t i = 0; i < condition->value_count; i++)
            some_value(&asked->values[at][i], i % 2 ? SEARCH_QUANTITY : SEARCH_TOKEN);
        break;
    case 1:
    case 2: /* where a reference leads, and whence one comes */
        some_rows_condition(asked, &asked->inner, 3);
        condition->what = below(2) ? SEARCH_CHAIN : SEARCH_HAS;
        condition->scans = false;
        condition->inner = &asked->inner;
        condition->types = asked->types;
        condition->type_count = condition->what == SEARCH_HAS ? 1 : 2;
        asked->types[0] = world.types[below(3)];
        asked->types[1] = world.types[below(3)];
        asked->params[at][0] = world.params[SEARCH_REFERENCE][0];
        asked->params[at][1] = world.params[SEARCH_REFERENCE][1];
        break;
    case 3:
        condition->what = SEARCH_ID;
        condition->scans = false;
        condition->texts = asked->texts;
        condition->text_count = 2;
        asked->texts[0] = some_id();
        asked->texts[1] = some_id();
        break;
    case 4: {
        struct search_value *value = &asked->values[at][0];
        condition->what = SEARCH_UPDATED;
        condition->scans = false;
        condition->value_count = 1;
        *value = (struct search_value){.kind = SEARCH_DATE, .compare = (uint8_t)below(9)};
        value->of.date.from_ms = world.things[below(THINGS)].updated_ms;
        value->of.date.to_ms = value->of.date.from_ms + (int64_t)below(3) * 20;
        break;
    }
    case 5: { /* all that belongs to somebody */
        struct search_value *value = &asked->values[at][0];
        condition->what = SEARCH_COMPARTMENT;
        condition->kind = SEARCH_REFERENCE;
        condition->scans = false;
        condition->value_count = 1;
        *value = (struct search_value){.kind = SEARCH_REFERENCE};
        value->of.reference.type = world.types[below(3)];
        value->of.reference.id = some_id();
        value->of.reference.version = TEXT("");
        asked->params[at][0] = world.params[SEARCH_REFERENCE][0];
        asked->params[at][1] = world.params[SEARCH_REFERENCE][1];
        break;
    }
    default:
        break;
    }
}

/* What has an index of its own: store/dated.h. */
static void the_latest_of_somebody(struct asked *asked)
{
    struct search_value *value = &asked->values[0][0];
    if (asked->query.condition_count == 0)
        asked->query.condition_count = 1;
    asked->params[0][0] = world.params[SEARCH_REFERENCE][0];
    asked->conditions[0] = (struct search_condition){.what = SEARCH_ROW,
                                                     .kind = SEARCH_REFERENCE,
                                                     .params = asked->params[0],
                                                     .param_count = 1,
                                                     .values = value,
                                                     .value_count = 1};
    *value = (struct search_value){.kind = SEARCH_REFERENCE};
    value->of.reference.type = world.types[0];
    value->of.reference.id = below(2) ? TEXT("t1") : TEXT("t2");
    value->of.reference.version = TEXT("");
    asked->query.types = &world.types[1];
    asked->query.type_count = 1;
    asked->query.count = (uint32_t)(1 + below(3));
    asked->sort = (struct search_sort){.by = SEARCH_BY_PARAM,
                                       .is_descending = true,
                                       .kind = SEARCH_DATE,
                                       .params = &world.params[SEARCH_DATE][1],
                                       .param_count = 1};
    asked->query.sorts = &asked->sort;
    asked->query.sort_count = 1;
}

static void some_query(struct asked *asked)
{
    *asked = (struct asked){0};
    asked->query.conditions = asked->conditions;
    asked->query.condition_count = below(4);
    for (size_t i = 0; i < asked->query.condition_count; i++) {
        bool had_inner = asked->inner.kind || asked->inner.param_count;
        do /* one chain is enough: they share what is inside */
            some_condition(asked, &asked->conditions[i], i);
        while (had_inner && asked->conditions[i].inner);
    }
    asked->query.types = &world.types[below(3)];
    asked->query.type_count = below(2);
    if (below(6) == 0) {
        the_latest_of_somebody(asked);
        return;
    }
    asked->query.count = (uint32_t)(1 + below(20));
    if (below(2)) {
        static const uint8_t kinds[] = {SEARCH_STRING, SEARCH_DATE, SEARCH_TOKEN, SEARCH_NUMBER};
        asked->sort = (struct search_sort){.by = (uint8_t)below(3),
                                           .is_descending = below(2),
                                           .kind = kinds[below(4)],
                                           .param_count = 1 + below(2)};
        asked->sort.params = world.params[asked->sort.kind];
        asked->query.sorts = &asked->sort;
        asked->query.sort_count = 1;
    }
}

/* --- the slow filter ------------------------------------------------------------------------------ */

static bool slow_ends(double low, double high, double from, double to, uint8_t compare)
{
    const bool holds[] = {[SEARCH_EQ] = from <= low && high <= to,
                          [SEARCH_NE] = !(from <= low && high <= to),
                          [SEARCH_GT] = high > to,
                          [SEARCH_LT] = low<from, [SEARCH_GE] = high> to || low >= from,
                          [SEARCH_LE] = low < from || high <= to,
                          [SEARCH_SA] = low > to,
                          [SEARCH_EB] = high < from,
                          [SEARCH_AP] = !(low > to || high < from)};
    return holds[compare];
}

static bool slow_text(struct text row, struct text asked, uint8_t match)
{
    char have[64], want[64];
    snprintf(have, sizeof have, "%.*s", (int)row.len, row.bytes);
    snprintf(want, sizeof want, "%.*s", (int)asked.len, asked.bytes);
    const char *at = strstr(have, want);
    return match == SEARCH_EQUALS   ? strcmp(have, want) == 0
           : match == SEARCH_STARTS ? at == have
                                    : at != NULL;
}

static bool slow_system(struct text row, struct text asked, uint8_t is)
{
    return is == SEARCH_SYSTEM_ANY || (is == SEARCH_SYSTEM_NONE && row.len == 0) ||
           (is == SEARCH_SYSTEM_IS && text_equal(row, asked));
}

static bool slow_value(const struct search_row *row, const struct search_value *value)
{
    switch (row->kind) {
    case SEARCH_TOKEN:
        if (value->of.token.by_text)
            return row->of.token.text.len &&
                   slow_text(row->of.token.text, value->of.token.code, value->match);
        return (!value->of.token.code.len ||
                text_equal(row->of.token.code, value->of.token.code)) &&
               slow_system(row->of.token.system, value->of.token.system, value->of.token.system_is);
    case SEARCH_STRING:
        return slow_text(value->of.string.by_exact ? row->of.string.exact : row->of.string.folded,
                         value->of.string.text, value->match);
    case SEARCH_REFERENCE:
        if (value->of.reference.by_identifier)
            return (row->of.reference.system.len || row->of.reference.identifier.len) &&
                   (!value->of.reference.identifier.len ||
                    text_equal(row->of.reference.identifier, value->of.reference.identifier)) &&
                   slow_system(row->of.reference.system, value->of.reference.system,
                               value->of.reference.system_is);
        return text_equal(row->of.reference.id, value->of.reference.id) &&
               (value->of.reference.of_any_type
                    ? row->of.reference.type != FHIR_NONE
                    : row->of.reference.type == value->of.reference.type) &&
               (!value->of.reference.version.len ||
                text_equal(row->of.reference.version, value->of.reference.version));
    case SEARCH_DATE: /* these are exact as doubles, but for what has no end */
        return slow_ends((double)row->of.date.low_ms, (double)row->of.date.high_ms,
                         (double)value->of.date.from_ms, (double)value->of.date.to_ms,
                         value->compare);
    case SEARCH_NUMBER:
        return slow_ends(row->of.number.low, row->of.number.high, value->of.number.from,
                         value->of.number.to, value->compare);
    case SEARCH_QUANTITY:
        if (value->of.quantity.base_unit.len)
            return text_equal(row->of.quantity.base_unit, value->of.quantity.base_unit) &&
                   slow_ends(row->of.quantity.base_low, row->of.quantity.base_high,
                             value->of.quantity.base_from, value->of.quantity.base_to,
                             value->compare);
        return slow_system(row->of.quantity.system, value->of.quantity.system,
                           value->of.quantity.system_is) &&
               (!value->of.quantity.code.len ||
                text_equal(row->of.quantity.code, value->of.quantity.code)) &&
               slow_ends(row->of.quantity.low, row->of.quantity.high, value->of.quantity.from,
                         value->of.quantity.to, value->compare);
    case SEARCH_URI:
        return slow_text(row->of.uri, value->of.uri, value->match);
    default:
        return false;
    }
}

static bool among(uint16_t what, const uint16_t *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (all[i] == what)
            return true;
    return false;
}

static bool slow_rows(const struct thing *thing, const struct search_condition *condition,
                      bool any_value)
{
    for (size_t r = 0; r < thing->row_count; r++)
        if (among(thing->rows[r].param, condition->params, condition->param_count)) {
            if (any_value)
                return true;
            for (size_t v = 0; v < condition->value_count; v++)
                if (slow_value(&thing->rows[r], &condition->values[v]))
                    return true;
        }
    return false;
}

static bool slow_composite(const struct thing *thing, const struct search_condition *condition)
{
    for (size_t v = 0; v + 1 < condition->value_count; v += 2)
        for (size_t a = 0; a < thing->row_count; a++)
            for (size_t b = 0; b < thing->row_count; b++) {
                const struct search_row *first = &thing->rows[a], *second = &thing->rows[b];
                if (first->param == world.composite && second->param == world.composite &&
                    first->component == 0 && second->component == 1 &&
                    first->group == second->group && slow_value(first, &condition->values[v]) &&
                    slow_value(second, &condition->values[v + 1]))
                    return true;
            }
    return false;
}

static bool slow_link(const struct thing *from, const struct thing *to,
                      const struct search_condition *condition)
{
    for (size_t r = 0; r < from->row_count; r++) {
        const struct search_row *row = &from->rows[r];
        if (among(row->param, condition->params, condition->param_count) &&
            row->of.reference.type == to->type && text_is(row->of.reference.id, to->id))
            return true;
    }
    return false;
}

static bool slow_holds(const struct thing *thing, const struct search_condition *condition)
{
    switch (condition->what) {
    case SEARCH_ROW:
        return slow_rows(thing, condition, false);
    case SEARCH_NO_ROW:
        return !slow_rows(thing, condition, false);
    case SEARCH_MISSING:
        return slow_rows(thing, condition, true) != condition->missing;
    case SEARCH_COMPOSITE:
        return slow_composite(thing, condition);
    case SEARCH_ID:
        return text_is(condition->texts[0], thing->id) || text_is(condition->texts[1], thing->id);
    case SEARCH_UPDATED:
        return slow_ends((double)thing->updated_ms, (double)thing->updated_ms,
                         (double)condition->values[0].of.date.from_ms,
                         (double)condition->values[0].of.date.to_ms, condition->values[0].compare);
    case SEARCH_COMPARTMENT:
        return slow_rows(thing, condition, false) ||
               (thing->type == condition->values[0].of.reference.type &&
                text_is(condition->values[0].of.reference.id, thing->id));
    case SEARCH_CHAIN:
    case SEARCH_HAS:
        for (size_t i = 0; i < THINGS; i++) {
            const struct thing *other = &world.things[i];
            if (other->is_there && among(other->type, condition->types, condition->type_count) &&
                slow_holds(other, condition->inner) &&
                (condition->what == SEARCH_CHAIN ? slow_link(thing, other, condition)
                                                 : slow_link(other, thing, condition)))
                return true;
        }
        return false;
    default:
        return false;
    }
}

static int slow_row_order(const struct search_row *a, const struct search_row *b)
{
    double left = 0, right = 0;
    switch (a->kind) {
    case SEARCH_STRING:
        return text_compare(a->of.string.folded, b->of.string.folded);
    case SEARCH_TOKEN:
        return text_compare(a->of.token.code, b->of.token.code);
    case SEARCH_DATE:
        left = (double)a->of.date.low_ms;
        right = (double)b->of.date.low_ms;
        break;
    default:
        left = a->of.number.low;
        right = b->of.number.low;
    }
    return (left > right) - (left < right);
}

static const struct search_row *slow_key(const struct thing *thing, const struct search_sort *sort)
{
    const struct search_row *best = NULL;
    for (size_t r = 0; r < thing->row_count; r++) {
        const struct search_row *row = &thing->rows[r];
        if (!among(row->param, sort->params, sort->param_count))
            continue;
        int order = best ? slow_row_order(row, best) : 0;
        if (!best || (sort->is_descending ? order > 0 : order < 0))
            best = row;
    }
    return best;
}

static const struct search_query *sorted_by;

static int slow_order(const void *left, const void *right)
{
    const struct thing *a = *(const struct thing *const *)left;
    const struct thing *b = *(const struct thing *const *)right;
    int order = 0;
    if (sorted_by->sort_count) {
        const struct search_sort *sort = sorted_by->sorts;
        if (sort->by == SEARCH_BY_ID)
            order = strcmp(a->id, b->id);
        else if (sort->by == SEARCH_BY_UPDATED)
            order = (a->seq > b->seq) - (a->seq < b->seq);
        if (sort->by == SEARCH_BY_PARAM) {
            const struct search_row *key_a = slow_key(a, sort), *key_b = slow_key(b, sort);
            if (!key_a || !key_b)
                return key_a ? -1 : key_b ? 1 : a->first_seq < b->first_seq ? -1 : 1;
            order = slow_row_order(key_a, key_b);
        }
        if (sort->is_descending)
            order = -order;
    }
    return order ? order : a->first_seq < b->first_seq ? -1 : 1;
}

static void slow_search(const struct search_query *query, char *words, size_t size)
{
    const struct thing *found[THINGS];
    size_t count = 0, len = 0;
    for (size_t i = 0; i < THINGS; i++) {
        const struct thing *thing = &world.things[i];
        bool holds = thing->is_there &&
                     (!query->type_count || among(thing->type, query->types, query->type_count));
        for (size_t c = 0; c < query->condition_count && holds; c++)
            holds = slow_holds(thing, &query->conditions[c]);
        if (holds)
            found[count++] = thing;
    }
    sorted_by = query;
    if (count)
        qsort(found, count, sizeof *found, slow_order);
    words[0] = '\0';
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(words + len, size - len, "%s%s", len ? " " : "", found[i]->id);
}

static void h92_a_search_finds_what_a_slow_filter_finds_in_the_same_order(void **state)
{
    struct record *record = *state;
    static struct asked asked;
    char expected[4096];
    size_t with_matches = 0;
    make_world(record, 4);
    for (size_t i = 0; i < QUERIES; i++) {
        some_query(&asked);
        slow_search(&asked.query, expected, sizeof expected);
        arena_reset(&record->arena);
        const char *found = record_search(record, &asked.query);
        if (strcmp(found, expected) != 0) {
            for (size_t c = 0; c < asked.query.condition_count; c++)
                print_message("# condition: what %d, kind %d, compare %d, match %d, scans %d\n",
                              asked.conditions[c].what, asked.conditions[c].kind,
                              asked.conditions[c].values->compare,
                              asked.conditions[c].values->match, asked.conditions[c].scans);
            fail_msg("query %zu (sorts %zu, by %d): found \"%s\", not \"%s\"", i,
                     asked.query.sort_count, asked.sort.by, found, expected);
        }
        with_matches += expected[0] != '\0';
        if (i % 10 == 0)
            write_one(record);
    }
    assert_true(with_matches > QUERIES / 3);
}

static bool is_even(const struct store_row *row, void *context)
{
    (void)context;
    return (row->id.bytes[row->id.len - 1] - '0') % 2 == 0;
}

static void totals_count_all_pages_and_only_what_may_be_shown(void **state)
{
    struct record *record = *state;
    struct store_page page;
    struct store_view *view;
    uint16_t type = record_type("Patient");
    struct search_query query = {.types = &type, .type_count = 1, .count = 2};
    struct store_search asked = {.query = &query, .may_show = is_even};
    for (int i = 0; i < 5; i++) {
        char id[8];
        snprintf(id, sizeof id, "p%d", i);
        record_add(record, "Patient", id, "x", NULL, 0);
    }
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.count, 2);
    assert_int_equal(page.total, -1);
    assert_true(page.next.len > 0);
    query.total = SEARCH_TOTAL_ACCURATE;
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.total, 5);
    query.summary = SEARCH_SUMMARY_COUNT;
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.total, 5);
    assert_int_equal(page.count, 0);
    assert_int_equal(page.next.len, 0);

    query.summary = SEARCH_SUMMARY_FALSE;
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    assert_int_equal(store_search(view, &asked, &page), STORE_OK);
    assert_int_equal(page.total, 3);
    assert_int_equal(page.count, 2);
    assert_true(text_is(page.rows[1].id, "p2"));
    asked.cursor = page.next;
    assert_int_equal(store_search(view, &asked, &page), STORE_OK);
    assert_int_equal(page.count, 1);
    assert_true(text_is(page.rows[0].id, "p4"));
    assert_int_equal(page.next.len, 0);
    asked.cursor = TEXT("nonsense!");
    assert_int_equal(store_search(view, &asked, &page), STORE_ERR_QUERY);
    assert_non_null(view->help);
    store_view_end(view);
}

static void pages_are_stable_while_others_write(void **state)
{
    struct record *record = *state;
    struct store_page page;
    uint16_t type = record_type("Patient"), name = record_param("Patient", "name");
    struct search_sort sort = {.by = SEARCH_BY_PARAM, .params = &name, .param_count = 1};
    for (int sorted = 0; sorted < 2; sorted++) {
        struct search_query query = {.types = &type,
                                     .type_count = 1,
                                     .count = 4,
                                     .sorts = &sort,
                                     .sort_count = (size_t)sorted};
        char seen[64] = "", expected[64] = "";
        for (int i = 0; i < 12; i++) {
            char id[8], word[8];
            snprintf(id, sizeof id, "%c", 'a' + i);
            snprintf(word, sizeof word, "%c", 'a' + i);
            struct search_row row = row_string("Patient", "name", word, word);
            record_add(record, "Patient", id, "x", &row, 1);
            strcat(expected, id);
        }
        do {
            assert_int_equal(record_page(record, &query, &page), STORE_OK);
            for (size_t i = 0; i < page.count; i++)
                if (page.rows[i].id.len == 1)
                    strncat(seen, page.rows[i].id.bytes, 1);
            query.cursor = page.next;
            /* one that was shown is changed, new ones come, one is deleted that was shown */
            struct search_row row = row_string("Patient", "name", "a", "a");
            record_add(record, "Patient", "a", "y", &row, 1);
            row = row_string("Patient", "name", "bb", "bb");
            record_add(record, "Patient", "new", "y", &row, 1);
            record_delete(record, "Patient", "new");
            record_add(record, "Patient", "new", "z", &row, 1);
        } while (page.next.len);
        assert_string_equal(seen, expected);
    }
}

static struct search_include include_of(const char *source, const char *code, const char *target,
                                        bool is_reverse, bool is_iterated)
{
    return (struct search_include){
        .is_reverse = is_reverse,
        .is_iterated = is_iterated,
        .source_type = record_type(source),
        .param = code ? record_param(source, code) : FHIR_NONE,
        .target_type = target ? record_type(target) : FHIR_NONE,
    };
}

static void includes_bring_each_resource_once(void **state)
{
    struct record *record = *state;
    uint16_t patient = record_type("Patient"), observation = record_type("Observation");
    struct search_row to_a = row_reference("Observation", "subject", "Patient", "a");
    struct search_row by_d = row_reference("Observation", "performer", "Practitioner", "d");
    struct search_row gp = row_reference("Patient", "general-practitioner", "Practitioner", "d");
    struct search_row two[] = {to_a, by_d};
    record_add(record, "Practitioner", "d", "x", NULL, 0);
    record_add(record, "Patient", "a", "x", &gp, 1);
    record_add(record, "Patient", "b", "x", NULL, 0);
    record_add(record, "Observation", "o1", "x", two, 2);
    record_add(record, "Observation", "o2", "x", &to_a, 1);
    record_add(record, "Observation", "o3", "x", &to_a, 1);
    record_delete(record, "Observation", "o3");

    struct search_include includes[2];
    struct search_query query = {
        .types = &observation, .type_count = 1, .count = 10, .includes = includes};
    query.include_count = 1;
    includes[0] = include_of("Observation", "subject", NULL, false, false);
    assert_string_equal(record_search(record, &query), "o1 o2 a+");
    includes[0].target_type = record_type("Group");
    assert_string_equal(record_search(record, &query), "o1 o2");
    includes[0] = include_of("Observation", NULL, NULL, false, false);
    assert_string_equal(record_search(record, &query), "o1 o2 a+ d+");
    includes[0] = include_of("Observation", "subject", NULL, false, false);
    includes[1] = include_of("Patient", "general-practitioner", NULL, false, false);
    query.include_count = 2;
    assert_string_equal(record_search(record, &query), "o1 o2 a+");
    includes[1].is_iterated = true;
    assert_string_equal(record_search(record, &query), "o1 o2 a+ d+");
    query.types = &patient;
    query.include_count = 1;
    includes[0] = include_of("Observation", "subject", NULL, true, false);
    assert_string_equal(record_search(record, &query), "a b o1+ o2+");
    includes[0] = include_of("Observation", NULL, NULL, true, false);
    assert_string_equal(record_search(record, &query), "a b o1+ o2+");
}

static void trees_lists_and_words_are_searched(void **state)
{
    struct record *record = *state;
    uint16_t location = record_type("Location"), partof = record_param("Location", "partof");
    const char *const parts[][2] = {{"city", NULL},  {"house", "city"}, {"ward", "house"},
                                    {"bed", "ward"}, {"loop", "loop"},  {"other", NULL}};
    for (size_t i = 0; i < 6; i++) {
        struct search_row row =
            row_reference("Location", "partof", "Location", parts[i][1] ? parts[i][1] : "none");
        record_add(record, "Location", parts[i][0], "x", &row, parts[i][1] ? 1 : 0);
    }
    struct search_value root = {.kind = SEARCH_REFERENCE};
    root.of.reference.type = location;
    root.of.reference.id = TEXT("house");
    struct search_condition condition = {.what = SEARCH_BELOW,
                                         .params = &partof,
                                         .param_count = 1,
                                         .values = &root,
                                         .value_count = 1};
    struct search_query query = {
        .types = &location, .type_count = 1, .conditions = &condition, .condition_count = 1};
    assert_string_equal(record_search(record, &query), "house ward bed");
    condition.what = SEARCH_ABOVE;
    assert_string_equal(record_search(record, &query), "city house");
    root.of.reference.id = TEXT("loop");
    assert_string_equal(record_search(record, &query), "loop");

    struct search_row items[] = {row_reference("List", "item", "Location", "bed"),
                                 row_reference("List", "item", "Location", "gone")};
    struct text id = TEXT("l");
    record_add(record, "List", "l", "x", items, 2);
    condition = (struct search_condition){.what = SEARCH_LIST, .texts = &id, .text_count = 1};
    assert_string_equal(record_search(record, &query), "bed");

    struct record_put put = {
        .type = location,
        .id = "told",
        .body = "x",
        .words = "la fievre est tombee \xd8\xa7\xd9\x84\xd9\x85\xd8\xb1\xd9\x8a\xd8\xb6"};
    assert_int_equal(record_put(record, &put), STORE_OK);
    condition.what = SEARCH_NARRATIVE;
    id = TEXT("tombee fievre");
    assert_string_equal(record_search(record, &query), "told");
    id = TEXT("\xd8\xa7\xd9\x84\xd9\x85\xd8\xb1\xd9\x8a\xd8\xb6");
    assert_string_equal(record_search(record, &query), "told");
    id = TEXT("fievre haute");
    assert_string_equal(record_search(record, &query), "");
    put.words = "rien";
    assert_int_equal(record_put(record, &put), STORE_OK);
    id = TEXT("fievre");
    assert_string_equal(record_search(record, &query), ""); /* the narrative of before */
    id = TEXT("rien");
    assert_string_equal(record_search(record, &query), "told");
}

const struct CMUnitTest suite_search[] = {
    STORE_CASE(h92_a_search_finds_what_a_slow_filter_finds_in_the_same_order),
    STORE_CASE(totals_count_all_pages_and_only_what_may_be_shown),
    STORE_CASE(pages_are_stable_while_others_write),
    STORE_CASE(includes_bring_each_resource_once),
    STORE_CASE(trees_lists_and_words_are_searched),
};
const size_t suite_search_count = sizeof suite_search / sizeof *suite_search;

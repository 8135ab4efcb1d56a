/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions by chance. */
#include "unit/store/world.h"

static void some_value(struct search_value *value, enum search_kind kind)
{
    struct search_row row = {0};
    world_fill_row(&row, kind);
    *value = (struct search_value){.kind = (uint8_t)kind, .compare = (uint8_t)world_below(9)};
    switch (kind) {
    case SEARCH_TOKEN:
        value->of.token.by_text = world_below(4) == 0;
        value->match = (uint8_t)world_below(3);
        value->of.token.system_is = (uint8_t)world_below(3);
        value->of.token.system =
            value->of.token.system_is == SEARCH_SYSTEM_IS ? TEXT("urn:s") : TEXT("");
        value->of.token.code =
            value->of.token.by_text ? ONE_OF("fat", "amrani", "a")
            : value->of.token.system_is == SEARCH_SYSTEM_IS && world_below(3) == 0
                ? TEXT("")
                : row.of.token.code;
        break;
    case SEARCH_STRING:
        value->match = (uint8_t)world_below(3);
        value->of.string.by_exact =
            value->match == SEARCH_EQUALS && row.of.string.exact.len && world_below(2);
        value->of.string.text = value->of.string.by_exact
                                    ? row.of.string.exact
                                    : ONE_OF("fatima", "fat", "amrani", "\xd9\x81\xd8\xa7", "zz");
        break;
    case SEARCH_REFERENCE:
        value->of.reference.by_identifier = world_below(4) == 0;
        value->of.reference.system_is = (uint8_t)world_below(3);
        value->of.reference.system = TEXT("urn:s");
        value->of.reference.identifier =
            row.of.reference.identifier.len || value->of.reference.system_is != SEARCH_SYSTEM_IS
                ? world_code()
                : TEXT("");
        value->of.reference.type = row.of.reference.type;
        value->of.reference.id = row.of.reference.id;
        value->of.reference.of_any_type = row.of.reference.type != FHIR_NONE && world_below(3) == 0;
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
        value->of.quantity.system_is = (uint8_t)world_below(3);
        value->of.quantity.system = TEXT("urn:s");
        value->of.quantity.code = world_below(2) ? TEXT("") : row.of.quantity.code;
        value->of.quantity.base_unit = row.of.quantity.base_unit;
        value->of.quantity.base_from = row.of.quantity.base_low;
        value->of.quantity.base_to = row.of.quantity.base_high;
        break;
    case SEARCH_URI:
        value->match = world_below(2) ? SEARCH_EQUALS : SEARCH_STARTS;
        value->of.uri = row.of.uri;
        break;
    case SEARCH_KINDS:
        break;
    }
}

static void some_rows_condition(struct asked *asked, struct search_condition *condition, size_t at)
{
    enum search_kind kind = (enum search_kind)world_below(SEARCH_KINDS);
    static const uint8_t whats[] = {SEARCH_ROW, SEARCH_ROW, SEARCH_ROW, SEARCH_NO_ROW,
                                    SEARCH_MISSING};
    *condition = (struct search_condition){.what = whats[world_below(5)],
                                           .kind = (uint8_t)kind,
                                           .missing = world_below(2),
                                           .params = asked->params[at],
                                           .param_count = 1 + world_below(2),
                                           .values = asked->values[at],
                                           .value_count = 1 + world_below(VALUES_MAX)};
    for (size_t i = 0; i < 2; i++)
        asked->params[at][i] = world.params[kind][i];
    for (size_t i = 0; i < condition->value_count; i++)
        some_value(&asked->values[at][i], kind);
    condition->scans = condition->what != SEARCH_ROW;
}

static void some_condition(struct asked *asked, struct search_condition *condition, size_t at)
{
    some_rows_condition(asked, condition, at);
    switch (world_below(12)) {
    case 0: /* of groups */
        condition->what = SEARCH_COMPOSITE;
        condition->scans = false;
        asked->params[at][0] = world.composite;
        condition->param_count = 1;
        condition->component_count = 2;
        condition->value_count = 2 * (1 + world_below(VALUES_MAX));
        for (size_t i = 0; i < condition->value_count; i++)
            some_value(&asked->values[at][i], i % 2 ? SEARCH_QUANTITY : SEARCH_TOKEN);
        break;
    case 1:
    case 2: /* where a reference leads, and whence one comes */
        some_rows_condition(asked, &asked->inner, 3);
        condition->what = world_below(2) ? SEARCH_CHAIN : SEARCH_HAS;
        condition->scans = false;
        condition->inner = &asked->inner;
        condition->types = asked->types;
        condition->type_count = condition->what == SEARCH_HAS ? 1 : 2;
        asked->types[0] = world.types[world_below(3)];
        asked->types[1] = world.types[world_below(3)];
        asked->params[at][0] = world.params[SEARCH_REFERENCE][0];
        asked->params[at][1] = world.params[SEARCH_REFERENCE][1];
        break;
    case 3:
        condition->what = SEARCH_ID;
        condition->scans = false;
        condition->texts = asked->texts;
        condition->text_count = 2;
        asked->texts[0] = world_id();
        asked->texts[1] = world_id();
        break;
    case 4: {
        struct search_value *value = &asked->values[at][0];
        condition->what = SEARCH_UPDATED;
        condition->scans = false;
        condition->value_count = 1;
        *value = (struct search_value){.kind = SEARCH_DATE, .compare = (uint8_t)world_below(9)};
        value->of.date.from_ms = world.things[world_below(THINGS)].updated_ms;
        value->of.date.to_ms = value->of.date.from_ms + (int64_t)world_below(3) * 20;
        break;
    }
    case 5: { /* all that belongs to somebody */
        struct search_value *value = &asked->values[at][0];
        condition->what = SEARCH_COMPARTMENT;
        condition->kind = SEARCH_REFERENCE;
        condition->scans = false;
        condition->value_count = 1;
        *value = (struct search_value){.kind = SEARCH_REFERENCE};
        value->of.reference.type = world.types[world_below(3)];
        value->of.reference.id = world_id();
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
    value->of.reference.id = world_below(2) ? TEXT("t1") : TEXT("t2");
    value->of.reference.version = TEXT("");
    asked->query.types = &world.types[1];
    asked->query.type_count = 1;
    asked->query.count = (uint32_t)(1 + world_below(3));
    asked->sort = (struct search_sort){.by = SEARCH_BY_PARAM,
                                       .is_descending = true,
                                       .kind = SEARCH_DATE,
                                       .params = &world.params[SEARCH_DATE][1],
                                       .param_count = 1};
    asked->query.sorts = &asked->sort;
    asked->query.sort_count = 1;
}

void world_ask(struct asked *asked)
{
    *asked = (struct asked){0};
    asked->query.conditions = asked->conditions;
    asked->query.condition_count = world_below(4);
    for (size_t i = 0; i < asked->query.condition_count; i++) {
        bool had_inner = asked->inner.kind || asked->inner.param_count;
        do /* one chain is enough: they share what is inside */
            some_condition(asked, &asked->conditions[i], i);
        while (had_inner && asked->conditions[i].inner);
    }
    asked->query.types = &world.types[world_below(3)];
    asked->query.type_count = world_below(2);
    if (world_below(6) == 0) {
        the_latest_of_somebody(asked);
        return;
    }
    asked->query.count = (uint32_t)(1 + world_below(20));
    if (world_below(2)) {
        static const uint8_t kinds[] = {SEARCH_STRING, SEARCH_DATE, SEARCH_TOKEN, SEARCH_NUMBER};
        asked->sort = (struct search_sort){.by = (uint8_t)world_below(3),
                                           .is_descending = world_below(2),
                                           .kind = kinds[world_below(4)],
                                           .param_count = 1 + world_below(2)};
        asked->sort.params = world.params[asked->sort.kind];
        asked->query.sorts = &asked->sort;
        asked->query.sort_count = 1;
    }
}

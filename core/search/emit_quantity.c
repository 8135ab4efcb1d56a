/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and quantities as rows: what is measured, money, ranges, sampled signals. */
#include "search/emit.h"

#include <math.h>

#include "search/figure.h"

#define UCUM_SYSTEM TEXT("http://unitsofmeasure.org")
#define CURRENCY_SYSTEM TEXT("urn:iso:std:iso:4217") /* R4 datatypes.html#Money */

enum { SAMPLES_MAX = 1000000 }; /* of one signal that are looked at for its least and greatest */

/* A number's value; false: there is none, or none that a double holds. */
static bool number_at(const struct json *json, uint32_t object, struct text name, double *value)
{
    uint32_t node = json_member(json, object, name);
    return node != JSON_NONE && json_type(json, node) == JSON_NUMBER &&
           figure_value(json_raw(json, node), value);
}

struct measured {
    double low, high;
    struct text system, code, unit;
};

/* What a comparator leaves open: <5 is anything up to 5. */
static void open_ends(struct measured *measured, struct text comparator)
{
    if (comparator.len && *comparator.bytes == '<')
        measured->low = -INFINITY;
    else if (comparator.len && *comparator.bytes == '>')
        measured->high = INFINITY;
}

static bool read_quantity(struct emitter *emitter, uint32_t node, struct measured *measured)
{
    if (!number_at(emitter->json, node, TEXT("value"), &measured->low))
        return false;
    measured->high = measured->low;
    measured->system = emit_text(emitter, node, TEXT("system"));
    measured->code = emit_text(emitter, node, TEXT("code"));
    measured->unit = emit_text(emitter, node, TEXT("unit"));
    open_ends(measured, emit_text(emitter, node, TEXT("comparator")));
    return true;
}

/* An end that is not there is open. */
static bool read_range(struct emitter *emitter, uint32_t node, struct measured *measured)
{
    uint32_t low = json_member(emitter->json, node, TEXT("low"));
    uint32_t high = json_member(emitter->json, node, TEXT("high"));
    struct measured end;
    bool has_low = low != JSON_NONE && read_quantity(emitter, low, measured);
    bool has_high = high != JSON_NONE && read_quantity(emitter, high, &end);
    if (!has_high) {
        measured->high = INFINITY;
        return has_low;
    }
    if (!has_low) {
        *measured = end;
        measured->low = -INFINITY;
    }
    measured->high = end.high;
    return true;
}

static bool read_money(struct emitter *emitter, uint32_t node, struct measured *measured)
{
    if (!number_at(emitter->json, node, TEXT("value"), &measured->low))
        return false;
    measured->high = measured->low;
    measured->system = CURRENCY_SYSTEM;
    measured->code = emit_text(emitter, node, TEXT("currency"));
    measured->unit = TEXT("");
    return true;
}

/* From the least sample to the greatest; E, L and U (no sample, below, above) say nothing. */
static bool read_samples(struct emitter *emitter, uint32_t node, struct measured *measured)
{
    uint32_t origin = json_member(emitter->json, node, TEXT("origin"));
    struct text rest = emit_text(emitter, node, TEXT("data"));
    double factor = 1, value, low = INFINITY, high = -INFINITY;
    if (origin == JSON_NONE || !read_quantity(emitter, origin, measured))
        return false;
    if (json_member(emitter->json, node, TEXT("factor")) != JSON_NONE &&
        !number_at(emitter->json, node, TEXT("factor"), &factor))
        return false;
    for (unsigned i = 0; rest.len && i < SAMPLES_MAX; i++)
        if (figure_value(text_cut(&rest, ' '), &value)) {
            low = fmin(low, value * factor);
            high = fmax(high, value * factor);
        }
    measured->high = measured->low + high;
    measured->low += low;
    return low <= high;
}

/* The row's base unit and ends in it; the unit last read is kept. */
static void set_base(struct emitter *emitter, struct search_row *row,
                     const struct measured *measured)
{
    row->of.quantity.base_low = row->of.quantity.base_high = 0;
    row->of.quantity.base_unit = TEXT("");
    if (!text_equal(measured->system, UCUM_SYSTEM))
        return;
    if (!emitter->unit_code.bytes || !text_equal(emitter->unit_code, measured->code)) {
        emitter->unit_code = measured->code;
        emitter->unit_known = ucum_read(&emitter->unit, measured->code);
        if (emitter->unit_known) {
            emitter->unit_base = arena_copy(
                emitter->arena, (struct text){emitter->unit.base, emitter->unit.base_len});
            if (!emitter->unit_base.bytes)
                emitter->failed = true;
        }
    }
    if (!emitter->unit_known || emitter->failed)
        return;
    row->of.quantity.base_low = ucum_to_base(&emitter->unit, measured->low);
    row->of.quantity.base_high = ucum_to_base(&emitter->unit, measured->high);
    row->of.quantity.base_unit = emitter->unit_base;
}

static struct search_row *add_quantity(struct emitter *emitter, const struct measured *measured,
                                       struct text system, struct text code)
{
    struct search_row *row = emit_row(emitter, SEARCH_QUANTITY);
    if (!row)
        return NULL;
    row->of.quantity.low = measured->low;
    row->of.quantity.high = measured->high;
    row->of.quantity.system = system;
    row->of.quantity.code = code;
    row->of.quantity.base_low = row->of.quantity.base_high = 0;
    row->of.quantity.base_unit = TEXT("");
    return row;
}

/* By its code, and by its unit where that is another: 5.4||mg is asked of either. */
static void quantity_rows(struct emitter *emitter, const struct measured *measured)
{
    if (measured->system.len || measured->code.len || !measured->unit.len) {
        struct search_row *row = add_quantity(emitter, measured, measured->system, measured->code);
        if (row)
            set_base(emitter, row, measured);
    }
    if (measured->unit.len && !text_equal(measured->unit, measured->code))
        (void)add_quantity(emitter, measured, TEXT(""), measured->unit);
}

static void number_row(struct emitter *emitter, double low, double high)
{
    struct search_row *row = emit_row(emitter, SEARCH_NUMBER);
    if (!row)
        return;
    row->of.number.low = low;
    row->of.number.high = high;
}

void emit_quantity(struct emitter *emitter, enum search_kind kind, enum shape shape, uint32_t node)
{
    struct measured measured = {0};
    double value;
    bool is_there = false;
    switch (shape) {
    case SHAPE_PRIMITIVE:
        if (json_type(emitter->json, node) == JSON_NUMBER &&
            figure_value(json_raw(emitter->json, node), &value)) {
            measured = (struct measured){value, value, TEXT(""), TEXT(""), TEXT("")};
            is_there = true;
        }
        break;
    case SHAPE_QUANTITY:
        is_there = read_quantity(emitter, node, &measured);
        break;
    case SHAPE_MONEY:
        is_there = read_money(emitter, node, &measured);
        break;
    case SHAPE_RANGE:
        is_there = read_range(emitter, node, &measured);
        break;
    case SHAPE_SAMPLED_DATA:
        is_there = read_samples(emitter, node, &measured);
        break;
    default: /* R4 gives no other a quantity */
        break;
    }
    if (!is_there)
        return;
    if (kind == SEARCH_NUMBER)
        number_row(emitter, measured.low, measured.high);
    else
        quantity_rows(emitter, &measured);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates, numbers and quantities against what is asked: ranges. */
#include <math.h>

#include "search/date.h"
#include "search/figure.h"
#include "search/oracle_value.h"
#include "ucum/ucum.h"

static enum search_compare prefix(struct text *part)
{
    static const char *const names[] = {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
    for (unsigned i = 0; i < 9; i++)
        if (text_starts(*part, text_of(names[i]))) {
            *part = (struct text){part->bytes + 2, part->len - 2};
            return (enum search_compare)i;
        }
    return SEARCH_EQ;
}

/* --- ranges: R4's table of prefixes, word for word -------------------------------------------- */

struct range {
    double low, high; /* both within */
};

static bool contains(struct range whole, struct range part)
{
    return whole.low <= part.low && part.high <= whole.high;
}

static bool overlaps(struct range a, struct range b)
{
    return a.low <= b.high && b.low <= a.high;
}

static bool compare(enum search_compare compare, struct range asked, struct range target)
{
    struct range above = {nextafter(asked.high, HUGE_VAL), HUGE_VAL};
    struct range below = {-HUGE_VAL, nextafter(asked.low, -HUGE_VAL)};
    switch (compare) {
    case SEARCH_EQ: /* the range of the search value fully contains the range of the target value */
        return contains(asked, target);
    case SEARCH_NE: /* ... does not fully contain ... */
        return !contains(asked, target);
    case SEARCH_GT: /* the range above the search value intersects the range of the target value */
        return overlaps(above, target);
    case SEARCH_LT:
        return overlaps(below, target);
    case SEARCH_GE: /* ... or the range of the search value fully contains it */
        return overlaps(above, target) || contains(asked, target);
    case SEARCH_LE:
        return overlaps(below, target) || contains(asked, target);
    case SEARCH_SA: /* does not overlap, and the range above contains the target's */
        return !overlaps(asked, target) && contains(above, target);
    case SEARCH_EB:
        return !overlaps(asked, target) && contains(below, target);
    case SEARCH_AP:
        return overlaps(asked, target);
    }
    return false;
}

/* A date's end as a double: 1 ms is exact for any year that can be written. */
static double end_of(int64_t ms)
{
    return ms == DATE_EVER_BEFORE ? -HUGE_VAL : ms == DATE_EVER_AFTER ? HUGE_VAL : (double)ms;
}

bool oracle_date_matches(const struct oracle *oracle, int64_t low, int64_t high, struct text part)
{
    struct text text = oracle_plain(oracle, part);
    enum search_compare how = prefix(&text);
    int64_t from, to;
    if (!date_read(text, &from, &to))
        return false;
    if (how == SEARCH_AP) {
        int64_t gap = oracle->now_ms > to     ? oracle->now_ms - to
                      : from > oracle->now_ms ? from - oracle->now_ms
                                              : 0;
        from -= gap / 10;
        to += gap / 10;
    }
    return compare(how, (struct range){end_of(from), end_of(to)},
                   (struct range){end_of(low), end_of(high)});
}

bool oracle_date_of(const struct oracle *oracle, const struct fhirpath_value *value, int64_t *low,
                    int64_t *high)
{
    int64_t other;
    if (oracle_is_primitive(value))
        return date_read(oracle_string(oracle, value->of.at.json, value->of.at.node), low, high);
    if (oracle_is(value, "Period")) {
        struct text start = oracle_member(oracle, value, "start"),
                    end = oracle_member(oracle, value, "end");
        *low = DATE_EVER_BEFORE;
        *high = DATE_EVER_AFTER;
        return (start.len || end.len) && (!start.len || date_read(start, low, &other)) &&
               (!end.len || date_read(end, &other, high));
    }
    if (oracle_is(value, "Timing")) {
        struct fhirpath_value events, repeat, bounds;
        bool found = false;
        if (oracle_inner(value, "event", &events)) {
            const struct json *json = events.of.at.json;
            for (uint32_t i = 0; json_element(json, events.of.at.node, i) != JSON_NONE; i++) {
                int64_t from, to;
                struct text text =
                    oracle_string(oracle, json, json_element(json, events.of.at.node, i));
                if (!date_read(text, &from, &to))
                    continue;
                *low = !found || from < *low ? from : *low;
                *high = !found || to > *high ? to : *high;
                found = true;
            }
        }
        if (oracle_inner(value, "repeat", &repeat) &&
            oracle_inner(&repeat, "boundsPeriod", &bounds)) {
            int64_t from, to;
            bounds.type = fhir_type_named(TEXT("Period"));
            if (oracle_date_of(oracle, &bounds, &from, &to)) {
                *low = !found || from < *low ? from : *low;
                *high = !found || to > *high ? to : *high;
                found = true;
            }
        }
        return found;
    }
    return false;
}

/* --- figures ---------------------------------------------------------------------------------- */

struct amount {
    struct range range;
    struct text system, code, unit;
};

static bool number_of(const struct fhirpath_value *value, const char *name, double *number)
{
    struct fhirpath_value at;
    return oracle_inner(value, name, &at) &&
           json_type(at.of.at.json, at.of.at.node) == JSON_NUMBER &&
           figure_value(json_raw(at.of.at.json, at.of.at.node), number);
}

static bool amount_of(const struct oracle *oracle, const struct fhirpath_value *value,
                      struct amount *amount)
{
    double number;
    *amount = (struct amount){{0, 0}, TEXT(""), TEXT(""), TEXT("")};
    if (oracle_is_primitive(value)) {
        if (json_type(value->of.at.json, value->of.at.node) != JSON_NUMBER ||
            !figure_value(json_raw(value->of.at.json, value->of.at.node), &number))
            return false;
        amount->range = (struct range){number, number};
        return true;
    }
    if (oracle_is(value, "Range")) {
        struct fhirpath_value end;
        struct amount low, high;
        uint16_t quantity = fhir_type_named(TEXT("Quantity"));
        bool has_low = oracle_inner(value, "low", &end);
        end.type = quantity;
        has_low = has_low && amount_of(oracle, &end, &low);
        bool has_high = oracle_inner(value, "high", &end);
        end.type = quantity;
        has_high = has_high && amount_of(oracle, &end, &high);
        if (!has_low && !has_high)
            return false;
        *amount = has_low ? low : high;
        amount->range = (struct range){has_low ? low.range.low : -HUGE_VAL,
                                       has_high ? high.range.high : HUGE_VAL};
        return true;
    }
    if (oracle_is(
            value,
            "SampledData")) { /* R4 does not say how; here, from the least sample to the greatest */
        struct fhirpath_value origin;
        struct range samples = {HUGE_VAL, -HUGE_VAL};
        double factor = 1;
        if (!oracle_inner(value, "origin", &origin))
            return false;
        origin.type = fhir_type_named(TEXT("Quantity"));
        if (!amount_of(oracle, &origin, amount))
            return false;
        (void)number_of(value, "factor", &factor);
        for (struct text rest = oracle_member(oracle, value, "data"); rest.len;)
            if (figure_value(text_cut(&rest, ' '), &number)) {
                samples.low = fmin(samples.low, number * factor);
                samples.high = fmax(samples.high, number * factor);
            }
        amount->range.low += samples.low;
        amount->range.high += samples.high;
        return samples.low <= samples.high;
    }
    if (!number_of(value, "value", &number))
        return false;
    amount->range = (struct range){number, number};
    if (oracle_is(value, "Money")) {
        amount->system = TEXT("urn:iso:std:iso:4217");
        amount->code = oracle_member(oracle, value, "currency");
        return true;
    }
    struct text comparator = oracle_member(oracle, value, "comparator");
    if (text_starts(comparator, TEXT("<")))
        amount->range.low = -HUGE_VAL;
    if (text_starts(comparator, TEXT(">")))
        amount->range.high = HUGE_VAL;
    amount->system = oracle_member(oracle, value, "system");
    amount->code = oracle_member(oracle, value, "code");
    amount->unit = oracle_member(oracle, value, "unit");
    return oracle_is(value, "Quantity");
}

/* The asked range: digits leave half of the last open; prefixes that order take the figure itself. */
static bool asked_range(struct text part, enum search_compare *how, struct range *range)
{
    struct figure figure;
    *how = prefix(&part);
    if (!figure_read(part, &figure))
        return false;
    if (*how == SEARCH_AP)
        *range = (struct range){fmin(figure.low, figure.value - fabs(figure.value) / 10),
                                fmax(figure.high, figure.value + fabs(figure.value) / 10)};
    else if (*how == SEARCH_EQ || *how == SEARCH_NE)
        *range = (struct range){figure.low, figure.high};
    else
        *range = (struct range){figure.value, figure.value};
    if (*how == SEARCH_AP || *how == SEARCH_EQ || *how == SEARCH_NE)
        range->high = nextafter(range->high, -HUGE_VAL); /* the end is not within */
    return true;
}

static bool quantity_matches(const struct oracle *oracle, const struct amount *amount,
                             struct text part)
{
    struct text number = part, system = TEXT(""), code = TEXT(""), rest = part;
    enum search_compare how;
    struct range asked;
    bool has_unit = oracle_before_bar(&rest, &number);
    if (has_unit && oracle_before_bar(&rest, &system)) {
        code = oracle_plain(oracle, rest);
        system = oracle_plain(oracle, system);
    }
    if (!asked_range(number, &how, &asked))
        return false;
    struct ucum_unit mine, theirs;
    if (text_is(system, "http://unitsofmeasure.org") && ucum_read(&mine, code)) {
        if (!text_is(amount->system, "http://unitsofmeasure.org") ||
            !ucum_read(&theirs, amount->code) || mine.base_len != theirs.base_len ||
            memcmp(mine.base, theirs.base, mine.base_len) != 0)
            return false;
        struct range in_base = {ucum_to_base(&mine, asked.low), ucum_to_base(&mine, asked.high)};
        struct range target = {ucum_to_base(&theirs, amount->range.low),
                               ucum_to_base(&theirs, amount->range.high)};
        if (how == SEARCH_EQ || how == SEARCH_NE || how == SEARCH_AP)
            in_base.high = nextafter(ucum_to_base(&mine, asked.high), -HUGE_VAL);
        return compare(how, in_base, target);
    }
    if (!compare(how, asked, amount->range))
        return false;
    if (!has_unit)
        return true;
    if (system.len)
        return text_equal(system, amount->system) && (!code.len || text_equal(code, amount->code));
    return !code.len || text_equal(code, amount->code) || text_equal(code, amount->unit);
}

bool oracle_is_amount(const struct oracle *oracle, const struct fhirpath_value *value)
{
    struct amount amount;
    return amount_of(oracle, value, &amount);
}

bool oracle_amount_matches(const struct oracle *oracle, const struct fhir_search_param *param,
                           const struct fhirpath_value *value, struct text part)
{
    struct amount amount;
    struct range asked;
    enum search_compare how;
    if (!amount_of(oracle, value, &amount))
        return false;
    if (param->kind == FHIR_SEARCH_QUANTITY)
        return quantity_matches(oracle, &amount, part);
    return asked_range(part, &how, &asked) && compare(how, asked, amount.range);
}

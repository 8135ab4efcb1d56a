/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/questions.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const prefixes[] = {"", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};

static const char *any_prefix(const struct asker *asker)
{
    return prefixes[random_below(asker->random, sizeof prefixes / sizeof *prefixes)];
}

/* Text of a row with what would mean something else escaped. */
static void add_escaped(struct buffer *buffer, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr(",$|\\", text.bytes[i]))
            buffer_add_byte(buffer, '\\');
        buffer_add_byte(buffer, text.bytes[i]);
    }
}

/* A whole number of characters from the start, sometimes in capitals. */
static struct text some_start(const struct asker *asker, struct text text)
{
    size_t len = 1 + random_below(asker->random, text.len);
    while (len < text.len && ((unsigned char)text.bytes[len] & 0xc0) == 0x80)
        len++;
    return (struct text){text.bytes, len};
}

static void ask_token(const struct asker *asker, const struct search_row *row, struct buffer *value)
{
    struct text system = row->of.token.system;
    if (row->of.token.code.len == 0 || random_chance(asker->random, 0.4)) {
        if (!row->of.token.code.len)
            buffer_add(value, TEXT("nothing"));
        add_escaped(value, row->of.token.code);
    } else {
        add_escaped(value, system);
        buffer_add_byte(value, '|');
        if (!system.len || random_chance(asker->random, 0.9))
            add_escaped(value, row->of.token.code);
    }
}

static void ask_date(const struct asker *asker, const struct search_row *row, struct buffer *value)
{
    static const struct {
        unsigned len; /* of 2013-01-14T10:00:05 */
        const char *zone;
    } forms[] = {{4, ""}, {7, ""}, {10, ""}, {16, "Z"}, {19, "Z"}, {19, "+01:00"}};
    int64_t ms = random_chance(asker->random, 0.5) ? row->of.date.low_ms : row->of.date.high_ms;
    if (ms == INT64_MIN || ms == INT64_MAX)
        ms = 1300000000000;
    if (random_chance(asker->random, 0.3))
        ms += ((int64_t)random_below(asker->random, 3) - 1) * 86400000;
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    char text[64];
    size_t form = random_below(asker->random, sizeof forms / sizeof *forms);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &parts));
    buffer_format(value, "%s%.*s%s", any_prefix(asker), (int)forms[form].len, text,
                  forms[form].zone);
}

static void ask_figure(const struct asker *asker, double low, double high, struct buffer *value)
{
    double figure = isfinite(low) ? low : isfinite(high) ? high : 1;
    if (random_chance(asker->random, 0.3))
        figure *= 1 + 0.05 * random_normal(asker->random);
    char text[64];
    int digits = (int)random_below(asker->random, 12);
    if (random_chance(asker->random, 0.2))
        snprintf(text, sizeof text, "%.*e", digits, figure);
    else
        snprintf(text, sizeof text, "%.*f", digits % 4, figure);
    buffer_format(value, "%s%s", any_prefix(asker), strlen(text) < 40 ? text : "1");
}

static void ask_quantity(const struct asker *asker, const struct search_row *row,
                         struct buffer *value)
{
    ask_figure(asker, row->of.quantity.low, row->of.quantity.high, value);
    if (random_chance(asker->random, 0.3))
        return;
    bool is_text = random_chance(asker->random, 0.3);
    buffer_add_byte(value, '|');
    if (!is_text)
        add_escaped(value, row->of.quantity.system);
    buffer_add_byte(value, '|');
    add_escaped(value, row->of.quantity.code);
}

static void ask_reference(const struct asker *asker, const struct search_row *row,
                          const char **modifier, struct buffer *value)
{
    struct text id = row->of.reference.id;
    if (!id.len) {
        *modifier = ":identifier";
        if (row->of.reference.system.len) {
            add_escaped(value, row->of.reference.system);
            buffer_add_byte(value, '|');
        }
        add_escaped(value, row->of.reference.identifier);
    } else if (row->of.reference.type == FHIR_NONE) {
        add_escaped(value, id);
        buffer_add(value, *id.bytes == '#' ? TEXT(":none") : TEXT(""));
    } else {
        const char *type = fhir_types[row->of.reference.type].name;
        switch (random_below(asker->random, 4)) {
        case 0:
            buffer_format(value, "%s/%s/", asker->base, type);
            break;
        case 1:
            buffer_format(value, "%s/", type);
            break;
        case 2:
            *modifier = arena_copy(asker->arena, text_of(type)).bytes;
            break;
        default:
            break;
        }
        buffer_add(value, id);
    }
}

static void ask_value(const struct asker *asker, const struct search_row *row,
                      const char **modifier, struct buffer *value)
{
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        if (row->of.token.text.len && random_chance(asker->random, 0.3)) {
            *modifier = ":text";
            add_escaped(value, some_start(asker, row->of.token.text));
            return;
        }
        *modifier = random_chance(asker->random, 0.1) ? ":not" : "";
        ask_token(asker, row, value);
        return;
    case SEARCH_STRING: {
        uint64_t how = random_below(asker->random, 4);
        *modifier = how == 0 ? ":exact" : how == 1 ? ":contains" : "";
        struct text exact = row->of.string.exact.len ? row->of.string.exact : row->of.string.folded;
        add_escaped(value, how == 0   ? exact
                           : how == 3 ? exact
                                      : some_start(asker, row->of.string.folded));
        return;
    }
    case SEARCH_REFERENCE:
        ask_reference(asker, row, modifier, value);
        return;
    case SEARCH_DATE:
        ask_date(asker, row, value);
        return;
    case SEARCH_NUMBER:
        ask_figure(asker, row->of.number.low, row->of.number.high, value);
        return;
    case SEARCH_QUANTITY:
        ask_quantity(asker, row, value);
        return;
    case SEARCH_URI:
        add_escaped(value, row->of.uri);
        return;
    case SEARCH_KINDS:
        return;
    }
}

/* One of each part of the composite that `row` is of. */
static void ask_composite(const struct asker *asker, const struct search_rows *of,
                          const struct search_row *row, struct buffer *value)
{
    unsigned parts = fhir_search_params[row->param].component_count;
    for (unsigned part = 0; part < parts; part++) {
        const struct search_row *chosen = NULL;
        unsigned seen = 0;
        for (size_t i = 0; i < of->count; i++) {
            const struct search_row *other = &of->rows[i];
            if (other->param == row->param && other->component == part &&
                (other->group == row->group || random_chance(asker->random, 0.2)) &&
                random_below(asker->random, ++seen) == 0)
                chosen = other;
        }
        const char *modifier = "";
        if (part)
            buffer_add_byte(value, '$');
        if (chosen->kind == SEARCH_TOKEN)
            ask_token(asker, chosen, value);
        else if (chosen->kind == SEARCH_REFERENCE && chosen->of.reference.type == FHIR_NONE)
            add_escaped(value, chosen->of.reference.id);
        else
            do {
                modifier = "";
                size_t len = value->len;
                ask_value(asker, chosen, &modifier, value);
                if (*modifier)
                    value->len = len;
            } while (*modifier);
    }
}

struct search_pair question_about(const struct asker *asker, const struct search_rows *rows)
{
    struct buffer name, value;
    const char *modifier = "";
    const struct search_row *row = &rows->rows[random_below(asker->random, rows->count)];
    bool is_of_type =
        row->kind == SEARCH_TOKEN && text_starts(row->of.token.system, TEXT("of-type "));
    buffer_init(&value, asker->arena);
    bool is_near =
        fhir_search_params[row->param].kind == FHIR_SEARCH_SPECIAL; /* the oracle has none */
    if (random_chance(asker->random, 0.04) || is_of_type || is_near) {
        modifier = ":missing";
        buffer_add(&value, random_chance(asker->random, 0.5) ? TEXT("true") : TEXT("false"));
    } else if (fhir_search_params[row->param].kind == FHIR_SEARCH_COMPOSITE) {
        ask_composite(asker, rows, row, &value);
    } else {
        ask_value(asker, row, &modifier, &value);
    }
    buffer_init(&name, asker->arena);
    buffer_format(&name, "%s%s%s", fhir_search_params[row->param].code,
                  *modifier && *modifier != ':' ? ":" : "", modifier);
    assert(!value.failed && !name.failed);
    return (struct search_pair){buffer_text(&name), buffer_text(&value)};
}

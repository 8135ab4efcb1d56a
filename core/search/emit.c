/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/emit.h"

#include "fhir/model.h"
#include "search/date.h"
#include "search/fold.h"
#include "search/parse.h" /* parse_code: the same for rows and queries */
#include "search/reference.h"

struct search_row *emit_row(struct emitter *emitter, enum search_kind kind)
{
    if (emitter->count == emitter->room) {
        size_t room = emitter->room ? 2 * emitter->room : 32;
        struct search_row *rows = arena_grow(emitter->arena, emitter->rows,
                                             emitter->room * sizeof *rows, room * sizeof *rows);
        if (!rows) {
            emitter->failed = true;
            return NULL;
        }
        emitter->rows = rows;
        emitter->room = room;
    }
    struct search_row *row = &emitter->rows[emitter->count++];
    row->param = emitter->param;
    row->kind = (uint8_t)kind;
    row->component = emitter->component;
    row->group = emitter->group;
    return row;
}

static struct text string_at(struct emitter *emitter, uint32_t node)
{
    if (json_type(emitter->json, node) != JSON_STRING)
        return TEXT("");
    struct text text = json_string(emitter->json, node, emitter->arena);
    if (!text.bytes)
        emitter->failed = true;
    return text.len ? text : TEXT("");
}

struct text emit_text(struct emitter *emitter, uint32_t object, struct text name)
{
    uint32_t node = json_member(emitter->json, object, name);
    return node == JSON_NONE ? TEXT("") : string_at(emitter, node);
}

/* Folded; "" where there is no room, which `failed` tells. */
static struct text folded(struct emitter *emitter, struct text text)
{
    struct text result = fold_text(emitter->arena, text);
    if (!result.bytes)
        emitter->failed = true;
    return result.bytes ? result : TEXT("");
}

/* --- tokens ----------------------------------------------------------------------------------- */

static void add_token(struct emitter *emitter, struct text system, struct text code,
                      struct text text)
{
    struct text as_rows = parse_code(emitter->arena, system, code);
    if (!as_rows.bytes) {
        emitter->failed = true;
        return;
    }
    if (!as_rows.len && !system.len && !text.len)
        return;
    struct search_row *row = emit_row(emitter, SEARCH_TOKEN);
    if (!row)
        return;
    row->of.token.system = system;
    row->of.token.code = as_rows;
    row->of.token.text = text;
}

void emit_truth(struct emitter *emitter, bool truth)
{
    add_token(emitter, TEXT(""), truth ? TEXT("true") : TEXT("false"), TEXT(""));
}

void emit_contained(struct emitter *emitter, struct text type, struct text id)
{
    struct search_row *row = emit_row(emitter, SEARCH_TOKEN);
    if (!row)
        return;
    row->of.token.system = type;
    row->of.token.code = id;
    row->of.token.text = TEXT("");
}

static void coding(struct emitter *emitter, uint32_t node)
{
    add_token(emitter, emit_text(emitter, node, TEXT("system")),
              emit_text(emitter, node, TEXT("code")),
              folded(emitter, emit_text(emitter, node, TEXT("display"))));
}

/* Each coding; and the text, where no coding has it as its display. */
static void codeable_concept(struct emitter *emitter, uint32_t node)
{
    const struct json *json = emitter->json;
    struct text text = folded(emitter, emit_text(emitter, node, TEXT("text")));
    uint32_t codings = json_member(json, node, TEXT("coding"));
    size_t before = emitter->count;
    if (codings != JSON_NONE && json_type(json, codings) == JSON_ARRAY)
        for (uint32_t at = json_first(json, codings); at != json_end(json, codings);
             at = json_next(json, at))
            coding(emitter, at);
    for (size_t i = before; i < emitter->count && text.len; i++)
        if (text_equal(emitter->rows[i].of.token.text, text))
            text = TEXT("");
    if (text.len)
        add_token(emitter, TEXT(""), TEXT(""), text);
}

/* One more row for each coding of its type: see search/row.h. */
static void of_type(struct emitter *emitter, uint32_t type, struct text value)
{
    const struct json *json = emitter->json;
    uint32_t codings = json_member(json, type, TEXT("coding"));
    if (codings == JSON_NONE || json_type(json, codings) != JSON_ARRAY)
        return;
    for (uint32_t at = json_first(json, codings); at != json_end(json, codings);
         at = json_next(json, at)) {
        struct buffer buffer;
        struct text system = emit_text(emitter, at, TEXT("system"));
        struct text code = parse_code(emitter->arena, system, emit_text(emitter, at, TEXT("code")));
        if (!code.len)
            continue;
        buffer_init(&buffer, emitter->arena);
        buffer_add(&buffer, TEXT("of-type "));
        buffer_add(&buffer, system);
        buffer_add_byte(&buffer, '|');
        buffer_add(&buffer, code);
        if (buffer.failed)
            emitter->failed = true;
        else
            add_token(emitter, buffer_text(&buffer), value, TEXT(""));
    }
}

static void identifier(struct emitter *emitter, uint32_t node)
{
    struct text value = emit_text(emitter, node, TEXT("value"));
    uint32_t type = json_member(emitter->json, node, TEXT("type"));
    struct text text =
        type == JSON_NONE ? TEXT("") : folded(emitter, emit_text(emitter, type, TEXT("text")));
    add_token(emitter, emit_text(emitter, node, TEXT("system")), value, text);
    if (type != JSON_NONE && value.len)
        of_type(emitter, type, value);
}

static void token(struct emitter *emitter, enum shape shape, struct text code_system, uint32_t node)
{
    switch (shape) {
    case SHAPE_PRIMITIVE:
        if (json_type(emitter->json, node) == JSON_STRING)
            add_token(emitter, code_system, string_at(emitter, node), TEXT(""));
        else
            add_token(emitter, TEXT(""), json_raw(emitter->json, node), TEXT(""));
        break;
    case SHAPE_CODING:
        coding(emitter, node);
        break;
    case SHAPE_CODEABLE_CONCEPT:
        codeable_concept(emitter, node);
        break;
    case SHAPE_IDENTIFIER:
        identifier(emitter, node);
        break;
    case SHAPE_CONTACT_POINT:
        add_token(emitter, emit_text(emitter, node, TEXT("system")),
                  emit_text(emitter, node, TEXT("value")), TEXT(""));
        break;
    default: /* R4 gives no other a token */
        break;
    }
}

/* --- strings ---------------------------------------------------------------------------------- */

/* What a text of more bytes, or the words behind so many, are not found by word for word: a name's are far below. */
enum { WORDWISE_BYTES_MAX = 256, FURTHER_WORDS_MAX = 8 };

static void add_row(struct emitter *emitter, struct text as_folded, struct text exact)
{
    struct search_row *row = emit_row(emitter, SEARCH_STRING);
    if (!row)
        return;
    row->of.string.folded = as_folded;
    row->of.string.exact = exact;
}

static struct text add_string(struct emitter *emitter, uint32_t node)
{
    struct text exact = string_at(emitter, node);
    struct text as_folded = folded(emitter, exact);
    if (as_folded.len)
        add_row(emitter, as_folded, exact);
    return as_folded;
}

/* A row from each further word on: search/row.h. */
static void add_name_part(struct emitter *emitter, uint32_t node)
{
    struct text rest = add_string(emitter, node);
    if (rest.len > WORDWISE_BYTES_MAX)
        return;
    for (unsigned i = 0; i < FURTHER_WORDS_MAX; i++) {
        (void)text_cut(&rest, ' ');
        if (!rest.len)
            return;
        add_row(emitter, rest, TEXT(""));
    }
}

/* Each of a name's members of these names, and each element where one is an array. */
static void parts(struct emitter *emitter, uint32_t node, const char *const *names, unsigned count)
{
    const struct json *json = emitter->json;
    for (unsigned i = 0; i < count; i++) {
        uint32_t value = json_member(json, node, text_of(names[i]));
        if (value == JSON_NONE)
            continue;
        if (json_type(json, value) != JSON_ARRAY) {
            add_name_part(emitter, value);
            continue;
        }
        for (uint32_t at = json_first(json, value); at != json_end(json, value);
             at = json_next(json, at))
            add_name_part(emitter, at);
    }
}

static void string(struct emitter *emitter, enum shape shape, uint32_t node)
{
    static const char *const name_parts[] = {"family", "given", "prefix", "suffix", "text"};
    static const char *const address_parts[] = {"line",    "city",       "district", "state",
                                                "country", "postalCode", "text"};
    switch (shape) {
    case SHAPE_PRIMITIVE:
        (void)add_string(emitter, node);
        break;
    case SHAPE_NAME_PART:
        add_name_part(emitter, node);
        break;
    case SHAPE_HUMAN_NAME:
        parts(emitter, node, name_parts, sizeof name_parts / sizeof *name_parts);
        break;
    case SHAPE_ADDRESS:
        parts(emitter, node, address_parts, sizeof address_parts / sizeof *address_parts);
        break;
    default: /* R4 gives no other a string */
        break;
    }
}

/* --- dates ------------------------------------------------------------------------------------ */

static void add_date(struct emitter *emitter, int64_t low_ms, int64_t high_ms)
{
    struct search_row *row = emit_row(emitter, SEARCH_DATE);
    if (!row)
        return;
    row->of.date.low_ms = low_ms;
    row->of.date.high_ms = high_ms;
}

/* The ends of a period; an open one is before or after all. False: it has none, or what is no date. */
static bool period_ends(struct emitter *emitter, uint32_t node, int64_t *low_ms, int64_t *high_ms)
{
    struct text start = emit_text(emitter, node, TEXT("start"));
    struct text end = emit_text(emitter, node, TEXT("end"));
    int64_t other;
    *low_ms = DATE_EVER_BEFORE;
    *high_ms = DATE_EVER_AFTER;
    return (start.len || end.len) && (!start.len || date_read(start, low_ms, &other)) &&
           (!end.len || date_read(end, &other, high_ms));
}

/* The outer limits of a schedule (R4 3.1.1.4.7): its events, or the bounds of what is repeated. */
static void timing(struct emitter *emitter, uint32_t node)
{
    const struct json *json = emitter->json;
    int64_t low = DATE_EVER_AFTER, high = DATE_EVER_BEFORE, from, to;
    uint32_t events = json_member(json, node, TEXT("event"));
    uint32_t repeat = json_member(json, node, TEXT("repeat"));
    if (events != JSON_NONE && json_type(json, events) == JSON_ARRAY)
        for (uint32_t at = json_first(json, events); at != json_end(json, events);
             at = json_next(json, at))
            if (date_read(string_at(emitter, at), &from, &to)) {
                low = from < low ? from : low;
                high = to > high ? to : high;
            }
    uint32_t bounds =
        repeat == JSON_NONE ? JSON_NONE : json_member(json, repeat, TEXT("boundsPeriod"));
    if (bounds != JSON_NONE && period_ends(emitter, bounds, &from, &to)) {
        low = from < low ? from : low;
        high = to > high ? to : high;
    }
    if (low <= high)
        add_date(emitter, low, high);
}

static void date(struct emitter *emitter, enum shape shape, uint32_t node)
{
    int64_t low, high;
    switch (shape) {
    case SHAPE_PRIMITIVE:
        if (date_read(string_at(emitter, node), &low, &high))
            add_date(emitter, low, high);
        break;
    case SHAPE_PERIOD:
        if (period_ends(emitter, node, &low, &high))
            add_date(emitter, low, high);
        break;
    case SHAPE_TIMING:
        timing(emitter, node);
        break;
    default: /* R4 gives no other a date */
        break;
    }
}

/* --- references and URIs ---------------------------------------------------------------------- */

static void add_reference(struct emitter *emitter, const struct reference *reference,
                          struct text system, struct text value)
{
    struct text as_rows = fold_code(emitter->arena, value);
    struct search_row *row = emit_row(emitter, SEARCH_REFERENCE);
    if (!row || !as_rows.bytes) {
        emitter->failed = true;
        return;
    }
    row->of.reference.type = reference->type;
    row->of.reference.id = reference->id;
    row->of.reference.version = reference->version;
    row->of.reference.system = system;
    row->of.reference.identifier = as_rows;
}

static void reference(struct emitter *emitter, enum shape shape, uint32_t node)
{
    struct reference read = {FHIR_NONE, TEXT(""), TEXT("")};
    struct text system = TEXT(""), value = TEXT(""), url = TEXT("");
    switch (shape) {
    case SHAPE_PRIMITIVE: /* canonical, uri */
        url = string_at(emitter, node);
        break;
    case SHAPE_REFERENCE: {
        uint32_t identifier_node = json_member(emitter->json, node, TEXT("identifier"));
        url = emit_text(emitter, node, TEXT("reference"));
        if (identifier_node != JSON_NONE) {
            system = emit_text(emitter, identifier_node, TEXT("system"));
            value = emit_text(emitter, identifier_node, TEXT("value"));
        }
        break;
    }
    case SHAPE_RESOURCE: /* Bundle.entry[0].resource */
        read.type = fhir_resource_named(emit_text(emitter, node, TEXT("resourceType")));
        read.id = emit_text(emitter, node, TEXT("id"));
        break;
    default:
        return;
    }
    if (url.len)
        reference_read(&read, url, emitter->base);
    if (read.id.len || value.len)
        add_reference(emitter, &read, system, value);
}

/* As written; of a canonical with a version, without it besides. */
static void uri(struct emitter *emitter, enum shape shape, uint32_t node)
{
    struct text whole = shape == SHAPE_PRIMITIVE ? string_at(emitter, node) : TEXT("");
    struct text rest = whole, without = text_cut(&rest, '|');
    struct search_row *row;
    if (!whole.len)
        return;
    if ((row = emit_row(emitter, SEARCH_URI)))
        row->of.uri = whole;
    if (without.len < whole.len && (row = emit_row(emitter, SEARCH_URI)))
        row->of.uri = without;
}

void emit_value(struct emitter *emitter, enum search_kind kind, enum shape shape,
                struct text code_system, uint32_t node)
{
    switch (kind) {
    case SEARCH_TOKEN:
        token(emitter, shape, code_system, node);
        break;
    case SEARCH_STRING:
        string(emitter, shape, node);
        break;
    case SEARCH_REFERENCE:
        reference(emitter, shape, node);
        break;
    case SEARCH_DATE:
        date(emitter, shape, node);
        break;
    case SEARCH_NUMBER:
    case SEARCH_QUANTITY:
        emit_quantity(emitter, kind, shape, node);
        break;
    case SEARCH_URI:
        uri(emitter, shape, node);
        break;
    case SEARCH_KINDS:
        break;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patient/id/$everything, Patient/$everything and Encounter/id/$everything: a compartment, and what its resources
 * refer to.
 *
 * start and end are dates of care, not of the record: a resource is within them where one of the dates that it is
 * found by is; one that has none, as a patient or an organisation, always is.
 * Source: http://hl7.org/fhir/R4/patient-operation-everything.html, encounter-operation-everything.html. */
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/find.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/operations.h"
#include "search/date.h"
#include "search/extract.h"
#include "json/json.h"

enum { TYPES_MAX = 64, SCRATCH_BYTES_MAX = 64 << 20 };

struct everything {
    struct rest_exchange *exchange;
    uint16_t types[TYPES_MAX]; /* of _type */
    size_t type_count;         /* 0: all */
    bool has_dates;
    int64_t start_ms, end_ms;
    struct arena scratch; /* of the row that is looked at */
};

static bool is_of_types(const struct everything *everything, uint16_t type)
{
    for (size_t i = 0; i < everything->type_count; i++)
        if (everything->types[i] == type)
            return true;
    return everything->type_count == 0;
}

/* Days of somebody's life are no dates of care. */
static bool is_of_care(const struct search_row *row)
{
    const char *code = fhir_search_params[row->param].code;
    return row->kind == SEARCH_DATE && !row->component && strcmp(code, "birthdate") != 0 &&
           strcmp(code, "death-date") != 0;
}

static bool is_within(struct everything *everything, struct text body)
{
    struct json json;
    struct search_rows rows;
    const struct rest *rest = everything->exchange->rest;
    struct arena *arena = &everything->scratch;
    bool has_none = true;
    arena_reset(arena);
    if (json_parse(&json, body, &json_limits_default, arena, NULL) != JSON_OK ||
        !search_extract(rest->extractor, &json, rest->base, arena, &rows))
        return true; /* no memory: rather too much than an allergy too few */
    for (size_t i = 0; i < rows.count; i++) {
        const struct search_row *row = &rows.rows[i];
        if (!is_of_care(row))
            continue;
        if (row->of.date.low_ms <= everything->end_ms &&
            row->of.date.high_ms >= everything->start_ms)
            return true;
        has_none = false;
    }
    return has_none;
}

static bool may_show(const struct store_row *row, void *context)
{
    return is_within(context, row->body);
}

static bool keeps(const struct store_row *row, void *context)
{
    return is_of_types(context, row->type);
}

static unsigned refuse(struct rest_exchange *exchange, const char *name, struct text value,
                       const char *what)
{
    outcome_error(&exchange->outcome, "value", "%s: \"%.*s\" is %s.", name,
                  (int)(value.len > 64 ? 64 : value.len), value.bytes, what);
    return 400;
}

static unsigned read_types(struct everything *everything, struct text sent)
{
    while (sent.len) {
        const char *comma = memchr(sent.bytes, ',', sent.len);
        struct text name = {sent.bytes, comma ? (size_t)(comma - sent.bytes) : sent.len};
        size_t skipped = name.len + (comma != NULL);
        sent = (struct text){sent.bytes + skipped, sent.len - skipped};
        uint16_t type = fhir_resource_named(name);
        if (type == FHIR_NONE)
            return refuse(everything->exchange, "_type", name, "no type of resource");
        if (everything->type_count == TYPES_MAX)
            return refuse(everything->exchange, "_type", name, "one type too many");
        everything->types[everything->type_count++] = type;
    }
    return 0;
}

static unsigned read_dates(struct everything *everything, struct text start, struct text end)
{
    int64_t unused_ms;
    everything->has_dates = start.len || end.len;
    everything->start_ms = DATE_EVER_BEFORE;
    everything->end_ms = DATE_EVER_AFTER;
    if (start.len && !date_read(start, &everything->start_ms, &unused_ms))
        return refuse(everything->exchange, "start", start, "no date, such as 2026-11-29");
    if (end.len && !date_read(end, &unused_ms, &everything->end_ms))
        return refuse(everything->exchange, "end", end, "no date, such as 2026-11-29");
    return 0;
}

/* Whether all types asked for are of the compartment: else they are found by what refers to them. */
static bool are_inside(const struct everything *everything, struct text compartment)
{
    size_t count;
    for (size_t i = 0; i < everything->type_count; i++)
        if (!text_is(compartment, fhir_types[everything->types[i]].name) &&
            !fhir_compartment_params(compartment, everything->types[i], &count))
            return false;
    return everything->type_count > 0;
}

/* Adds name=value to a query, where there is a value. */
static void add(struct buffer *query, const char *name, const char *prefix, struct text value)
{
    if (value.len == 0)
        return;
    buffer_format(query, "%s%s=%s", query->len ? "&" : "", name, prefix);
    rest_add_escaped(query, value);
}

static struct text self_of(const struct rest_exchange *exchange,
                           const struct rest_parameters *parameters)
{
    static const char *const names[] = {"start", "end", "_since", "_type", "_count", "_elements"};
    const struct rest_request *request = &exchange->request;
    struct buffer query, url;
    buffer_init(&query, exchange->arena);
    buffer_init(&url, exchange->arena);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add(&query, names[i], "", rest_parameter(parameters, names[i]));
    buffer_format(&url, "%.*s/%s/%.*s/$everything%s", (int)exchange->rest->base.len,
                  exchange->rest->base.bytes, fhir_types[request->type].name, (int)request->id.len,
                  request->id.bytes, query.len ? "?" : "");
    buffer_add(&url, buffer_text(&query));
    return query.failed || url.failed ? exchange->rest->base : buffer_text(&url);
}

/* On the type it is of all patients whom one may see, which is more than a page: of those who see only their own, it is
 * that; others have Patient/$export. False: answered. */
static bool is_of_one(struct rest_exchange *exchange, struct store_view *view)
{
    struct rest_request *request = &exchange->request;
    struct access_filter filter;
    bool by_row;
    if (request->id.len)
        return true;
    if (!rest_gate_list(exchange, view, ACCESS_SEARCH, request->type, TEXT(""), &by_row, &filter))
        return false;
    request->id = filter.patient;
    if (!request->id.len)
        (void)rest_answer_error(exchange, 400, "too-costly",
                                "Of all patients this is more than one answer: Patient/$export "
                                "gives it in files, Patient/ID/$everything that of one.");
    return request->id.len > 0;
}

enum rest_turn rest_op_everything(struct rest_exchange *exchange,
                                  const struct rest_parameters *parameters, struct store_view *view)
{
    struct rest_request *request = &exchange->request;
    struct everything *everything = arena_take_zeroed(exchange->arena, 1, sizeof *everything);
    struct text types = rest_parameter(parameters, "_type");
    struct store_row row;
    struct buffer query;
    if (!everything)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    everything->exchange = exchange;
    if (!is_of_one(exchange, view))
        return REST_ANSWERED;
    if (!rest_gate_get(exchange, view, ACCESS_READ, request->type, request->id, &row))
        return REST_ANSWERED;
    unsigned status = read_types(everything, types);
    if (!status)
        status = read_dates(everything, rest_parameter(parameters, "start"),
                            rest_parameter(parameters, "end"));
    if (status)
        return rest_answer_outcome(exchange, status);

    struct text compartment = text_of(fhir_types[request->type].name);
    struct rest_search_more more = {
        .self = self_of(exchange, parameters),
        .may_show = everything->has_dates ? may_show : NULL,
        .keeps = everything->type_count ? keeps : NULL,
        .context = everything,
    };
    buffer_init(&query, exchange->arena);
    buffer_add(&query, TEXT("_include=*"));
    if (are_inside(everything, compartment))
        add(&query, "_type", "", types);
    add(&query, "_count", "", rest_parameter(parameters, "_count"));
    add(&query, "_elements", "", rest_parameter(parameters, "_elements"));
    add(&query, "_cursor", "", rest_parameter(parameters, "_cursor"));
    add(&query, "_lastUpdated", "ge", rest_parameter(parameters, "_since"));
    if (query.failed || !more.self.bytes)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    request->compartment = compartment;
    request->type = FHIR_NONE;
    request->query = buffer_text(&query);
    request->form = TEXT("");
    arena_init(&everything->scratch, SCRATCH_BYTES_MAX);
    enum rest_turn turn = rest_search_more(exchange, view, &more);
    arena_free(&everything->scratch);
    return turn;
}

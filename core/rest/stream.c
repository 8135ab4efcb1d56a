/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of an export. */
#include "rest/stream.h"

#include <stdlib.h>

#include "fhir/model.h"
#include "rest/compartment.h"
#include "rest/export.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/references.h"
#include "search/extract.h"
#include "store/match.h"
#include "json/json.h"

enum { ROWS_OF_A_PIECE = 1000, FILTERS_MAX = 32 };

struct rest_stream {
    const struct rest_exchange *exchange; /* who asked, and in whose memory all this is */
    uint16_t type;
    enum export_level level;
    int64_t since_ms;
    bool by_row;
    struct search_query filters[FILTERS_MAX]; /* of this type: one of them holds */
    size_t filter_count;
    struct text *members; /* of the group: ids of patients, sorted */
    size_t member_count;
    char cursor[SEARCH_CURSOR_LEN_MAX];
    size_t cursor_len;
    bool is_over;
    const struct text *shown; /* patients of the last piece */
    size_t shown_count;
};

static int by_bytes(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* --- begun ----------------------------------------------------------------------------------------- */

/* The filters of this type; those of others say nothing of it. */
static enum store_err read_filters(struct rest_stream *stream, struct rest_exchange *exchange,
                                   struct text filters)
{
    const char *at = filters.bytes, *end = at + filters.len;
    while (at < end) {
        const char *stop = memchr(at, ',', (size_t)(end - at));
        struct text one = {at, (size_t)((stop ? stop : end) - at)};
        const char *mark = one.len ? memchr(one.bytes, '?', one.len) : NULL;
        struct text name = {one.bytes, mark ? (size_t)(mark - one.bytes) : 0};
        const struct search_scope scope = {.type = fhir_resource_named(name),
                                           .compartment_type = FHIR_NONE};
        at += one.len + 1;
        if (!mark || scope.type != stream->type)
            continue;
        if (stream->filter_count == FILTERS_MAX ||
            rest_search_read(exchange, &stream->filters[stream->filter_count], &scope,
                             (struct text){mark + 1, one.len - name.len - 1}, true) != 0)
            return STORE_ERR_QUERY;
        stream->filter_count++;
    }
    return STORE_OK;
}

static enum store_err read_members(struct rest_stream *stream, struct rest_exchange *exchange,
                                   struct text group, struct store_view *view)
{
    struct store_row row;
    struct json json;
    enum store_err err = store_get(view, fhir_resource_named(TEXT("Group")), group, 0, &row);
    if (err != STORE_OK)
        return err;
    if (json_parse(&json, row.body, &json_limits_default, exchange->arena, NULL) != JSON_OK)
        return STORE_ERR_MEMORY;
    uint32_t list = json_member(&json, JSON_ROOT, TEXT("member"));
    if (list == JSON_NONE || json_type(&json, list) != JSON_ARRAY)
        return STORE_OK;
    stream->members =
        arena_take_zeroed(exchange->arena, json.nodes[list].count, sizeof *stream->members);
    if (!stream->members)
        return STORE_ERR_MEMORY;
    for (uint32_t at = json_first(&json, list); at != json_end(&json, list);
         at = json_next(&json, at)) {
        uint32_t entity = json_member(&json, at, TEXT("entity"));
        uint32_t reference =
            entity == JSON_NONE ? JSON_NONE : json_member(&json, entity, TEXT("reference"));
        struct text id;
        uint16_t type;
        if (reference == JSON_NONE || json_type(&json, reference) != JSON_STRING)
            continue;
        struct text text = json_string(&json, reference, exchange->arena);
        if (text.bytes && reference_here(text, exchange->rest->base, &type, &id) &&
            type == fhir_resource_named(TEXT("Patient")))
            stream->members[stream->member_count++] = arena_copy(exchange->arena, id);
    }
    if (stream->member_count > 1)
        qsort(stream->members, stream->member_count, sizeof *stream->members, by_bytes);
    return STORE_OK;
}

enum store_err rest_stream_export(struct rest_stream **stream, struct rest_exchange *exchange,
                                  const struct export_job *job, uint16_t type, bool by_row,
                                  struct store_view *view)
{
    struct rest_stream *begun = arena_take_zeroed(exchange->arena, 1, sizeof *begun);
    if (!begun)
        return STORE_ERR_MEMORY;
    begun->exchange = exchange;
    begun->type = type;
    begun->level = job->level;
    begun->since_ms = job->since_ms;
    begun->by_row = by_row;
    enum store_err err = read_filters(begun, exchange, job->filters);
    if (err == STORE_OK && job->level == EXPORT_GROUP)
        err = read_members(begun, exchange, job->group, view);
    if (err == STORE_OK)
        *stream = begun;
    return err;
}

/* --- piece by piece -------------------------------------------------------------------------------- */

static bool is_found(const struct rest_stream *stream, const struct store_row *row,
                     const struct json *json, struct arena *arena)
{
    struct match_resource resource = {
        .type = row->type, .id = row->id, .updated_ms = row->updated_ms};
    const struct rest *rest = stream->exchange->rest;
    if (stream->filter_count == 0)
        return true;
    if (!search_extract(rest->extractor, json, rest->base, arena, &resource.rows))
        return false;
    for (size_t i = 0; i < stream->filter_count; i++) {
        const struct search_query *query = &stream->filters[i];
        bool holds = true;
        for (size_t j = 0; holds && j < query->condition_count; j++)
            holds = match_condition(&resource, &query->conditions[j], NULL);
        if (holds)
            return true;
    }
    return false;
}

/* Whether it is of a patient, and of the group's where there is one. */
static bool is_patients(const struct rest_stream *stream, const struct store_row *row,
                        const struct json *json, struct arena *arena)
{
    struct compartments compartments;
    if (!compartments_of(&compartments, stream->exchange->rest, row->type, row->id, json, arena))
        return false;
    for (size_t i = 0; i < compartments.count; i++)
        if (stream->level == EXPORT_PATIENTS ||
            (stream->member_count &&
             bsearch(&compartments.patients[i], stream->members, stream->member_count,
                     sizeof *stream->members, by_bytes)))
            return true;
    return false;
}

static bool is_shown(struct rest_stream *stream, struct rest_exchange *asking,
                     struct store_view *view, const struct store_row *row)
{
    struct json json;
    bool is_plain = stream->level == EXPORT_SYSTEM && stream->filter_count == 0;
    if (!is_plain) {
        if (json_parse(&json, row->body, &json_limits_default, view->arena, NULL) != JSON_OK ||
            !is_found(stream, row, &json, view->arena))
            return false;
        if (stream->level != EXPORT_SYSTEM && !is_patients(stream, row, &json, view->arena))
            return false;
    }
    return !stream->by_row || rest_gate_row(asking, view, ACCESS_EXPORT, row);
}

enum store_err rest_stream_next(struct rest_stream *stream, struct store_view *view,
                                struct text *piece)
{
    struct buffer lines;
    struct rest_audit_trail trail = {.notes = NULL}; /* whose it is: rest_stream_patients */
    stream->shown_count = 0;
    struct rest_exchange asking = {.rest = stream->exchange->rest,
                                   .arena = view->arena,
                                   .now_ms = stream->exchange->now_ms,
                                   .subject = stream->exchange->subject,
                                   .trail = &trail};
    buffer_init(&lines, view->arena);
    outcome_init(&asking.outcome, view->arena);
    while (lines.len == 0 && !stream->is_over) {
        struct store_page page;
        const struct store_list asked = {.type = stream->type,
                                         .since_ms = stream->since_ms,
                                         .upto_seq = UINT64_MAX,
                                         .count = ROWS_OF_A_PIECE,
                                         .cursor = {stream->cursor, stream->cursor_len}};
        enum store_err err = store_list(view, &asked, &page);
        if (err != STORE_OK)
            return err;
        for (size_t i = 0; i < page.count; i++) {
            if (!is_shown(stream, &asking, view, &page.rows[i]))
                continue;
            buffer_add(&lines, page.rows[i].body);
            buffer_add_byte(&lines, '\n');
        }
        if (lines.failed || page.next.len > sizeof stream->cursor)
            return STORE_ERR_MEMORY;
        if (page.next.len)
            memcpy(stream->cursor, page.next.bytes, page.next.len);
        stream->cursor_len = page.next.len;
        stream->is_over = page.next.len == 0;
    }
    *piece = buffer_text(&lines);
    stream->shown = trail.patients;
    stream->shown_count = trail.patient_count;
    return STORE_OK;
}

size_t rest_stream_patients(const struct rest_stream *stream, const struct text **patients)
{
    *patients = stream->shown;
    return stream->shown_count;
}

bool rest_stream_tell(const struct rest_stream *stream, struct rest_exchange *exchange)
{
    return stream->by_row || stream->level != EXPORT_GROUP ||
           rest_gate_tell_patients(exchange, stream->members, stream->member_count);
}

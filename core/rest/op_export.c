/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $export asked for, looked after and ended. */
#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/export.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/job_note.h"
#include "rest/media_type.h"
#include "rest/operations.h"
#include "rest/stream.h"
#include "search/date.h"
#include "search/query.h"

static const char export_area[] = "export";

/* --- asked for ------------------------------------------------------------------------------------- */

/* Every type named is one, and can be in an export of this level. */
static bool check_types(struct rest_exchange *exchange, struct text types)
{
    const char *at = types.bytes, *end = at + types.len;
    while (at < end) {
        const char *stop = memchr(at, ',', (size_t)(end - at));
        struct text one = {at, (size_t)((stop ? stop : end) - at)};
        if (fhir_resource_named(one) == FHIR_NONE) {
            (void)rest_answer_error(exchange, 400, "value",
                                    "_type names \"%.*s\", which is no resource type of R4.",
                                    (int)(one.len > 64 ? 64 : one.len), one.bytes);
            return false;
        }
        at += one.len + 1;
    }
    return true;
}

static bool check_format(struct rest_exchange *exchange, struct text format)
{
    if (format.len == 0 || media_is_ndjson(format))
        return true;
    (void)rest_answer_error(exchange, 400, "not-supported",
                            "_outputFormat is application/fhir+ndjson here.");
    return false;
}

/* Bulk Data: what a server does not support it refuses, or with handling=lenient leaves out of account. */
static bool check_known(struct rest_exchange *exchange, const struct rest_parameters *parameters)
{
    static const char *const known[] = {"_since",  "_type",   "_typeFilter", "_outputFormat",
                                        "_format", "_pretty", NULL};
    struct text unknown = rest_parameter_unknown(parameters, known);
    if (!unknown.bytes || exchange->request.is_lenient)
        return true;
    (void)rest_answer_error(
        exchange, 400, "not-supported",
        "An export has no parameter \"%.*s\" here; with the header Prefer: handling=lenient it is "
        "left out of account.",
        (int)(unknown.len > 64 ? 64 : unknown.len), unknown.bytes);
    return false;
}

/* Whether a resource by itself tells if it is found (store/match.h). */
static bool is_of_itself(const struct search_query *query)
{
    for (size_t i = 0; i < query->condition_count; i++) {
        enum search_what what = (enum search_what)query->conditions[i].what;
        if (what == SEARCH_CHAIN || what == SEARCH_HAS || what == SEARCH_ABOVE ||
            what == SEARCH_BELOW || what == SEARCH_NARRATIVE || what == SEARCH_CONTENT ||
            what == SEARCH_LIST)
            return false;
    }
    return true;
}

/* Each filter is a search of a type, "Observation?category=laboratory". */
static bool check_filters(struct rest_exchange *exchange, struct text filters)
{
    const char *at = filters.bytes, *end = at + filters.len;
    while (at < end) {
        struct search_query query;
        const char *stop = memchr(at, ',', (size_t)(end - at));
        struct text one = {at, (size_t)((stop ? stop : end) - at)};
        const char *mark = one.len ? memchr(one.bytes, '?', one.len) : NULL;
        struct text name = {one.bytes, mark ? (size_t)(mark - one.bytes) : 0};
        const struct search_scope scope = {.type = fhir_resource_named(name),
                                           .compartment_type = FHIR_NONE};
        if (!mark || scope.type == FHIR_NONE) {
            (void)rest_answer_error(
                exchange, 400, "value",
                "_typeFilter is a search of a type, such as Observation?category=laboratory.");
            return false;
        }
        unsigned status = rest_search_read(exchange, &query, &scope,
                                           (struct text){mark + 1, one.len - name.len - 1}, true);
        if (status) {
            (void)rest_answer_outcome(exchange, status);
            return false;
        }
        if (!is_of_itself(&query)) {
            (void)rest_answer_error(exchange, 400, "not-supported",
                                    "_typeFilter looks at the resource alone: no chain, _has, "
                                    "_list or words of the narrative.");
            return false;
        }
        at += one.len + 1;
    }
    return true;
}

static struct text request_url(const struct rest_exchange *exchange)
{
    const struct rest_request *request = &exchange->request;
    struct buffer url;
    buffer_init(&url, exchange->arena);
    buffer_add(&url, exchange->rest->base);
    if (request->type != FHIR_NONE)
        buffer_format(&url, "/%s", fhir_types[request->type].name);
    if (request->id.len)
        buffer_format(&url, "/%.*s", (int)request->id.len, request->id.bytes);
    buffer_add(&url, TEXT("/$export"));
    if (request->query.len)
        buffer_format(&url, "?%.*s", (int)request->query.len, request->query.bytes);
    return buffer_text(&url);
}

static enum export_level level_of(const struct rest_request *request)
{
    if (request->type == FHIR_NONE)
        return EXPORT_SYSTEM;
    return request->id.len ? EXPORT_GROUP : EXPORT_PATIENTS;
}

static struct text or_empty(struct text text)
{
    return text.bytes ? text : TEXT("");
}

static bool read_job(struct rest_exchange *exchange, const struct rest_parameters *parameters,
                     struct export_job *job)
{
    const struct rest_request *request = &exchange->request;
    struct text since = rest_parameter(parameters, "_since");
    int64_t unused_ms;
    *job = (struct export_job){
        .level = level_of(request),
        .group = request->id,
        .types = or_empty(rest_parameter(parameters, "_type")),
        .filters = or_empty(rest_parameter(parameters, "_typeFilter")),
        .since_ms = INT64_MIN,
        .asked_ms = exchange->now_ms,
        .request = request_url(exchange),
        .user = exchange->subject ? exchange->subject->user : TEXT(""),
        .client = exchange->subject ? exchange->subject->client : TEXT(""),
    };
    if (since.len && !date_read(since, &job->since_ms, &unused_ms)) {
        (void)rest_answer_error(exchange, 400, "value",
                                "_since is an instant, such as 2026-11-29T16:50:00Z.");
        return false;
    }
    return check_known(exchange, parameters) &&
           check_format(exchange, rest_parameter(parameters, "_outputFormat")) &&
           check_types(exchange, job->types) && check_filters(exchange, job->filters);
}

/* May everything of a type be asked for, or of a group's members; what of it may be seen is asked line by line. */
static bool may_export(struct rest_exchange *exchange, struct store_view *view,
                       const struct export_job *job)
{
    bool by_row;
    struct access_filter filter;
    for (uint16_t type = 0; type < fhir_type_count; type++) {
        bool is_named = job->types.len > 0 && fhir_types[type].kind == FHIR_RESOURCE &&
                        !fhir_types[type].is_abstract && export_has_type(job, type);
        if (is_named &&
            !rest_gate_list(exchange, view, ACCESS_EXPORT, type, TEXT(""), &by_row, &filter))
            return false;
    }
    return job->types.len > 0 ||
           rest_gate_list(exchange, view, ACCESS_EXPORT, FHIR_NONE, TEXT(""), &by_row, &filter);
}

static enum store_err keep_job(struct store_write *write, struct rest_exchange *exchange)
{
    return exchange->note.is_removed
               ? store_note_remove(write, export_area, exchange->note.key)
               : store_note_put(write, export_area,
                                &(struct store_note){.key = exchange->note.key,
                                                     .value = exchange->note.value,
                                                     .due_ms = exchange->now_ms + EXPORT_KEPT_MS});
}

static void end_kept(struct rest_exchange *exchange)
{
    if (exchange->note.is_removed)
        exchange->answer.status = 202;
    else
        job_note_answer(exchange, "export-status", exchange->note.key);
}

static enum rest_turn write_note(struct rest_exchange *exchange)
{
    if (!rest_writes_begin(exchange, 1))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    exchange->note.run = keep_job;
    exchange->note.end = end_kept;
    exchange->note.status = 202;
    return REST_WRITES;
}

enum rest_turn rest_op_export(struct rest_exchange *exchange,
                              const struct rest_parameters *parameters, struct store_view *view)
{
    struct export_job job;
    struct buffer note;
    if (!exchange->request.is_async)
        return rest_answer_error(exchange, 400, "required",
                                 "An export is asked for with the header Prefer: respond-async.");
    if (exchange->is_entry)
        return rest_answer_error(exchange, 400, "not-supported",
                                 "An export cannot be an entry of a bundle.");
    if (!read_job(exchange, parameters, &job) || !may_export(exchange, view, &job))
        return REST_ANSWERED;
    if (job.level == EXPORT_GROUP) {
        struct store_row group;
        if (!rest_gate_get(exchange, view, ACCESS_READ, exchange->request.type,
                           exchange->request.id, &group))
            return REST_ANSWERED;
    }
    buffer_init(&note, exchange->arena);
    export_job_write(&job, &note);
    exchange->note.key = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena);
    exchange->note.value = buffer_text(&note);
    if (note.failed || !exchange->note.key.bytes)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    return write_note(exchange);
}

/* --- looked after ---------------------------------------------------------------------------------- */

/* The job that the request is about, if it is the one's who asks. False: answered. */
static bool find_job(struct rest_exchange *exchange, const struct rest_parameters *parameters,
                     struct store_view *view, struct text *key, struct export_job *job)
{
    struct store_note note;
    *key = rest_parameter(parameters, "_job");
    enum store_err err =
        rest_is_id(*key) ? store_note_get(view, export_area, *key, &note) : STORE_ERR_NONE;
    bool is_there = err == STORE_OK && export_job_read(job, note.value, exchange->arena) &&
                    job->asked_ms + EXPORT_KEPT_MS > exchange->now_ms;
    if (err != STORE_OK && err != STORE_ERR_NONE) {
        (void)rest_answer_store(exchange, err, view->help);
        return false;
    }
    if (!is_there || !job_note_is_of(exchange, job->user, job->client)) {
        (void)rest_answer_error(exchange, 404, "not-found",
                                "There is no such export, or it is older than a day.");
        return false;
    }
    return true;
}

static void write_output(struct json_writer *writer, const struct rest_exchange *exchange,
                         struct text key, uint16_t type)
{
    struct buffer url;
    buffer_init(&url, exchange->arena);
    buffer_format(&url, "%.*s/$export-file?_job=%.*s&_type=%s", (int)exchange->rest->base.len,
                  exchange->rest->base.bytes, (int)key.len, key.bytes, fhir_types[type].name);
    json_begin_object(writer);
    json_write_member(writer, TEXT("type"), text_of(fhir_types[type].name));
    json_write_member(writer, TEXT("url"), buffer_text(&url));
    json_end_object(writer);
}

/* Whether there is anything of a type that who asks may fetch. */
static bool has_any(struct rest_exchange *exchange, struct store_view *view,
                    const struct export_job *job, uint16_t type, enum store_err *err)
{
    struct store_page page;
    if (!rest_gate_may_list(exchange, view, ACCESS_EXPORT, type))
        return false;
    const struct store_list asked = {
        .type = type, .since_ms = job->since_ms, .upto_seq = UINT64_MAX, .count = 1};
    *err = store_list(view, &asked, &page);
    return *err == STORE_OK && page.count > 0;
}

enum rest_turn rest_op_export_status(struct rest_exchange *exchange,
                                     const struct rest_parameters *parameters,
                                     struct store_view *view)
{
    struct export_job job;
    struct text key;
    struct buffer buffer;
    struct json_writer writer;
    char asked[INSTANT_LEN + 1];
    if (!find_job(exchange, parameters, view, &key, &job))
        return REST_ANSWERED;
    if (exchange->request.method == REST_DELETE) {
        exchange->note.key = key;
        exchange->note.is_removed = true;
        return write_note(exchange);
    }
    buffer_init(&buffer, exchange->arena);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("transactionTime"), instant_write(job.asked_ms, asked));
    json_write_member(&writer, TEXT("request"), job.request);
    json_key(&writer, TEXT("requiresAccessToken"));
    json_write_bool(&writer, exchange->subject != NULL);
    json_key(&writer, TEXT("output"));
    json_begin_array(&writer);
    for (uint16_t type = 0; type < fhir_type_count; type++) {
        enum store_err err = STORE_OK;
        bool is_one = fhir_types[type].kind == FHIR_RESOURCE && !fhir_types[type].is_abstract &&
                      export_has_type(&job, type);
        if (is_one && has_any(exchange, view, &job, type, &err))
            write_output(&writer, exchange, key, type);
        if (err != STORE_OK)
            return rest_answer_store(exchange, err, view->help);
    }
    json_end_array(&writer);
    json_key(&writer, TEXT("error"));
    json_begin_array(&writer);
    json_end_array(&writer);
    json_end_object(&writer);
    exchange->answer.content_type = TEXT("application/json");
    return rest_answer_buffer(exchange, 200, &buffer);
}

enum rest_turn rest_op_export_file(struct rest_exchange *exchange,
                                   const struct rest_parameters *parameters,
                                   struct store_view *view)
{
    struct export_job job;
    struct text key;
    if (!find_job(exchange, parameters, view, &key, &job))
        return REST_ANSWERED;
    uint16_t type = fhir_resource_named(or_empty(rest_parameter(parameters, "_type")));
    if (type == FHIR_NONE || !export_has_type(&job, type))
        return rest_answer_error(exchange, 404, "not-found",
                                 "The export has no file of that type.");
    bool by_row;
    struct access_filter filter;
    if (!rest_gate_list(exchange, view, ACCESS_EXPORT, type, TEXT(""), &by_row, &filter))
        return REST_ANSWERED;
    enum store_err err =
        rest_stream_export(&exchange->answer.stream, exchange, &job, type, by_row, view);
    if (err != STORE_OK)
        return rest_answer_store(exchange, err, view->help);
    if (!rest_stream_tell(exchange->answer.stream, exchange))
        return rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
    if (exchange->subject) /* what it is a file of: of everything, of a group */
        exchange->trail->notes->record.texts[AUDIT_WORDS] = job.request;
    exchange->answer.status = 200;
    exchange->answer.content_type = TEXT("application/fhir+ndjson");
    return REST_ANSWERED;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $import asked for, looked after and ended. */
#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/binary.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/import.h"
#include "rest/interactions.h"
#include "rest/job_note.h"
#include "rest/media_type.h"
#include "rest/operations.h"

/* --- asked for ------------------------------------------------------------------------------------- */

/* What comes is of every type and of every patient: only a program that may write all of it may ask. */
static bool may_import(struct rest_exchange *exchange, struct store_view *view)
{
    bool by_row;
    struct access_filter filter;
    if (!rest_gate_list(exchange, view, ACCESS_IMPORT, FHIR_NONE, TEXT(""), &by_row, &filter))
        return false;
    const struct access_subject *subject = exchange->subject;
    if (!subject || (subject->roles == ACCESS_ROLE_BIT(ACCESS_SERVICE) && !filter.query_count))
        return true;
    (void)rest_answer_error(exchange, 403, "forbidden",
                            "An import is a program's, with the scope system/*.cud and no filter.");
    return false;
}

/* Adds the lines that a Binary of this record holds. False: answered. */
static bool add_binary(struct rest_exchange *exchange, struct store_view *view, struct text id,
                       struct buffer *lines)
{
    struct json json;
    struct store_row row;
    struct text type, bytes;
    uint16_t binary = fhir_resource_named(TEXT("Binary"));
    if (!rest_is_id(id)) {
        (void)rest_answer_store(exchange, STORE_ERR_NONE, NULL);
        return false;
    }
    if (!rest_gate_get(exchange, view, ACCESS_READ, binary, id, &row))
        return false;
    bool is_read =
        json_parse(&json, row.body, &json_limits_default, exchange->arena, NULL) == JSON_OK &&
        binary_unwrap(&json, JSON_ROOT, exchange->arena, &type, &bytes) == BINARY_OK;
    if (!is_read || !media_is_ndjson(type)) {
        (void)rest_answer_error(exchange, 422, "not-supported",
                                "Binary/%.*s is not application/fhir+ndjson.", (int)id.len,
                                id.bytes);
        return false;
    }
    buffer_add(lines, bytes);
    if (bytes.len && bytes.bytes[bytes.len - 1] != '\n')
        buffer_add_byte(lines, '\n');
    return true;
}

/* The part named "url" of an input. */
static struct text url_of(const struct rest_parameters *parameters, uint32_t input)
{
    const struct json *json = &parameters->json;
    uint32_t parts = json_member(json, input, TEXT("part"));
    if (parts == JSON_NONE || json_type(json, parts) != JSON_ARRAY)
        return TEXT("");
    for (uint32_t at = json_first(json, parts); at != json_end(json, parts);
         at = json_next(json, at)) {
        if (json_type(json, at) != JSON_OBJECT ||
            !text_is(rest_member(parameters, at, "name"), "url"))
            continue;
        struct text url = rest_member(parameters, at, "valueUrl");
        return url.len ? url : rest_member(parameters, at, "valueUri");
    }
    return TEXT("");
}

/* Each input of a Parameters. False: answered. */
static bool add_inputs(struct rest_exchange *exchange, const struct rest_parameters *parameters,
                       struct store_view *view, struct buffer *lines)
{
    static const struct text here = {"Binary/", 7};
    const struct json *json = &parameters->json;
    uint32_t list =
        parameters->is_list ? json_member(json, JSON_ROOT, TEXT("parameter")) : (uint32_t)JSON_NONE;
    bool is_any = false;
    for (uint32_t at = list == JSON_NONE ? 0 : json_first(json, list);
         list != JSON_NONE && at != json_end(json, list); at = json_next(json, at)) {
        if (json_type(json, at) != JSON_OBJECT ||
            !text_is(rest_member(parameters, at, "name"), "input"))
            continue;
        struct text url = url_of(parameters, at);
        if (!text_starts(url, here)) {
            (void)rest_answer_error(exchange, 400, "not-supported",
                                    "An input's url is a Binary of this record, \"Binary/ID\"; "
                                    "nothing is fetched from elsewhere.");
            return false;
        }
        is_any = true;
        if (!add_binary(exchange, view, (struct text){url.bytes + here.len, url.len - here.len},
                        lines))
            return false;
    }
    if (!is_any)
        (void)rest_answer_error(exchange, 400, "required",
                                "Send the resources as application/fhir+ndjson, one a line; or a "
                                "Parameters whose parameters \"input\" have a part \"url\".");
    return is_any;
}

/* Keeps what came, and the note, in one. */
static enum store_err keep(struct store_write *write, struct rest_exchange *exchange)
{
    const struct rest_note *kept = &exchange->note;
    struct text name = import_lines_name(kept->key, write->view.arena);
    struct text rest = kept->attached;
    enum store_err err = STORE_OK;
    while (rest.len && !err) {
        size_t len = rest.len < STORE_PIECE_BYTES_MAX ? rest.len : STORE_PIECE_BYTES_MAX;
        err = store_blob_add(write, name, (struct text){rest.bytes, len});
        rest = (struct text){rest.bytes + len, rest.len - len};
    }
    const struct store_note note = {.key = kept->key, .value = kept->value};
    return err ? err : store_note_put(write, IMPORT_AREA, &note);
}

static void end_kept(struct rest_exchange *exchange)
{
    job_note_answer(exchange, "import-status", exchange->note.key);
}

static enum rest_turn begin(struct rest_exchange *exchange, struct text lines)
{
    const struct access_subject *subject = exchange->subject;
    struct buffer note, url;
    buffer_init(&url, exchange->arena);
    buffer_format(&url, "%.*s/$import", (int)exchange->rest->base.len, exchange->rest->base.bytes);
    const struct import_job job = {
        .asked_ms = exchange->now_ms,
        .bytes = lines.len,
        .request = buffer_text(&url),
        .user = subject ? subject->user : TEXT(""),
        .client = subject ? subject->client : TEXT(""),
    };
    buffer_init(&note, exchange->arena);
    import_job_write(&job, &note);
    exchange->note.key = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena);
    exchange->note.value = buffer_text(&note);
    exchange->note.attached = lines;
    if (note.failed || url.failed || !exchange->note.key.bytes || !rest_writes_begin(exchange, 1))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    exchange->note.run = keep;
    exchange->note.end = end_kept;
    exchange->note.status = 202;
    return REST_WRITES;
}

enum rest_turn rest_op_import(struct rest_exchange *exchange,
                              const struct rest_parameters *parameters, struct store_view *view)
{
    struct buffer lines;
    const struct rest_request *request = &exchange->request;
    if (request->method != REST_POST)
        return rest_answer_error(exchange, 405, "not-supported", "An import is asked for by POST.");
    if (!request->is_async)
        return rest_answer_error(exchange, 400, "required",
                                 "An import is asked for with the header Prefer: respond-async.");
    if (exchange->is_entry)
        return rest_answer_error(exchange, 400, "not-supported",
                                 "An import cannot be an entry of a bundle.");
    if (!may_import(exchange, view))
        return REST_ANSWERED;
    if (request->raw_type.len)
        return begin(exchange, request->body);
    buffer_init(&lines, exchange->arena);
    if (!add_inputs(exchange, parameters, view, &lines))
        return REST_ANSWERED;
    if (lines.failed)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    return begin(exchange, buffer_text(&lines));
}

/* --- looked after ---------------------------------------------------------------------------------- */

/* The import that the request is about, if it is the one's who asks. False: answered. */
static bool find_job(struct rest_exchange *exchange, const struct rest_parameters *parameters,
                     struct store_view *view, struct text *key, struct import_job *job)
{
    struct store_note note;
    *key = rest_parameter(parameters, "_job");
    enum store_err err =
        rest_is_id(*key) ? store_note_get(view, IMPORT_AREA, *key, &note) : STORE_ERR_NONE;
    if (err != STORE_OK && err != STORE_ERR_NONE) {
        (void)rest_answer_store(exchange, err, view->help);
        return false;
    }
    if (err == STORE_OK && import_job_read(job, note.value, exchange->arena) &&
        job_note_is_of(exchange, job->user, job->client))
        return true;
    (void)rest_answer_error(exchange, 404, "not-found",
                            "There is no such import, or it ended more than a day ago.");
    return false;
}

static enum store_err remove_all(struct store_write *write, struct rest_exchange *exchange)
{
    struct arena *arena = write->view.arena;
    struct text key = exchange->note.key;
    enum store_err err = store_blob_remove(write, import_lines_name(key, arena));
    if (!err)
        err = store_blob_remove(write, import_told_name(key, arena));
    return err ? err : store_note_remove(write, IMPORT_AREA, key);
}

static void end_removed(struct rest_exchange *exchange)
{
    exchange->answer.status = 202;
}

static enum rest_turn cancel(struct rest_exchange *exchange, struct text key)
{
    if (!rest_writes_begin(exchange, 1))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    exchange->note.key = key;
    exchange->note.run = remove_all;
    exchange->note.end = end_removed;
    exchange->note.status = 202;
    return REST_WRITES;
}

static void write_count(struct json_writer *writer, const char *name, uint64_t count)
{
    json_key(writer, text_of(name));
    json_write_i64(writer, (int64_t)count);
}

static enum rest_turn answer_going_on(struct rest_exchange *exchange, const struct import_job *job)
{
    struct buffer progress;
    buffer_init(&progress, exchange->arena);
    buffer_format(&progress, "%llu of %llu bytes: %llu resources taken, %llu refused",
                  (unsigned long long)job->at, (unsigned long long)job->bytes,
                  (unsigned long long)job->loaded, (unsigned long long)job->refused);
    exchange->answer.progress = buffer_text(&progress);
    exchange->answer.status = 202;
    return REST_ANSWERED;
}

static enum rest_turn answer_done(struct rest_exchange *exchange, struct text key,
                                  const struct import_job *job)
{
    struct buffer buffer, url;
    struct json_writer writer;
    char asked[INSTANT_LEN + 1];
    buffer_init(&buffer, exchange->arena);
    buffer_init(&url, exchange->arena);
    buffer_format(&url, "%.*s/$import-refused?_job=%.*s", (int)exchange->rest->base.len,
                  exchange->rest->base.bytes, (int)key.len, key.bytes);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("transactionTime"), instant_write(job->asked_ms, asked));
    json_write_member(&writer, TEXT("request"), job->request);
    json_key(&writer, TEXT("requiresAccessToken"));
    json_write_bool(&writer, exchange->subject != NULL);
    json_key(&writer, TEXT("output"));
    json_begin_array(&writer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("inputUrl"), job->request);
    write_count(&writer, "count", job->loaded);
    json_end_object(&writer);
    json_end_array(&writer);
    json_key(&writer, TEXT("error"));
    json_begin_array(&writer);
    if (job->refused) {
        json_begin_object(&writer);
        json_write_member(&writer, TEXT("type"), TEXT("OperationOutcome"));
        write_count(&writer, "count", job->refused);
        json_write_member(&writer, TEXT("url"), buffer_text(&url));
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    exchange->answer.content_type = TEXT("application/json");
    return rest_answer_buffer(exchange, 200, &buffer);
}

enum rest_turn rest_op_import_status(struct rest_exchange *exchange,
                                     const struct rest_parameters *parameters,
                                     struct store_view *view)
{
    struct import_job job;
    struct text key;
    if (!find_job(exchange, parameters, view, &key, &job))
        return REST_ANSWERED;
    if (exchange->request.method == REST_DELETE)
        return cancel(exchange, key);
    switch (job.state) {
    case IMPORT_GOES_ON:
        return answer_going_on(exchange, &job);
    case IMPORT_DONE:
        return answer_done(exchange, key, &job);
    case IMPORT_STOPPED:
        break;
    }
    return rest_answer_error(exchange, 500, "incomplete",
                             "The import stopped behind line %llu: %.*s. %llu resources are in.",
                             (unsigned long long)job.lines, (int)job.why.len, job.why.bytes,
                             (unsigned long long)job.loaded);
}

enum rest_turn rest_op_import_refused(struct rest_exchange *exchange,
                                      const struct rest_parameters *parameters,
                                      struct store_view *view)
{
    struct buffer all;
    struct import_job job;
    struct text key, piece;
    if (!find_job(exchange, parameters, view, &key, &job))
        return REST_ANSWERED;
    struct text name = import_told_name(key, exchange->arena);
    buffer_init(&all, exchange->arena);
    for (uint32_t number = 0; all.len < job.told_bytes; number++) {
        enum store_err err = store_blob_piece(view, name, number, &piece);
        if (err)
            return rest_answer_store(exchange, err, view->help);
        buffer_add(&all, piece);
        if (all.failed)
            return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    }
    exchange->answer.content_type = TEXT("application/fhir+ndjson");
    return rest_answer_buffer(exchange, 200, &all);
}

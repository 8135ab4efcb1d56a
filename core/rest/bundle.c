/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bundle of requests read, and the bundle of responses written. */
#include <stdio.h>

#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/binary.h"
#include "rest/transaction.h"
#include "rest/words.h"
#include "json/writer.h"

static struct text string_at(const struct json *json, uint32_t object, const char *name,
                             struct arena *arena)
{
    uint32_t node = json_member(json, object, text_of(name));
    if (node == JSON_NONE || json_type(json, node) != JSON_STRING)
        return (struct text){NULL, 0};
    return json_string(json, node, arena);
}

/* Of a batch it is the entry's own answer, of a transaction the whole one's. */
static unsigned fault(struct outcome *outcome, size_t entry, const char *element, const char *words)
{
    struct buffer expression;
    buffer_init(&expression, outcome->arena);
    buffer_format(&expression, "Bundle.entry[%zu]%s", entry, element);
    outcome_add(outcome, &(struct outcome_issue){
                             .severity = OUTCOME_ERROR,
                             .code = "invalid",
                             .details = text_of(words),
                             .expression = expression.failed ? TEXT("Bundle.entry")
                                                             : buffer_text(&expression),
                         });
    return 400;
}

static bool read_method(struct text name, enum rest_method *method)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!text_is(name, names[i]))
            continue;
        *method = (enum rest_method)i; /* in the order of enum rest_method */
        return true;
    }
    return false;
}

/* The entry's url without our own base, cut at its ?. */
static void read_url(const struct rest_exchange *exchange, struct text url, struct rest_wire *wire)
{
    struct text base = exchange->rest->base;
    if (text_starts(url, base))
        url = (struct text){url.bytes + base.len, url.len - base.len};
    const char *mark = url.len ? memchr(url.bytes, '?', url.len) : NULL;
    wire->path = (struct text){url.bytes, mark ? (size_t)(mark - url.bytes) : url.len};
    if (mark)
        wire->query = (struct text){mark + 1, url.len - wire->path.len - 1};
}

/* A patch that is no resource travels in a bundle as a Binary: JSON Patch. */
static unsigned read_patch(const struct json *json, size_t number, struct rest_entry *entry,
                           struct outcome *outcome)
{
    struct rest_wire *wire = &entry->exchange.wire;
    struct arena *arena = entry->exchange.arena;
    if (wire->method != REST_PATCH ||
        !text_is(string_at(json, entry->resource, "resourceType", arena), "Binary"))
        return 0;
    switch (binary_unwrap(json, entry->resource, arena, &wire->content_type, &wire->body)) {
    case BINARY_OK:
        return 0;
    case BINARY_ERR_MEMORY:
        return rest_no_room(outcome);
    case BINARY_ERR_FORM:
        break;
    }
    return fault(outcome, number, ".resource.data", "The Binary's data is not base64.");
}

static unsigned read_entry(struct rest_exchange *exchange, const struct rest_bundle *bundle,
                           size_t number, uint32_t node, struct rest_entry *entry)
{
    const struct json *json = &bundle->json;
    struct arena *arena = exchange->arena;
    struct rest_wire *wire = &entry->exchange.wire;
    uint32_t asked = json_member(json, node, TEXT("request"));
    entry->exchange.rest = exchange->rest;
    entry->exchange.arena = arena;
    entry->exchange.now_ms = exchange->now_ms;
    entry->exchange.subject = exchange->subject;
    entry->exchange.trail = exchange->trail;
    entry->exchange.answer.modified_ms = INT64_MIN;
    entry->exchange.language = exchange->language;
    outcome_init(&entry->exchange.outcome, arena);
    entry->exchange.outcome.language = exchange->language;
    struct outcome *outcome =
        bundle->is_transaction ? &exchange->outcome : &entry->exchange.outcome;
    if (asked == JSON_NONE || !read_method(string_at(json, asked, "method", arena), &wire->method))
        return fault(outcome, number, ".request.method",
                     "An entry of a batch or transaction needs request.method: GET, HEAD, POST, "
                     "PUT, PATCH or DELETE.");
    struct text url = string_at(json, asked, "url", arena);
    if (url.len == 0)
        return fault(outcome, number, ".request.url",
                     "An entry of a batch or transaction needs request.url.");
    read_url(exchange, url, wire);
    wire->if_match = string_at(json, asked, "ifMatch", arena);
    wire->if_none_match = string_at(json, asked, "ifNoneMatch", arena);
    wire->if_none_exist = string_at(json, asked, "ifNoneExist", arena);
    wire->prefer = exchange->wire.prefer;
    wire->accept_language = exchange->wire.accept_language;
    entry->full_url = string_at(json, node, "fullUrl", arena);
    entry->resource = json_member(json, node, TEXT("resource"));
    if (entry->resource != JSON_NONE && json_type(json, entry->resource) == JSON_OBJECT) {
        wire->body = json_raw(json, entry->resource);
        wire->content_type = TEXT("application/fhir+json");
        return read_patch(json, number, entry, outcome);
    }
    return 0;
}

unsigned rest_bundle_read(struct rest_exchange *exchange, struct rest_bundle *bundle)
{
    struct json_place place;
    struct json *json = &bundle->json;
    struct arena *arena = exchange->arena;
    enum json_err err =
        json_parse(json, exchange->request.body, &json_limits_default, arena, &place);
    if (err != JSON_OK) {
        outcome_error(&exchange->outcome, "structure", "Line %u, column %u: %s.", place.line,
                      place.column, rest_words(json_err_text(err), exchange->language));
        return err == JSON_ERR_MEMORY || err == JSON_ERR_SIZE ? 413 : 400;
    }
    struct text type = string_at(json, JSON_ROOT, "type", arena);
    bundle->is_transaction = text_is(type, "transaction");
    if (!text_is(string_at(json, JSON_ROOT, "resourceType", arena), "Bundle") ||
        (!bundle->is_transaction && !text_is(type, "batch"))) {
        outcome_error(
            &exchange->outcome, "invalid",
            "To the server's base a Bundle is sent, of the type \"batch\" or \"transaction\".");
        return 400;
    }
    uint32_t entries = json_member(json, JSON_ROOT, TEXT("entry"));
    if (entries == JSON_NONE || json_type(json, entries) != JSON_ARRAY)
        return 0;
    bundle->count = json->nodes[entries].count;
    if (bundle->count > REST_ENTRIES_MAX) {
        outcome_error(&exchange->outcome, "too-costly",
                      "A bundle may have %d entries at most; send it in parts.", REST_ENTRIES_MAX);
        return 413;
    }
    bundle->entries = arena_take_zeroed(arena, bundle->count, sizeof *bundle->entries);
    if (!bundle->entries)
        return 413;
    size_t number = 0;
    for (uint32_t node = json_first(json, entries); node != json_end(json, entries);
         node = json_next(json, node)) {
        if (json_type(json, node) != JSON_OBJECT)
            return fault(&exchange->outcome, number, "", "An entry is an object.");
        struct rest_entry *entry = &bundle->entries[number];
        unsigned status = read_entry(exchange, bundle, number, node, entry);
        if (status && bundle->is_transaction)
            return status;
        if (status) {
            entry->is_answered = true;
            (void)rest_answer_outcome(&entry->exchange, status);
        }
        number++;
    }
    return 0;
}

static const char *reason_of(unsigned status)
{
    switch (status) {
    case 200:
        return "200 OK";
    case 201:
        return "201 Created";
    case 204:
        return "204 No Content";
    case 304:
        return "304 Not Modified";
    case 400:
        return "400 Bad Request";
    case 401:
        return "401 Unauthorized";
    case 403:
        return "403 Forbidden";
    case 404:
        return "404 Not Found";
    case 405:
        return "405 Method Not Allowed";
    case 406:
        return "406 Not Acceptable";
    case 409:
        return "409 Conflict";
    case 410:
        return "410 Gone";
    case 412:
        return "412 Precondition Failed";
    case 413:
        return "413 Content Too Large";
    case 415:
        return "415 Unsupported Media Type";
    case 422:
        return "422 Unprocessable Content";
    case 503:
        return "503 Service Unavailable";
    case 507:
        return "507 Insufficient Storage";
    default:
        return "500 Internal Server Error";
    }
}

static void write_response(struct json_writer *writer, const struct rest_exchange *exchange)
{
    const struct rest_answer *answer = &exchange->answer;
    bool is_outcome = answer->status >= 400;
    json_begin_object(writer);
    json_write_member(writer, TEXT("status"), text_of(reason_of(answer->status)));
    if (answer->location.len)
        json_write_member(writer, TEXT("location"), answer->location);
    if (answer->version) {
        char etag[32];
        int len = snprintf(etag, sizeof etag, "W/\"%llu\"", (unsigned long long)answer->version);
        json_write_member(writer, TEXT("etag"), (struct text){etag, (size_t)len});
    }
    if (answer->modified_ms != INT64_MIN) {
        char modified[INSTANT_LEN + 1];
        json_write_member(writer, TEXT("lastModified"),
                          instant_write(answer->modified_ms, modified));
    }
    if (is_outcome && answer->body.len) {
        json_key(writer, TEXT("outcome"));
        json_write_raw(writer, answer->body);
    }
    json_end_object(writer);
}

/* Resources come back where they were read, or are asked for by Prefer: return=representation. */
static bool shows_resource(const struct rest_exchange *exchange)
{
    const struct rest_request *request = &exchange->request;
    bool is_read = request->method == REST_GET || request->method == REST_HEAD;
    return exchange->answer.status < 300 && exchange->answer.body.len > 0 &&
           request->method != REST_HEAD &&
           (is_read || request->interaction == REST_OPERATION ||
            request->returns == REST_RETURN_REPRESENTATION ||
            request->returns == REST_RETURN_OUTCOME);
}

void rest_bundle_answer(struct rest_exchange *exchange, const struct rest_bundle *bundle)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, exchange->arena);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Bundle"));
    json_write_member(&writer, TEXT("type"),
                      bundle->is_transaction ? TEXT("transaction-response")
                                             : TEXT("batch-response"));
    if (bundle->count) {
        json_key(&writer, TEXT("entry"));
        json_begin_array(&writer);
        for (size_t i = 0; i < bundle->count; i++) {
            const struct rest_exchange *entry = &bundle->entries[i].exchange;
            json_begin_object(&writer);
            if (shows_resource(entry)) {
                json_key(&writer, TEXT("resource"));
                json_write_raw(&writer, entry->answer.body);
            }
            json_key(&writer, TEXT("response"));
            write_response(&writer, entry);
            json_end_object(&writer);
        }
        json_end_array(&writer);
    }
    json_end_object(&writer);
    (void)rest_answer_buffer(exchange, 200, &buffer);
}

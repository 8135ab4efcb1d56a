/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/document.h"

#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/references.h"
#include "json/json.h"

void document_write_profile(struct json_writer *writer, const char *profile)
{
    json_key(writer, TEXT("meta"));
    json_begin_object(writer);
    json_key(writer, TEXT("profile"));
    json_begin_array(writer);
    json_write_string(writer, text_of(profile));
    json_end_array(writer);
    json_end_object(writer);
}

unsigned document_begin(struct document *document, struct rest_exchange *exchange,
                        const char *profile)
{
    char now[INSTANT_LEN + 1];
    *document = (struct document){.exchange = exchange};
    document->there = arena_take(exchange->arena, DOCUMENT_ENTRIES_MAX * sizeof *document->there);
    struct text id = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena);
    if (!document->there || !id.bytes)
        return rest_no_room(&exchange->outcome);
    struct json_writer *writer = &document->writer;
    buffer_init(&document->buffer, exchange->arena);
    json_writer_init(writer, &document->buffer);
    json_begin_object(writer);
    json_write_member(writer, TEXT("resourceType"), TEXT("Bundle"));
    if (profile)
        document_write_profile(writer, profile);
    json_key(writer, TEXT("identifier"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("system"), TEXT("urn:ietf:rfc:3986"));
    json_key(writer, TEXT("value"));
    buffer_add(&document->buffer, TEXT("\"urn:uuid:"));
    buffer_add(&document->buffer, id);
    buffer_add_byte(&document->buffer, '"');
    writer->needs_comma = true;
    json_end_object(writer);
    json_write_member(writer, TEXT("type"), TEXT("document"));
    json_write_member(writer, TEXT("timestamp"), instant_write(exchange->now_ms, now));
    json_key(writer, TEXT("entry"));
    json_begin_array(writer);
    return 0;
}

static bool is_there(const struct document *document, uint16_t type, struct text id)
{
    for (size_t i = 0; i < document->count; i++)
        if (document->there[i].type == type && text_equal(document->there[i].id, id))
            return true;
    return false;
}

bool document_add(struct document *document, uint16_t type, struct text id, struct text body)
{
    if (is_there(document, type, id))
        return true;
    if (document->count == DOCUMENT_ENTRIES_MAX)
        return false;
    document->there[document->count++] = (struct document_place){type, id};
    struct json_writer *writer = &document->writer;
    json_begin_object(writer);
    json_write_member(writer, TEXT("fullUrl"), rest_location(document->exchange, type, id, 0));
    json_key(writer, TEXT("resource"));
    json_write_raw(writer, body);
    json_end_object(writer);
    return !document->buffer.failed;
}

struct following {
    struct document *document;
    struct store_view *view;
    unsigned status;
};

static bool add_referred(void *context, struct text reference)
{
    struct following *following = context;
    struct document *document = following->document;
    struct rest_exchange *exchange = document->exchange;
    struct store_row row;
    struct text id;
    uint16_t type;
    if (!reference_here(reference, exchange->rest->base, &type, &id) ||
        is_there(document, type, id))
        return true;
    enum store_err err = store_get(following->view, type, id, 0, &row);
    if (err == STORE_ERR_NONE || err == STORE_ERR_GONE ||
        (err == STORE_OK && !rest_gate_row(exchange, following->view, ACCESS_READ, &row)))
        return true; /* a document says what it can, and may */
    if (err != STORE_OK) {
        (void)rest_answer_store(exchange, err, following->view->help);
        following->status = exchange->answer.status;
    } else if (!document_add(document, type, id, row.body)) {
        following->status = rest_no_room(&exchange->outcome);
    }
    return following->status == 0;
}

unsigned document_follow(struct document *document, struct store_view *view, struct text body)
{
    struct json json;
    struct arena *arena = document->exchange->arena;
    struct following following = {.document = document, .view = view};
    if (json_parse(&json, body, &json_limits_default, arena, NULL) != JSON_OK ||
        (!references_each(&json, JSON_ROOT, arena, add_referred, &following) &&
         following.status == 0))
        return rest_no_room(&document->exchange->outcome);
    return following.status;
}

enum rest_turn document_keep(struct document *document)
{
    struct rest_exchange *exchange = document->exchange;
    json_end_array(&document->writer);
    json_end_object(&document->writer);
    struct rest_plan *plan = arena_take_zeroed(exchange->arena, 1, sizeof *plan);
    if (!plan || document->buffer.failed || !rest_writes_begin(exchange, 1))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    *plan =
        (struct rest_plan){.change = REST_PLAN_CREATE,
                           .type = fhir_resource_named(TEXT("Bundle")),
                           .id = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena)};
    if (!plan->id.bytes)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    unsigned status =
        rest_change_draft(exchange, plan, buffer_text(&document->buffer), exchange->arena);
    if (status)
        return rest_answer_outcome(exchange, status);
    exchange->writes[0].plan = plan;
    return REST_WRITES;
}

enum rest_turn document_answer(struct document *document)
{
    json_end_array(&document->writer);
    json_end_object(&document->writer);
    return rest_answer_buffer(document->exchange, 200, &document->buffer);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $meta, $meta-add, $meta-delete: the profiles, security labels and tags of one resource, of one of its versions, or of
 * all that the one who asks may see of a type or of the record.
 *
 * A change is a patch: who may make one may add; a label is taken away by whom labels_kept.h says; and it makes a new
 * version, so that the history says what held when. R4 would have the version stay, so that labels close earlier
 * versions, too: here they do so anyway (gate.c).
 *
 * Source: http://hl7.org/fhir/R4/resource-operation-meta.html, -meta-add, -meta-delete. */
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/audit.h"
#include "rest/find.h"
#include "rest/gate.h"
#include "rest/gate_look.h"
#include "rest/interactions.h"
#include "rest/meta.h"
#include "rest/operations.h"

static void begin(struct json_writer *writer, struct buffer *buffer, struct arena *arena)
{
    buffer_init(buffer, arena);
    json_writer_init(writer, buffer);
    rest_begin_parameters(writer);
    json_begin_object(writer);
    json_write_member(writer, TEXT("name"), TEXT("return"));
    json_key(writer, TEXT("valueMeta"));
}

static enum rest_turn end(struct rest_exchange *exchange, struct json_writer *writer)
{
    json_end_object(writer);
    rest_end_parameters(writer);
    return rest_answer_buffer(exchange, 200, writer->buffer);
}

enum rest_turn rest_op_meta_answer(struct rest_exchange *exchange, struct text resource)
{
    struct json json;
    struct buffer buffer;
    struct json_writer writer;
    if (!gate_parse(&json, resource, exchange->arena))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    uint32_t meta = json_member(&json, JSON_ROOT, TEXT("meta"));
    begin(&writer, &buffer, exchange->arena);
    json_write_raw(&writer, meta == JSON_NONE ? TEXT("{}") : json_raw(&json, meta));
    return end(exchange, &writer);
}

/* --- of many --------------------------------------------------------------------------------------- */

static enum rest_turn too_many(struct rest_exchange *exchange)
{
    exchange->outcome.count = 0;
    return rest_answer_error(exchange, 413, "too-costly",
                             "More resources have profiles, labels or tags than are looked "
                             "through at once: ask of one type, or of one resource.");
}

/* Adds what those have that a search finds which the one who asks may see. Returns 0, or a status that is answered. */
static unsigned add_found(struct rest_exchange *exchange, struct store_view *view,
                          const char *search, bool by_row, struct meta_set *set)
{
    enum { PAGES_MAX = 20 };
    struct store_page page = {.next = TEXT("")};
    for (int pages = 0; pages == 0 || page.next.len; pages++) {
        struct json json;
        unsigned status = pages == PAGES_MAX ? 413
                                             : rest_find_all(exchange, view, exchange->request.type,
                                                             text_of(search), page.next, &page);
        if (status)
            return status;
        for (size_t i = 0; i < page.match_count; i++) {
            if (by_row && !rest_gate_may(exchange, view, ACCESS_SEARCH, &page.rows[i]))
                continue;
            if (!gate_parse(&json, page.rows[i].body, exchange->arena))
                return 413;
            meta_set_add(set, &json, JSON_ROOT);
        }
    }
    return set->is_full ? 413 : 0;
}

static enum rest_turn answer_many(struct rest_exchange *exchange, struct store_view *view)
{
    static const char *const searches[] = {"_profile:missing=false&_count=500",
                                           "_security:missing=false&_count=500",
                                           "_tag:missing=false&_count=500"};
    bool by_row;
    unsigned status = 0;
    struct access_filter filter;
    struct meta_set set;
    struct buffer buffer;
    struct json_writer writer;
    if (!rest_gate_list(exchange, view, ACCESS_SEARCH, exchange->request.type, TEXT(""), &by_row,
                        &filter))
        return REST_ANSWERED;
    if (!meta_set_init(&set, exchange->arena))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    for (size_t i = 0; !status && i < sizeof searches / sizeof *searches; i++)
        status = add_found(exchange, view, searches[i], by_row, &set);
    if (status == 413)
        return too_many(exchange);
    if (status)
        return REST_ANSWERED;
    begin(&writer, &buffer, exchange->arena);
    meta_set_write(&set, &writer);
    return end(exchange, &writer);
}

enum rest_turn rest_op_meta(struct rest_exchange *exchange,
                            const struct rest_parameters *parameters, struct store_view *view)
{
    struct store_row row;
    (void)parameters;
    if (exchange->request.id.len == 0)
        return answer_many(exchange, view);
    if (!rest_read_row(exchange, view, &row))
        return REST_ANSWERED;
    exchange->answer.version = row.version;
    exchange->answer.modified_ms = row.updated_ms;
    return rest_op_meta_answer(exchange, row.body);
}

/* --- changed --------------------------------------------------------------------------------------- */

static enum rest_turn change(struct rest_exchange *exchange,
                             const struct rest_parameters *parameters, struct store_view *view,
                             enum rest_meta kind)
{
    struct rest_request *request = &exchange->request;
    uint32_t meta = rest_parameter_node(parameters, "meta", "valueMeta");
    if (request->method != REST_POST) {
        exchange->answer.allow = "POST";
        return rest_answer_error(exchange, 405, "not-supported",
                                 "This changes a resource: it is asked for by POST.");
    }
    if (meta == JSON_NONE)
        return rest_answer_error(exchange, 400, "required",
                                 "The operation needs a Parameters with \"meta\", a valueMeta.");
    struct rest_plan *plan = arena_take_zeroed(exchange->arena, 1, sizeof *plan);
    if (!plan || !rest_writes_begin(exchange, 1))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    request->interaction = REST_PATCH_OF;
    request->body = json_raw(&parameters->json, meta);
    unsigned status = rest_change_plan(exchange, plan);
    request->interaction = REST_OPERATION; /* and its answer is one's */
    if (status)
        return rest_answer_outcome(exchange, status);
    plan->meta = kind;
    rest_plan_patch_early(exchange, plan, view);
    exchange->writes[0].plan = plan;
    return REST_WRITES;
}

enum rest_turn rest_op_meta_add(struct rest_exchange *exchange,
                                const struct rest_parameters *parameters, struct store_view *view)
{
    return change(exchange, parameters, view, REST_META_ADD);
}

enum rest_turn rest_op_meta_delete(struct rest_exchange *exchange,
                                   const struct rest_parameters *parameters,
                                   struct store_view *view)
{
    return change(exchange, parameters, view, REST_META_DELETE);
}

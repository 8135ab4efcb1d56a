/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Subscription/$get-ws-binding-token, of one or of several.
 * Source: Subscriptions R5 Backport 1.1.0, its OperationDefinition. */
#include "access/token.h"
#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/operations.h"
#include "rest/request.h"
#include "rest/subscription.h"
#include "rest/subscription_binding.h"
#include "rest/subscription_note.h"

static enum store_err keep(struct store_write *write, struct rest_exchange *exchange)
{
    return subscription_binding_put(write, exchange->note.key, exchange->note.value,
                                    exchange->now_ms + SUBSCRIPTION_BINDING_MS);
}

static void end_kept(struct rest_exchange *exchange)
{
    struct buffer buffer, url;
    struct json_writer writer;
    struct text rest = exchange->note.value;
    struct text ids = text_cut(&rest, '\n');
    char instant[INSTANT_LEN + 1];
    buffer_init(&buffer, exchange->arena);
    buffer_init(&url, exchange->arena);
    subscription_socket_write(exchange->rest, &url);
    json_writer_init(&writer, &buffer);
    rest_begin_parameters(&writer);
    rest_write_parameter(&writer, "token", "valueString", exchange->note.key);
    rest_write_parameter(&writer, "expiration", "valueDateTime",
                         instant_write(exchange->now_ms + SUBSCRIPTION_BINDING_MS, instant));
    while (ids.len)
        rest_write_parameter(&writer, "subscription", "valueString", text_cut(&ids, ' '));
    rest_write_parameter(&writer, "websocket-url", "valueUrl", buffer_text(&url));
    rest_end_parameters(&writer);
    (void)rest_answer_buffer(exchange, 200, &buffer);
}

/* Whether the one who asks may bind it. False: answered. */
static bool may_bind(struct rest_exchange *exchange, struct store_view *view, struct text id)
{
    uint16_t type = fhir_resource_named(TEXT("Subscription"));
    struct subscription *asks = arena_take(exchange->arena, sizeof *asks);
    const struct access_subject *owner = NULL;
    struct outcome unused;
    struct store_row row;
    struct json json;
    if (!rest_is_id(id)) {
        (void)rest_answer_store(exchange, STORE_ERR_NONE, NULL);
        return false;
    }
    if (!rest_gate_get(exchange, view, ACCESS_READ, type, id, &row))
        return false;
    enum store_err err = STORE_OK;
    if (!asks ||
        json_parse(&json, row.body, &json_limits_default, exchange->arena, NULL) != JSON_OK)
        err = STORE_ERR_MEMORY;
    if (err == STORE_OK)
        err = subscription_owner(view, id, &owner, exchange->arena);
    if (err != STORE_OK) {
        (void)rest_answer_store(exchange, err, view->help);
        return false;
    }
    if (exchange->subject && (!owner || !subscription_is_for(owner, exchange->subject))) {
        (void)rest_answer_error(exchange, 403, "forbidden",
                                "Only the one who wrote a Subscription last, by the same "
                                "application, can bind it.");
        return false;
    }
    outcome_init(&unused, exchange->arena);
    if (subscription_read(asks, exchange->rest, &json, exchange->now_ms, exchange->arena,
                          &unused) == 0 &&
        asks->is_socket &&
        (asks->status == SUBSCRIPTION_REQUESTED || asks->status == SUBSCRIPTION_ACTIVE))
        return true;
    (void)rest_answer_error(exchange, 422, "not-supported",
                            "Subscription/%.*s is not one of the channel websocket that is "
                            "requested or active.",
                            (int)id.len, id.bytes);
    return false;
}

/* The ids that are named, blanks between them. False: answered. */
static bool gather(struct rest_exchange *exchange, struct store_view *view, struct text all,
                   struct buffer *ids)
{
    size_t count = 0;
    while (all.len) {
        struct text id = text_cut(&all, ' ');
        if (!id.len)
            continue;
        if (++count > SUBSCRIPTION_BINDINGS_MAX) {
            (void)rest_answer_error(exchange, 422, "too-costly",
                                    "A token is for %d Subscriptions at most; ask for several.",
                                    SUBSCRIPTION_BINDINGS_MAX);
            return false;
        }
        if (!may_bind(exchange, view, id))
            return false;
        buffer_add(ids, count > 1 ? TEXT(" ") : TEXT(""));
        buffer_add(ids, id);
    }
    if (count)
        return true;
    (void)rest_answer_error(exchange, 400, "required",
                            "Name the Subscriptions: Subscription/ID/$get-ws-binding-token, or "
                            "parameters id.");
    return false;
}

enum rest_turn rest_op_subscription_binding(struct rest_exchange *exchange,
                                            const struct rest_parameters *parameters,
                                            struct store_view *view)
{
    uint8_t random[TOKEN_RANDOM_LEN];
    char *token = arena_take(exchange->arena, TOKEN_LEN);
    struct buffer ids;
    struct text own = exchange->request.id;
    if (exchange->is_entry)
        return rest_answer_error(exchange, 400, "not-supported",
                                 "A token cannot be asked for by an entry of a bundle.");
    buffer_init(&ids, exchange->arena);
    if (!gather(exchange, view, own.len ? own : rest_parameter_all(parameters, "id"), &ids))
        return REST_ANSWERED;
    const struct access_subject *asker = exchange->subject;
    const struct subscription_binding binding = {.ids = buffer_text(&ids),
                                                 .user = asker ? asker->user : TEXT(""),
                                                 .client = asker ? asker->client : TEXT("")};
    struct text value = subscription_binding_write(&binding, exchange->arena);
    if (!token || ids.failed || !value.bytes || !rest_writes_begin(exchange, 1))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    exchange->rest->random(random, sizeof random);
    exchange->note.key = token_write(TOKEN_BINDING, random, token);
    digest_wipe(random, sizeof random);
    exchange->note.value = value;
    exchange->note.run = keep;
    exchange->note.end = end_kept;
    exchange->note.status = 200;
    return REST_WRITES;
}

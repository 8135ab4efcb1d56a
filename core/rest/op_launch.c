/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patient/ID/$launch: what a program needs to open a SMART app for this patient (EHR launch, access/launch.h).
 *
 * In: Parameters with `client` (string), the app's id here, and perhaps `encounter` (Reference). Out: Parameters with
 * `launch` (string), `url` (url), where the person's browser goes, and `expires` (instant). Who asks has to see the
 * patient, and the encounter, which is the patient's; where that is a person, they alone may sign in for it. */
#include "access/launch.h"

#include "access/oauth.h"
#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/operations.h"
#include "rest/request.h"

struct launching {
    struct launch launch;
    struct oauth_client client;
    struct text token;
};

static enum store_err keep(struct store_write *write, struct rest_exchange *exchange)
{
    const struct store_note note = {exchange->note.key, exchange->note.value,
                                    exchange->now_ms + INT64_C(1000) * LAUNCH_S};
    return store_note_put(write, LAUNCH_AREA, &note);
}

static void end_kept(struct rest_exchange *exchange)
{
    const struct launching *launching = exchange->note.context;
    char instant[INSTANT_LEN + 1];
    struct buffer buffer, url;
    struct json_writer writer;
    buffer_init(&buffer, exchange->arena);
    buffer_init(&url, exchange->arena);
    launch_write_url(&url, launching->client.launch, exchange->rest->base, launching->token);
    buffer.failed |= url.failed;
    json_writer_init(&writer, &buffer);
    rest_begin_parameters(&writer);
    rest_write_parameter(&writer, "launch", "valueString", launching->token);
    rest_write_parameter(&writer, "url", "valueUrl", buffer_text(&url));
    rest_write_parameter(&writer, "expires", "valueInstant",
                         instant_write(exchange->now_ms + INT64_C(1000) * LAUNCH_S, instant));
    rest_end_parameters(&writer);
    (void)rest_answer_buffer(exchange, 200, &buffer);
}

static bool is_of(struct rest_exchange *exchange, struct text encounter, struct text patient)
{
    struct json json;
    if (json_parse(&json, encounter, &json_limits_default, exchange->arena, NULL) != JSON_OK)
        return false;
    uint32_t subject = json_member(&json, JSON_ROOT, TEXT("subject"));
    if (subject == JSON_NONE)
        return false;
    struct text reference = json_text_seen(&json, subject, "reference", exchange->arena);
    struct text type = text_cut(&reference, '/');
    return text_is(type, "Patient") && text_equal(reference, patient);
}

/* The encounter that is named, where one is. False: answered. */
static bool find_encounter(struct rest_exchange *exchange, const struct rest_parameters *parameters,
                           struct store_view *view, struct launch *launch)
{
    uint32_t node = rest_parameter_node(parameters, "encounter", "valueReference");
    struct store_row row;
    if (node == JSON_NONE)
        return true;
    struct text id = rest_member(parameters, node, "reference");
    struct text type = text_cut(&id, '/');
    if (!text_is(type, "Encounter") || !rest_is_id(id)) {
        (void)rest_answer_error(exchange, 400, "value",
                                "encounter: a reference such as Encounter/5.");
        return false;
    }
    if (!rest_gate_get(exchange, view, ACCESS_READ, fhir_resource_named(type), id, &row))
        return false;
    launch->encounter = id;
    if (is_of(exchange, row.body, launch->patient))
        return true;
    (void)rest_answer_error(exchange, 422, "business-rule", "The encounter is another patient's.");
    return false;
}

/* The app, which can be opened. False: answered. */
static bool find_client(struct rest_exchange *exchange, const struct rest_parameters *parameters,
                        struct store_view *view, struct launching *launching)
{
    struct text id = rest_parameter(parameters, "client");
    struct store_note note;
    if (!id.bytes || id.len == 0 || id.len > OAUTH_CLIENT_ID_LEN_MAX) {
        (void)rest_answer_error(exchange, 400, "required",
                                "client: the id of the app, as `jisr centre client` was told it.");
        return false;
    }
    enum store_err err = store_note_get(view, OAUTH_CLIENTS, id, &note);
    if (err != STORE_OK && err != STORE_ERR_NONE) {
        (void)rest_answer_store(exchange, err, view->help);
        return false;
    }
    if (err == STORE_OK && oauth_client_read(&launching->client, note.value, exchange->arena) &&
        launching->client.launch.len) {
        launching->launch.client = launching->client.id;
        return true;
    }
    (void)rest_answer_error(exchange, 422, "not-found",
                            "There is no app of this id that has said where it is opened.");
    return false;
}

/* A service opens it for whoever signs in; a person for themselves. */
static struct text user_of(const struct access_subject *subject)
{
    bool is_service = subject->roles == ACCESS_ROLE_BIT(ACCESS_SERVICE);
    return is_service ? TEXT("") : subject->user;
}

/* The token and its note. False: no room, or no randomness. */
static bool make(struct rest_exchange *exchange, struct launching *launching)
{
    uint8_t random[TOKEN_RANDOM_LEN];
    uint8_t *key = arena_take(exchange->arena, DIGEST_LEN);
    char *token = arena_take(exchange->arena, TOKEN_LEN);
    struct buffer value;
    buffer_init(&value, exchange->arena);
    launch_write(&value, &launching->launch);
    if (!key || !token || value.failed)
        return false;
    exchange->rest->random(random, sizeof random);
    launching->token = token_write(TOKEN_LAUNCH, random, token);
    digest_wipe(random, sizeof random);
    token_hash(launching->token, key);
    exchange->note.key = (struct text){(const char *)key, DIGEST_LEN};
    exchange->note.value = buffer_text(&value);
    exchange->note.run = keep;
    exchange->note.end = end_kept;
    exchange->note.status = 200;
    exchange->note.context = launching;
    return true;
}

enum rest_turn rest_op_launch(struct rest_exchange *exchange,
                              const struct rest_parameters *parameters, struct store_view *view)
{
    struct launching *launching = arena_take_zeroed(exchange->arena, 1, sizeof *launching);
    struct store_row row;
    if (!exchange->subject || exchange->is_entry)
        return rest_answer_error(exchange, 400, "not-supported",
                                 exchange->is_entry
                                     ? "An app cannot be opened by an entry of a bundle."
                                     : "Nobody signs in here: an app needs no launch.");
    if (exchange->request.method != REST_POST) {
        exchange->answer.allow = "POST";
        return rest_answer_error(exchange, 405, "not-supported", "POST opens an app.");
    }
    if (!launching)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    launching->launch = (struct launch){
        .user = user_of(exchange->subject), .patient = exchange->request.id, .encounter = TEXT("")};
    if (!rest_gate_get(exchange, view, ACCESS_READ, exchange->request.type, exchange->request.id,
                       &row) ||
        !find_encounter(exchange, parameters, view, &launching->launch) ||
        !find_client(exchange, parameters, view, launching))
        return REST_ANSWERED;
    if (!make(exchange, launching) || !rest_writes_begin(exchange, 1))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    return REST_WRITES;
}

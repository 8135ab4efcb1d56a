/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth_authorize.h"

#include "access/launch.h"
#include "access/oauth_parts.h"
#include "json/writer.h"

static bool is_registered(const struct oauth_client *client, struct text redirect)
{
    for (size_t i = 0; i < client->redirect_count; i++)
        if (text_equal(client->redirects[i], redirect))
            return true;
    return false;
}

/* What is asked for and within what the client may. */
static enum oauth_err read_scopes(struct oauth_turn *turn, struct text list,
                                  struct oauth_request *request)
{
    struct access_scopes *asked = arena_take(turn->arena, 2 * sizeof *asked);

    if (!asked || scopes_read(&asked[1], request->client.scopes) != SCOPES_OK)
        return oauth_because(turn, OAUTH_ERR_SERVER, "the client's scopes cannot be read");
    if (scopes_read(&asked[0], list) != SCOPES_OK)
        return oauth_because(turn, OAUTH_ERR_SCOPE, "scope cannot be read");
    switch (scopes_intersect(&request->scopes, &asked[0], &asked[1], turn->arena)) {
    case SCOPES_OK:
        break;
    case SCOPES_ERR_MEMORY:
        return oauth_because(turn, OAUTH_ERR_SERVER, "no memory");
    case SCOPES_ERR_SIZE:
    case SCOPES_ERR_CHARACTER:
        return oauth_because(turn, OAUTH_ERR_SCOPE, "too many scopes");
    }
    return request->scopes.count || request->scopes.words
               ? OAUTH_OK
               : oauth_because(turn, OAUTH_ERR_SCOPE, "nothing that this client may ask for");
}

static const char launch_over[] =
    "launch is not this app's, was used or is over: open the app from the record again";

/* A launch is what the scope `launch` asks for: neither is anything without the other. */
static enum oauth_err read_launch(struct oauth_turn *turn, struct oauth_request *request)
{
    bool is_asked = request->scopes.words & SCOPE_LAUNCH;

    if (request->launch.len == 0) {
        request->scopes.words &= ~(uint32_t)SCOPE_LAUNCH;
        return OAUTH_OK;
    }
    if (!is_asked)
        return oauth_because(turn, OAUTH_ERR_REQUEST,
                             "launch needs the scope launch, asked for and registered");
    switch (launch_find(turn, request->launch, request->client.id, &request->context)) {
    case LAUNCH_OK:
        return OAUTH_OK;
    case LAUNCH_NONE:
        return oauth_because(turn, OAUTH_ERR_REQUEST, launch_over);
    case LAUNCH_FAILED:
        break;
    }
    return oauth_because(turn, OAUTH_ERR_SERVER, "the launch cannot be looked up");
}

bool oauth_may_launch(struct oauth_turn *turn, const struct oauth_request *request,
                      struct text user)
{
    if (request->context.user.len == 0 || text_equal(request->context.user, user))
        return true;
    turn->why = "the app was opened by somebody else: open it from the record again";
    return false;
}

/* All but client and redirect URI: errors may go to the client. */
static enum oauth_err check_rest(struct oauth_turn *turn, const struct form *form,
                                 struct oauth_request *request)
{
    struct text audience = form_value(form, "aud");

    if (!text_is(form_value(form, "response_type"), "code"))
        return oauth_because(turn, OAUTH_ERR_RESPONSE_TYPE, "response_type must be code");
    if (request->state.len == 0)
        return oauth_because(turn, OAUTH_ERR_REQUEST, "state is missing");
    if (!text_is(form_value(form, "code_challenge_method"), "S256") ||
        !pkce_is_challenge(request->challenge))
        return oauth_because(turn, OAUTH_ERR_REQUEST,
                             "code_challenge of code_challenge_method S256 is missing");
    if (audience.len > 1 && audience.bytes[audience.len - 1] == '/')
        audience.len--;
    if (!text_equal(audience, turn->site->fhir_base))
        return oauth_because(turn, OAUTH_ERR_REQUEST, "aud must be this server's FHIR base");
    if (form_value(form, "request").len || form_value(form, "request_uri").len)
        return oauth_because(turn, OAUTH_ERR_REQUEST, "request objects are not taken");
    enum oauth_err err = read_scopes(turn, form_value(form, "scope"), request);
    return err == OAUTH_OK ? read_launch(turn, request) : err;
}

enum oauth_err oauth_authorize(struct oauth_turn *turn, const struct form *form,
                               struct oauth_request *request)
{
    *request = (struct oauth_request){
        .redirect = form_value(form, "redirect_uri"),
        .state = form_value(form, "state"),
        .challenge = form_value(form, "code_challenge"),
        .nonce = form_value(form, "nonce"),
        .launch = form_value(form, "launch"),
    };
    enum oauth_err err = oauth_client_find(turn, form_value(form, "client_id"), &request->client);
    if (err != OAUTH_OK)
        return err;
    if (!is_registered(&request->client, request->redirect))
        return oauth_because(turn, OAUTH_ERR_REQUEST, "redirect_uri is not one of this client's");
    request->may_redirect = true;
    return check_rest(turn, form, request);
}

static char before(struct text url)
{
    return memchr(url.bytes, '?', url.len) ? '&' : '?';
}

struct text oauth_refuse(struct oauth_turn *turn, const struct oauth_request *request,
                         enum oauth_err err)
{
    struct buffer url;

    buffer_init(&url, turn->arena);
    buffer_add(&url, request->redirect);
    form_add(&url, before(request->redirect), "error", text_of(oauth_err_word(err)));
    if (turn->why)
        form_add(&url, '&', "error_description", text_of(turn->why));
    if (request->state.len)
        form_add(&url, '&', "state", request->state);
    form_add(&url, '&', "iss", turn->site->issuer);
    return url.failed ? TEXT("") : buffer_text(&url);
}

static bool put_code(struct oauth_turn *turn, const struct oauth_request *request,
                     const struct oauth_grant *grant, struct text key)
{
    struct buffer granted, value;
    struct json_writer writer;

    buffer_init(&granted, turn->arena);
    oauth_grant_write(&granted, grant);
    buffer_init(&value, turn->arena);
    json_writer_init(&writer, &value);
    json_begin_object(&writer);
    json_key(&writer, TEXT("grant"));
    json_write_raw(&writer, buffer_text(&granted));
    json_write_member(&writer, TEXT("redirect"), request->redirect);
    json_write_member(&writer, TEXT("challenge"), request->challenge);
    json_write_member(&writer, TEXT("nonce"), request->nonce);
    json_end_object(&writer);
    return !granted.failed && !value.failed &&
           turn->store->put(turn->store->context, OAUTH_CODES, key, buffer_text(&value),
                            grant->expires_s * 1000);
}

/* The family begins here, so that who signs out before the code is redeemed has ended it. */
static bool begin_family(struct oauth_turn *turn, struct oauth_grant *grant)
{
    if (!oauth_make_word(turn, OAUTH_ID_BYTES, &grant->family))
        return false;
    const struct oauth_family family = {
        .grant = *grant, .current = TEXT(""), .previous = TEXT(""), .due_s = grant->expires_s};
    return oauth_family_put(turn, &family);
}

/* What was granted is within what was asked for, and has its patient where it needs one. */
static enum oauth_err check_grant(struct oauth_turn *turn, const struct oauth_request *request,
                                  const struct oauth_grant *grant)
{
    struct access_scopes *granted = arena_take(turn->arena, sizeof *granted);

    if (!granted || scopes_read(granted, grant->scopes) != SCOPES_OK ||
        !scopes_within(granted, &request->scopes))
        return oauth_because(turn, OAUTH_ERR_SERVER, "more was granted than asked for");
    bool needs_patient = granted->words & SCOPE_LAUNCH_PATIENT;
    for (size_t i = 0; i < granted->count; i++)
        needs_patient |= granted->scopes[i].context == SCOPE_PATIENT;
    if (needs_patient && grant->launch_patient.len == 0)
        return oauth_because(turn, OAUTH_ERR_SCOPE, "no patient was chosen");
    return OAUTH_OK;
}

/* In the transaction, so that of two that come at once one has it. */
static enum oauth_err use_launch(struct oauth_turn *turn, const struct oauth_request *request,
                                 struct oauth_grant *grant)
{
    struct launch launch;

    if (request->launch.len == 0)
        return OAUTH_OK;
    if (!oauth_may_launch(turn, request, grant->user))
        return OAUTH_ERR_DENIED;
    switch (launch_use(turn, request->launch, request->client.id, &launch)) {
    case LAUNCH_OK:
        grant->launch_patient = launch.patient;
        grant->launch_encounter = launch.encounter;
        return OAUTH_OK;
    case LAUNCH_NONE:
        return oauth_because(turn, OAUTH_ERR_REQUEST, launch_over);
    case LAUNCH_FAILED:
        break;
    }
    return oauth_because(turn, OAUTH_ERR_SERVER, "the launch cannot be used up");
}

enum oauth_err oauth_agree(struct oauth_turn *turn, const struct oauth_request *request,
                           struct oauth_grant *grant, struct text *url)
{
    uint8_t key[DIGEST_LEN];
    struct buffer out;
    struct text code;

    enum oauth_err err = use_launch(turn, request, grant);
    if (err == OAUTH_OK)
        err = check_grant(turn, request, grant);
    if (err != OAUTH_OK)
        return err;
    grant->client = request->client.id;
    grant->expires_s = turn->now_ms / 1000 + OAUTH_CODE_S;
    if (!begin_family(turn, grant) || !oauth_make_token(turn, TOKEN_CODE, &code, key) ||
        !put_code(turn, request, grant, oauth_key(key)))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the code cannot be kept");

    buffer_init(&out, turn->arena);
    buffer_add(&out, request->redirect);
    form_add(&out, before(request->redirect), "code", code);
    form_add(&out, '&', "state", request->state);
    form_add(&out, '&', "iss", turn->site->issuer);
    if (out.failed)
        return oauth_because(turn, OAUTH_ERR_SERVER, "no memory");
    *url = buffer_text(&out);
    return OAUTH_OK;
}

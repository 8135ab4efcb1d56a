/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth_token.h"

#include "access/base64.h"
#include "access/oauth_answer.h"
#include "access/oauth_parts.h"
#include "json/writer.h"

/* A new refresh token, which becomes the family's newest; the one before is told by the caller. */
static bool make_refresh(struct oauth_turn *turn, struct oauth_family *family, struct text *refresh)
{
    uint8_t key[DIGEST_LEN];

    if (!oauth_make_token(turn, TOKEN_REFRESH, refresh, key))
        return false;
    family->current = base64url_text(key, sizeof key, turn->arena);
    return family->current.bytes &&
           turn->store->put(turn->store->context, OAUTH_REFRESHES, oauth_key(key),
                            family->grant.family, family->due_s * 1000);
}

/* How long the family lives: as long as its refresh token may, or the access token without one. */
static int64_t family_seconds(const struct access_scopes *scopes)
{
    return scopes->words & SCOPE_OFFLINE  ? OAUTH_OFFLINE_S
           : scopes->words & SCOPE_ONLINE ? OAUTH_ONLINE_S
                                          : OAUTH_ACCESS_S;
}

/* --- authorization_code ---------------------------------------------------------------------------- */

struct code {
    struct oauth_grant grant;
    struct text redirect, challenge, nonce, used;
};

static enum oauth_err find_code(struct oauth_turn *turn, struct text key, struct code *code)
{
    struct json json;
    enum oauth_found found = oauth_get(turn, OAUTH_CODES, key, &json);

    if (found == OAUTH_NONE)
        return oauth_because(turn, OAUTH_ERR_GRANT, "the code is not known, or has expired");
    *code = (struct code){0};
    if (found == OAUTH_FAILED || !oauth_text(&json, JSON_ROOT, "used", turn->arena, &code->used))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the code cannot be looked up");
    if (code->used.len)
        return OAUTH_OK;
    uint32_t grant = json_member(&json, JSON_ROOT, TEXT("grant"));
    bool is_good = grant != JSON_NONE &&
                   oauth_grant_read_node(&code->grant, &json, grant, turn->arena) &&
                   oauth_text(&json, JSON_ROOT, "redirect", turn->arena, &code->redirect) &&
                   oauth_text(&json, JSON_ROOT, "challenge", turn->arena, &code->challenge) &&
                   oauth_text(&json, JSON_ROOT, "nonce", turn->arena, &code->nonce);
    turn->user = code->grant.user;
    return is_good ? OAUTH_OK
                   : oauth_because(turn, OAUTH_ERR_SERVER, "the code cannot be looked up");
}

/* The code is used up: what is left of it tells whose family to end when it comes back. */
static bool use_up(struct oauth_turn *turn, struct text key, struct text family)
{
    struct buffer value;
    struct json_writer writer;

    buffer_init(&value, turn->arena);
    json_writer_init(&writer, &value);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("used"), family);
    json_end_object(&writer);
    return !value.failed &&
           turn->store->put(turn->store->context, OAUTH_CODES, key, buffer_text(&value),
                            turn->now_ms + INT64_C(1000) * OAUTH_ACCESS_S);
}

static enum oauth_err check_code(struct oauth_turn *turn, const struct form *form,
                                 const struct oauth_client *client, const struct code *code)
{
    if (!text_equal(code->grant.client, client->id))
        return oauth_because(turn, OAUTH_ERR_GRANT, "the code is another client's");
    if (turn->now_ms >= code->grant.expires_s * 1000)
        return oauth_because(turn, OAUTH_ERR_GRANT, "the code is not known, or has expired");
    if (!text_equal(code->redirect, form_value(form, "redirect_uri")))
        return oauth_because(turn, OAUTH_ERR_GRANT, "redirect_uri is not the request's");
    if (!pkce_check(form_value(form, "code_verifier"), code->challenge))
        return oauth_because(turn, OAUTH_ERR_GRANT, "code_verifier does not fit");
    return OAUTH_OK;
}

static enum oauth_err redeem(struct oauth_turn *turn, const struct form *form,
                             const struct oauth_client *client, struct buffer *out)
{
    struct access_scopes *scopes = arena_take(turn->arena, sizeof *scopes);
    struct oauth_answer answer = {0};
    uint8_t hash[DIGEST_LEN];
    struct code code = {.used = TEXT("")};

    token_hash(form_value(form, "code"), hash);
    enum oauth_err err = find_code(turn, oauth_key(hash), &code);
    if (err != OAUTH_OK)
        return err;
    if (code.used.len) {
        if (!oauth_end_family(turn, code.used))
            return oauth_because(turn, OAUTH_ERR_SERVER, "the tokens cannot be ended");
        return oauth_because(turn, OAUTH_ERR_GRANT, "the code was used before: its tokens end");
    }
    err = check_code(turn, form, client, &code);
    if (err != OAUTH_OK)
        return err;

    struct oauth_family family;
    enum oauth_found found = oauth_family_get(turn, code.grant.family, &family);
    if (found == OAUTH_NONE)
        return oauth_because(turn, OAUTH_ERR_GRANT, "the person has signed out, or was blocked");
    family = (struct oauth_family){.grant = code.grant};
    if (found == OAUTH_FAILED || !scopes || scopes_read(scopes, code.grant.scopes) != SCOPES_OK ||
        !use_up(turn, oauth_key(hash), code.grant.family))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the code cannot be used up");
    family.due_s = turn->now_ms / 1000 + family_seconds(scopes);
    bool has_refresh = scopes->words & (SCOPE_OFFLINE | SCOPE_ONLINE);
    if ((has_refresh && !make_refresh(turn, &family, &answer.refresh)) ||
        !oauth_family_put(turn, &family))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the grant cannot be kept");
    answer.nonce = code.nonce;
    answer.has_identity = scopes->words & SCOPE_OPENID;
    return oauth_answer(turn, &code.grant, OAUTH_ACCESS_S, &answer, out);
}

/* --- refresh_token --------------------------------------------------------------------------------- */

static enum oauth_err look_up_family(struct oauth_turn *turn, struct text refresh,
                                     struct oauth_family *family)
{
    static const char why[] = "the refresh token is not known, has expired, or was revoked";
    uint8_t key[DIGEST_LEN];
    enum token_kind kind;
    struct text id;

    if (!token_read(refresh, &kind) || kind != TOKEN_REFRESH)
        return oauth_because(turn, OAUTH_ERR_GRANT, why);
    token_hash(refresh, key);
    enum oauth_found found =
        turn->store->get(turn->store->context, OAUTH_REFRESHES, oauth_key(key), turn->arena, &id);
    if (found == OAUTH_FOUND)
        found = oauth_family_get(turn, id, family);
    if (found == OAUTH_NONE)
        return oauth_because(turn, OAUTH_ERR_GRANT, why);
    if (found == OAUTH_FAILED)
        return oauth_because(turn, OAUTH_ERR_SERVER, "the refresh token cannot be looked up");
    turn->user = family->grant.user;
    return OAUTH_OK;
}

/* The family of a refresh token; it ends where the token is neither its newest nor, with the newest unused, the one
 * before. */
static enum oauth_err find_family(struct oauth_turn *turn, struct text refresh,
                                  struct oauth_family *family, struct text *hash)
{
    uint8_t key[DIGEST_LEN];

    enum oauth_err err = look_up_family(turn, refresh, family);
    if (err != OAUTH_OK)
        return err;
    token_hash(refresh, key);
    *hash = base64url_text(key, sizeof key, turn->arena);
    if (!hash->bytes)
        return oauth_because(turn, OAUTH_ERR_SERVER, "no memory");
    if (text_equal(*hash, family->current) || text_equal(*hash, family->previous))
        return OAUTH_OK;
    if (!oauth_end_family(turn, family->grant.family))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the tokens cannot be ended");
    return oauth_because(turn, OAUTH_ERR_GRANT,
                         "the refresh token was used before: all of its tokens end");
}

/* The scopes that are asked for, or all. */
static enum oauth_err narrow(struct oauth_turn *turn, struct text asked,
                             struct access_scopes scopes[static 2], struct oauth_grant *grant)
{
    struct buffer written;

    if (asked.len == 0)
        return OAUTH_OK;
    if (scopes_read(&scopes[1], asked) != SCOPES_OK || scopes[1].not_known ||
        !scopes_within(&scopes[1], &scopes[0]))
        return oauth_because(turn, OAUTH_ERR_SCOPE, "scope asks for more than was granted");
    buffer_init(&written, turn->arena);
    scopes_write(&scopes[1], &written);
    grant->scopes = buffer_text(&written);
    return written.failed ? oauth_because(turn, OAUTH_ERR_SERVER, "no memory") : OAUTH_OK;
}

static enum oauth_err refresh(struct oauth_turn *turn, const struct form *form,
                              const struct oauth_client *client, struct buffer *out)
{
    struct access_scopes *scopes = arena_take(turn->arena, 2 * sizeof *scopes);
    struct oauth_answer answer = {0};
    struct oauth_family family;
    struct text hash;

    enum oauth_err err = find_family(turn, form_value(form, "refresh_token"), &family, &hash);
    if (err != OAUTH_OK)
        return err;
    if (!text_equal(family.grant.client, client->id))
        return oauth_because(turn, OAUTH_ERR_GRANT, "the refresh token is another client's");
    if (!scopes || scopes_read(&scopes[0], family.grant.scopes) != SCOPES_OK)
        return oauth_because(turn, OAUTH_ERR_SERVER, "the grant cannot be read");
    struct oauth_grant grant = family.grant;
    err = narrow(turn, form_value(form, "scope"), scopes, &grant);
    if (err != OAUTH_OK)
        return err;

    /* Online access ends with its session however often it is refreshed; offline access begins anew. */
    int64_t now_s = turn->now_ms / 1000;
    family.due_s = scopes[0].words & SCOPE_OFFLINE ? now_s + OAUTH_OFFLINE_S
                                                   : family.grant.signed_in_s + OAUTH_ONLINE_S;
    if (family.due_s <= now_s)
        return oauth_because(turn, OAUTH_ERR_GRANT, "the session has ended: sign in again");
    family.previous = hash;
    if (!make_refresh(turn, &family, &answer.refresh) || !oauth_family_put(turn, &family))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the grant cannot be kept");
    answer.has_identity = scopes[0].words & SCOPE_OPENID;
    return oauth_answer(turn, &grant, OAUTH_ACCESS_S, &answer, out);
}

/* --- client_credentials ---------------------------------------------------------------------------- */

/* Only system/ scopes: there is nobody whose rights user/ and patient/ could be. */
static void keep_system(struct access_scopes *scopes)
{
    size_t kept = 0;
    for (size_t i = 0; i < scopes->count; i++)
        if (scopes->scopes[i].context == SCOPE_SYSTEM)
            scopes->scopes[kept++] = scopes->scopes[i];
    scopes->count = kept;
    scopes->words = 0;
}

static enum oauth_err act_alone(struct oauth_turn *turn, const struct form *form,
                                const struct oauth_client *client, struct buffer *out)
{
    struct access_scopes *scopes = arena_take(turn->arena, 3 * sizeof *scopes);
    struct oauth_answer answer = {0};
    struct buffer written;

    if (!client->may_act_alone)
        return oauth_because(turn, OAUTH_ERR_UNAUTHORIZED, "this client acts for people alone");
    if (!scopes || scopes_read(&scopes[1], client->scopes) != SCOPES_OK)
        return oauth_because(turn, OAUTH_ERR_SERVER, "the client's scopes cannot be read");
    if (scopes_read(&scopes[0], form_value(form, "scope")) != SCOPES_OK ||
        scopes_intersect(&scopes[2], &scopes[0], &scopes[1], turn->arena) != SCOPES_OK)
        return oauth_because(turn, OAUTH_ERR_SCOPE, "scope cannot be read");
    keep_system(&scopes[2]);
    if (scopes[2].count == 0)
        return oauth_because(turn, OAUTH_ERR_SCOPE, "nothing that this client may ask for");
    buffer_init(&written, turn->arena);
    scopes_write(&scopes[2], &written);
    if (written.failed)
        return oauth_because(turn, OAUTH_ERR_SERVER, "no memory");
    struct oauth_grant grant = {
        .client = client->id, .roles = client->roles, .scopes = buffer_text(&written)};
    return oauth_answer(turn, &grant, OAUTH_SERVICE_S, &answer, out);
}

/* Whose a form is that does not say so; "": nobody's. RFC 6749 6 has no client_id in a refresh, and public apps send
 * none (fhirclient does not): they are then whom the token was made for. */
static enum oauth_err find_holder(struct oauth_turn *turn, const struct form *form,
                                  struct text *client)
{
    struct text token = form_value(form, "refresh_token");
    struct oauth_family family;

    *client = TEXT("");
    if (!text_is(form_value(form, "grant_type"), "refresh_token") || token.len == 0 ||
        form_value(form, "client_id").len || form_value(form, "client_assertion").len)
        return OAUTH_OK;
    enum oauth_err err = look_up_family(turn, token, &family);
    if (err == OAUTH_OK)
        *client = family.grant.client;
    return err;
}

enum oauth_err oauth_token(struct oauth_turn *turn, const struct form *form, struct buffer *out)
{
    struct text type = form_value(form, "grant_type"), holder;
    struct oauth_client client;

    enum oauth_err err = find_holder(turn, form, &holder);
    if (err == OAUTH_OK)
        err = oauth_client_prove(turn, form, "/token", holder, &client);
    if (err != OAUTH_OK)
        return err;
    if (text_is(type, "authorization_code"))
        return redeem(turn, form, &client, out);
    if (text_is(type, "refresh_token"))
        return refresh(turn, form, &client, out);
    if (text_is(type, "client_credentials"))
        return act_alone(turn, form, &client, out);
    return oauth_because(turn, OAUTH_ERR_GRANT_TYPE, "this grant_type is not known here");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth_answer.h"
#include "access/oauth_parts.h"
#include "access/oauth_token.h"
#include "json/writer.h"

static void write_seconds(struct json_writer *writer, const char *name, int64_t seconds)
{
    json_key(writer, text_of(name));
    json_write_i64(writer, seconds);
}

static void write_grant(struct json_writer *writer, const struct oauth_turn *turn,
                        const struct oauth_grant *grant)
{
    json_write_member(writer, TEXT("scope"), grant->scopes);
    json_write_member(writer, TEXT("client_id"), grant->client);
    json_write_member(writer, TEXT("token_type"), TEXT("Bearer"));
    json_write_member(writer, TEXT("iss"), turn->site->issuer);
    write_seconds(writer, "exp", grant->expires_s);
    if (grant->account.len)
        json_write_member(writer, TEXT("sub"), grant->account);
    if (oauth_is_fhir_user(grant->user))
        json_write_member(writer, TEXT("fhirUser"), grant->user);
    if (grant->launch_patient.len)
        json_write_member(writer, TEXT("patient"), grant->launch_patient);
    if (grant->launch_encounter.len)
        json_write_member(writer, TEXT("encounter"), grant->launch_encounter);
}

enum oauth_err oauth_introspect(struct oauth_turn *turn, const struct form *form,
                                struct buffer *out)
{
    struct oauth_client client;
    struct oauth_grant grant;
    struct json_writer writer;

    enum oauth_err err = oauth_client_prove(turn, form, "/introspect", TEXT(""), &client);
    if (err != OAUTH_OK)
        return err;
    if (!client.may_introspect)
        return oauth_because(turn, OAUTH_ERR_UNAUTHORIZED, "this client may not ask about tokens");
    err = oauth_find(turn, form_value(form, "token"), &grant);
    if (err == OAUTH_ERR_SERVER)
        return err;
    json_writer_init(&writer, out);
    json_begin_object(&writer);
    json_key(&writer, TEXT("active"));
    json_write_bool(&writer, err == OAUTH_OK);
    if (err == OAUTH_OK)
        write_grant(&writer, turn, &grant);
    json_end_object(&writer);
    return out->failed ? oauth_because(turn, OAUTH_ERR_SERVER, "no memory") : OAUTH_OK;
}

/* The family of a refresh token that is this client's. */
static enum oauth_err end_refresh(struct oauth_turn *turn, struct text key,
                                  const struct oauth_client *client)
{
    struct oauth_family family;
    struct text id;
    enum oauth_found found =
        turn->store->get(turn->store->context, OAUTH_REFRESHES, key, turn->arena, &id);

    if (found == OAUTH_FOUND)
        found = oauth_family_get(turn, id, &family);
    if (found == OAUTH_NONE ||
        (found == OAUTH_FOUND && !text_equal(family.grant.client, client->id)))
        return OAUTH_OK;
    return found == OAUTH_FOUND && oauth_end_family(turn, id)
               ? OAUTH_OK
               : oauth_because(turn, OAUTH_ERR_SERVER, "the tokens cannot be ended");
}

enum oauth_err oauth_revoke(struct oauth_turn *turn, const struct form *form)
{
    struct text token = form_value(form, "token");
    struct oauth_client client;
    struct oauth_grant grant;
    uint8_t key[DIGEST_LEN];
    enum token_kind kind;

    enum oauth_err err = oauth_client_prove(turn, form, "/revoke", TEXT(""), &client);
    if (err != OAUTH_OK)
        return err;
    if (token.len == 0)
        return oauth_because(turn, OAUTH_ERR_REQUEST, "token is missing");
    if (!token_read(token, &kind))
        return OAUTH_OK;
    token_hash(token, key);
    if (kind == TOKEN_REFRESH)
        return end_refresh(turn, oauth_key(key), &client);
    err = oauth_find(turn, token, &grant);
    if (err == OAUTH_ERR_SERVER)
        return err;
    if (err != OAUTH_OK || !text_equal(grant.client, client.id))
        return OAUTH_OK;
    return turn->store->remove(turn->store->context, OAUTH_TOKENS, oauth_key(key))
               ? OAUTH_OK
               : oauth_because(turn, OAUTH_ERR_SERVER, "the token cannot be ended");
}

void oauth_write_error(struct buffer *out, const struct oauth_turn *turn, enum oauth_err err)
{
    struct json_writer writer;

    json_writer_init(&writer, out);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("error"), text_of(oauth_err_word(err)));
    if (turn->why)
        json_write_member(&writer, TEXT("error_description"), text_of(turn->why));
    json_end_object(&writer);
}

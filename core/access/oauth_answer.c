/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth_answer.h"

#include "access/assertion.h"
#include "access/oauth_parts.h"
#include "json/writer.h"

static struct text beneath(struct oauth_turn *turn, const char *endpoint)
{
    struct buffer url;
    buffer_init(&url, turn->arena);
    buffer_add(&url, turn->site->issuer);
    buffer_add(&url, text_of(endpoint));
    return url.failed ? TEXT("") : buffer_text(&url);
}

/* Kept in the store: it outlives a restart, and several servers share it. What cannot be kept counts as seen. */
static bool is_first(void *context, struct text client, struct text jti, int64_t until_s)
{
    struct oauth_turn *turn = context;
    uint8_t both[2 * DIGEST_LEN], key[DIGEST_LEN];
    struct text value;

    digest_of(client, both);
    digest_of(jti, both + DIGEST_LEN);
    digest_of((struct text){(const char *)both, sizeof both}, key);
    return turn->store->get(turn->store->context, OAUTH_ASSERTIONS, oauth_key(key), turn->arena,
                            &value) == OAUTH_NONE &&
           turn->store->put(turn->store->context, OAUTH_ASSERTIONS, oauth_key(key), TEXT("1"),
                            until_s * 1000);
}

static enum oauth_err prove_by_key(struct oauth_turn *turn, struct text assertion,
                                   const char *endpoint, const struct oauth_client *client)
{
    const struct text audiences[] = {beneath(turn, "/token"), beneath(turn, endpoint),
                                     turn->site->issuer};
    struct jose_keys keys;
    struct json json;

    if (audiences[0].len == 0 || audiences[1].len == 0)
        return oauth_because(turn, OAUTH_ERR_SERVER, "no memory");
    if (json_parse(&json, client->jwks, &json_limits_default, turn->arena, NULL) != JSON_OK ||
        !jose_keys_read(&keys, &json, JSON_ROOT))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the client's keys cannot be read");
    enum jwt_err err = assertion_check(assertion, client->id, &keys, audiences, 3, is_first, turn,
                                       turn->now_ms / 1000, turn->arena);
    jose_keys_free(&keys);
    return err == JWT_OK ? OAUTH_OK : oauth_because(turn, OAUTH_ERR_CLIENT, jwt_err_words(err));
}

enum oauth_err oauth_client_prove(struct oauth_turn *turn, const struct form *form,
                                  const char *endpoint, struct text otherwise,
                                  struct oauth_client *client)
{
    struct text assertion = form_value(form, "client_assertion");
    struct text id = form_value(form, "client_id");
    struct jwt jwt;

    if (form_value(form, "client_secret").len)
        return oauth_because(turn, OAUTH_ERR_CLIENT, "clients prove themselves by private_key_jwt");
    if (assertion.len) {
        if (!text_is(form_value(form, "client_assertion_type"), ASSERTION_TYPE) ||
            jwt_peek(&jwt, assertion, turn->arena) != JWT_OK)
            return oauth_because(turn, OAUTH_ERR_CLIENT, "client_assertion is no signed JWT");
        if (id.len && !text_equal(id, jwt.issuer))
            return oauth_because(turn, OAUTH_ERR_CLIENT, "client_id is not the assertion's");
        id = jwt.issuer;
    }
    enum oauth_err err = oauth_client_find(turn, id.len ? id : otherwise, client);
    if (err != OAUTH_OK)
        return err;
    turn->client = client->id;
    if (client->jwks.len == 0)
        return assertion.len ? oauth_because(turn, OAUTH_ERR_CLIENT, "this client has no keys here")
                             : OAUTH_OK;
    if (assertion.len == 0)
        return oauth_because(turn, OAUTH_ERR_CLIENT, "client_assertion is missing");
    return prove_by_key(turn, assertion, endpoint, client);
}

/* OpenID Connect Core 2; fhirUser as SMART has it, a whole URL. */
static bool write_identity(struct oauth_turn *turn, const struct oauth_grant *grant,
                           const struct oauth_answer *answer, struct buffer *token)
{
    struct buffer claims, user;
    struct json_writer writer;

    buffer_init(&user, turn->arena);
    buffer_add(&user, turn->site->fhir_base);
    buffer_add_byte(&user, '/');
    buffer_add(&user, grant->user);
    buffer_init(&claims, turn->arena);
    json_writer_init(&writer, &claims);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("iss"), turn->site->issuer);
    json_write_member(&writer, TEXT("sub"), grant->account);
    json_write_member(&writer, TEXT("aud"), grant->client);
    json_key(&writer, TEXT("exp"));
    json_write_i64(&writer, turn->now_ms / 1000 + OAUTH_ACCESS_S);
    json_key(&writer, TEXT("iat"));
    json_write_i64(&writer, turn->now_ms / 1000);
    json_key(&writer, TEXT("auth_time"));
    json_write_i64(&writer, grant->signed_in_s);
    if (answer->nonce.len)
        json_write_member(&writer, TEXT("nonce"), answer->nonce);
    if (oauth_is_fhir_user(grant->user))
        json_write_member(&writer, TEXT("fhirUser"), buffer_text(&user));
    json_end_object(&writer);
    return !claims.failed && !user.failed && turn->site->key &&
           jwt_write(token, turn->site->key, TEXT("JWT"), buffer_text(&claims));
}

enum oauth_err oauth_answer(struct oauth_turn *turn, struct oauth_grant *grant, int64_t seconds,
                            const struct oauth_answer *answer, struct buffer *out)
{
    struct json_writer writer;
    struct buffer identity;
    struct text token;

    enum oauth_err err = oauth_issue(turn, grant, seconds, &token);
    if (err != OAUTH_OK)
        return err;
    buffer_init(&identity, turn->arena);
    if (answer->has_identity && !write_identity(turn, grant, answer, &identity))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the id_token cannot be signed");
    json_writer_init(&writer, out);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("access_token"), token);
    json_write_member(&writer, TEXT("token_type"), TEXT("Bearer"));
    json_key(&writer, TEXT("expires_in"));
    json_write_i64(&writer, seconds);
    json_write_member(&writer, TEXT("scope"), grant->scopes);
    if (answer->refresh.len)
        json_write_member(&writer, TEXT("refresh_token"), answer->refresh);
    if (identity.len)
        json_write_member(&writer, TEXT("id_token"), buffer_text(&identity));
    if (grant->launch_patient.len) {
        json_write_member(&writer, TEXT("patient"), grant->launch_patient);
        json_key(&writer, TEXT("need_patient_banner"));
        json_write_bool(&writer, true);
    }
    if (grant->launch_encounter.len)
        json_write_member(&writer, TEXT("encounter"), grant->launch_encounter);
    json_end_object(&writer);
    return out->failed ? oauth_because(turn, OAUTH_ERR_SERVER, "no memory") : OAUTH_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partners: to their page and back, and the code for a token. */
#include "access/assertion.h"
#include "access/base64.h"
#include "access/jwt.h"
#include "access/oauth_parts.h"
#include "access/partner_parts.h"
#include "json/writer.h"

#define STATES "partner-state"
#define TICKETS "partner-ticket"

enum { WORD_LEN = BASE64URL_LEN(OAUTH_SECRET_BYTES), PROOF_S = 60 };

/* What a sign-in is kept under: found with its partner and in its browser alone. */
static void state_key(struct text state, struct text id, struct text browser,
                      uint8_t out[static DIGEST_LEN])
{
    uint8_t bound[3 * DIGEST_LEN];

    digest_of(state, bound);
    digest_of(id, bound + DIGEST_LEN);
    digest_of(browser, bound + 2 * (size_t)DIGEST_LEN);
    digest_of((struct text){(const char *)bound, sizeof bound}, out);
}

void partner_write_redirect(struct buffer *out, const struct oauth_turn *turn, struct text id)
{
    buffer_add(out, turn->site->issuer);
    buffer_add(out, TEXT("/partner/callback/"));
    buffer_add(out, id);
}

static bool keep(struct oauth_turn *turn, const uint8_t key[static DIGEST_LEN], struct text nonce,
                 struct text verifier, struct text go)
{
    struct json_writer writer;
    struct buffer value;

    buffer_init(&value, turn->arena);
    json_writer_init(&writer, &value);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("nonce"), nonce);
    json_write_member(&writer, TEXT("verifier"), verifier);
    json_write_member(&writer, TEXT("go"), go);
    json_end_object(&writer);
    return !value.failed &&
           turn->store->put(turn->store->context, STATES, oauth_key(key), buffer_text(&value),
                            turn->now_ms + INT64_C(1000) * PARTNER_RETURN_S);
}

enum partner_err partner_begin(struct oauth_turn *turn, const struct partner *partner,
                               const struct partner_about *about, struct text browser,
                               struct text go, struct text *url)
{
    static const char failed[] = "the sign-in cannot be kept";
    uint8_t key[DIGEST_LEN], hash[DIGEST_LEN];
    char challenge[PKCE_CHALLENGE_LEN];
    struct text state, nonce, verifier;
    struct buffer redirect, out;

    if (!oauth_make_word(turn, OAUTH_SECRET_BYTES, &state) ||
        !oauth_make_word(turn, OAUTH_SECRET_BYTES, &nonce) ||
        !oauth_make_word(turn, OAUTH_SECRET_BYTES, &verifier))
        return partner_because(turn, PARTNER_ERR_SERVER, failed);
    state_key(state, partner->id, browser, key);
    if (!keep(turn, key, nonce, verifier, go))
        return partner_because(turn, PARTNER_ERR_SERVER, failed);
    digest_of(verifier, hash);
    base64url_encode(challenge, hash, sizeof hash);
    buffer_init(&redirect, turn->arena);
    partner_write_redirect(&redirect, turn, partner->id);
    buffer_init(&out, turn->arena);
    const struct text endpoint = about->authorization_endpoint;
    buffer_add(&out, endpoint);
    form_add(&out, memchr(endpoint.bytes, '?', endpoint.len) ? '&' : '?', "response_type",
             TEXT("code"));
    form_add(&out, '&', "client_id", partner->client_id);
    form_add(&out, '&', "redirect_uri", buffer_text(&redirect));
    form_add(&out, '&', "scope", partner->scopes);
    form_add(&out, '&', "state", state);
    form_add(&out, '&', "nonce", nonce);
    form_add(&out, '&', "code_challenge", (struct text){challenge, sizeof challenge});
    form_add(&out, '&', "code_challenge_method", TEXT("S256"));
    if (redirect.failed || out.failed)
        return partner_because(turn, PARTNER_ERR_SERVER, failed);
    *url = buffer_text(&out);
    return PARTNER_OK;
}

enum partner_err partner_return(struct oauth_turn *turn, struct text id, const struct form *form,
                                struct text browser, struct partner_return *back)
{
    static const char why[] = "this was not asked for in this browser, was used, or is too old";
    const struct oauth_store *store = turn->store;
    uint8_t key[DIGEST_LEN];
    struct json json;

    *back = (struct partner_return){.code = form_value(form, "code"),
                                    .issuer = form_value(form, "iss")};
    state_key(form_value(form, "state"), id, browser, key);
    enum oauth_found found = oauth_get(turn, STATES, oauth_key(key), &json);
    if (found == OAUTH_NONE)
        return partner_because(turn, PARTNER_ERR_STATE, why);
    if (found == OAUTH_FAILED || !store->remove(store->context, STATES, oauth_key(key)) ||
        !oauth_text(&json, JSON_ROOT, "nonce", turn->arena, &back->nonce) ||
        !oauth_text(&json, JSON_ROOT, "verifier", turn->arena, &back->verifier) ||
        !oauth_text(&json, JSON_ROOT, "go", turn->arena, &back->go))
        return partner_because(turn, PARTNER_ERR_SERVER, "the sign-in cannot be looked up");
    if (form_value(form, "error").len)
        return partner_because(turn, PARTNER_ERR_REFUSED, "the partner said no");
    if (back->code.len == 0)
        return partner_because(turn, PARTNER_ERR_FORM, "the answer has no code");
    return PARTNER_OK;
}

/* Who we are, by the site's key: RFC 7523 3. */
static bool add_proof(struct oauth_turn *turn, const struct partner *partner,
                      const struct partner_about *about, struct buffer *out)
{
    struct json_writer writer;
    struct buffer claims, proof;
    struct text id;

    if (!turn->site->key || !oauth_make_word(turn, OAUTH_SECRET_BYTES, &id))
        return false;
    buffer_init(&claims, turn->arena);
    json_writer_init(&writer, &claims);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("iss"), partner->client_id);
    json_write_member(&writer, TEXT("sub"), partner->client_id);
    json_write_member(&writer, TEXT("aud"), about->token_endpoint);
    json_write_member(&writer, TEXT("jti"), id);
    json_key(&writer, TEXT("iat"));
    json_write_i64(&writer, turn->now_ms / 1000);
    json_key(&writer, TEXT("exp"));
    json_write_i64(&writer, turn->now_ms / 1000 + PROOF_S);
    json_end_object(&writer);
    buffer_init(&proof, turn->arena);
    if (claims.failed || !jwt_write(&proof, turn->site->key, TEXT("JWT"), buffer_text(&claims)))
        return false;
    form_add(out, '&', "client_assertion_type", TEXT(ASSERTION_TYPE));
    form_add(out, '&', "client_assertion", buffer_text(&proof));
    return true;
}

enum partner_err partner_write_exchange(struct oauth_turn *turn, const struct partner *partner,
                                        const struct partner_about *about,
                                        const struct partner_return *back, struct buffer *out)
{
    struct buffer redirect, form;

    if (back->issuer.len ? !text_equal(back->issuer, partner->issuer) : about->tells_issuer)
        return partner_because(turn, PARTNER_ERR_MIXED, "iss is not who was asked");
    buffer_init(&redirect, turn->arena);
    partner_write_redirect(&redirect, turn, partner->id);
    buffer_init(&form, turn->arena);
    form_add(&form, '&', "grant_type", TEXT("authorization_code"));
    form_add(&form, '&', "code", back->code);
    form_add(&form, '&', "redirect_uri", buffer_text(&redirect));
    form_add(&form, '&', "client_id", partner->client_id);
    form_add(&form, '&', "code_verifier", back->verifier);
    if (partner->signs && !add_proof(turn, partner, about, &form))
        return partner_because(turn, PARTNER_ERR_SERVER, "the site has no key to sign with");
    if (redirect.failed || form.failed)
        return partner_because(turn, PARTNER_ERR_SERVER, "no memory");
    buffer_add(out, (struct text){form.bytes + 1, form.len - 1}); /* but the first & */
    return out->failed ? PARTNER_ERR_SERVER : PARTNER_OK;
}

enum partner_err partner_ticket_make(struct oauth_turn *turn, const struct partner_ticket *ticket,
                                     struct text browser, struct text *word)
{
    uint8_t key[DIGEST_LEN];
    struct json_writer writer;
    struct buffer value;

    buffer_init(&value, turn->arena);
    json_writer_init(&writer, &value);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("account"), ticket->account);
    json_key(&writer, TEXT("strength"));
    json_write_i64(&writer, ticket->strength);
    json_write_member(&writer, TEXT("go"), ticket->go);
    json_end_object(&writer);
    if (value.failed || !oauth_make_word(turn, OAUTH_SECRET_BYTES, word))
        return partner_because(turn, PARTNER_ERR_SERVER, "no memory or randomness");
    state_key(*word, TEXT(TICKETS), browser, key);
    return turn->store->put(turn->store->context, TICKETS, oauth_key(key), buffer_text(&value),
                            turn->now_ms + INT64_C(1000) * PARTNER_TICKET_S)
               ? PARTNER_OK
               : partner_because(turn, PARTNER_ERR_SERVER, "the sign-in cannot be kept");
}

enum partner_err partner_ticket_use(struct oauth_turn *turn, struct text word, struct text browser,
                                    struct partner_ticket *ticket)
{
    const struct oauth_store *store = turn->store;
    uint8_t key[DIGEST_LEN];
    struct json json;
    int64_t strength;

    state_key(word, TEXT(TICKETS), browser, key);
    enum oauth_found found = oauth_get(turn, TICKETS, oauth_key(key), &json);
    if (found == OAUTH_NONE)
        return partner_because(turn, PARTNER_ERR_STATE, "there is no such sign-in any more");
    if (found == OAUTH_FAILED || !store->remove(store->context, TICKETS, oauth_key(key)) ||
        !oauth_text(&json, JSON_ROOT, "account", turn->arena, &ticket->account) ||
        !oauth_text(&json, JSON_ROOT, "go", turn->arena, &ticket->go) ||
        !oauth_number(&json, JSON_ROOT, "strength", &strength))
        return partner_because(turn, PARTNER_ERR_SERVER, "the sign-in cannot be looked up");
    ticket->strength = strength == SESSION_BY_SECOND ? SESSION_BY_SECOND : SESSION_BY_PASSWORD;
    return PARTNER_OK;
}

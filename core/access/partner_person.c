/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partners: what their token proves, and whom it means here. */
#include <openssl/evp.h>

#include "access/base64.h"
#include "access/jwt.h"
#include "access/oauth_parts.h"
#include "access/partner_parts.h"

#define MADE "partner-made"

enum { SKEW_S = 60, AGE_S_MAX = 600, SUBJECT_LEN_MAX = 255 }; /* Core 2: sub */

/* --- the token ------------------------------------------------------------------------------------- */

static bool claim_is(const struct jwt *jwt, const char *name, struct text value)
{
    uint32_t node = json_member(&jwt->claims, JSON_ROOT, text_of(name));
    return node != JSON_NONE && json_type(&jwt->claims, node) == JSON_STRING &&
           json_string_is(&jwt->claims, node, value);
}

static bool has_claim(const struct jwt *jwt, const char *name)
{
    return json_member(&jwt->claims, JSON_ROOT, text_of(name)) != JSON_NONE;
}

/* Core 3.1.3.7 3 to 5: more than one audience has to name whom it was made for. */
static bool is_for_us(const struct jwt *jwt, const struct partner *partner)
{
    uint32_t audience = json_member(&jwt->claims, JSON_ROOT, TEXT("aud"));
    bool are_many = json_type(&jwt->claims, audience) == JSON_ARRAY &&
                    json_element(&jwt->claims, audience, 1) != JSON_NONE;
    return has_claim(jwt, "azp") ? claim_is(jwt, "azp", partner->client_id) : !are_many;
}

/* Core 3.1.3.6: the left half of the hash that goes with the token's algorithm. */
static bool is_hash_of(const struct jwt *jwt, struct text access_token, struct arena *arena)
{
    struct text alg;
    uint8_t hash[EVP_MAX_MD_SIZE];
    size_t len;
    struct buffer half;

    if (!has_claim(jwt, "at_hash"))
        return true;
    if (!oauth_text(&jwt->header, JSON_ROOT, "alg", arena, &alg))
        return false;
    const char *name = text_is(alg, "EdDSA")                            ? "SHA512"
                       : text_is(alg, "ES384") || text_is(alg, "RS384") ? "SHA384"
                                                                        : "SHA256";
    if (EVP_Q_digest(NULL, name, NULL, access_token.bytes, access_token.len, hash, &len) != 1)
        return false;
    buffer_init(&half, arena);
    base64url_write(&half, hash, len / 2);
    return !half.failed && claim_is(jwt, "at_hash", buffer_text(&half));
}

static const char *fault_of(const struct jwt *jwt, const struct partner *partner,
                            const struct partner_return *back, struct text access_token,
                            int64_t now_s, struct arena *arena)
{
    if (back->nonce.len == 0 || !claim_is(jwt, "nonce", back->nonce))
        return "nonce is not this sign-in's";
    if (!is_for_us(jwt, partner))
        return "azp is not this site";
    if (jwt->issued_s == 0 || jwt->issued_s < now_s - AGE_S_MAX)
        return "iat is missing or long ago";
    if (!is_hash_of(jwt, access_token, arena))
        return "at_hash is not the access token's";
    if (jwt->subject.len == 0 || jwt->subject.len > SUBJECT_LEN_MAX)
        return "sub is missing or too long";
    return NULL;
}

/* --- the person ------------------------------------------------------------------------------------ */

static uint32_t roles_of(const struct partner *partner, const struct json *json, uint32_t node)
{
    if (json_type(json, node) != JSON_STRING)
        return 0;
    for (size_t i = 0; i < partner->role_count; i++)
        if (json_string_is(json, node, partner->roles[i].value))
            return partner->roles[i].roles;
    return 0;
}

/* Of a claim that is a text or a list of them. */
static uint32_t read_roles(const struct partner *partner, const struct json *json)
{
    uint32_t node = json_member(json, JSON_ROOT, partner->role_claim), roles = 0;

    if (partner->role_claim.len == 0 || node == JSON_NONE)
        return 0;
    if (json_type(json, node) != JSON_ARRAY)
        return roles_of(partner, json, node);
    for (uint32_t one = json_first(json, node); one != json_end(json, node);
         one = json_next(json, one))
        roles |= roles_of(partner, json, one);
    return roles;
}

/* RFC 8176: "mfa", more than one factor. */
static bool tells_of_two_factors(const struct json *json)
{
    uint32_t list = json_member(json, JSON_ROOT, TEXT("amr"));

    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return false;
    for (uint32_t one = json_first(json, list); one != json_end(json, list);
         one = json_next(json, one))
        if (json_type(json, one) == JSON_STRING && json_string_is(json, one, TEXT("mfa")))
            return true;
    return false;
}

/* A claim that the site believes; "" where it believes none. One's own mail address counts only when it was
 * verified. */
static bool read_claim(const struct json *json, struct text name, struct arena *arena,
                       struct text *out)
{
    uint32_t verified = json_member(json, JSON_ROOT, TEXT("email_verified"));
    bool is_unverified =
        text_is(name, "email") && (verified == JSON_NONE || json_type(json, verified) != JSON_TRUE);

    *out = name.len && !is_unverified ? json_text(json, JSON_ROOT, name, arena) : TEXT("");
    return out->bytes != NULL;
}

static bool read_person(struct partner_person *person, const struct partner *partner,
                        const struct jwt *jwt, struct arena *arena)
{
    const struct json *claims = &jwt->claims;

    *person = (struct partner_person){
        .subject = jwt->subject,
        .roles = read_roles(partner, claims),
        .strength = tells_of_two_factors(claims) ? SESSION_BY_SECOND : SESSION_BY_PASSWORD};
    return read_claim(claims, TEXT("name"), arena, &person->name) &&
           read_claim(claims, partner->account_claim, arena, &person->account) &&
           read_claim(claims, partner->practitioner_claim, arena, &person->practitioner);
}

enum partner_err partner_check(struct oauth_turn *turn, const struct partner *partner,
                               const struct jose_keys *keys, const struct partner_return *back,
                               struct text answer, struct partner_person *person, bool *needs_keys)
{
    const struct jwt_expected expected = {.issuer = partner->issuer,
                                          .audiences = &partner->client_id,
                                          .audience_count = 1,
                                          .now_s = turn->now_ms / 1000,
                                          .skew_s = SKEW_S};
    struct text id_token, access_token;
    struct json json;
    struct jwt jwt;

    *needs_keys = false;
    if (!partner_read_object(&json, answer, turn->arena) ||
        !oauth_text(&json, JSON_ROOT, "id_token", turn->arena, &id_token) ||
        !oauth_text(&json, JSON_ROOT, "access_token", turn->arena, &access_token) ||
        id_token.len == 0)
        return partner_because(turn, PARTNER_ERR_FORM, "the answer has no id_token");
    enum jwt_err err = jwt_verify(&jwt, id_token, keys, &expected, turn->arena);
    *needs_keys = err == JWT_ERR_KEY;
    if (err != JWT_OK)
        return partner_because(turn, PARTNER_ERR_TOKEN, jwt_err_words(err));
    const char *fault = fault_of(&jwt, partner, back, access_token, expected.now_s, turn->arena);
    if (fault)
        return partner_because(turn, PARTNER_ERR_TOKEN, fault);
    return read_person(person, partner, &jwt, turn->arena)
               ? PARTNER_OK
               : partner_because(turn, PARTNER_ERR_SERVER, "no memory");
}

/* --- their account --------------------------------------------------------------------------------- */

static enum partner_err put(struct oauth_turn *turn, const struct account *account)
{
    enum account_err err = account_put(turn, account);
    return err == ACCOUNT_OK ? PARTNER_OK
                             : partner_because(turn, PARTNER_ERR_SERVER, account_err_words(err));
}

static bool link_to(struct account *account, struct text issuer, struct text subject)
{
    for (size_t i = 0; i < account->partner_count; i++)
        if (text_equal(account->partners[i].issuer, issuer))
            return false; /* somebody else over there is this account already */
    if (account->partner_count == ACCOUNT_PARTNERS_MAX)
        return false;
    account->partners[account->partner_count++] = (struct account_partner){issuer, subject};
    return true;
}

/* Its account was made here because of the partner: what the partner says now holds. */
static enum partner_err follow(struct oauth_turn *turn, const struct partner *partner,
                               const struct partner_person *person, struct account *account)
{
    struct text made_by;
    enum oauth_found found =
        turn->store->get(turn->store->context, MADE, account->id, turn->arena, &made_by);

    if (found == OAUTH_FAILED)
        return partner_because(turn, PARTNER_ERR_SERVER, "the account cannot be looked up");
    if (found == OAUTH_NONE || !text_equal(made_by, partner->id) || account->roles == person->roles)
        return PARTNER_OK;
    if (!person->roles)
        return partner_because(turn, PARTNER_ERR_ACCOUNT, "the partner gives no role any more");
    if ((account->roles & ~person->roles) &&
        session_end_all(turn, account->id, TEXT(""), NULL) != SESSION_OK)
        return partner_because(turn, PARTNER_ERR_SERVER, "sessions cannot be ended");
    account->roles = person->roles;
    return put(turn, account);
}

static enum partner_err make(struct oauth_turn *turn, const struct partner *partner,
                             const struct partner_person *person, struct account *account)
{
    struct buffer name;

    if (!partner->makes_accounts || !person->roles)
        return partner_because(turn, PARTNER_ERR_ACCOUNT, "the person has no account here");
    if (account_make(turn, account) != ACCOUNT_OK)
        return partner_because(turn, PARTNER_ERR_SERVER, "no account can be made");
    buffer_init(&name, turn->arena); /* random, so that nobody's is taken by a name over there */
    buffer_add(&name, partner->id);
    buffer_add_byte(&name, '-');
    buffer_add(&name, account->id);
    account->name = buffer_text(&name);
    account->display = person->name.len && person->name.len <= ACCOUNT_DISPLAY_LEN_MAX
                           ? person->name
                           : account->name;
    account->roles = person->roles;
    account->practitioner = person->practitioner;
    if (name.failed || !link_to(account, partner->issuer, person->subject) ||
        !turn->store->put(turn->store->context, MADE, account->id, partner->id, ACCOUNT_FOREVER))
        return partner_because(turn, PARTNER_ERR_SERVER, "no account can be made");
    return put(turn, account);
}

enum partner_err partner_account(struct oauth_turn *turn, const struct partner *partner,
                                 const struct partner_person *person, struct account *account)
{
    enum account_err err = account_find_partner(turn, partner->issuer, person->subject, account);

    if (err == ACCOUNT_OK)
        return follow(turn, partner, person, account);
    if (err == ACCOUNT_ERR_NONE && person->account.len) {
        err = account_find_named(turn, person->account, account);
        if (err == ACCOUNT_OK && account->roles & ACCESS_ROLE_BIT(ACCESS_ADMINISTRATOR))
            return partner_because(turn, PARTNER_ERR_ACCOUNT,
                                   "an administrator's account is linked by its owner alone");
        if (err == ACCOUNT_OK)
            return link_to(account, partner->issuer, person->subject)
                       ? put(turn, account)
                       : partner_because(turn, PARTNER_ERR_ACCOUNT,
                                         "the account is linked to somebody else over there");
    }
    if (err != ACCOUNT_ERR_NONE && err != ACCOUNT_ERR_NAME)
        return partner_because(turn, PARTNER_ERR_SERVER, account_err_words(err));
    return make(turn, partner, person, account);
}

enum partner_err partner_link(struct oauth_turn *turn, const struct partner *partner,
                              struct text login, struct text subject)
{
    static const char taken[] = "the account, or who it is over there, is linked already";
    struct account account;

    if (subject.len == 0 || subject.len > SUBJECT_LEN_MAX)
        return partner_because(turn, PARTNER_ERR_FORM, "who it is over there: 1 to 255 bytes");
    enum account_err err = account_find_partner(turn, partner->issuer, subject, &account);
    if (err == ACCOUNT_OK)
        return partner_because(turn, PARTNER_ERR_ACCOUNT, taken);
    if (err == ACCOUNT_ERR_NONE)
        err = account_find_named(turn, login, &account);
    if (err == ACCOUNT_ERR_NONE || err == ACCOUNT_ERR_NAME)
        return partner_because(turn, PARTNER_ERR_ACCOUNT, "there is no such account");
    if (err != ACCOUNT_OK)
        return partner_because(turn, PARTNER_ERR_SERVER, account_err_words(err));
    return link_to(&account, partner->issuer, subject)
               ? put(turn, &account)
               : partner_because(turn, PARTNER_ERR_ACCOUNT, taken);
}

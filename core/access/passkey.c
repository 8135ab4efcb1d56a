/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/passkey.h"

#include "access/base64.h"
#include "access/oauth_parts.h"
#include "access/passkey_parts.h"

#define CHALLENGES "passkey-challenge"

static const enum passkey_alg algs[] = {PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256};

static void write_bytes(struct json_writer *writer, const char *key, struct text bytes)
{
    char text[BASE64URL_LEN(PASSKEY_ID_LEN_MAX)];

    base64url_encode(text, (const uint8_t *)bytes.bytes, bytes.len);
    json_write_member(writer, text_of(key), (struct text){text, BASE64URL_LEN(bytes.len)});
}

/* --- challenges ------------------------------------------------------------------------------------ */

/* What a challenge is kept under: all that it is good for, so that with anything else it is not found. */
static void challenge_key(enum passkey_ceremony ceremony, struct text browser, struct text account,
                          const uint8_t challenge[static PASSKEY_CHALLENGE_LEN],
                          uint8_t out[static DIGEST_LEN])
{
    uint8_t bound[2 * DIGEST_LEN + PASSKEY_CHALLENGE_LEN + 1];

    digest_of(browser, bound);
    digest_of(account, bound + DIGEST_LEN);
    memcpy(bound + 2 * DIGEST_LEN, challenge, PASSKEY_CHALLENGE_LEN);
    bound[sizeof bound - 1] = (uint8_t)ceremony;
    digest_of((struct text){(const char *)bound, sizeof bound}, out);
}

static enum passkey_err make_challenge(struct oauth_turn *turn, enum passkey_ceremony ceremony,
                                       struct text browser, struct text account,
                                       uint8_t challenge[static PASSKEY_CHALLENGE_LEN])
{
    uint8_t key[DIGEST_LEN];

    if (!turn->random(challenge, PASSKEY_CHALLENGE_LEN))
        return PASSKEY_ERR_SERVER;
    challenge_key(ceremony, browser, account, challenge, key);
    return turn->store->put(turn->store->context, CHALLENGES, oauth_key(key), TEXT("{}"),
                            turn->now_ms + INT64_C(1000) * PASSKEY_CHALLENGE_S)
               ? PASSKEY_OK
               : PASSKEY_ERR_SERVER;
}

static enum passkey_err use_challenge(struct oauth_turn *turn, enum passkey_ceremony ceremony,
                                      struct text browser, struct text account,
                                      const struct passkey_client_data *data)
{
    const struct oauth_store *store = turn->store;
    uint8_t key[DIGEST_LEN];
    struct text value;

    challenge_key(ceremony, browser, account, data->challenge, key);
    enum oauth_found found =
        store->get(store->context, CHALLENGES, oauth_key(key), turn->arena, &value);
    if (found == OAUTH_NONE)
        return PASSKEY_ERR_CHALLENGE;
    if (found == OAUTH_FAILED || !store->remove(store->context, CHALLENGES, oauth_key(key)))
        return PASSKEY_ERR_SERVER;
    return PASSKEY_OK;
}

/* --- asking ---------------------------------------------------------------------------------------- */

static void write_owner(struct json_writer *writer, const struct passkey_owner *owner)
{
    json_key(writer, TEXT("user"));
    json_begin_object(writer);
    write_bytes(writer, "id", owner->account);
    json_write_member(writer, TEXT("name"), owner->login);
    json_write_member(writer, TEXT("displayName"), owner->name);
    json_end_object(writer);
    json_key(writer, TEXT("excludeCredentials"));
    json_begin_array(writer);
    for (size_t i = 0; i < owner->count; i++) {
        json_begin_object(writer);
        json_write_member(writer, TEXT("type"), TEXT("public-key"));
        write_bytes(writer, "id", owner->passkeys[i].id);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_wanted(struct json_writer *writer)
{
    json_key(writer, TEXT("pubKeyCredParams"));
    json_begin_array(writer);
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++) {
        json_begin_object(writer);
        json_write_member(writer, TEXT("type"), TEXT("public-key"));
        json_key(writer, TEXT("alg"));
        json_write_i64(writer, algs[i]);
        json_end_object(writer);
    }
    json_end_array(writer);
    json_key(writer, TEXT("authenticatorSelection"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("residentKey"), TEXT("required"));
    json_key(writer, TEXT("requireResidentKey")); /* what Level 1 has of it */
    json_write_bool(writer, true);
    json_write_member(writer, TEXT("userVerification"), TEXT("required"));
    json_end_object(writer);
    json_write_member(writer, TEXT("attestation"), TEXT("none"));
}

static void begin_options(struct json_writer *writer, struct buffer *out,
                          const uint8_t challenge[static PASSKEY_CHALLENGE_LEN])
{
    json_writer_init(writer, out);
    json_begin_object(writer);
    write_bytes(writer, "challenge", (struct text){(const char *)challenge, PASSKEY_CHALLENGE_LEN});
    json_key(writer, TEXT("timeout"));
    json_write_i64(writer, INT64_C(1000) * PASSKEY_CHALLENGE_S);
}

enum passkey_err passkey_ask_new(struct oauth_turn *turn, const struct passkey_owner *owner,
                                 struct text browser, struct buffer *out)
{
    uint8_t challenge[PASSKEY_CHALLENGE_LEN];
    struct passkey_site site;
    struct json_writer writer;

    if (!passkey_site_read(&site, turn->site->issuer))
        return PASSKEY_ERR_SITE;
    if (owner->account.len == 0 || owner->account.len > PASSKEY_HANDLE_LEN_MAX)
        return PASSKEY_ERR_SERVER;
    if (owner->count >= PASSKEYS_MAX)
        return PASSKEY_ERR_FULL;
    enum passkey_err err = make_challenge(turn, PASSKEY_CREATE, browser, owner->account, challenge);
    if (err != PASSKEY_OK)
        return err;
    begin_options(&writer, out, challenge);
    json_key(&writer, TEXT("rp"));
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("id"), text_of(site.rp_id));
    json_write_member(&writer, TEXT("name"), text_of(site.rp_id));
    json_end_object(&writer);
    write_owner(&writer, owner);
    write_wanted(&writer);
    json_end_object(&writer);
    return out->failed ? PASSKEY_ERR_SERVER : PASSKEY_OK;
}

enum passkey_err passkey_ask_sign_in(struct oauth_turn *turn, struct text browser,
                                     struct buffer *out)
{
    uint8_t challenge[PASSKEY_CHALLENGE_LEN];
    struct passkey_site site;
    struct json_writer writer;

    if (!passkey_site_read(&site, turn->site->issuer))
        return PASSKEY_ERR_SITE;
    enum passkey_err err = make_challenge(turn, PASSKEY_GET, browser, TEXT(""), challenge);
    if (err != PASSKEY_OK)
        return err;
    begin_options(&writer, out, challenge);
    json_write_member(&writer, TEXT("rpId"), text_of(site.rp_id));
    json_write_member(&writer, TEXT("userVerification"), TEXT("required"));
    json_end_object(&writer);
    return out->failed ? PASSKEY_ERR_SERVER : PASSKEY_OK;
}

/* --- taking ---------------------------------------------------------------------------------------- */

/* Level 2 7.1 and 7.2, what both have: challenge, origin, site, user. */
static enum passkey_err check(struct oauth_turn *turn, enum passkey_ceremony ceremony,
                              struct text browser, struct text account,
                              const struct passkey_posted *posted, struct passkey_site *site,
                              struct passkey_head *head)
{
    struct passkey_client_data data;
    uint8_t hash[DIGEST_LEN];

    if (!passkey_site_read(site, turn->site->issuer))
        return PASSKEY_ERR_SITE;
    enum passkey_err err = passkey_client_data_read(&data, posted->client_data, turn->arena);
    if (err == PASSKEY_OK) /* first of all, so that it is used up whatever else is wrong */
        err = use_challenge(turn, ceremony, browser, account, &data);
    if (err != PASSKEY_OK)
        return err;
    if (data.ceremony != ceremony)
        return PASSKEY_ERR_CHALLENGE;
    if (data.is_framed || !text_is(data.origin, site->origin))
        return PASSKEY_ERR_ORIGIN;
    err = passkey_head_read(head, posted->authenticator_data);
    if (err != PASSKEY_OK)
        return err;
    digest_of(text_of(site->rp_id), hash);
    if (memcmp(head->site_hash.bytes, hash, DIGEST_LEN) != 0)
        return PASSKEY_ERR_ORIGIN;
    return head->is_present && head->is_verified ? PASSKEY_OK : PASSKEY_ERR_USER;
}

static size_t find(const struct passkey_owner *owner, struct text id)
{
    size_t i = 0;
    while (i < owner->count && !text_equal(owner->passkeys[i].id, id))
        i++;
    return i;
}

enum passkey_err passkey_take_new(struct oauth_turn *turn, const struct passkey_proof *proof,
                                  const struct passkey_owner *owner, struct text browser,
                                  struct text text, struct passkey *made)
{
    struct passkey_posted posted;
    struct passkey_site site;
    struct passkey_head head;

    enum passkey_err err = passkey_posted_read(&posted, text, turn->arena);
    if (err == PASSKEY_OK)
        err = check(turn, PASSKEY_CREATE, browser, owner->account, &posted, &site, &head);
    if (err != PASSKEY_OK)
        return err;
    *made = (struct passkey){.name = posted.name, .since_s = turn->now_ms / 1000};
    if (!proof->read(posted.authenticator_data, turn->arena, made))
        return PASSKEY_ERR_KEY;
    if (!text_equal(made->id, posted.id))
        return PASSKEY_ERR_FORM;
    if (find(owner, made->id) < owner->count)
        return PASSKEY_ERR_TWICE;
    return owner->count < PASSKEYS_MAX ? PASSKEY_OK : PASSKEY_ERR_FULL;
}

enum passkey_err passkey_take_sign_in(struct oauth_turn *turn, const struct passkey_proof *proof,
                                      const struct passkey_owner *owner, struct text browser,
                                      const struct passkey_posted *posted, size_t *which,
                                      uint32_t *count)
{
    struct passkey_site site;
    struct passkey_head head;
    uint8_t hash[DIGEST_LEN];

    enum passkey_err err = check(turn, PASSKEY_GET, browser, TEXT(""), posted, &site, &head);
    if (err != PASSKEY_OK)
        return err;
    size_t at = find(owner, posted->id);
    if (at == owner->count || posted->account.len == 0 ||
        !text_equal(posted->account, owner->account))
        return PASSKEY_ERR_UNKNOWN;
    const struct passkey *passkey = &owner->passkeys[at];
    digest_of(posted->client_data, hash);
    if (!proof->is_signed(passkey, site.rp_id, posted->authenticator_data, hash, posted->signature))
        return PASSKEY_ERR_SIGNATURE;
    if ((head.count || passkey->count) && head.count <= passkey->count)
        return PASSKEY_ERR_COUNT;
    *which = at;
    *count = head.count;
    return PASSKEY_OK;
}

const char *passkey_err_words(enum passkey_err err)
{
    switch (err) {
    case PASSKEY_OK:
        return "good";
    case PASSKEY_ERR_FORM:
        return "this is not what a browser's credential looks like";
    case PASSKEY_ERR_SITE:
        return "passkeys need https and a host with a name, or localhost";
    case PASSKEY_ERR_CHALLENGE:
        return "the challenge was not asked for here, was used, or is too old";
    case PASSKEY_ERR_ORIGIN:
        return "the passkey was used on a page that is not this site's";
    case PASSKEY_ERR_USER:
        return "the device did not find out who used it";
    case PASSKEY_ERR_KEY:
        return "the passkey's key is of no kind that is used here";
    case PASSKEY_ERR_TWICE:
        return "this passkey is registered already";
    case PASSKEY_ERR_FULL:
        return "the account has as many passkeys as it may have";
    case PASSKEY_ERR_UNKNOWN:
        return "the account has no such passkey";
    case PASSKEY_ERR_SIGNATURE:
        return "the passkey did not sign this";
    case PASSKEY_ERR_COUNT:
        return "the passkey's count went back: there may be a copy of it";
    case PASSKEY_ERR_SERVER:
        break;
    }
    return "the passkey cannot be looked up or kept";
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/sign_in.h"

#include "access/invite.h"
#include "access/lockout.h"
#include "access/oauth_parts.h"

#define PLACES "sign-in-place" /* by account and source: the account's id */
#define DEVICES "device"       /* by the token's hash: the account's id */

bool sign_in_needs_second(const struct account *account)
{
    return (account->roles & ~ACCESS_ROLE_BIT(ACCESS_PATIENT)) != 0;
}

bool sign_in_is_enough(const struct account *account)
{
    bool has_second = account->has_totp || account->passkey_count;
    return has_second || !sign_in_needs_second(account);
}

enum sign_in_next sign_in_next(const struct account *account, enum session_strength strength)
{
    if (account->is_blocked)
        return SIGN_IN_BLOCKED;
    if (strength >= SESSION_BY_SECOND)
        return SIGN_IN_DONE;
    if (account->has_totp || account->passkey_count)
        return SIGN_IN_SECOND;
    return sign_in_needs_second(account) ? SIGN_IN_SET_UP : SIGN_IN_DONE;
}

bool sign_in_is_fresh(const struct session *session, int64_t now_ms)
{
    int64_t age_s = now_ms / 1000 - session->signed_in_s;
    return age_s >= 0 && age_s <= SIGN_IN_FRESH_S;
}

/* --- second factors --------------------------------------------------------------------------------- */

enum sign_in_code sign_in_use_code(struct account *account, struct text code, int64_t now_ms)
{
    if (account->has_totp &&
        totp_check(account->totp_secret, code, now_ms / 1000, &account->totp_step))
        return SIGN_IN_BY_TOTP;
    if (recovery_use(&account->recovery, code))
        return SIGN_IN_BY_RECOVERY;
    return SIGN_IN_WRONG;
}

bool sign_in_offer_totp(struct oauth_turn *turn, struct account *account)
{
    account->has_offer = turn->random(account->totp_offer, TOTP_SECRET_LEN);
    return account->has_offer;
}

bool sign_in_take_totp(struct account *account, struct text code, int64_t now_ms)
{
    uint64_t step = 0;

    if (!account->has_offer || !totp_check(account->totp_offer, code, now_ms / 1000, &step))
        return false;
    memcpy(account->totp_secret, account->totp_offer, TOTP_SECRET_LEN);
    digest_wipe(account->totp_offer, TOTP_SECRET_LEN);
    account->totp_step = step;
    account->has_totp = true;
    account->has_offer = false;
    return true;
}

bool sign_in_make_recovery(struct oauth_turn *turn, struct account *account,
                           char codes[static RECOVERY_CODES][RECOVERY_LEN])
{
    struct recovery recovery = {0};
    uint8_t random[RECOVERY_RANDOM_LEN];

    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        if (!turn->random(random, sizeof random))
            return false;
        recovery_set(&recovery, i, random, codes[i]);
    }
    digest_wipe(random, sizeof random);
    account->recovery = recovery;
    return true;
}

/* --- arriving --------------------------------------------------------------------------------------- */

/* Whose device token it is; "" of none. */
static enum oauth_found find_device(struct oauth_turn *turn, struct text device,
                                    uint8_t key[static DIGEST_LEN], struct text *account)
{
    enum token_kind kind;

    if (!token_read(device, &kind) || kind != TOKEN_DEVICE)
        return OAUTH_NONE;
    token_hash(device, key);
    return turn->store->get(turn->store->context, DEVICES, oauth_key(key), turn->arena, account);
}

bool sign_in_knows(struct oauth_turn *turn, struct text device, struct text account,
                   struct text *key)
{
    uint8_t hash[DIGEST_LEN];
    struct text owner;

    *key = TEXT("");
    if (account.len == 0 || find_device(turn, device, hash, &owner) != OAUTH_FOUND ||
        !text_equal(owner, account))
        return false;
    *key = arena_copy(turn->arena, oauth_key(hash));
    return key->bytes != NULL;
}

/* False: no memory. */
static bool place_key(struct oauth_turn *turn, struct text address, struct text account,
                      uint8_t key[static DIGEST_LEN])
{
    char room[LOCKOUT_SOURCE_LEN_MAX];
    struct buffer name;
    buffer_init(&name, turn->arena);
    buffer_add(&name, account);
    buffer_add_byte(&name, '\n');
    buffer_add(&name, lockout_source(address, room));
    digest_of(buffer_text(&name), key);
    return !name.failed;
}

bool sign_in_knows_place(struct oauth_turn *turn, struct text address, struct text account)
{
    uint8_t key[DIGEST_LEN];
    struct text owner;
    return account.len && address.len && place_key(turn, address, account, key) &&
           turn->store->get(turn->store->context, PLACES, oauth_key(key), turn->arena, &owner) ==
               OAUTH_FOUND &&
           text_equal(owner, account);
}

/* A place that all was shown from is known for a while from then on. */
static bool greet_place(struct oauth_turn *turn, const struct account *account,
                        const struct sign_in_arrival *arrival)
{
    uint8_t key[DIGEST_LEN];
    struct text address = arrival->session.address;
    if (arrival->next != SIGN_IN_DONE || address.len == 0)
        return true;
    return place_key(turn, address, account->id, key) &&
           turn->store->put(turn->store->context, PLACES, oauth_key(key), account->id,
                            turn->now_ms + INT64_C(1000) * SIGN_IN_PLACE_S);
}

/* So is a browser. */
static bool greet_device(struct oauth_turn *turn, const struct account *account, struct text device,
                         struct sign_in_arrival *arrival)
{
    uint8_t key[DIGEST_LEN];
    struct text known;

    arrival->device = TEXT("");
    if (arrival->next != SIGN_IN_DONE || sign_in_knows(turn, device, account->id, &known))
        return true;
    return oauth_make_token(turn, TOKEN_DEVICE, &arrival->device, key) &&
           turn->store->put(turn->store->context, DEVICES, oauth_key(key), account->id,
                            turn->now_ms + INT64_C(1000) * SIGN_IN_DEVICE_S);
}

enum session_err sign_in_arrive(struct oauth_turn *turn, const struct account *account,
                                enum session_strength strength, const struct session_from *from,
                                struct text device, struct sign_in_arrival *arrival)
{
    arrival->next = sign_in_next(account, strength);
    if (arrival->next == SIGN_IN_BLOCKED)
        return SESSION_NONE;
    enum session_err err =
        session_begin(turn, account->id, strength, from, &arrival->session, &arrival->token);
    if (err != SESSION_OK)
        return err;
    return greet_place(turn, account, arrival) && greet_device(turn, account, device, arrival)
               ? SESSION_OK
               : SESSION_FAILED;
}

enum session_err sign_in_raise(struct oauth_turn *turn, const struct account *account,
                               enum session_strength strength, struct text token,
                               struct text device, struct sign_in_arrival *arrival)
{
    enum session_err err = session_raise(turn, token, strength, &arrival->session, &arrival->token);
    if (err != SESSION_OK)
        return err;
    arrival->next = sign_in_next(account, arrival->session.strength);
    if (arrival->next == SIGN_IN_BLOCKED || !text_equal(arrival->session.account, account->id))
        return SESSION_NONE;
    return greet_place(turn, account, arrival) && greet_device(turn, account, device, arrival)
               ? SESSION_OK
               : SESSION_FAILED;
}

/* What the account signed in with until now. */
static void forget_credentials(struct account *account)
{
    account->password = TEXT("");
    account->has_totp = account->has_offer = false;
    digest_wipe(account->totp_secret, TOTP_SECRET_LEN);
    digest_wipe(account->totp_offer, TOTP_SECRET_LEN);
    account->recovery = (struct recovery){0};
    account->passkey_count = account->partner_count = 0;
}

enum session_err sign_in_accept(struct oauth_turn *turn, struct text token, struct account *account)
{
    struct invite invite;
    struct account found;

    enum invite_err err = invite_use(turn, token, &invite);
    if (err != INVITE_OK)
        return err == INVITE_NONE ? SESSION_NONE : SESSION_FAILED;
    enum account_err known = account_find(turn, invite.account, &found);
    if (known != ACCOUNT_OK || found.is_blocked)
        return known == ACCOUNT_ERR_STORE ? SESSION_FAILED : SESSION_NONE;
    if (invite.is_anew)
        forget_credentials(&found);
    *account = found;
    return session_end_all(turn, found.id, TEXT(""), NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/account.h"

#include "access/invite.h"
#include "access/oauth_parts.h"
#include "access/password.h"
#include "access/session.h"
#include "base/utf8.h"
#include "search/fold.h"

/* What finds an account; each note's value is its id. */
#define BY_NAME "account-name"
#define BY_PASSKEY "account-passkey"
#define BY_PARTNER "account-partner"

enum { KEYS_MAX = 2 + PASSKEYS_MAX + ACCOUNT_PARTNERS_MAX };

/* Where an account is found; by its name first. */
struct keys {
    struct {
        const char *area;
        struct text key;
    } keys[KEYS_MAX];
    size_t count;
    struct text older; /* where earlier programs kept the name */
};

static const char *const words[] = {
    [ACCOUNT_OK] = "done",
    [ACCOUNT_ERR_NONE] = "there is no such account",
    [ACCOUNT_ERR_TAKEN] = "another account has this name, passkey or partner's identity",
    [ACCOUNT_ERR_NAME] =
        "a login name has a letter or digit, up to 128 bytes, and letters of one alphabet",
    [ACCOUNT_ERR_DISPLAY] = "a person has a name of up to 256 bytes",
    [ACCOUNT_ERR_ROLES] =
        "a person has a role, not a program's, and a patient is somebody of the record",
    [ACCOUNT_ERR_FORM] = "an id, a passkey or a partner's identity is none, or too long",
    [ACCOUNT_ERR_STORE] = "the accounts cannot be read or kept",
};

const char *account_err_words(enum account_err err)
{
    return words[err];
}

/* As earlier programs compared names: with a space where punctuation is. */
static struct text older_fold(struct text name, struct arena *arena)
{
    return name.len > ACCOUNT_NAME_LEN_MAX ? TEXT("") : fold_text(arena, name);
}

struct text account_fold(struct text name, struct arena *arena)
{
    struct text folded = older_fold(name, arena);
    size_t len = 0;
    if (folded.len == 0 || !memchr(folded.bytes, ' ', folded.len))
        return folded;
    char *out = arena_take(arena, folded.len);
    for (size_t i = 0; out && i < folded.len; i++)
        if (folded.bytes[i] != ' ')
            out[len++] = folded.bytes[i];
    return (struct text){out, len};
}

/* Whether its letters are of one of the alphabets whose letters look like one another's, as UTS 39 5.2 wants it. */
static bool is_of_one_alphabet(struct text folded)
{
    bool has_latin = false, has_greek = false, has_cyrillic = false;
    size_t len;
    for (size_t i = 0; i < folded.len; i += len) {
        uint32_t code;
        len = utf8_read(folded.bytes + i, folded.bytes + folded.len, &code);
        if (len == 0)
            return false;
        has_latin |= code >= 'a' && code <= 'z';
        has_greek |= code >= 0x370 && code <= 0x3FF;
        has_cyrillic |= code >= 0x400 && code <= 0x52F;
    }
    return has_latin + has_greek + has_cyrillic <= 1;
}

/* UTF-8 that shows as what it is: no control character, nothing that turns the direction of what stands around it. */
static bool is_plain(struct text text, size_t len_max)
{
    size_t len;
    for (size_t i = 0; i < text.len; i += len) {
        uint32_t code;
        len = utf8_read(text.bytes + i, text.bytes + text.len, &code);
        if (len == 0 || code < 0x20 || (code >= 0x7F && code < 0xA0) ||
            (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069))
            return false;
    }
    return text.len <= len_max;
}

/* FHIR's id, or "". */
static bool is_reference(struct text id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.bytes[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '.')
            return false;
    }
    return id.len <= ACCOUNT_REFERENCE_LEN_MAX;
}

static bool has_good_credentials(const struct account *account)
{
    for (size_t i = 0; i < account->passkey_count; i++) {
        const struct passkey *passkey = &account->passkeys[i];
        if (passkey->id.len == 0 || passkey->id.len > PASSKEY_ID_LEN_MAX || passkey->key.len == 0 ||
            passkey->key.len > PASSKEY_KEY_LEN_MAX ||
            !is_plain(passkey->name, PASSKEY_NAME_LEN_MAX))
            return false;
    }
    for (size_t i = 0; i < account->partner_count; i++) {
        const struct account_partner *partner = &account->partners[i];
        if (partner->issuer.len == 0 || !is_plain(partner->issuer, ACCOUNT_PARTNER_LEN_MAX) ||
            partner->subject.len == 0 || !is_plain(partner->subject, ACCOUNT_PARTNER_LEN_MAX))
            return false;
    }
    return is_plain(account->password, PASSWORD_RECORD_LEN_MAX);
}

static enum account_err check(const struct account *account)
{
    const uint32_t patient = ACCESS_ROLE_BIT(ACCESS_PATIENT);

    if (!is_plain(account->name, ACCOUNT_NAME_LEN_MAX))
        return ACCOUNT_ERR_NAME;
    if (account->display.len == 0 || !is_plain(account->display, ACCOUNT_DISPLAY_LEN_MAX))
        return ACCOUNT_ERR_DISPLAY;
    if (account->roles == 0 || account->roles >> ACCESS_ROLES ||
        account->roles & ACCESS_ROLE_BIT(ACCESS_SERVICE) ||
        (account->roles & patient && account->patient.len + account->related.len == 0))
        return ACCOUNT_ERR_ROLES;
    return account->id.len == ACCOUNT_ID_LEN && is_reference(account->practitioner) &&
                   is_reference(account->patient) && is_reference(account->organisation) &&
                   is_reference(account->related) && has_good_credentials(account)
               ? ACCOUNT_OK
               : ACCOUNT_ERR_FORM;
}

/* Hashed, so that the two cannot run into each other. */
static struct text partner_key(struct text issuer, struct text subject, struct arena *arena)
{
    uint8_t hashes[2][DIGEST_LEN];
    digest_of(issuer, hashes[0]);
    digest_of(subject, hashes[1]);
    return arena_copy(arena, (struct text){(const char *)hashes, sizeof hashes});
}

static enum account_err keys_of(const struct account *account, struct arena *arena,
                                struct keys *keys)
{
    struct text name = account_fold(account->name, arena);

    *keys = (struct keys){.older = older_fold(account->name, arena)};
    if (!name.bytes || !keys->older.bytes)
        return ACCOUNT_ERR_STORE;
    if (name.len == 0)
        return ACCOUNT_ERR_NAME;
    keys->keys[keys->count].area = BY_NAME;
    keys->keys[keys->count++].key = name;
    for (size_t i = 0; i < account->passkey_count; i++) {
        keys->keys[keys->count].area = BY_PASSKEY;
        keys->keys[keys->count++].key = account->passkeys[i].id;
    }
    for (size_t i = 0; i < account->partner_count; i++) {
        struct text key =
            partner_key(account->partners[i].issuer, account->partners[i].subject, arena);
        if (!key.bytes)
            return ACCOUNT_ERR_STORE;
        keys->keys[keys->count].area = BY_PARTNER;
        keys->keys[keys->count++].key = key;
    }
    return ACCOUNT_OK;
}

static bool has_key(const struct keys *keys, const char *area, struct text key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->keys[i].area, area) == 0 && text_equal(keys->keys[i].key, key))
            return true;
    return false;
}

static enum oauth_found get(struct oauth_turn *turn, const char *area, struct text key,
                            struct text *value)
{
    return turn->store->get(turn->store->context, area, key, turn->arena, value);
}

enum account_err account_make(struct oauth_turn *turn, struct account *account)
{
    *account = (struct account){.since_s = turn->now_ms / 1000};
    return oauth_make_word(turn, OAUTH_ID_BYTES, &account->id) ? ACCOUNT_OK : ACCOUNT_ERR_STORE;
}

enum account_err account_find(struct oauth_turn *turn, struct text id, struct account *account)
{
    struct account found;
    struct text note;

    switch (id.len == ACCOUNT_ID_LEN ? get(turn, ACCOUNT_AREA, id, &note) : OAUTH_NONE) {
    case OAUTH_NONE:
        return ACCOUNT_ERR_NONE;
    case OAUTH_FAILED:
        return ACCOUNT_ERR_STORE;
    case OAUTH_FOUND:
        break;
    }
    if (!account_read(&found, note, turn->arena) || !text_equal(found.id, id))
        return ACCOUNT_ERR_STORE;
    *account = found;
    return ACCOUNT_OK;
}

static enum account_err find_by(struct oauth_turn *turn, const char *area, struct text key,
                                struct account *account)
{
    struct text id;
    enum oauth_found found = key.len ? get(turn, area, key, &id) : OAUTH_NONE;

    if (!key.bytes || found == OAUTH_FAILED)
        return ACCOUNT_ERR_STORE;
    return found == OAUTH_NONE ? ACCOUNT_ERR_NONE : account_find(turn, id, account);
}

enum account_err account_find_named(struct oauth_turn *turn, struct text name,
                                    struct account *account)
{
    struct text folded = account_fold(name, turn->arena), older = older_fold(name, turn->arena);
    enum account_err err =
        text_equal(folded, older) ? ACCOUNT_ERR_NONE : find_by(turn, BY_NAME, older, account);
    return err == ACCOUNT_ERR_NONE ? find_by(turn, BY_NAME, folded, account) : err;
}

enum account_err account_find_passkey(struct oauth_turn *turn, struct text credential_id,
                                      struct account *account)
{
    bool may_be = credential_id.len && credential_id.len <= PASSKEY_ID_LEN_MAX;
    return may_be ? find_by(turn, BY_PASSKEY, credential_id, account) : ACCOUNT_ERR_NONE;
}

enum account_err account_find_partner(struct oauth_turn *turn, struct text issuer,
                                      struct text subject, struct account *account)
{
    return find_by(turn, BY_PARTNER, partner_key(issuer, subject, turn->arena), account);
}

/* Removes a note where it is this account's. */
static bool remove_key(struct oauth_turn *turn, const char *area, struct text key, struct text id)
{
    struct text owner;
    enum oauth_found found = get(turn, area, key, &owner);
    return found == OAUTH_NONE || (found == OAUTH_FOUND && !text_equal(owner, id)) ||
           (found == OAUTH_FOUND && turn->store->remove(turn->store->context, area, key));
}

/* Notes of `keys` that `kept` has not are removed. */
static bool remove_keys(struct oauth_turn *turn, const struct keys *keys, const struct keys *kept,
                        struct text id)
{
    for (size_t i = 0; i < keys->count; i++)
        if (!has_key(kept, keys->keys[i].area, keys->keys[i].key) &&
            !remove_key(turn, keys->keys[i].area, keys->keys[i].key, id))
            return false;
    return keys->older.len == 0 || has_key(kept, BY_NAME, keys->older) ||
           remove_key(turn, BY_NAME, keys->older, id);
}

/* Whose name a key is: "" nobody's. */
static bool owner_of(struct oauth_turn *turn, struct text key, struct text *owner)
{
    enum oauth_found found = get(turn, BY_NAME, key, owner);
    if (found == OAUTH_NONE)
        *owner = TEXT("");
    return found != OAUTH_FAILED;
}

/* A name is to be nobody else's in today's form nor as it was kept earlier. Who has it in the earlier form alone, since
 * another has today's, keeps it in that; who takes a new one takes one of one alphabet. */
static enum account_err look_at_name(struct oauth_turn *turn, struct keys *keys, struct text id)
{
    struct text *key = &keys->keys[0].key, owner, older_owner = TEXT("");

    if (!owner_of(turn, *key, &owner) ||
        (!text_equal(*key, keys->older) && !owner_of(turn, keys->older, &older_owner)))
        return ACCOUNT_ERR_STORE;
    bool has_older = text_equal(older_owner, id);
    if ((owner.len && !text_equal(owner, id) && !has_older) || (older_owner.len && !has_older))
        return ACCOUNT_ERR_TAKEN;
    if (owner.len && !text_equal(owner, id))
        *key = keys->older;
    return owner.len || has_older || is_of_one_alphabet(*key) ? ACCOUNT_OK : ACCOUNT_ERR_NAME;
}

static enum account_err put_keys(struct oauth_turn *turn, const struct keys *keys, struct text id)
{
    for (size_t i = 0; i < keys->count; i++) {
        struct text owner;
        enum oauth_found found = get(turn, keys->keys[i].area, keys->keys[i].key, &owner);
        if (found == OAUTH_FOUND && !text_equal(owner, id))
            return ACCOUNT_ERR_TAKEN;
        if (found == OAUTH_FAILED ||
            (found == OAUTH_NONE && !turn->store->put(turn->store->context, keys->keys[i].area,
                                                      keys->keys[i].key, id, ACCOUNT_FOREVER)))
            return ACCOUNT_ERR_STORE;
    }
    return ACCOUNT_OK;
}

enum account_err account_put(struct oauth_turn *turn, const struct account *account)
{
    struct account before;
    struct keys keys, keys_before = {.count = 0};
    struct buffer note;

    enum account_err err = check(account);
    if (err == ACCOUNT_OK)
        err = keys_of(account, turn->arena, &keys);
    if (err == ACCOUNT_OK)
        err = account_find(turn, account->id, &before);
    if (err == ACCOUNT_OK)
        err = keys_of(&before, turn->arena, &keys_before);
    if (err != ACCOUNT_OK && err != ACCOUNT_ERR_NONE)
        return err;
    err = look_at_name(turn, &keys, account->id);
    if (err == ACCOUNT_OK)
        err = put_keys(turn, &keys, account->id);
    if (err != ACCOUNT_OK)
        return err;
    buffer_init(&note, turn->arena);
    account_write(&note, account);
    return remove_keys(turn, &keys_before, &keys, account->id) && !note.failed &&
                   turn->store->put(turn->store->context, ACCOUNT_AREA, account->id,
                                    buffer_text(&note), ACCOUNT_FOREVER)
               ? ACCOUNT_OK
               : ACCOUNT_ERR_STORE;
}

enum account_err account_remove(struct oauth_turn *turn, struct text id)
{
    const struct keys none = {.count = 0};
    struct account account;
    struct keys keys;

    enum account_err err = account_find(turn, id, &account);
    if (err == ACCOUNT_OK)
        err = keys_of(&account, turn->arena, &keys);
    if (err != ACCOUNT_OK)
        return err;
    return session_end_all(turn, id, TEXT(""), NULL) == SESSION_OK &&
                   invite_end(turn, id) == INVITE_OK && remove_keys(turn, &keys, &none, id) &&
                   turn->store->remove(turn->store->context, ACCOUNT_AREA, id)
               ? ACCOUNT_OK
               : ACCOUNT_ERR_STORE;
}

struct passkey *account_passkey(struct account *account, struct text credential_id)
{
    for (size_t i = 0; i < account->passkey_count; i++)
        if (text_equal(account->passkeys[i].id, credential_id))
            return &account->passkeys[i];
    return NULL;
}

bool account_drop_passkey(struct account *account, struct text credential_id)
{
    struct passkey *passkey = account_passkey(account, credential_id);
    if (!passkey)
        return false;
    size_t at = (size_t)(passkey - account->passkeys);
    memmove(passkey, passkey + 1, (--account->passkey_count - at) * sizeof *passkey);
    return true;
}

struct text account_user(const struct account *account, struct arena *arena)
{
    const struct {
        const char *type;
        struct text id;
    } who[] = {{"Practitioner/", account->practitioner},
               {"Patient/", account->patient},
               {"RelatedPerson/", account->related}};
    struct buffer user;

    buffer_init(&user, arena);
    for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
        if (who[i].id.len == 0)
            continue;
        buffer_add(&user, text_of(who[i].type));
        buffer_add(&user, who[i].id);
        return user.failed ? TEXT("") : buffer_text(&user);
    }
    return TEXT("");
}

bool account_grant(const struct account *account, struct arena *arena, struct oauth_grant *grant)
{
    struct text user = account_user(account, arena);
    *grant = (struct oauth_grant){
        .account = account->id,
        .user = user.len ? user : account->id,
        .roles = account->roles,
        .practitioner = account->practitioner,
        .patient = account->patient,
        .organisation = account->organisation,
    };
    return user.bytes != NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person's account at this centre: who they are in the record, what they may be here, and what they sign in with.
 *
 * Kept as a note of the store of oauth.h under its id, which is random, never changes and is OAuth's `sub` and
 * WebAuthn's user handle; further notes find it by its login name, by a passkey and by a partner's identity, and
 * account_put keeps these right. All that one function does with the store is to be in one transaction; a turn over a
 * view that only reads serves the functions that find.
 *
 * Passwords are kept as argon2id records, recovery codes as hashes, passkeys as public keys; the secret of one-time
 * codes has to be kept as it is, sealed with the rest of the store (docs/seal.md). A name is compared as search folds
 * it (search/fold.h), without what stands between words: "Fatima.Zahra", "fatima zahra" and "FATIMAZAHRA" are one, and
 * so are any two that RFC 8265's UsernameCaseMapped (width, case, NFC) makes equal.
 *
 * Pure but for the turn's store and random bytes. Texts of what was found are in the turn's arena; texts of what is put
 * are the caller's. Any thread that owns its turn. */
#ifndef ACCESS_ACCOUNT_H
#define ACCESS_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/access.h"
#include "access/oauth.h"
#include "access/passkey.h"
#include "access/totp.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

enum {
    ACCOUNT_ID_BYTES = 16,
    ACCOUNT_ID_LEN = 22, /* of these as base64url */
    ACCOUNT_NAME_LEN_MAX = 128,
    ACCOUNT_DISPLAY_LEN_MAX = 256,
    ACCOUNT_REFERENCE_LEN_MAX = 64, /* FHIR's id */
    ACCOUNT_PARTNERS_MAX = 4,
    ACCOUNT_PARTNER_LEN_MAX =
        512, /* of an issuer, of a subject; OpenID Connect has 255 for the latter */
};

/* A note without an end. */
#define ACCOUNT_FOREVER INT64_MAX

/* Who this person is at a partner's identity provider. */
struct account_partner {
    struct text issuer, subject;
};

struct account {
    struct text id;      /* account_make gives it */
    struct text name;    /* login name, as it was chosen */
    struct text display; /* "Dr Fatima Zahra Alaoui" */
    uint32_t roles;      /* ACCESS_ROLE_BIT of each; never ACCESS_SERVICE */
    struct text practitioner, patient, organisation; /* ids in the record, or "" */
    struct text related; /* id of the RelatedPerson by which somebody acts for a patient, or "" */
    enum access_language language; /* of pages, mails */
    int64_t since_s;
    bool is_blocked; /* may not sign in, and has no session */

    struct text password; /* PHC record; "": none */
    bool has_totp;
    uint8_t totp_secret[TOTP_SECRET_LEN];
    uint64_t totp_step; /* the last one used */
    bool has_offer; /* a secret that was shown, and that no code came of yet: sign_in_take_totp */
    uint8_t totp_offer[TOTP_SECRET_LEN];
    struct recovery recovery;
    struct passkey passkeys[PASSKEYS_MAX];
    size_t passkey_count;
    struct account_partner partners[ACCOUNT_PARTNERS_MAX];
    size_t partner_count;
};

enum account_err {
    ACCOUNT_OK = 0,
    ACCOUNT_ERR_NONE,    /* no such account */
    ACCOUNT_ERR_TAKEN,   /* the name, a passkey or a partner's identity is another account's */
    ACCOUNT_ERR_NAME,    /* of no letter or digit, too long, or new and of mixed alphabets */
    ACCOUNT_ERR_DISPLAY, /* none, or too long */
    ACCOUNT_ERR_ROLES, /* none, or a program's; or a patient's without Patient and RelatedPerson */
    ACCOUNT_ERR_FORM,  /* another member is too long, or is none */
    ACCOUNT_ERR_STORE, /* the store, memory or randomness failed, or a note cannot be read */
};

/* In English, for verbs and logs. */
const char *account_err_words(enum account_err err);

/* A login name as it is compared and counted (lockout.h); "" of one that none can have, .bytes NULL where the arena has
 * no room. */
MUST_USE struct text account_fold(struct text name, struct arena *arena);

/* Begins an account: a new id and the time, all else empty. It is kept once it is put. */
MUST_USE enum account_err account_make(struct oauth_turn *turn, struct account *account);

/* `*account` is set only on ACCOUNT_OK. An account that is blocked is found, too. */
MUST_USE enum account_err account_find(struct oauth_turn *turn, struct text id,
                                       struct account *account);
MUST_USE enum account_err account_find_named(struct oauth_turn *turn, struct text name,
                                             struct account *account);
MUST_USE enum account_err account_find_passkey(struct oauth_turn *turn, struct text credential_id,
                                               struct account *account);
MUST_USE enum account_err account_find_partner(struct oauth_turn *turn, struct text issuer,
                                               struct text subject, struct account *account);

/* Keeps an account, new or changed, and what finds it. On an error nothing may be committed. Who takes away a role, a
 * credential or all (is_blocked) also ends what goes on under it: session_end_all. */
MUST_USE enum account_err account_put(struct oauth_turn *turn, const struct account *account);

/* Forgets an account, its sessions and its apps' tokens; what it did stays in the audit. ACCOUNT_ERR_NONE as found. */
MUST_USE enum account_err account_remove(struct oauth_turn *turn, struct text id);

/* The passkey with this credential id, or NULL. */
struct passkey *account_passkey(struct account *account, struct text credential_id);

/* Takes one out of the list; false: there is none. Put the account then. */
bool account_drop_passkey(struct account *account, struct text credential_id);

/* fhirUser: "Practitioner/7", "Patient/12", "RelatedPerson/3", or "" where the person is nobody of the record; .bytes
 * NULL: no room. */
MUST_USE struct text account_user(const struct account *account, struct arena *arena);

/* Who the grant is of: account, user, roles, practitioner, patient, organisation. The user of somebody who is nobody of
 * the record is the account's id, so that the audit can name them; it is no fhirUser then. Scopes, launch context and
 * time of signing in are the caller's. False: no room. */
MUST_USE bool account_grant(const struct account *account, struct arena *arena,
                            struct oauth_grant *grant);

/* As a note: JSON. */
void account_write(struct buffer *out, const struct account *account);
/* False: not an account as account_write writes it, or no room. */
MUST_USE bool account_read(struct account *account, struct text json, struct arena *arena);

/* The notes' areas: of accounts by id for who lists them (store_note_list). */
#define ACCOUNT_AREA "account"

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passkeys: a key in somebody's phone, computer or security key that signs for this site alone, after its owner has
 * proved to it who they are (a finger, a face, a PIN). Nothing that is typed can be phished with them.
 *
 * Two ceremonies, each of two requests. The page asks for options (passkey_ask_*), gives them to the browser, and posts
 * what comes back (passkey_take_*). A challenge is good once, for PASSKEY_CHALLENGE_S, for one ceremony, and in the
 * browser that asked for it: it is kept as a note of area "passkey-challenge".
 *
 * Passkeys are discoverable (no name is typed) and verify their user, so that one of them is both factors of a sign-in.
 * No attestation is asked for: which make of device somebody has is not ours to know. Origin and site come from the
 * issuer of the turn's site.
 *
 * Pure but for the turn's notes and random bytes; signatures are checked by who is behind struct passkey_proof. All
 * that one take does has to be one transaction, kept also where it refuses: a challenge that was tried is used up.
 * Texts that come out are in the turn's arena.
 * Source: Web Authentication Level 2, sections 5.4, 5.5, 5.8.1, 6.1, 7.1, 7.2 (hazards H-130, H-131). */
#ifndef ACCESS_PASSKEY_H
#define ACCESS_PASSKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/digest.h"
#include "access/oauth.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"
#include "json/json.h"
#include "json/writer.h"

enum {
    PASSKEYS_MAX = 8, /* of one account */
    PASSKEY_CHALLENGE_LEN = 32,
    PASSKEY_CHALLENGE_S = 300, /* Level 2 15.1: five minutes where the user is verified */
    PASSKEY_ID_LEN_MAX = 1023, /* Level 2 7.1 */
    PASSKEY_KEY_LEN_MAX = 512,
    PASSKEY_NAME_LEN_MAX = 160,     /* bytes: 40 characters */
    PASSKEY_HANDLE_LEN_MAX = 64,    /* Level 2 5.4.3: of an account's id */
    PASSKEY_POSTED_LEN_MAX = 16384, /* what a page posts */
};

/* COSE algorithms (RFC 9053, RFC 8812), what we prefer first. */
enum passkey_alg { PASSKEY_ES256 = -7, PASSKEY_EDDSA = -8, PASSKEY_RS256 = -257 };

enum passkey_err {
    PASSKEY_OK = 0,
    PASSKEY_ERR_FORM,      /* not what a browser's credential looks like */
    PASSKEY_ERR_SITE,      /* this site's address can have no passkeys */
    PASSKEY_ERR_CHALLENGE, /* not asked for, used, too old, or of another browser, account or ceremony */
    PASSKEY_ERR_ORIGIN,    /* made on a page of another site, or within another's frame */
    PASSKEY_ERR_USER,      /* nobody was there, or the device did not find out who */
    PASSKEY_ERR_KEY,       /* a key of a kind that we do not use */
    PASSKEY_ERR_TWICE,     /* this passkey is registered already */
    PASSKEY_ERR_FULL,      /* the account has PASSKEYS_MAX */
    PASSKEY_ERR_UNKNOWN,   /* the account has no such passkey */
    PASSKEY_ERR_SIGNATURE, /* not signed by it */
    PASSKEY_ERR_COUNT,     /* its count went back: there may be a copy of it */
    PASSKEY_ERR_SERVER,    /* the store, memory or randomness failed */
};

/* In English, for logs and the audit; the pages have words of their own. */
const char *passkey_err_words(enum passkey_err err);

/* One that is registered, as its account keeps it. */
struct passkey {
    struct text id; /* bytes: the credential's */
    enum passkey_alg alg;
    struct text key;  /* bytes: x and y of ES256, the 32 of EdDSA, modulus and exponent of RS256 */
    uint32_t count;   /* of its signatures, as it last told; stays 0 with those that do not count */
    struct text name; /* what its owner calls it */
    int64_t since_s;
};

/* As a JSON object, and back; false: it is none, or no room. */
void passkey_write(struct json_writer *writer, const struct passkey *passkey);
MUST_USE bool passkey_read(struct passkey *passkey, const struct json *json, uint32_t node,
                           struct arena *arena);

/* Who checks keys and signatures: adapters/passkey/proof.h. Any thread. */
struct passkey_proof {
    /* Reads the new credential of authenticator data: id, alg, key, count. False: there is none, or none of ours. */
    bool (*read)(struct text authenticator_data, struct arena *arena, struct passkey *passkey);
    /* Whether the passkey signed this data and the hash of the client's data for the site `rp_id`, its user there and
     * verified. */
    bool (*is_signed)(const struct passkey *passkey, const char *rp_id,
                      struct text authenticator_data,
                      const uint8_t client_data_hash[static DIGEST_LEN], struct text signature);
};

/* Whether a site of this address ("https://centre.example.org:8443") can have passkeys: a host with a name, https, or
 * http on localhost. Pages offer them only then. */
bool passkey_is_offered(struct text issuer);

/* Whose passkeys. */
struct passkey_owner {
    struct text account; /* its id, up to PASSKEY_HANDLE_LEN_MAX: the user handle */
    struct text login,
        name; /* what they sign in as; what they are called: the browser shows both */
    const struct passkey *passkeys; /* those there are: of one device, one is enough */
    size_t count;
};

/* Writes PublicKeyCredentialCreationOptions as JSON, bytes in base64url: {"challenge","rp","user",...}. `browser` is
 * any text that only the asking browser can give again, as the value of its session's or its form's cookie. */
MUST_USE enum passkey_err passkey_ask_new(struct oauth_turn *turn,
                                          const struct passkey_owner *owner, struct text browser,
                                          struct buffer *out);

/* Takes what the page posted of a new passkey: {"id","name","response":{"clientDataJSON","authenticatorData"}}. On
 * PASSKEY_OK the caller adds *made to the account. */
MUST_USE enum passkey_err passkey_take_new(struct oauth_turn *turn,
                                           const struct passkey_proof *proof,
                                           const struct passkey_owner *owner, struct text browser,
                                           struct text posted, struct passkey *made);

/* Writes PublicKeyCredentialRequestOptions as JSON: for anybody, before they say who they are. */
MUST_USE enum passkey_err passkey_ask_sign_in(struct oauth_turn *turn, struct text browser,
                                              struct buffer *out);

/* What the page posted of a sign-in: {"id","response":{"clientDataJSON","authenticatorData","signature",
 * "userHandle"}}. All of it bytes. */
struct passkey_posted {
    struct text id, name;
    struct text client_data, authenticator_data, signature;
    struct text account; /* the user handle: whom it says to be; look that account up */
};
MUST_USE enum passkey_err passkey_posted_read(struct passkey_posted *posted, struct text json,
                                              struct arena *arena);

/* Whether it signs the owner in. On PASSKEY_OK owner->passkeys[*which] did, and its count is now *count: the caller
 * keeps that with the account. An account that is not there is one without passkeys: call all the same, so that the
 * challenge is used up, and the answer is no other. */
MUST_USE enum passkey_err
passkey_take_sign_in(struct oauth_turn *turn, const struct passkey_proof *proof,
                     const struct passkey_owner *owner, struct text browser,
                     const struct passkey_posted *posted, size_t *which, uint32_t *count);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON Web Tokens, signed (JWS compact): verified strictly, and made.
 *
 * The key says which algorithm, never the token; a header with `crit`, `b64` or an embedded key is refused; base64url
 * and JSON are strict, duplicate keys among them; sizes and how many keys are tried are bounded. Claims are checked
 * against what is expected, with a bounded skew of clocks.
 *
 * Pure. What is read is in the arena, and must not outlive it.
 * Sources: RFC 7515, 7519, 8725; OpenID Connect Core 1.0; SMART App Launch 2.2.0 "Asymmetric". */
#ifndef ACCESS_JWT_H
#define ACCESS_JWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/jose_key.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "json/json.h"

enum {
    JWT_LEN_MAX = 16 * 1024,
    JWT_TRIES_MAX = 4, /* keys tried where none has the token's kid */
    JWT_SKEW_S_MAX = 300,
    JWT_JTI_LEN_MAX = 256,
};

enum jwt_err {
    JWT_OK = 0,
    JWT_ERR_SIZE,      /* longer than JWT_LEN_MAX */
    JWT_ERR_FORM,      /* not three parts of base64url, or not JSON objects */
    JWT_ERR_HEADER,    /* an alg that we do not know, crit, or a type that is not expected */
    JWT_ERR_KEY,       /* no key fits */
    JWT_ERR_SIGNATURE, /* not signed by the key */
    JWT_ERR_CLAIM,     /* a claim is missing, or has no form */
    JWT_ERR_ISSUER,
    JWT_ERR_SUBJECT,
    JWT_ERR_AUDIENCE,
    JWT_ERR_EXPIRED,
    JWT_ERR_EARLY,  /* before nbf, or made in the future */
    JWT_ERR_LONG,   /* good for longer than may be */
    JWT_ERR_REPLAY, /* its jti was used before, or cannot be remembered: assertion.h */
    JWT_ERR_MEMORY, /* the arena had no room */
};

/* In English, for logs and error_description. */
const char *jwt_err_words(enum jwt_err err);

struct jwt {
    struct json header, claims;      /* both objects */
    struct text issuer, subject, id; /* iss, sub, jti; "" where there is none */
    int64_t expires_s, issued_s;     /* 0 where there is none */
};

/* What has to be so. */
struct jwt_expected {
    struct text type;             /* typ, "" : any or none */
    struct text issuer;           /* "": not looked at */
    struct text subject;          /* "": not looked at */
    const struct text *audiences; /* one of the token's has to be one of these */
    size_t audience_count;        /* 0: not looked at */
    int64_t now_s;
    int64_t skew_s;         /* up to JWT_SKEW_S_MAX */
    int64_t lifetime_s_max; /* exp no later than this from now; 0: any */
    bool needs_id;          /* jti */
};

/* Verifies signature, then claims. exp is always needed. On any error *jwt is not to be used. */
MUST_USE enum jwt_err jwt_verify(struct jwt *jwt, struct text token, const struct jose_keys *keys,
                                 const struct jwt_expected *expected, struct arena *arena);

/* Reads without verifying: to find out whose keys to look for. Nothing in it may be believed. */
MUST_USE enum jwt_err jwt_peek(struct jwt *jwt, struct text token, struct arena *arena);

/* Writes a token with these claims, a JSON object. False: OpenSSL fails, or no room. */
MUST_USE bool jwt_write(struct buffer *out, const struct jose_key *key, struct text type,
                        struct text claims);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bearer tokens, codes and the like: 256 random bits in base64url behind a word that says what it is; kept as their
 * SHA-256 alone.
 *
 * They are opaque, not signed: what one may do is looked up at each use, so that a session that is ended, a role that
 * is taken away, a client that is blocked counts at once; a store that is stolen gives nobody a token; and looking up
 * a hash costs less than verifying a signature (docs/decisions/0016).
 *
 * Pure; random bytes come from the caller. Source: RFC 6750; RFC 7636 for PKCE. */
#ifndef ACCESS_TOKEN_H
#define ACCESS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/digest.h"
#include "base/attr.h"
#include "base/text.h"

enum token_kind {
    TOKEN_ACCESS,
    TOKEN_REFRESH,
    TOKEN_CODE,    /* of an authorization, good once */
    TOKEN_SESSION, /* of a browser */
    TOKEN_DEVICE,  /* a browser that somebody signed in from before: lockout.h */
    TOKEN_INVITE,  /* a one-time link */
    TOKEN_BINDING, /* of a WebSocket to Subscriptions, good once */
    TOKEN_LAUNCH,  /* of an app that is opened from the record, good once */
    TOKEN_KINDS
};

enum { TOKEN_RANDOM_LEN = 32, TOKEN_LEN = 8 + 43 };

/* Writes the token of these random bytes, without a terminator: "jisr_at_" and 43 characters. */
struct text token_write(enum token_kind kind, const uint8_t random[static TOKEN_RANDOM_LEN],
                        char out[static TOKEN_LEN]);

/* The kind of what may be a token, by its form; false: it has none. */
MUST_USE bool token_read(struct text token, enum token_kind *kind);

/* What it is kept and found by. */
void token_hash(struct text token, uint8_t out[static DIGEST_LEN]);

/* The bearer token of an Authorization header's value; false: another scheme, or none. */
MUST_USE bool token_of_header(struct text value, struct text *token);

enum { PKCE_CHALLENGE_LEN = 43, PKCE_VERIFIER_LEN_MIN = 43, PKCE_VERIFIER_LEN_MAX = 128 };

/* Whether this can be a challenge of S256. */
MUST_USE bool pkce_is_challenge(struct text challenge);

/* Whether the verifier has the form of RFC 7636 4.1 and gives the challenge by S256. */
MUST_USE bool pkce_check(struct text verifier, struct text challenge);

#endif

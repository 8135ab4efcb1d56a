/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client that proves who it is by a JWT signed with its own key: private_key_jwt.
 *
 * Pure. Sources: RFC 7523; SMART App Launch 2.2.0 "Client authentication: asymmetric": iss and sub are the client,
 * aud is the token endpoint, exp within five minutes, jti used once. */
#ifndef ACCESS_ASSERTION_H
#define ACCESS_ASSERTION_H

#include "access/jwt.h"

enum { ASSERTION_LIFETIME_S_MAX = 300, ASSERTION_SKEW_S = 60 };
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* Whether this jti of the client's has not been seen before; it then is, until `until_s`. */
typedef bool assertion_first(void *context, struct text client, struct text jti, int64_t until_s);

/* JWT_OK: the assertion is the client's own and is used for the first time. `audiences` are this server's token
 * endpoint and its issuer. */
MUST_USE enum jwt_err assertion_check(struct text assertion, struct text client,
                                      const struct jose_keys *keys, const struct text *audiences,
                                      size_t audience_count, assertion_first *first, void *context,
                                      int64_t now_s, struct arena *arena);

#endif

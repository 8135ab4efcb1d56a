/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The token, introspection and revocation endpoints: a form and who sent it come in, JSON goes out.
 *
 * A refresh token changes at each use. The one before it may be used again as long as the new one was not: on a bad
 * line the answer is lost, and the client asks again. Any other that comes back was stolen, or its thief came
 * first: the whole family ends (RFC 9700 4.14.2). A code that comes back ends its family, too. */
#ifndef ACCESS_OAUTH_TOKEN_H
#define ACCESS_OAUTH_TOKEN_H

#include "access/form.h"
#include "access/oauth.h"

/* POST /token: grant_type authorization_code, refresh_token or client_credentials. On OAUTH_OK writes the answer; on
 * an error oauth_write_error does. */
MUST_USE enum oauth_err oauth_token(struct oauth_turn *turn, const struct form *form,
                                    struct buffer *out);

/* POST /introspect, RFC 7662; by a client that proves itself and may. */
MUST_USE enum oauth_err oauth_introspect(struct oauth_turn *turn, const struct form *form,
                                         struct buffer *out);

/* POST /revoke, RFC 7009; OAUTH_OK, too, where there is no such token. A client ends its own tokens alone. */
MUST_USE enum oauth_err oauth_revoke(struct oauth_turn *turn, const struct form *form);

/* {"error":"invalid_grant","error_description":"..."} */
void oauth_write_error(struct buffer *out, const struct oauth_turn *turn, enum oauth_err err);

#endif

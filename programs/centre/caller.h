/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks: from a bearer token to what access is asked about. Tokens are notes of the store, kept as their hash;
 * each is looked up at each use, so that one that is taken back counts no longer. */
#ifndef CENTRE_CALLER_H
#define CENTRE_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "access/access.h"
#include "access/oauth.h"
#include "access/scopes.h"
#include "access/token.h"
#include "base/arena.h"
#include "base/attr.h"
#include "http/message.h"
#include "store/store.h"

/* Makes a token of the grant, good for `seconds`, and keeps it; writes the token's TOKEN_LEN letters.
 * STORE_ERR_REFUSED: there are no random bytes. */
MUST_USE enum store_err caller_make_token(struct store *store, const struct oauth_grant *grant,
                                          int64_t seconds, int64_t now_ms,
                                          char token[static TOKEN_LEN]);

enum caller_known {
    CALLER_KNOWN,
    CALLER_NOBODY,  /* no token */
    CALLER_REFUSED, /* one that is none, is over, or was ended */
    CALLER_FAILED,  /* the store, or memory */
};

/* Who has sent the request. The subject, in the arena, has no roles unless CALLER_KNOWN; of CALLER_FAILED there is
 * none. */
MUST_USE enum caller_known caller_of(const struct http_request *request, struct store_view *view,
                                     int64_t now_ms, struct arena *arena,
                                     const struct access_subject **subject);

#endif

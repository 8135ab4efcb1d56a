/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks: from a bearer token to what access is asked about. Tokens are notes of the store, kept as their hash;
 * each is looked up at each use, so that one that is taken back counts no longer. */
#ifndef CENTRE_CALLER_H
#define CENTRE_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "access/access.h"
#include "access/scopes.h"
#include "access/token.h"
#include "base/arena.h"
#include "base/attr.h"
#include "http/message.h"
#include "store/store.h"

/* What a token stands for, as it is kept. */
struct caller_grant {
    uint32_t roles; /* ACCESS_ROLE_BIT */
    struct text user, client, purpose, scopes;
    int64_t until_ms;
};

/* Makes a token, keeps its grant, writes the token's TOKEN_LEN letters. STORE_ERR_REFUSED: there are no random bytes. */
MUST_USE enum store_err caller_make_token(struct store *store, const struct caller_grant *grant,
                                          int64_t now_ms, char token[static TOKEN_LEN]);

/* Who has sent the request; of one without a token that counts, one with no roles. NULL: no memory. */
MUST_USE const struct access_subject *caller_of(const struct http_request *request,
                                                struct store_view *view, int64_t now_ms,
                                                struct arena *arena);

#endif

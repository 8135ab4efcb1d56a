/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One-time links: who holds one may set the credentials of one account, once, until it is due.
 *
 * For the first administrator, for whoever is added, and for who has lost all they signed in with. An account has one
 * at a time: a new one ends the one before. To look at the page of a link does not use it up (mail programs do that),
 * setting credentials does.
 *
 * Pure but for the turn's store and random bytes. Each function is one transaction; invite_find serves a view that only
 * reads. The token is kept as its hash. */
#ifndef ACCESS_INVITE_H
#define ACCESS_INVITE_H

#include <stdbool.h>
#include <stdint.h>

#include "access/oauth.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

enum {
    INVITE_S = 24 * 3600, /* unless told otherwise */
    INVITE_S_MAX = 30 * 24 * 3600,
};

struct invite {
    struct text account; /* its id */
    struct text by;      /* id of the account that made it; "": the folder's owner */
    bool is_anew; /* what the account signed in with until now is forgotten when the link is used */
    int64_t due_s;
};

enum invite_err {
    INVITE_OK = 0,
    INVITE_NONE,   /* no such token; or used, replaced, or over */
    INVITE_FAILED, /* the store, memory or randomness */
};

/* Makes one for `invite->account`, and gives its token's TOKEN_LEN letters; a due time beyond INVITE_S_MAX is cut. */
MUST_USE enum invite_err invite_make(struct oauth_turn *turn, const struct invite *invite,
                                     struct text *token);

MUST_USE enum invite_err invite_find(struct oauth_turn *turn, struct text token,
                                     struct invite *invite);

/* As invite_find, and it is used up. */
MUST_USE enum invite_err invite_use(struct oauth_turn *turn, struct text token,
                                    struct invite *invite);

/* Ends the one that the account has, if it has one. */
MUST_USE enum invite_err invite_end(struct oauth_turn *turn, struct text account);

/* "https://c.example.org/invite?token=jisr_..." beneath a site's issuer. */
void invite_write_url(struct buffer *out, struct text issuer, struct text token);

#endif

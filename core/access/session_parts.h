/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an account's note of sessions and apps holds, between session.c and session_book.c. For these alone. */
#ifndef ACCESS_SESSION_PARTS_H
#define ACCESS_SESSION_PARTS_H

#include "access/session.h"

#define SESSION_TOKENS "session-token" /* by a token's hash: account, and id of the session */
#define SESSION_BOOKS "session-book"   /* by account */

struct session_kept {
    struct session session;
    struct text current,
        previous; /* hashes of its tokens in base64url; previous: "" or the one before */
    bool is_used; /* the current one was */
    int64_t changed_s, used_s; /* when the token changed, when the current one was first used */
};

struct session_sheet {
    struct session_kept sessions[SESSIONS_MAX];
    size_t session_count;
    struct session_app apps[SESSION_APPS_MAX];
    size_t app_count;
};

/* The account's, without what is over. Empty where there is none. */
MUST_USE enum session_err session_sheet_get(struct oauth_turn *turn, struct text account,
                                            struct session_sheet *sheet);
MUST_USE enum session_err session_sheet_put(struct oauth_turn *turn, struct text account,
                                            const struct session_sheet *sheet);

/* When a session ends if nobody uses it any more. */
int64_t session_due_s(const struct session *session);

#endif

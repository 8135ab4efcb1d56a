/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Browsers that somebody is signed in with: one session each, known by a cookie whose token is kept as its hash alone.
 *
 * The token changes when the person signs in or shows a further factor, and every quarter of an hour. The one before
 * stays good as long as the new one was not used, since on a bad line the answer that brings it gets lost, and a
 * minute longer for requests on their way. A session ends half an hour after its last use, 12 hours after signing in,
 * by signing out, or with all of its account: what is ended counts at once, since each use looks it up.
 *
 * An account has one note that lists its sessions and the apps that were given tokens (OAuth families); each token's
 * note says whose it is. session_find serves a view that only reads; the others want a transaction each.
 *
 * Pure but for the turn's store and random bytes; texts that come out are in the turn's arena.
 * Limits: NIST SP 800-63B 4.2.3 (AAL2: 12 hours, 30 minutes idle). Source: OWASP Session Management. */
#ifndef ACCESS_SESSION_H
#define ACCESS_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/oauth.h"
#include "base/attr.h"
#include "base/text.h"

enum {
    SESSION_IDLE_S = 1800,
    SESSION_LONGEST_S = OAUTH_ONLINE_S,
    SESSION_ROTATE_S = 900,
    SESSION_GRACE_S = 60,  /* for what is on its way with the token before */
    SESSION_SEEN_S = 60,   /* a use is noted when the last one noted is so long ago */
    SESSIONS_MAX = 16,     /* of one account; a further one ends the one idle longest */
    SESSION_APPS_MAX = 32, /* of one account; a further one ends the oldest */
    SESSION_BROWSER_LEN_MAX = 160,
    SESSION_CSRF_LEN = 43, /* 256 random bits in base64url */
    SESSION_ID_LEN = 22,
};

/* How sure we are whom we have before us; a greater one is surer. */
enum session_strength {
    SESSION_BY_PASSWORD = 1, /* or by a partner who does not tell of more */
    SESSION_BY_SECOND, /* and a one-time or recovery code; or by a partner who tells of two factors */
    SESSION_BY_PASSKEY,
    SESSION_STRENGTHS
};

/* "password", "second-factor", "passkey": of notes, audit and tokens. */
const char *session_strength_word(enum session_strength strength);

struct session {
    struct text
        id; /* random; stays when the token changes. No secret: for lists and their buttons */
    struct text account; /* its id */
    enum session_strength strength;
    int64_t signed_in_s; /* auth_time; when the last factor was shown */
    int64_t began_s;     /* 12 hours from here it ends */
    int64_t seen_s;      /* as noted */
    struct text
        csrf; /* SESSION_CSRF_LEN letters, in each form of this session; new at each sign-in */
    struct text browser; /* User-Agent, cut: for its owner's list */
    struct text address; /* where it began */
    bool wants_use;      /* session_use is due: a use to be noted, or the token to be changed */
};

struct session_app {
    struct text family, client;
    struct text session; /* id of the one it was granted in */
    bool is_offline;     /* lives on when that ends */
    int64_t since_s, due_s;
};

enum session_err {
    SESSION_OK = 0,
    SESSION_NONE,   /* no such token, or over */
    SESSION_FAILED, /* the store, memory or randomness */
};

/* Where somebody signs in from. */
struct session_from {
    struct text browser, address; /* User-Agent and address, as they came; "" where not known */
    struct text before; /* the session token that the browser sent, or "": that session ends */
};

/* Begins a session of the account, and gives its token's TOKEN_LEN letters. */
MUST_USE enum session_err session_begin(struct oauth_turn *turn, struct text account,
                                        enum session_strength strength,
                                        const struct session_from *from, struct session *session,
                                        struct text *token);

/* Whose token it is: at each request. Nothing is written. Whether the account is blocked is the caller's to look up;
 * blocking one ends its sessions. */
MUST_USE enum session_err session_find(struct oauth_turn *turn, struct text token,
                                       struct session *session);

/* The same, noting the use: where session->wants_use said so. `*fresh`: the token that the browser is to have from now
 * on; "": the one it has. */
MUST_USE enum session_err session_use(struct oauth_turn *turn, struct text token,
                                      struct session *session, struct text *fresh);

/* A further factor was shown, or one again: strength, time, CSRF secret and token change; those before are no more. A
 * lower strength than it has stays the higher. */
MUST_USE enum session_err session_raise(struct oauth_turn *turn, struct text token,
                                        enum session_strength strength, struct session *session,
                                        struct text *fresh);

/* Whether a form's field is the session's own; takes as long whatever it is. */
MUST_USE bool session_has_csrf(const struct session *session, struct text sent);

/* Ends one session of the account, by its id, and the tokens of its apps that are not offline ones. SESSION_NONE: it
 * has no such session. */
MUST_USE enum session_err session_end(struct oauth_turn *turn, struct text account, struct text id);

/* Ends all of an account's sessions, but that of id `but` ("": all), and the tokens of all its apps, offline ones too;
 * of a `but`, its own apps stay. `*count`: how many sessions; NULL: of no interest. */
MUST_USE enum session_err session_end_all(struct oauth_turn *turn, struct text account,
                                          struct text but, size_t *count);

/* An app was given a grant (oauth_agree set its family) in this session: so that it ends with it. */
MUST_USE enum session_err session_add_app(struct oauth_turn *turn, const struct session *session,
                                          const struct oauth_grant *grant, bool is_offline);

/* Ends the tokens of one app. SESSION_NONE: the account has no such family. */
MUST_USE enum session_err session_end_app(struct oauth_turn *turn, struct text account,
                                          struct text family);

/* What goes on under an account, the newest first. */
struct session_book {
    struct session sessions[SESSIONS_MAX]; /* csrf is "" */
    size_t session_count;
    struct session_app apps[SESSION_APPS_MAX];
    size_t app_count;
};
MUST_USE enum session_err session_list(struct oauth_turn *turn, struct text account,
                                       struct session_book *book);

#endif

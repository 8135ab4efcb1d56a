/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in to a running centre: passwords are hashed on a thread of their own, codes are counted, sessions begin, and
 * all of it is told to the audit.
 *
 * A page's handler fills an order, hands it in and returns HTTP_LATER; the order's outcome is there when the exchange's
 * `finish` is called on its worker's thread. One hash runs at a time, at low priority (login_queue.h), so that logins
 * take a part of one core however many come; browsers and addresses that are known to the account are served before
 * strangers. lockout.h says who has to wait: guessing at an account from elsewhere does not slow its owner down. What
 * failed at one server counts at the others (lockouts.h).
 *
 *     static enum http_turn answer_sign_in(struct centre *centre, struct http_exchange *exchange)
 *     {
 *         struct login_order *order = arena_take_zeroed(exchange->arena, 1, sizeof *order);
 *         ...
 *         order->kind = LOGIN_PASSWORD;
 *         order->http = exchange;
 *         order->name = form_value(&form, "name"); ...
 *         exchange->own = order;
 *         exchange->finish = finish; // looks at order->outcome, and calls logins_forget
 *         return logins_ask(centre->logins, order);
 *     }
 *
 * logins_ask, logins_forget, logins_tell: any worker's thread. Others: main thread. */
#ifndef CENTRE_LOGINS_H
#define CENTRE_LOGINS_H

#include <stdbool.h>
#include <stdint.h>

#include "access/lockout.h"
#include "access/password.h"
#include "access/sign_in.h"
#include "base/attr.h"
#include "http/server.h"
#include "store/store.h"

struct centre;
struct logins;

/* The hashing thread, which also removes sessions, tokens and links past their time. NULL: no thread, memory or
 * randomness. The centre's store, and its journal where it has one, stay until logins_stop. */
MUST_USE struct logins *logins_start(struct centre *centre);

/* Answers what waits (LOGIN_BUSY) and ends the thread; before http_server_stop, whose exchanges it answers. What comes
 * later is busy, too, until the server is stopped. */
void logins_stop(struct logins *logins);
void logins_free(struct logins *logins); /* after http_server_stop. Harmless on NULL, both */

enum login_kind {
    LOGIN_PASSWORD, /* name, password: begins a session */
    LOGIN_CODE,     /* session, code: a one-time or recovery code; the session goes on, stronger */
    LOGIN_AGAIN, /* session, password: shown again, so that the session is fresh (sign_in_is_fresh) */
    LOGIN_INVITE, /* invite, fresh: sets the password, ends all sessions, begins one */
    LOGIN_CHANGE, /* session, password, fresh: changes the password, ends all other sessions */
};

enum login_outcome {
    LOGIN_DONE = 0, /* `arrival` and `account` are set: set the cookies */
    LOGIN_WRONG, /* name, password or code: 401 or the page again; which of them is nobody's business */
    LOGIN_MUST_WAIT,   /* wait_s: 429 with Retry-After */
    LOGIN_BUSY,        /* 503 with Retry-After: wait_s */
    LOGIN_NO_SESSION,  /* of LOGIN_CODE, _AGAIN and _CHANGE: sign in anew */
    LOGIN_NO_INVITE,   /* used, replaced or over */
    LOGIN_NO_PASSWORD, /* `password_err` says why the new one may not be */
    LOGIN_FAILED,      /* ours: 500 */
};

struct login_order {
    /* The handler's: texts in the exchange's arena, or "". */
    enum login_kind kind;
    struct http_exchange *http;
    struct text name, password, code, invite, fresh;
    struct text session, device; /* the cookies' tokens, as they came */
    struct text browser;         /* User-Agent */
    struct text address;         /* of the client */

    /* What came of it; texts are in the order's arena, until logins_forget. */
    enum login_outcome outcome;
    int64_t wait_s;
    enum password_err password_err;
    struct account account;
    struct sign_in_arrival arrival;

    /* logins.c's own. */
    struct logins *logins;
    struct arena arena;
    struct store_job job;
    struct lockout_attempt attempt;
    struct text record; /* what the password is held against; "": nothing */
    char made
        [PASSWORD_RECORD_LEN_MAX]; /* the record of a new password, or of the same at today's cost; "": none */
    enum sign_in_event event;
};

/* Hands an order in, which stays where it is. HTTP_LATER; or HTTP_NOW: the outcome is there already, `finish` will
 * not be called, and the handler calls it itself. */
MUST_USE enum http_turn logins_ask(struct logins *logins, struct login_order *order);

/* Gives back what the order took, and wipes its secrets. Once, of every order that was handed in. */
void logins_forget(struct login_order *order);

/* Tells the audit of what was done elsewhere: a passkey, a sign-out, a changed second factor. As sign_in_record;
 * nothing where the centre keeps no journal. */
void logins_tell(struct centre *centre, enum sign_in_event event, const struct account *account,
                 const struct account *by, struct text address);

/* Whether a one-time code, of somebody who sets one up, may be looked at now; counts the failure where `is_wrong`. For
 * codes that are checked elsewhere. `*wait_s`: until then. */
MUST_USE bool logins_may_try(struct logins *logins, const struct account *account,
                             struct text address, int64_t *wait_s);
void logins_tried(struct logins *logins, const struct account *account, struct text address,
                  bool is_wrong);

#endif

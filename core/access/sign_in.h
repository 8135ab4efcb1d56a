/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody must show to be signed in, and what they may do on the way there.
 *
 * A password, then a one-time or recovery code where the account has a second factor; a passkey alone suffices. Whoever
 * is more than a patient must have a second factor or a passkey: a password alone lets them set one up and nothing
 * else. A session (session.h) begins with the first factor; sign_in_next says, at each request, what it lacks.
 *
 * Also here: a browser that somebody has signed in with before has a device token, by which lockout.h tells it from
 * strangers'; it lets nobody in. And an address that they were signed in from is known for a while, for lockout.h.
 *
 * Pure but for the turn's store and random bytes. Functions that take an account and change it leave putting it to the
 * caller, in the same transaction. Source: NIST SP 800-63B (AAL2), OWASP ASVS 5.0 6.3. */
#ifndef ACCESS_SIGN_IN_H
#define ACCESS_SIGN_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/account.h"
#include "access/audit.h"
#include "access/session.h"
#include "base/attr.h"
#include "base/text.h"

enum {
    SIGN_IN_FRESH_S =
        600, /* how long ago one may have signed in to change what one signs in with */
    SIGN_IN_DEVICE_S = 180 * 86400,
    SIGN_IN_PLACE_S = 90 * 86400,
};

enum sign_in_next {
    SIGN_IN_DONE,   /* all is open to them */
    SIGN_IN_SECOND, /* a one-time or recovery code, or a passkey, is to be shown: nothing else is */
    SIGN_IN_SET_UP, /* a second factor or passkey is to be set up: nothing else may be done */
    SIGN_IN_BLOCKED, /* nothing; the session is to be ended */
};

/* What a session of this strength lacks. */
enum sign_in_next sign_in_next(const struct account *account, enum session_strength strength);

/* Whether the account is to have a second factor or a passkey: all but those who are patients alone. */
bool sign_in_needs_second(const struct account *account);

/* Whether it has what it is to have: ask it of a changed account before it is put, so that nobody takes away the last
 * second factor that they must have. */
bool sign_in_is_enough(const struct account *account);

/* Whether what one signs in with may be changed by this session, or a factor is to be shown again first. */
bool sign_in_is_fresh(const struct session *session, int64_t now_ms);

/* --- second factors --------------------------------------------------------------------------------- */

enum sign_in_code { SIGN_IN_WRONG, SIGN_IN_BY_TOTP, SIGN_IN_BY_RECOVERY };

/* Uses a code up. Attempts are counted by the caller (programs: logins.h), since six digits are guessed soon. */
MUST_USE enum sign_in_code sign_in_use_code(struct account *account, struct text code,
                                            int64_t now_ms);

/* A new secret to be shown to the owner's app (totp_write_uri of account->totp_offer). It does not count before a code
 * of it was typed. False: no randomness. */
MUST_USE bool sign_in_offer_totp(struct oauth_turn *turn, struct account *account);

/* The code shows that the app has the offered secret: it takes the place of the one before. False: wrong, or none was
 * offered; nothing changes. */
MUST_USE bool sign_in_take_totp(struct account *account, struct text code, int64_t now_ms);

/* Ten new recovery codes, to be shown once; those before are no more. False: no randomness. */
MUST_USE bool sign_in_make_recovery(struct oauth_turn *turn, struct account *account,
                                    char codes[static RECOVERY_CODES][RECOVERY_LEN]);

/* --- arriving --------------------------------------------------------------------------------------- */

struct sign_in_arrival {
    struct session session;
    struct text token; /* of the session, for its cookie */
    struct text
        device; /* a new device token, for its cookie; "": keep the one it has, or none yet */
    enum sign_in_next next;
};

/* A factor was shown: begins a session, and where nothing more is to be shown makes the place a known one, and the
 * browser, unless `device` (its cookie's token, or "") is this account's already. One transaction. SESSION_NONE: the
 * account is blocked. */
MUST_USE enum session_err sign_in_arrive(struct oauth_turn *turn, const struct account *account,
                                         enum session_strength strength,
                                         const struct session_from *from, struct text device,
                                         struct sign_in_arrival *arrival);

/* Another factor was shown in a session that goes on (session_raise); else likewise. `token` is its cookie's. */
MUST_USE enum session_err sign_in_raise(struct oauth_turn *turn, const struct account *account,
                                        enum session_strength strength, struct text token,
                                        struct text device, struct sign_in_arrival *arrival);

/* Accepts a one-time link: uses it up, finds its account, forgets what that signed in with where the link says so, and
 * ends all that goes on under it. The caller then sets a password or passkey, puts the account and has it arrive.
 * SESSION_NONE: no such link any more, or the account is blocked or gone. One transaction. */
MUST_USE enum session_err sign_in_accept(struct oauth_turn *turn, struct text invite,
                                         struct account *account);

/* Whether a cookie's token makes this browser a known one of the account; a store that fails says no. `key` is then
 * what lockout.h counts by, in the turn's arena. */
MUST_USE bool sign_in_knows(struct oauth_turn *turn, struct text device, struct text account,
                            struct text *key);

/* Whether all was shown for this account from the address's source (lockout.h) of late; a store that fails says no. */
MUST_USE bool sign_in_knows_place(struct oauth_turn *turn, struct text address,
                                  struct text account);

/* --- audit ------------------------------------------------------------------------------------------ */

/* What is told of signing in and of accounts; the reason's word is in docs/audit.md. */
enum sign_in_event {
    SIGN_IN_EVENT_PASSWORD, /* login: the right password; a second factor may be lacking still */
    SIGN_IN_EVENT_TOTP,
    SIGN_IN_EVENT_RECOVERY,
    SIGN_IN_EVENT_PASSKEY,
    SIGN_IN_EVENT_PARTNER,
    SIGN_IN_EVENT_INVITE,
    SIGN_IN_EVENT_WRONG_PASSWORD, /* login, refused: from here ... */
    SIGN_IN_EVENT_WRONG_CODE,
    SIGN_IN_EVENT_WRONG_PASSKEY,
    SIGN_IN_EVENT_WRONG_PARTNER,
    SIGN_IN_EVENT_NO_ACCOUNT,
    SIGN_IN_EVENT_NO_INVITE,
    SIGN_IN_EVENT_BLOCKED,
    SIGN_IN_EVENT_MUST_WAIT, /* ... to here */
    SIGN_IN_EVENT_OUT,       /* logout: by the person */
    SIGN_IN_EVENT_ENDED, /* logout: sessions or apps were ended from another one, or by a verb */
    SIGN_IN_EVENT_NEW_PASSWORD, /* credentials: from here ... */
    SIGN_IN_EVENT_NEW_TOTP,
    SIGN_IN_EVENT_NO_TOTP,
    SIGN_IN_EVENT_NEW_RECOVERY,
    SIGN_IN_EVENT_NEW_PASSKEY,
    SIGN_IN_EVENT_NO_PASSKEY,
    SIGN_IN_EVENT_NEW_PARTNER,
    SIGN_IN_EVENT_NO_PARTNER,
    SIGN_IN_EVENT_NEW_APP, /* an app was let in: client and patient are the caller's to add */
    SIGN_IN_EVENT_INVITED,
    SIGN_IN_EVENT_ACCOUNT_MADE,
    SIGN_IN_EVENT_ACCOUNT_REMOVED,
    SIGN_IN_EVENT_ACCOUNT_BLOCKED,
    SIGN_IN_EVENT_ACCOUNT_UNBLOCKED, /* ... to here */
    SIGN_IN_EVENT_ROLES,             /* roles: they, or who the person is in the record, changed */
    SIGN_IN_EVENTS
};

/* The record of an event: of which account (NULL: there is none; what was typed is not kept, since it may be a password
 * in the wrong field), done by whom where that is another (NULL: themselves; `by->id` "": the folder's owner).
 * `address` as it came. All texts but constants, and the list of patients, are the accounts' or in the arena. */
void sign_in_record(struct audit_record *record, enum sign_in_event event,
                    const struct account *account, const struct account *by, struct text address,
                    int64_t now_ms, struct arena *arena);

#endif

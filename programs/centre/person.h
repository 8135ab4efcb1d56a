/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts as the folder's owner changes them: one change, in one transaction, and told to the audit. Main thread. */
#ifndef CENTRE_PERSON_H
#define CENTRE_PERSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "access/account.h"
#include "access/sign_in.h"
#include "base/arena.h"
#include "base/attr.h"
#include "centre/vault.h"
#include "options.h"

enum { PERSON_EVENTS_MAX = 2 };

/* A change on its way. `change` fills account, token and events. */
struct person {
    enum account_err (*change)(struct oauth_turn *turn, struct person *person);
    const void *wanted; /* the change's own */
    const char *url;    /* of the record; NULL: as it is kept (site_url.h) */
    struct account account;
    struct text token; /* of a one-time link, or "" */
    enum sign_in_event events[PERSON_EVENTS_MAX];
    size_t event_count;

    struct arena arena; /* of what the above points to; the rest is person.c's */
    int64_t now_ms;
    enum account_err err;
};

/* Carries the change out, tells it to the audit, and prints the account and its link, if it has one, as one line.
 * Returns what the verb returns; it has said why not. */
MUST_USE int person_change(struct person *person, struct vault *vault,
                           const struct options_usage *usage);

/* A change: makes a link for person->account, good for `seconds`. */
MUST_USE enum account_err person_invite(struct oauth_turn *turn, struct person *person,
                                        bool is_anew, int64_t seconds);

/* Notes that this happened. */
void person_tell(struct person *person, enum sign_in_event event);

/* Prints "account=ID login=NAME roles=... user=..." of an account, without a line's end. */
void person_print(FILE *out, const struct account *account, struct arena *arena);

#endif

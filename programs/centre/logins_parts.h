/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A login and the store, for logins.c alone: whom an order is about, and what it changes. */
#ifndef CENTRE_LOGINS_PARTS_H
#define CENTRE_LOGINS_PARTS_H

#include "centre/lockouts.h"
#include "centre/logins.h"

/* One-time codes are counted by themselves, not with passwords. `id`: the account's. */
struct text login_code_name(struct text id, struct arena *arena);

/* Sets account, attempt and record of an order that was handed in. LOGIN_DONE: go on. An account that there is none of
 * is no fault of a LOGIN_PASSWORD: its answer takes as long as any. Any worker's thread. */
MUST_USE enum login_outcome login_look_up(struct store *store, struct lockouts *lockouts,
                                          struct login_order *order);

/* A job of the store, its context the order: what the order asks for, its password having been checked. Sets the
 * outcome. */
MUST_USE enum store_err login_keep(struct store_write *write, void *context);

#endif

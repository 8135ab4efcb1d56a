/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The authorization server's notes (access/oauth.h) in the record's store: clients, codes, tokens, families. Notes past
 * their time are none. One owner; `store.context` points to the struct itself, which stays where it is. */
#ifndef CENTRE_GRANTS_H
#define CENTRE_GRANTS_H

#include <stdint.h>

#include "access/oauth.h"
#include "base/attr.h"
#include "store/store.h"

struct grants {
    struct oauth_store store;
    struct store_view *view;
    struct store_write *write; /* NULL: only read */
    int64_t now_ms;
};

void grants_read(struct grants *grants, struct store_view *view, int64_t now_ms);

/* Within a job of the store. */
void grants_write(struct grants *grants, struct store_write *write, int64_t now_ms);

/* Removes notes past their time, an area after the other, each in a job of its own. False: the store did not. Not a
 * thread that others wait for. */
MUST_USE bool grants_sweep(struct store *store, int64_t now_ms);

#endif

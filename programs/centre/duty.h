/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the servers before one database does what only one may do: a note of the store that says who, with a
 * number that each new owner raises (a fencing token).
 *
 * The owner renews it every second. Whoever else sees it unchanged for DUTY_LOST_NS takes it. Clocks of two machines
 * are never compared: each counts on its own, the owner from before it renewed, and it stops well before anybody may
 * take it. An owner that was held up and does not know yet that it is none any more changes nothing either: its jobs
 * ask duty_hold, within the store's turn.
 *
 * One thread's. Times are CLOCK_MONOTONIC. */
#ifndef CENTRE_DUTY_H
#define CENTRE_DUTY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "store/store.h"

#define DUTY_RENEW_NS UINT64_C(1000000000)
#define DUTY_TRUST_NS UINT64_C(4000000000) /* after that its owner does nothing more */
#define DUTY_LOST_NS                                                                               \
    UINT64_C(                                                                                      \
        6000000000) /* after that another takes it. All ours: a pause of a busy machine is less */

enum { DUTY_ID_LEN = 16 };

struct duty {
    struct store *store;
    const char *name; /* a constant word */
    struct arena arena;
    uint8_t id[DUTY_ID_LEN]; /* of this process, random */
    bool is_ours;
    uint64_t number;   /* ours */
    uint64_t until_ns; /* it is ours */
    uint64_t due_ns;   /* to renew it, or to look again */

    bool has_seen; /* somebody else's: */
    uint64_t seen_number, seen_beat, seen_ns;
};

/* False: no random bytes. Asks nothing of the store yet. */
MUST_USE bool duty_init(struct duty *duty, struct store *store, const char *name);
void duty_free(struct duty *duty);

/* Renews it, takes it or looks who has it, if it is time to; may wait for the store. Whether it is ours. */
MUST_USE bool duty_turn(struct duty *duty, uint64_t now_ns);

/* Whether it still is. */
bool duty_is_ours(const struct duty *duty, uint64_t now_ns);

/* First thing in a job of its owner. STORE_ERR_REFUSED: another has it by now. */
MUST_USE enum store_err duty_hold(struct store_write *write, const struct duty *duty);

/* Lets another take it at once. */
void duty_give(struct duty *duty);

#endif

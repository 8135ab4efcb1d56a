/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Remembers what may be used once, until it would have expired anyway: jti of assertions, one-time codes.
 *
 * Fixed memory, the caller's. Where there is no room the answer is no: only who signed rightly gets so far, and a
 * replay let through would be worse. One owner; nothing here locks. Several servers share one by the store. */
#ifndef ACCESS_REPLAY_H
#define ACCESS_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

struct replay_entry {
    uint8_t hash[16]; /* of who and what */
    int64_t until_s;  /* 0: free */
};

enum { REPLAY_ENTRIES_MIN = 64, REPLAY_PROBES = 32 };

struct replay {
    struct replay_entry *entries; /* zeroed by replay_init */
    size_t count;                 /* a power of two */
};

void replay_init(struct replay *replay, struct replay_entry *entries, size_t count);

/* True, once, for each `what` of `who`; then false until `until_s`. False, too, where there is no room. Seconds since
 * 1970 UTC. */
MUST_USE bool replay_first(struct replay *replay, struct text who, struct text what,
                           int64_t until_s, int64_t now_s);

#endif

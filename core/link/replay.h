/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The replay window of one line: which packet numbers have been opened before.
 *
 * After RFC 4303 3.4.3 and RFC 6479: a bitmap of the last REPLAY_PACKETS numbers; anything older is
 * refused, since it cannot be told from a replay. Ask before opening, mark after. Pure. */
#ifndef LINK_REPLAY_H
#define LINK_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

/* At 5,000 datagrams a second this reaches back 0.4 s: more than lines reorder. */
enum { REPLAY_PACKETS = 2048 };

struct replay {
    bool any;
    uint64_t highest; /* marked so far */
    uint64_t bits[REPLAY_PACKETS / 64];
};

/* True when `packet` is neither marked nor too old to tell. */
bool replay_is_new(const struct replay *replay, uint64_t packet);

/* Marks an authentic packet for which replay_is_new held. */
void replay_mark(struct replay *replay, uint64_t packet);

#endif

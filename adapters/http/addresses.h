/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much one address asks for: its connections now, and its requests a second.
 *
 * A fixed table: an address that finds no place in it, because thousands of others are busy, is not limited by
 * itself; the limit on all connections is left. IPv6 counts by the /64 that a household or a host gets. This machine's
 * own addresses have no limits: a proxy in front of us has its own.
 * Any thread: one lock, held for a look-up. */
#ifndef HTTP_ADDRESSES_H
#define HTTP_ADDRESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "net/address.h"

struct addresses;

/* NULL: no memory. `connections_max` of one address; `rate` requests a second of one, with bursts of 4 s, 0: any. */
MUST_USE struct addresses *addresses_new(unsigned connections_max, unsigned rate);
void addresses_free(struct addresses *addresses); /* harmless on NULL */

bool addresses_is_own(const struct net_address *address);

/* A connection begins; false: too many. Each that began ends. */
MUST_USE bool addresses_begin(struct addresses *addresses, const struct net_address *address,
                              uint64_t now_ns);
void addresses_end(struct addresses *addresses, const struct net_address *address);

/* A request comes at `now_ns`; false: too many. */
MUST_USE bool addresses_ask(struct addresses *addresses, const struct net_address *address,
                            uint64_t now_ns);

#endif

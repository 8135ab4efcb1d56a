/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cart's own files share (cart.c, cart_orders.c); for nobody else. As station/cart.h. */
#ifndef STATION_CART_INSIDE_H
#define STATION_CART_INSIDE_H

#include "station/cart.h"

/* Whether somebody is there and is the bedside. */
bool cart_is_bedside(const struct cart_station *cart, const struct cart_member *member);

/* What follows from a lease that may have changed. */
void cart_heed_lease(struct cart_station *cart, uint64_t now_ns);

/* `member` orders something. CART_NOTHING: it waits until its age is known. */
struct cart_news cart_order(struct cart_station *cart, struct cart_member *member,
                            const struct order_message *message, uint64_t now_ns);

/* Something that has the weight of the order `by` came about: what waits against it is overtaken. */
void cart_overtake(struct cart_station *cart, enum order by);

/* Why the hands of who leads are frozen, while the arm rests for that: as their pulse says, and kept until it follows
 * again. Whether that is news. */
bool cart_note_frozen(struct cart_station *cart, uint64_t now_ns);

#endif

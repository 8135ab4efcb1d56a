/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders of one peer that let something begin and came before the clock between the ends was measured: nobody can
 * say yet how old they are (hazard H-20). They are kept, in their order, until that is known, and are
 * weighed then, or refused when it does not come to be known in time.
 *
 * What ends something does not wait, and overtakes what waits: it is never carried out after it.
 *
 * Pure: no clock, heap or thread; one owner. Times are the link's, of the end that keeps them. */
#ifndef STATION_ORDER_WAITS_H
#define STATION_ORDER_WAITS_H

#include "station/order.h"

/* Ours: what a person can press in ORDER_YOUNG_NS; what comes beyond that is refused at once. */
enum { ORDER_WAITS_MAX = 4 };

struct order_waits { /* all zero: none */
    struct order_wait {
        struct order_message message;
        uint64_t came_ns;
        bool is_overtaken; /* by an order to end it */
    } kept[ORDER_WAITS_MAX];
    size_t count;
};

/* Keeps `message`, which came at `now_ns`. False: there are as many as there may be. */
MUST_USE bool order_waits_keep(struct order_waits *waits, const struct order_message *message,
                               uint64_t now_ns);

/* The order `by`, which does not wait, has come from this peer or another. One that stops the robot overtakes
 * all that wait but a request, which moves nothing; one that says otherwise of the lease the grants. */
void order_waits_overtake(struct order_waits *waits, enum order by);

/* This peer wants the lease no more: its requests are overtaken. */
void order_waits_withdraw(struct order_waits *waits);

/* Takes out the one that came first if it waits no longer: it is overtaken, `is_measured` the clock, or it has
 * waited for more than ORDER_YOUNG_NS. False: none, and nothing written. */
MUST_USE bool order_waits_take(struct order_waits *waits, bool is_measured, uint64_t now_ns,
                               struct order_wait *taken);

#endif

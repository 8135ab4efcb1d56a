/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders to a running `jisr console` or `jisr bedside`, a line each on standard input (orders.h):
 *
 *     reclutch                            lifts the foot of recorded hands and puts it down again
 *     line add ADDR:PORT[,from=ADDRESS]   opens a line to the cart
 *     line pull N                         closes one; N counts from 1, as on the page
 *     talk on, talk off                   presses talk, lets it go
 *     take, release, refuse               asks for the lease; lets it go; says no to who asks
 *     give NAME                           gives it to that site
 *     stop, mark                          a safe stop; this moment is to be found again
 *     enable, disable, reset, undock, dock, halt   at the bedside only: docs/supervisor.md
 *     estop on, estop off                 at the bedside only: the emergency stop's button
 *     quit
 *
 * Only the very words are obeyed: `reclutch` lets the arm move (hazard H-03, docs/hazards.md). */
#ifndef CONSOLE_ORDERS_H
#define CONSOLE_ORDERS_H

#include "orders.h"
#include "station/order.h"

enum console_order_kind {
    CONSOLE_ORDER_NONE, /* a blank line */
    CONSOLE_ORDER_WRONG,
    CONSOLE_ORDER_RECLUTCH,
    CONSOLE_ORDER_LINE_ADD,
    CONSOLE_ORDER_LINE_PULL,
    CONSOLE_ORDER_TALK,
    CONSOLE_ORDER_CART,  /* `cart`, to be passed on */
    CONSOLE_ORDER_GIVE,  /* the lease to the site called `name` */
    CONSOLE_ORDER_ESTOP, /* `estop` */
    CONSOLE_ORDER_QUIT
};

struct console_order {
    enum console_order_kind kind;
    const char *line;                /* LINE_ADD: in the order's text */
    unsigned index;                  /* LINE_PULL: from 0 */
    bool talk;                       /* TALK */
    enum order cart;                 /* CART */
    const char *name;                /* GIVE: in the order's text */
    bool estop;                      /* ESTOP: the button is down */
    char wrong[ORDERS_ANSWER_BYTES]; /* WRONG: what is, in words */
};

/* Reads an order as orders_read gives it, and spoils its text. */
void console_order_read(struct console_order *order, char *text);

#endif

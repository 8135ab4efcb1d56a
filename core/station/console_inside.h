/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the console's own files share (console.c, console_estop.c, console_order.c); for nobody else. As
 * station/console.h. */
#ifndef STATION_CONSOLE_INSIDE_H
#define STATION_CONSOLE_INSIDE_H

#include "station/console.h"

/* A pulse has left: one that said "down" brings the button nearer to coming up, where it was let go. */
void console_estop_told(struct console_station *console);

/* The cart has said which press of ours it heard last: without the last one's, a button that was let go stays down. */
void console_estop_heard(struct console_station *console, uint8_t press);

/* Looks which orders the cart's end of the link has acknowledged. */
void console_orders_heard(struct console_station *console);

/* The session that they went by is over: those that were not acknowledged have come to nothing. */
void console_orders_end(struct console_station *console, uint64_t now_ns);

/* A new session, in which the cart has heard of none yet. */
void console_estop_meets(struct console_station *console, uint64_t now_ns);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders to a running `jisr weather`, a line each on standard input, answered on standard output:
 *
 *     cut LINE [up|down]        loses everything handed in from now on
 *     restore LINE [up|down]
 *     set LINE WEATHER          other weather from now on (weather/settings.h)
 *     stats                     a line of counts for each way of each line
 *
 * LINE counts from 1 in the order given. Each is answered with `ok` or `error WHAT WAS WRONG`. The end of the
 * input ends the program. */
#ifndef WEATHER_CONTROL_H
#define WEATHER_CONTROL_H

#include <stdbool.h>

#include "net/relay.h"
#include "orders.h"

/* Reads `fd`, which has something to read, and obeys each whole line; false at its end. */
MUST_USE bool weather_control_read(struct orders *orders, struct relay *relay, int fd);

/* Prints `line=1 way=up sent=... bytes=... forwarded=...` for each way of each line. */
void weather_control_stats(const struct relay *relay);

#endif

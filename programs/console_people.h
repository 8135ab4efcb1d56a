/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is at the cart and has the lease, in the log of a console or a bedside panel; and what people there
 * order it, or a trial in their place. */
#ifndef CONSOLE_PEOPLE_H
#define CONSOLE_PEOPLE_H

#include "station.h"
#include "station/console.h"

/* "lease owner="Shanghai" number=3 ours=yes asking="Osaka"", as the cart last said; nothing before that. */
void lease_log(const struct console_station *console);

/* The name of a seat, "nobody" for LEASE_NOBODY. */
const char *lease_seat_name(const struct roster *roster, uint8_t seat);

/* `owner=Shanghai lease=3 ours=yes asking=nobody supervisor=disabled clears=bedside:enable reaction=hold recorded=no `:
 * `clears` says who ends the state, and how. Blanks of names as underscores; `owner=-` and so on before the cart has
 * said. While the cart is not heard, `silent_ms=2140 ` before them, and `supervisor=- clears=- reaction=- recorded=- `:
 * what it said last is not how things are, and owner and lease are as it said them last; `unanswered=stop,request `:
 * orders that it is not known to have received. At the bedside `estop=up `, `down `, or `unheard `, before them; before
 * all, `state_refused=2 standing_refused=3 about_refused=1 `, each if it was ever so: what the cart said that made no
 * sense here. */
void people_put(const struct console_station *console, struct status *status, uint64_t now_ns);

/* Orders the cart, and logs that; `name` is whom ORDER_GRANT means, else NULL. NULL, or why it could not. */
const char *people_order(struct console_station *console, enum order order, const char *name,
                         uint64_t now_ns);

/* The button of the bedside's emergency stop. NULL, or why not: it is no bedside. */
const char *people_estop(struct console_station *console, bool is_down, uint64_t now_ns);

/* What was told in the log of a button that is down and that the cart has not heard: zero at the start. */
struct people_estop {
    bool is_unheard, ends;
    uint64_t pressed_ns;
};

/* Each turn: warns once of each press, and of each that was let go, that the cart does not hear (H-12), and says when
 * it has heard. */
void people_watch_estop(struct people_estop *told, const struct console_station *console,
                        uint64_t now_ns);

/* Each turn: warns of an order that the cart is not known to have received in time, and says when it has, or that its
 * session has ended before (H-12). `told`: by order, whether that was warned of; false at the start. */
void people_watch_orders(bool told[static ORDERS], const struct console_station *console,
                         uint64_t now_ns);

/* Logs why the cart's arm holds, or that it follows. */
void people_hold(enum hold_cause hold);

/* Logs that an order of ours came to nothing at the cart, `refusal`; and what helps, where there is no bedside to give
 * it. */
void people_refused(const struct console_station *console);

/* Warns that the cart and this end are of different versions, so that lease or state is not known here (H-17). */
void people_warn_version(void);

/* The person's part in `--enable auto`, once in the program's life: zero at its start. */
struct people_enable {
    uint64_t next_ns; /* not before that: the cart may refuse it for a moment */
    bool is_done;     /* the arm was enabled, or the emergency stop down: the rest is people's */
};

/* Orders ENABLE when the cart hears this panel. */
void people_enable_once(struct people_enable *enable, struct console_station *console,
                        uint64_t now_ns);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has the lease, in a line of the log of a console or a bedside panel. */
#ifndef LEASE_LOG_H
#define LEASE_LOG_H

#include "station/console.h"

/* "lease owner="Shanghai" number=3 ours=yes asking="Osaka"", as the cart last said; nothing before that. */
void lease_log(const struct console_station *console);

/* The name of a seat, "nobody" for LEASE_NOBODY. */
const char *lease_seat_name(const struct roster *roster, uint8_t seat);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lease_log.h"

#include "log/log.h"

const char *lease_seat_name(const struct roster *roster, uint8_t seat)
{
    if (seat >= LEASE_SEATS)
        return "nobody";
    return roster->seats[seat].is_known ? roster->seats[seat].name : "not yet known";
}

void lease_log(const struct console_station *console)
{
    const struct standing *standing = &console->standing;
    if (!console->has_standing)
        return;
    log_event(LOG_INFO, "lease", "owner=\"%s\" number=%u ours=%s asking=\"%s\"",
              lease_seat_name(&console->roster, standing->owner), standing->lease,
              console_station_has_lease(console) ? "yes" : "no",
              lease_seat_name(&console->roster, standing->asking));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cart_log.h"

#include <stdio.h>

#include "log/log.h"

/* Which parts of the robot it was, where that is why: ` parts=left,camera`. */
static void put_parts(unsigned parts, char text[static 32])
{
    size_t len = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < STANDING_PARTS; i++)
        if (parts & 1U << i)
            len +=
                (size_t)snprintf(text + len, 32 - len, "%s%s",
                                 len ? "," : " parts=", standing_part_word((enum standing_part)i));
}

/* Of a trial: what the bedside ends nobody there can end. */
static const char *alone_hint(const struct cart_station *operation)
{
    enum clearing clearing = supervisor_clears(&operation->follow.supervisor);
    bool is_bedsides = clearing == CLEARING_RESET || clearing == CLEARING_BUTTON ||
                       clearing == CLEARING_DOCKED || clearing == CLEARING_DOCK;
    return operation->is_alone && is_bedsides ? " hint=\"of --bedside none: start a panel, `jisr "
                                                "bedside`, to reset and enable; or "
                                                "start the cart again\""
                                              : "";
}

void cart_log_hold(const struct cart_station *operation)
{
    const struct follow *follow = &operation->follow;
    enum hold_cause hold = follow->supervisor.cause;
    bool is_fault = hold > HOLD_RELEASED && hold != HOLD_DISABLED;
    char parts[32];
    put_parts(hold == HOLD_TRACKING ? operation->astray : 0, parts);
    log_event(is_fault ? LOG_WARN : LOG_INFO, hold == HOLD_NONE ? "follows" : "holds",
              "cause=\"%s\" clutch=%u%s%s", hold_code_text(hold_code(hold, operation->frozen_by)),
              follow->clutch_id, parts, alone_hint(operation));
}

void cart_log_barred(const struct cart_station *operation, const struct fixture **last)
{
    const struct fixture *fixture = follow_barring(&operation->follow);
    if (fixture && fixture != *last)
        log_event(LOG_INFO, "barred", "state=%s fixture=\"%s\"",
                  supervisor_state_word(operation->follow.supervisor.state), fixture->name);
    if (fixture)
        *last = fixture;
}

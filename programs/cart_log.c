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

void cart_log_hold(const struct cart_station *operation)
{
    const struct follow *follow = &operation->follow;
    enum hold_cause hold = follow->supervisor.cause;
    bool is_fault = hold > HOLD_RELEASED && hold != HOLD_DISABLED;
    char parts[32];
    put_parts(hold == HOLD_TRACKING ? operation->astray : 0, parts);
    log_event(is_fault ? LOG_WARN : LOG_INFO, hold == HOLD_NONE ? "follows" : "holds",
              "cause=\"%s\" clutch=%u%s", hold_cause_text(hold), follow->clutch_id, parts);
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What subscribers are sent: one request at a time each, again where it fails, until it fails too often. */
#ifndef CENTRE_DELIVER_H
#define CENTRE_DELIVER_H

#include "base/arena.h"
#include "centre/duty.h"
#include "centre/subscribers.h"
#include "hooks/hooks.h"

struct centre;

struct deliver {
    struct centre *centre;
    const struct duty *duty; /* without it nothing begins; NULL: there is no other server */
    struct hooks *hooks;
    uint32_t time_ms;
    unsigned tries;
    struct arena arena; /* of one request, or one change of status */
};

/* Begins what is due, takes notice of what has ended, and waits `wait_ms` at most in between. Whose events are done
 * then has is_state_new. What is in subscribers' states was written. */
void deliver_turn(struct deliver *deliver, struct subscribers *subscribers, int wait_ms);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How things stand at the cart, told to everybody fifty times a second: who has the lease, what the
 * supervisor says and why, what keeps a tip or the camera from where the hands are, where the camera is. State, not
 * news: what is lost is healed by the next.
 *
 * Wire form, big-endian, 40 bytes: version u8 | frozen_by u3, flags u5 | state u4 | reaction u4 | cause u8 |
 * heard_press u8 | owner u8 | asking u8 | yours u8 | lease u32 | parts u8 | failing u24 | here u8 | arm_limits u8[2] |
 * camera_limits u8 | scale f32 | camera_jp f32[4]. `parts`: `astray` in the upper three bits, below them 0 or
 * `fixture` + 1. It is kept short: fifty of them a second go to each who is there, over the poorest line, too.
 * Pure values: no memory kept, any thread. */
#ifndef STATION_STANDING_H
#define STATION_STANDING_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/err.h"
#include "motion/follow.h"
#include "supervisor/lease.h"
#include "supervisor/supervisor.h"

enum {
    STANDING_BYTES = 40,
    STANDING_CAMERA_AXES = 4,
    STANDING_ARMS = 2,
    STANDING_NO_FIXTURE = 255
};

/* Of the robot, as a set 1 << part. */
enum standing_part { STANDING_LEFT, STANDING_RIGHT, STANDING_CAMERA, STANDING_PARTS };

/* "left", "camera". */
const char *standing_part_word(enum standing_part part);

enum standing_flag {
    STANDING_OWNER_SILENT = 0x01, /* the lease's owner was not heard for LEASE_SILENT_NS */
    STANDING_ESTOP = 0x02,        /* the emergency stop is down */
    STANDING_ALONE = 0x04,        /* the cart asks for no bedside: a trial */
    STANDING_BLIND = 0x08,        /* the cart's camera is frozen, silent or has ended */
    STANDING_RECORDS = 0x10       /* the cart records the operation */
};

struct standing {
    uint8_t flags; /* of enum standing_flag */
    enum supervisor_state state;
    enum hold_cause cause;
    enum frozen_by
        frozen_by; /* of HOLD_FROZEN, as the console of who leads says; else FROZEN_BY_UNKNOWN */
    enum reaction reaction;
    uint8_t owner, asking, yours; /* seats of the lease, or LEASE_NOBODY; `yours`: the receiver's */
    uint8_t here;                 /* set of the seats that are connected, 1 << seat */
    uint8_t
        arm_limits[STANDING_ARMS]; /* sets of enum follow_limit, while the arms follow or dock */
    uint8_t camera_limits;         /* while the hands lead: struct camera_drive's `limited` */
    uint32_t lease;                /* its number */
    uint32_t failing;              /* gates */
    double scale;                  /* tip metres for each hand metre */
    uint8_t
        astray; /* set of the parts that are not where they were sent: those that stopped the robot, while the
                       cause is HOLD_TRACKING; else those that slow it */
    uint8_t
        fixture; /* which bars the first part that one does (station/fixture_names.h); STANDING_NO_FIXTURE */
    double camera_jp[STANDING_CAMERA_AXES]; /* yaw, pitch (rad), insertion (m), roll (rad) */
    uint8_t
        heard_press; /* of the receiver's emergency stop, in this session: struct pulse's `press`; 0: none */
};

/* Which part that is; STANDING_PARTS: none. */
static inline enum standing_part standing_barred(const struct standing *standing)
{
    for (unsigned i = 0; i < STANDING_ARMS; i++)
        if (standing->arm_limits[i] & FOLLOW_LIMIT_FIXTURE)
            return (enum standing_part)i;
    return standing->camera_limits & CAMERA_BARRED_FIXTURE ? STANDING_CAMERA : STANDING_PARTS;
}

/* Who ends the state, and how: what the cart's supervisor would say, and for frozen hands by why they are. */
static inline enum clearing standing_clears(const struct standing *standing)
{
    if (standing->cause == HOLD_FROZEN && standing->frozen_by == FROZEN_BY_PICTURE)
        return CLEARING_PICTURE;
    return supervisor_clears(
        &(struct supervisor){.state = standing->state, .cause = standing->cause});
}

/* MOTION_ERR_RESERVED, _STATE or _NOT_FINITE. */
MUST_USE enum motion_err standing_check(const struct standing *standing);

/* Writes what standing_check accepts. */
void standing_encode(const struct standing *standing, uint8_t out[static STANDING_BYTES]);

/* Reads the `len` bytes at `in`; `*standing` is set only on MOTION_OK. MOTION_ERR_LENGTH, _VERSION, or what
 * standing_check says. */
MUST_USE enum motion_err standing_decode(struct standing *standing, const uint8_t *in, size_t len);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cart reports back, up to a thousand times a second: the last gesture that moved the
 * arm, where the arm is, and whether and why it holds.
 *
 * Words after CRTK (collaborative-robotics, crtk_msgs OperatingState 5fa848c). The console matches
 * `applied_sampled_ns`, its own clock's reading, to know the true delay.
 *
 * Wire form, big-endian, 40 bytes and 56 for each arm: version u8 | flags u8 | arm_count u8 |
 * operating_state u8 | hold_cause u8 | zero u8[3] | applied_sequence u32 | clutch_id u32 |
 * applied_sampled_ns u64 | late u32 | duplicate u32 | refused u32 | holds u32, then for each arm
 * measured_jp f32[7] | measured_cp position f32[3], orientation w x y z f32[4].
 * Pure values: no memory kept, any thread. */
#ifndef MOTION_ARM_STATE_H
#define MOTION_ARM_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "motion/instrument.h"
#include "supervisor/cause.h"

enum {
    ARM_STATE_ARMS_MAX = 2,
    ARM_STATE_HEAD_BYTES = 40,
    ARM_STATE_ARM_BYTES = 56,
    ARM_STATE_BYTES_MAX = ARM_STATE_HEAD_BYTES + ARM_STATE_ARMS_MAX * ARM_STATE_ARM_BYTES /* 152 */
};

enum operating_state { /* CRTK's, in its order */
                       OPERATING_DISABLED,
                       OPERATING_ENABLED, /* follows, or would at the next clutch-in */
                       OPERATING_PAUSED,  /* holds: an alarm to be cleared by a fresh clutch-in */
                       OPERATING_FAULT,
                       OPERATING_STATES
};

struct arm_report {
    double measured_jp[INSTRUMENT_AXES]; /* rad; insertion m */
    struct pose measured_cp;             /* of the tip, in the frame of the remote centre */
};

struct arm_state {
    enum operating_state operating_state;
    enum hold_cause hold_cause;  /* HOLD_NONE while it follows */
    uint32_t applied_sequence;   /* last gesture that moved the arm, with has_applied */
    uint32_t clutch_id;          /* newest seen */
    uint64_t applied_sampled_ns; /* that gesture's sampling time on the console's clock */
    uint32_t late, duplicate, refused, holds; /* counts since start; wrap */
    uint8_t has_applied;                      /* 1 once a gesture was applied in this session */
    uint8_t arm_count;                        /* 1 or 2 */
    struct arm_report arms[ARM_STATE_ARMS_MAX];
};

/* MOTION_ERR_STATE, _COUNT, _NOT_FINITE or _NOT_UNIT. */
MUST_USE enum motion_err arm_state_check(const struct arm_state *state);

/* Bytes that a report of `arm_count` arms takes: 96 or 152. */
size_t arm_state_bytes(unsigned arm_count);

/* Writes a state that arm_state_check accepts to `out`; returns the bytes written. */
size_t arm_state_encode(const struct arm_state *state, uint8_t out[static ARM_STATE_BYTES_MAX]);

/* Reads the report in the `len` bytes at `in`; `*state` is set only on MOTION_OK.
 * MOTION_ERR_LENGTH, _VERSION, _RESERVED, or what arm_state_check says. */
MUST_USE enum motion_err arm_state_decode(struct arm_state *state, const uint8_t *in, size_t len);

#endif

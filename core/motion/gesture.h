/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A gesture: one sample of what the surgeon's hands ask, and its bytes.
 *
 * Poses are ABSOLUTE since clutch-in, so a lost gesture heals with the next one: position is how
 * far the hand has moved since the pedal went down (the instruments' or the camera's), orientation the turn since then
 * (hand now = orientation * hand at clutch-in), both in the surgeon's fixed frame and before scaling. Sequence
 * number and sampling time travel in the link's own header (docs/protocol.md), not here.
 *
 * Wire form, big-endian: version u8 | flags u8 | hand_count u8 | lease u8 | clutch_id u32, then
 * for each hand: position x y z | orientation w x y z | jaw, eight f32.
 * Pure values: no memory kept, any thread. */
#ifndef MOTION_GESTURE_H
#define MOTION_GESTURE_H

#include <stddef.h>
#include <stdint.h>

#include "motion/pose.h"

enum {
    GESTURE_HANDS_MAX = 2, /* 0 is the left hand, 1 the right; a lone hand is 0 */
    GESTURE_HEAD_BYTES = 8,
    GESTURE_HAND_BYTES = 32,
    GESTURE_BYTES_MAX = GESTURE_HEAD_BYTES + GESTURE_HANDS_MAX * GESTURE_HAND_BYTES /* 72 */
};

enum gesture_flag {
    GESTURE_ENGAGED = 0x01, /* the foot is on the pedal: the instruments are to follow */
    GESTURE_FROZEN = 0x02,  /* the console holds the hands (old picture); never with ENGAGED */
    GESTURE_UNASKED = 0x04, /* the pedal is up and no person lifted it: it may go on with what was
                               under way, and ends no hold (hazard H-03); never with ENGAGED */
    GESTURE_ABSENT = 0x08,  /* nobody is at the hands (motion/engage.h); never with ENGAGED */
    GESTURE_CAMERA = 0x10,  /* the foot is on the camera's pedal: the camera is to follow and the
                               instruments rest; poses are since that went down; no other beside it
                               but the locks */
    GESTURE_LOCK_TURN =
        0x20, /* the instruments are to keep how they are turned (motion/hand_map.h) */
    GESTURE_LOCK_PLACE = 0x40 /* and where they are */
};

enum { GESTURE_LOCKS = GESTURE_LOCK_TURN | GESTURE_LOCK_PLACE };

/* No hand goes further than this from where it clutched in: a console's whole reach. */
#define GESTURE_REACH_M 0.5

/* Jaw angles of the da Vinci instrument, -40 to 80 degrees (research, B.3). */
#define GESTURE_JAW_LEAST_RAD (-0.6981317007977318)
#define GESTURE_JAW_MOST_RAD 1.3962634015954636

struct hand {
    struct pose pose; /* since clutch-in */
    double jaw_rad;   /* absolute: 0 is closed, positive open */
};

struct gesture {
    uint32_t clutch_id; /* one more at each clutch-in; wraps; kept while the pedal is up */
    uint8_t flags;      /* of enum gesture_flag */
    uint8_t hand_count; /* 1 or 2 */
    uint8_t lease; /* low byte of the lease's number as the sender knows it (supervisor/lease.h): a
                           gesture is refused for its age long before 256 leases have passed */
    struct hand hands[GESTURE_HANDS_MAX];
};

/* Whether every value has a meaning: MOTION_ERR_RESERVED, _STATE (engaged or camera, and another at once),
 * _COUNT, _NOT_FINITE, _NOT_UNIT, _TOO_FAR (beyond GESTURE_REACH_M) or _JAW. Judges the values as
 * the wire will carry them, rounded to f32. */
MUST_USE enum motion_err gesture_check(const struct gesture *gesture);

/* Bytes that a gesture of `hand_count` hands takes: 40 or 72. */
size_t gesture_bytes(unsigned hand_count);

/* Writes a gesture that gesture_check accepts to `out`; returns the bytes written. */
size_t gesture_encode(const struct gesture *gesture, uint8_t out[static GESTURE_BYTES_MAX]);

/* Reads the gesture in the `len` bytes at `in`; `*gesture` is set only on MOTION_OK and passes
 * gesture_check. MOTION_ERR_LENGTH, _VERSION, or what gesture_check says. */
MUST_USE enum motion_err gesture_decode(struct gesture *gesture, const uint8_t *in, size_t len);

/* Whether clutch or sequence number `a` is newer than `b`, numbers that wrap (RFC 1982, 3.2). */
static inline int motion_is_newer(uint32_t a, uint32_t b)
{
    return a != b && a - b < UINT32_C(1) << 31;
}

#endif

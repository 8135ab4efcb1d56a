/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pulse: what a console or a bedside panel says of itself, fifty times a second.
 *
 * All of it is state, not news: a pulse that is lost is healed by the next. The newest picture shown is told
 * by the CART's own clock, so the cart knows without any measurement between clocks how old the picture is
 * that the hands act on (hazard H-08).
 *
 * The emergency stop is over when a pulse without it comes after one with it in the same session: a panel that is
 * started again says "out" without anybody's hand (H-12). Each press has a number, which the cart says back.
 *
 * Wire form, big-endian, 24 bytes: version u8 | flags u8 | press u8 | frozen_by u8 | lease u32 | scale f32 |
 * delay_ms f32 | seen_captured_ns u64. Pure values: no memory kept, any thread. */
#ifndef STATION_PULSE_H
#define STATION_PULSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/err.h"
#include "supervisor/cause.h"

enum { PULSE_BYTES = 24 };

enum pulse_flag {
    PULSE_SEES =
        0x01, /* `seen_captured_ns` is of an undamaged picture that a window in sight has presented;
                            without a window, that was decoded */
    PULSE_ESTOP = 0x02,  /* the emergency stop at this end is down; counts from the bedside only */
    PULSE_TALKS = 0x04,  /* its microphone is open */
    PULSE_WATCHES = 0x08 /* does not want the lease: a proctor, a student */
};

/* Tip metres for each hand metre. */
#define PULSE_SCALE_LEAST 0.01
#define PULSE_SCALE_MOST 1.0

struct pulse {
    uint8_t flags;             /* of enum pulse_flag */
    uint8_t press;             /* of the emergency stop here: the last one's number; 0: none yet */
    enum frozen_by frozen_by;  /* why the hands here are frozen; FROZEN_BY_UNKNOWN: they are not */
    uint32_t lease;            /* its number, as known here */
    double scale;              /* that its surgeon wants; 0: as the cart has it */
    double delay_ms;           /* from hand to eye, at its worst of late; below 0: not measured */
    uint64_t seen_captured_ns; /* capture of the newest picture shown, by the cart's clock */
};

/* MOTION_ERR_RESERVED, _NOT_FINITE, or _STATE: a scale or a reason outside its range. Judges the values as the wire
 * will carry them. */
MUST_USE enum motion_err pulse_check(const struct pulse *pulse);

/* Writes a pulse that pulse_check accepts. */
void pulse_encode(const struct pulse *pulse, uint8_t out[static PULSE_BYTES]);

/* Reads the pulse in the `len` bytes at `in`; `*pulse` is set only on MOTION_OK. MOTION_ERR_LENGTH,
 * _VERSION, or what pulse_check says. */
MUST_USE enum motion_err pulse_decode(struct pulse *pulse, const uint8_t *in, size_t len);

#endif

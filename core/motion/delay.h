/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the delay from hand to eye is made of, each part measured where it happens:
 *
 *     gesture sampled -- forth --> received -- robot --> captured -- encode --> sent -- back --> received
 *     -- decode --> shown
 *
 * The cart knows `forth` and `robot` for the gesture that each picture shows first, and how long a picture
 * took to be sent; it says so before the picture (motion/picture_head.h), and the console takes it off
 * the picture's age for `back`. What lost pictures cost is in the whole delay only.
 *
 * Pure; one owner per struct. */
#ifndef MOTION_DELAY_H
#define MOTION_DELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/spread.h"
#include "motion/picture_head.h"

enum { DELAY_GESTURES_KEPT = 4096 }; /* 4 s at 1 kHz: longer than a picture waits to be sent */

struct delay_cart {
    struct {
        uint32_t sequence;
        bool is_known;
        int64_t forth_ns;
        uint64_t received_ns;
    } gestures[DELAY_GESTURES_KEPT]; /* gesture n at n % DELAY_GESTURES_KEPT */
    bool has_shown;
    uint32_t shown; /* the gesture that the picture before showed, with has_shown */
    struct spread forth, robot, encode;
};

/* A new session: gestures are numbered anew. Spreads go on. */
void delay_cart_session(struct delay_cart *delay);

/* Gesture `sequence` came at `received_ns`, `forth_ns` old, and moves the arm. */
void delay_cart_gesture(struct delay_cart *delay, uint32_t sequence, int64_t forth_ns,
                        uint64_t received_ns);

/* A picture leaves at `sent_ns`; `gesture` was the last that had moved the arm when it was captured.
 * Returns what to say before it. */
struct picture_head delay_cart_picture(struct delay_cart *delay, uint32_t gesture,
                                       uint64_t captured_ns, uint64_t sent_ns);

struct delay_console {
    struct spread back, decode;
};

/* A picture was shown, `decode_ns` after it was here and `age_ns` after it was captured, NULL when that
 * is not measured. */
void delay_console_picture(struct delay_console *delay, const struct picture_head *head,
                           const int64_t *age_ns, uint64_t decode_ns);

#endif

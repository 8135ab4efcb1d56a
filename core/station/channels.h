/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two ends of an operation say to one another, and over which of the link's channels:
 *     samples 0   gestures (motion/gesture.h), console to cart, each one matters
 *     samples 1   arm state (motion/arm_state.h), cart to console, the newest matters
 *     samples 2   to the cart: a pulse (station/pulse.h); from it: how things stand (station/standing.h)
 *     samples 3   from the cart: what presses on the instruments (motion/tip_force.h)
 *     frames 0    pictures (motion/picture_head.h, then H.264 Annex B), cart to console; tag: the last
 *                 gesture that had moved the arm
 *     frames 1    voice (voice/packet.h), both ways, 20 ms in each; tag: who speaks, as the packet says
 *     messages    STATION_RECOVER u8 | captured_ns u64: console to cart: pictures have been damaged
 *                 since the one captured then, by the cart's clock
 *                 STATION_ORDER, to the cart, STATION_ANSWER and STATION_ROSTER, from it: station/order.h
 *                 STATION_STROKE and STATION_WIPE, to the cart, which hands them on to the others:
 *                 station/strokes.h
 *                 STATION_ABOUT, from the cart: station/about.h
 *                 STATION_FIXTURES, from a cart that has some: station/fixture_names.h
 *
 * Source: docs/protocol.md "An operation's channels". Pure: no memory kept, any thread. */
#ifndef STATION_CHANNELS_H
#define STATION_CHANNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/link.h"

enum { STATION_GESTURES = 0, STATION_STATE = 1, STATION_PULSE = 2, STATION_FORCE = 3 };
enum { STATION_PICTURES = 0, STATION_VOICE = 1 };
enum {
    STATION_RECOVER = 1,
    STATION_ORDER = 2,
    STATION_ROSTER = 3,
    STATION_STROKE = 4,
    STATION_ABOUT = 5,
    STATION_WIPE = 6,
    STATION_ANSWER = 7,
    STATION_FIXTURES = 8,
    STATION_RECOVER_BYTES = 9
};

#define STATION_PULSE_NS UINT64_C(20000000) /* of pulses, and of how things stand */
#define STATION_TICK_NS UINT64_C(1000000)   /* of gestures and of the arm's state */

/* Sets what an operation asks of its link: who may be the peer, how many sessions at once, and the
 * channels. `picture_ns`: time between two pictures; a console learns it from the pictures' heads. */
void channels_set(struct link_settings *link, bool is_cart, uint64_t picture_ns);

void channels_recover_encode(uint64_t captured_ns, uint8_t out[static STATION_RECOVER_BYTES]);

/* False, and nothing written: another message, or none that we know. */
MUST_USE bool channels_recover_decode(uint64_t *captured_ns, const uint8_t *in, size_t len);

#endif

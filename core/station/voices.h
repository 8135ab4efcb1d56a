/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who hears whom. An end says 20 ms of voice to every peer it operates with; a cart hands on, besides,
 * what one peer says to the others, told apart by speaker: 0 is the cart, 1 to LINK_PEERS_MAX its peers by
 * the place they took when they joined. What a peer claims to be is overwritten (hazard H-62).
 *
 * Nothing is mixed on the way: each end plays who it hears, through a jitter buffer for each.
 *
 *     voices_join(&voices, peer)               we operate with this peer now
 *     voices_event(&voices, &event, &heard)    for each event of the link
 *     voices_say(&voices, bytes, ...)          what the microphone here gave
 *
 * Pure, as the link is that it sends through: no clock, heap or thread; one owner. */
#ifndef STATION_VOICES_H
#define STATION_VOICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/link.h"
#include "voice/packet.h"

struct voices {
    bool relays;                             /* a cart */
    struct link_peer *peers[LINK_PEERS_MAX]; /* place i is speaker i + 1 at a cart; NULL: free */
    uint64_t sent, relayed, refused;         /* packets; to each peer counts as one */
};

struct voices_heard {
    struct voice_packet packet; /* its bytes are the event's */
    bool measured;              /* whether the next is known */
    uint64_t captured_ns;       /* when it was at the microphone, by our clock; best estimate */
};

void voices_init(struct voices *voices, bool is_cart);

/* Nothing happens when it is there already. */
void voices_join(struct voices *voices, struct link_peer *peer);

/* Takes note of who leaves, hands on what is to be handed on. True: `*heard` is to be played here. */
MUST_USE bool voices_event(struct voices *voices, const struct link_event *event, uint64_t now_ns,
                           struct voices_heard *heard);

/* Sends a packet of our own, `bytes` as voice_packet_encode wrote it, to all. */
void voices_say(struct voices *voices, const uint8_t *bytes, size_t len, uint64_t captured_ns,
                uint64_t now_ns);

#endif

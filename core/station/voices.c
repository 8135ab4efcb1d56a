/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/voices.h"

#include <assert.h>

#include "station/channels.h"

static_assert(VOICE_SPEAKERS_MAX == LINK_PEERS_MAX + 1,
              "each peer of a cart has a number, and it has 0");

void voices_init(struct voices *voices, bool is_cart)
{
    *voices = (struct voices){.relays = is_cart};
}

static size_t place_of(const struct voices *voices, const struct link_peer *peer)
{
    size_t place = 0;
    while (place < LINK_PEERS_MAX && voices->peers[place] != peer)
        place++;
    return place;
}

void voices_join(struct voices *voices, struct link_peer *peer)
{
    if (place_of(voices, peer) < LINK_PEERS_MAX)
        return;
    size_t place = place_of(voices, NULL);
    assert(place <
           LINK_PEERS_MAX); /* the link has no more sessions, and each leaves by its event */
    voices->peers[place] = peer;
}

static void send_all(struct voices *voices, const struct link_frame *frame, size_t but,
                     uint64_t *count, uint64_t now_ns)
{
    for (size_t i = 0; i < LINK_PEERS_MAX; i++)
        if (voices->peers[i] && i != but &&
            link_send_frame(voices->peers[i], STATION_VOICE, frame, now_ns) == LINK_OK)
            ++*count;
}

static void hand_on(struct voices *voices, size_t from, const struct voices_heard *heard,
                    uint64_t now_ns)
{
    uint8_t bytes[VOICE_PACKET_BYTES_MAX];
    const struct link_frame frame = {.bytes = bytes,
                                     .len = voice_packet_encode(&heard->packet, bytes),
                                     .captured_ns = heard->captured_ns,
                                     .tag = heard->packet.speaker};
    send_all(voices, &frame, from, &voices->relayed, now_ns);
}

bool voices_event(struct voices *voices, const struct link_event *event, uint64_t now_ns,
                  struct voices_heard *heard)
{
    size_t from = place_of(voices, event->peer);
    if (from == LINK_PEERS_MAX)
        return false;
    if (event->kind == LINK_EVENT_CLOSED)
        voices->peers[from] = NULL;
    if (event->kind != LINK_EVENT_FRAME || event->channel != STATION_VOICE ||
        event->frame_state == LINK_FRAME_LOST)
        return false;
    *heard =
        (struct voices_heard){.measured = event->age.measured, .captured_ns = event->received_ns};
    if (event->age.measured && event->age.ns > 0)
        heard->captured_ns -= (uint64_t)event->age.ns;
    if (!voice_packet_decode(&heard->packet, event->bytes, event->len)) {
        voices->refused++;
        return false;
    }
    if (voices->relays) {
        heard->packet.speaker = (uint8_t)(from + 1);
        hand_on(voices, from, heard, now_ns);
    }
    return true;
}

void voices_say(struct voices *voices, const uint8_t *bytes, size_t len, uint64_t captured_ns,
                uint64_t now_ns)
{
    const struct link_frame frame = {.bytes = bytes, .len = len, .captured_ns = captured_ns};
    send_all(voices, &frame, LINK_PEERS_MAX, &voices->sent, now_ns);
}

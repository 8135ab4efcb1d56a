/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/places.h"

#include <string.h>

#include "link/door.h"
#include "link/peer.h"

struct link_peer *places_find(const struct places *places, uint64_t connection)
{
    for (size_t i = 0; i < places->count; i++)
        if (places->peers[i].state != PEER_FREE && places->peers[i].connection == connection)
            return &places->peers[i];
    return NULL;
}

struct link_peer *places_free(const struct places *places, size_t most)
{
    struct link_peer *found = NULL;
    size_t taken = 0;
    for (size_t i = places->count; i-- > 0;) {
        if (places->peers[i].state == PEER_FREE)
            found = &places->peers[i];
        else
            taken++;
    }
    return taken < most ? found : NULL;
}

bool places_are_busy(const struct places *places)
{
    for (size_t i = 0; i < places->count; i++)
        if (places->peers[i].state == PEER_UP)
            return true;
    return false;
}

/* `peer` is up, as another than `other` that the same site dialled. */
static bool is_former(const struct link_peer *peer, const struct link_peer *other)
{
    return peer != other && peer->state == PEER_UP && !peer->dials &&
           !memcmp(peer->site.fingerprint, other->site.fingerprint, LINK_FINGERPRINT_BYTES);
}

bool places_are_taken(const struct places *places, const struct link_peer *peer)
{
    size_t taken = 0;
    for (size_t i = 0; i < places->count; i++) {
        const struct link_peer *other = &places->peers[i];
        taken += other != peer && other->state == PEER_UP && !is_former(other, peer);
    }
    return taken >= places->sessions;
}

bool places_have_site(const struct places *places, const struct link_peer *peer, uint64_t now_ns)
{
    for (size_t i = 0; i < places->count; i++)
        if (is_former(&places->peers[i], peer) &&
            now_ns - places->peers[i].heard_ns <= LINK_ALIVE_NS)
            return true;
    return false;
}

void places_supersede(struct places *places, const struct link_peer *by, uint64_t now_ns)
{
    for (size_t i = 0; i < places->count; i++)
        if (is_former(&places->peers[i], by))
            peer_end(&places->peers[i], LINK_REASON_SUPERSEDED, false, now_ns);
}

struct link_peer *places_giving_way(const struct places *places, bool to_regular, uint64_t now_ns)
{
    struct link_peer *oldest = NULL;
    for (size_t i = 0; i < places->count; i++) {
        struct link_peer *peer = &places->peers[i];
        uint64_t give_up_ns = peer->handshake.give_up_ns;
        if ((peer->state != PEER_SHAKING && peer->state != PEER_PROVING) || peer->dials ||
            (!door_has_waited(give_up_ns, now_ns) && (peer->regular || !to_regular)))
            continue;
        if (!oldest || give_up_ns < oldest->handshake.give_up_ns)
            oldest = peer;
    }
    return oldest;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cart tells everybody who is there: station/cart.h. */
#include <string.h>

#include "station/cart_inside.h"
#include "station/channels.h"

#define WATCHER_STATE_NS UINT64_C(10000000) /* who only watches is told of the arm so often */

static enum frozen_by owner_says(const struct cart_station *cart)
{
    for (size_t i = 0; i < LINK_PEERS_MAX; i++) {
        const struct cart_member *member = &cart->members[i];
        if (member->peer && member->has_pulse && member->seat == cart->lease.owner)
            return member->pulse.frozen_by;
    }
    return FROZEN_BY_UNKNOWN;
}

bool cart_note_frozen(struct cart_station *cart, uint64_t now_ns)
{
    enum frozen_by before = cart->frozen_by, said = owner_says(cart);
    if (cart->follow.supervisor.cause != HOLD_FROZEN)
        cart->frozen_by = FROZEN_BY_UNKNOWN;
    else if (said)
        cart->frozen_by = said;
    if (!cart->frozen_by || cart->frozen_by == before)
        return false;
    unsigned code = hold_code(HOLD_FROZEN, cart->frozen_by);
    hold_log_rename(&cart->follow.holds, HOLD_FROZEN, code);
    hold_log_begin(&cart->follow.holds, code, now_ns);
    return true;
}

static void tell_standing(struct cart_station *cart, uint64_t now_ns)
{
    uint8_t bytes[STANDING_BYTES];
    struct standing standing = {
        .state = cart->follow.supervisor.state,
        .cause = cart->follow.supervisor.cause,
        .frozen_by = cart->frozen_by,
        .reaction = cart->follow.reaction,
        .owner = cart->lease.owner,
        .asking = cart->lease.asking,
        .lease = cart->lease.number,
        .failing = cart->follow.gates.failing,
        .scale = cart->follow.scale,
    };
    standing.flags =
        (uint8_t)((lease_owner_is_silent(&cart->lease, now_ns) ? STANDING_OWNER_SILENT : 0) |
                  (cart->follow.supervisor.estop ? STANDING_ESTOP : 0) |
                  (cart->is_alone ? STANDING_ALONE : 0) | (cart->is_blind ? STANDING_BLIND : 0) |
                  (cart->records ? STANDING_RECORDS : 0));
    memcpy(standing.arm_limits, cart->follow.limits, sizeof standing.arm_limits);
    standing.camera_limits = (uint8_t)cart->follow.camera.limited;
    standing.astray = cart->astray;
    const struct fixture *fixture = follow_barring(&cart->follow);
    standing.fixture = fixture ? (uint8_t)(fixture - cart->follow.guard.fixtures.at)
                               : (uint8_t)STANDING_NO_FIXTURE;
    for (unsigned i = 0; i < LEASE_SEATS; i++)
        standing.here |= (uint8_t)(cart->lease.seats[i].here ? 1U << i : 0);
    memcpy(standing.camera_jp, cart->camera_jp, sizeof standing.camera_jp);
    for (size_t i = 0; i < LINK_PEERS_MAX; i++) {
        struct cart_member *member = &cart->members[i];
        if (!member->peer)
            continue;
        standing.yours = member->seat;
        standing.heard_press = member->heard_press;
        standing_encode(&standing, bytes);
        enum link_err err = link_send_sample(member->peer, STATION_PULSE, bytes, sizeof bytes,
                                             now_ns, now_ns, NULL);
        (void)err; /* it ended this instant: its event follows */
    }
}

/* The same bytes to everybody who is there, but for `but`. */
static void tell_all(const struct cart_station *cart, unsigned channel, const uint8_t *bytes,
                     size_t len, const struct link_peer *but, uint64_t now_ns)
{
    for (size_t i = 0; i < LINK_PEERS_MAX; i++) {
        struct link_peer *peer = cart->members[i].peer;
        if (!peer || peer == but)
            continue;
        enum link_err err = link_send_sample(peer, channel, bytes, len, now_ns, now_ns, NULL);
        (void)err; /* it ended this instant: its event follows */
    }
}

/* At once when something begins to press, then as motion/tip_force.h says. */
static void tell_force(struct cart_station *cart, uint64_t now_ns)
{
    uint8_t bytes[TIP_FORCE_BYTES_MAX];
    bool presses = cart->force.arm_count && tip_force_most_n(&cart->force) >= TIP_FORCE_PRESSES_N;
    bool is_due = now_ns >= cart->force_ns || (presses && !cart->pressed);
    cart->pressed = presses;
    if (!is_due || !cart->force.arm_count)
        return;
    cart->force_ns = now_ns + (presses ? TIP_FORCE_FAST_NS : TIP_FORCE_SLOW_NS);
    tell_all(cart, STATION_FORCE, bytes, tip_force_encode(&cart->force, bytes), NULL, now_ns);
}

size_t cart_station_tell(struct cart_station *cart, const struct arm_report *measured,
                         uint64_t now_ns, uint8_t out[static ARM_STATE_BYTES_MAX],
                         uint32_t *sequence)
{
    struct arm_state state;
    follow_report(&cart->follow, &state);
    memcpy(state.arms, measured, state.arm_count * sizeof *measured);
    size_t len = arm_state_encode(&state, out);
    if (now_ns >= cart->tell_ns) {
        cart->tell_ns = now_ns + STATION_PULSE_NS;
        tell_standing(cart, now_ns);
    }
    if (now_ns >= cart->watchers_ns) {
        cart->watchers_ns = now_ns + WATCHER_STATE_NS;
        tell_all(cart, STATION_STATE, out, len, cart->peer, now_ns);
    }
    tell_force(cart, now_ns);
    if (!cart->peer)
        return 0;
    enum link_err err =
        link_send_sample(cart->peer, STATION_STATE, out, len, now_ns, now_ns, sequence);
    return err == LINK_OK ? len : 0; /* else the session ended this instant: its event follows */
}

size_t cart_station_viewers(const struct cart_station *cart,
                            struct link_peer *viewers[static LINK_PEERS_MAX])
{
    size_t count = 0;
    if (cart->peer)
        viewers[count++] = cart->peer;
    for (size_t i = 0; i < LINK_PEERS_MAX; i++)
        if (cart->members[i].peer && cart->members[i].peer != cart->peer)
            viewers[count++] = cart->members[i].peer;
    return count;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link around its peers: who a datagram is for, strangers at the door, events on their way out. */
#include "link/link.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "link/door.h"
#include "link/peer.h"
#include "link/places.h"
#include "link/wire.h"

#define NS_PER_S UINT64_C(1000000000)

/* How long a frame is waited for: so long that the repairs of the next ones outlast the bursts of a line
 * at 5 % in bursts of four (docs/benchmarks.md), and less than most would need to be asked for again. */
enum { BUDGET_INTERVALS = 4 };
#define BUDGET_LEAST_NS UINT64_C(100000000)

/* A datagram holds fewer than this many samples, and events are drained after each. */
enum { EVENTS_KEPT = 512 };

/* What is still under way when a session ends is no stranger's: two for each place remember it. */
enum { ENDED_KEPT = 2 * (LINK_PEERS_MAX + 1) };

struct link {
    struct link_settings settings;
    uint64_t wall_ns; /* when `settings.wall_s` was read */
    uint64_t now_ns;  /* of the last call that brought the time */
    struct door door;
    struct link_stranger_stats strangers;
    struct link_event events[EVENTS_KEPT];
    size_t event_first, event_count;
    size_t turn;                /* the peer that link_transmit asks first */
    uint64_t ended[ENDED_KEPT]; /* numbers of the sessions that ended last; 0: none */
    size_t ended_next;
    struct places places;
};

#define TEXT_OF(number) #number
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *link_version(void)
{
    return VERSION_TEXT(LINK_VERSION_MAJOR, LINK_VERSION_MINOR, LINK_VERSION_PATCH);
}

const char *link_err_text(enum link_err err)
{
    switch (err) {
    case LINK_OK:
        return "good";
    case LINK_ERR_LENGTH:
        return "empty, or longer than allowed";
    case LINK_ERR_CHANNEL:
        return "no such channel in the settings";
    case LINK_ERR_STATE:
        return "the peer is not up";
    case LINK_ERR_FULL:
        return "the queue is full";
    case LINK_ERR_LINES:
        return "no line left, or no such line";
    case LINK_ERR_PEERS:
        return "every peer's place is taken";
    }
    return "unknown";
}

const struct link_settings *link_settings_of(const struct link *link)
{
    return &link->settings;
}

struct places *link_places(struct link *link)
{
    return &link->places;
}

struct link_stranger_stats *link_strangers(struct link *link)
{
    return &link->strangers;
}

int64_t link_wall_s(const struct link *link, uint64_t now_ns)
{
    return link->settings.wall_s + (int64_t)((now_ns - link->wall_ns) / NS_PER_S);
}

void link_random(struct link *link, uint8_t *out, size_t len)
{
    if (link->settings.random) {
        link->settings.random(link->settings.random_context, out, len);
        return;
    }
    int made = RAND_bytes(out, (int)len);
    assert(made == 1); /* without it nobody could be told from an impostor */
    (void)made;
}

uint64_t link_budget_ns(uint64_t interval_ns)
{
    uint64_t usual_ns = BUDGET_INTERVALS * interval_ns;
    return usual_ns < BUDGET_LEAST_NS ? BUDGET_LEAST_NS : usual_ns;
}

static void set_budgets(struct link_frame_channel channels[LINK_FRAME_CHANNELS_MAX])
{
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++)
        if (channels[i].interval_ns && !channels[i].budget_ns)
            channels[i].budget_ns = link_budget_ns(channels[i].interval_ns);
}

static void set_standards(struct link_settings *settings)
{
    set_budgets(settings->frames_sent);
    set_budgets(settings->frames_received);
    if (!settings->renew_keys_ns)
        settings->renew_keys_ns = 600 * NS_PER_S;
    if (!settings->silence_ns)
        settings->silence_ns = 30 * NS_PER_S;
}

/* What makes no sense in the settings; NULL: nothing. */
static const char *fault_of(const struct link_settings *settings)
{
    if (!settings->identity)
        return "settings: no identity";
    if (settings->peers < 1 || settings->peers > LINK_PEERS_MAX)
        return "settings: peers is 0 or above LINK_PEERS_MAX";
    if (!settings->peer_kinds)
        return "settings: peer_kinds allows nobody";
    if (settings->peer_name && strlen(settings->peer_name) >= LINK_NAME_BYTES)
        return "settings: peer_name is longer than a site's name";
    return NULL;
}

struct link *link_create(const struct link_settings *settings, uint64_t now_ns,
                         char reason[LINK_REASON_BYTES])
{
    struct link *link = NULL;
    const char *fault = fault_of(settings);
    if (fault)
        goto failed;
    fault = "memory is short";
    link = calloc(1, sizeof *link);
    if (!link)
        goto failed;
    link->settings = *settings;
    set_standards(&link->settings);
    link->wall_ns = link->now_ns = now_ns;
    link->places.sessions = settings->peers;
    link->places.count = settings->peers + (settings->answers ? 1U : 0U);
    link->places.peers = calloc(link->places.count, sizeof *link->places.peers);
    if (!link->places.peers)
        goto failed;
    for (size_t i = 0; i < link->places.count; i++)
        if (!peer_create(&link->places.peers[i], link))
            goto failed;
    uint8_t key[32];
    link_random(link, key, sizeof key);
    if (!door_create(&link->door, key))
        goto failed;
    return link;
failed:
    if (reason)
        snprintf(reason, LINK_REASON_BYTES, "%s", fault);
    link_destroy(link);
    return NULL;
}

void link_destroy(struct link *link)
{
    if (!link)
        return;
    for (size_t i = 0; link->places.peers && i < link->places.count; i++)
        peer_destroy(&link->places.peers[i]);
    door_destroy(&link->door);
    free(link->places.peers);
    free(link);
}

void link_set_wall(struct link *link, int64_t wall_s, uint64_t now_ns)
{
    link->settings.wall_s = wall_s;
    link->wall_ns = now_ns;
}

void link_set_identity(struct link *link, const struct link_identity *identity)
{
    link->settings.identity = identity;
}

size_t link_peer_bytes(const struct link_settings *settings)
{
    size_t bytes = sizeof(struct link_peer);
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++) {
        if (settings->frames_sent[i].interval_ns)
            bytes += sizeof(struct frame_out);
        if (settings->frames_received[i].interval_ns)
            bytes += sizeof(struct frame_rx);
    }
    return bytes;
}

/* The door remembers where a session is. */
static void remember(struct link *link, const struct link_peer *peer)
{
    for (size_t i = 0; i < LINK_LINES_MAX && !peer->dials; i++)
        if (peer->lines[i].used)
            door_remember(&link->door, &peer->lines[i].path);
}

void link_note_end(struct link *link, const struct link_peer *peer)
{
    link->ended[link->ended_next++ % ENDED_KEPT] = peer->connection;
    remember(link, peer);
}

/* A datagram for a session that we do not have: a stranger's, or a late one of a session that ended. */
static void count_unknown(struct link *link, uint64_t connection)
{
    for (size_t i = 0; i < ENDED_KEPT; i++)
        if (link->ended[i] == connection && connection != 0)
            return;
    link->strangers.unknown++;
}

enum link_err link_dial(struct link *link, const struct link_path *paths, size_t count,
                        uint64_t now_ns, struct link_peer **peer)
{
    size_t lines = 0;
    for (size_t i = 0; i < count && i < LINK_LINES_MAX; i++)
        lines += paths[i].address_bytes != LINK_PATH_NONE;
    if (lines < 1 || count > LINK_LINES_MAX)
        return LINK_ERR_LINES;
    struct link_peer *found = places_free(&link->places, link->settings.peers);
    if (!found)
        return LINK_ERR_PEERS;
    peer_dial(found, paths, count, now_ns);
    *peer = found;
    return LINK_OK;
}

/* The peer that a stranger with a good cookie may talk to, or NULL. */
static struct link_peer *admit(struct link *link, const struct link_path *path, uint64_t connection,
                               uint64_t now_ns)
{
    for (size_t i = 0; i < link->places.count; i++)
        if (link->places.peers[i].state == PEER_UP)
            remember(link, &link->places.peers[i]);
    bool busy = places_are_busy(&link->places); /* an operation is under way */
    bool regular = door_is_regular(&link->door, path);
    struct link_peer *peer = places_free(&link->places, link->places.count);
    struct link_peer *former = peer ? NULL : places_giving_way(&link->places, regular, now_ns);
    bool is_next = door_is_turn(&link->door, path, connection, now_ns);
    if (!is_next || (!peer && !former) ||
        !door_admits(&link->door, path, connection, busy, now_ns)) {
        link->strangers.handshakes_turned_away++;
        return NULL;
    }
    if (former) {
        peer_end(former, "took too long", false, now_ns);
        peer_reset(former);
        peer = former;
    }
    link->strangers.handshakes_begun++;
    peer_answer(peer, connection, now_ns);
    peer->regular = regular;
    if (!peer_begin_tls(peer, now_ns))
        return NULL;
    return peer;
}

static void receive_handshake(struct link *link, const struct wire_header *header,
                              const struct link_path *path, const uint8_t *bytes, size_t len,
                              uint64_t now_ns)
{
    struct link_peer *peer = places_find(&link->places, header->connection);
    struct wire_reader chunks = wire_reader(bytes, len);
    const uint8_t *cookie = wire_take(&chunks, WIRE_COOKIE_BYTES);

    if (!cookie) {
        link->strangers.malformed++;
        return;
    }
    if (!(peer && peer->dials)) { /* from a dialler to us */
        if (!link->settings.answers) {
            count_unknown(link, header->connection);
            return;
        }
        if (!door_knows(&link->door, path, header->connection, now_ns, cookie)) {
            link->strangers.cookies_wrong++;
            return;
        }
        if (!peer)
            peer = admit(link, path, header->connection, now_ns);
        if (!peer) {
            door_turn_away(&link->door, path, header);
            return;
        }
        if (peer->state == PEER_SHAKING)
            handshake_prove(&peer->handshake, header->line, path);
    }
    if (peer->state == PEER_UP || (peer->state == PEER_PROVING && !peer->dials))
        return; /* a straggler, or a stranger who read the connection's number: nothing to gain */
    if (!handshake_receive(&peer->handshake, header->line, &chunks, now_ns))
        link->strangers.malformed++;
    peer_follow_tls(peer, now_ns);
}

static void receive_cookie(struct link *link, const struct wire_header *header,
                           const uint8_t *bytes, size_t len, uint64_t now_ns)
{
    struct link_peer *peer = places_find(&link->places, header->connection);
    if (!peer || !peer->dials) {
        count_unknown(link, header->connection);
        return;
    }
    if (peer->state != PEER_SHAKING)
        return; /* a straggler: another line's was faster */
    if (handshake_cookie(&peer->handshake, header->line, bytes, len, now_ns) &&
        !peer_begin_tls(peer, now_ns))
        peer_end(peer, "memory is short", false, now_ns);
}

static void receive_hello(struct link *link, const struct wire_header *header,
                          const struct link_path *path, size_t len, uint64_t now_ns)
{
    link->strangers.hellos++;
    if (!link->settings.answers || len < WIRE_HELLO_BYTES)
        link->strangers.malformed++;
    else
        door_hello(&link->door, path, header, now_ns);
}

void link_receive(struct link *link, const struct link_path *path, uint8_t *bytes, size_t len,
                  uint64_t now_ns)
{
    struct wire_header header;
    link->now_ns = now_ns;
    assert(path->address_bytes <= sizeof path->address);
    if (len > LINK_DATAGRAM_MAX || !wire_header_read(&header, bytes, len)) {
        link->strangers.malformed++;
        return;
    }
    struct link_peer *peer;
    const uint8_t *rest = bytes + WIRE_HEADER_BYTES;
    size_t rest_len = len - WIRE_HEADER_BYTES;
    switch (header.type) {
    case WIRE_SEALED:
        peer = places_find(&link->places, header.connection);
        if (!peer || !peer_can_send(peer))
            count_unknown(link, header.connection);
        else
            peer_receive(peer, &header, path, bytes, len, now_ns);
        return;
    case WIRE_HELLO:
        receive_hello(link, &header, path, len, now_ns);
        return;
    case WIRE_COOKIE:
        receive_cookie(link, &header, rest, rest_len, now_ns);
        return;
    case WIRE_HANDSHAKE:
        receive_handshake(link, &header, path, rest, rest_len, now_ns);
        return;
    case WIRE_BUSY:
        peer = places_find(&link->places, header.connection);
        if (peer && peer->dials && peer->state == PEER_SHAKING) {
            peer->handshake.heard_busy = true;
            peer->handshake.heard_ns = now_ns;
        }
        return;
    }
}

size_t link_transmit(struct link *link, struct link_path *path, uint8_t out[LINK_DATAGRAM_MAX],
                     uint64_t now_ns)
{
    link->now_ns = now_ns;
    for (size_t i = 0; i < link->places.count; i++) {
        struct link_peer *peer = &link->places.peers[(link->turn + i) % link->places.count];
        if (peer->state == PEER_FREE)
            continue;
        peer_tick(peer, now_ns);
        size_t len = peer_transmit(peer, path, out, now_ns);
        if (len) {
            link->turn = (link->turn + i) % link->places.count;
            return len;
        }
    }
    link->turn = 0;
    return door_transmit(&link->door, path, out); /* strangers after friends */
}

uint64_t link_deadline(const struct link *link, uint64_t now_ns)
{
    uint64_t soonest = door_is_waiting(&link->door) ? now_ns : UINT64_MAX;
    for (size_t i = 0; i < link->places.count; i++) {
        uint64_t peer_ns = peer_deadline(&link->places.peers[i], now_ns);
        if (peer_ns < soonest)
            soonest = peer_ns;
    }
    return soonest;
}

uint64_t link_sample_deadline(const struct link *link)
{
    uint64_t soonest = UINT64_MAX;
    for (size_t i = 0; i < link->places.count; i++) {
        uint64_t peer_ns = peer_sample_deadline(&link->places.peers[i]);
        if (peer_ns < soonest)
            soonest = peer_ns;
    }
    return soonest;
}

struct link_event *link_push(struct link *link, enum link_event_kind kind, struct link_peer *peer)
{
    if (link->event_count == EVENTS_KEPT) { /* the caller does not drain: the oldest goes */
        link->event_first = (link->event_first + 1) % EVENTS_KEPT;
        link->event_count--;
    }
    struct link_event *event =
        &link->events[(link->event_first + link->event_count++) % EVENTS_KEPT];
    *event = (struct link_event){.kind = kind, .peer = peer};
    return event;
}

bool link_event(struct link *link, struct link_event *event)
{
    for (size_t i = 0; i < link->places.count && link->event_count == 0; i++)
        peer_next_event(&link->places.peers[i], link->now_ns);
    if (link->event_count == 0)
        return false;
    *event = link->events[link->event_first];
    link->event_first = (link->event_first + 1) % EVENTS_KEPT;
    link->event_count--;
    return true;
}

void link_stranger_stats(const struct link *link, struct link_stranger_stats *stats)
{
    *stats = link->strangers;
}

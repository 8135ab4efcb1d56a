/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session's life, and what link.h tells of it. */
#include "link/peer.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "link/door.h"
#include "link/places.h"

#define MS UINT64_C(1000000)

/* How often plans follow what the lines do. */
#define PLAN_NS (10 * MS)

/* After a session has ended its place keeps saying so for as long as a round trip takes. */
#define GOODBYE_NS (600 * MS)
#define GOODBYE_AGAIN_NS (50 * MS)
enum { GOODBYES = 3 };

/* Before a line has been measured it is taken for one that loses a little, in short bursts. */
#define LOSS_UNKNOWN 0.02
#define BURST_UNKNOWN 3.0
/* No line is believed to be better than this when others count on it. */
#define LOSS_LEAST 0.002
/* From here on a line loses; below, chance may have it so. */
#define LOSES_LEAST 0.01

/* The order of mercy: of a line's rate, gestures may take most, state half, and with what else is state not more than
 * most of it; pictures the rest. */
#define SHARE_EVERY 0.8
#define SHARE_NEWEST 0.5
#define SHARE_NEWEST_ALL 0.7

bool peer_create(struct link_peer *peer, struct link *link)
{
    const struct link_settings *settings = link_settings_of(link);

    *peer = (struct link_peer){.link = link};
    if (!seal_create(&peer->seal_out) || !seal_create(&peer->seal_in))
        return false;
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++) {
        if (settings->frames_sent[i].interval_ns &&
            !(peer->frames_out[i] = calloc(1, sizeof *peer->frames_out[i])))
            return false;
        if (settings->frames_received[i].interval_ns &&
            !(peer->frames_in[i] = calloc(1, sizeof *peer->frames_in[i])))
            return false;
    }
    return true;
}

void peer_destroy(struct link_peer *peer)
{
    handshake_end(&peer->handshake);
    seal_destroy(&peer->seal_out);
    seal_destroy(&peer->seal_in);
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++) {
        free(peer->frames_out[i]);
        free(peer->frames_in[i]);
    }
    OPENSSL_cleanse(peer, sizeof *peer);
}

void peer_reset(struct link_peer *peer)
{
    struct link *link = peer->link;
    struct seal seal_out = peer->seal_out, seal_in = peer->seal_in;
    struct frame_out *frames_out[LINK_FRAME_CHANNELS_MAX];
    struct frame_rx *frames_in[LINK_FRAME_CHANNELS_MAX];
    char reason[LINK_REASON_BYTES]; /* the event that tells it may wait to be taken */

    memcpy(frames_out, peer->frames_out, sizeof frames_out);
    memcpy(frames_in, peer->frames_in, sizeof frames_in);
    memcpy(reason, peer->reason, sizeof reason);
    handshake_end(&peer->handshake);
    OPENSSL_cleanse(peer, sizeof *peer);
    peer->link = link;
    peer->seal_out = seal_out;
    peer->seal_in = seal_in;
    memcpy(peer->frames_out, frames_out, sizeof frames_out);
    memcpy(peer->frames_in, frames_in, sizeof frames_in);
    memcpy(peer->reason, reason, sizeof reason);
}

void peer_dial(struct link_peer *peer, const struct link_path *paths, size_t count, uint64_t now_ns)
{
    uint8_t number[8];

    link_random(peer->link, number, sizeof number);
    memcpy(&peer->connection, number, sizeof peer->connection);
    peer->connection &= WIRE_CONNECTION_MASK;
    peer->dials = true;
    peer->state = PEER_SHAKING;
    handshake_dial(&peer->handshake, peer->connection, paths, count, now_ns,
                   now_ns + link_settings_of(peer->link)->silence_ns);
}

void peer_answer(struct link_peer *peer, uint64_t connection, uint64_t now_ns)
{
    peer->connection = connection;
    peer->dials = false;
    peer->state = PEER_SHAKING;
    handshake_answer(&peer->handshake, connection, now_ns + door_patience_ns());
}

static bool machine_has_aes(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_cpu_supports("aes");
#else
    return true; /* ARMv8 and POWER8 have it */
#endif
}

bool peer_begin_tls(struct link_peer *peer, uint64_t now_ns)
{
    const struct link_settings *settings = link_settings_of(peer->link);
    return handshake_begin(&peer->handshake, &(struct tls_settings){
                                                 .identity = settings->identity,
                                                 .role = peer->dials ? TLS_CLIENT : TLS_SERVER,
                                                 .peer_kinds = settings->peer_kinds,
                                                 .peer_name = settings->peer_name,
                                                 .wall_unix_s = link_wall_s(peer->link, now_ns),
                                                 .has_aes = machine_has_aes(),
                                             });
}

static void take_site(struct link_peer *peer)
{
    const struct link_site *site = tls_session_peer(&peer->handshake.tls);
    if (!site)
        return;
    peer->site = *site;
    peer->site_known = true;
    for (size_t i = 0; i < LINK_FINGERPRINT_BYTES; i++)
        snprintf(peer->fingerprint + 2 * i, 3, "%02x", site->fingerprint[i]);
}

/* Both ends hold the same secrets: the channels and lines start. */
static bool start_seals(struct link_peer *peer, uint64_t now_ns)
{
    struct tls_secrets secrets;
    if (!tls_session_secrets(&peer->handshake.tls, &secrets))
        return false;
    enum seal_aead aead =
        secrets.aead == TLS_AES_256_GCM ? SEAL_AES_256_GCM : SEAL_CHACHA20_POLY1305;
    seal_start(&peer->seal_out, aead,
               peer->dials ? secrets.client_to_server : secrets.server_to_client);
    seal_start(&peer->seal_in, aead,
               peer->dials ? secrets.server_to_client : secrets.client_to_server);
    OPENSSL_cleanse(&secrets, sizeof secrets);
    peer->renew_ns = now_ns + link_settings_of(peer->link)->renew_keys_ns;
    peer->renewed_heard = true;
    return true;
}

static void start_channels(struct link_peer *peer, uint64_t now_ns)
{
    const struct link_settings *settings = link_settings_of(peer->link);

    link_clock_init(&peer->clock, now_ns);
    stream_tx_init(&peer->messages_out);
    stream_rx_init(&peer->messages_in);
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++) {
        if (peer->frames_out[i]) {
            peer->frames_out[i]->wire_bytes = peer->frames_out[i]->given_ns = 0;
            frame_tx_init(&peer->frames_out[i]->tx, (uint8_t)i,
                          settings->frames_sent[i].interval_ns, settings->frames_sent[i].budget_ns);
        }
        if (peer->frames_in[i])
            frame_rx_init(peer->frames_in[i], (uint8_t)i, settings->frames_received[i].interval_ns,
                          settings->frames_received[i].budget_ns);
    }
    peer->heard_ns = now_ns;
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++) {
        /* Once for all: packet numbers go on when a line is used again, and what comes over a line that is
         * added is counted before its address has proved itself. */
        path_rx_init(&peer->lines[i].rx);
        path_tx_init(&peer->lines[i].tx);
        if (peer->dials && peer->handshake.lines[i].used)
            peer_use_line(peer, i, &peer->handshake.lines[i].path, now_ns);
    }
}

void peer_follow_tls(struct link_peer *peer, uint64_t now_ns)
{
    if ((peer->state != PEER_SHAKING && peer->state != PEER_PROVING) || !peer->handshake.tls_begun)
        return;
    switch (tls_session_state(&peer->handshake.tls)) {
    case TLS_RUNNING:
        return;
    case TLS_REFUSED: {
        const struct tls_refusal *refusal = tls_session_refusal(&peer->handshake.tls);
        take_site(peer);
        peer_end(peer, tls_refusal_text(refusal), refusal->by_peer, now_ns);
        return;
    }
    case TLS_DONE:
        if (peer->state == PEER_PROVING)
            return;
        take_site(peer);
        if (!start_seals(peer, now_ns)) {
            peer_end(peer, "memory is short", false, now_ns);
            return;
        }
        start_channels(peer, now_ns);
        peer->state = PEER_PROVING;
        return;
    }
}

void peer_up(struct link_peer *peer, uint64_t now_ns)
{
    assert(peer->state == PEER_PROVING);
    handshake_end(&peer->handshake);
    struct places *places = link_places(peer->link);
    if (!peer->dials && places_have_site(places, peer, now_ns)) {
        peer_end(peer, LINK_REASON_ALIVE, false, now_ns);
        return;
    }
    if (!peer->dials && places_are_taken(places, peer)) {
        peer_end(peer, LINK_REASON_TAKEN, false, now_ns);
        return;
    }
    if (!peer->dials)
        places_supersede(places, peer, now_ns);
    peer->state = PEER_UP;
    link_push(peer->link, LINK_EVENT_UP, peer);
}

bool peer_can_send(const struct link_peer *peer)
{
    return peer->state == PEER_UP || peer->state == PEER_PROVING;
}

static struct link_path any_path(const struct link_peer *peer)
{
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        if (peer->lines[i].used)
            return peer->lines[i].path;
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        if (peer->handshake.lines[i].used)
            return peer->handshake.lines[i].path;
    return (struct link_path){.address_bytes = 0};
}

void peer_end(struct link_peer *peer, const char *reason, bool by_peer, uint64_t now_ns)
{
    bool was_up = peer->state == PEER_UP;
    bool has_keys = peer_can_send(peer);

    link_text_clean(peer->reason, sizeof peer->reason, reason, strlen(reason));
    peer->by_peer = by_peer;
    peer->goodbyes_left = has_keys && !by_peer ? GOODBYES : 0;
    if (has_keys) /* TLS's last words, repeated, would bring the other end up, or have it begin, with nobody */
        handshake_end(&peer->handshake);
    peer->goodbye_ns = now_ns;
    peer->gone_ns = peer->handshake.give_up_ns = now_ns + GOODBYE_NS;
    peer->handshake.heard_ns = 0; /* it may be silent now */
    peer->turn = 0;
    peer->state = PEER_CLOSING;
    if (has_keys)
        link_note_end(peer->link, peer);
    struct link_event *event =
        link_push(peer->link, was_up ? LINK_EVENT_CLOSED : LINK_EVENT_REFUSED, peer);
    event->reason = peer->reason;
    event->by_peer = by_peer;
    event->path = any_path(peer);
}

void peer_use_line(struct link_peer *peer, uint8_t line, const struct link_path *path,
                   uint64_t now_ns)
{
    const struct link_settings *settings = link_settings_of(peer->link);
    struct peer_line *at = &peer->lines[line];

    at->used = true;
    at->moving = false;
    if (!peer->dials) /* the handshake has nothing more to say of it */
        peer->handshake.lines[line].proved = false;
    at->path = *path;
    at->report_ns = at->elsewhere_ns = 0; /* at once: it tells the other end that we are here */
    at->state = LINK_LINE_FRESH;
    path_rx_begin(&at->rx, now_ns);
    path_tx_begin(&at->tx, now_ns);
    at->credit_ns = now_ns;
    at->credit_bytes = 0;
    rate_init(&at->rate, settings->rate_least_bps, settings->rate_start_bps,
              settings->rate_most_bps);
    for (size_t i = 0; i < LINK_SAMPLE_CHANNELS_MAX; i++)
        at->turns[i] = (struct sample_turn){.plan = {.copies = 1, .group = 1, .dense = 3},
                                            .due_ns = UINT64_MAX};
    peer->plan_ns = now_ns;
}

void peer_drop_line(struct link_peer *peer, uint8_t line)
{
    struct peer_line *at = &peer->lines[line];
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++)
        if (peer->frames_out[i])
            frame_tx_drop_line(&peer->frames_out[i]->tx, line);
    at->used = at->moving = at->response_due = at->ack_due = false;
    peer->pull_due &= (uint8_t) ~(1U << line);
    at->state = LINK_LINE_UNUSED;
    path_rx_rest(&at->rx);
    struct link_event *event = link_push(peer->link, LINK_EVENT_LINE, peer);
    event->line = line;
    event->line_state = LINK_LINE_UNUSED;
}

uint8_t peer_used_lines(const struct link_peer *peer)
{
    unsigned lines = 0;
    for (unsigned i = 0; i < LINK_LINES_MAX; i++)
        if (peer->lines[i].used)
            lines |= 1U << i;
    return (uint8_t)lines;
}

bool peer_any_line_lives(const struct link_peer *peer)
{
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        if (peer->lines[i].used && peer->lines[i].state == LINK_LINE_GOOD)
            return true;
    return false;
}

static double believed_loss(const struct peer_line *line, uint64_t now_ns, double *burst)
{
    struct path_loss loss = path_tx_loss(&line->tx, now_ns);
    if (loss.share < 0) {
        *burst = BURST_UNKNOWN;
        return LOSS_UNKNOWN;
    }
    *burst = loss.burst > 1 ? loss.burst : 1;
    return loss.share;
}

/* The chance that every other line that counts loses a datagram too. */
static double company_miss(const struct link_peer *peer, uint8_t line, uint64_t now_ns)
{
    double miss = 1;
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++) {
        const struct peer_line *other = &peer->lines[i];
        double burst;
        if (i == line || !other->used || other->state != LINK_LINE_GOOD)
            continue;
        double loss = believed_loss(other, now_ns, &burst);
        miss *= loss > LOSS_LEAST ? loss : LOSS_LEAST;
    }
    return miss;
}

static void plan_samples(struct link_peer *peer, uint8_t line, uint64_t now_ns)
{
    const struct link_settings *settings = link_settings_of(peer->link);
    struct peer_line *at = &peer->lines[line];
    struct samples_need need = {.company_miss = company_miss(peer, line, now_ns)};
    uint64_t rate_bps = rate_target_bps(&at->rate);
    bool blind = path_tx_is_blind(&at->tx, now_ns);

    double newest_bps = (double)rate_bps * SHARE_NEWEST_ALL; /* left for those not planned yet */

    need.loss = believed_loss(at, now_ns, &need.burst);
    at->loses = need.loss >= LOSES_LEAST;
    at->samples_bps = 0;
    at->samples_per_s = 0;
    for (size_t i = 0; i < LINK_SAMPLE_CHANNELS_MAX; i++) {
        if (!settings->samples[i].period_ns || !peer->sample_bytes[i])
            continue;
        need.every = settings->samples[i].every;
        need.sample_bytes = peer->sample_bytes[i];
        need.older_bytes = peer->samples_out[i].older_bytes > 0
                               ? peer->samples_out[i].older_bytes
                               : (double)(SAMPLES_ENTRY_BYTES + need.sample_bytes);
        need.period_ns = settings->samples[i].period_ns;
        need.budget_bps =
            (uint64_t)(need.every ? (double)rate_bps * SHARE_EVERY
                                  : fmin((double)rate_bps * SHARE_NEWEST, newest_bps));
        at->turns[i].plan = samples_plan(&need);
        if (blind)
            samples_plan_spare(&at->turns[i].plan, need.every);
        /* It may be dying: not worth more than one try where there is a better one. */
        else if (at->state == LINK_LINE_SUSPECT && peer_any_line_lives(peer))
            at->turns[i].plan.copies = 1;
        uint64_t plan_bps = samples_plan_bps(&at->turns[i].plan, &need);
        at->samples_bps += plan_bps;
        newest_bps = need.every ? newest_bps : fmax(newest_bps - (double)plan_bps, 0);
        at->samples_per_s +=
            1e9 / (double)need.period_ns * at->turns[i].plan.copies / at->turns[i].plan.group;
    }
}

static void follow_state(struct link_peer *peer, uint8_t line, uint64_t now_ns)
{
    struct peer_line *at = &peer->lines[line];
    enum link_line_state state = path_state(&at->rx, &at->tx, now_ns);
    if (state == at->state)
        return;
    at->state = state;
    if (peer->state != PEER_UP)
        return;
    struct link_event *event = link_push(peer->link, LINK_EVENT_LINE, peer);
    event->line = line;
    event->line_state = state;
}

static void renew_keys(struct link_peer *peer, uint64_t now_ns)
{
    bool is_due = now_ns >= peer->renew_ns || seal_is_worn(&peer->seal_out);
    if (!is_due || !peer->renewed_heard)
        return;
    seal_renew(&peer->seal_out);
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        peer->renewed_packet[i] = path_tx_next(&peer->lines[i].tx);
    peer->renewed_heard = false; /* the peer holds one generation ahead, not two */
    peer->renew_ns = now_ns + link_settings_of(peer->link)->renew_keys_ns;
}

static void reckon(struct link_peer *peer, uint64_t now_ns)
{
    peer->plan_ns = now_ns + PLAN_NS;
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++)
        if (peer->lines[i].used)
            follow_state(peer, i, now_ns);
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++)
        if (peer->lines[i].used)
            plan_samples(peer, i, now_ns);
    renew_keys(peer, now_ns);
}

void peer_tick(struct link_peer *peer, uint64_t now_ns)
{
    switch (peer->state) {
    case PEER_FREE:
        return;
    case PEER_CLOSING:
        if (now_ns >= peer->gone_ns)
            peer_reset(peer);
        return;
    case PEER_SHAKING:
    case PEER_PROVING:
        if (handshake_has_stalled(&peer->handshake, now_ns))
            peer_end(peer, "the other end fell silent", false, now_ns);
        else if (now_ns >= peer->handshake.give_up_ns)
            peer_end(peer,
                     peer->handshake.heard_busy ? "the other end has no place for us now"
                                                : "no answer",
                     false, now_ns);
        break;
    case PEER_UP:
        if (now_ns - peer->heard_ns > link_settings_of(peer->link)->silence_ns)
            peer_end(peer, "silence", false, now_ns);
        else if (seal_is_spent(&peer->seal_out))
            peer_end(peer, "the other end does not follow our keys", false, now_ns);
        else if (seal_is_besieged(&peer->seal_in))
            peer_end(peer, "too many forgeries", false, now_ns);
        break;
    }
    if (peer_can_send(peer) && now_ns >= peer->plan_ns)
        reckon(peer, now_ns);
}

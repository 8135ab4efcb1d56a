/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A simulated line for tests of path and rate: a sender that fills what its rate allows, a queue
 * before a bottleneck, delay, jitter, losses in bursts, and reports on the way back.
 *
 * Header only, one world at a time; steps of 0.1 ms of virtual time. */
#ifndef UNIT_BOTTLENECK_H
#define UNIT_BOTTLENECK_H

#include <assert.h>
#include <string.h>

#include "base/random.h"
#include "base/spread.h"
#include "link/path.h"
#include "link/rate.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
#define TICK (MS / 10)
#define MBIT 1e6

enum { CALENDAR = 16384, IN_A_TICK = 32, QUEUE_PACKETS = 8192, SMALL_BYTES = 160 };

struct flight {
    uint64_t packet, sent_ns;
    unsigned bytes;
};

struct bottleneck {
    /* The scenario. */
    double capacity_bps;
    int64_t queue_most_ns;                /* of the line's capacity now; drop-tail beyond */
    int64_t there_ns, back_ns, jitter_ns; /* jitter: uniform, 0 to twice that, each way */
    double burst_begin, burst_end;        /* Gilbert: chance a packet to begin and end losing */
    double report_loss;
    double offered_bps;  /* the sender has no more than this; 0: it fills the rate */
    unsigned large_most; /* datagrams above this many bytes vanish; 0: none do */
    bool cut;            /* nothing passes, either way */
    bool fixed_rate;     /* the sender ignores the controller: offered_bps */

    /* The machinery. */
    int64_t now;
    struct random random;
    struct path_tx tx;
    struct path_rx rx;
    struct rate rate;
    struct path_feedback feedback;
    double tokens_bytes, small_due, service_bytes;
    bool losing;
    struct flight queue[QUEUE_PACKETS];
    unsigned queue_head, queue_count;
    int64_t queued_bytes;
    struct {
        unsigned count;
        struct flight flights[IN_A_TICK];
    } there[CALENDAR];
    struct {
        unsigned count;
        struct line_report reports[4];
        uint64_t made_ns[4];
    } back[CALENDAR];

    /* What happened. */
    uint64_t overflowed, sent, lost_by_line;
    struct spread queue_ns; /* standing in front of each packet */
    uint64_t carried_bytes;
};

static struct bottleneck world;

static inline uint64_t world_now(void)
{
    return (uint64_t)(world.now + 1000 * SECOND);
}

static inline void world_begin(uint64_t seed)
{
    memset(&world, 0, sizeof world);
    random_seed(&world.random, seed);
    world.capacity_bps = 20 * MBIT;
    world.queue_most_ns = 200 * MS;
    world.there_ns = world.back_ns = 60 * MS;
    path_tx_init(&world.tx);
    path_rx_init(&world.rx);
    rate_init(&world.rate, 0, (uint64_t)(3 * MBIT), (uint64_t)(10 * MBIT));
    spread_clear(&world.queue_ns);
}

static inline int64_t world_jitter(void)
{
    return (int64_t)(2.0 * (double)world.jitter_ns * random_unit(&world.random));
}

static inline int64_t world_queue_ns(void)
{
    return (int64_t)((double)world.queued_bytes * 8e9 / world.capacity_bps);
}

static inline bool world_loses(void)
{
    if (world.burst_begin <= 0)
        return false;
    if (random_chance(&world.random, world.losing ? world.burst_end : world.burst_begin))
        world.losing = !world.losing;
    return world.losing;
}

static inline void world_send(unsigned bytes)
{
    struct flight flight = {path_tx_next(&world.tx), world_now(), bytes};
    path_tx_sent(&world.tx, bytes, world_now());
    world.sent++;
    if (world.cut || world_loses() || (world.large_most > 0 && bytes > world.large_most)) {
        world.lost_by_line++;
        return;
    }
    spread_add(&world.queue_ns, world_queue_ns());
    if (world_queue_ns() > world.queue_most_ns || world.queue_count == QUEUE_PACKETS) {
        world.overflowed++;
        return;
    }
    world.queue[(world.queue_head + world.queue_count++) % QUEUE_PACKETS] = flight;
    world.queued_bytes += bytes;
}

/* A third of the bytes in small datagrams, the rest in large ones. */
static inline void world_fill(void)
{
    double bps = (double)rate_target_bps(&world.rate);
    if (world.fixed_rate || (world.offered_bps > 0 && world.offered_bps < bps))
        bps = world.offered_bps;
    world.tokens_bytes += bps / 8e9 * (double)TICK;
    world.small_due += bps / 24e9 * (double)TICK;
    while (world.tokens_bytes > 0) {
        unsigned bytes = (unsigned)path_tx_datagram_max(&world.tx);
        size_t probe = path_tx_probe(&world.tx, world_now());
        if (probe > 0) {
            bytes = (unsigned)probe;
        } else if (world.small_due > 0) {
            bytes = SMALL_BYTES;
            world.small_due -= SMALL_BYTES;
        }
        world.tokens_bytes -= bytes;
        world_send(bytes);
    }
}

static inline void world_serve(void)
{
    world.service_bytes += world.capacity_bps / 8e9 * (double)TICK;
    while (world.queue_count > 0) {
        struct flight *flight = &world.queue[world.queue_head];
        if (world.service_bytes < flight->bytes)
            return;
        world.service_bytes -= flight->bytes;
        world.queued_bytes -= flight->bytes;
        world.queue_head = (world.queue_head + 1) % QUEUE_PACKETS;
        world.queue_count--;
        int64_t at = (world.now + world.there_ns + world_jitter()) / TICK % CALENDAR;
        assert(world.there[at].count < IN_A_TICK);
        world.there[at].flights[world.there[at].count++] = *flight;
    }
    world.service_bytes = 0; /* an idle line saves nothing up */
}

static inline void world_receive(void)
{
    int64_t tick = world.now / TICK % CALENDAR;
    for (unsigned i = 0; i < world.there[tick].count; i++) {
        struct flight *flight = &world.there[tick].flights[i];
        path_rx_accept(&world.rx, flight->packet, flight->sent_ns, flight->bytes, world_now());
        world.carried_bytes += flight->bytes;
    }
    world.there[tick].count = 0;

    struct line_report report = {.line = 0};
    if (world.now % (10 * MS) == 0 && !world.cut && path_rx_report(&world.rx, &report) &&
        !random_chance(&world.random, world.report_loss)) {
        int64_t at = (world.now + world.back_ns + world_jitter()) / TICK % CALENDAR;
        if (world.back[at].count < 4) {
            world.back[at].made_ns[world.back[at].count] = world_now();
            world.back[at].reports[world.back[at].count++] = report;
        }
    }
}

static inline void world_hear_reports(void)
{
    int64_t tick = world.now / TICK % CALENDAR;
    for (unsigned i = 0; i < world.back[tick].count; i++) {
        struct line_report *report = &world.back[tick].reports[i];
        int64_t hold_ns = (int64_t)(world.back[tick].made_ns[i] - report->received_ns);
        bool ok = path_tx_report(&world.tx, report, hold_ns, world_now(), &world.feedback);
        assert(ok);
        bool limited =
            world.offered_bps > 0 && world.offered_bps < 0.9 * (double)rate_target_bps(&world.rate);
        rate_feedback(&world.rate, &world.feedback, limited, world_now());
    }
    world.back[tick].count = 0;
}

static inline void world_step(void)
{
    world_hear_reports();
    world_fill();
    world_serve();
    world_receive();
    world.now += TICK;
}

static inline void world_run(int64_t span)
{
    for (int64_t until = world.now + span; world.now < until;)
        world_step();
}

#endif

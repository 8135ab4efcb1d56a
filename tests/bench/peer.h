/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the benchmark asks of a transport: one struct bench_peer each, in peer_NAME.c.
 *
 * bench-gestures starts two processes in two network namespaces joined by one or two lines (line.h),
 * opens the receiver in one and the sender in the other, and then turns the same loop for every
 * peer: stamp a message, `send` it, `service` until the next is due. So a peer never measures
 * anything and cannot be measured differently from the others.
 *
 * To add a peer (Jisr's own link is one more, peer_jisr.c), write
 *   open_receiver   listen on setup->line[..].receiver, return without waiting for the sender;
 *                   the rest of the handshake happens in `service`
 *   open_sender     connect from setup->line[..].sender and return once messages may be sent
 *   send            hand over one message; never block; what does not fit is dropped
 *   service         do the peer's own work until `until_ns`: wait for its sockets and its timers,
 *                   and give each message that arrives to setup->arrived. A peer that works in
 *                   threads of its own just sleeps (and may call `arrived` from one of them)
 * and name it in meson.build and peers.c. A peer with a channel made for whole pictures sets
 * `whole_pictures` and gets each as one message; the others get it cut into messages of at most
 * 1,200 bytes, one after the other without a pause. Each process has one end, which lives until the
 * process ends: there is no close, and an end may be a static variable. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BENCH_LINES_MAX = 2,
    BENCH_PORT = 7000,           /* the receiver's, on every line; the next ones are free too */
    BENCH_CONNECT_MS_MAX = 10000 /* open_sender gives up after this long */
};

struct bench_line_ends {
    struct sockaddr_in sender, receiver; /* the sender's port is 0: any */
};

/* Identities of Jisr's own kind: the sender is the console, the receiver the cart. */
struct bench_sites {
    const char *authority_pem;
    struct bench_site {
        const char *key_pem, *certificate_pem;
    } console, cart;
};

struct bench_setup {
    unsigned lines; /* 1 to the peer's lines_max */
    struct bench_line_ends line[BENCH_LINES_MAX];
    bool pictures;        /* pictures rather than gestures */
    size_t message_bytes; /* the length of every message */
    double messages_per_second;
    double buffer_ms;    /* the receiver's for repair, or the sender's, where there is one */
    bool repair;         /* use the peer's own forward error correction */
    const char *key_pem; /* a throw-away P-256 key, and its self-signed certificate */
    const char *certificate_pem;
    struct bench_sites sites;
    void (*arrived)(const void *bytes, size_t len); /* any thread; copies what it needs */
};

struct bench_peer {
    const char *name;
    const char *notes; /* how it is set up, for the report */
    unsigned lines_max;
    bool pictures;       /* carrying pictures makes sense */
    bool whole_pictures; /* takes a picture as one message */
    bool repairs;        /* has forward error correction of its own */
    double buffer_ms;    /* standard for setup->buffer_ms; 0: it has no such buffer */
    void *(*open_sender)(const struct bench_setup *setup);   /* NULL: could not */
    void *(*open_receiver)(const struct bench_setup *setup); /* setup outlives the end */
    void (*send)(void *end, const void *bytes, size_t len);
    void (*service)(void *end, uint64_t until_ns); /* CLOCK_MONOTONIC; returns no earlier */
};

/* The peers this build has, ended by NULL. */
extern const struct bench_peer *const bench_peers[];

#endif

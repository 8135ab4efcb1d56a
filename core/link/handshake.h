/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to a session: hello and cookie on each line, then TLS over a stream that uses all.
 *
 * The dialler says hello on every line and begins TLS with the first cookie that comes back; the
 * other lines join as their cookies come. The answerer keeps nothing until a cookie is shown
 * (link/cookie.h), and learns each line's address from the cookie that came over it.
 *
 * Nothing here is authentic until TLS has finished: whoever can write on the wire can make a
 * handshake fail, as he could by cutting it; he can not make one succeed.
 * Source: docs/protocol.md "Handshake". One owner; heap only inside OpenSSL. */
#ifndef LINK_HANDSHAKE_H
#define LINK_HANDSHAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/link.h"
#include "link/stream.h"
#include "link/tls.h"
#include "link/wire.h"

struct handshake_line {
    bool used;
    bool proved;   /* dialler: has a cookie; answerer: showed one */
    bool disputed; /* answerer: two addresses have shown one: neither is believed yet */
    bool answered; /* dialler: the cookie has been accepted: handshake datagrams come */
    struct link_path path;
    uint8_t cookie[WIRE_COOKIE_BYTES];
    uint64_t cookie_ns;      /* when it came */
    uint64_t hello_ns;       /* when to say hello (again); UINT64_MAX: no more */
    uint64_t first_hello_ns; /* when the first left */
    uint8_t hellos;
};

struct handshake {
    bool dials;
    uint64_t connection;    /* chosen by the dialler */
    uint64_t round_trip_ns; /* measured by the cookie; a guess at the answerer */
    uint64_t heard_ns;      /* when anything last came that belongs to it; 0: nothing yet */
    uint64_t flight_ns;     /* answerer: when its first flight left; 0: not yet */
    uint64_t give_up_ns;
    bool tls_begun;
    uint8_t ack_lines;    /* lines on which an acknowledgement is due */
    uint64_t repeated_ns; /* when a copy last made us repeat what is unacknowledged */
    bool heard_busy;
    struct handshake_line lines[LINK_LINES_MAX];
    struct tls_session tls;
    struct stream_tx tx;
    struct stream_rx rx;
};

/* Dialler: nothing is sent before handshake_transmit. */
void handshake_dial(struct handshake *handshake, uint64_t connection, const struct link_path *paths,
                    size_t count, uint64_t now_ns, uint64_t give_up_ns);

/* Answerer: a stranger has shown a good cookie. */
void handshake_answer(struct handshake *handshake, uint64_t connection, uint64_t give_up_ns);

void handshake_end(struct handshake *handshake);

/* Dialler: a cookie came on `line`. True when TLS must now be begun by the caller (it has the
 * identity): handshake_begin. */
bool handshake_cookie(struct handshake *handshake, uint8_t line, const uint8_t *cookie, size_t len,
                      uint64_t now_ns);

/* Begins TLS; false when memory is short. */
MUST_USE bool handshake_begin(struct handshake *handshake, const struct tls_settings *settings);

/* Whether both are one address behind one socket. */
bool handshake_path_is_same(const struct link_path *a, const struct link_path *b);

/* Answerer: `line` is at `path`, which showed a good cookie. */
void handshake_prove(struct handshake *handshake, uint8_t line, const struct link_path *path);

/* The chunks of a HANDSHAKE datagram that came on `line`. False: malformed. */
MUST_USE bool handshake_receive(struct handshake *handshake, uint8_t line,
                                struct wire_reader *chunks, uint64_t now_ns);

/* The next datagram, or 0. */
size_t handshake_transmit(struct handshake *handshake, struct link_path *path,
                          uint8_t out[static LINK_DATAGRAM_MAX], uint64_t now_ns);

/* Whether the answerer has fallen silent after it had answered: restarted, or it knows us by another
 * address by now. Only a new handshake helps. */
bool handshake_has_stalled(const struct handshake *handshake, uint64_t now_ns);

uint64_t handshake_deadline(const struct handshake *handshake);

#endif

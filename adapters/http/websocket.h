/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WebSockets: connections that the HTTP server has handed over, in clear or under TLS, to one thread of its own.
 *
 * A handler of HTTP accepts, and from then on the kind it named hears what comes. Frames, fragments, UTF-8 and the
 * closing handshake are libwslay's. Messages are text, both ways; binary ones end a socket with 1003.
 *
 * What one socket may cost is bounded: how long a message is (1009, told at the head of the frame that declares too
 * much), how many a second come (1008), how much waits to be sent, how long the client may take for it, and how long
 * it may say nothing (it is pinged, then cut). How many there are is bounded, too (503). One that says nothing costs
 * what is written in docs/decisions/0017.
 *
 * Source: RFC 6455. */
#ifndef HTTP_WEBSOCKET_H
#define HTTP_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"
#include "http/server.h"

struct websocket;

/* Close codes: RFC 6455 7.4.1, and 1013 of its registry. */
enum {
    WEBSOCKET_DONE = 1000,
    WEBSOCKET_GOING_AWAY = 1001,
    WEBSOCKET_TEXT_ONLY = 1003,
    WEBSOCKET_LOST = 1006, /* without a closing handshake; never sent */
    WEBSOCKET_POLICY = 1008,
    WEBSOCKET_TOO_LONG = 1009,
    WEBSOCKET_FAILED = 1011,
    WEBSOCKET_TRY_LATER = 1013,
};

/* What is spoken at one address. All but `closed` of a socket that never opened is called on the sockets' thread,
 * which serves all others, too: what takes long belongs elsewhere. `own` is what the handler gave. */
struct websocket_kind {
    const char
        *protocol; /* Sec-WebSocket-Protocol, answered where the client names it; NULL: none */
    size_t message_bytes_max; /* of one that comes */
    size_t queue_bytes_max;   /* that waits to be sent */
    unsigned rate_max;        /* messages a second that come */
    void (*opened)(void *own, struct websocket *socket);
    void (*heard)(void *own, struct websocket *socket, struct text message);
    void (*drained)(
        void *own, struct websocket *socket); /* all was handed to the system; NULL: nobody minds */
    void (*closed)(void *own, unsigned code); /* the last; once for each that was accepted */
};

/* Answers the request with a WebSocket of this kind, or with why not. Pages of `url` (http/upgrade.h) and of the
 * server's origins may ask. True: `own` is the socket's from here on; false: it is still the caller's. The handler
 * returns HTTP_NOW after it, or has HTTP_LATER answered by a `finish` that called it. Worker's thread. */
MUST_USE bool websocket_accept(struct http_exchange *exchange, const struct websocket_kind *kind,
                               struct text url, void *own);

/* Any thread, for as long as they keep the socket: */

/* Each keep, one let go; `opened` hands over none. A socket that has ended stays, deaf and mute, until the last one. */
void websocket_keep(struct websocket *socket);
void websocket_let_go(struct websocket *socket);

/* Sends a copy of a text. False: it has ended, or its queue is full, which ends it with 1013; the client was too
 * slow. */
bool websocket_send(struct websocket *socket, struct text message);

/* How many bytes wait to be sent; 0: send on. */
size_t websocket_waiting(struct websocket *socket);

/* Closes it with a code once what waits was sent; the reason is for people, up to 123 bytes, a constant. */
void websocket_close(struct websocket *socket, unsigned code, const char *reason);

#endif

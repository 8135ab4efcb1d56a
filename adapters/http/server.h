/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An HTTP/1.1 server, by libmicrohttpd: whole requests to one handler, answers back.
 *
 * `workers` threads, each with a loop of its own over its own connections; a connection stays with its worker. The
 * handler is called on that thread with a whole request and either answers at once or later, from any thread,
 * while the connection waits and others go on: writes answer when their group commit is on disk. What takes long
 * (an export, a password's hash) belongs on another thread, since a worker that computes serves nobody else.
 *
 * Whoever answers sees only what is well-formed and within limits; the rest is refused here, each with its status:
 * 400 malformed or ambiguous, 408 too slow, 413 body too large, 414 target too long, 415 unknown
 * Content-Encoding, 417 an expectation that we do not know, 429 too many, 431 headers too large, 501 unknown
 * method or transfer coding, 503 too busy, 505 another version of HTTP.
 * It also does what is alike for every answer: Date, Content-Length, HEAD, gzip and zstd, 304 for an ETag that the
 * client has, CORS, security headers.
 *
 * TLS 1.3, 1.2 as the floor, where a certificate is given; without one only loopback addresses are listened on,
 * unless told otherwise: patients' names do not cross a network in clear.
 *
 * Source: RFC 9110 (semantics), RFC 9112 (HTTP/1.1), Fetch standard 3.2 (CORS). */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "http/cors.h"
#include "http/message.h"

struct http_server;

enum { HTTP_WORKERS_MAX = 64 };

struct http_exchange;
typedef void http_finish(struct http_exchange *exchange);

/* One request and its answer. */
struct http_exchange {
    struct http_request request;
    struct http_response response;
    void *own; /* the handler's, NULL at first */
    /* Of an answer that comes later: called on the worker's thread once http_server_answer was, to fill the response
     * there rather than on a thread that others wait for. NULL: nothing is to be done. */
    http_finish *finish;
    struct arena *arena; /* whatever the answer needs; given back once it has been sent */
    unsigned
        worker; /* which thread, below HTTP_WORKERS_MAX: for what each has of its own, as a database handle */
};

enum http_turn {
    HTTP_NOW,  /* the response is filled */
    HTTP_LATER /* http_server_answer will be called, once */
};

/* Answers `exchange`. Worker's thread. */
typedef enum http_turn http_handler(void *context, struct http_exchange *exchange);

/* Words a refusal that the server makes itself: sets body and Content-Type of `response`, whose status is set;
 * `why` is a constant in English. Of the request there is what had come by then: some of its headers, or nothing. Any
 * thread. */
typedef void http_refusal(void *context, const struct http_request *request,
                          struct http_response *response, const char *why);

/* A worker has answered what had come, and is about to wait: for what it keeps from one request to the next. Its
 * thread. */
typedef void http_pause(void *context, unsigned worker);

/* 0 of each: the standard. */
struct http_limits {
    /* Request line and headers; 8 KiB, more is 431, or 414 where the target is most of it. */
    size_t head_bytes_max;
    size_t headers_max;      /* 100, more is 431 */
    size_t body_bytes_max;   /* as sent and as unpacked; 16 MiB, more is 413 */
    unsigned body_ratio_max; /* unpacked to packed, above 1 MiB unpacked; 200, more is 413 */
    size_t arena_bytes_max;  /* of one request; 256 MiB */
    /* Of all workers together; 12000: a new one takes the place of the one idle longest, and is refused (503)
     * where none is. */
    unsigned connections_max;
    unsigned address_max;      /* connections of one address but this machine's; 256, more is 429 */
    unsigned address_rate_max; /* likewise requests a second, bursts of 4 s; 0: any. More is 429 */
    /* How long may pass; an eighth more, or half of head_ns, until it is seen. */
    uint64_t head_ns; /* for a head that has begun, whatever trickles; 10 s, then 408 */
    uint64_t body_ns; /* for each 16 KiB of a body; 20 s, then 408 */
    uint64_t idle_ns; /* between requests; 75 s, then closed */
    uint64_t send_ns; /* for the client to take each 16 KiB of an answer; 30 s, then cut */
    /* WebSockets (websocket.h), which are connections, too; send_ns is for them as well. */
    unsigned sockets_max; /* 4000, more is 503 */
    uint64_t ping_ns;     /* of silence: 30 s, then it is asked whether it is there */
    uint64_t pong_ns;     /* for the answer: 20 s, then cut */
};

struct http_server_settings {
    const char *address; /* "127.0.0.1:8080", "[::1]:0"; port 0: any, see http_server_url */
    unsigned workers;    /* 0: one for each core */
    const char *certificate_file, *key_file; /* PEM, with the chain; NULL: no TLS */
    bool clear_anywhere;                     /* without TLS on other addresses than loopback, too */
    struct http_origins origins; /* CORS: whose pages may call with their user's token */
    /* What comes from these is on behalf of whom X-Forwarded-For or Forwarded say: in limits of rate and in
     * request.peer. Addresses and prefixes, NULL-ended: http/proxies.h. NULL: none, and nobody is believed. */
    const char *const *proxies;
    struct http_limits limits;
    http_handler *handler;
    http_refusal *refusal; /* NULL: a line of plain text */
    http_pause *pause;     /* NULL: nothing is kept */
    void *context;         /* of all three */
};

enum http_err {
    HTTP_OK,
    HTTP_ERR_ADDRESS, /* no such address, or not ours, or in use; errno says */
    HTTP_ERR_CLEAR,   /* not loopback, no certificate, not told that this is wanted */
    HTTP_ERR_TLS,     /* certificate or key cannot be read, or do not belong together */
    HTTP_ERR_PROXY,   /* one is no address or prefix, or they are too many */
    HTTP_ERR_MEMORY,
    HTTP_ERR_THREAD,
};

/* What an error means, in English. */
const char *http_err_words(enum http_err err);

/* What of http_server_start can be told before anything is opened: HTTP_ERR_ADDRESS, HTTP_ERR_CLEAR. */
MUST_USE enum http_err http_server_check(const struct http_server_settings *settings);

/* Whether an address stands for all that this machine has ("0.0.0.0:8080"), and so is no name for it. */
bool http_server_is_everywhere(const char *address);

/* Opens the address and starts the workers. The settings and what they point to stay as long as the server. Writing to
 * a client that is gone raises no signal. */
MUST_USE enum http_err http_server_start(struct http_server **server,
                                         const struct http_server_settings *settings);

/* The URL it is reached at, such as "http://127.0.0.1:8080". */
const char *http_server_url(const struct http_server *server);

/* Reads certificate and key again: connections that begin from here on are shown these, others go on. HTTP_ERR_TLS:
 * they cannot be read, or do not belong together; what there was stays. One thread at a time. */
MUST_USE enum http_err http_server_renew(struct http_server *server);

/* Sends the answer of a handler that returned HTTP_LATER; `exchange` is the server's again. Any thread. */
void http_server_answer(struct http_exchange *exchange);

struct http_server_counts {
    uint64_t requests, refused; /* since the start; refused: answered without the handler */
    unsigned connections;       /* now */
};

void http_server_counts(struct http_server *server, struct http_server_counts *counts);

/* No new connections; requests that have begun are answered, for at most `wait_ns`; then all is closed and
 * freed. Every HTTP_LATER must have been answered, or be answered during this call by another thread. */
void http_server_stop(struct http_server *server, uint64_t wait_ns);

#endif

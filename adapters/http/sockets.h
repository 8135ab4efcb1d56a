/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of websocket.h share: a thread, its sockets, and how they come from libmicrohttpd. Nobody else
 * includes this; libwslay's header is included by these files alone. */
#ifndef HTTP_SOCKETS_H
#define HTTP_SOCKETS_H

#include <pthread.h>
#include <stdatomic.h>
#include <wslay/wslay.h>

#include "http/frame.h"
#include "http/websocket.h"

struct upgraded; /* loop.c */

struct socket_message {
    struct socket_message *next;
    size_t len;
    char bytes[];
};

struct websocket {
    struct sockets *sockets;
    const struct websocket_kind *kind;
    void *own;
    _Atomic unsigned keepers;
    int fd;
    struct upgraded *upgraded;

    /* Under the lock. */
    struct socket_message *first, *last; /* not handed to libwslay yet */
    size_t waiting_bytes;                /* with what libwslay has */
    bool is_marked;                      /* in the list of those with something to do */
    bool is_ended, is_overrun;
    unsigned close_code; /* 0: it goes on */
    const char *close_reason;
    struct websocket *next_marked;

    /* The thread's. */
    struct websocket *before, *after;
    wslay_event_context_ptr frames; /* NULL between messages: 9 kB that an idle one does not cost */
    char *early;                    /* came behind the request */
    size_t early_at, early_len;
    uint64_t given_bytes,
        framed_bytes; /* that libwslay was given, and of whole frames among them */
    uint8_t given_last[HTTP_FRAME_HEAD_MAX]; /* of these the last bytes */
    bool is_amid_message;                    /* more fragments follow */
    uint64_t message_bytes;                  /* declared by its fragments so far */
    size_t sending_bytes;                    /* of the message that libwslay has */
    size_t turn_bytes;                       /* read in this turn */
    unsigned second_count;                   /* messages of this second */
    uint64_t second_ns;                      /* when it began */
    uint64_t heard_ns;                       /* when anything came last */
    uint64_t pinged_ns;                      /* 0: nothing is waited for */
    uint64_t sent_ns;    /* when something was taken last, or nothing was left to be */
    uint64_t closing_ns; /* a closing handshake has begun; 0: not */
    unsigned events;     /* that epoll looks for */
    bool is_blocked;     /* the client takes no more now */
    bool has_said_goodbye;
    bool has_got_on; /* it has taken some of it, in this turn */
};

struct sockets_limits {
    unsigned sockets_max;
    uint64_t ping_ns, pong_ns; /* of silence until it is asked; of more until it is cut */
    uint64_t send_ns;          /* without anything being taken, until it is cut */
};

struct sockets {
    struct sockets_limits limits;
    int epoll, wake;
    pthread_t thread;
    bool is_started;
    pthread_mutex_t lock; /* of what follows */
    struct websocket *marked;
    unsigned count; /* with those that were accepted and are not open yet */
    bool is_stopping;

    struct websocket *all; /* the thread's */
};

/* NULL: no memory, or no thread. Its signals are blocked by the caller. */
MUST_USE struct sockets *sockets_start(const struct sockets_limits *limits);
void sockets_stop(struct sockets *sockets); /* tells all that we go away; harmless on NULL */
void sockets_free(struct sockets *sockets); /* after the daemon; likewise */

/* A place for one more, until it is given back. */
MUST_USE bool sockets_reserve(struct sockets *sockets);
void sockets_unreserve(struct sockets *sockets);

/* Takes over a connection for which a place is kept. False: no memory, or it stops; nothing was taken. */
MUST_USE bool sockets_take(struct sockets *sockets, const struct websocket_kind *kind, void *own,
                           int fd, struct upgraded *upgraded, struct text early);

/* websocket.c, the thread's: frames of one socket. False: it has ended, and is to be taken away. */
MUST_USE bool websocket_read(struct websocket *socket, uint64_t now_ns);
MUST_USE bool websocket_push(struct websocket *socket, uint64_t now_ns);
MUST_USE bool websocket_ping(struct websocket *socket, uint64_t now_ns);
/* Puts it among those with something to do, once; the caller holds the lock. */
void websocket_mark(struct websocket *socket);

#endif

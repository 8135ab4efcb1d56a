/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server's files share. Nobody else includes this; libmicrohttpd's header is included by these files alone.
 *
 * libmicrohttpd calls us on a worker's thread, which a connection stays with. A line is our side of a connection,
 * with what the watch needs to end it from its own thread: where it stands is one atomic, and whoever changes it first
 * has won. An exchange is one request on a line. */
#ifndef HTTP_PARTS_H
#define HTTP_PARTS_H

#include <linux/tcp.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/addresses.h"
#include "http/certificate.h"
#include "http/check.h"
#include "http/proxies.h"
#include "http/server.h"
#include "http/websocket.h"
#include "net/address.h"

enum { URL_BYTES = NET_ADDRESS_TEXT + 16 };

enum line_state {
    LINE_IDLE,   /* between requests, or a head is on its way */
    LINE_BODY,   /* the head is there, the body is not */
    LINE_BUSY,   /* the request is whole */
    LINE_SEND,   /* its answer is on its way */
    LINE_SOCKET, /* a WebSocket: the sockets' thread's */
    LINE_ENDED,  /* by the watch: nothing more is said on it */
};

struct line {
    struct http_server *server;
    struct line *before, *after; /* in the server's list; under its lock */
    struct MHD_Connection *connection;
    unsigned worker;
    int fd;
    _Atomic int state;             /* enum line_state */
    _Atomic uint64_t since_ns;     /* when that began, or last got on */
    _Atomic bool has_asked;        /* and was answered */
    uint64_t seen_ns, look_ns;     /* the watch's: since_ns as last seen; when to look again */
    uint64_t began_ns, told_bytes; /* likewise: a head has begun; how much the client has taken */
    struct http_fault fault;       /* status not 0: what its requests are refused with */
    bool is_counted;               /* by addresses */
    bool is_socket;                /* its last exchange has ended when it was handed over */
    bool is_cut; /* by the watch: no longer in line_count; under the server's lock */
    struct exchange *_Atomic exchange; /* its worker's; NULL between requests */
    struct net_address peer;
    char host[INET6_ADDRSTRLEN];
};

enum turn_state { TURN_RUNS, TURN_SUSPENDED, TURN_ANSWERED };

struct exchange {
    struct http_exchange of; /* what the handler sees; the first, so that one is the other */
    struct arena arena;
    struct line *line;
    struct MHD_Connection *connection;
    struct exchange *next;           /* among the spare ones */
    struct exchange *before, *after; /* among those whose request is not whole yet, */
    bool is_partial;                 /* of which it is one */
    struct text target;              /* as in the request line */
    struct http_header *headers;
    size_t header_room;
    struct http_framing framing;
    struct http_fault fault;           /* status not 0: to be refused once the body has passed by */
    const struct websocket_kind *kind; /* that it goes on as; NULL: it does not */
    void *kind_own;
    bool has_begun, is_dispatched, is_waiting;
    bool is_told;      /* beside the library, why it is refused */
    bool closes;       /* the connection, with the answer */
    uintptr_t body_at; /* where in the library's memory what follows the head begins */
    _Atomic int turn;  /* enum turn_state: who is first, the handler's return or the answer */
    char *body;
    size_t body_len, body_room;
    size_t progress;  /* of the body, since the line was told that it goes on */
    size_t passed_by; /* of a body that is refused */
};

struct upgraded; /* loop.c */

struct worker {
    struct http_server *server;
    unsigned number;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    int wake; /* eventfd: something was given back, the watch has ended a request, or it ends */
    _Atomic bool ends, has_slow;
    pthread_mutex_t lock; /* of what follows */
    struct upgraded *given_back;

    /* Touched by its own thread alone. */
    struct exchange *spare;
    struct exchange *partial; /* those whose request is not whole yet */
    unsigned spare_count;
    unsigned upgraded_count; /* connections that were upgraded and are not closed */
};

struct http_server {
    struct http_server_settings settings; /* limits filled in */
    int listener;
    struct certificate *_Atomic certificate; /* NULL: no TLS */
    struct proxies proxies;
    struct addresses *addresses;
    char url[URL_BYTES];
    struct worker workers[HTTP_WORKERS_MAX];
    unsigned worker_count;
    struct sockets *sockets;
    _Atomic bool is_stopping;
    _Atomic uint64_t requests, refused;
    _Atomic unsigned exchanges; /* that have begun and not ended */
    _Atomic unsigned waiting;   /* of them, those whose handler has said HTTP_LATER */
    pthread_t watch;
    bool is_watched;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    struct line *lines;
    unsigned line_count; /* without those that were cut */
    bool ends;
};

/* line.c */
void line_notify(void *server, struct MHD_Connection *connection, void **line,
                 enum MHD_ConnectionNotificationCode code);
void line_write_host(const struct net_address *peer, char host[static INET6_ADDRSTRLEN]);
bool line_move(struct line *line, enum line_state from,
               enum line_state to);   /* false: it was ended */
void line_goes_on(struct line *line); /* bytes came */
void line_rests(struct line *line);   /* an exchange is over */
struct tcp_info line_info(const struct line *line);
/* Whether anything came, as far as `info` tells, since the last request was answered at `since_ns`. The system counts
 * ticks: what comes within two of them is seen when more does, and else it is as if nothing had. */
bool line_has_begun(const struct line *line, const struct tcp_info *info, uint64_t since_ns,
                    uint64_t now_ns);

/* loop.c: workers, and the daemons that they run. */
enum http_err loop_start(struct http_server *server, unsigned workers);
void loop_stop(struct http_server *server);
struct worker *loop_worker(void);          /* whose thread this is; NULL: another one */
void loop_has_slow(struct worker *worker); /* faults_tell_slow is to be called; any thread */

/* What MHD_resume_connection does, by any thread: `worker` is the connection's. */
void loop_resume(struct worker *worker, struct MHD_Connection *connection);

/* A connection that was upgraded is remembered by its worker's thread (NULL: no memory), and given back by any. */
MUST_USE struct upgraded *loop_upgraded(struct MHD_UpgradeResponseHandle *handle);
void loop_give_back(struct upgraded *upgraded);

/* faults.c: takes the library's log, and with it what it is about to answer by itself, or to close without a word. */
void faults_log(void *unused, const char *format, va_list words);
/* Has the settings word a refusal whose status is set. */
void faults_word(const struct http_server *server, const struct http_request *request,
                 struct http_response *response, const char *why);
/* Tells a line in clear that has no request yet that it took too long, or ended before one; by any thread. */
void faults_tell_early(const struct line *line, bool is_slow);
/* Tells those of the thread that the watch has ended with a request on its way, and closes them. */
void faults_tell_slow(void);

/* watch.c: ends lines that take too long; the caller holds the lock for the second. */
void *watch_run(void *server);
bool watch_evict_idle(struct http_server *server);

/* exchange.c */
struct exchange *exchange_new(struct line *line, struct MHD_Connection *connection);
void exchange_free(struct exchange *exchange);
void exchange_is_whole(struct exchange *exchange); /* its request, or it is answered without */

/* request.c: what libmicrohttpd calls. */
void *request_line_came(void *server, const char *target, struct MHD_Connection *connection);
enum MHD_Result request_came(void *server, struct MHD_Connection *connection, const char *path,
                             const char *method, const char *version, const char *upload,
                             size_t *upload_bytes, void **exchange);
void request_over(void *server, struct MHD_Connection *connection, void **exchange,
                  enum MHD_RequestTerminationCode code);
void request_gather(struct exchange *exchange); /* the headers that have come */

/* upgrade.c: WebSockets. The response is the one that hands the connection over; an exchange that comes to nothing
 * gives back what websocket_accept took. */
MUST_USE struct MHD_Response *upgrade_response(void);
void upgrade_forget(struct exchange *exchange);

/* answer.c: queues the response as the handler filled it. */
enum MHD_Result answer_queue(struct exchange *exchange);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that has all WebSockets. */
#include "http/sockets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock/clock.h"
#include "http/parts.h"

enum { EVENTS = 64, GOODBYE_MS = 50 };

#define MS_NS UINT64_C(1000000)
#define SECOND_NS UINT64_C(1000000000)
#define CLOSING_NS (5 * SECOND_NS) /* for the client's half of the closing handshake */
#define GOODBYE_NS (1 * SECOND_NS) /* likewise, where we go away */

/* --- any thread ------------------------------------------------------------------------------------ */

bool sockets_reserve(struct sockets *sockets)
{
    pthread_mutex_lock(&sockets->lock);
    bool fits = !sockets->is_stopping && sockets->count < sockets->limits.sockets_max;
    sockets->count += fits;
    pthread_mutex_unlock(&sockets->lock);
    return fits;
}

void sockets_unreserve(struct sockets *sockets)
{
    pthread_mutex_lock(&sockets->lock);
    sockets->count--;
    pthread_mutex_unlock(&sockets->lock);
}

bool sockets_take(struct sockets *sockets, const struct websocket_kind *kind, void *own, int fd,
                  struct upgraded *upgraded, struct text early)
{
    struct websocket *socket = calloc(1, sizeof *socket);
    char *copy = early.len ? malloc(early.len) : NULL;
    if (!socket || (early.len && !copy)) {
        free(socket);
        free(copy);
        return false;
    }
    if (early.len)
        memcpy(copy, early.bytes, early.len);
    *socket = (struct websocket){.sockets = sockets,
                                 .kind = kind,
                                 .own = own,
                                 .fd = fd,
                                 .upgraded = upgraded,
                                 .early = copy,
                                 .early_len = early.len};
    atomic_init(&socket->keepers, 1);
    pthread_mutex_lock(&sockets->lock);
    bool goes_on = !sockets->is_stopping;
    if (goes_on)
        websocket_mark(socket);
    pthread_mutex_unlock(&sockets->lock);
    if (!goes_on)
        websocket_let_go(socket);
    return goes_on;
}

/* --- the thread ------------------------------------------------------------------------------------ */

/* The connection is libmicrohttpd's again, which closes it. */
static void end(struct websocket *socket, unsigned code)
{
    struct sockets *sockets = socket->sockets;
    if (socket->frames && wslay_event_get_close_received(socket->frames))
        code = wslay_event_get_status_code_received(socket->frames);
    *(socket->before ? &socket->before->after : &sockets->all) = socket->after;
    if (socket->after)
        socket->after->before = socket->before;
    pthread_mutex_lock(&sockets->lock);
    socket->is_ended = true;
    sockets->count--;
    pthread_mutex_unlock(&sockets->lock);
    if (socket->frames)
        wslay_event_context_free(socket->frames);
    (void)epoll_ctl(sockets->epoll, EPOLL_CTL_DEL, socket->fd, NULL);
    shutdown(socket->fd, SHUT_WR);
    loop_give_back(socket->upgraded);
    socket->kind->closed(socket->own, code);
    websocket_let_go(socket);
}

static void begin(struct websocket *socket, uint64_t now_ns)
{
    struct sockets *sockets = socket->sockets;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = socket};
    socket->heard_ns = socket->sent_ns = now_ns;
    socket->events = EPOLLIN;
    socket->after = sockets->all;
    if (sockets->all)
        sockets->all->before = socket;
    sockets->all = socket;
    bool is_added = epoll_ctl(sockets->epoll, EPOLL_CTL_ADD, socket->fd, &event) == 0;
    socket->kind->opened(socket->own, socket);
    if (!is_added || (socket->early_len && !websocket_read(socket, now_ns)))
        end(socket, WEBSOCKET_LOST);
}

static void serve(struct websocket *socket, bool is_overrun, uint64_t now_ns)
{
    if (!socket->events)
        begin(socket, now_ns);
    else if (is_overrun)
        end(socket, WEBSOCKET_TRY_LATER);
    else if (!socket->is_blocked && !websocket_push(socket, now_ns))
        end(socket, WEBSOCKET_LOST);
}

/* Those that anybody has something for. */
static void serve_marked(struct sockets *sockets, uint64_t now_ns)
{
    pthread_mutex_lock(&sockets->lock);
    struct websocket *marked = sockets->marked;
    sockets->marked = NULL;
    while (marked) {
        struct websocket *socket = marked;
        bool is_ended = socket->is_ended, is_overrun = socket->is_overrun;
        marked = socket->next_marked;
        socket->is_marked = false; /* from here on it may be marked again, in the next list */
        pthread_mutex_unlock(&sockets->lock);
        if (!is_ended)
            serve(socket, is_overrun, now_ns);
        websocket_let_go(socket);
        pthread_mutex_lock(&sockets->lock);
    }
    pthread_mutex_unlock(&sockets->lock);
}

static void watch(struct sockets *sockets, uint64_t now_ns)
{
    const struct sockets_limits *limits = &sockets->limits;
    for (struct websocket *socket = sockets->all, *next; socket; socket = next) {
        next = socket->after;
        bool is_stuck = socket->is_blocked && now_ns - socket->sent_ns >= limits->send_ns;
        bool is_gone = socket->pinged_ns && now_ns - socket->pinged_ns >= limits->pong_ns;
        if (is_stuck || is_gone ||
            (socket->closing_ns && now_ns - socket->closing_ns >= CLOSING_NS))
            end(socket, WEBSOCKET_LOST);
        else if (!socket->closing_ns && !socket->pinged_ns &&
                 now_ns - socket->heard_ns >= limits->ping_ns && !websocket_ping(socket, now_ns))
            end(socket, WEBSOCKET_LOST);
    }
}

/* An eighth of the shortest limit: what it adds to one. */
static int beat_ms(const struct sockets_limits *limits)
{
    uint64_t least = limits->ping_ns < limits->pong_ns ? limits->ping_ns : limits->pong_ns;
    least = (limits->send_ns < least ? limits->send_ns : least) / 8;
    return least < SECOND_NS ? (int)(least / MS_NS) + 1 : 1000;
}

static void turn(struct sockets *sockets, int wait_ms)
{
    struct epoll_event events[EVENTS];
    uint64_t beats;
    int count = epoll_wait(sockets->epoll, events, EVENTS, wait_ms);
    uint64_t now_ns = clock_monotonic_ns();
    for (int i = 0; i < count; i++) {
        struct websocket *socket = events[i].data.ptr;
        if (!socket)
            (void)!read(sockets->wake, &beats, sizeof beats);
        else if (events[i].events & ~(uint32_t)EPOLLOUT ? !websocket_read(socket, now_ns)
                                                        : !websocket_push(socket, now_ns))
            end(socket, WEBSOCKET_LOST);
    }
    serve_marked(sockets, now_ns);
}

/* All are told, and have a moment to answer. */
static void say_goodbye(struct sockets *sockets)
{
    uint64_t until_ns = clock_monotonic_ns() + GOODBYE_NS;
    serve_marked(sockets, clock_monotonic_ns());
    for (struct websocket *socket = sockets->all; socket; socket = socket->after)
        websocket_close(socket, WEBSOCKET_GOING_AWAY, "the server stops");
    while (sockets->all && clock_monotonic_ns() < until_ns)
        turn(sockets, GOODBYE_MS);
    while (sockets->all)
        end(sockets->all, WEBSOCKET_GOING_AWAY);
}

static bool is_stopping(struct sockets *sockets)
{
    pthread_mutex_lock(&sockets->lock);
    bool stops = sockets->is_stopping;
    pthread_mutex_unlock(&sockets->lock);
    return stops;
}

static void *run(void *context)
{
    struct sockets *sockets = context;
    int wait_ms = beat_ms(&sockets->limits);
    uint64_t look_ns = 0;
    while (!is_stopping(sockets)) {
        turn(sockets, wait_ms);
        uint64_t now_ns = clock_monotonic_ns();
        if (now_ns < look_ns)
            continue;
        watch(sockets, now_ns);
        look_ns = now_ns + (uint64_t)wait_ms * MS_NS;
    }
    say_goodbye(sockets);
    serve_marked(sockets, clock_monotonic_ns());
    return NULL;
}

struct sockets *sockets_start(const struct sockets_limits *limits)
{
    struct sockets *sockets = calloc(1, sizeof *sockets);
    struct epoll_event event = {.events = EPOLLIN};
    if (!sockets)
        return NULL;
    sockets->limits = *limits;
    pthread_mutex_init(&sockets->lock, NULL);
    sockets->epoll = epoll_create1(EPOLL_CLOEXEC);
    sockets->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    sockets->is_started = sockets->epoll >= 0 && sockets->wake >= 0 &&
                          epoll_ctl(sockets->epoll, EPOLL_CTL_ADD, sockets->wake, &event) == 0 &&
                          pthread_create(&sockets->thread, NULL, run, sockets) == 0;
    if (sockets->is_started)
        return sockets;
    sockets_free(sockets);
    return NULL;
}

void sockets_stop(struct sockets *sockets)
{
    static const uint64_t one = 1;
    if (!sockets || !sockets->is_started)
        return;
    pthread_mutex_lock(&sockets->lock);
    sockets->is_stopping = true;
    pthread_mutex_unlock(&sockets->lock);
    (void)!write(sockets->wake, &one, sizeof one);
    pthread_join(sockets->thread, NULL);
    sockets->is_started = false;
}

void sockets_free(struct sockets *sockets)
{
    if (!sockets)
        return;
    if (sockets->epoll >= 0)
        close(sockets->epoll);
    if (sockets->wake >= 0)
        close(sockets->wake);
    pthread_mutex_destroy(&sockets->lock);
    free(sockets);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends lines that take too long, from a thread of its own: libmicrohttpd's time-outs count silence only, so that a
 * byte now and then would hold a line for ever, and say nothing to those they end. */
#include <sys/socket.h>
#include <time.h>

#include "clock/clock.h"
#include "http/parts.h"

enum {
    PROGRESS_BYTES = 16 * 1024, /* as server.h says of send_ns */
    TCP_CLOSE_WAIT = 8,         /* in tcpi_state; Linux keeps the name out of linux/tcp.h */
};

#define MS_NS UINT64_C(1000000)
#define SECOND_NS UINT64_C(1000000000)
#define SOON_NS                                                                                    \
    (SECOND_NS / 2) /* when a line is first looked at; most requests are long answered */

enum why { SILENTLY, TOO_SLOW, CUT_SHORT };

/* Under the server's lock. True: it was ended, and not gone elsewhere meanwhile. */
static bool cut(struct line *line, enum line_state from, enum why why)
{
    int expected = (int)from;
    if (!atomic_compare_exchange_strong(&line->state, &expected, LINE_ENDED))
        return false;
    line->is_cut = true;
    line->server->line_count--;
    if (why == TOO_SLOW && atomic_load(&line->exchange)) {
        loop_has_slow(&line->server->workers[line->worker]);
        return true;
    }
    if (why != SILENTLY && !line->server->certificate)
        faults_tell_early(line, why == TOO_SLOW);
    shutdown(line->fd, SHUT_RDWR); /* its worker sees the end, and closes */
    return true;
}

/* The client has closed its half. An end that came with the bytes before it is no news of its own to the library, which
 * waits for one: here it is. */
static bool has_ended(const struct line *line, const struct tcp_info *info)
{
    if (info->tcpi_state != TCP_CLOSE_WAIT)
        return false;
    if (atomic_load(&line->exchange))
        shutdown(line->fd, SHUT_RD);
    return true;
}

/* Whether a head is on its way is asked of the system, now and then; from when it is first seen it has head_ns. */
static void watch_idle(struct line *line, uint64_t now_ns)
{
    const struct http_limits *limits = &line->server->settings.limits;
    uint64_t between_ns = limits->head_ns / 2;
    if (line->look_ns == 0)
        line->look_ns = line->seen_ns + (between_ns < SOON_NS ? between_ns : SOON_NS);
    if (now_ns >= line->look_ns) {
        struct tcp_info info = line_info(line);
        bool has_begun = line_has_begun(line, &info, line->seen_ns, now_ns);
        line->look_ns = now_ns + between_ns;
        if (has_ended(line, &info)) {
            if (!atomic_load(&line->exchange))
                cut(line, LINE_IDLE, has_begun ? CUT_SHORT : SILENTLY); /* it has all answers */
            return;
        }
        if (!line->began_ns && has_begun)
            line->began_ns = now_ns;
    }
    if (line->began_ns && now_ns - line->began_ns >= limits->head_ns)
        cut(line, LINE_IDLE, TOO_SLOW);
    else if (now_ns - line->seen_ns >= limits->idle_ns)
        cut(line, LINE_IDLE, line->began_ns ? TOO_SLOW : SILENTLY);
}

static void watch_body(struct line *line, uint64_t now_ns)
{
    uint64_t body_ns = line->server->settings.limits.body_ns;
    if (now_ns > line->seen_ns && now_ns - line->seen_ns >= body_ns) {
        cut(line, LINE_BODY, TOO_SLOW);
        return;
    }
    if (line->look_ns == 0)
        line->look_ns = line->seen_ns + (body_ns < SOON_NS ? body_ns : SOON_NS);
    if (now_ns < line->look_ns)
        return;
    struct tcp_info info = line_info(line);
    (void)has_ended(line, &info);
    line->look_ns = now_ns + body_ns / 2;
}

static void watch_send(struct line *line, uint64_t now_ns)
{
    uint64_t send_ns = line->server->settings.limits.send_ns;
    if (line->look_ns == 0)
        line->look_ns = line->seen_ns + send_ns;
    if (now_ns < line->look_ns)
        return;
    uint64_t told_bytes = line_info(line).tcpi_bytes_acked;
    if (told_bytes - line->told_bytes < PROGRESS_BYTES)
        cut(line, LINE_SEND, SILENTLY);
    line->told_bytes = told_bytes;
    line->look_ns = now_ns + send_ns;
}

static void watch_line(struct line *line, uint64_t now_ns)
{
    uint64_t since_ns = atomic_load(&line->since_ns);
    if (since_ns != line->seen_ns) {
        line->seen_ns = since_ns;
        line->look_ns = line->began_ns = line->told_bytes = 0;
    }
    switch ((enum line_state)atomic_load(&line->state)) {
    case LINE_IDLE:
        if (atomic_load(&line->server->is_stopping))
            cut(line, LINE_IDLE, SILENTLY);
        else
            watch_idle(line, now_ns);
        break;
    case LINE_BODY:
        watch_body(line, now_ns);
        break;
    case LINE_SEND:
        watch_send(line, now_ns);
        break;
    case LINE_BUSY:
    case LINE_SOCKET:
    case LINE_ENDED:
        break;
    }
}

bool watch_evict_idle(struct http_server *server)
{
    struct line *oldest = NULL;
    uint64_t oldest_ns = UINT64_MAX;
    for (struct line *line = server->lines; line; line = line->after) {
        uint64_t since_ns = atomic_load(&line->since_ns);
        if (atomic_load(&line->state) == LINE_IDLE && since_ns < oldest_ns) {
            oldest = line;
            oldest_ns = since_ns;
        }
    }
    return oldest && cut(oldest, LINE_IDLE, SILENTLY);
}

/* An eighth of the shortest limit: what it adds to one. */
static uint64_t beat_ns(const struct http_server *server)
{
    const struct http_limits *limits = &server->settings.limits;
    uint64_t least = limits->head_ns;
    least = limits->body_ns < least ? limits->body_ns : least;
    least = limits->idle_ns < least ? limits->idle_ns : least;
    least = limits->send_ns < least ? limits->send_ns : least;
    least /= 8;
    if (atomic_load(&server->is_stopping) || least < 5 * MS_NS)
        return 5 * MS_NS;
    return least < SECOND_NS ? least : SECOND_NS;
}

static void wait_until(struct http_server *server, uint64_t until_ns)
{
    const struct timespec until = {.tv_sec = (time_t)(until_ns / SECOND_NS),
                                   .tv_nsec = (long)(until_ns % SECOND_NS)};
    pthread_cond_timedwait(&server->wake, &server->lock, &until);
}

void *watch_run(void *context)
{
    struct http_server *server = context;
    uint64_t look_ns = 0;
    pthread_mutex_lock(&server->lock);
    while (!server->ends) {
        uint64_t now_ns = clock_monotonic_ns();
        if (now_ns >= look_ns) {
            for (struct line *line = server->lines; line; line = line->after)
                watch_line(line, now_ns);
            look_ns = now_ns + beat_ns(server);
        }
        wait_until(server, look_ns);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

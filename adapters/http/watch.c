/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends lines that take too long, from a thread of its own: libmicrohttpd's time-outs count silence only, so that a
 * byte now and then would hold a line for ever, and say nothing to those they end. */
#include <linux/tcp.h>
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

/* Under the server's lock. True: it was ended, and not gone elsewhere meanwhile. In clear the client is told, as far as
 * that goes out at once. */
static bool cut(struct line *line, enum line_state from, const char *words)
{
    int expected = (int)from;
    if (!atomic_compare_exchange_strong(&line->state, &expected, LINE_ENDED))
        return false;
    line->is_cut = true;
    line->server->line_count--;
    if (words && !line->server->certificate)
        (void)!send(line->fd, words, strlen(words), MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(line->fd, SHUT_RDWR); /* its worker sees the end, and closes */
    return true;
}

static const char too_slow[] = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n"
                               "Connection: close\r\n\r\n";

static struct tcp_info info_of(const struct line *line)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    if (getsockopt(line->fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
        info = (struct tcp_info){0};
    return info;
}

/* Whether anything came since the last request was answered. The system counts ticks: what comes within two of them is
 * seen when more does, and else it is as if nothing had. */
static bool has_begun(const struct line *line, const struct tcp_info *info, uint64_t now_ns)
{
    enum { TICKS_MS = 20 };
    if (!atomic_load(&line->has_asked))
        return info->tcpi_bytes_received > 0;
    uint64_t silence_ns = info->tcpi_last_data_recv * MS_NS;
    return now_ns - line->seen_ns > silence_ns + TICKS_MS * MS_NS;
}

/* Whether a head is on its way is asked of the system, now and then; from when it is first seen it has head_ns. */
static void watch_idle(struct line *line, uint64_t now_ns)
{
    const struct http_limits *limits = &line->server->settings.limits;
    if (line->look_ns == 0)
        line->look_ns = line->seen_ns + limits->head_ns / 2;
    if (now_ns >= line->look_ns) {
        struct tcp_info info = info_of(line);
        if (info.tcpi_state ==
            TCP_CLOSE_WAIT) { /* the client has closed its half, and has all answers */
            cut(line, LINE_IDLE, NULL);
            return;
        }
        if (!line->began_ns && has_begun(line, &info, now_ns))
            line->began_ns = now_ns;
        line->look_ns = now_ns + limits->head_ns / 2;
    }
    if (line->began_ns && now_ns - line->began_ns >= limits->head_ns)
        cut(line, LINE_IDLE, too_slow);
    else if (now_ns - line->seen_ns >= limits->idle_ns)
        cut(line, LINE_IDLE, line->began_ns ? too_slow : NULL);
}

static void watch_send(struct line *line, uint64_t now_ns)
{
    uint64_t send_ns = line->server->settings.limits.send_ns;
    if (line->look_ns == 0)
        line->look_ns = line->seen_ns + send_ns;
    if (now_ns < line->look_ns)
        return;
    uint64_t told_bytes = info_of(line).tcpi_bytes_acked;
    if (told_bytes - line->told_bytes < PROGRESS_BYTES)
        cut(line, LINE_SEND, NULL);
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
            cut(line, LINE_IDLE, NULL);
        else
            watch_idle(line, now_ns);
        break;
    case LINE_BODY:
        if (now_ns > since_ns && now_ns - since_ns >= line->server->settings.limits.body_ns)
            cut(line, LINE_BODY, too_slow);
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
    return oldest && cut(oldest, LINE_IDLE, NULL);
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

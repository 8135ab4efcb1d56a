/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections as they come, get on and go. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "clock/clock.h"
#include "http/parts.h"

void line_write_host(const struct net_address *peer, char host[static INET6_ADDRSTRLEN])
{
    const void *bytes = peer->any.sa_family == AF_INET ? (const void *)&peer->v4.sin_addr
                                                       : (const void *)&peer->v6.sin6_addr;
    if (!inet_ntop(peer->any.sa_family, bytes, host, INET6_ADDRSTRLEN))
        *host = '\0';
}

static void read_peer(struct line *line, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *address =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const union MHD_ConnectionInfo *socket =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    line->fd = socket->connect_fd;
    line->peer.len =
        address->client_addr->sa_family == AF_INET ? sizeof line->peer.v4 : sizeof line->peer.v6;
    memcpy(&line->peer.any, address->client_addr, line->peer.len);
    line_write_host(&line->peer, line->host);
}

/* Whether there is room; where not, its requests are refused with a status, since it can be told nothing yet. */
static void admit(struct line *line)
{
    struct http_server *server = line->server;
    if (server->line_count >= server->settings.limits.connections_max && !watch_evict_idle(server))
        line->fault = (struct http_fault){503, "too many connections"};
    else if (!proxies_have(&server->proxies, &line->peer) && /* which has many clients */
             !(line->is_counted = addresses_begin(server->addresses, &line->peer, line->since_ns)))
        line->fault = (struct http_fault){429, "too many connections from this address"};
}

static void begin(struct http_server *server, struct MHD_Connection *connection, void **context)
{
    struct line *line = *context = calloc(1, sizeof *line);
    if (!line)
        return;
    line->server = server;
    line->connection = connection;
    line->worker = loop_worker()->number;
    read_peer(line, connection);
    atomic_init(&line->state, LINE_IDLE);
    atomic_init(&line->since_ns, clock_monotonic_ns());

    pthread_mutex_lock(&server->lock);
    admit(line);
    line->after = server->lines;
    if (server->lines)
        server->lines->before = line;
    server->lines = line;
    server->line_count++;
    pthread_mutex_unlock(&server->lock);
}

/* Its socket is still open, so that the watch never ends another's of the same number. */
static void end(struct http_server *server, struct line *line)
{
    pthread_mutex_lock(&server->lock);
    *(line->before ? &line->before->after : &server->lines) = line->after;
    if (line->after)
        line->after->before = line->before;
    server->line_count -= !line->is_cut;
    pthread_mutex_unlock(&server->lock);
    if (line->is_counted)
        addresses_end(server->addresses, &line->peer);
    if (line->is_socket)
        loop_worker()->upgraded_count--;
    if (line->exchange) /* of a head that never became a request */
        exchange_free(line->exchange);
    free(line);
}

void line_notify(void *server, struct MHD_Connection *connection, void **line,
                 enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        begin(server, connection, line);
    else if (*line)
        end(server, *line);
}

bool line_move(struct line *line, enum line_state from, enum line_state to)
{
    int expected = (int)from;
    atomic_store(&line->since_ns, clock_monotonic_ns());
    return atomic_compare_exchange_strong(&line->state, &expected, (int)to);
}

void line_goes_on(struct line *line)
{
    atomic_store(&line->since_ns, clock_monotonic_ns());
}

void line_rests(struct line *line)
{
    int state = atomic_load(&line->state);
    if (state == LINE_ENDED)
        return;
    atomic_store_explicit(&line->has_asked, true, memory_order_relaxed);
    atomic_store(&line->since_ns, clock_monotonic_ns());
    atomic_compare_exchange_strong(&line->state, &state, LINE_IDLE);
}

struct tcp_info line_info(const struct line *line)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    if (getsockopt(line->fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
        info = (struct tcp_info){0};
    return info;
}

bool line_has_begun(const struct line *line, const struct tcp_info *info, uint64_t since_ns,
                    uint64_t now_ns)
{
    enum { TICKS_MS = 20 };
    static const uint64_t ms_ns = 1000000;
    if (!atomic_load(&line->has_asked))
        return info->tcpi_bytes_received > 0;
    return now_ns - since_ns > (info->tcpi_last_data_recv + TICKS_MS) * ms_ns;
}

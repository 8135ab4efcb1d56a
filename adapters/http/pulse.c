/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libmicrohttpd 0.9.75 takes up to 128 events at a time, and after just that many asks for more before it works on
 * them, waiting for as long as there are none: 128 connections with something to do at once, and no other, stand
 * still. So, while there are nearly as many, the watch gives each of its threads an event every millisecond. The
 * library passes over events without a connection. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "http/parts.h"

bool pulse_open(struct http_server *server)
{
    server->pulse = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return server->pulse >= 0;
}

/* The library's thread that has the connection, once for each. */
void pulse_join(struct http_server *server, struct MHD_Connection *connection)
{
    static _Thread_local bool has_joined; /* a thread serves one server all its life */
    struct epoll_event event = {.events = EPOLLIN | EPOLLET}; /* never read: each beat counts */
    if (has_joined)
        return;
    struct MHD_Daemon *own =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_DAEMON)->daemon;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(own, MHD_DAEMON_INFO_EPOLL_FD);
    if (info && info->epoll_fd >= 0)
        has_joined = epoll_ctl(info->epoll_fd, EPOLL_CTL_ADD, server->pulse, &event) == 0;
}

bool pulse_beat(struct http_server *server)
{
    static const uint64_t one = 1;
    if (server->line_count < LINES_MANY)
        return false;
    return write(server->pulse, &one, sizeof one) == sizeof one;
}

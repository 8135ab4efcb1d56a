/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/sockets.h"

#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock/clock.h"

enum { NS_PER_S = 1000000000 };

int sockets_open(int type, const struct sockaddr_in *local)
{
    int size = SOCKETS_BUFFER_BYTES, yes = 1;
    int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        err(1, "socket");
    if (type == SOCK_DGRAM && (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) ||
                               setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size)))
        err(1, "socket buffer");
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes))
        err(1, "SO_REUSEADDR");
    if (bind(fd, (const struct sockaddr *)local, sizeof *local))
        err(1, "bind %s", sockets_name(local));
    return fd;
}

bool sockets_wait(struct pollfd *fds, size_t count, uint64_t until_ns)
{
    uint64_t now_ns = clock_monotonic_ns();
    uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
    struct timespec left = {.tv_sec = (time_t)(left_ns / NS_PER_S),
                            .tv_nsec = (long)(left_ns % NS_PER_S)};

    return ppoll(fds, count, &left, NULL) > 0;
}

const char *sockets_name(const struct sockaddr_in *address)
{
    char *name = malloc(INET_ADDRSTRLEN);

    if (!name || !inet_ntop(AF_INET, &address->sin_addr, name, INET_ADDRSTRLEN))
        err(1, "address");
    return name;
}

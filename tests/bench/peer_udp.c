/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bare UDP: nothing added, so its ages are the machine's own noise and its losses the line's. On two
 * lines each message goes out on both. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "bench/peers.h"
#include "bench/sockets.h"
#include "clock/clock.h"

struct udp_end {
    const struct bench_setup *setup;
    struct pollfd sockets[BENCH_LINES_MAX];
};

static struct udp_end *new_end(const struct bench_setup *setup)
{
    struct udp_end *end = calloc(1, sizeof *end);

    if (!end)
        err(1, "memory");
    end->setup = setup;
    return end;
}

static void *open_receiver(const struct bench_setup *setup)
{
    struct udp_end *end = new_end(setup);

    for (unsigned i = 0; i < setup->lines; i++)
        end->sockets[i] = (struct pollfd){.fd = sockets_open(SOCK_DGRAM, &setup->line[i].receiver),
                                          .events = POLLIN};
    return end;
}

static void *open_sender(const struct bench_setup *setup)
{
    struct udp_end *end = new_end(setup);

    for (unsigned i = 0; i < setup->lines; i++) {
        const struct sockaddr_in *to = &setup->line[i].receiver;
        int fd = sockets_open(SOCK_DGRAM, &setup->line[i].sender);

        if (connect(fd, (const struct sockaddr *)to, sizeof *to))
            return NULL;
        end->sockets[i] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
    return end;
}

static void send_message(void *context, const void *bytes, size_t len)
{
    struct udp_end *end = context;

    for (unsigned i = 0; i < end->setup->lines; i++)
        if (send(end->sockets[i].fd, bytes, len, 0) < 0 && errno != EAGAIN && errno != ECONNREFUSED)
            err(1, "send");
}

static void receive_all(const struct udp_end *end, int fd)
{
    uint8_t bytes[2048];
    ssize_t len;

    while ((len = recv(fd, bytes, sizeof bytes, 0)) >= 0)
        end->setup->arrived(bytes, (size_t)len);
}

static void service(void *context, uint64_t until_ns)
{
    struct udp_end *end = context;

    do {
        if (!sockets_wait(end->sockets, end->setup->lines, until_ns))
            continue;
        for (unsigned i = 0; i < end->setup->lines; i++)
            receive_all(end, end->sockets[i].fd);
    } while (clock_monotonic_ns() < until_ns);
}

const struct bench_peer bench_peer_udp = {
    .name = "udp",
    .notes = "bare UDP, nothing encrypted or repaired; on two lines each message on both",
    .lines_max = BENCH_LINES_MAX,
    .pictures = true,
    .open_sender = open_sender,
    .open_receiver = open_receiver,
    .send = send_message,
    .service = service,
};

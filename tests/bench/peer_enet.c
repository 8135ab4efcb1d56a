/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ENet, unsequenced packets: neither ordered nor sent again. Games use it so. */
#include <enet/enet.h>
#include <poll.h>

#include "bench/peers.h"
#include "bench/sockets.h"
#include "clock/clock.h"

enum { CHANNEL = 0, CHANNELS = 1 };

struct enet_end {
    const struct bench_setup *setup;
    ENetHost *host;
    ENetPeer *peer; /* of the sender, once connected */
};

static struct enet_end end_of_process;

static ENetAddress to_enet(const struct sockaddr_in *address)
{
    return (ENetAddress){.host = address->sin_addr.s_addr, .port = ntohs(address->sin_port)};
}

static bool open_host(const struct bench_setup *setup, const struct sockaddr_in *local)
{
    ENetAddress address = to_enet(local);

    if (enet_initialize())
        return false;
    end_of_process =
        (struct enet_end){.setup = setup, .host = enet_host_create(&address, 1, CHANNELS, 0, 0)};
    if (!end_of_process.host)
        return false;
    enet_socket_set_option(end_of_process.host->socket, ENET_SOCKOPT_RCVBUF, SOCKETS_BUFFER_BYTES);
    enet_socket_set_option(end_of_process.host->socket, ENET_SOCKOPT_SNDBUF, SOCKETS_BUFFER_BYTES);
    return true;
}

static void *open_receiver(const struct bench_setup *setup)
{
    return open_host(setup, &setup->line[0].receiver) ? &end_of_process : NULL;
}

static void *open_sender(const struct bench_setup *setup)
{
    ENetAddress to = to_enet(&setup->line[0].receiver);
    ENetEvent event;

    if (!open_host(setup, &setup->line[0].sender))
        return NULL;
    end_of_process.peer = enet_host_connect(end_of_process.host, &to, CHANNELS, 0);
    if (!end_of_process.peer ||
        enet_host_service(end_of_process.host, &event, BENCH_CONNECT_MS_MAX) <= 0 ||
        event.type != ENET_EVENT_TYPE_CONNECT)
        return NULL;
    /* ENet thins unreliable packets out when round trips grow; a surgeon's gestures may not be. */
    enet_peer_throttle_configure(end_of_process.peer, ENET_PEER_PACKET_THROTTLE_INTERVAL,
                                 ENET_PEER_PACKET_THROTTLE_SCALE, 0);
    return &end_of_process;
}

static void send_message(void *context, const void *bytes, size_t len)
{
    struct enet_end *end = context;
    ENetPacket *packet = enet_packet_create(bytes, len, ENET_PACKET_FLAG_UNSEQUENCED);

    if (!packet || enet_peer_send(end->peer, CHANNEL, packet) < 0)
        return;
    enet_host_flush(end->host);
}

static void take_events(struct enet_end *end)
{
    ENetEvent event;

    while (enet_host_service(end->host, &event, 0) > 0)
        if (event.type == ENET_EVENT_TYPE_RECEIVE) {
            end->setup->arrived(event.packet->data, event.packet->dataLength);
            enet_packet_destroy(event.packet);
        }
}

/* Waits on ENet's socket here: its own wait is in whole milliseconds. Its timers are, too. */
static void service(void *context, uint64_t until_ns)
{
    enum { TIMER_NS = 1000000 };
    struct enet_end *end = context;
    struct pollfd socket = {.fd = end->host->socket, .events = POLLIN};
    uint64_t now_ns;

    while ((now_ns = clock_monotonic_ns()) < until_ns) {
        sockets_wait(&socket, 1, until_ns - now_ns < TIMER_NS ? until_ns : now_ns + TIMER_NS);
        take_events(end);
    }
}

const struct bench_peer bench_peer_enet = {
    .name = "enet",
    .notes = "ENet 1.3, unsequenced packets, throttle off; not encrypted",
    .lines_max = 1,
    .open_sender = open_sender,
    .open_receiver = open_receiver,
    .send = send_message,
    .service = service,
};

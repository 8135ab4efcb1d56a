/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SCTP over UDP (usrsctp, RFC 6951), messages unordered and never sent again (RFC 3758, RFC 7496): the
 * transport of a WebRTC data channel. On two lines it is multi-homed: SCTP keeps to one line and
 * changes to the other after time-outs.
 *
 * The buffer is the sender's, of so many milliseconds of load. A message stays in it until it is acknowledged,
 * so one shorter than a round trip is full on a line that loses nothing; a long one ages more on one that
 * does. */
#include <stdlib.h>
#include <usrsctp.h>

#include "bench/peers.h"
#include "bench/sockets.h"
#include "clock/clock.h"

enum {
    SCTP_PORT = 5000,
    UDP_PORT = BENCH_PORT,
    RECEIVE_BYTES = 1 << 20,
    RTO_LEAST_MS = 200,
    RTO_FIRST_MS = 300,
    RTO_MOST_MS = 1000
};

struct sctp_end {
    const struct bench_setup *setup;
    struct socket *socket;
    bool waits; /* for the sender to call */
};

static struct sctp_end end_of_process;

static int receive_message(struct socket *socket, union sctp_sockstore from, void *bytes,
                           size_t len, struct sctp_rcvinfo info, int flags, void *context)
{
    (void)socket, (void)from, (void)info, (void)context;
    if (bytes && !(flags & MSG_NOTIFICATION))
        end_of_process.setup->arrived(bytes, len);
    free(bytes);
    return 1;
}

static bool set(struct socket *socket, int option, const void *value, size_t len)
{
    return usrsctp_setsockopt(socket, IPPROTO_SCTP, option, value, (socklen_t)len) == 0;
}

/* Binds every line's address: the other side learns them all from the handshake. */
static bool bind_lines(struct socket *socket, const struct bench_setup *setup, bool is_receiver)
{
    for (unsigned i = 0; i < setup->lines; i++) {
        struct sockaddr_in local = is_receiver ? setup->line[i].receiver : setup->line[i].sender;

        local.sin_port = htons(SCTP_PORT);
        if (usrsctp_bindx(socket, (struct sockaddr *)&local, 1, SCTP_BINDX_ADD_ADDR))
            return false;
    }
    return true;
}

static struct socket *open_socket(const struct bench_setup *setup, bool is_receiver)
{
    struct sctp_udpencaps encapsulation = {.sue_address.ss_family = AF_INET,
                                           .sue_port = htons(UDP_PORT)};
    struct sctp_rtoinfo timeouts = {
        .srto_initial = RTO_FIRST_MS, .srto_min = RTO_LEAST_MS, .srto_max = RTO_MOST_MS};
    double bytes_per_second = setup->messages_per_second * (double)setup->message_bytes;
    uint32_t yes = 1;
    struct socket *socket;

    usrsctp_init(UDP_PORT, NULL, NULL);
    usrsctp_sysctl_set_sctp_sendspace((uint32_t)(bytes_per_second * setup->buffer_ms / 1000));
    usrsctp_sysctl_set_sctp_recvspace(RECEIVE_BYTES);
    socket = usrsctp_socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP, receive_message, NULL, 0, NULL);
    if (!socket ||
        !set(socket, SCTP_REMOTE_UDP_ENCAPS_PORT, &encapsulation, sizeof encapsulation) ||
        !set(socket, SCTP_NODELAY, &yes, sizeof yes) ||
        !set(socket, SCTP_RTOINFO, &timeouts, sizeof timeouts) ||
        !bind_lines(socket, setup, is_receiver))
        return NULL;
    end_of_process = (struct sctp_end){.setup = setup, .socket = socket, .waits = is_receiver};
    return socket;
}

static void *open_receiver(const struct bench_setup *setup)
{
    struct socket *listener = open_socket(setup, true);

    if (!listener || usrsctp_listen(listener, 1) || usrsctp_set_non_blocking(listener, 1))
        return NULL;
    return &end_of_process;
}

static void *open_sender(const struct bench_setup *setup)
{
    struct socket *socket = open_socket(setup, false);
    struct sockaddr_in to = setup->line[0].receiver;

    to.sin_port = htons(SCTP_PORT);
    if (!socket || usrsctp_connect(socket, (struct sockaddr *)&to, sizeof to) ||
        usrsctp_set_non_blocking(socket, 1))
        return NULL;
    return &end_of_process;
}

static void send_message(void *context, const void *bytes, size_t len)
{
    struct sctp_end *end = context;
    struct sctp_sendv_spa how = {
        .sendv_flags = SCTP_SEND_SNDINFO_VALID | SCTP_SEND_PRINFO_VALID,
        .sendv_sndinfo = {.snd_flags = SCTP_UNORDERED},
        .sendv_prinfo = {.pr_policy = SCTP_PR_SCTP_RTX, .pr_value = 0},
    };

    usrsctp_sendv(end->socket, bytes, len, NULL, 0, &how, sizeof how, SCTP_SENDV_SPA,
                  0); /* a full buffer drops the message */
}

/* usrsctp works in threads of its own; only a new association has to be taken. */
static void service(void *context, uint64_t until_ns)
{
    enum { ACCEPT_NS = 10000000 };
    struct sctp_end *end = context;
    uint64_t now_ns;

    while ((now_ns = clock_monotonic_ns()) < until_ns) {
        if (end->waits && usrsctp_accept(end->socket, NULL, NULL))
            end->waits = false;
        clock_sleep_until(until_ns - now_ns < ACCEPT_NS ? until_ns : now_ns + ACCEPT_NS);
    }
}

const struct bench_peer bench_peer_sctp = {
    .name = "sctp",
    .notes = "usrsctp over UDP, unordered, no retransmission, time-outs from 200 ms; not encrypted "
             "(WebRTC adds DTLS); on two lines multi-homed: one in use, one in reserve; the "
             "buffer below is the sender's",
    .lines_max = BENCH_LINES_MAX,
    .pictures = true,
    .buffer_ms = 400, /* three round trips of the lines */
    .open_sender = open_sender,
    .open_receiver = open_receiver,
    .send = send_message,
    .service = service,
};

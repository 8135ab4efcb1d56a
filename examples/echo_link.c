/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two sites over libjisr-link: one dials and sends a sample every 10 ms, the other sends each back;
 * both print how old samples are when they come. Plain POSIX sockets, one thread, one loop.
 *
 *     cc -o echo_link echo_link.c $(pkg-config --cflags --libs libjisr-link)
 *     jisr identity init authority
 *     jisr identity issue --authority authority --name Near --kind cart near
 *     jisr identity issue --authority authority --name Far --kind console far
 *     ./echo_link listen near 127.0.0.1:4433 127.0.0.1:4434 &
 *     ./echo_link dial far 127.0.0.1:4433 127.0.0.1:4434
 *
 * Each address is a line of its own; name as many as there are networks, eight at most. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <jisr/link.h>

#define MS UINT64_C(1000000)
enum { PERIOD_MS = 10, SAMPLES = 300, SAMPLE_BYTES = 100 };

struct end {
    bool dials, done;
    size_t lines;
    struct pollfd sockets[LINK_LINES_MAX];
    struct link *link;
    struct link_peer *peer; /* NULL until it is up */
    uint64_t next_ns;       /* when the next sample is due */
    unsigned sent, received, echoed;
};

static uint64_t monotonic_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 * MS + (uint64_t)time.tv_nsec;
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "echo_link: %s: %s\n", what, why);
    exit(1);
}

/* Opens the socket of one line. Only we look into a path's address; to the link it is bytes. */
static struct link_path open_line(struct end *end, const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    char host[64];
    unsigned port;
    struct link_path path = {.socket = (uint8_t)end->lines, .address_bytes = sizeof address};

    if (sscanf(text, "%63[0-9.]:%u", host, &port) != 2 || port > UINT16_MAX ||
        inet_pton(AF_INET, host, &address.sin_addr) != 1)
        fail(text, "not an address like 127.0.0.1:4433");
    address.sin_port = htons((uint16_t)port);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || (!end->dials && bind(fd, (struct sockaddr *)&address, sizeof address)))
        fail(text, "cannot open a socket there");
    memcpy(path.address, &address, sizeof address);
    end->sockets[end->lines++] = (struct pollfd){.fd = fd, .events = POLLIN};
    return path;
}

static void print_age(const struct end *end, const struct link_event *event)
{
    if (event->age.measured)
        printf("%s: sample %" PRIu32 " is %.3f ms old (+-%.3f) by line %u\n",
               end->dials ? "dial" : "listen", event->sequence, (double)event->age.ns / 1e6,
               (double)event->age.bound_ns / 1e6, event->line);
    else
        printf("sample %" PRIu32 " is of unknown age\n", event->sequence);
}

static void take_event(struct end *end, const struct link_event *event, uint64_t now_ns)
{
    static const uint8_t words[] = "hello from afar";

    switch (event->kind) {
    case LINK_EVENT_UP:
        end->peer = event->peer;
        end->next_ns = now_ns;
        printf("up: %s, %s\n", link_peer_name(event->peer), link_peer_fingerprint(event->peer));
        if (end->dials)
            link_send_message(end->peer, words, sizeof words - 1);
        break;
    case LINK_EVENT_SAMPLE:
        if (end->received++ % 100 == 99)
            print_age(end, event);
        if (!end->dials) /* with the stamp of our own clock: each way is measured by itself */
            end->echoed +=
                !link_send_sample(event->peer, 0, event->bytes, event->len, now_ns, now_ns, NULL);
        break;
    case LINK_EVENT_MESSAGE:
        printf("message: %.*s\n", (int)event->len, (const char *)event->bytes);
        break;
    case LINK_EVENT_REFUSED:
    case LINK_EVENT_CLOSED:
        printf("ended: %s%s\n", event->reason, event->by_peer ? " (by the other end)" : "");
        end->peer = NULL;
        end->done = end->dials || event->kind == LINK_EVENT_CLOSED;
        break;
    default: /* lines, clock, keys, frames: see link.h */
        break;
    }
}

static void receive(struct end *end, unsigned line)
{
    uint8_t bytes[LINK_DATAGRAM_MAX + 1]; /* one more, so that a longer one shows */
    struct sockaddr_in from = {0};
    socklen_t from_len = sizeof from;
    struct link_path path = {.socket = (uint8_t)line, .address_bytes = sizeof from};
    struct link_event event;
    ssize_t len = recvfrom(end->sockets[line].fd, bytes, sizeof bytes, MSG_DONTWAIT,
                           (struct sockaddr *)&from, &from_len);
    if (len <= 0)
        return;
    memcpy(path.address, &from, sizeof from);
    uint64_t now_ns = monotonic_ns();
    link_receive(end->link, &path, bytes, (size_t)len, now_ns);
    while (link_event(end->link, &event))
        take_event(end, &event, now_ns);
}

static void transmit(struct end *end, uint64_t now_ns)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct link_path path;
    struct link_event event;
    size_t len;

    while ((len = link_transmit(end->link, &path, bytes, now_ns)))
        (void)!sendto(end->sockets[path.socket].fd, bytes, len, 0,
                      (const struct sockaddr *)path.address, path.address_bytes);
    while (link_event(end->link, &event)) /* time brings events too */
        take_event(end, &event, now_ns);
}

/* The dialling end's samples; after the last it says goodbye. */
static void sample(struct end *end, uint64_t now_ns)
{
    uint8_t bytes[SAMPLE_BYTES] = {0};

    if (!end->dials || !end->peer || now_ns < end->next_ns)
        return;
    end->next_ns += PERIOD_MS * MS;
    if (end->sent++ < SAMPLES)
        link_send_sample(end->peer, 0, bytes, sizeof bytes, now_ns, now_ns, NULL);
    else
        link_close(end->peer, "enough for an example", now_ns);
}

static void run(struct end *end)
{
    uint64_t until_ns = UINT64_MAX; /* the goodbye needs a moment to leave */

    for (uint64_t now_ns = monotonic_ns(); now_ns < until_ns; now_ns = monotonic_ns()) {
        sample(end, now_ns);
        transmit(end, now_ns);
        if (end->done && until_ns == UINT64_MAX)
            until_ns = now_ns + 200 * MS;
        uint64_t wake_ns = link_deadline(end->link, now_ns);
        if (end->dials && end->peer && end->next_ns < wake_ns)
            wake_ns = end->next_ns;
        if (until_ns < wake_ns)
            wake_ns = until_ns;
        uint64_t wait_ns = wake_ns <= now_ns ? 0 : wake_ns - now_ns;
        poll(end->sockets, (nfds_t)end->lines,
             wait_ns < 1000 * MS ? (int)(wait_ns / MS) + 1 : 1000);
        for (unsigned i = 0; i < end->lines; i++)
            receive(end, i);
    }
}

int main(int argc, char **argv)
{
    struct end end = {0};
    struct link_path paths[LINK_LINES_MAX];
    char reason[LINK_REASON_BYTES];

    setvbuf(stdout, NULL, _IOLBF, 0);
    end.dials = argc >= 4 && !strcmp(argv[1], "dial");
    if (argc < 4 || argc > 3 + LINK_LINES_MAX || (!end.dials && strcmp(argv[1], "listen") != 0))
        fail("usage", "echo_link dial|listen IDENTITY ADDRESS:PORT...");
    struct link_identity *identity = link_identity_load(argv[2], reason);
    if (!identity)
        fail(argv[2], reason);
    for (int i = 3; i < argc; i++) {
        struct link_path path = open_line(&end, argv[i]);
        paths[path.socket] = path;
    }
    struct link_settings settings = {
        .identity = identity,
        .answers = !end.dials,
        .peer_kinds = end.dials ? LINK_KIND_CART : LINK_KIND_CONSOLE,
        .peers = 1,
        .samples[0] = {.period_ns = PERIOD_MS * MS, .every = true},
        .wall_s = (int64_t)time(NULL),
    };
    end.link = link_create(&settings, monotonic_ns(), reason);
    if (!end.link)
        fail("link", reason);
    if (end.dials) {
        enum link_err err = link_dial(end.link, paths, end.lines, monotonic_ns(), &end.peer);
        if (err != LINK_OK)
            fail("dial", link_err_text(err));
    }
    end.peer = NULL; /* not before it is up */
    run(&end);
    printf("%u sent, %u received, %u sent back\n", end.dials ? SAMPLES : 0, end.received,
           end.echoed);
    link_destroy(end.link);
    link_identity_free(identity);
    return end.received > 0 ? 0 : 1;
}

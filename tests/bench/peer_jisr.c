/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our own link, as `jisr cart` and `jisr console` use it: gestures on a sample channel where each
 * matters, a picture as one frame, the same carrier, every setting at its standard. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/identity.h"
#include "bench/peers.h"
#include "bench/sockets.h"
#include "clock/clock.h"
#include "net/carrier.h"

#define NS_PER_S 1e9
#define NS_PER_MS UINT64_C(1000000)

struct jisr_end {
    const struct bench_setup *setup;
    struct link *link;
    struct link_peer *peer; /* NULL: not up */
    struct carrier carrier;
};

static struct jisr_end *new_end(const struct bench_setup *setup, bool sends)
{
    struct jisr_end *end = calloc(1, sizeof *end);
    uint64_t period_ns = (uint64_t)(NS_PER_S / setup->messages_per_second);
    const struct link_frame_channel pictures = {.interval_ns = period_ns};
    struct link_settings settings = {
        .identity =
            identity_load(&setup->sites, sends ? &setup->sites.console : &setup->sites.cart),
        .answers = !sends,
        .peer_kinds = sends ? LINK_KIND_CART : LINK_KIND_CONSOLE,
        .peers = 1,
        .wall_s = clock_wall_s(),
    };

    if (!setup->pictures)
        settings.samples[0] = (struct link_sample_channel){.period_ns = period_ns, .every = true};
    else if (sends)
        settings.frames_sent[0] = pictures;
    else
        settings.frames_received[0] = pictures;
    if (!end || !(end->link = link_create(&settings, clock_monotonic_ns(), NULL)) ||
        !carrier_create(&end->carrier, end->link))
        errx(1, "memory");
    end->setup = setup;
    return end;
}

static void take_event(void *context, const struct link_event *event)
{
    struct jisr_end *end = context;

    switch (event->kind) {
    case LINK_EVENT_UP:
        end->peer = event->peer;
        break;
    case LINK_EVENT_REFUSED:
    case LINK_EVENT_CLOSED:
        errx(1, "jisr: %s", event->reason);
    case LINK_EVENT_SAMPLE:
        end->setup->arrived(event->bytes, event->len);
        break;
    case LINK_EVENT_FRAME:
        if (event->frame_state != LINK_FRAME_LOST)
            end->setup->arrived(event->bytes, event->len);
        break;
    case LINK_EVENT_SAMPLE_AGAIN:
    case LINK_EVENT_MESSAGE:
    case LINK_EVENT_LINE:
    case LINK_EVENT_LINE_SIZE:
    case LINK_EVENT_LINE_MOVED:
    case LINK_EVENT_CLOCK_STEP:
    case LINK_EVENT_KEYS:
        break;
    }
}

/* One turn of the loop that link.h describes. */
static uint64_t turn(struct jisr_end *end, uint64_t until_ns, uint64_t now_ns)
{
    carrier_send(&end->carrier, now_ns);
    carrier_wait(&end->carrier, until_ns, now_ns);
    carrier_receive(&end->carrier, take_event, end);
    return clock_monotonic_ns();
}

static void service(void *context, uint64_t until_ns)
{
    uint64_t now_ns = clock_monotonic_ns();

    do
        now_ns = turn(context, until_ns, now_ns);
    while (now_ns < until_ns);
}

static const char *text_of(const struct sockaddr_in *address)
{
    char *text = NULL;

    if (asprintf(&text, "%s:%u", sockets_name(address), ntohs(address->sin_port)) < 0)
        err(1, "address");
    return text;
}

static void *open_receiver(const struct bench_setup *setup)
{
    struct jisr_end *end = new_end(setup, false);
    char reason[CARRIER_REASON_BYTES];
    unsigned socket;

    for (unsigned i = 0; i < setup->lines; i++)
        if (!carrier_listen(&end->carrier, text_of(&setup->line[i].receiver), &socket, reason))
            errx(1, "jisr: %s", reason);
    return end;
}

static void *open_sender(const struct bench_setup *setup)
{
    struct jisr_end *end = new_end(setup, true);
    struct link_path paths[BENCH_LINES_MAX];
    char reason[CARRIER_REASON_BYTES];
    uint64_t now_ns = clock_monotonic_ns();
    uint64_t limit_ns = now_ns + BENCH_CONNECT_MS_MAX * NS_PER_MS;
    struct link_peer *dialled;

    for (unsigned i = 0; i < setup->lines; i++)
        if (!carrier_line(&end->carrier, text_of(&setup->line[i].receiver), &paths[i], reason))
            errx(1, "jisr: %s", reason);
    if (link_dial(end->link, paths, setup->lines, now_ns, &dialled) != LINK_OK)
        return NULL;
    while (!end->peer && now_ns < limit_ns)
        now_ns = turn(end, limit_ns, now_ns);
    return end->peer ? end : NULL;
}

static void send_message(void *context, const void *bytes, size_t len)
{
    struct jisr_end *end = context;
    uint64_t now_ns = clock_monotonic_ns();
    const struct link_frame frame = {.bytes = bytes, .len = len, .captured_ns = now_ns};
    enum link_err failed = end->setup->pictures
                               ? link_send_frame(end->peer, 0, &frame, now_ns)
                               : link_send_sample(end->peer, 0, bytes, len, now_ns, now_ns, NULL);

    if (failed)
        errx(1, "jisr: a message of %zu bytes was not taken", len);
}

const struct bench_peer bench_peer_jisr = {
    .name = "jisr",
    .notes =
        "our link with its standard settings, encrypted (AES-256-GCM where the processor has it); "
        "gestures on a sample channel that repeats some of those before as differences, over every "
        "line; pictures as frames with repair shards",
    .lines_max = BENCH_LINES_MAX,
    .pictures = true,
    .whole_pictures = true,
    .open_sender = open_sender,
    .open_receiver = open_receiver,
    .send = send_message,
    .service = service,
};

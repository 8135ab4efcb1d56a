/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session in virtual time, pelted with its own datagrams changed as the input says. Whatever they
 * are, the session stays up and its samples go on arriving, in order.
 *
 * The input is a row of five bytes each: which end gets it and which of the datagrams kept, where it
 * is changed (two bytes), by what, and how many bytes are cut off. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/pair.h"

#define MS UINT64_C(1000000)

enum { KEPT = 1024, SETTLED = KEPT / 4, ROW_BYTES = 5, ROWS_MAX = 64 };

static struct {
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
} kept[PAIR_ENDS][KEPT];
static uint64_t kept_count[PAIR_ENDS];
static struct link_peer *peers[PAIR_ENDS];
static uint64_t delivered;
static uint32_t last;

static void on_datagram(void *context, enum pair_end from, unsigned line, const uint8_t *bytes,
                        size_t len, uint64_t true_ns, const struct weather_verdict *verdict)
{
    uint64_t at = kept_count[from]++ % KEPT;
    (void)context, (void)line, (void)true_ns, (void)verdict;
    memcpy(kept[from][at].bytes, bytes, len);
    kept[from][at].len = len;
}

static void on_event(void *context, struct pair *pair, enum pair_end end,
                     const struct link_event *event)
{
    (void)context, (void)pair;
    if (event->kind == LINK_EVENT_UP)
        peers[end] = event->peer;
    if (event->kind == LINK_EVENT_CLOSED || event->kind == LINK_EVENT_REFUSED ||
        event->kind == LINK_EVENT_LINE_MOVED || event->kind == LINK_EVENT_CLOCK_STEP)
        abort();
    if (event->kind != LINK_EVENT_SAMPLE)
        return;
    if (delivered && (int32_t)(event->sequence - last) <= 0)
        abort();
    delivered++;
    last = event->sequence;
}

static uint64_t on_turn(void *context, struct pair *pair, enum pair_end end, uint64_t true_ns)
{
    (void)context;
    uint64_t local_ns = pair_local_ns(pair, end);
    uint8_t bytes[72] = {0};
    memcpy(bytes, &true_ns, sizeof true_ns);
    if (end == PAIR_CONSOLE && peers[end] &&
        link_send_sample(peers[end], 0, bytes, sizeof bytes, local_ns, local_ns, NULL) != LINK_OK)
        abort();
    return true_ns + MS;
}

static struct pair *session(void)
{
    struct pair_settings settings = {
        .seed = 1,
        .lines = 1,
        .weather = {"delay=10ms"},
        .hooks = {.event = on_event, .turn = on_turn, .datagram = on_datagram},
    };
    for (int end = 0; end < PAIR_ENDS; end++) {
        settings.link[end].peers = 1;
        settings.link[end].renew_keys_ns = 500 * MS;
        settings.link[end].samples[0] =
            (struct link_sample_channel){.period_ns = MS, .every = true};
    }
    struct pair *pair = pair_create(&settings);
    if (!pair || !pair_dial(pair, 1))
        abort();
    pair_run(pair, 20000 * MS); /* both ends have sent as many as are kept */
    if (!peers[PAIR_CONSOLE] || kept_count[PAIR_CONSOLE] < KEPT)
        abort();
    return pair;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pair *pair;
    if (!pair)
        pair = session();
    uint64_t before = delivered;
    for (size_t row = 0; row < ROWS_MAX && (row + 1) * ROW_BYTES <= size; row++) {
        const uint8_t *in = data + row * ROW_BYTES;
        enum pair_end to = in[0] & 1 ? PAIR_CART : PAIR_CONSOLE;
        enum pair_end from = in[0] & 2 ? to : (enum pair_end)(1 - (int)to);
        uint64_t count = kept_count[from] < KEPT ? 0 : kept_count[from];
        uint64_t at = (count + (in[0] >> 3)) % KEPT;
        uint8_t bytes[LINK_DATAGRAM_MAX];
        size_t len = kept[from][at].len;
        memcpy(bytes, kept[from][at].bytes, len);
        bytes[((size_t)in[1] << 8 | in[2]) % len] ^= in[3];
        pair_inject(pair, to, 0, bytes, len - in[4] % len, in[0] & 4);
    }
    pair_run(pair, pair_true_ns(pair) + 25 * MS);
    if (delivered < before + 10)
        abort();
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bodies of a real sender are dropped, repeated, reordered and spoilt as the input says; whatever frame is
 * delivered is, byte for byte, the one that was sent, and frames come in order, each once. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "link/frame_rx.h"
#include "link/frame_tx.h"

enum { FRAMES_MAX = 64, HELD_MAX = 8, FRAME_LEN_MAX = 12000 };
#define INTERVAL UINT64_C(16000000)

struct held { /* a body kept back, to come later */
    size_t len;
    bool is_repair;
    uint8_t body[FRAME_BODY_MAX];
};

struct input {
    const uint8_t *at;
    size_t left;
};

static struct frame_tx tx;
static struct frame_rx rx;
static struct held held[HELD_MAX];
static size_t lens[FRAMES_MAX];
static uint32_t next_event; /* the frame that must be settled next */

static uint8_t take(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

static void fill(uint8_t *bytes, size_t len, uint32_t frame)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)((i * 31 + frame * 101) >> 3 ^ i);
}

static void settle(uint64_t now_ns)
{
    static uint8_t expected[FRAME_LEN_MAX];
    struct frame_event event;

    while (frame_rx_next(&rx, &event, now_ns)) {
        if (frame_before(event.frame, next_event))
            abort();
        next_event = event.frame + 1;
        if (event.outcome == FRAME_LOST)
            continue;
        if (event.frame >= FRAMES_MAX || event.len != lens[event.frame] ||
            event.tag != event.frame * 3 || event.captured_ns != event.frame * INTERVAL)
            abort();
        fill(expected, event.len, event.frame);
        if (memcmp(expected, event.bytes, event.len) != 0)
            abort();
    }
}

static void feed(const struct held *body, uint64_t now_ns)
{
    /* Of just the right size, so that a sanitizer sees a read past the end. */
    uint8_t *exact = malloc(body->len ? body->len : 1);
    if (!exact)
        abort();
    memcpy(exact, body->body, body->len);
    if (body->is_repair)
        (void)frame_rx_repair(&rx, exact, body->len, now_ns);
    else
        (void)frame_rx_shard(&rx, exact, body->len, now_ns);
    free(exact);
    settle(now_ns);
}

/* What the input does to one body. */
static void weather(struct input *input, struct held *body, uint64_t now_ns)
{
    uint8_t what = take(input);

    switch (what & 7) {
    case 0: /* lost */
        return;
    case 1: /* spoilt: a bit of its head */
        body->body[take(input) % 12] ^= (uint8_t)(1 << (what >> 5));
        break;
    case 2: /* spoilt: anywhere */
        body->body[(take(input) * 5U) % body->len] ^= take(input);
        break;
    case 3: /* cut short */
        body->len = body->len * take(input) / 256;
        break;
    case 4: /* changes places with one that was held */
        feed(&held[(what >> 3) % HELD_MAX], now_ns);
        held[(what >> 3) % HELD_MAX] = *body;
        return;
    case 5: /* twice */
        feed(body, now_ns);
        break;
    default:
        break;
    }
    feed(body, now_ns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[FRAME_LEN_MAX];
    struct input input = {.at = data, .left = size};
    struct frame_line lines[FRAME_LINES_MAX] = {0};
    uint64_t now_ns = 0;

    frame_tx_init(&tx, 0, INTERVAL, 2 * INTERVAL);
    frame_rx_init(&rx, 0, INTERVAL, 2 * INTERVAL);
    memset(held, 0, sizeof held);
    next_event = 0;
    for (unsigned i = 0; i < 1U + (take(&input) & 1); i++)
        lines[i] = (struct frame_line){.present = true,
                                       .alive = true,
                                       .loss = 0.05,
                                       .burst = 4,
                                       .rate_bps = 20000000,
                                       .body_bytes_max = FRAME_BODY_LEAST};
    for (uint32_t frame = 0; frame < FRAMES_MAX && input.left > 0; frame++) {
        struct held body;
        lens[frame] = 1 + take(&input) * (size_t)(FRAME_LEN_MAX - 1) / 255;
        fill(bytes, lens[frame], frame);
        if (frame_tx_push(&tx, lines, bytes, lens[frame], frame * INTERVAL, frame * 3, now_ns,
                          NULL) != FRAME_OK)
            abort();
        now_ns += INTERVAL;
        for (unsigned line = 0; line < 2; line++)
            while ((body.len = frame_tx_next(&tx, line, FRAME_BODY_MAX, body.body, &body.is_repair,
                                             now_ns)) > 0)
                weather(&input, &body, now_ns);
    }
    settle(now_ns + 10 * INTERVAL);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A peer that reports whatever it likes, and stamps as it likes: what we make of it stays within
 * what we sent, the rate within its limits, and the clock's answers whole.
 *
 * Input: steps of 12 bytes: kind, argument, then eight bytes that spoil a true report. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "link/clock.h"
#include "link/path.h"
#include "link/rate.h"

enum { STEP_BYTES = 12 };
enum { DO_SEND, DO_RECEIVE, DO_REPORT, DO_STAMP, DO_WAIT, DO_KINDS };

#define START_NS UINT64_C(1000000000)

static struct path_tx tx;
static struct path_rx rx;
static struct rate rate;
static struct link_clock link_clock;
static uint64_t now_ns;
static uint64_t came; /* packet number after the last that was let through */

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void send_some(const uint8_t *step)
{
    for (unsigned i = 0; i <= step[1]; i++) {
        now_ns += step[2] * UINT64_C(10000);
        path_tx_sent(&tx, (size_t)(get_be16(step + 3) % (LINK_DATAGRAM_MAX + 1)), now_ns);
    }
}

static void receive_some(const uint8_t *step)
{
    for (unsigned i = 0; i <= step[1] && came < path_tx_next(&tx); i++, came++) {
        if (step[2 + i % 8] & 1)
            continue;
        uint64_t sent_ns = tx.ring[came % PATH_SENT_PACKETS].sent_ns;
        path_rx_accept(&rx, came, sent_ns, get_be16(step + 3) % (LINK_DATAGRAM_MAX + 1), now_ns);
    }
}

static void report(const uint8_t *step)
{
    struct line_report made = {.line = 0};
    struct path_feedback feedback;

    if (!path_rx_report(&rx, &made))
        return;
    switch (step[1] % 7) {
    case 0:
        made.highest ^= step[2];
        break;
    case 1:
        made.sent_ns ^= get_be64(step + 4);
        break;
    case 2:
        made.received_ns ^= get_be64(step + 4);
        break;
    case 3:
        made.received ^= get_be32(step + 4);
        break;
    case 4:
        made.received_bytes ^= get_be32(step + 4);
        break;
    case 5:
        made.bitmap[step[2] % REPORT_BITMAP_BYTES] ^= step[3];
        break;
    case 6:
        break; /* the truth */
    }
    uint64_t lost = tx.lost;
    if (!path_tx_bears_out(&tx, &made, now_ns)) {
        must(!path_tx_report(&tx, &made, step[3] - 1, now_ns, &feedback));
        return;
    }
    if (link_clock_forward(&link_clock, made.sent_ns, made.received_ns, now_ns)) {
        path_tx_clock_stepped(&tx, made.received_ns);
        rate_clock_stepped(&rate);
    }
    must(path_tx_report(&tx, &made, step[3] - 1, now_ns, &feedback));
    must(feedback.queue_ns >= 0);
    must(feedback.lost_packets == (tx.lost > lost ? tx.lost - lost : 0));
    rate_feedback(&rate, &feedback, step[3] & 1, now_ns);
}

static void check(const uint8_t *step)
{
    struct path_loss loss = path_tx_loss(&tx, now_ns);
    must(loss.share >= -1 && loss.share <= 1 && loss.worst_share <= 1 && isfinite(loss.burst));
    must(tx.received <= path_tx_next(&tx) && tx.lost <= path_tx_next(&tx));
    must(tx.received_bytes <= tx.sent_bytes);
    must(rate_target_bps(&rate) >= RATE_LEAST_BPS && rate_target_bps(&rate) <= RATE_MOST_BPS);
    (void)path_state(&rx, &tx, now_ns);
    must(path_rx_longest_gap_ns(&rx, now_ns) <= now_ns - START_NS);

    uint64_t local_ns, bound_ns;
    struct link_clock_reading reading = link_clock_read(&link_clock, now_ns);
    must(link_clock_to_local(&link_clock, get_be64(step + 4), now_ns, &local_ns, &bound_ns) ==
         reading.measured);
    must(llabs(reading.drift_ppb) <= CLOCK_DRIFT_MOST_PPB);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    now_ns = START_NS;
    came = 0;
    path_tx_init(&tx);
    path_rx_init(&rx);
    rate_init(&rate, 0, 0, 0);
    link_clock_init(&link_clock, now_ns);

    for (; size >= STEP_BYTES; data += STEP_BYTES, size -= STEP_BYTES) {
        switch (data[0] % DO_KINDS) {
        case DO_SEND:
            send_some(data);
            break;
        case DO_RECEIVE:
            receive_some(data);
            break;
        case DO_REPORT:
            report(data);
            break;
        case DO_STAMP:
            if (link_clock_backward(&link_clock, get_be64(data + 4), now_ns)) {
                path_tx_clock_stepped(&tx, get_be64(data + 4));
                rate_clock_stepped(&rate);
            }
            break;
        case DO_WAIT:
            now_ns += get_be32(data + 4);
            break;
        }
        check(data);
    }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receiving end of a line: path.h says what for. */
#include <assert.h>

#include "link/path.h"

#define GAP_MOST_NS 250000000 /* a longer silence is an outage, not what is usual */
#define JITTER_STEP_MOST_NS INT64_C(1000000000) /* more is a clock's step, not jitter */

void path_rx_init(struct path_rx *rx)
{
    *rx = (struct path_rx){.gap_ns = PATH_GAP_UNKNOWN_NS};
}

void path_rx_begin(struct path_rx *rx, uint64_t now_ns)
{
    if (!rx->any || rx->anew)
        rx->heard_ns = now_ns;
}

static bool bit_at(const struct path_rx *rx, uint64_t back)
{
    return rx->bits[back / 64] >> back % 64 & 1;
}

/* Moves the bitmap so that bit 0 stands for a packet `by` (1 to 255) later. */
static void shift_bits(struct path_rx *rx, unsigned by)
{
    enum { WORDS = PATH_REPORT_PACKETS / 64 };
    unsigned words = by / 64, bits = by % 64;

    for (unsigned i = WORDS; i-- > 0;) {
        uint64_t value = i >= words ? rx->bits[i - words] << bits : 0;
        if (bits > 0 && i > words)
            value |= rx->bits[i - words - 1] >> (64 - bits);
        rx->bits[i] = value;
    }
}

static void end_episode(struct path_rx *rx)
{
    rx->episodes.count++;
    if (rx->run > rx->episodes.longest_packets)
        rx->episodes.longest_packets = rx->run;
    rx->run = 0;
}

/* The packet `back` before the highest leaves the bitmap: now it has come, or never will. */
static void fall_out(struct path_rx *rx, uint64_t back)
{
    uint64_t packet = rx->highest - back;

    if (rx->highest < back || packet < rx->first)
        return;
    if (!bit_at(rx, back)) {
        rx->run++;
        rx->lost++;
        return;
    }
    if (rx->run > 0)
        end_episode(rx);
}

static void advance(struct path_rx *rx, uint64_t by)
{
    uint64_t leaving = by < PATH_REPORT_PACKETS ? by : PATH_REPORT_PACKETS;

    for (uint64_t i = 0; i < leaving; i++)
        fall_out(rx, PATH_REPORT_PACKETS - 1 - i);
    if (by < PATH_REPORT_PACKETS) {
        shift_bits(rx, (unsigned)by);
    } else {
        for (unsigned i = 0; i < PATH_REPORT_PACKETS / 64; i++)
            rx->bits[i] = 0;
        rx->lost += by - PATH_REPORT_PACKETS; /* never were in the bitmap */
        rx->run += by - PATH_REPORT_PACKETS;
    }
    rx->highest += by;
}

static void note_gap(struct path_rx *rx, uint64_t now_ns)
{
    int64_t gap = (int64_t)(now_ns - rx->heard_ns);
    assert(gap >= 0);
    window_add(&rx->gaps, -gap, now_ns);
    rx->gap_ns += ((gap < GAP_MOST_NS ? gap : GAP_MOST_NS) - rx->gap_ns) / 16;
}

static void note_jitter(struct path_rx *rx, uint64_t sent_ns, uint64_t now_ns)
{
    int64_t step =
        (int64_t)(now_ns - rx->highest_received_ns) - (int64_t)(sent_ns - rx->highest_sent_ns);
    if (step > JITTER_STEP_MOST_NS || step < -JITTER_STEP_MOST_NS)
        return;
    rx->jitter_ns += ((step < 0 ? -step : step) - rx->jitter_ns) / 16;
}

/* A packet below the highest. */
static void accept_late(struct path_rx *rx, uint64_t packet)
{
    uint64_t back = rx->highest - packet;

    rx->reordered++;
    if (back >= PATH_REPORT_PACKETS) {
        if (packet >= rx->first && rx->lost > 0)
            rx->lost--; /* called lost too early */
        return;
    }
    if (packet < rx->first)
        rx->first = packet;
    rx->bits[back / 64] |= UINT64_C(1) << back % 64;
}

void path_rx_accept(struct path_rx *rx, uint64_t packet, uint64_t sent_ns, size_t bytes,
                    uint64_t now_ns)
{
    rx->received++;
    rx->received_bytes += bytes;
    if (rx->any && !rx->anew)
        note_gap(rx, now_ns);
    rx->heard_ns = now_ns;
    rx->anew = false;
    if (rx->any && packet < rx->highest) {
        accept_late(rx, packet);
        return;
    }
    if (rx->any) {
        note_jitter(rx, sent_ns, now_ns);
        assert(packet > rx->highest); /* the replay window has refused the same one again */
        advance(rx, packet - rx->highest);
    } else {
        rx->any = true;
        rx->first = rx->highest = packet;
    }
    rx->bits[0] |= 1;
    rx->highest_sent_ns = sent_ns;
    rx->highest_received_ns = now_ns;
}

void path_rx_rest(struct path_rx *rx)
{
    rx->anew = true;
}

void path_rx_duplicate(struct path_rx *rx)
{
    rx->duplicate++;
}

bool path_rx_report(const struct path_rx *rx, struct line_report *report)
{
    if (!rx->any)
        return false;
    report->highest = rx->highest;
    report->sent_ns = rx->highest_sent_ns;
    report->received_ns = rx->highest_received_ns;
    report->received = (uint32_t)rx->received;
    report->received_bytes = rx->received_bytes;
    for (unsigned i = 0; i < REPORT_BITMAP_BYTES; i++)
        report->bitmap[i] = (uint8_t)(rx->bits[i / 8] >> 8 * (i % 8));
    return true;
}

uint64_t path_rx_longest_gap_ns(const struct path_rx *rx, uint64_t now_ns)
{
    if (!rx->any)
        return 0;
    uint64_t longest = (uint64_t)-window_least(&rx->gaps, WINDOW_SECONDS, now_ns, 0);
    uint64_t present = rx->anew ? 0 : now_ns - rx->heard_ns;
    return present > longest ? present : longest;
}

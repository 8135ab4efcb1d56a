/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sending end of a line: path.h says what for. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "link/path.h"

#define SECOND_NS UINT64_C(1000000000)
#define TIME_MOST_NS (INT64_C(1) << 60) /* differences beyond this are no delays */

enum { PATH_SIZE_LOW = 2 }; /* of the sizes below: what no tunnel that is in use undercuts */

const uint16_t path_sizes[PATH_SIZES] = {LINK_DATAGRAM_MAX, 1032, 832, 548};

static_assert((832 - 548 - 1) / PATH_SIZE_STEP < PATH_SIZE_STEPS, "the widest gap has its steps");

enum path_fate { FATE_FLYING, FATE_ARRIVED, FATE_LOST, FATE_UNKNOWN };

void path_tx_init(struct path_tx *tx)
{
    *tx = (struct path_tx){.next = 0};
}

static struct path_sent *sent_at(struct path_tx *tx, uint64_t packet)
{
    return &tx->ring[packet % PATH_SENT_PACKETS];
}

static uint64_t sent_ns_of(const struct path_tx *tx, uint64_t packet)
{
    return tx->ring[packet % PATH_SENT_PACKETS].sent_ns;
}

static bool remembered(const struct path_tx *tx, uint64_t packet)
{
    return packet < tx->next && tx->next - packet <= PATH_SENT_PACKETS;
}

void path_tx_sent(struct path_tx *tx, size_t bytes, uint64_t now_ns)
{
    assert(bytes <= LINK_DATAGRAM_MAX);
    if (tx->next == 0)
        tx->progress_ns = now_ns;
    if (tx->next - tx->settled == PATH_SENT_PACKETS) { /* nobody has told us: make room */
        tx->unknown += sent_at(tx, tx->settled)->fate != FATE_ARRIVED;
        tx->settled++;
    }
    *sent_at(tx, tx->next) = (struct path_sent){
        .sent_ns = now_ns,
        .bytes_before = (uint32_t)tx->sent_bytes,
        .bytes = (uint16_t)bytes,
        .fate = FATE_FLYING,
    };
    tx->sent_bytes += bytes;
    tx->next++;
}

static struct path_second *this_second(struct path_tx *tx, uint64_t now_ns)
{
    uint64_t second = now_ns / SECOND_NS + 1;
    struct path_second *slot = &tx->seconds[second % PATH_WORST_SECONDS];
    if (slot->second != second) {
        *slot = (struct path_second){.second = second};
        tx->reorder_ns -= tx->reorder_ns / PATH_REORDER_FORGET;
    }
    return slot;
}

static void take_off_a_loss(struct path_tx *tx, struct path_second *second)
{
    assert(tx->lost > 0);
    tx->lost--;
    if (second->lost > 0)
        second->lost--;
}

/* How much younger packets must be that have arrived, for a hole to be a loss. */
static uint64_t patience_ns(const struct path_tx *tx)
{
    uint64_t jitter_ns = PATH_REORDER_NS + PATH_REORDER_JITTERS * (uint64_t)tx->jitter_ns;
    return jitter_ns > tx->reorder_ns ? jitter_ns : tx->reorder_ns;
}

/* A packet came that had been called lost: this line reorders by more than we thought. */
static void learn_reordering(struct path_tx *tx, const struct path_sent *sent, uint64_t youngest_ns)
{
    uint64_t late_ns = youngest_ns - sent->sent_ns + PATH_REORDER_NS;
    if (late_ns > PATH_REORDER_MOST_NS)
        late_ns = PATH_REORDER_MOST_NS;
    if (late_ns > tx->reorder_ns)
        tx->reorder_ns = late_ns;
}

/* Marks what the bitmap says has arrived. */
static void mark(struct path_tx *tx, const struct line_report *report, struct path_second *second)
{
    for (uint64_t back = 0; back < PATH_REPORT_PACKETS && back <= report->highest; back++) {
        uint64_t packet = report->highest - back;
        if (!remembered(tx, packet))
            return;
        struct path_sent *sent = sent_at(tx, packet);
        if (!(report->bitmap[back / 8] >> back % 8 & 1) || sent->fate == FATE_ARRIVED)
            continue;
        if (sent->fate == FATE_LOST) {
            take_off_a_loss(tx, second);
            learn_reordering(tx, sent, report->sent_ns);
        } else if (sent->fate == FATE_UNKNOWN) {
            tx->unknown--;
        }
        sent->fate = FATE_ARRIVED;
        tx->marked++;
    }
}

void path_tx_begin(struct path_tx *tx, uint64_t now_ns)
{
    tx->began_ns = now_ns;
}

static void set_size(struct path_tx *tx, unsigned size, uint64_t probe_due_ns)
{
    tx->size = size;
    tx->probes = 0;
    tx->probe_due_ns = probe_due_ns;
    memset(tx->doubts, 0, sizeof tx->doubts);
}

/* A datagram too large for the next lower size has met its fate: `step` says by how much. */
static void weigh_size(struct path_tx *tx, unsigned step, bool arrived, uint64_t now_ns)
{
    double chance = fmax(tx->begins, PATH_HOLE_BEGINS_LEAST);

    for (unsigned i = 0; i <= step; i++) {
        if (arrived)
            tx->doubts[i] = 0;
        else if (tx->after_arrival)
            tx->doubts[i] -= log(chance);
        if (tx->doubts[i] < -log(PATH_HOLE_CHANCE))
            continue;
        /* Low enough at once, then up by probes: each size tried would cost a round trip of pictures. */
        set_size(tx, tx->size < PATH_SIZE_LOW ? PATH_SIZE_LOW : tx->size + 1, now_ns);
        return;
    }
}

/* Whether the line swallows large datagrams: told of each packet's fate in order. */
static void watch_size(struct path_tx *tx, size_t bytes, bool arrived, uint64_t now_ns)
{
    if (bytes > path_sizes[tx->size]) { /* a probe, or from before the line shrank */
        if (arrived && bytes >= path_sizes[tx->size - 1])
            set_size(tx, tx->size - 1, now_ns);
        return;
    }
    if (tx->queue_ns > PATH_HOLE_QUEUE_NS)
        memset(tx->doubts, 0, sizeof tx->doubts);
    else if (tx->size < PATH_SIZES - 1 && bytes > path_sizes[tx->size + 1])
        weigh_size(tx, (unsigned)(bytes - path_sizes[tx->size + 1] - 1) / PATH_SIZE_STEP, arrived,
                   now_ns);
    else if (tx->after_arrival)
        tx->begins += ((arrived ? 0.0 : 1.0) - tx->begins) / PATH_HOLE_MEMORY;
    tx->after_arrival = arrived;
}

static void end_run(struct path_tx *tx, struct path_second *second)
{
    if (tx->run == 0)
        return;
    second->runs++;
    if (tx->run > second->longest_run)
        second->longest_run = tx->run > UINT32_MAX ? UINT32_MAX : (uint32_t)tx->run;
    tx->run = 0;
}

/* Gives every packet up to the reported one its fate, in order, as far as that is sure. */
static void settle(struct path_tx *tx, uint64_t highest, struct path_second *second,
                   uint64_t now_ns)
{
    if (!remembered(tx, highest))
        return;
    uint64_t patience = patience_ns(tx);
    uint64_t youngest_ns = sent_at(tx, highest)->sent_ns;

    for (; tx->settled <= highest; tx->settled++) {
        struct path_sent *sent = sent_at(tx, tx->settled);
        uint64_t back = highest - tx->settled;
        if (sent->fate == FATE_ARRIVED) {
            second->arrived++;
            end_run(tx, second);
            watch_size(tx, sent->bytes, true, now_ns);
        } else if (back >= PATH_REPORT_PACKETS) {
            sent->fate = FATE_UNKNOWN;
            tx->unknown++;
        } else if (back >= 3 && youngest_ns - sent->sent_ns >= patience) {
            sent->fate = FATE_LOST;
            tx->lost++;
            tx->run++;
            second->lost++;
            watch_size(tx, sent->bytes, false, now_ns);
        } else {
            return;
        }
    }
}

/* Of the packets that no bitmap told of, the cumulative count tells how many arrived. */
static void settle_unknown(struct path_tx *tx, struct path_second *second)
{
    uint64_t arrived = tx->received > tx->marked ? tx->received - tx->marked : 0;
    uint64_t lost = tx->unknown > arrived ? tx->unknown - arrived : 0;

    for (; tx->unknown_lost > lost; tx->unknown_lost--)
        take_off_a_loss(tx, second);
    tx->lost += lost - tx->unknown_lost;
    second->lost += (uint32_t)(lost - tx->unknown_lost);
    tx->unknown_lost = lost;
}

/* Whether no report came for so long before `mark` that the rate across would be an outage's. */
static bool after_gap(const struct path_tx *tx, const struct path_mark *mark)
{
    if (tx->marks_count == 0)
        return false;
    const struct path_mark *last =
        &tx->marks[(tx->marks_next + PATH_RATE_MARKS - 1) % PATH_RATE_MARKS];
    return mark->received_ns - last->received_ns > PATH_RATE_GAP_NS || /* or backwards */
           mark->sent_ns - last->sent_ns > PATH_RATE_GAP_NS;
}

/* How fast packets come out, and went in, over the last reports. */
static void measure_rate(struct path_tx *tx, const struct path_mark *mark)
{
    const struct path_mark *from = NULL;

    if (after_gap(tx, mark)) {
        tx->marks_count = 0;
        tx->delivered_bps = tx->carried_bps = 0;
    }
    for (unsigned i = 1; i <= tx->marks_count; i++) {
        from = &tx->marks[(tx->marks_next + PATH_RATE_MARKS - i) % PATH_RATE_MARKS];
        if (mark->received_ns - from->received_ns >= PATH_RATE_SPAN_NS)
            break;
    }
    if (from != NULL) {
        uint64_t out_ns = mark->received_ns - from->received_ns;
        uint64_t in_ns = mark->sent_ns - from->sent_ns;
        if (out_ns >= PATH_RATE_SPAN_NS && in_ns > 0) {
            uint64_t out_bits = 8 * (mark->received_bytes - from->received_bytes);
            uint64_t in_bits = 8 * (mark->sent_bytes - from->sent_bytes);
            tx->delivered_bps = (uint64_t)((double)out_bits * 1e9 / (double)out_ns);
            tx->carried_bps = (uint64_t)((double)in_bits * 1e9 / (double)in_ns);
        }
    }
    tx->marks[tx->marks_next] = *mark;
    tx->marks_next = (tx->marks_next + 1) % PATH_RATE_MARKS;
    if (tx->marks_count < PATH_RATE_MARKS)
        tx->marks_count++;
}

/* A step of the peer's clock lies between. */
static bool is_before_step(const struct path_tx *tx, const struct line_report *report)
{
    return report->received_ns < tx->stepped_ns;
}

/* There over this line and back over it, less what the peer held it for. One that tells nothing new, since
 * another line's was quicker, tells that too: else the slower of two lines would never be measured. */
static void measure_round_trip(struct path_tx *tx, const struct line_report *report,
                               int64_t hold_ns, uint64_t now_ns)
{
    int64_t loop = (int64_t)(now_ns - report->sent_ns);
    int64_t rtt = loop - hold_ns;

    if (hold_ns < 0 || hold_ns >= loop || is_before_step(tx, report) ||
        !remembered(tx, report->highest))
        return;
    tx->rtt_ns = tx->rtt_measured ? tx->rtt_ns + (rtt - tx->rtt_ns) / 8 : rtt;
    tx->rtt_measured = true;
    window_add(&tx->rtts, rtt, now_ns);
}

static void measure_delay(struct path_tx *tx, const struct line_report *report, uint64_t now_ns)
{
    int64_t loop = (int64_t)(now_ns - report->sent_ns);
    tx->loop_ns = tx->reported ? tx->loop_ns + (loop - tx->loop_ns) / 8 : loop;

    if (is_before_step(tx, report))
        return;
    int64_t delay = (int64_t)(report->received_ns - report->sent_ns);
    if (delay > TIME_MOST_NS || delay < -TIME_MOST_NS)
        return;
    window_add(&tx->delays, delay, now_ns);
    int64_t queue = delay - window_least(&tx->delays, PATH_FLOOR_SECONDS, now_ns, delay);
    int64_t step = queue - tx->queue_ns;
    if (tx->reported && step < (int64_t)SECOND_NS && step > -(int64_t)SECOND_NS)
        tx->jitter_ns += ((step < 0 ? -step : step) - tx->jitter_ns) / 16;
    tx->queue_ns = queue;
    tx->way_ns = tx->reported ? tx->way_ns + (delay - tx->way_ns) / 8 : delay;
}

/* Whether a report tells less than an earlier one did. */
static bool is_old(const struct path_tx *tx, const struct line_report *report)
{
    return tx->reported &&
           (report->highest < tx->highest || (report->highest == tx->highest &&
                                              (int32_t)(report->received - tx->received_seen) < 0));
}

bool path_tx_bears_out(const struct path_tx *tx, const struct line_report *report, uint64_t now_ns)
{
    uint32_t arrived = report->received - tx->received_seen;

    if (report->highest >= tx->next || !(report->bitmap[0] & 1) || report->sent_ns > now_ns)
        return false;
    if (remembered(tx, report->highest) && sent_ns_of(tx, report->highest) != report->sent_ns)
        return false;
    return is_old(tx, report) ||
           (tx->received + arrived <= tx->next && report->received_bytes >= tx->received_bytes &&
            report->received_bytes <= tx->sent_bytes);
}

/* What the newest packet of a report tells. */
static void learn_from_newest(struct path_tx *tx, const struct line_report *report, uint64_t now_ns)
{
    measure_delay(tx, report, now_ns);
    if (remembered(tx, report->highest) && !is_before_step(tx, report)) {
        uint32_t since = (uint32_t)tx->sent_bytes - sent_at(tx, report->highest)->bytes_before;
        measure_rate(tx, &(struct path_mark){
                             .sent_ns = report->sent_ns,
                             .received_ns = report->received_ns,
                             .sent_bytes = tx->sent_bytes - since,
                             .received_bytes = report->received_bytes,
                         });
    }
    tx->reported = true;
    tx->highest = report->highest;
    tx->progress_ns = now_ns;
}

bool path_tx_report(struct path_tx *tx, const struct line_report *report, int64_t hold_ns,
                    uint64_t now_ns, struct path_feedback *feedback)
{
    *feedback = (struct path_feedback){.moved = false};
    if (!path_tx_bears_out(tx, report, now_ns))
        return false;
    measure_round_trip(tx, report, hold_ns, now_ns);
    if (is_old(tx, report))
        return true;

    uint64_t lost_before = tx->lost;
    struct path_second *second = this_second(tx, now_ns);
    feedback->moved = !tx->reported || report->highest > tx->highest;
    feedback->acked_packets = (uint32_t)(report->received - tx->received_seen);
    feedback->acked_bytes = report->received_bytes - tx->received_bytes;
    tx->received += feedback->acked_packets;
    tx->received_seen = report->received;
    tx->received_bytes = report->received_bytes;

    if (feedback->moved)
        learn_from_newest(tx, report, now_ns);
    mark(tx, report, second);
    settle(tx, report->highest, second, now_ns);
    settle_unknown(tx, second);

    feedback->lost_packets = tx->lost > lost_before ? tx->lost - lost_before : 0;
    feedback->queue_ns = tx->queue_ns;
    feedback->jitter_ns = tx->jitter_ns;
    feedback->loop_ns = tx->loop_ns;
    feedback->delivered_bps = tx->delivered_bps;
    feedback->sent_bps = tx->carried_bps;
    return true;
}

struct path_loss path_tx_loss(const struct path_tx *tx, uint64_t now_ns)
{
    struct path_loss loss = {.share = -1, .worst_share = -1};
    uint64_t now_second = now_ns / SECOND_NS + 1;
    uint64_t arrived = 0, lost = 0, runs = 0;

    for (unsigned i = 0; i < PATH_WORST_SECONDS; i++) {
        const struct path_second *second = &tx->seconds[i];
        uint32_t all = second->arrived + second->lost;
        if (second->second == 0 || now_second - second->second >= PATH_WORST_SECONDS)
            continue;
        if (second->longest_run > loss.worst_burst)
            loss.worst_burst = second->longest_run;
        if (all >= PATH_WORST_PACKETS && second->lost > loss.worst_share * all)
            loss.worst_share = (double)second->lost / all;
        if (now_second - second->second >= PATH_LATELY_SECONDS)
            continue;
        arrived += second->arrived;
        lost += second->lost;
        runs += second->runs;
    }
    if (arrived + lost > 0)
        loss.share = (double)lost / (double)(arrived + lost);
    if (lost > 0)
        loss.burst = (double)lost / (double)(runs > 0 ? runs : 1);
    return loss;
}

int64_t path_tx_rtt_least_ns(const struct path_tx *tx, uint64_t now_ns)
{
    return window_least(&tx->rtts, PATH_FLOOR_SECONDS, now_ns, -1);
}

void path_tx_clock_stepped(struct path_tx *tx, uint64_t peer_ns)
{
    tx->delays = tx->rtts = (struct window){.slots = {{0}}};
    tx->rtt_measured = false;
    tx->stepped_ns = peer_ns;
    tx->queue_ns = 0;
    tx->marks_count = 0;
    tx->delivered_bps = tx->carried_bps = 0;
}

/* For how long the oldest packet that no report has told of has been on its way. */
static uint64_t waited_ns(const struct path_tx *tx, uint64_t now_ns)
{
    uint64_t waiting = tx->reported ? tx->highest + 1 : 0;
    if (waiting >= tx->next)
        return 0;
    uint64_t since_ns = remembered(tx, waiting) ? sent_ns_of(tx, waiting) : tx->progress_ns;
    return now_ns - (since_ns > tx->began_ns ? since_ns : tx->began_ns);
}

uint64_t path_tx_overdue_ns(const struct path_tx *tx, uint64_t now_ns)
{
    uint64_t usual_ns = tx->reported ? (uint64_t)tx->loop_ns : PATH_LOST_NS;
    uint64_t waited = waited_ns(tx, now_ns);
    return waited > usual_ns ? waited - usual_ns : 0;
}

bool path_tx_is_blind(const struct path_tx *tx, uint64_t now_ns)
{
    int64_t least_ns = path_tx_rtt_least_ns(tx, now_ns);
    return least_ns >= 0 &&
           waited_ns(tx, now_ns) >
               (uint64_t)least_ns + PATH_BLIND_NS + PATH_REORDER_JITTERS * (uint64_t)tx->jitter_ns;
}

size_t path_tx_probe(struct path_tx *tx, uint64_t now_ns)
{
    if (tx->size == 0 || now_ns < tx->probe_due_ns)
        return 0;
    tx->probes = (tx->probes + 1) % PATH_PROBES;
    tx->probe_due_ns = now_ns + (tx->probes == 0 ? PATH_PROBE_NS : PATH_PROBE_AGAIN_NS);
    return path_sizes[tx->size - 1];
}

enum link_line_state path_state(const struct path_rx *rx, const struct path_tx *tx, uint64_t now_ns)
{
    uint64_t silent_ns = now_ns - rx->heard_ns;
    if (!rx->any || rx->anew)
        return silent_ns > PATH_FRESH_NS ? LINK_LINE_LOST : LINK_LINE_FRESH;
    uint64_t overdue_ns = path_tx_overdue_ns(tx, now_ns);
    uint64_t silent_most = PATH_SUSPECT_GAPS * (uint64_t)rx->gap_ns + (uint64_t)rx->jitter_ns;
    uint64_t overdue_most = PATH_SUSPECT_GAPS * PATH_REPORT_NS + (uint64_t)tx->jitter_ns;

    if (silent_ns > PATH_LOST_NS || overdue_ns > PATH_LOST_NS)
        return LINK_LINE_LOST;
    if (silent_most < PATH_SUSPECT_NS)
        silent_most = PATH_SUSPECT_NS;
    if (silent_ns > silent_most || overdue_ns > overdue_most)
        return LINK_LINE_SUSPECT;
    return LINK_LINE_GOOD;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/samples.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* A datagram around a SAMPLES chunk: IP and UDP 28, seal and time 40, chunk header 3, body 14. */
enum { AROUND_BYTES = 28 + WIRE_SEALED_LEAST + WIRE_CHUNK_HEADER_BYTES + SAMPLES_HEADER_BYTES };

/* Sparse repeats reach this far back: 24 ms at 1 kHz, six times the bursts we plan for. */
enum { SPARSE_REACH = 24 };

/* A sample still unseen LATE_PERIODS after its first datagram counts as late when a plan is made; at most this
 * share of them may be. Chosen so that two lines at 5 % in bursts of four stay within 2 ms at
 * the 99.9th percentile with one of them cut (docs/benchmarks.md). */
enum { LATE_PERIODS = 2 };
#define LATE_SHARE_MAX 4e-4
enum { COPIES_MAX = 4 };

/* The chance that a sample is still unseen after `copies` datagrams a period for LATE_PERIODS. */
static double late_share(const struct samples_need *need, unsigned copies)
{
    double stay = 1.0 - 1.0 / need->burst; /* a Gilbert channel stays bad with this chance */
    double again = need->company_miss < 1 ? stay * stay : stay; /* company is in a burst of its own */
    return need->loss * need->company_miss * pow(again, (double)(copies * LATE_PERIODS));
}

uint64_t samples_plan_bps(const struct samples_plan *plan, size_t sample_bytes, uint64_t period_ns)
{
    size_t entries = (size_t)plan->dense + (plan->sparse ? 1 : 0);
    size_t bytes = AROUND_BYTES + entries * (sample_bytes + SAMPLES_ENTRY_BYTES);
    double datagrams = 1e9 / (double)period_ns * plan->copies / plan->group;
    return (uint64_t)(datagrams * 8.0 * (double)bytes);
}

struct samples_plan samples_plan(const struct samples_need *need)
{
    struct samples_plan plan = {.copies = 1, .group = 1, .dense = 1};

    assert(need->burst >= 1 && need->period_ns > 0);
    if (need->every) {
        while (plan.copies < COPIES_MAX && late_share(need, plan.copies) > LATE_SHARE_MAX)
            plan.copies++;
        plan.dense = need->loss > 1e-3 ? 3 : 2;
        plan.sparse = need->loss > 1e-4;
    } else if (late_share(need, 1) > 10 * LATE_SHARE_MAX) {
        plan.copies = 2;
    }
    /* Too dear: first the extra copies go, then the far repeat, then samples share datagrams. */
    for (;;) {
        if (samples_plan_bps(&plan, need->sample_bytes, need->period_ns) <= need->budget_bps)
            return plan;
        if (plan.copies > 1) {
            plan.copies--;
        } else if (plan.sparse) {
            plan.sparse = false;
        } else if (!need->every) {
            if (plan.group >= 64)
                return plan;
            plan.group = (uint8_t)(plan.group * 2);
            plan.newest_only = true;
        } else if (plan.dense > plan.group) {
            plan.dense--;
        } else if (plan.group < 8) { /* 8 ms at 1 kHz: within the age a surgeon can work with */
            plan.group++;
            plan.dense = plan.group;
        } else {
            return plan;
        }
    }
}

uint32_t samples_push(struct samples_tx *tx, const uint8_t *bytes, size_t len, uint64_t stamp_ns)
{
    assert(len > 0 && len <= SAMPLES_BYTES_MAX);
    uint32_t sequence = tx->next++;
    struct sample *sample = &tx->ring[sequence % SAMPLES_KEPT];

    sample->sequence = sequence;
    sample->stamp_ns = stamp_ns;
    sample->len = (uint8_t)len;
    memcpy(sample->bytes, bytes, len);
    if (tx->count < SAMPLES_KEPT)
        tx->count++;
    return sequence;
}

/* Writes the sample `back` before the newest; false when it does not fit, is gone or too old to tell. */
static bool write_entry(const struct samples_tx *tx, const struct sample *newest, uint32_t back,
                        struct wire_writer *writer)
{
    if (back >= tx->count)
        return false;
    const struct sample *sample = &tx->ring[(newest->sequence - back) % SAMPLES_KEPT];
    uint64_t older_ns = newest->stamp_ns - sample->stamp_ns;
    if (older_ns > UINT32_MAX ||
        writer->room - writer->len < (size_t)SAMPLES_ENTRY_BYTES + sample->len)
        return false;
    wire_put_u8(writer, (uint8_t)back);
    wire_put_u8(writer, sample->len);
    wire_put_u32(writer, (uint32_t)older_ns);
    wire_put(writer, sample->bytes, sample->len);
    return true;
}

bool samples_write(struct samples_tx *tx, uint8_t channel, const struct samples_plan *plan,
                   struct wire_writer *writer)
{
    if (tx->count == 0)
        return false;
    const struct sample *newest = &tx->ring[(tx->next - 1) % SAMPLES_KEPT];
    if (writer->room - writer->len < (size_t)WIRE_CHUNK_HEADER_BYTES + SAMPLES_HEADER_BYTES +
                                         SAMPLES_ENTRY_BYTES + newest->len)
        return false;

    size_t mark = wire_begin_chunk(writer, CHUNK_SAMPLES);
    wire_put_u8(writer, channel);
    uint8_t *count = wire_space(writer, 1);
    wire_put_u32(writer, newest->sequence);
    wire_put_u64(writer, newest->stamp_ns);
    *count = 0;
    uint32_t back = 0;
    for (; back < plan->dense && write_entry(tx, newest, back, writer); back++)
        ++*count;
    if (plan->sparse && back == plan->dense) {
        uint32_t far = back + tx->rotation;
        tx->rotation = (uint8_t)((tx->rotation + 1) % SPARSE_REACH);
        if (write_entry(tx, newest, far, writer))
            ++*count;
    }
    wire_end_chunk(writer, mark);
    return true;
}

static bool is_newer(uint32_t sequence, uint32_t than)
{
    return sequence != than && sequence - than < UINT32_C(1) << 31; /* RFC 1982 3.2 */
}

bool samples_channel(const struct wire_reader *body, uint8_t *channel)
{
    if (body->left == 0)
        return false;
    *channel = body->at[0];
    return true;
}

/* Reads every entry into `read`, newest first. */
static bool read_entries(struct wire_reader *body, struct samples_read *read)
{
    read->channel = wire_u8(body);
    read->count = wire_u8(body);
    read->newest = wire_u32(body);
    read->newest_stamp_ns = wire_u64(body);
    if (read->count == 0 || read->count > SAMPLES_ENTRIES_MAX)
        return false;
    unsigned last_back = 0;
    for (size_t i = 0; i < read->count; i++) {
        unsigned back = wire_u8(body);
        uint8_t len = wire_u8(body);
        uint32_t older_ns = wire_u32(body);
        const uint8_t *bytes = wire_take(body, len);
        if (!bytes || len == 0 || (i == 0 ? back != 0 || older_ns != 0 : back <= last_back) ||
            older_ns > read->newest_stamp_ns)
            return false;
        last_back = back;
        read->entries[i].sequence = read->newest - back;
        read->entries[i].stamp_ns = read->newest_stamp_ns - older_ns;
        read->entries[i].bytes = bytes;
        read->entries[i].len = len;
    }
    return body->left == 0;
}

bool samples_receive(struct samples_rx *rx, struct wire_reader *body, struct samples_read *read)
{
    if (!read_entries(body, read))
        return false;
    size_t fresh = 0; /* they stand newest first: the fresh ones lead */
    while (fresh < read->count &&
           (!rx->any || is_newer(read->entries[fresh].sequence, rx->last)))
        fresh++;
    read->count = fresh;
    read->again = fresh == 0;
    if (read->again) {
        rx->again++;
        return true;
    }
    for (size_t i = 0; i < fresh / 2; i++) { /* oldest first from here on */
        size_t j = fresh - 1 - i;
        struct sample_entry swap = read->entries[i];
        read->entries[i] = read->entries[j];
        read->entries[j] = swap;
    }
    if (rx->any)
        rx->missed += read->newest - rx->last - fresh;
    rx->delivered += fresh;
    rx->any = true;
    rx->last = read->newest;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/samples.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* A datagram around a SAMPLES chunk: IP and UDP 28, seal and time 40, chunk header 3, body 14. */
enum { AROUND_BYTES = 28 + WIRE_SEALED_LEAST + WIRE_CHUNK_HEADER_BYTES + SAMPLES_HEADER_BYTES };

/* A sample still unseen LATE_PERIODS after its first datagram counts as late when a plan is made; at
 * most this share of them may be. Chosen so that two lines at 5 % in bursts of four stay within 2 ms
 * at the 99.9th percentile with one of them cut (docs/benchmarks.md). */
enum { LATE_PERIODS = 2 };
#define LATE_SHARE_MAX 5e-3
#define LATE_SHARE_MAX_IN_COMPANY 2e-4
/* And at most this share may be lost in bursts that outlast what a datagram reaches back. */
#define MISS_SHARE_MAX 3e-6
/* In company as well: for the moment between a cut and its being noticed, each line is alone. */
#define MISS_SHARE_MAX_ALONE 2e-4
enum { COPIES_MAX_IN_COMPANY = 2 }; /* each costs a turn of both ends' loops */
enum { COPIES_MAX = 4, GROUP_MAX = 8 /* ms at 1 kHz: an age that a surgeon can work with */ };
/* State that is late is soon replaced, and in company hardly ever late; but alone on a line its datagrams
 * also part those of pictures, so that a burst of losses takes fewer of them: with two only, 720p60 at
 * 4 Mbit/s fails in 0.7 % of the pictures. */
enum { COPIES_MAX_NEWEST = 3 };
/* 3 ms more of age; 72-byte gestures at 1 kHz then fit 0.7 Mbit/s. */
enum { GROUP_SPARE = 4 };

/* The chance that a sample is still unseen after `datagrams` more of them on this line, and on each
 * of the others. */
static double unseen_share(const struct samples_need *need, double company_miss, unsigned datagrams)
{
    double stay = 1.0 - 1.0 / need->burst; /* a Gilbert channel stays bad with this chance */
    double again = company_miss < 1 ? stay * stay : stay; /* others are in a burst of their own */
    return need->loss * company_miss * pow(again, (double)datagrams);
}

static bool reaches_back(const struct samples_need *need, unsigned datagrams)
{
    return unseen_share(need, need->company_miss, datagrams) <= MISS_SHARE_MAX &&
           (need->company_miss >= 1 || unseen_share(need, 1, datagrams) <= MISS_SHARE_MAX_ALONE);
}

uint64_t samples_plan_bps(const struct samples_plan *plan, const struct samples_need *need)
{
    double bytes = (double)(AROUND_BYTES + SAMPLES_ENTRY_BYTES + need->sample_bytes) +
                   (plan->dense - 1) * need->older_bytes;
    double datagrams = 1e9 / (double)need->period_ns * plan->copies / plan->group;
    return (uint64_t)(datagrams * 8.0 * bytes);
}

/* A step to a cheaper plan; false: there is none. First the reach goes that only rare bursts need,
 * then copies, then samples share datagrams. */
static bool cheapen(struct samples_plan *plan, bool every)
{
    unsigned reach_least = plan->group + (plan->copies > 1 ? 2U : 0U);
    if (plan->dense > reach_least) {
        plan->dense--;
    } else if (plan->copies > 1) {
        plan->copies--;
    } else if (!every && plan->group < 64) {
        plan->group = (uint8_t)(plan->group * 2);
        plan->newest_only = true;
        plan->dense = 1;
    } else if (every && plan->group < GROUP_MAX) {
        plan->group++;
        plan->dense = plan->group;
    } else {
        return false;
    }
    return true;
}

/* A copy less may leave room for a part of the reach that went before it: a burst that a plan cannot
 * outlast is not mended by the bytes it saves, and a line that is offered less than it may carry
 * is never found to carry more. */
static void reach_further(struct samples_plan *plan, const struct samples_need *need,
                          uint8_t dense_wanted)
{
    while (plan->dense < dense_wanted) {
        struct samples_plan further = *plan;
        further.dense++;
        if (samples_plan_bps(&further, need) > need->budget_bps)
            return;
        *plan = further;
    }
}

struct samples_plan samples_plan(const struct samples_need *need)
{
    struct samples_plan plan = {.copies = 1, .group = 1, .dense = 1};
    double late_max = need->company_miss < 1 ? LATE_SHARE_MAX_IN_COMPANY : LATE_SHARE_MAX;

    assert(need->burst >= 1 && need->period_ns > 0);
    if (need->every) {
        unsigned copies_max = need->company_miss < 1 ? COPIES_MAX_IN_COMPANY : COPIES_MAX;
        while (plan.copies < copies_max &&
               unseen_share(need, need->company_miss, plan.copies * LATE_PERIODS) > late_max)
            plan.copies++;
        plan.dense = 2;
        while (plan.dense < SAMPLES_ENTRIES_MAX &&
               !reaches_back(need, (unsigned)plan.copies * plan.dense))
            plan.dense++;
    } else if (need->company_miss >= 1) {
        while (plan.copies < COPIES_MAX_NEWEST &&
               unseen_share(need, need->company_miss, plan.copies * LATE_PERIODS) > late_max)
            plan.copies++;
    }
    uint8_t dense_wanted = plan.dense;
    while (samples_plan_bps(&plan, need) > need->budget_bps && cheapen(&plan, need->every))
        ;
    reach_further(&plan, need, dense_wanted);
    return plan;
}

void samples_plan_spare(struct samples_plan *plan, bool every)
{
    plan->copies = 1;
    if (plan->group < GROUP_SPARE)
        plan->group = GROUP_SPARE;
    if (!every) {
        plan->newest_only = true;
        plan->dense = 1;
    } else if (plan->dense > plan->group + 2) {
        plan->dense = (uint8_t)(plan->group + 2);
    } else if (plan->dense < plan->group) {
        plan->dense = plan->group;
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

/* What differs between `sample` and `like`, of the same length: mask, then bytes. */
static void write_difference(const struct sample *sample, const struct sample *like,
                             struct wire_writer *writer)
{
    uint8_t body[SAMPLES_BYTES_MAX + (SAMPLES_BYTES_MAX + 7) / 8];
    size_t len = (sample->len + 7U) / 8U; /* of the mask; the bytes follow it */
    for (size_t at = 0; at < sample->len; at += 8) {
        size_t end = at + 8 < sample->len ? at + 8 : sample->len;
        uint8_t mask = 0;
        for (size_t i = at; i < end; i++) {
            unsigned differs = sample->bytes[i] != like->bytes[i];
            mask |= (uint8_t)(differs << (i - at));
            body[len] = sample->bytes[i]; /* stays if it differs: no branch to mispredict */
            len += differs;
        }
        body[at / 8] = mask;
    }
    wire_put(writer, body, len);
}

/* Writes the sample `back` before the newest, after `like` (NULL: it is the first); NULL when it does
 * not fit, or is gone, or too old to tell. */
static const struct sample *write_entry(const struct samples_tx *tx, const struct sample *newest,
                                        uint32_t back, const struct sample *like,
                                        struct wire_writer *writer)
{
    if (back >= tx->count)
        return NULL;
    const struct sample *sample = &tx->ring[(newest->sequence - back) % SAMPLES_KEPT];
    uint64_t older_ns = newest->stamp_ns - sample->stamp_ns;
    size_t start = writer->len;
    if (older_ns > UINT32_MAX)
        return NULL;
    wire_put_u8(writer, (uint8_t)back);
    wire_put_u8(writer, sample->len);
    wire_put_u32(writer, (uint32_t)older_ns);
    if (like && like->len == sample->len)
        write_difference(sample, like, writer);
    else
        wire_put(writer, sample->bytes, sample->len);
    if (!writer->failed)
        return sample;
    writer->failed = false; /* no room: as if never tried */
    writer->len = start;
    return NULL;
}

bool samples_write(struct samples_tx *tx, uint8_t channel, const struct samples_plan *plan,
                   struct wire_writer *writer)
{
    if (tx->count == 0)
        return false;
    const struct sample *newest = &tx->ring[(tx->next - 1) % SAMPLES_KEPT];
    if (writer->room - writer->len <
        (size_t)WIRE_CHUNK_HEADER_BYTES + SAMPLES_HEADER_BYTES + SAMPLES_ENTRY_BYTES + newest->len)
        return false;

    size_t mark = wire_begin_chunk(writer, CHUNK_SAMPLES);
    wire_put_u8(writer, channel);
    uint8_t *count = wire_space(writer, 1);
    wire_put_u32(writer, newest->sequence);
    wire_put_u64(writer, newest->stamp_ns);
    *count = 0;
    const struct sample *last = NULL;
    while (*count < plan->dense) {
        size_t start = writer->len;
        const struct sample *written = write_entry(tx, newest, *count, last, writer);
        if (!written)
            break;
        if (last)
            tx->older_bytes += ((double)(writer->len - start) - tx->older_bytes) / 64;
        last = written;
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

/* Reads the body of an entry of `len` bytes into `out`; `like`: the entry before, if as long. */
static bool read_body(struct wire_reader *body, uint8_t len, const uint8_t *like, uint8_t *out)
{
    if (!like) {
        const uint8_t *bytes = wire_take(body, len);
        if (bytes)
            memcpy(out, bytes, len);
        return bytes != NULL;
    }
    const uint8_t *mask = wire_take(body, (len + 7U) / 8U);
    if (!mask || (len % 8 && mask[len / 8] >> len % 8))
        return false;
    size_t changed = 0;
    for (size_t i = 0; i < (len + 7U) / 8U; i++)
        changed += (size_t)__builtin_popcount(mask[i]);
    const uint8_t *bytes = wire_take(body, changed);
    if (!bytes)
        return false;
    memcpy(out, like, len);
    for (size_t at = 0; at < len; at += 8)
        for (unsigned bits = mask[at / 8]; bits; bits &= bits - 1)
            out[at + (size_t)__builtin_ctz(bits)] = *bytes++;
    return true;
}

/* Reads every entry into `read`, newest first. */
static bool read_entries(struct samples_rx *rx, struct wire_reader *body, struct samples_read *read)
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
        bool alike = i > 0 && read->entries[i - 1].len == len;
        if (body->failed || len == 0 || (i == 0 ? back != 0 || older_ns != 0 : back <= last_back) ||
            older_ns > read->newest_stamp_ns ||
            !read_body(body, len, alike ? rx->decoded[i - 1] : NULL, rx->decoded[i]))
            return false;
        last_back = back;
        read->entries[i] = (struct sample_entry){.sequence = read->newest - back,
                                                 .stamp_ns = read->newest_stamp_ns - older_ns,
                                                 .bytes = rx->decoded[i],
                                                 .len = len};
    }
    return body->left == 0;
}

bool samples_receive(struct samples_rx *rx, struct wire_reader *body, struct samples_read *read)
{
    if (!read_entries(rx, body, read))
        return false;
    size_t fresh = 0; /* they stand newest first: the fresh ones lead */
    while (fresh < read->count && (!rx->any || is_newer(read->entries[fresh].sequence, rx->last)))
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

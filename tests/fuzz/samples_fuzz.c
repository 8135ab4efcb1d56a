/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SAMPLES bodies, one after another, each behind its length (u16): whatever is accepted is newer than
 * all before, and when a sender of ours sends those samples again, who hears every datagram reads the
 * same samples, and who hears only the last reads the newest of them. */
#include <stdlib.h>
#include <string.h>

#include "link/samples.h"

enum { WHOLE_BYTES = 4096 }; /* the largest chunk has 3,529 */

static void must(bool held)
{
    if (!held)
        abort();
}

static void expect_same(const struct sample_entry *read, const struct sample_entry *sent)
{
    must(read->sequence == sent->sequence && read->stamp_ns == sent->stamp_ns);
    must(read->len == sent->len && memcmp(read->bytes, sent->bytes, sent->len) == 0);
}

/* What our own sender makes of all that it holds, read again. */
static void send(struct samples_tx *tx, struct samples_rx *rx, struct samples_read *read)
{
    const struct samples_plan plan = {.copies = 1, .group = 1, .dense = SAMPLES_ENTRIES_MAX};
    uint8_t bytes[WHOLE_BYTES], type;
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    must(samples_write(tx, 0, &plan, &writer) && !writer.failed);
    struct wire_reader reader = wire_reader(bytes, writer.len), body;
    must(wire_next_chunk(&reader, &type, &body) && type == CHUNK_SAMPLES && reader.left == 0);
    must(samples_receive(rx, &body, read));
}

/* How many of the newest, one after another in number, a chunk holds that ends with them. */
static size_t reach(const struct samples_read *heard)
{
    const struct sample_entry *newest = &heard->entries[heard->count - 1];
    size_t count = 1;
    while (count < heard->count) {
        const struct sample_entry *entry = newest - count;
        if (newest->sequence - entry->sequence != count ||
            newest->stamp_ns - entry->stamp_ns > UINT32_MAX)
            break;
        count++;
    }
    return count;
}

static void send_again(const struct samples_read *heard)
{
    static struct samples_tx tx;
    static struct samples_rx every, last;
    struct samples_read read;

    memset(&tx, 0, sizeof tx);
    memset(&every, 0, sizeof every);
    memset(&last, 0, sizeof last);
    for (size_t i = 0; i < heard->count; i++) {
        const struct sample_entry *entry = &heard->entries[i];
        if (tx.next != entry->sequence) { /* one between has been lost: nothing older to repeat */
            tx.next = entry->sequence;
            tx.count = 0;
        }
        must(samples_push(&tx, entry->bytes, entry->len, entry->stamp_ns) == entry->sequence);
        send(&tx, &every, &read);
        must(read.count == 1 && !read.again);
        expect_same(&read.entries[0], entry);
    }
    send(&tx, &last, &read);
    must(read.count == reach(heard));
    for (size_t i = 0; i < read.count; i++)
        expect_same(&read.entries[i], &heard->entries[heard->count - read.count + i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct samples_rx rx;
    struct wire_reader input = wire_reader(data, size);

    memset(&rx, 0, sizeof rx);
    while (input.left > 2) {
        struct samples_rx before = rx;
        struct samples_read heard;
        size_t len = wire_u16(&input);
        if (len > input.left)
            len = input.left;
        struct wire_reader body = wire_reader(wire_take(&input, len), len);
        if (!samples_receive(&rx, &body, &heard)) {
            must(rx.last == before.last && rx.delivered == before.delivered);
            continue;
        }
        must(heard.again == (heard.count == 0));
        for (size_t i = 0; i < heard.count; i++) {
            uint32_t than = i ? heard.entries[i - 1].sequence : before.last;
            uint32_t ahead = heard.entries[i].sequence - than;
            must((i == 0 && !before.any) || (ahead > 0 && ahead < UINT32_C(1) << 31));
        }
        if (heard.count)
            send_again(&heard);
    }
    return 0;
}

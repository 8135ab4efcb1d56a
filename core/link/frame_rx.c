/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/frame_rx.h"

#include <string.h>

/* Time for both ends to handle a request and its answer, kept back when judging whether to ask. */
static const uint64_t ASK_MARGIN_NS = 4000000;

void frame_rx_expect(struct frame_rx *rx, uint64_t interval_ns, uint64_t budget_ns)
{
    rx->interval_ns = interval_ns;
    rx->budget_ns = budget_ns;
}

void frame_rx_init(struct frame_rx *rx, uint8_t channel, uint64_t interval_ns, uint64_t budget_ns)
{
    memset(rx, 0, sizeof *rx);
    rx->channel = channel;
    frame_rx_expect(rx, interval_ns, budget_ns);
    frame_store_init(&rx->store);
}

/* The record of a frame that is under way; NULL: it has none (too far back). */
static struct frame_record *find(struct frame_rx *rx, uint32_t frame)
{
    struct frame_record *record = &rx->records[frame % FRAME_RECORDS];
    bool under_way = !frame_before(frame, rx->head) && frame_before(frame, rx->next_frame);
    return under_way && record->frame == frame ? record : NULL;
}

static const struct frame_record *find_const(const struct frame_rx *rx, uint32_t frame)
{
    const struct frame_record *record = &rx->records[frame % FRAME_RECORDS];
    bool under_way = !frame_before(frame, rx->head) && frame_before(frame, rx->next_frame);
    return under_way && record->frame == frame ? record : NULL;
}

/* The frame exists, and so do those before it: each gets a record, and its time runs from now. */
static void reach_frame(struct frame_rx *rx, uint32_t frame, uint64_t now_ns)
{
    if (frame_before(frame, rx->next_frame))
        return;
    for (uint32_t i = rx->head; i != rx->next_frame; i++) {
        struct frame_record *record = find(rx, i);
        if (record && record->closing_ns == 0)
            record->closing_ns = now_ns;
    }
    uint32_t from = rx->next_frame;
    if (frame - from >= FRAME_RECORDS)
        from = frame - FRAME_RECORDS + 1;
    for (uint32_t i = from; i != frame + 1; i++)
        rx->records[i % FRAME_RECORDS] = (struct frame_record){
            .frame = i, .first_ns = now_ns, .closing_ns = i == frame ? 0 : now_ns};
    rx->next_frame = frame + 1;
    if (rx->next_frame - rx->head > FRAME_LOST_IN_A_ROW) {
        uint32_t skipped = rx->next_frame - rx->head - FRAME_LOST_IN_A_ROW;
        rx->head += skipped;
        rx->stats.skipped += skipped;
        rx->stats.lost += skipped;
    }
}

/* Symbols are numbered through all frames, 1 to FRAME_SHARDS_MAX a frame. */
static bool follows_anchor(const struct frame_rx *rx, uint32_t frame, uint32_t first)
{
    uint64_t frames = frame - rx->anchor_frame;
    uint64_t symbols = first - rx->anchor_sequence;
    return frames <= INT32_MAX && symbols >= frames && symbols <= frames * FRAME_SHARDS_MAX &&
           symbols <= INT32_MAX;
}

/* A symbol on its way into a frame. */
struct arrival {
    uint32_t sequence;
    uint32_t frame;
    struct frame_mark mark;
    size_t symbol_bytes; /* 0: worked out, so the length is not certain */
};

static uint32_t first_of(const struct arrival *arrival)
{
    return arrival->sequence - arrival->mark.index;
}

/* The frame nearest to the newest one that ends in these 16 bits. */
static uint32_t full_number(const struct frame_rx *rx, uint16_t low)
{
    uint32_t ahead = (uint16_t)(low - (uint16_t)rx->next_frame);
    return rx->next_frame + ahead - (ahead >= 1U << 15 ? 1U << 16 : 0);
}

/* All payloads but the last are as long as one another, and it is no longer. */
static bool fits_length(const struct frame_record *record, const struct arrival *arrival)
{
    if (arrival->symbol_bytes == 0 || record->symbol_bytes == 0)
        return true;
    return arrival->mark.index + 1 == arrival->mark.count
               ? arrival->symbol_bytes <= record->symbol_bytes
               : arrival->symbol_bytes == record->symbol_bytes;
}

/* The symbols of neighbours touch. */
static bool fits_neighbours(const struct frame_rx *rx, const struct arrival *arrival)
{
    const struct frame_record *before = find_const(rx, arrival->frame - 1);
    const struct frame_record *after = find_const(rx, arrival->frame + 1);
    uint32_t first = first_of(arrival);

    if (before && before->known && before->first_sequence + before->count != first)
        return false;
    return !after || !after->known || after->first_sequence == first + arrival->mark.count;
}

/* Whether a symbol may be what it says it is, given all that is certain. */
static bool is_plausible(const struct frame_rx *rx, const struct arrival *arrival)
{
    const struct frame_record *record = find_const(rx, arrival->frame);

    if (record && record->known)
        return record->first_sequence == first_of(arrival) &&
               record->count == arrival->mark.count && fits_length(record, arrival);
    return follows_anchor(rx, arrival->frame, first_of(arrival)) && fits_neighbours(rx, arrival);
}

/* A plausible symbol of a frame that is not settled has been stored. */
static void note_symbol(struct frame_rx *rx, const struct arrival *arrival, uint64_t now_ns)
{
    reach_frame(rx, arrival->frame, now_ns);
    struct frame_record *record = find(rx, arrival->frame);
    if (!record)
        return;
    if (!record->known) {
        record->known = true;
        record->count = arrival->mark.count;
        record->first_sequence = first_of(arrival);
    }
    if (arrival->mark.index + 1 < arrival->mark.count && record->symbol_bytes == 0)
        record->symbol_bytes = (uint16_t)arrival->symbol_bytes;
    record->have++;
    record->repaired |= arrival->symbol_bytes == 0;
    if (record->have == record->count)
        record->complete_ns = now_ns;
}

static void settle_recovered(struct frame_rx *rx, uint32_t sequence, size_t padded_bytes,
                             uint64_t now_ns)
{
    struct arrival arrival = {.sequence = sequence};
    bool is_readable = frame_mark_read(&arrival.mark, frame_store_symbol(&rx->store, sequence),
                                       padded_bytes) == FRAME_OK;
    arrival.frame = full_number(rx, arrival.mark.frame);
    bool is_settled = frame_before(arrival.frame, rx->head);

    if (!is_readable || (!is_settled && !is_plausible(rx, &arrival))) {
        rx->stats.refused++;
        frame_store_refuse(&rx->store, sequence);
        return;
    }
    frame_store_settle(&rx->store, sequence, padded_bytes);
    rx->stats.recovered++;
    if (!is_settled)
        note_symbol(rx, &arrival, now_ns);
}

static void solve(struct frame_rx *rx, uint64_t now_ns)
{
    while (frame_store_solve(&rx->store, &rx->recovered)) {
        uint64_t before = rx->stats.recovered;
        for (unsigned i = 0; i < rx->recovered.count; i++)
            settle_recovered(rx, rx->recovered.sequences[i], rx->recovered.padded_bytes, now_ns);
        if (rx->stats.recovered == before)
            return;
    }
}

static enum frame_err count(struct frame_rx *rx, enum frame_err err)
{
    rx->stats.duplicate += err == FRAME_ERR_DUPLICATE;
    rx->stats.stale += err == FRAME_ERR_STALE;
    rx->stats.refused +=
        err == FRAME_ERR_LENGTH || err == FRAME_ERR_VALUE || err == FRAME_ERR_INCONSISTENT;
    return err;
}

static enum frame_err take_shard(struct frame_rx *rx, const uint8_t *body, size_t len,
                                 uint64_t now_ns)
{
    struct frame_shard shard;
    enum frame_err err = frame_shard_read(&shard, body, len);

    if (err != FRAME_OK)
        return err;
    if (shard.channel != rx->channel)
        return FRAME_ERR_VALUE;
    if (!frame_store_keeps(&rx->store, shard.sequence))
        return FRAME_ERR_STALE;
    if (frame_store_has(&rx->store, shard.sequence))
        return FRAME_ERR_DUPLICATE;
    struct arrival arrival = {.sequence = shard.sequence,
                              .frame = full_number(rx, shard.mark.frame),
                              .mark = shard.mark,
                              .symbol_bytes = shard.symbol_bytes};
    bool is_settled = frame_before(arrival.frame, rx->head);
    if (!is_settled && !is_plausible(rx, &arrival))
        return FRAME_ERR_INCONSISTENT;

    /* One of a frame already given up still helps repairs that cover the next frame too. */
    frame_store_put(&rx->store, shard.sequence, shard.symbol, shard.symbol_bytes);
    if (!is_settled)
        note_symbol(rx, &arrival, now_ns);
    solve(rx, now_ns);
    return is_settled ? FRAME_ERR_STALE : FRAME_OK;
}

enum frame_err frame_rx_shard(struct frame_rx *rx, const uint8_t *body, size_t len, uint64_t now_ns)
{
    enum frame_err err = take_shard(rx, body, len, now_ns);

    rx->stats.shards += err == FRAME_OK;
    return count(rx, err);
}

/* A repair that ends a frame: its sender has sent the shards before. */
static void note_closing(struct frame_rx *rx, uint32_t end, uint64_t now_ns)
{
    for (uint32_t i = rx->head; i != rx->next_frame; i++) {
        struct frame_record *record = find(rx, i);
        if (record && record->known && record->closing_ns == 0 &&
            record->first_sequence + record->count == end)
            record->closing_ns = now_ns;
    }
}

static enum frame_err take_repair(struct frame_rx *rx, const uint8_t *body, size_t len,
                                  uint64_t now_ns)
{
    struct frame_repair repair;
    enum frame_err err = frame_repair_read(&repair, body, len);

    if (err != FRAME_OK)
        return err;
    if (repair.channel != rx->channel)
        return FRAME_ERR_VALUE;
    err = frame_store_add(&rx->store, &repair);
    if (err != FRAME_OK)
        return err;
    note_closing(rx, repair.base + repair.count, now_ns);
    solve(rx, now_ns);
    return FRAME_OK;
}

enum frame_err frame_rx_repair(struct frame_rx *rx, const uint8_t *body, size_t len,
                               uint64_t now_ns)
{
    enum frame_err err = take_repair(rx, body, len, now_ns);

    rx->stats.repairs += err == FRAME_OK;
    if (err == FRAME_ERR_DUPLICATE) {
        rx->stats.idle_repairs++;
        return err;
    }
    return count(rx, err);
}

static bool is_complete(const struct frame_record *record)
{
    return record->known && record->have == record->count;
}

/* Reads what the first symbol says of the frame, if it is here. */
static bool read_header(struct frame_rx *rx, const struct frame_record *record,
                        struct frame_header *header)
{
    uint32_t first = record->first_sequence;

    return record->known && frame_store_has(&rx->store, first) &&
           frame_store_symbol_bytes(&rx->store, first) >= FRAME_MARK_BYTES + FRAME_HEADER_BYTES &&
           frame_header_read(header, frame_store_symbol(&rx->store, first) + FRAME_MARK_BYTES) ==
               FRAME_OK &&
           header->frame == record->frame;
}

/* Copies the payloads behind one another; false: they are not of the lengths that the header implies,
 * or no longer kept. */
static bool assemble(struct frame_rx *rx, const struct frame_record *record,
                     const struct frame_header *header)
{
    uint8_t *out = rx->bytes;

    for (unsigned i = 0; i < record->count; i++) {
        uint32_t sequence = record->first_sequence + i;
        size_t payload = frame_payload(header->len, record->count, i);
        size_t skip = FRAME_MARK_BYTES + (i == 0 ? FRAME_HEADER_BYTES : 0);
        if (payload == 0 || !frame_store_has(&rx->store, sequence) ||
            frame_store_symbol_bytes(&rx->store, sequence) < FRAME_MARK_BYTES + payload ||
            FRAME_MARK_BYTES + payload < skip)
            return false;
        size_t len = FRAME_MARK_BYTES + payload - skip;
        memcpy(out, frame_store_symbol(&rx->store, sequence) + skip, len);
        out += len;
    }
    return true;
}

/* The frame is whole, and what was put together is what was cut. */
static bool deliver(struct frame_rx *rx, const struct frame_record *record,
                    const struct frame_header *header, struct frame_event *event)
{
    if (!assemble(rx, record, header) || frame_check(header, rx->bytes) != header->check) {
        rx->stats.corrupt++;
        return false;
    }
    event->outcome = record->repaired || record->asked ? FRAME_REPAIRED : FRAME_WHOLE;
    event->bytes = rx->bytes;
    event->len = header->len;
    event->complete_ns = record->complete_ns;
    rx->stats.whole += event->outcome == FRAME_WHOLE;
    rx->stats.repaired += event->outcome == FRAME_REPAIRED;
    rx->anchor_frame = record->frame + 1;
    rx->anchor_sequence = record->first_sequence + record->count;
    return true;
}

static void settle(struct frame_rx *rx, const struct frame_record *record,
                   struct frame_event *event)
{
    struct frame_header header = {0};

    *event = (struct frame_event){.outcome = FRAME_LOST, .frame = rx->head};
    if (record) {
        event->known = read_header(rx, record, &header);
        event->captured_ns = header.captured_ns;
        event->tag = header.tag;
        event->asked = record->asked;
        event->first_ns = record->first_ns;
    }
    bool is_delivered = event->known && is_complete(record) && deliver(rx, record, &header, event);
    rx->stats.lost += !is_delivered;
    rx->head++;
}

bool frame_rx_next(struct frame_rx *rx, struct frame_event *event, uint64_t now_ns)
{
    if (rx->head == rx->next_frame)
        return false;
    const struct frame_record *record = find(rx, rx->head);
    if (record && !is_complete(record) && now_ns < record->first_ns + rx->budget_ns)
        return false;
    settle(rx, record, event);
    if (event->outcome == FRAME_LOST)
        event->complete_ns = now_ns;
    return true;
}

/* The symbols of a frame, from its own header or from its neighbours'; false: not known. */
static bool symbols_of(const struct frame_rx *rx, uint32_t frame, uint32_t *first, uint32_t *end)
{
    const struct frame_record *record = find_const(rx, frame);
    const struct frame_record *before = find_const(rx, frame - 1);
    const struct frame_record *after = find_const(rx, frame + 1);

    if (record && record->known) {
        *first = record->first_sequence;
        *end = *first + record->count;
        return true;
    }
    if (!after || !after->known)
        return false;
    if (before && before->known)
        *first = before->first_sequence + before->count;
    else if (rx->anchor_frame == frame)
        *first = rx->anchor_sequence;
    else
        return false;
    *end = after->first_sequence;
    return *end - *first <= FRAME_SHARDS_MAX;
}

/* When to ask for what a frame misses; UINT64_MAX: no use, or not yet known. */
static uint64_t ask_at(const struct frame_rx *rx, const struct frame_record *record,
                       uint64_t rtt_ns)
{
    if (is_complete(record) || record->closing_ns == 0)
        return UINT64_MAX;
    /* Its repairs come within an eighth of the interval of one another, mostly. */
    uint64_t at_ns = record->closing_ns + rx->interval_ns / 8;
    if (record->asked_ns != 0 && at_ns < record->asked_ns + rtt_ns + ASK_MARGIN_NS)
        at_ns = record->asked_ns + rtt_ns + ASK_MARGIN_NS;
    return at_ns + rtt_ns + ASK_MARGIN_NS < record->first_ns + rx->budget_ns ? at_ns : UINT64_MAX;
}

static void add_missing(struct frame_rx *rx, struct frame_status *status, uint32_t sequence)
{
    if (frame_store_has(&rx->store, sequence))
        return;
    unsigned last = status->count - 1U;
    if (status->count > 0 && status->runs[last].run < UINT8_MAX &&
        status->runs[last].first + status->runs[last].run == sequence) {
        status->runs[last].run++;
    } else if (status->count < FRAME_STATUS_RUNS_MAX) {
        status->runs[status->count].first = sequence;
        status->runs[status->count++].run = 1;
    } else {
        return;
    }
    rx->stats.asked++;
}

size_t frame_rx_status(struct frame_rx *rx, uint64_t rtt_ns, uint8_t out[static FRAME_STATUS_MAX],
                       uint64_t now_ns)
{
    struct frame_status status = {.channel = rx->channel};

    for (uint32_t i = rx->head; i != rx->next_frame; i++) {
        struct frame_record *record = find(rx, i);
        uint32_t first, end;
        if (!record || ask_at(rx, record, rtt_ns) > now_ns)
            continue;
        record->asked_ns = now_ns;
        if (now_ns + rtt_ns + ASK_MARGIN_NS >= record->first_ns + rx->budget_ns ||
            !symbols_of(rx, i, &first, &end))
            continue;
        record->asked = true;
        for (; first != end; first++)
            add_missing(rx, &status, first);
    }
    return status.count > 0 ? frame_status_write(&status, out) : 0;
}

uint64_t frame_rx_deadline(const struct frame_rx *rx, uint64_t rtt_ns)
{
    uint64_t deadline_ns = UINT64_MAX;

    if (rx->head == rx->next_frame)
        return deadline_ns;
    const struct frame_record *head = find_const(rx, rx->head);
    if (!head || is_complete(head))
        return 0;
    deadline_ns = head->first_ns + rx->budget_ns;
    for (uint32_t i = rx->head; i != rx->next_frame; i++) {
        const struct frame_record *record = find_const(rx, i);
        uint64_t at_ns = record ? ask_at(rx, record, rtt_ns) : UINT64_MAX;
        if (at_ns < deadline_ns)
            deadline_ns = at_ns;
    }
    return deadline_ns;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/frame_tx.h"

#include <assert.h>
#include <string.h>

static_assert((int)FRAME_SYMBOL_MAX <= (int)FRAME_SLOT_BYTES, "a slot holds any symbol");
static_assert((int)FRAME_SLOTS >= 2 * (int)FRAME_SHARDS_MAX, "and the slots any two frames");

/* Kept back for the way through both ends when judging whether a resend arrives in time. */
static const uint64_t RESEND_MARGIN_NS = 2000000;

void frame_tx_init(struct frame_tx *tx, uint8_t channel, uint64_t interval_ns, uint64_t budget_ns)
{
    memset(tx, 0, sizeof *tx);
    tx->channel = channel;
    tx->interval_ns = interval_ns;
    tx->budget_ns = budget_ns;
    /* A repair is sent up to one interval after its own frame: what is older is given up by then. */
    uint64_t reach = interval_ns > 0 ? budget_ns / interval_ns : 0;
    tx->reach = reach < 2 ? 1 : reach > FRAME_REACH_MAX ? FRAME_REACH_MAX : (uint8_t)(reach - 1);
    repair_init(&tx->repair);
}

static unsigned slot_of(uint32_t sequence)
{
    return sequence % FRAME_SLOTS;
}

static bool is_kept(const struct frame_tx *tx, uint32_t sequence)
{
    uint32_t back = tx->next_sequence - sequence;
    return back >= 1 && back <= FRAME_SLOTS;
}

/* Makes symbols of the frame's header and bytes. */
static void cut(struct frame_tx *tx, const struct frame_header *header, unsigned count,
                const uint8_t *bytes, uint64_t late_ns)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned slot = slot_of(tx->next_sequence + i);
        size_t symbol_bytes = FRAME_MARK_BYTES + frame_payload(header->len, count, i);
        size_t at = FRAME_MARK_BYTES;
        uint8_t *symbol = tx->slots[slot];
        struct frame_mark mark = {
            .frame = (uint16_t)header->frame, .index = (uint8_t)i, .count = (uint8_t)count};

        frame_mark_write(&mark, symbol);
        if (i == 0) {
            assert(symbol_bytes >= FRAME_MARK_BYTES + FRAME_HEADER_BYTES);
            frame_header_write(header, symbol + at);
            at += FRAME_HEADER_BYTES;
        }
        memcpy(symbol + at, bytes, symbol_bytes - at);
        memset(symbol + symbol_bytes, 0, FRAME_SLOT_BYTES - symbol_bytes);
        bytes += symbol_bytes - at;
        tx->symbol_bytes[slot] = (uint16_t)symbol_bytes;
        tx->late_ns[slot] = late_ns;
        tx->resent_ns[slot] = 0;
    }
}

static void enqueue(struct frame_tx *tx, unsigned line, const struct frame_item *item)
{
    struct frame_tx_line *queue = &tx->lines[line];

    if (queue->tail - queue->head == FRAME_ITEMS_MAX) {
        queue->head++; /* the oldest is the least likely to be in time */
        tx->stats.dropped++;
    }
    queue->items[queue->tail++ % FRAME_ITEMS_MAX] = *item;
}

/* Due times of what one line carries of one frame. */
struct slots {
    struct frame_item item; /* the next one */
    uint64_t spread_ns;
    uint64_t start_ns;
    unsigned done, total;
};

static void enqueue_next(struct frame_tx *tx, unsigned line, struct slots *slots)
{
    slots->item.due_ns = slots->start_ns + slots->spread_ns * slots->done++ / slots->total;
    enqueue(tx, line, &slots->item);
}

static uint16_t longest(const struct frame_tx *tx, uint32_t base, unsigned count)
{
    uint16_t most = 0;
    for (unsigned i = 0; i < count; i++)
        if (tx->symbol_bytes[slot_of(base + i)] > most)
            most = tx->symbol_bytes[slot_of(base + i)];
    return most;
}

static void enqueue_repairs(struct frame_tx *tx, unsigned line, struct slots *slots, uint32_t base,
                            unsigned count, unsigned repairs, uint8_t *next_row)
{
    slots->item.base = base;
    slots->item.count = (uint8_t)count;
    slots->item.sum_bytes = longest(tx, base, count);
    /* The plan took the frame's own length; the frame before may have had longer shards. */
    tx->carry_bytes -=
        (int64_t)repairs * (slots->item.sum_bytes - tx->symbol_bytes[slot_of(tx->next_sequence)]);
    for (unsigned i = 0; i < repairs; i++) {
        slots->item.row = *next_row;
        *next_row = (uint8_t)((*next_row + 1) % REPAIR_ROWS);
        enqueue_next(tx, line, slots);
    }
}

/* Repairs over the frame alone; one of more shards than a window holds is repaired in parts. Each part has
 * rows of its own, which go on from line to line: two lines shall not carry the same sum while a row is
 * left. */
static void enqueue_own(struct frame_tx *tx, unsigned line, struct slots *slots, unsigned count,
                        unsigned repairs)
{
    unsigned parts = (count + FRAME_WINDOW_MAX - 1) / FRAME_WINDOW_MAX;

    for (unsigned part = 0; part < parts; part++) {
        unsigned from = count * part / parts, to = count * (part + 1) / parts;
        unsigned share = repairs * (part + 1) / parts - repairs * part / parts;
        enqueue_repairs(tx, line, slots, tx->next_sequence + from, to - from, share,
                        &tx->next_rows[part]);
    }
}

static void enqueue_wide(struct frame_tx *tx, unsigned line, struct slots *slots, unsigned count,
                         unsigned repairs)
{
    unsigned window = count;

    for (unsigned back = 1; back <= tx->reach; back++)
        window += tx->before[(tx->next_frame - back) % FRAME_REACH_MAX];
    if (count > FRAME_WINDOW_MAX) {
        enqueue_own(tx, line, slots, count, repairs);
        return;
    }
    if (window > FRAME_WINDOW_MAX)
        window = FRAME_WINDOW_MAX;
    enqueue_repairs(tx, line, slots, tx->next_sequence + count - window, window, repairs,
                    &tx->next_rows[0]);
}

/* Gives each shard to a line, in the order in which the lines' places come round. */
static void enqueue_source(struct frame_tx *tx, const struct frame_plan *plan,
                           const struct frame_line lines[], struct slots slots[])
{
    unsigned left[FRAME_LINES_MAX];

    for (unsigned line = 0; line < FRAME_LINES_MAX; line++)
        left[line] = plan->lines[line].source;
    for (unsigned i = 0; i < plan->count; i++) {
        unsigned best = FRAME_LINES_MAX;
        uint64_t best_ns = UINT64_MAX;
        for (unsigned line = 0; line < FRAME_LINES_MAX; line++) {
            if (left[line] == 0)
                continue;
            uint64_t at_ns =
                lines[line].delay_ns + slots[line].spread_ns * slots[line].done / slots[line].total;
            if (at_ns < best_ns) {
                best = line;
                best_ns = at_ns;
            }
        }
        if (best == FRAME_LINES_MAX)
            return; /* no line is alive */
        left[best]--;
        slots[best].item.base = tx->next_sequence + i;
        enqueue_next(tx, best, &slots[best]);
    }
}

static void schedule(struct frame_tx *tx, const struct frame_plan *plan,
                     const struct frame_line lines[], uint64_t now_ns)
{
    struct slots slots[FRAME_LINES_MAX];

    for (unsigned line = 0; line < FRAME_LINES_MAX; line++) {
        const struct frame_line_plan *share = &plan->lines[line];
        slots[line] = (struct slots){.item.late_ns = now_ns + tx->budget_ns,
                                     .spread_ns = plan->spread_ns,
                                     .start_ns = now_ns,
                                     .total = (unsigned)share->source + share->own + share->wide};
    }
    enqueue_source(tx, plan, lines, slots);
    for (unsigned line = 0; line < FRAME_LINES_MAX; line++) {
        enqueue_own(tx, line, &slots[line], plan->count, plan->lines[line].own);
        enqueue_wide(tx, line, &slots[line], plan->count, plan->lines[line].wide);
    }
}

enum frame_err frame_tx_push(struct frame_tx *tx,
                             const struct frame_line lines[static FRAME_LINES_MAX],
                             const uint8_t *bytes, size_t len, uint64_t captured_ns, uint32_t tag,
                             uint64_t now_ns, uint32_t *frame)
{
    struct frame_plan plan;

    if (len == 0 || len > FRAME_BYTES_MAX)
        return FRAME_ERR_LENGTH;
    struct frame_need need = {
        .len = (uint32_t)len, .interval_ns = tx->interval_ns, .carry_bytes = tx->carry_bytes};
    frame_plan(&plan, &need, lines);
    if (plan.count == 0)
        return FRAME_ERR_LENGTH;

    struct frame_header header = {
        .frame = tx->next_frame, .tag = tag, .captured_ns = captured_ns, .len = (uint32_t)len};
    header.check = frame_check(&header, bytes);
    cut(tx, &header, plan.count, bytes, now_ns + tx->budget_ns);
    tx->carry_bytes = plan.carry_bytes;
    schedule(tx, &plan, lines, now_ns);
    if (frame)
        *frame = tx->next_frame;
    tx->before[tx->next_frame++ % FRAME_REACH_MAX] = plan.count;
    tx->next_sequence += plan.count;
    tx->last_bytes = (uint32_t)len;
    tx->stats.frames++;
    tx->stats.frame_bytes += len;
    return FRAME_OK;
}

static size_t item_bytes(const struct frame_tx *tx, const struct frame_item *item)
{
    return item->count > 0 ? FRAME_REPAIR_BYTES + (size_t)item->sum_bytes
                           : FRAME_SHARD_BYTES + (size_t)tx->symbol_bytes[slot_of(item->base)];
}

/* The oldest item of a line that can be and is still worth sending; NULL: none. */
static const struct frame_item *front(struct frame_tx *tx, struct frame_tx_line *queue, size_t room,
                                      uint64_t now_ns)
{
    for (; queue->head != queue->tail; queue->head++) {
        const struct frame_item *item = &queue->items[queue->head % FRAME_ITEMS_MAX];
        if (now_ns < item->late_ns && is_kept(tx, item->base) && item_bytes(tx, item) <= room)
            return item;
        tx->stats.dropped++;
    }
    return NULL;
}

/* Computes this repair and those behind it in the queue that the same pass can give. */
static void fill_batch(struct frame_tx *tx, struct frame_tx_line *queue,
                       const struct frame_item *item)
{
    struct frame_batch *batch = &queue->batch;
    uint8_t *symbols[FRAME_WINDOW_MAX], *sums[REPAIR_BATCH];
    unsigned rows = 1;

    while (rows < REPAIR_BATCH && queue->head + rows != queue->tail) {
        const struct frame_item *next = &queue->items[(queue->head + rows) % FRAME_ITEMS_MAX];
        if (next->count != item->count || next->base != item->base ||
            (unsigned)next->row != (item->row + rows) % REPAIR_ROWS)
            break;
        rows++;
    }
    for (unsigned i = 0; i < item->count; i++)
        symbols[i] = tx->slots[slot_of(item->base + i)];
    for (unsigned i = 0; i < rows; i++)
        sums[i] = batch->sums[i];
    repair_encode(&tx->repair, item->base, item->count, symbols, item->row, rows, item->sum_bytes,
                  sums);
    batch->base = item->base;
    batch->count = item->count;
    batch->row = item->row;
    batch->rows = (uint8_t)rows;
}

static const uint8_t *sum_of(struct frame_tx *tx, struct frame_tx_line *queue,
                             const struct frame_item *item)
{
    const struct frame_batch *batch = &queue->batch;
    unsigned at = (item->row + (unsigned)REPAIR_ROWS - batch->row) % REPAIR_ROWS;

    if (batch->count != item->count || batch->base != item->base || at >= batch->rows) {
        fill_batch(tx, queue, item);
        at = 0;
    }
    return batch->sums[at];
}

static size_t write_shard(struct frame_tx *tx, uint32_t sequence, uint8_t *out)
{
    unsigned slot = slot_of(sequence);

    frame_shard_write(tx->channel, sequence, out);
    memcpy(out + FRAME_SHARD_BYTES, tx->slots[slot], tx->symbol_bytes[slot]);
    return FRAME_SHARD_BYTES + (size_t)tx->symbol_bytes[slot];
}

static size_t write_repair(struct frame_tx *tx, struct frame_tx_line *queue,
                           const struct frame_item *item, uint8_t *out)
{
    struct frame_repair repair = {
        .channel = tx->channel, .base = item->base, .count = item->count, .row = item->row};

    frame_repair_write(&repair, out);
    memcpy(out + FRAME_REPAIR_BYTES, sum_of(tx, queue, item), item->sum_bytes);
    return FRAME_REPAIR_BYTES + (size_t)item->sum_bytes;
}

/* A shard that the receiver asked for; 0: none waits that could still come in time. */
static size_t next_resend(struct frame_tx *tx, size_t room, uint8_t *out, uint64_t now_ns)
{
    for (; tx->resends_head != tx->resends_tail; tx->resends_head++) {
        uint32_t sequence = tx->resends[tx->resends_head % FRAME_RESENDS_MAX];
        size_t len = FRAME_SHARD_BYTES + (size_t)tx->symbol_bytes[slot_of(sequence)];
        if (!is_kept(tx, sequence) || now_ns >= tx->late_ns[slot_of(sequence)] || len > room) {
            tx->stats.dropped++;
            continue;
        }
        tx->resends_head++;
        tx->stats.resent++;
        return write_shard(tx, sequence, out);
    }
    return 0;
}

size_t frame_tx_next(struct frame_tx *tx, unsigned line, size_t room, uint8_t *out, bool *is_repair,
                     uint64_t now_ns)
{
    assert(line < FRAME_LINES_MAX);
    struct frame_tx_line *queue = &tx->lines[line];
    size_t len = next_resend(tx, room, out, now_ns);

    *is_repair = false;
    if (len == 0) {
        const struct frame_item *item = front(tx, queue, room, now_ns);
        if (!item || item->due_ns > now_ns)
            return 0;
        *is_repair = item->count > 0;
        len = item_bytes(tx, item);
        if (*is_repair)
            write_repair(tx, queue, item, out);
        else
            write_shard(tx, item->base, out);
        queue->lag_ns = now_ns - item->due_ns;
        queue->head++;
        tx->stats.repairs += *is_repair;
        tx->stats.shards += !*is_repair;
    }
    tx->stats.body_bytes += len;
    return len;
}

uint64_t frame_tx_deadline(const struct frame_tx *tx, unsigned line)
{
    assert(line < FRAME_LINES_MAX);
    const struct frame_tx_line *queue = &tx->lines[line];

    if (tx->resends_head != tx->resends_tail)
        return 0;
    if (queue->head == queue->tail)
        return UINT64_MAX;
    return queue->items[queue->head % FRAME_ITEMS_MAX].due_ns;
}

uint64_t frame_tx_lag_ns(const struct frame_tx *tx, unsigned line)
{
    assert(line < FRAME_LINES_MAX);
    return tx->lines[line].lag_ns;
}

uint64_t frame_tx_waiting_bytes(const struct frame_tx *tx, unsigned line, uint64_t now_ns)
{
    assert(line < FRAME_LINES_MAX);
    const struct frame_tx_line *queue = &tx->lines[line];
    uint64_t bytes = 0;

    for (uint32_t i = queue->head; i != queue->tail; i++) {
        const struct frame_item *item = &queue->items[i % FRAME_ITEMS_MAX];
        if (now_ns < item->late_ns && is_kept(tx, item->base))
            bytes += item_bytes(tx, item) + FRAME_LINK_BYTES;
    }
    return bytes;
}

void frame_tx_drop_line(struct frame_tx *tx, unsigned line)
{
    assert(line < FRAME_LINES_MAX);
    tx->lines[line].lag_ns = 0;
    tx->stats.dropped += tx->lines[line].tail - tx->lines[line].head;
    tx->lines[line].head = tx->lines[line].tail;
}

static void resend(struct frame_tx *tx, uint32_t sequence, uint64_t rtt_ns, uint64_t now_ns)
{
    if (!is_kept(tx, sequence))
        return;
    /* It arrives half a round trip from now; the receiver gives the frame up half a round trip after
     * we do. Not again while the answer to the last time may be under way. */
    unsigned slot = slot_of(sequence);
    bool too_late = now_ns + RESEND_MARGIN_NS >= tx->late_ns[slot];
    bool under_way = tx->resent_ns[slot] != 0 && now_ns < tx->resent_ns[slot] + rtt_ns;
    if (too_late || under_way || tx->resends_tail - tx->resends_head == FRAME_RESENDS_MAX)
        return;
    tx->resent_ns[slot] = now_ns;
    tx->resends[tx->resends_tail++ % FRAME_RESENDS_MAX] = sequence;
}

enum frame_err frame_tx_status(struct frame_tx *tx, const uint8_t *body, size_t len,
                               uint64_t rtt_ns, uint64_t now_ns)
{
    struct frame_status status;
    enum frame_err err = frame_status_read(&status, body, len);

    if (err != FRAME_OK)
        return err;
    for (unsigned i = 0; i < status.count; i++)
        for (unsigned j = 0; j < status.runs[i].run; j++)
            resend(tx, status.runs[i].first + j, rtt_ns, now_ns);
    return FRAME_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/frame_wire.h"

#include <assert.h>

#include "base/bytes.h"
#include "link/repair.h"

enum { HEADER_FRAME = 0, HEADER_TAG = 4, HEADER_CAPTURED = 8, HEADER_LEN = 16, HEADER_CHECK = 20 };
enum { SYMBOL_FRAME = 0, SYMBOL_INDEX = 2, SYMBOL_COUNT = 3, SYMBOL_PAYLOAD = 4 };
enum { SHARD_CHANNEL = 0, SHARD_SEQUENCE = 1, SHARD_SYMBOL = 5 };
enum { REPAIR_CHANNEL = 0, REPAIR_BASE = 1, REPAIR_COUNT = 5, REPAIR_ROW = 6, REPAIR_SUM = 7 };
enum { STATUS_CHANNEL = 0, STATUS_COUNT = 1, STATUS_RUNS = 2, STATUS_RUN_BYTES = 5 };
static_assert(HEADER_CHECK + 4 == (int)FRAME_HEADER_BYTES, "the last field ends the header");
static_assert((int)SYMBOL_PAYLOAD == (int)FRAME_MARK_BYTES, "the header's limit is the layout's");
static_assert((int)SHARD_SYMBOL == (int)FRAME_SHARD_BYTES, "likewise");
static_assert((int)REPAIR_SUM == (int)FRAME_REPAIR_BYTES, "likewise");
static_assert((int)FRAME_WINDOW_MAX == (int)REPAIR_WINDOW_MAX, "a repair's window is the code's");

size_t frame_payload(uint32_t len, unsigned count, unsigned index)
{
    size_t total = FRAME_HEADER_BYTES + (size_t)len;
    size_t most = (total + count - 1) / count;

    if (most * (count - 1) >= total)
        return 0;
    return index + 1 < count ? most : total - most * (count - 1);
}

void frame_header_write(const struct frame_header *header, uint8_t out[static FRAME_HEADER_BYTES])
{
    put_be32(out + HEADER_FRAME, header->frame);
    put_be32(out + HEADER_TAG, header->tag);
    put_be64(out + HEADER_CAPTURED, header->captured_ns);
    put_be32(out + HEADER_LEN, header->len);
    put_be32(out + HEADER_CHECK, header->check);
}

enum frame_err frame_header_read(struct frame_header *header,
                                 const uint8_t in[static FRAME_HEADER_BYTES])
{
    uint32_t len = get_be32(in + HEADER_LEN);

    if (len == 0 || len > FRAME_BYTES_MAX)
        return FRAME_ERR_VALUE;
    *header = (struct frame_header){.frame = get_be32(in + HEADER_FRAME),
                                    .tag = get_be32(in + HEADER_TAG),
                                    .captured_ns = get_be64(in + HEADER_CAPTURED),
                                    .len = len,
                                    .check = get_be32(in + HEADER_CHECK)};
    return FRAME_OK;
}

uint32_t frame_check(const struct frame_header *header, const uint8_t *bytes)
{
    uint8_t head[FRAME_HEADER_BYTES];
    frame_header_write(header, head);
    return repair_crc32c(repair_crc32c(0, head, HEADER_CHECK), bytes, header->len);
}

void frame_mark_write(const struct frame_mark *mark, uint8_t out[static FRAME_MARK_BYTES])
{
    put_be16(out + SYMBOL_FRAME, mark->frame);
    out[SYMBOL_INDEX] = mark->index;
    out[SYMBOL_COUNT] = mark->count;
}

enum frame_err frame_mark_read(struct frame_mark *mark, const uint8_t *in, size_t len)
{
    if (len <= FRAME_MARK_BYTES || len > FRAME_SYMBOL_MAX)
        return FRAME_ERR_LENGTH;
    if (in[SYMBOL_INDEX] >= in[SYMBOL_COUNT])
        return FRAME_ERR_VALUE;
    *mark = (struct frame_mark){
        .frame = get_be16(in + SYMBOL_FRAME), .index = in[SYMBOL_INDEX], .count = in[SYMBOL_COUNT]};
    return FRAME_OK;
}

void frame_shard_write(uint8_t channel, uint32_t sequence, uint8_t out[static FRAME_SHARD_BYTES])
{
    out[SHARD_CHANNEL] = channel;
    put_be32(out + SHARD_SEQUENCE, sequence);
}

enum frame_err frame_shard_read(struct frame_shard *shard, const uint8_t *in, size_t len)
{
    struct frame_mark mark;

    if (len < FRAME_SHARD_BYTES)
        return FRAME_ERR_LENGTH;
    enum frame_err err = frame_mark_read(&mark, in + SHARD_SYMBOL, len - SHARD_SYMBOL);
    if (err != FRAME_OK)
        return err;
    *shard = (struct frame_shard){.channel = in[SHARD_CHANNEL],
                                  .sequence = get_be32(in + SHARD_SEQUENCE),
                                  .mark = mark,
                                  .symbol = in + SHARD_SYMBOL,
                                  .symbol_bytes = len - SHARD_SYMBOL};
    return FRAME_OK;
}

void frame_repair_write(const struct frame_repair *repair, uint8_t out[static FRAME_REPAIR_BYTES])
{
    out[REPAIR_CHANNEL] = repair->channel;
    put_be32(out + REPAIR_BASE, repair->base);
    out[REPAIR_COUNT] = repair->count;
    out[REPAIR_ROW] = repair->row;
}

enum frame_err frame_repair_read(struct frame_repair *repair, const uint8_t *in, size_t len)
{
    if (len <= FRAME_REPAIR_BYTES + FRAME_MARK_BYTES || len > FRAME_REPAIR_BYTES + FRAME_SYMBOL_MAX)
        return FRAME_ERR_LENGTH;
    if (in[REPAIR_COUNT] == 0 || in[REPAIR_COUNT] > FRAME_WINDOW_MAX ||
        in[REPAIR_ROW] >= REPAIR_ROWS)
        return FRAME_ERR_VALUE;
    *repair = (struct frame_repair){.channel = in[REPAIR_CHANNEL],
                                    .base = get_be32(in + REPAIR_BASE),
                                    .count = in[REPAIR_COUNT],
                                    .row = in[REPAIR_ROW],
                                    .sum = in + REPAIR_SUM,
                                    .sum_bytes = len - REPAIR_SUM};
    return FRAME_OK;
}

size_t frame_status_write(const struct frame_status *status, uint8_t out[static FRAME_STATUS_MAX])
{
    assert(status->count >= 1 && status->count <= FRAME_STATUS_RUNS_MAX);
    out[STATUS_CHANNEL] = status->channel;
    out[STATUS_COUNT] = status->count;
    for (size_t i = 0; i < status->count; i++) {
        uint8_t *run = out + STATUS_RUNS + i * STATUS_RUN_BYTES;
        put_be32(run, status->runs[i].first);
        run[4] = status->runs[i].run;
    }
    return STATUS_RUNS + (size_t)status->count * STATUS_RUN_BYTES;
}

enum frame_err frame_status_read(struct frame_status *status, const uint8_t *in, size_t len)
{
    struct frame_status read;

    if (len < STATUS_RUNS || len != STATUS_RUNS + (size_t)in[STATUS_COUNT] * STATUS_RUN_BYTES)
        return FRAME_ERR_LENGTH;
    if (in[STATUS_COUNT] == 0 || in[STATUS_COUNT] > FRAME_STATUS_RUNS_MAX)
        return FRAME_ERR_VALUE;
    read.channel = in[STATUS_CHANNEL];
    read.count = in[STATUS_COUNT];
    for (size_t i = 0; i < read.count; i++) {
        const uint8_t *run = in + STATUS_RUNS + i * STATUS_RUN_BYTES;
        read.runs[i].first = get_be32(run);
        read.runs[i].run = run[4];
        if (run[4] == 0)
            return FRAME_ERR_VALUE;
    }
    *status = read;
    return FRAME_OK;
}

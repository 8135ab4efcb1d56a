/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever body we accept, we would have written byte for byte. The first byte says which kind it is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "link/frame_wire.h"

static void check(const uint8_t *again, size_t again_len, const uint8_t *in)
{
    if (memcmp(again, in, again_len) != 0)
        abort();
}

static void shard(const uint8_t *in, size_t len)
{
    struct frame_shard shard;
    uint8_t again[FRAME_SHARD_BYTES + FRAME_MARK_BYTES];

    if (frame_shard_read(&shard, in, len) != FRAME_OK)
        return;
    frame_shard_write(shard.channel, shard.sequence, again);
    frame_mark_write(&shard.mark, again + FRAME_SHARD_BYTES);
    check(again, sizeof again, in);
    if (shard.symbol + shard.symbol_bytes != in + len || shard.mark.index >= shard.mark.count)
        abort();
}

static void repair(const uint8_t *in, size_t len)
{
    struct frame_repair repair;
    uint8_t again[FRAME_REPAIR_BYTES];

    if (frame_repair_read(&repair, in, len) != FRAME_OK)
        return;
    frame_repair_write(&repair, again);
    check(again, sizeof again, in);
    if (repair.sum + repair.sum_bytes != in + len || repair.count > FRAME_WINDOW_MAX)
        abort();
}

static void status(const uint8_t *in, size_t len)
{
    struct frame_status status;
    uint8_t again[FRAME_STATUS_MAX];

    if (frame_status_read(&status, in, len) != FRAME_OK)
        return;
    if (frame_status_write(&status, again) != len)
        abort();
    check(again, len, in);
}

static void header(const uint8_t *in, size_t len)
{
    struct frame_header header;
    uint8_t again[FRAME_HEADER_BYTES];

    if (len < FRAME_HEADER_BYTES || frame_header_read(&header, in) != FRAME_OK)
        return;
    frame_header_write(&header, again);
    check(again, sizeof again, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const kinds[])(const uint8_t *, size_t) = {shard, repair, status, header};

    if (size > 0)
        kinds[data[0] % 4](data + 1, size - 1);
    return 0;
}

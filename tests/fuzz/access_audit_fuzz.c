/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record that is read is, written again, the same bytes; a log of any bytes is read to its first fault. */
#include <stdint.h>
#include <stdlib.h>

#include "access/audit_chain.h"

static void read_record(struct text bytes, struct arena *arena)
{
    const struct audit_site site = {.observer = TEXT("Device/d"), .url = TEXT("http://h")};
    struct audit_record record;
    struct buffer again;

    if (!audit_read(&record, bytes, arena))
        return;
    buffer_init(&again, arena);
    audit_write(&again, &record);
    if (!again.failed && !text_equal(buffer_text(&again), bytes))
        abort();
    buffer_init(&again, arena);
    audit_write_event(&again, &record, 1, 0, &site);
    audit_write_line(&again, &record, 1);
}

static void read_log(struct text log)
{
    struct audit_reader reader;
    struct audit_frame frame;
    size_t used = AUDIT_HEADER_LEN;

    if (audit_reader_begin(&reader, log, NULL, NULL) != AUDIT_GOOD)
        return;
    do
        log = (struct text){log.bytes + used, log.len - used};
    while (audit_reader_next(&reader, log, &frame, &used) == AUDIT_GOOD);
    audit_reader_end(&reader);
}

static void look_through(struct text bytes)
{
    struct audit_frame frame;
    size_t used;
    while (audit_frame_read(bytes, &frame, &used)) {
        if (used > bytes.len || frame.body.len > used)
            abort();
        bytes = (struct text){bytes.bytes + used, bytes.len - used};
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text bytes = {(const char *)data, size};
    struct arena arena;

    arena_init(&arena, 1 << 20);
    read_record(bytes, &arena);
    read_log(bytes);
    look_through(bytes);
    if (size > AUDIT_HEADER_LEN)
        look_through((struct text){bytes.bytes + AUDIT_HEADER_LEN, size - AUDIT_HEADER_LEN});
    arena_free(&arena);
    return 0;
}

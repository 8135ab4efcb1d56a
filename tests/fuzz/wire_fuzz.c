/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers, reports and acknowledgements: whatever is accepted, we would have written byte for byte.
 * The first byte of the input chooses which. */
#include <stdlib.h>
#include <string.h>

#include "link/wire.h"

static void expect_same(const uint8_t *in, const uint8_t *again, size_t len)
{
    if (memcmp(in, again, len) != 0)
        abort();
}

static void header(const uint8_t *data, size_t size)
{
    struct wire_header header;
    uint8_t again[WIRE_HEADER_BYTES];
    if (!wire_header_read(&header, data, size))
        return;
    wire_header_write(&header, again);
    expect_same(data, again, sizeof again);
}

static void report(const uint8_t *data, size_t size)
{
    struct wire_reader body = wire_reader(data, size);
    uint8_t again[128];
    struct wire_writer writer = wire_writer(again, sizeof again);
    struct line_report report;
    if (!wire_read_report(&body, &report))
        return;
    wire_put_report(&writer, &report);
    if (writer.failed || writer.len != WIRE_CHUNK_HEADER_BYTES + size)
        abort();
    expect_same(data, again + WIRE_CHUNK_HEADER_BYTES, size);
}

static void stream_ack(const uint8_t *data, size_t size)
{
    struct wire_reader body = wire_reader(data, size);
    uint8_t again[128], stream;
    struct wire_writer writer = wire_writer(again, sizeof again);
    struct stream_ack ack;
    if (!wire_read_stream_ack(&body, &stream, &ack))
        return;
    wire_put_stream_ack(&writer, stream, &ack);
    if (writer.failed || writer.len != WIRE_CHUNK_HEADER_BYTES + size)
        abort();
    expect_same(data, again + WIRE_CHUNK_HEADER_BYTES, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    switch (data[0] % 3) {
    case 0:
        header(data + 1, size - 1);
        break;
    case 1:
        report(data + 1, size - 1);
        break;
    default:
        stream_ack(data + 1, size - 1);
        break;
    }
    return 0;
}

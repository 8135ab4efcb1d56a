/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/wire.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

enum { AT_TYPE = 0, AT_LINE = 1, AT_CONNECTION = 2, AT_PACKET = 8 };
static_assert(AT_PACKET + 8 == WIRE_HEADER_BYTES, "the packet number ends the header");

enum { LINE_SHIFT = 5, GENERATION_MASK = 0x1f };

void wire_header_write(const struct wire_header *header, uint8_t out[static WIRE_HEADER_BYTES])
{
    out[AT_TYPE] = (uint8_t)header->type;
    out[AT_LINE] = (uint8_t)(header->line << LINE_SHIFT | (header->generation & GENERATION_MASK));
    put_be16(out + AT_CONNECTION, (uint16_t)(header->connection >> 32));
    put_be32(out + AT_CONNECTION + 2, (uint32_t)header->connection);
    put_be64(out + AT_PACKET, header->packet);
}

bool wire_header_read(struct wire_header *header, const uint8_t *in, size_t len)
{
    if (len < WIRE_HEADER_BYTES || in[AT_TYPE] < WIRE_HELLO || in[AT_TYPE] > WIRE_SEALED)
        return false;
    *header = (struct wire_header){
        .type = (enum wire_type)in[AT_TYPE],
        .line = in[AT_LINE] >> LINE_SHIFT,
        .generation = in[AT_LINE] & GENERATION_MASK,
        .connection =
            (uint64_t)get_be16(in + AT_CONNECTION) << 32 | get_be32(in + AT_CONNECTION + 2),
        .packet = get_be64(in + AT_PACKET),
    };
    return true;
}

const uint8_t *wire_take(struct wire_reader *reader, size_t len)
{
    if (reader->failed || len > reader->left) {
        reader->failed = true;
        return NULL;
    }
    const uint8_t *at = reader->at;
    reader->at += len;
    reader->left -= len;
    return at;
}

uint8_t wire_u8(struct wire_reader *reader)
{
    const uint8_t *at = wire_take(reader, 1);
    return at ? at[0] : 0;
}

uint16_t wire_u16(struct wire_reader *reader)
{
    const uint8_t *at = wire_take(reader, 2);
    return at ? get_be16(at) : 0;
}

uint32_t wire_u32(struct wire_reader *reader)
{
    const uint8_t *at = wire_take(reader, 4);
    return at ? get_be32(at) : 0;
}

uint64_t wire_u64(struct wire_reader *reader)
{
    const uint8_t *at = wire_take(reader, 8);
    return at ? get_be64(at) : 0;
}

bool wire_next_chunk(struct wire_reader *reader, uint8_t *type, struct wire_reader *body)
{
    if (reader->failed || reader->left == 0)
        return false;
    *type = wire_u8(reader);
    size_t len = wire_u16(reader);
    const uint8_t *at = wire_take(reader, len);
    if (!at)
        return false;
    *body = wire_reader(at, len);
    return true;
}

uint8_t *wire_space(struct wire_writer *writer, size_t len)
{
    if (writer->failed || len > writer->room - writer->len) {
        writer->failed = true;
        return NULL;
    }
    uint8_t *at = writer->out + writer->len;
    writer->len += len;
    return at;
}

void wire_put(struct wire_writer *writer, const uint8_t *bytes, size_t len)
{
    uint8_t *at = wire_space(writer, len);
    if (at && len)
        memcpy(at, bytes, len);
}

void wire_put_u8(struct wire_writer *writer, uint8_t value)
{
    wire_put(writer, &value, 1);
}

void wire_put_u16(struct wire_writer *writer, uint16_t value)
{
    uint8_t *at = wire_space(writer, 2);
    if (at)
        put_be16(at, value);
}

void wire_put_u32(struct wire_writer *writer, uint32_t value)
{
    uint8_t *at = wire_space(writer, 4);
    if (at)
        put_be32(at, value);
}

void wire_put_u64(struct wire_writer *writer, uint64_t value)
{
    uint8_t *at = wire_space(writer, 8);
    if (at)
        put_be64(at, value);
}

size_t wire_begin_chunk(struct wire_writer *writer, enum wire_chunk_type type)
{
    size_t mark = writer->len;
    wire_put_u8(writer, (uint8_t)type);
    wire_put_u16(writer, 0);
    return mark;
}

void wire_end_chunk(struct wire_writer *writer, size_t mark)
{
    if (writer->failed)
        return;
    size_t len = writer->len - mark - WIRE_CHUNK_HEADER_BYTES;
    assert(len <= UINT16_MAX);
    put_be16(writer->out + mark + 1, (uint16_t)len);
}

void wire_put_stream_ack(struct wire_writer *writer, uint8_t stream, const struct stream_ack *ack)
{
    size_t mark = wire_begin_chunk(writer, CHUNK_STREAM_ACK);
    wire_put_u8(writer, stream);
    wire_put_u64(writer, ack->next);
    wire_put_u64(writer, ack->limit);
    wire_put_u8(writer, ack->count);
    for (size_t i = 0; i < ack->count; i++) {
        wire_put_u64(writer, ack->ranges[i].from);
        wire_put_u64(writer, ack->ranges[i].to);
    }
    wire_end_chunk(writer, mark);
}

bool wire_read_stream_ack(struct wire_reader *body, uint8_t *stream, struct stream_ack *ack)
{
    struct stream_ack read = {0};

    *stream = wire_u8(body);
    read.next = wire_u64(body);
    read.limit = wire_u64(body);
    read.count = wire_u8(body);
    if (read.count > STREAM_ACK_RANGES_MAX || read.limit < read.next)
        return false;
    for (size_t i = 0; i < read.count; i++) {
        read.ranges[i].from = wire_u64(body);
        read.ranges[i].to = wire_u64(body);
        if (read.ranges[i].from <= read.next || read.ranges[i].to <= read.ranges[i].from)
            return false;
    }
    if (body->failed || body->left)
        return false;
    *ack = read;
    return true;
}

void wire_put_report(struct wire_writer *writer, const struct line_report *report)
{
    size_t mark = wire_begin_chunk(writer, CHUNK_REPORT);
    wire_put_u8(writer, report->line);
    wire_put_u64(writer, report->highest);
    wire_put_u64(writer, report->sent_ns);
    wire_put_u64(writer, report->received_ns);
    wire_put_u32(writer, report->received);
    wire_put_u64(writer, report->received_bytes);
    wire_put(writer, report->bitmap, sizeof report->bitmap);
    wire_end_chunk(writer, mark);
}

bool wire_read_report(struct wire_reader *body, struct line_report *report)
{
    struct line_report read;

    read.line = wire_u8(body);
    read.highest = wire_u64(body);
    read.sent_ns = wire_u64(body);
    read.received_ns = wire_u64(body);
    read.received = wire_u32(body);
    read.received_bytes = wire_u64(body);
    const uint8_t *bitmap = wire_take(body, REPORT_BITMAP_BYTES);
    if (!bitmap || body->left || read.line >= 8 || !(bitmap[0] & 1))
        return false;
    memcpy(read.bitmap, bitmap, sizeof read.bitmap);
    *report = read;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Datagrams and chunks: the bytes on the wire, apart from the bodies of samples and frames.
 *
 * Pure and total. Source: docs/protocol.md "Datagrams" and "Chunks". All integers big-endian.
 *
 *     datagram   type u8 | line:3 generation:5 | connection u48 | packet number u64 | rest
 *     sealed     rest = AEAD(sent_ns u64, chunks...) and its 16-byte tag; the header is its AAD
 *     chunk      type u8 | length u16 | body */
#ifndef LINK_WIRE_H
#define LINK_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    WIRE_HEADER_BYTES = 16,
    WIRE_TAG_BYTES = 16,
    WIRE_TIME_BYTES = 8,
    WIRE_CHUNK_HEADER_BYTES = 3,
    WIRE_SEALED_LEAST = WIRE_HEADER_BYTES + WIRE_TIME_BYTES + WIRE_TAG_BYTES,
    WIRE_COOKIE_BYTES = 28,
    WIRE_HELLO_BYTES = 1200, /* padded, so that the answer is never larger than the question */
    WIRE_HANDSHAKE_HEADER_BYTES = WIRE_HEADER_BYTES + WIRE_COOKIE_BYTES,
};

/* The version is in the type's high half: a stranger's protocol, or our next, is not taken for this. */
enum wire_type {
    WIRE_HELLO = 0x11,     /* dialler: may I? Padded to WIRE_HELLO_BYTES */
    WIRE_COOKIE = 0x12,    /* answerer: then show me you live there: 28 bytes */
    WIRE_HANDSHAKE = 0x13, /* both: cookie (zeros from the answerer), then chunks in clear */
    WIRE_BUSY = 0x14,      /* answerer: no place now; no authority: the dialler tries again */
    WIRE_SEALED = 0x15
};

struct wire_header {
    enum wire_type type;
    uint8_t line;        /* 0 to 7 */
    uint8_t generation;  /* of the sender's keys, modulo 32 */
    uint64_t connection; /* 48 bits, chosen by the dialler, the same both ways */
    uint64_t packet;     /* sealed: one more than the one before on this line, from 0 */
};

#define WIRE_CONNECTION_MASK UINT64_C(0xffffffffffff)

void wire_header_write(const struct wire_header *header, uint8_t out[static WIRE_HEADER_BYTES]);

/* False: too short or not a type of ours; nothing written. */
MUST_USE bool wire_header_read(struct wire_header *header, const uint8_t *in, size_t len);

enum wire_chunk_type {
    CHUNK_SAMPLES = 0x10,
    CHUNK_SHARD = 0x20,
    CHUNK_REPAIR = 0x21,
    CHUNK_FRAME_STATUS = 0x22,
    CHUNK_STREAM = 0x30,
    CHUNK_STREAM_ACK = 0x31,
    CHUNK_REPORT = 0x40,
    CHUNK_CHALLENGE = 0x41,
    CHUNK_RESPONSE = 0x42,
    CHUNK_PULL = 0x43,
    CHUNK_PADDING = 0x44, /* zeros; probes a line's largest datagram */
    CHUNK_CLOSE = 0x50
};

/* Reads bytes one after another and remembers running off the end. */
struct wire_reader {
    const uint8_t *at;
    size_t left;
    bool failed;
};

static inline struct wire_reader wire_reader(const uint8_t *bytes, size_t len)
{
    return (struct wire_reader){.at = bytes, .left = len};
}

/* `len` bytes, or NULL and failed. */
const uint8_t *wire_take(struct wire_reader *reader, size_t len);
uint8_t wire_u8(struct wire_reader *reader);
uint16_t wire_u16(struct wire_reader *reader);
uint32_t wire_u32(struct wire_reader *reader);
uint64_t wire_u64(struct wire_reader *reader);

/* The next chunk; false at the end, or with `failed` set when one runs past it. */
bool wire_next_chunk(struct wire_reader *reader, uint8_t *type, struct wire_reader *body);

/* Writes bytes one after another into `room`; nothing is written past it, and `failed` says so. */
struct wire_writer {
    uint8_t *out;
    size_t len;
    size_t room;
    bool failed;
};

static inline struct wire_writer wire_writer(uint8_t *out, size_t room)
{
    return (struct wire_writer){.out = out, .room = room};
}

/* Space for `len` bytes, or NULL and failed. */
uint8_t *wire_space(struct wire_writer *writer, size_t len);
void wire_put(struct wire_writer *writer, const uint8_t *bytes, size_t len);
void wire_put_u8(struct wire_writer *writer, uint8_t value);
void wire_put_u16(struct wire_writer *writer, uint16_t value);
void wire_put_u32(struct wire_writer *writer, uint32_t value);
void wire_put_u64(struct wire_writer *writer, uint64_t value);

/* Opens a chunk and gives the mark that wire_end_chunk needs to fill its length in. */
size_t wire_begin_chunk(struct wire_writer *writer, enum wire_chunk_type type);
void wire_end_chunk(struct wire_writer *writer, size_t mark);

/* STREAM: stream u8 | offset u64 | bytes. STREAM_ACK: stream u8 | next u64 | limit u64 |
 * count u8 | count x (from u64, to u64): the ranges above `next` that came too. */
enum { STREAM_HEADER_BYTES = 9, STREAM_ACK_RANGES_MAX = 4 };
enum { STREAM_ACK_BYTES_MAX = 18 + 16 * STREAM_ACK_RANGES_MAX };

struct stream_ack {
    uint64_t next;  /* every byte before this one has come */
    uint64_t limit; /* bytes from here on would not fit */
    uint8_t count;
    struct {
        uint64_t from, to;
    } ranges[STREAM_ACK_RANGES_MAX];
};

void wire_put_stream_ack(struct wire_writer *writer, uint8_t stream, const struct stream_ack *ack);
MUST_USE bool wire_read_stream_ack(struct wire_reader *body, uint8_t *stream,
                                   struct stream_ack *ack);

/* REPORT: line u8 | highest u64 | its sent_ns u64 | its received_ns u64 | received u32 |
 * received bytes u64 | 32 bytes: bit i of byte j is packet highest - (8 j + i). */
enum { REPORT_BITMAP_BYTES = 32 };

struct line_report {
    uint8_t line;
    uint64_t highest;
    uint64_t sent_ns;     /* by the clock of the one who sent `highest` */
    uint64_t received_ns; /* by the clock of the one who reports */
    uint32_t received;
    uint64_t received_bytes;
    uint8_t bitmap[REPORT_BITMAP_BYTES];
};

void wire_put_report(struct wire_writer *writer, const struct line_report *report);
MUST_USE bool wire_read_report(struct wire_reader *body, struct line_report *report);

#endif

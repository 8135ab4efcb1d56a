/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The code writes and reads what docs/protocol-vectors.txt gives, byte for byte: all but whole sessions. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "link/cookie.h"
#include "link/door.h"
#include "link/frame_rx.h"
#include "link/frame_tx.h"
#include "link/handshake.h"
#include "link/peer.h" /* STREAM_MESSAGES */
#include "link/samples.h"
#include "link/seal.h"
#include "link/stream.h"
#include "link/wire.h"
#include "unit/link/vectors.h"

#define MS UINT64_C(1000000)

/* The one chunk that `bytes` hold. */
static struct wire_reader body_of(const uint8_t *bytes, size_t len, enum wire_chunk_type wanted)
{
    struct wire_reader reader = wire_reader(bytes, len), body = {0};
    uint8_t type = 0;
    assert_true(wire_next_chunk(&reader, &type, &body));
    assert_int_equal(type, wanted);
    assert_int_equal(reader.left, 0);
    return body;
}

static void a_header(void **state)
{
    (void)state;
    struct wire_header header = {.type = (enum wire_type)vectors_number("header", "type"),
                                 .line = (uint8_t)vectors_number("header", "line"),
                                 .generation = (uint8_t)vectors_number("header", "generation"),
                                 .connection = vectors_number("header", "connection"),
                                 .packet = vectors_number("header", "packet")};
    struct wire_header again;
    uint8_t bytes[WIRE_HEADER_BYTES];

    wire_header_write(&header, bytes);
    vectors_made("header", "bytes", bytes, sizeof bytes);
    assert_true(wire_header_read(&again, bytes, sizeof bytes));
    assert_int_equal(again.type, header.type);
    assert_int_equal(again.line, header.line);
    assert_int_equal(again.generation, header.generation);
    assert_true(again.connection == header.connection && again.packet == header.packet);
}

static void a_hello(void **state)
{
    (void)state;
    static struct handshake handshake;
    static const uint8_t zeros[WIRE_HELLO_BYTES];
    const struct link_path paths[LINK_LINES_MAX] = {{.socket = 0}, {.socket = 1}, {.socket = 2}};
    size_t wanted = vectors_number("hello", "line"), len = 0;
    uint8_t out[LINK_DATAGRAM_MAX];
    struct link_path path;

    handshake_dial(&handshake, vectors_number("hello", "connection"), paths, wanted + 1, 0, MS);
    for (size_t i = 0; i <= wanted; i++)
        len = handshake_transmit(&handshake, &path, out, 0);
    assert_int_equal(path.socket, wanted);
    assert_int_equal(len, vectors_number("hello", "length"));
    vectors_made("hello", "header", out, WIRE_HEADER_BYTES);
    assert_memory_equal(out + WIRE_HEADER_BYTES, zeros, len - WIRE_HEADER_BYTES);
    handshake_end(&handshake);
}

static void a_cookie(void **state)
{
    (void)state;
    uint8_t key[32], address[VECTORS_VALUE_BYTES], out[LINK_DATAGRAM_MAX];
    struct wire_header hello = {.type = WIRE_HELLO,
                                .line = (uint8_t)vectors_number("cookie", "line"),
                                .connection = vectors_number("cookie", "connection")};
    struct link_path path = {.socket = (uint8_t)vectors_number("cookie", "socket")}, to;
    uint64_t now_ns = vectors_number("cookie", "now_ns");
    struct door door;

    vectors_exactly("cookie", "key", key, sizeof key);
    path.address_bytes = (uint8_t)vectors_bytes("cookie", "address", address);
    memcpy(path.address, address, path.address_bytes);
    assert_true(door_create(&door, key));
    door_hello(&door, &path, &hello, now_ns);
    size_t len = door_transmit(&door, &to, out);
    vectors_made("cookie", "datagram", out, len);
    uint8_t *cookie = out + WIRE_HEADER_BYTES;
    vectors_made("cookie", "cookie", cookie, WIRE_COOKIE_BYTES);

    assert_true(door_knows(&door, &path, hello.connection, now_ns, cookie));
    assert_false(door_knows(&door, &path, hello.connection + 1, now_ns, cookie));
    path.address[0] ^= 1;
    assert_false(door_knows(&door, &path, hello.connection, now_ns, cookie));
    door_destroy(&door);
}

static void a_busy(void **state)
{
    (void)state;
    static const uint8_t key[32];
    const struct wire_header hello = {.type = WIRE_HELLO,
                                      .line = (uint8_t)vectors_number("busy", "line"),
                                      .connection = vectors_number("busy", "connection")};
    const struct link_path path = {.socket = 1};
    struct wire_header again;
    struct link_path to;
    uint8_t out[LINK_DATAGRAM_MAX];
    struct door door;

    assert_true(door_create(&door, key));
    door_turn_away(&door, &path, &hello);
    size_t len = door_transmit(&door, &to, out);
    vectors_made("busy", "datagram", out, len);
    assert_true(wire_header_read(&again, out, len));
    assert_int_equal(again.type, WIRE_BUSY);
    assert_int_equal(again.line, hello.line);
    assert_true(again.connection == hello.connection);
    door_destroy(&door);
}

/* Of these two ends TLS says nothing: the bytes are given. */
static void transmits(struct handshake *handshake, const char *says, const char *made,
                      struct handshake *to)
{
    uint8_t words[VECTORS_VALUE_BYTES], out[LINK_DATAGRAM_MAX];
    size_t words_len = vectors_bytes("handshake", says, words);
    uint64_t had = to->rx.next;
    struct wire_header header;
    struct link_path path;

    assert_true(stream_tx_write(&handshake->tx, words, words_len));
    size_t len = handshake_transmit(handshake, &path, out, MS);
    vectors_made("handshake", made, out, len);
    assert_true(wire_header_read(&header, out, len));
    assert_int_equal(header.type, WIRE_HANDSHAKE);
    struct wire_reader chunks =
        wire_reader(out + WIRE_HANDSHAKE_HEADER_BYTES, len - WIRE_HANDSHAKE_HEADER_BYTES);
    assert_true(handshake_receive(to, header.line, &chunks, MS));
    assert_true(to->rx.next == had + words_len);
}

static void a_handshake_and_its_answer(void **state)
{
    (void)state;
    static struct handshake dialler, answerer;
    struct link_path paths[LINK_LINES_MAX], path;
    uint8_t cookie[WIRE_COOKIE_BYTES], out[LINK_DATAGRAM_MAX];
    uint8_t line = (uint8_t)vectors_number("handshake", "line");
    uint64_t connection = vectors_number("handshake", "connection");

    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        paths[i] = (struct link_path){.address_bytes = LINK_PATH_NONE};
    paths[line] = (struct link_path){.socket = line};
    vectors_exactly("handshake", "cookie", cookie, sizeof cookie);
    handshake_dial(&dialler, connection, paths, LINK_LINES_MAX, 0, 1000 * MS);
    handshake_answer(&answerer, connection, 1000 * MS);
    assert_true(handshake_transmit(&dialler, &path, out, 0) > 0); /* the hello */
    assert_true(handshake_cookie(&dialler, line, cookie, sizeof cookie, MS));
    handshake_prove(&answerer, line, &path);

    transmits(&dialler, "dialler", "first", &answerer);
    assert_true(dialler.tx.start < dialler.tx.end);
    transmits(&answerer, "answerer", "answer", &dialler);
    assert_true(dialler.tx.start == dialler.tx.end); /* it is acknowledged */
}

static void derive(const char *block, enum seal_aead aead)
{
    struct seal_one *one = seal_one_create();
    uint8_t secret[SEAL_SECRET_BYTES];
    struct seal_keys keys;

    vectors_exactly(block, "secret", secret, sizeof secret);
    seal_derive(one, aead, secret, &keys);
    vectors_made(block, "key", keys.key, sizeof keys.key);
    vectors_made(block, "iv", keys.iv, sizeof keys.iv);
    vectors_made(block, "next_secret", keys.next_secret, sizeof keys.next_secret);
    seal_one_destroy(one);
}

static void keys_of_a_secret(void **state)
{
    (void)state;
    derive("keys aes-256-gcm", SEAL_AES_256_GCM);
    derive("keys chacha20-poly1305", SEAL_CHACHA20_POLY1305);
}

/* tls_test.c shows that these are the halves that a session takes. */
static void secrets_of_an_exporter(void **state)
{
    (void)state;
    static const char *const names[2][3] = {{"dialler_secret", "dialler_key", "dialler_iv"},
                                            {"answerer_secret", "answerer_key", "answerer_iv"}};
    struct seal_one *one = seal_one_create();
    uint8_t exporter[2 * SEAL_SECRET_BYTES];

    vectors_exactly("secrets", "exporter", exporter, sizeof exporter);
    for (size_t i = 0; i < 2; i++) {
        uint8_t *secret = exporter + i * SEAL_SECRET_BYTES;
        struct seal_keys keys;
        vectors_made("secrets", names[i][0], secret, SEAL_SECRET_BYTES);
        seal_derive(one, SEAL_AES_256_GCM, secret, &keys);
        vectors_made("secrets", names[i][1], keys.key, sizeof keys.key);
        vectors_made("secrets", names[i][2], keys.iv, sizeof keys.iv);
    }
    seal_one_destroy(one);
}

static void seal_and_open(const char *block, enum seal_aead aead)
{
    struct seal out, in;
    uint8_t secret[SEAL_SECRET_BYTES], text[VECTORS_VALUE_BYTES], bytes[LINK_DATAGRAM_MAX];
    struct wire_header header = {.type = WIRE_SEALED,
                                 .line = (uint8_t)vectors_number(block, "line"),
                                 .connection = vectors_number(block, "connection"),
                                 .packet = vectors_number(block, "packet")};
    size_t text_len = vectors_bytes(block, "text", text);

    vectors_exactly(block, "secret", secret, sizeof secret);
    assert_true(seal_create(&out) && seal_create(&in));
    seal_start(&out, aead, secret);
    seal_start(&in, aead, secret);
    for (uint8_t generation = 0; generation < 2; generation++) {
        bool renewed;
        header.generation = generation;
        size_t len = vectors_seal(&out, &header, text, text_len, bytes);
        vectors_made(block, generation ? "renewed" : "datagram", bytes, len);
        assert_int_equal(vectors_open(&in, &header, bytes, len, &renewed), text_len);
        assert_memory_equal(bytes + WIRE_HEADER_BYTES, text, text_len);
        assert_int_equal(renewed, generation);
        seal_renew(&out);
    }
    seal_destroy(&out);
    seal_destroy(&in);
}

static void sealed_datagrams(void **state)
{
    (void)state;
    seal_and_open("seal aes-256-gcm", SEAL_AES_256_GCM);
    seal_and_open("seal chacha20-poly1305", SEAL_CHACHA20_POLY1305);
}

/* Pushes sample number `i` of the block. */
static void push_sample(struct samples_tx *tx, unsigned i)
{
    char name[16];
    uint8_t bytes[VECTORS_VALUE_BYTES];
    uint64_t first_ns = vectors_number("samples", "first_stamp_ns");

    snprintf(name, sizeof name, "sample_%u", i);
    size_t len = vectors_bytes("samples", name, bytes);
    samples_push(tx, bytes, len, first_ns + i * vectors_number("samples", "period_ns"));
}

static void check_sample(const struct sample_entry *entry, unsigned i)
{
    char name[16];
    uint8_t bytes[VECTORS_VALUE_BYTES];

    snprintf(name, sizeof name, "sample_%u", i);
    assert_int_equal(entry->len, vectors_bytes("samples", name, bytes));
    assert_memory_equal(entry->bytes, bytes, entry->len);
    assert_int_equal(entry->sequence, (uint32_t)vectors_number("samples", "first_sequence") + i);
    assert_true(entry->stamp_ns == vectors_number("samples", "first_stamp_ns") +
                                       i * vectors_number("samples", "period_ns"));
}

static void samples_with_differences(void **state)
{
    (void)state;
    static struct samples_tx tx;
    static struct samples_rx rx;
    struct samples_plan plan = {.dense = (uint8_t)vectors_number("samples", "dense")};
    uint8_t channel = (uint8_t)vectors_number("samples", "channel"), out[LINK_DATAGRAM_MAX];
    struct wire_writer writer = wire_writer(out, sizeof out);
    struct samples_read read;

    tx.next = (uint32_t)vectors_number("samples", "first_sequence");
    for (unsigned i = 0; i < 4; i++)
        push_sample(&tx, i);
    assert_true(samples_write(&tx, channel, &plan, &writer));
    vectors_made("samples", "chunk", out, writer.len);
    struct wire_reader body = body_of(out, writer.len, CHUNK_SAMPLES);
    assert_true(samples_receive(&rx, &body, &read));
    assert_int_equal(read.channel, channel);
    assert_int_equal(read.count, plan.dense);
    for (unsigned i = 0; i < plan.dense; i++)
        check_sample(&read.entries[i], 4 - plan.dense + i);

    push_sample(&tx, 4);
    plan.dense = (uint8_t)vectors_number("samples", "dense_4");
    writer = wire_writer(out, sizeof out);
    assert_true(samples_write(&tx, channel, &plan, &writer));
    vectors_made("samples", "chunk_4", out, writer.len);
    body = body_of(out, writer.len, CHUNK_SAMPLES);
    assert_true(samples_receive(&rx, &body, &read));
    assert_int_equal(read.count, 1); /* the older one was known */
    check_sample(&read.entries[0], 4);
}

static void a_frame_in_shards_is_repaired(void **state)
{
    (void)state;
    static struct frame_tx tx;
    static struct frame_rx rx;
    const struct frame_line lines[FRAME_LINES_MAX] = {
        {.present = true, .alive = true, .rate_bps = 10000000, .body_bytes_max = FRAME_BODY_LEAST}};
    uint8_t bytes[VECTORS_VALUE_BYTES], out[LINK_DATAGRAM_MAX];
    uint8_t channel = (uint8_t)vectors_number("frame", "channel");
    uint64_t captured_ns = vectors_number("frame", "captured_ns"), late_ns = 1000 * MS;
    uint32_t tag = (uint32_t)vectors_number("frame", "tag");
    size_t len = vectors_number("frame", "length"), out_len;
    unsigned shards = 0, repairs = 0;
    struct frame_event event;
    bool is_repair;

    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(7 * i + 3);
    frame_tx_init(&tx, channel, 40 * MS, late_ns);
    frame_rx_init(&rx, channel, 40 * MS, late_ns);
    assert_int_equal(frame_tx_push(&tx, lines, bytes, len, captured_ns, tag, 0, NULL), FRAME_OK);
    while ((out_len = frame_tx_next(&tx, 0, sizeof out, out, &is_repair, 40 * MS))) {
        char name[16];
        if (is_repair && repairs++)
            continue;
        snprintf(name, sizeof name, is_repair ? "repair" : "shard_%u", shards);
        vectors_made("frame", name, out, out_len);
        if (is_repair) {
            assert_false(frame_rx_next(&rx, &event, 0));
            assert_int_equal(frame_rx_repair(&rx, out, out_len, 0), FRAME_OK);
            break;
        }
        if (shards++ != 1)
            assert_int_equal(frame_rx_shard(&rx, out, out_len, 0), FRAME_OK);
    }
    assert_int_equal(shards, 3);
    assert_true(frame_rx_next(&rx, &event, 0));
    assert_int_equal(event.outcome, FRAME_REPAIRED);
    assert_int_equal(event.len, len);
    assert_memory_equal(event.bytes, bytes, len);
    assert_true(event.tag == tag && event.captured_ns == captured_ns);
}

static void what_a_receiver_of_frames_asks_for(void **state)
{
    (void)state;
    struct frame_status status = {.channel = (uint8_t)vectors_number("frame", "channel"),
                                  .count = 1,
                                  .runs = {{.first = 1, .run = 1}}};
    struct frame_status again;
    uint8_t out[FRAME_STATUS_MAX];
    size_t len = frame_status_write(&status, out);

    vectors_made("frame", "status", out, len);
    assert_int_equal(frame_status_read(&again, out, len), FRAME_OK);
    assert_int_equal(again.channel, status.channel);
    assert_int_equal(again.count, 1);
    assert_int_equal(again.runs[0].first, 1);
    assert_int_equal(again.runs[0].run, 1);
}

static void a_segment_of_a_stream(void **state)
{
    (void)state;
    static struct stream_tx tx;
    static struct stream_rx rx;
    uint8_t words[VECTORS_VALUE_BYTES], message[4 + VECTORS_VALUE_BYTES], out[LINK_DATAGRAM_MAX];
    size_t len = vectors_bytes("stream", "message", words);
    struct wire_writer writer = wire_writer(out, sizeof out);

    put_be32(message, (uint32_t)len);
    memcpy(message + 4, words, len);
    stream_tx_init(&tx);
    stream_rx_init(&rx);
    assert_true(stream_tx_write(&tx, message, 4 + len));
    stream_tx_mark(&tx, 1, MS, 0);
    assert_true(stream_tx_segment(&tx, STREAM_MESSAGES, 0, &writer));
    vectors_made("stream", "chunk", out, writer.len);
    struct wire_reader body = body_of(out, writer.len, CHUNK_STREAM);
    assert_int_equal(wire_u8(&body), STREAM_MESSAGES);
    assert_true(stream_rx_segment(&rx, &body));
    uint8_t again[VECTORS_VALUE_BYTES];
    assert_int_equal(stream_rx_peek(&rx, again, sizeof again), 4 + len);
    assert_memory_equal(again, message, 4 + len);
}

static void an_acknowledgement(void **state)
{
    (void)state;
    struct stream_ack ack = {.next = vectors_number("stream-ack", "next"),
                             .limit = vectors_number("stream-ack", "limit"),
                             .count = 1,
                             .ranges = {{.from = vectors_number("stream-ack", "from"),
                                         .to = vectors_number("stream-ack", "to")}}};
    struct stream_ack again;
    uint8_t stream, out[LINK_DATAGRAM_MAX];
    struct wire_writer writer = wire_writer(out, sizeof out);

    wire_put_stream_ack(&writer, (uint8_t)vectors_number("stream-ack", "stream"), &ack);
    vectors_made("stream-ack", "chunk", out, writer.len);
    struct wire_reader body = body_of(out, writer.len, CHUNK_STREAM_ACK);
    assert_true(wire_read_stream_ack(&body, &stream, &again));
    assert_int_equal(stream, STREAM_MESSAGES);
    assert_true(again.next == ack.next && again.limit == ack.limit && again.count == 1 &&
                again.ranges[0].from == ack.ranges[0].from &&
                again.ranges[0].to == ack.ranges[0].to);
}

static void a_report(void **state)
{
    (void)state;
    struct line_report report = {.line = (uint8_t)vectors_number("report", "line"),
                                 .highest = vectors_number("report", "highest"),
                                 .sent_ns = vectors_number("report", "sent_ns"),
                                 .received_ns = vectors_number("report", "received_ns"),
                                 .received = (uint32_t)vectors_number("report", "received"),
                                 .received_bytes = vectors_number("report", "received_bytes")};
    struct line_report again;
    uint8_t out[LINK_DATAGRAM_MAX];
    struct wire_writer writer = wire_writer(out, sizeof out);

    vectors_exactly("report", "bitmap", report.bitmap, sizeof report.bitmap);
    wire_put_report(&writer, &report);
    vectors_made("report", "chunk", out, writer.len);
    struct wire_reader body = body_of(out, writer.len, CHUNK_REPORT);
    assert_true(wire_read_report(&body, &again));
    assert_true(again.line == report.line && again.highest == report.highest &&
                again.sent_ns == report.sent_ns && again.received_ns == report.received_ns &&
                again.received == report.received && again.received_bytes == report.received_bytes);
    assert_memory_equal(again.bitmap, report.bitmap, sizeof report.bitmap);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header),
        cmocka_unit_test(a_hello),
        cmocka_unit_test(a_cookie),
        cmocka_unit_test(a_busy),
        cmocka_unit_test(a_handshake_and_its_answer),
        cmocka_unit_test(secrets_of_an_exporter),
        cmocka_unit_test(keys_of_a_secret),
        cmocka_unit_test(sealed_datagrams),
        cmocka_unit_test(samples_with_differences),
        cmocka_unit_test(a_frame_in_shards_is_repaired),
        cmocka_unit_test(what_a_receiver_of_frames_asks_for),
        cmocka_unit_test(a_segment_of_a_stream),
        cmocka_unit_test(an_acknowledgement),
        cmocka_unit_test(a_report),
    };
    vectors_begin(argc, argv);
    return vectors_end(cmocka_run_group_tests_name("link vectors", tests, NULL, NULL));
}

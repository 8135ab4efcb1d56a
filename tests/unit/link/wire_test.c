/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "link/replay.h"
#include "link/wire.h"

static void a_header_reads_back_as_written(void **state)
{
    (void)state;
    struct wire_header header = {.type = WIRE_SEALED,
                                 .line = 7,
                                 .generation = 31,
                                 .connection = WIRE_CONNECTION_MASK - 5,
                                 .packet = UINT64_MAX - 1};
    struct wire_header again;
    uint8_t bytes[WIRE_HEADER_BYTES];

    wire_header_write(&header, bytes);
    assert_true(wire_header_read(&again, bytes, sizeof bytes));
    assert_int_equal(again.type, header.type);
    assert_int_equal(again.line, header.line);
    assert_int_equal(again.generation, header.generation);
    assert_true(again.connection == header.connection && again.packet == header.packet);
}

static void short_datagrams_and_strange_types_are_refused(void **state)
{
    (void)state;
    struct wire_header header;
    uint8_t bytes[WIRE_HEADER_BYTES] = {WIRE_SEALED};

    assert_false(wire_header_read(&header, bytes, WIRE_HEADER_BYTES - 1));
    for (int type = 0; type < 256; type++) {
        bytes[0] = (uint8_t)type;
        assert_int_equal(wire_header_read(&header, bytes, sizeof bytes),
                         type >= WIRE_HELLO && type <= WIRE_SEALED);
    }
}

static void a_chunk_past_the_end_fails_the_reader(void **state)
{
    (void)state;
    uint8_t bytes[32];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    size_t mark = wire_begin_chunk(&writer, CHUNK_STREAM);
    wire_put_u32(&writer, 7);
    wire_end_chunk(&writer, mark);

    struct wire_reader reader = wire_reader(bytes, writer.len), body;
    uint8_t type;
    assert_true(wire_next_chunk(&reader, &type, &body));
    assert_int_equal(type, CHUNK_STREAM);
    assert_int_equal(wire_u32(&body), 7);
    assert_false(wire_next_chunk(&reader, &type, &body));
    assert_false(reader.failed);

    reader = wire_reader(bytes, writer.len - 1);
    assert_false(wire_next_chunk(&reader, &type, &body));
    assert_true(reader.failed);
}

static void a_full_writer_writes_nothing_past_its_room(void **state)
{
    (void)state;
    uint8_t bytes[8];
    memset(bytes, 0xaa, sizeof bytes);
    struct wire_writer writer = wire_writer(bytes, 6);
    wire_put_u32(&writer, 1);
    wire_put_u32(&writer, 2);
    assert_true(writer.failed);
    assert_int_equal(bytes[6], 0xaa);
}

static void reports_and_acknowledgements_read_back_and_nonsense_does_not(void **state)
{
    (void)state;
    uint8_t bytes[256];
    struct line_report report = {.line = 3,
                                 .highest = 77,
                                 .sent_ns = 1,
                                 .received_ns = 2,
                                 .received = 3,
                                 .received_bytes = 4,
                                 .bitmap = {1, 0xff}};
    struct line_report report_again;
    struct stream_ack ack = {.next = 10, .limit = 100, .count = 1, .ranges = {{12, 20}}};
    struct stream_ack ack_again;
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    wire_put_report(&writer, &report);
    wire_put_stream_ack(&writer, 1, &ack);

    struct wire_reader reader = wire_reader(bytes, writer.len), body;
    uint8_t type, stream;
    assert_true(wire_next_chunk(&reader, &type, &body));
    assert_true(wire_read_report(&body, &report_again));
    assert_memory_equal(report_again.bitmap, report.bitmap, REPORT_BITMAP_BYTES);
    assert_int_equal(report_again.received_bytes, 4);
    assert_true(wire_next_chunk(&reader, &type, &body));
    assert_true(wire_read_stream_ack(&body, &stream, &ack_again));
    assert_int_equal(stream, 1);
    assert_int_equal(ack_again.ranges[0].to, 20);

    ack.ranges[0].from = 10; /* touches `next`: would have been counted in it */
    writer = wire_writer(bytes, sizeof bytes);
    wire_put_stream_ack(&writer, 1, &ack);
    reader = wire_reader(bytes, writer.len);
    assert_true(wire_next_chunk(&reader, &type, &body));
    assert_false(wire_read_stream_ack(&body, &stream, &ack_again));
}

static void h04_a_replayed_packet_is_never_new_again(void **state)
{
    (void)state;
    static struct replay replay;
    memset(&replay, 0, sizeof replay);
    for (uint64_t packet = 5; packet < 100000; packet += packet % 3 + 1) {
        assert_true(replay_is_new(&replay, packet));
        replay_mark(&replay, packet);
        assert_false(replay_is_new(&replay, packet));
    }
    uint64_t highest = replay.highest;
    for (uint64_t back = 0; back < highest; back++)
        if (back >= REPLAY_PACKETS - 64)
            assert_false(replay_is_new(&replay, highest - back));
}

static void a_late_packet_inside_the_window_is_taken_once(void **state)
{
    (void)state;
    static struct replay replay;
    memset(&replay, 0, sizeof replay);
    replay_mark(&replay, 10000);
    assert_true(replay_is_new(&replay, 10000 - 1900));
    replay_mark(&replay, 10000 - 1900);
    assert_false(replay_is_new(&replay, 10000 - 1900));
    replay_mark(&replay, UINT64_MAX - 1); /* a jump over the whole window */
    assert_false(replay_is_new(&replay, 10000));
    assert_true(replay_is_new(&replay, UINT64_MAX - 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_reads_back_as_written),
        cmocka_unit_test(short_datagrams_and_strange_types_are_refused),
        cmocka_unit_test(a_chunk_past_the_end_fails_the_reader),
        cmocka_unit_test(a_full_writer_writes_nothing_past_its_room),
        cmocka_unit_test(reports_and_acknowledgements_read_back_and_nonsense_does_not),
        cmocka_unit_test(h04_a_replayed_packet_is_never_new_again),
        cmocka_unit_test(a_late_packet_inside_the_window_is_taken_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

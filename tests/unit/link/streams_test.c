/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams and samples: what one end writes reaches the other over lines that lose and shuffle. */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "link/samples.h"
#include "link/stream.h"

static struct stream_tx stream_tx;
static struct stream_rx stream_rx;

/* One chunk from sender to receiver; false when there was none. */
static bool carry(uint8_t line, bool lost)
{
    uint8_t bytes[1200], type;
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    if (!stream_tx_segment(&stream_tx, 1, line, &writer))
        return false;
    struct wire_reader reader = wire_reader(bytes, writer.len), body;
    assert_true(wire_next_chunk(&reader, &type, &body));
    assert_int_equal(wire_u8(&body), 1);
    if (!lost)
        assert_true(stream_rx_segment(&stream_rx, &body));
    return true;
}

static void a_stream_arrives_whole_and_in_order_whatever_the_lines_do(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct random random;
        uint8_t written = 0, read = 0;
        size_t written_total = 0, read_total = 0;
        random_seed(&random, seed);
        stream_tx_init(&stream_tx);
        stream_rx_init(&stream_rx);
        for (uint64_t now_ns = 0;; now_ns += 1000000) {
            uint8_t bytes[3000];
            size_t len = (size_t)random_below(&random, sizeof bytes);
            if (written_total < 100000 && len <= stream_tx_room(&stream_tx)) {
                for (size_t i = 0; i < len; i++)
                    bytes[i] = written++;
                assert_true(stream_tx_write(&stream_tx, bytes, len));
                written_total += len;
            }
            stream_tx_mark(&stream_tx, 0x3, 10000000, now_ns);
            for (int i = 0; i < 10; i++)
                carry((uint8_t)random_below(&random, 2), random_chance(&random, 0.3));
            size_t got = stream_rx_peek(&stream_rx, bytes, random_below(&random, sizeof bytes) + 1);
            for (size_t i = 0; i < got; i++)
                assert_int_equal(bytes[i], read++);
            stream_rx_take(&stream_rx, got);
            read_total += got;
            struct stream_ack ack;
            stream_rx_ack(&stream_rx, &ack);
            if (random_chance(&random, 0.5))
                assert_true(stream_tx_ack(&stream_tx, &ack));
            if (written_total >= 100000 && read_total == written_total)
                break;
            assert_true(now_ns < UINT64_C(100000000000));
        }
        assert_int_equal(read_total, written_total);
    }
}

static void a_segment_goes_once_on_each_line_until_its_time_out(void **state)
{
    (void)state;
    stream_tx_init(&stream_tx);
    stream_rx_init(&stream_rx);
    assert_true(stream_tx_write(&stream_tx, (const uint8_t *)"hello", 5));
    assert_true(stream_tx_deadline(&stream_tx) == 0);
    stream_tx_mark(&stream_tx, 0x5, 100, 1000);
    assert_true(carry(0, true));
    assert_false(carry(0, true));
    assert_false(carry(1, true));
    assert_true(carry(2, true));
    assert_true(stream_tx_deadline(&stream_tx) == 1100);
    stream_tx_mark(&stream_tx, 0x5, 100, 1099);
    assert_false(stream_tx_due(&stream_tx, 0xff));
    stream_tx_mark(&stream_tx, 0x5, 100, 1100);
    assert_true(carry(0, false));
    struct stream_ack ack;
    stream_rx_ack(&stream_rx, &ack);
    assert_true(stream_tx_ack(&stream_tx, &ack));
    assert_false(carry(2, true));
    assert_true(stream_tx_deadline(&stream_tx) == UINT64_MAX);
}

/* Time-outs double up to a second; so they do while a segment waits for a line that has no credit. */
static void a_segment_that_waited_to_leave_goes_again_within_a_second(void **state)
{
    (void)state;
    const uint64_t round_trip_ns = 600000000, second_ns = 1000000000;
    uint64_t now_ns = second_ns;
    stream_tx_init(&stream_tx);
    stream_rx_init(&stream_rx);
    assert_true(stream_tx_write(&stream_tx, (const uint8_t *)"hello", 5));
    for (int tries = 0; tries < 8; tries++) {
        stream_tx_mark(&stream_tx, 0x1, round_trip_ns, now_ns);
        stream_tx_mark(&stream_tx, 0x1, round_trip_ns, now_ns + second_ns / 10);
        assert_true(carry(0, true));
        now_ns += second_ns / 10;
        assert_true(stream_tx_deadline(&stream_tx) <= now_ns + second_ns);
        now_ns += second_ns;
    }
}

static void an_acknowledgement_of_what_was_never_sent_is_refused(void **state)
{
    (void)state;
    stream_tx_init(&stream_tx);
    struct stream_ack ack = {.next = 1, .limit = 100};
    assert_false(stream_tx_ack(&stream_tx, &ack));
}

static void bytes_beyond_the_limit_are_refused(void **state)
{
    (void)state;
    stream_rx_init(&stream_rx);
    uint8_t bytes[9] = {0, 0, 0, 0, 0, 1, 0, 0, 7}; /* offset 65536 */
    struct wire_reader body = wire_reader(bytes, sizeof bytes);
    assert_false(stream_rx_segment(&stream_rx, &body));
}

static struct samples_tx samples_tx;
static struct samples_rx samples_rx;

static bool exchange(const struct samples_plan *plan, bool lost, struct samples_read *read)
{
    static uint8_t bytes[1200];
    uint8_t type;
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    if (!samples_write(&samples_tx, 2, plan, &writer) || lost)
        return false;
    struct wire_reader reader = wire_reader(bytes, writer.len), body;
    assert_true(wire_next_chunk(&reader, &type, &body));
    assert_int_equal(type, CHUNK_SAMPLES);
    return samples_receive(&samples_rx, &body, read);
}

static void samples_come_once_in_order_with_their_own_stamps(void **state)
{
    (void)state;
    struct samples_plan plan = {.copies = 1, .group = 1, .dense = 4};
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct random random;
        uint32_t expected_least = 0;
        random_seed(&random, seed);
        memset(&samples_tx, 0, sizeof samples_tx);
        memset(&samples_rx, 0, sizeof samples_rx);
        samples_tx.next = UINT32_MAX - 50; /* wraps on the way */
        uint32_t first = samples_tx.next, first_delivered = 0;
        bool any = false;
        for (uint32_t i = 0; i < 500; i++) {
            struct samples_read read;
            uint32_t sequence = samples_push(&samples_tx, (const uint8_t *)&i, 4, 7000 * i);
            assert_int_equal(sequence, first + i);
            if (!exchange(&plan, random_chance(&random, 0.5), &read))
                continue;
            for (size_t e = 0; e < read.count; e++) {
                uint32_t n = read.entries[e].sequence - first, value;
                assert_true(n >= expected_least);
                if (!any)
                    first_delivered = read.entries[e].sequence;
                any = true;
                expected_least = n + 1;
                memcpy(&value, read.entries[e].bytes, 4);
                assert_int_equal(value, n);
                assert_int_equal(read.entries[e].stamp_ns, 7000 * n);
            }
            assert_int_equal(expected_least, i + 1);
        }
        assert_int_equal(samples_rx.delivered + samples_rx.missed,
                         samples_rx.last - first_delivered + 1);
    }
}

static void h04_a_copy_delivers_nothing_again(void **state)
{
    (void)state;
    struct samples_plan plan = {.copies = 1, .group = 1, .dense = 3};
    struct samples_read read;
    memset(&samples_tx, 0, sizeof samples_tx);
    memset(&samples_rx, 0, sizeof samples_rx);
    samples_push(&samples_tx, (const uint8_t *)"a", 1, 5);
    assert_true(exchange(&plan, false, &read));
    assert_int_equal(read.count, 1);
    assert_true(exchange(&plan, false, &read));
    assert_int_equal(read.count, 0);
    assert_true(read.again);
}

static void
a_plan_spends_more_where_losses_come_in_bursts_and_never_more_than_its_budget(void **state)
{
    (void)state;
    struct samples_need need = {.loss = 0,
                                .burst = 1,
                                .company_miss = 1,
                                .every = true,
                                .sample_bytes = 100,
                                .older_bytes = 60,
                                .period_ns = 1000000,
                                .budget_bps = 100000000};
    struct samples_plan clean = samples_plan(&need);
    assert_int_equal(clean.copies, 1);
    need.loss = 0.05;
    need.burst = 4;
    struct samples_plan alone = samples_plan(&need);
    assert_true(alone.copies > clean.copies);
    need.company_miss = 0.05;
    struct samples_plan together = samples_plan(&need);
    assert_true(together.copies >= 1 && together.copies < alone.copies);
    need.company_miss = 1;
    for (uint64_t budget = 16000000; budget >= 1100000; budget -= 100000) {
        need.budget_bps = budget;
        struct samples_plan plan = samples_plan(&need);
        assert_true(samples_plan_bps(&plan, &need) <= budget);
        assert_true(plan.dense >= plan.group);
        /* What copies were too dear leaves to reach, which also shows what a line can carry. */
        struct samples_plan further = plan;
        further.dense++;
        assert_true(plan.dense == alone.dense || samples_plan_bps(&further, &need) > budget);
    }
    need.every = false;
    need.budget_bps = 100000;
    struct samples_plan state_plan = samples_plan(&need);
    assert_true(state_plan.newest_only);
    assert_true(samples_plan_bps(&state_plan, &need) <= 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_arrives_whole_and_in_order_whatever_the_lines_do),
        cmocka_unit_test(a_segment_goes_once_on_each_line_until_its_time_out),
        cmocka_unit_test(a_segment_that_waited_to_leave_goes_again_within_a_second),
        cmocka_unit_test(an_acknowledgement_of_what_was_never_sent_is_refused),
        cmocka_unit_test(bytes_beyond_the_limit_are_refused),
        cmocka_unit_test(samples_come_once_in_order_with_their_own_stamps),
        cmocka_unit_test(h04_a_copy_delivers_nothing_again),
        cmocka_unit_test(
            a_plan_spends_more_where_losses_come_in_bursts_and_never_more_than_its_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "weather/line.h"

enum { CAPACITY = 64 };

static const uint64_t MS = 1000000;
static struct line_parcel parcels[CAPACITY];
static struct line_place places[CAPACITY];
static struct line line;

static void start(const char *text)
{
    const struct line_storage storage = {parcels, places, CAPACITY};
    struct weather_line_settings settings;
    struct weather_error error;
    assert_int_equal(weather_settings_read(&settings, text, &error), WEATHER_OK);
    line_init(&line, &storage, &settings.way[WEATHER_UP], 1, WEATHER_UP, 0);
}

static void send_number(uint32_t number, uint64_t now_ns)
{
    uint8_t bytes[4];
    memcpy(bytes, &number, sizeof bytes);
    line_send(&line, bytes, sizeof bytes, number + 1000, now_ns);
}

static bool receive_number(uint64_t now_ns, uint32_t *number)
{
    uint8_t bytes[LINE_DATAGRAM_MAX];
    size_t len;
    uint32_t tag;
    if (!line_receive(&line, now_ns, bytes, &len, &tag))
        return false;
    assert_int_equal(len, 4);
    memcpy(number, bytes, sizeof *number);
    assert_int_equal(tag, *number + 1000);
    return true;
}

static void a_datagram_comes_out_when_it_is_due_and_not_before(void **state)
{
    (void)state;
    uint32_t number;
    start("delay=10ms");
    assert_true(line_next_ns(&line) == LINE_NEVER);
    send_number(7, 5 * MS);
    assert_true(line_next_ns(&line) == 15 * MS);
    assert_false(receive_number(15 * MS - 1, &number));
    assert_true(receive_number(15 * MS, &number));
    assert_int_equal(number, 7);
    assert_true(line_next_ns(&line) == LINE_NEVER);
    assert_false(receive_number(LINE_NEVER, &number));
}

static void those_due_together_come_in_the_order_sent(void **state)
{
    (void)state;
    uint32_t number;
    start("delay=10ms");
    for (uint32_t i = 0; i < CAPACITY; i++)
        send_number(i, 0);
    for (uint32_t i = 0; i < CAPACITY; i++) {
        assert_true(receive_number(10 * MS, &number));
        assert_int_equal(number, i);
    }
}

static void they_come_by_their_time_under_free_order(void **state)
{
    (void)state;
    uint8_t bytes[LINE_DATAGRAM_MAX];
    start("delay=10ms,jitter=30ms,order=free,duplicate=20%");
    uint64_t received = 0, last_ns = 0;
    for (uint64_t now_ns = 0; now_ns < 2000 * MS; now_ns += MS) {
        if (now_ns < 1900 * MS)
            send_number((uint32_t)(now_ns / MS), now_ns);
        for (;;) {
            uint64_t next_ns = line_next_ns(&line);
            struct line_parcel *parcel = line_take(&line, now_ns);
            if (!parcel)
                break;
            assert_true(next_ns >= last_ns && parcel->due_ns == next_ns);
            last_ns = next_ns;
            memcpy(bytes, parcel->bytes, parcel->len);
            line_give_back(&line, parcel);
            received++;
        }
    }
    assert_int_equal(received, 1900 + line.weather.counts.duplicated);
    assert_int_equal(line.crowded, 0);
}

static void a_full_storage_loses_and_counts(void **state)
{
    (void)state;
    uint32_t number;
    start("delay=10ms");
    for (uint32_t i = 0; i < CAPACITY + 5; i++)
        send_number(i, 0);
    assert_int_equal(line.crowded, 5);
    for (uint32_t i = 0; i < CAPACITY; i++)
        assert_true(receive_number(10 * MS, &number));
    send_number(1, 10 * MS);
    assert_true(receive_number(20 * MS, &number));
}

static void a_corrupt_datagram_differs_in_one_byte(void **state)
{
    (void)state;
    uint8_t out[LINE_DATAGRAM_MAX];
    uint8_t in[100] = {0};
    size_t len;
    unsigned changed = 0;
    start("corrupt=100%");
    line_send(&line, in, sizeof in, 0, 0);
    assert_true(line_receive(&line, 0, out, &len, &(uint32_t){0}));
    for (size_t i = 0; i < len; i++)
        changed += out[i] != in[i];
    assert_int_equal(changed, 1);
}

static void one_longer_than_a_parcel_is_too_long(void **state)
{
    (void)state;
    static uint8_t bytes[LINE_DATAGRAM_MAX + 1];
    start("");
    assert_int_equal(line_send(&line, bytes, sizeof bytes, 0, 0).fate, WEATHER_LOST_MTU);
    assert_int_equal(line.weather.counts.fates[WEATHER_LOST_MTU], 1);
    assert_int_equal(line_send(&line, bytes, LINE_DATAGRAM_MAX, 0, 0).copies, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_datagram_comes_out_when_it_is_due_and_not_before),
        cmocka_unit_test(those_due_together_come_in_the_order_sent),
        cmocka_unit_test(they_come_by_their_time_under_free_order),
        cmocka_unit_test(a_full_storage_loses_and_counts),
        cmocka_unit_test(a_corrupt_datagram_differs_in_one_byte),
        cmocka_unit_test(one_longer_than_a_parcel_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/order.h"

#include <string.h>

#include "station/channels.h"
#include "unit/cmocka_base.h"

static void an_order_survives_the_wire_and_others_are_none(void **state)
{
    (void)state;
    for (unsigned order = 0; order < ORDERS; order++) {
        struct order_message sent = {(enum order)order, 3, UINT64_MAX - order},
                             read = {ORDERS, 0, 0};
        uint8_t bytes[ORDER_BYTES + 1];
        order_encode(&sent, bytes);
        assert_true(order_decode(&read, bytes, ORDER_BYTES));
        assert_int_equal(read.order, order);
        assert_int_equal(read.seat, 3);
        assert_true(read.ordered_ns == UINT64_MAX - order);
        assert_false(order_decode(&read, bytes, ORDER_BYTES - 1));
        assert_false(order_decode(&read, bytes, ORDER_BYTES + 1));
        bytes[1] = ORDERS;
        assert_false(order_decode(&read, bytes, ORDER_BYTES));
        order_encode(&sent, bytes);
        bytes[3] = 1;
        assert_false(order_decode(&read, bytes, ORDER_BYTES));
        order_encode(&sent, bytes);
        bytes[0] = STATION_RECOVER;
        assert_false(order_decode(&read, bytes, ORDER_BYTES));
    }
}

static void an_answer_survives_the_wire_and_others_are_none(void **state)
{
    (void)state;
    const struct order_answer sent = {ORDER_UNDOCK, LEASE_TOO_LATE};
    const struct {
        size_t at;
        uint8_t value;
    } changes[] = {{0, STATION_ORDER}, {1, ORDERS}, {2, LEASE_ANSWERS}, {3, 1}};
    struct order_answer read;
    uint8_t bytes[ORDER_ANSWER_BYTES + 1] = {0};

    order_answer_encode(&sent, bytes);
    assert_true(order_answer_decode(&read, bytes, ORDER_ANSWER_BYTES));
    assert_int_equal(read.order, sent.order);
    assert_int_equal(read.answer, sent.answer);
    assert_false(order_answer_decode(&read, bytes, ORDER_ANSWER_BYTES - 1));
    assert_false(order_answer_decode(&read, bytes, ORDER_ANSWER_BYTES + 1));
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        order_answer_encode(&sent, bytes);
        bytes[changes[i].at] = changes[i].value;
        assert_false(order_answer_decode(&read, bytes, ORDER_ANSWER_BYTES));
    }
}

static struct lease full_lease(void)
{
    struct lease lease;
    lease_init(&lease);
    (void)lease_join(&lease, "aa", "Shanghai", LEASE_CONSOLE, 1);
    uint8_t osaka = lease_join(&lease, "bb", "Osaka", LEASE_CONSOLE, 1);
    (void)lease_join(&lease, "cc", "Casablanca, théâtre 2", LEASE_BEDSIDE, 1);
    lease_part(&lease, osaka, 2);
    return lease;
}

static void a_roster_names_those_who_are_here(void **state)
{
    (void)state;
    struct lease lease = full_lease();
    uint8_t bytes[ROSTER_BYTES_MAX];
    struct roster roster;
    assert_true(roster_decode(&roster, bytes, roster_encode(&lease, bytes)));
    assert_string_equal(roster.seats[0].name, "Shanghai");
    assert_false(roster.seats[1].is_known);
    assert_string_equal(roster.seats[2].name, "Casablanca, théâtre 2");
    assert_int_equal(roster.seats[2].role, LEASE_BEDSIDE);
}

static void a_roster_that_makes_no_sense_changes_nothing(void **state)
{
    (void)state;
    struct lease lease = full_lease();
    uint8_t good[ROSTER_BYTES_MAX + 1], bytes[ROSTER_BYTES_MAX];
    struct roster kept, before;
    size_t len = roster_encode(&lease, good);
    assert_true(roster_decode(&kept, good, len));
    before = kept;
    for (size_t cut = 0; cut < len; cut++)
        assert_false(roster_decode(&kept, good, cut));
    assert_false(roster_decode(&kept, good, len + 1));
    const struct {
        size_t at;
        uint8_t value;
    } changes[] = {{0, 9}, {1, 3}, {1, 1}, {2, LEASE_SEATS}, {3, 2}, {4, 255}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        memcpy(bytes, good, len);
        bytes[changes[i].at] = changes[i].value;
        assert_false(roster_decode(&kept, bytes, len));
    }
    for (size_t i = 0; i < LEASE_SEATS; i++)
        assert_string_equal(kept.seats[i].name, before.seats[i].name);
    memcpy(bytes, good, len);
    bytes[5] = 27; /* an escape, where a name begins */
    assert_true(roster_decode(&kept, bytes, len));
    assert_string_equal(kept.seats[0].name, "?hanghai");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_survives_the_wire_and_others_are_none),
        cmocka_unit_test(an_answer_survives_the_wire_and_others_are_none),
        cmocka_unit_test(a_roster_names_those_who_are_here),
        cmocka_unit_test(a_roster_that_makes_no_sense_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

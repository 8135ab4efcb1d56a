/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/refusals.h"

#include <stdio.h>

#include "unit/cmocka_base.h"

enum { SOURCES = REFUSALS_SOURCES_MIN };

static struct refusals_source sources[SOURCES];
static struct refusals refusals;

static int begin(void **state)
{
    static const uint8_t salt[16] = {7};
    (void)state;
    refusals_init(&refusals, sources, SOURCES, salt);
    return 0;
}

/* How many of `count` at once are told one by one. */
static unsigned add(const char *source, unsigned count, int64_t now_ms)
{
    unsigned told = 0;
    for (unsigned i = 0; i < count; i++)
        told += refusals_add(&refusals, text_of(source), now_ms);
    return told;
}

static void h167_a_few_in_a_second_are_told_one_by_one(void **state)
{
    (void)state;
    struct refusals_counted counted;
    for (int64_t second = 0; second < 100; second++)
        assert_int_equal(add("192.0.2.7", REFUSALS_EACH, 1000 * second), REFUSALS_EACH);
    assert_false(refusals_due(&refusals, true, 100000, &counted));
}

static void h167_of_a_flood_the_rest_of_the_minute_is_one_number(void **state)
{
    (void)state;
    struct refusals_counted counted;
    assert_int_equal(add("192.0.2.7", 1000, 5000), REFUSALS_EACH);
    assert_int_equal(add("192.0.2.8", 1, 5000), 1); /* nobody else is hidden by it */
    assert_int_equal(add("192.0.2.7", 1000, 30000), 0);
    assert_false(refusals_due(&refusals, false, 64999, &counted));
    assert_true(refusals_due(&refusals, false, 65000, &counted));
    assert_true(text_is(counted.source, "192.0.2.7"));
    assert_int_equal(counted.count, 2000 - REFUSALS_EACH);
    assert_int_equal(counted.for_ms, 60000);
    assert_false(refusals_due(&refusals, true, 65000, &counted));
    assert_int_equal(add("192.0.2.7", 1000, 65000), REFUSALS_EACH);
    assert_true(refusals_due(&refusals, true, 65001, &counted)); /* the program ends */
    assert_int_equal(counted.count, 1000 - REFUSALS_EACH);
}

static void h167_nothing_is_lost_of_more_addresses_than_there_is_room_for(void **state)
{
    (void)state;
    enum { ADDRESSES = 5000, TIMES = 20 };
    struct refusals_counted counted;
    uint64_t told = 0, later = 0, records = 0;
    char address[REFUSALS_SOURCE_LEN_MAX + 1];
    for (unsigned i = 0; i < ADDRESSES; i++) {
        snprintf(address, sizeof address, "2001:db8:%x:%x", i >> 8, i & 0xFF);
        told += add(address, TIMES, 1000);
    }
    while (refusals_due(&refusals, false, 61000, &counted)) {
        later += counted.count;
        records++;
    }
    assert_int_equal(told + later, ADDRESSES * TIMES);
    assert_true(told <= (SOURCES + 1) * REFUSALS_EACH);
    assert_true(records <= SOURCES + 1);
    assert_int_equal(add("192.0.2.7", 1, 62000), 1); /* and there is room again */
}

static void an_address_that_is_none_is_counted_too(void **state)
{
    (void)state;
    static const char longer[] = "an address that is longer than any that there is anywhere";
    struct refusals_counted counted;
    assert_int_equal(add("", 10, 0), REFUSALS_EACH);
    assert_int_equal(add(longer, 10, 0), REFUSALS_EACH);
    for (int i = 0; i < 2; i++) {
        assert_true(refusals_due(&refusals, true, 1, &counted));
        assert_int_equal(counted.source.len, 0);
        assert_int_equal(counted.count, 10 - REFUSALS_EACH);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h167_a_few_in_a_second_are_told_one_by_one, begin),
        cmocka_unit_test_setup(h167_of_a_flood_the_rest_of_the_minute_is_one_number, begin),
        cmocka_unit_test_setup(h167_nothing_is_lost_of_more_addresses_than_there_is_room_for,
                               begin),
        cmocka_unit_test_setup(an_address_that_is_none_is_counted_too, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

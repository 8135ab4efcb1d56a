/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "http/addresses.h"

#define SECOND UINT64_C(1000000000)

static struct net_address at(const char *host)
{
    struct net_address address;
    assert_true(net_address_read_host(&address, host));
    return address;
}

static void h103_one_address_has_so_many_connections(void **state)
{
    (void)state;
    struct addresses *addresses = addresses_new(2, 0);
    struct net_address a = at("192.0.2.1"), b = at("192.0.2.2");
    assert_true(addresses_begin(addresses, &a, 0) && addresses_begin(addresses, &a, 0));
    assert_false(addresses_begin(addresses, &a, 0));
    assert_true(addresses_begin(addresses, &b, 0));
    addresses_end(addresses, &a);
    assert_true(addresses_begin(addresses, &a, 0));
    assert_false(addresses_begin(addresses, &a, 0));
    addresses_free(addresses);
}

static void h103_one_address_has_so_many_requests_a_second(void **state)
{
    (void)state;
    struct addresses *addresses = addresses_new(2, 5);
    struct net_address a = at("192.0.2.1"), b = at("192.0.2.2");
    uint64_t now = 100 * SECOND;
    for (int i = 0; i < 4 * 5; i++)
        assert_true(addresses_ask(addresses, &a, now));
    assert_false(addresses_ask(addresses, &a, now));
    assert_true(addresses_ask(addresses, &b, now));
    now += SECOND / 5;
    assert_true(addresses_ask(addresses, &a, now));
    assert_false(addresses_ask(addresses, &a, now));
    now += 1000 * SECOND;
    int allowed = 0;
    while (addresses_ask(addresses, &a, now))
        allowed++;
    assert_int_equal(allowed, 4 * 5); /* what was not used does not pile up */
    addresses_free(addresses);
}

static void addresses_of_one_network_of_ipv6_count_together(void **state)
{
    (void)state;
    struct addresses *addresses = addresses_new(1, 0);
    struct net_address a = at("2001:db8::1"), same = at("2001:db8::ffff:2"),
                       b = at("2001:db8:0:1::1");
    struct net_address mapped = at("::ffff:192.0.2.1"), plain = at("192.0.2.1");
    assert_true(addresses_begin(addresses, &a, 0));
    assert_false(addresses_begin(addresses, &same, 0));
    assert_true(addresses_begin(addresses, &b, 0));
    assert_true(addresses_begin(addresses, &mapped, 0));
    assert_false(addresses_begin(addresses, &plain, 0));
    addresses_free(addresses);
}

static void this_machine_has_no_limit(void **state)
{
    (void)state;
    static const char *const own[] = {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"};
    struct addresses *addresses = addresses_new(1, 1);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        struct net_address address = at(own[i]);
        for (int times = 0; times < 10; times++)
            assert_true(addresses_begin(addresses, &address, 0) &&
                        addresses_ask(addresses, &address, 0));
    }
    struct net_address other = at("128.0.0.1"), any = at("::");
    assert_false(addresses_is_own(&other) || addresses_is_own(&any));
    addresses_free(addresses);
}

static void many_addresses_do_not_fill_the_table_for_ever(void **state)
{
    (void)state;
    struct addresses *addresses = addresses_new(1, 1);
    struct net_address address = at("10.0.0.0");
    for (uint32_t i = 0; i < 200000; i++) { /* each asks once, then is forgotten */
        address.v4.sin_addr.s_addr = htonl(0x0a000000 + i);
        assert_true(addresses_ask(addresses, &address, i * SECOND / 1000));
    }
    struct net_address busy = at("192.0.2.1");
    uint64_t now = 300 * SECOND;
    for (int i = 0; i < 4; i++)
        assert_true(addresses_ask(addresses, &busy, now));
    assert_false(addresses_ask(addresses, &busy, now));
    addresses_free(addresses);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h103_one_address_has_so_many_connections),
        cmocka_unit_test(h103_one_address_has_so_many_requests_a_second),
        cmocka_unit_test(addresses_of_one_network_of_ipv6_count_together),
        cmocka_unit_test(this_machine_has_no_limit),
        cmocka_unit_test(many_addresses_do_not_fill_the_table_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

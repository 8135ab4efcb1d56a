/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <arpa/inet.h>

#include "http/proxies.h"

static struct proxies proxies;
static struct http_fault fault;
static bool is_tls;

static struct net_address address_of(const char *text)
{
    struct net_address address;
    assert_true(net_address_read_host(&address, text));
    return address;
}

/* Who sent a request that came from `peer` with these headers; terminated, until the next call. */
static const char *sender(const char *peer, const struct http_header *headers, size_t count)
{
    static char text[INET6_ADDRSTRLEN];
    const struct http_request request = {.headers = headers, .header_count = count};
    struct net_address address = address_of(peer);
    is_tls = false;
    if (!proxies_follow(&proxies, &request, &address, &is_tls, &fault))
        return "refused";
    assert_non_null(inet_ntop(address.any.sa_family,
                              address.any.sa_family == AF_INET
                                  ? (const void *)&address.v4.sin_addr
                                  : (const void *)&address.v6.sin6_addr,
                              text, sizeof text));
    return text;
}

static const char *by_x(const char *peer, const char *value)
{
    return sender(peer, &(struct http_header){TEXT("x-forwarded-for"), text_of(value)}, 1);
}

static const char *by_forwarded(const char *peer, const char *value)
{
    return sender(peer, &(struct http_header){TEXT("Forwarded"), text_of(value)}, 1);
}

static int name_proxies(void **state)
{
    static const char *const words[] = {"127.0.0.1", "10.0.0.0/8", "fd00::/10", "192.0.2.128/25",
                                        NULL};
    (void)state;
    assert_true(proxies_read(&proxies, words));
    return 0;
}

static void addresses_and_prefixes_are_read(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "proxy.example",
                                        "10.0.0.0/33",
                                        "::1/129",
                                        "10.0.0.0/",
                                        "10.0.0.0/-1",
                                        "10.0.0.0/8x",
                                        "10.0.0/8",
                                        "[::1]",
                                        "/8"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *const words[] = {"::1", wrong[i], NULL};
        assert_false(proxies_read(&proxies, words));
    }
    assert_true(proxies_read(&proxies, NULL));
    struct net_address own = address_of("127.0.0.1");
    assert_false(proxies_have(&proxies, &own));
    name_proxies(NULL);
    static const struct {
        const char *address;
        bool is_one;
    } asked[] = {{"127.0.0.1", true},    {"127.0.0.2", false},  {"10.255.0.1", true},
                 {"11.0.0.1", false},    {"fd3f::1", true},     {"fd40::1", false},
                 {"192.0.2.127", false}, {"192.0.2.128", true}, {"::ffff:10.1.2.3", true}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct net_address address = address_of(asked[i].address);
        assert_int_equal(proxies_have(&proxies, &address), asked[i].is_one);
    }
}

static void h144_only_named_proxies_are_believed(void **state)
{
    (void)state;
    assert_string_equal(by_x("203.0.113.9", "198.51.100.1"), "203.0.113.9");
    assert_string_equal(by_forwarded("203.0.113.9", "for=198.51.100.1"), "203.0.113.9");
    assert_string_equal(by_x("127.0.0.1", "198.51.100.1"), "198.51.100.1");
    /* what a client says of itself stands to the left, and is passed over */
    assert_string_equal(by_x("127.0.0.1", "192.0.2.1, 198.51.100.1"), "198.51.100.1");
    assert_string_equal(by_x("127.0.0.1", "192.0.2.1, 198.51.100.1, 10.1.1.1"), "198.51.100.1");
    assert_string_equal(by_x("127.0.0.1", "10.1.1.2, 10.1.1.1"), "10.1.1.2");
    assert_string_equal(by_x("127.0.0.1", "198.51.100.1, unknown"), "127.0.0.1");
    assert_string_equal(by_x("127.0.0.1", "198.51.100.1, , "), "198.51.100.1");
    const struct http_header two[] = {{TEXT("X-Forwarded-For"), TEXT("192.0.2.1")},
                                      {TEXT("X-Forwarded-For"), TEXT("198.51.100.2, 10.0.0.1")}};
    assert_string_equal(sender("fd00::1", two, 2), "198.51.100.2");
    const struct http_header both[] = {{TEXT("X-Forwarded-For"), TEXT("192.0.2.1")},
                                       {TEXT("Forwarded"), TEXT("for=198.51.100.2")}};
    assert_string_equal(sender("127.0.0.1", both, 2), "refused");
    assert_int_equal(fault.status, 400);
    assert_string_equal(sender("203.0.113.9", both, 2), "203.0.113.9");
}

static void addresses_are_written_in_many_ways(void **state)
{
    (void)state;
    assert_string_equal(by_x("10.0.0.1", "198.51.100.1:4711"), "198.51.100.1");
    assert_string_equal(by_x("10.0.0.1", "2001:db8::7"), "2001:db8::7");
    assert_string_equal(by_x("10.0.0.1", "[2001:db8::7]:4711"), "2001:db8::7");
    assert_string_equal(by_forwarded("10.0.0.1", "for=\"[2001:db8::7]:4711\""), "2001:db8::7");
    assert_string_equal(by_forwarded("10.0.0.1", "For=\"198.51.100.1:_x\";proto=https;by=1.2.3.4"),
                        "198.51.100.1");
    assert_true(is_tls);
    assert_string_equal(by_forwarded("10.0.0.1", "for=1.2.3.4, proto=http;for=198.51.100.1"),
                        "198.51.100.1");
    assert_false(is_tls);
    assert_string_equal(by_forwarded("10.0.0.1", "for=_hidden"), "10.0.0.1");
    assert_string_equal(by_forwarded("10.0.0.1", "proto=https"), "10.0.0.1");
    assert_true(is_tls);
    const struct http_header proto = {TEXT("X-Forwarded-Proto"), TEXT("http, https")};
    assert_string_equal(sender("10.0.0.1", &proto, 1), "10.0.0.1");
    assert_true(is_tls);
    assert_string_equal(sender("203.0.113.9", &proto, 1), "203.0.113.9");
    assert_false(is_tls);
    char many[1000] = "";
    for (size_t i = 0; i < 60; i++)
        strcat(many, "10.0.0.1, ");
    assert_string_equal(by_x("10.0.0.1", many), "10.0.0.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_and_prefixes_are_read),
        cmocka_unit_test_setup(h144_only_named_proxies_are_believed, name_proxies),
        cmocka_unit_test_setup(addresses_are_written_in_many_ways, name_proxies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

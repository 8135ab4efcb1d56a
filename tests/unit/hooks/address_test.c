/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hooks/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "cmocka_base.h"
#include "hooks/hooks.h"

static bool is_public(const char *text)
{
    struct sockaddr_in in4 = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct sockaddr_storage address;
    memset(&address, 0, sizeof address);
    if (inet_pton(AF_INET, text, &in4.sin_addr) == 1) {
        memcpy(&address, &in4, sizeof in4);
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
        memcpy(&address, &in6, sizeof in6);
    }
    return hooks_address_is_public((const struct sockaddr *)&address);
}

static void h111_only_the_internets_addresses_are_public(void **state)
{
    (void)state;
    static const char *const inside[] = {
        "0.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.1.2.3",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "::127.0.0.1",
    };
    static const char *const outside[] = {
        "1.1.1.1",      "9.255.255.255",  "11.0.0.0",    "100.63.255.255", "100.128.0.0",
        "126.1.1.1",    "128.0.0.1",      "172.15.0.1",  "172.32.0.1",     "192.167.1.1",
        "192.169.0.1",  "223.1.1.1",      "196.200.1.1", "2a00:1450::1",   "2001:4860:4860::8888",
        "2606:4700::1", "::ffff:1.1.1.1",
    };
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        if (is_public(inside[i]))
            fail_msg("%s", inside[i]);
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        if (!is_public(outside[i]))
            fail_msg("%s", outside[i]);
}

static void h111_http_is_for_hosts_that_the_site_names(void **state)
{
    (void)state;
    static const char *const allowed[] = {"10.1.2.3:8080", "ehr.example.org", NULL};
    struct hooks *hooks = hooks_open(allowed);
    assert_non_null(hooks);
    assert_int_equal(hooks_check(hooks, TEXT("https://example.org/hook")), HOOK_OK);
    assert_int_equal(hooks_check(hooks, TEXT("http://10.1.2.3:8080/hook")), HOOK_OK);
    assert_int_equal(hooks_check(hooks, TEXT("http://ehr.example.org/")), HOOK_OK);
    assert_int_equal(hooks_check(hooks, TEXT("http://example.org/hook")), HOOK_ERR_SITE);
    assert_int_equal(hooks_check(hooks, TEXT("http://10.1.2.3/hook")), HOOK_ERR_SITE);
    assert_int_equal(hooks_check(hooks, TEXT("http://ehr.example.org@example.org/")), HOOK_ERR_URL);
    assert_int_equal(hooks_check(hooks, TEXT("ftp://ehr.example.org/")), HOOK_ERR_URL);
    assert_int_equal(hooks_check(hooks, TEXT("file:///etc/passwd")), HOOK_ERR_URL);
    assert_int_equal(hooks_check(hooks, TEXT("no url")), HOOK_ERR_URL);
    hooks_close(hooks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h111_only_the_internets_addresses_are_public),
        cmocka_unit_test(h111_http_is_for_hosts_that_the_site_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

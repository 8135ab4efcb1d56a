/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "http/own_host.h"

static bool is_own(const char *host, const char *listens, const char *url)
{
    return http_host_is_own(text_of(host), text_of(listens), text_of(url));
}

static void names_and_addresses_of_this_machine_are_own_with_the_servers_port(void **state)
{
    (void)state;
    static const char *const own[] = {"127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080",
                                      "127.1.2.3:8080", "[::1]:8080"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        assert_true(is_own(own[i], "http://127.0.0.1:8080", ""));
        assert_true(is_own(own[i], "http://[::1]:8080", ""));
        assert_false(is_own(own[i], "http://127.0.0.1:8081", ""));
    }
    assert_true(is_own("localhost", "http://127.0.0.1:80", ""));
    assert_true(is_own("[::1]", "http://[::1]:80", ""));
    assert_false(is_own("localhost", "http://127.0.0.1:8080", ""));
}

static void h165_another_name_is_not_own_whatever_it_leads_to(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         ":8080",
                                         "evil.example:8080",
                                         "localhost.evil.example:8080",
                                         "127.0.0.1.evil.example:8080",
                                         "127.0.0.1.9.evil:8080",
                                         "127.0.0.1.1:8080",
                                         "127.evil.0.1:8080",
                                         "evil.example:8080:8080",
                                         "[::2]:8080",
                                         "[::1]evil:8080",
                                         "10.0.0.1:8080",
                                         "0.0.0.0:8080",
                                         "localhost:",
                                         "localhost:80801"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (is_own(others[i], "http://127.0.0.1:8080", ""))
            fail_msg("%s is taken for this server's", others[i]);
}

static void what_the_url_names_is_own(void **state)
{
    (void)state;
    const char *listens = "http://127.0.0.1:8080";
    assert_true(is_own("record.example.org", listens, "https://record.example.org/fhir"));
    assert_true(is_own("Record.example.org:8443", listens, "https://record.example.org:8443/fhir"));
    assert_true(is_own("record.example.org", listens, "https://record.example.org"));
    assert_false(is_own("record.example.org:8080", listens, "https://record.example.org/fhir"));
    assert_false(is_own("evil.example", listens, "https://record.example.org/evil.example"));
    assert_false(is_own("evil.example", listens, "evil.example"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_addresses_of_this_machine_are_own_with_the_servers_port),
        cmocka_unit_test(h165_another_name_is_not_own_whatever_it_leads_to),
        cmocka_unit_test(what_the_url_names_is_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

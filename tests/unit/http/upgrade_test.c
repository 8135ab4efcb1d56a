/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "http/upgrade.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

static const char *const listed[] = {"https://app.example.org", NULL};
static const struct http_origins origins[] = {{.listed = listed}};
static struct http_fault fault;
static struct text key;

/* The status of a request with these five headers; 101: it may go on. */
static int status_of(const char *connection, const char *upgrade, const char *version,
                     const char *with_key, const char *origin)
{
    struct http_header headers[5] = {{TEXT("connection"), text_of(connection)},
                                     {TEXT("Upgrade"), text_of(upgrade)},
                                     {TEXT("Sec-WebSocket-Version"), text_of(version)},
                                     {TEXT("Sec-WebSocket-Key"), text_of(with_key)}};
    struct http_request request = {.method = HTTP_GET, .headers = headers, .header_count = 4};
    if (origin)
        headers[request.header_count++] = (struct http_header){TEXT("Origin"), text_of(origin)};
    return http_upgrade_check(&request, TEXT("https://record.example.org/fhir"), origins, &key,
                              &fault)
               ? 101
               : fault.status;
}

static void a_request_that_asks_as_it_should_may_go_on(void **state)
{
    (void)state;
    assert_int_equal(status_of("keep-alive, Upgrade", "WebSocket", "13", KEY, NULL), 101);
    assert_true(text_is(key, KEY));
    assert_int_equal(status_of("close", "websocket", "13", KEY, NULL), 426);
    assert_int_equal(status_of("upgrade", "h2c", "13", KEY, NULL), 426);
    assert_int_equal(status_of("upgrade", "websocket", "8", KEY, NULL), 426);
    assert_int_equal(status_of("upgrade", "websocket", "13", "", NULL), 400);
    assert_int_equal(status_of("upgrade", "websocket", "13", "dGhlIHNhbXBsZSBub25jZQ=", NULL), 400);
    assert_int_equal(status_of("upgrade", "websocket", "13", "dGhlIHNhbXBsZSBub25jZ===", NULL),
                     400);
    assert_int_equal(status_of("upgrade", "websocket", "13", "dGhlIHNh\rXBsZSBub25jZQ==", NULL),
                     400);
    struct http_request post = {.method = HTTP_POST};
    assert_false(http_upgrade_check(&post, TEXT("http://h"), NULL, &key, &fault));
}

static void h142_pages_of_other_sites_may_not(void **state)
{
    (void)state;
    static const char *const others[] = {"https://evil.example",
                                         "http://record.example.org",
                                         "https://record.example.org.evil.example",
                                         "https://record.example.org:8443",
                                         "null",
                                         ""};
    assert_int_equal(status_of("upgrade", "websocket", "13", KEY, "https://record.example.org"),
                     101);
    assert_int_equal(status_of("upgrade", "websocket", "13", KEY, "https://app.example.org"), 101);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(status_of("upgrade", "websocket", "13", KEY, others[i]), 403);
}

static void a_protocol_is_spoken_where_the_client_names_it(void **state)
{
    (void)state;
    const struct http_header header = {TEXT("Sec-WebSocket-Protocol"), TEXT("chat, jisr.v1")};
    const struct http_request request = {.headers = &header, .header_count = 1};
    assert_true(http_upgrade_speaks(&request, "jisr.v1"));
    assert_false(http_upgrade_speaks(&request, "jisr"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_that_asks_as_it_should_may_go_on),
        cmocka_unit_test(h142_pages_of_other_sites_may_not),
        cmocka_unit_test(a_protocol_is_spoken_where_the_client_names_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "http/check.h"

enum { HEADERS = 8 };

static struct http_request request;
static struct http_header headers[HEADERS];
static struct http_framing framing;
static struct http_fault fault;

/* The status that headers, as name: value lines after a Host, are refused with; 0: they are not. */
static int status_of(const char *const (*lines)[2], size_t count, bool has_host, bool is_old)
{
    size_t used = 0;
    if (has_host)
        headers[used++] = (struct http_header){TEXT("Host"), TEXT("h")};
    for (size_t i = 0; i < count; i++)
        headers[used++] = (struct http_header){text_of(lines[i][0]), text_of(lines[i][1])};
    request = (struct http_request){.headers = headers, .header_count = used};
    return http_check_headers(&request, is_old, &framing, &fault) ? 0 : fault.status;
}

#define LINES(...) ((const char *const[][2]){__VA_ARGS__})
#define STATUS(...)                                                                                \
    status_of(LINES(__VA_ARGS__), sizeof LINES(__VA_ARGS__) / sizeof *LINES(__VA_ARGS__), true,    \
              false)

static int target_status(enum http_method method, const char *target)
{
    request = (struct http_request){.method = method};
    return http_check_target(&request, text_of(target), &fault) ? 0 : fault.status;
}

static void h100_what_two_programs_read_in_two_ways_is_refused(void **state)
{
    (void)state;
    assert_int_equal(STATUS({"Content-Length", "3"}, {"content-length", "4"}), 400);
    assert_int_equal(STATUS({"Content-Length", "3"}, {"Content-Length", "3"}), 400);
    assert_int_equal(STATUS({"Content-Length", "3, 3"}), 400);
    assert_int_equal(STATUS({"Content-Length", "+3"}), 400);
    assert_int_equal(STATUS({"Content-Length", "0x3"}), 400);
    assert_int_equal(STATUS({"Content-Length", ""}), 400);
    assert_int_equal(STATUS({"Content-Length", "-1"}), 400);
    assert_int_equal(STATUS({"Content-Length", "3"}, {"Transfer-Encoding", "chunked"}), 400);
    assert_int_equal(STATUS({"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}),
                     400);
    assert_int_equal(STATUS({"Content-Length ", "3"}), 400);
    assert_int_equal(STATUS({"Content(Length)", "3"}), 400);
    assert_int_equal(STATUS({"", "3"}), 400);
    assert_int_equal(STATUS({"X", "a\rb"}), 400);
    assert_int_equal(STATUS({"X", "a\x7f"}), 400);
    assert_int_equal(STATUS({"X", "a\tb\xc3\xa9"}), 0);
    assert_int_equal(STATUS({"Host", "h"}), 400);
    assert_int_equal(STATUS({"Expect", "100-continue"}, {"Expect", "100-continue"}), 400);
    assert_int_equal(STATUS({"Authorization", "Bearer a"}), 0);
    assert_int_equal(STATUS({"Authorization", "Bearer a"}, {"authorization", "Bearer a"}), 400);
    assert_int_equal(STATUS({"Content-Type", "a/b"}), 0);
    assert_int_equal(STATUS({"Content-Type", "a/b"}, {"content-type", "a/b"}), 400);
    assert_int_equal(status_of(LINES({"Transfer-Encoding", "chunked"}), 1, true, true), 400);
}

static void a_target_is_taken_apart(void **state)
{
    (void)state;
    assert_int_equal(target_status(HTTP_GET, "/fhir/Patient/7?name=a|b&x=%C3%A9?"), 0);
    assert_true(text_is(request.path, "/fhir/Patient/7"));
    assert_true(text_is(request.query, "name=a|b&x=%C3%A9?"));
    assert_int_equal(target_status(HTTP_GET, "a"), 400);
    assert_int_equal(target_status(HTTP_GET, ""), 400);
    assert_int_equal(target_status(HTTP_GET, "/%0g"), 400);
    assert_int_equal(target_status(HTTP_GET, "/%4"), 400);
    assert_int_equal(target_status(HTTP_GET, "/a%00b"), 400);
    assert_int_equal(target_status(HTTP_GET, "/a#b"), 400);
    assert_int_equal(target_status(HTTP_GET, "/a b"), 400);
    assert_int_equal(target_status(HTTP_GET, "/\xc3\xa9"), 400);
    assert_int_equal(target_status(HTTP_GET, "*"), 400);
    assert_int_equal(target_status(HTTP_OPTIONS, "*"), 0);
}

static void h140_a_target_may_be_a_whole_url_of_the_same_host(void **state)
{
    (void)state;
    assert_int_equal(target_status(HTTP_GET, "http://other.example/a?b"), 0);
    assert_true(text_is(request.host, "other.example"));
    assert_true(text_is(request.path, "/a") && text_is(request.query, "b"));
    headers[0] = (struct http_header){TEXT("Host"), TEXT("Other.example")};
    request.headers = headers;
    request.header_count = 1;
    assert_true(http_check_headers(&request, false, &framing, &fault));
    assert_true(text_is(request.host, "other.example"));
    headers[0].value = TEXT("h");
    assert_false(http_check_headers(&request, false, &framing, &fault));
    assert_int_equal(fault.status, 400);

    assert_int_equal(target_status(HTTP_GET, "https://other.example?b"), 0);
    assert_true(text_is(request.path, "/") && text_is(request.query, "b"));
    assert_int_equal(target_status(HTTP_GET, "ftp://other.example/"), 400);
    assert_int_equal(target_status(HTTP_GET, "http:///a"), 400);
    assert_int_equal(target_status(HTTP_GET, "http://u@h/a"), 400);
    assert_int_equal(target_status(HTTP_GET, "http"), 400);
    assert_int_equal(target_status(HTTP_GET, "http:"), 400);
}

static void hosts_are_names_or_addresses(void **state)
{
    (void)state;
    static const char *const right[] = {"[::1]:8080", "a-b_c.example.", "192.0.2.1:80"};
    static const char *const wrong[] = {"", "a b", "a/b", "a,b", "a\"", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_int_equal(status_of(LINES({"host", right[i]}), 1, false, false), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(status_of(LINES({"Host", wrong[i]}), 1, false, false), 400);
    assert_int_equal(status_of(LINES({"X", ""}), 1, false, false), 400);
    assert_int_equal(status_of(LINES({"X", ""}), 1, false, true), 0);
}

static void bodies_are_as_long_as_is_said(void **state)
{
    (void)state;
    assert_int_equal(STATUS({"content-length", "00012"}), 0);
    assert_true(framing.body_bytes == 12 && !framing.is_chunked);
    assert_int_equal(STATUS({"Content-Length", "999999999999999999"}), 0);
    assert_true(framing.body_bytes == UINT64_C(999999999999999999));
    assert_int_equal(STATUS({"Content-Length", "99999999999999999999"}), 413);
    assert_int_equal(STATUS({"Transfer-Encoding", "Chunked"}), 0);
    assert_true(framing.body_bytes == 0 && framing.is_chunked);
    assert_int_equal(STATUS({"Transfer-Encoding", "gzip, chunked"}), 501);
    assert_int_equal(STATUS({"Transfer-Encoding", "identity"}), 501);
}

static void codings_and_expectations_are_known_or_refused(void **state)
{
    (void)state;
    assert_int_equal(STATUS({"Content-Encoding", "x-gzip"}), 0);
    assert_int_equal(framing.coding, HTTP_GZIP);
    assert_int_equal(STATUS({"Content-Encoding", "ZSTD"}), 0);
    assert_int_equal(framing.coding, HTTP_ZSTD);
    assert_int_equal(STATUS({"Content-Encoding", "identity"}), 0);
    assert_int_equal(framing.coding, HTTP_IDENTITY);
    assert_int_equal(STATUS({"Content-Encoding", "br"}), 415);
    assert_int_equal(STATUS({"Content-Encoding", "gzip, gzip"}), 415);
    assert_int_equal(STATUS({"Expect", "100-Continue"}), 0);
    assert_int_equal(STATUS({"Expect", "miracles"}), 417);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h100_what_two_programs_read_in_two_ways_is_refused),
        cmocka_unit_test(a_target_is_taken_apart),
        cmocka_unit_test(h140_a_target_may_be_a_whole_url_of_the_same_host),
        cmocka_unit_test(hosts_are_names_or_addresses),
        cmocka_unit_test(bodies_are_as_long_as_is_said),
        cmocka_unit_test(codings_and_expectations_are_known_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages, their words, what clients accept, and what pages of other origins may do. */
#include <stdio.h>

#include "http/accept.h"
#include "http/cors.h"
#include "http/message.h"
#include "http/words.h"
#include "unit/arena_case.h"

static void lists_are_taken_apart(void **state)
{
    (void)state;
    struct text list = TEXT(" a , ,\"b, \\\" c\";q=1,\td\t"), one;
    assert_true(http_next(&list, &one) && text_is(one, "a"));
    assert_true(http_next(&list, &one) && text_is(one, "\"b, \\\" c\";q=1"));
    assert_true(http_next(&list, &one) && text_is(one, "d"));
    assert_false(http_next(&list, &one));
    assert_true(http_lists(TEXT("x, Close"), "close"));
    assert_false(http_lists(TEXT("x, closed"), "close"));
    assert_true(http_is_token(TEXT("If-None-Match")));
    assert_false(http_is_token(TEXT("a b")) || http_is_token(TEXT("")) ||
                 http_is_token(TEXT("a:")));
}

static void a_coding_is_chosen_by_its_q(void **state)
{
    (void)state;
    assert_int_equal(http_coding_wanted(TEXT("")), HTTP_IDENTITY);
    assert_int_equal(http_coding_wanted(TEXT("gzip, deflate, br")), HTTP_GZIP);
    assert_int_equal(http_coding_wanted(TEXT("gzip, zstd")), HTTP_ZSTD);
    assert_int_equal(http_coding_wanted(TEXT("GZIP;Q=0.9, zstd; q=0.8")), HTTP_GZIP);
    assert_int_equal(http_coding_wanted(TEXT("gzip;q=0, zstd;q=0.000")), HTTP_IDENTITY);
    assert_int_equal(http_coding_wanted(TEXT("gzip;q=2, zstd;q=nan")), HTTP_IDENTITY);
    assert_int_equal(http_coding_wanted(TEXT("br, identity")), HTTP_IDENTITY);
    assert_int_equal(http_coding_wanted(TEXT("identity;q=0.9, gzip;q=0.5")), HTTP_IDENTITY);
    assert_int_equal(http_coding_wanted(TEXT("identity;q=0.5, gzip;q=0.5")), HTTP_GZIP);
    assert_int_equal(http_coding_wanted(TEXT("identity;q=0, gzip;q=0.001")), HTTP_GZIP);
    assert_int_equal(http_coding_wanted(TEXT("*")), HTTP_GZIP);
    assert_int_equal(http_coding_wanted(TEXT("*;q=0.5, gzip;q=0")), HTTP_IDENTITY);
    assert_int_equal(http_coding_wanted(TEXT("*;q=0")), HTTP_IDENTITY);
    assert_int_equal(http_coding_wanted(TEXT("gzip;q=0.5555, zstd;q=1.001")), HTTP_IDENTITY);
}

static void tags_are_compared_weakly(void **state)
{
    (void)state;
    assert_true(http_etag_listed(TEXT("\"a\", W/\"2\""), TEXT("W/\"2\"")));
    assert_true(http_etag_listed(TEXT("\"2\""), TEXT("W/\"2\"")));
    assert_true(http_etag_listed(TEXT("*"), TEXT("W/\"2\"")));
    assert_false(http_etag_listed(TEXT("\"22\""), TEXT("W/\"2\"")));
    assert_false(http_etag_listed(TEXT(""), TEXT("W/\"2\"")));
}

static void headers_of_an_answer_cannot_split_it(void **state)
{
    (void)state;
    struct http_response response;
    http_response_init(&response, &arena);
    for (int i = 0; i < 20; i++)
        http_response_header(&response, TEXT("X"), TEXT("y\xc3\xa9"));
    http_response_header(&response, TEXT("ETag"), TEXT("W/\"1\""));
    assert_false(response.failed);
    assert_true(text_is(http_response_header_of(&response, "etag"), "W/\"1\""));
    http_response_header(&response, TEXT("Location"), TEXT("/a\r\nSet-Cookie: b"));
    assert_true(response.failed);
    http_response_init(&response, &arena);
    http_response_header(&response, TEXT("a: b\r\nc"), TEXT("d"));
    assert_true(response.failed);
}

static const char *const listed[] = {"https://app.example", NULL};
static const struct http_origins origins[] = {{.listed = listed}}, none[] = {{.listed = NULL}};

static struct http_request from_page(const char *origin, enum http_method method, bool asks)
{
    static struct http_header headers[2];
    headers[0] = (struct http_header){TEXT("origin"), text_of(origin)};
    headers[1] = (struct http_header){TEXT("Access-Control-Request-Method"), TEXT("PUT")};
    return (struct http_request){
        .method = method, .headers = headers, .header_count = asks ? 2 : 1};
}

static void h101_only_pages_of_listed_origins_may_read_answers(void **state)
{
    (void)state;
    struct http_response response;
    struct http_request request = from_page("https://app.example", HTTP_GET, false);
    http_response_init(&response, &arena);
    assert_true(http_cors_headers(&response, &request, origins));
    assert_true(text_is(http_response_header_of(&response, "Access-Control-Allow-Origin"),
                        "https://app.example"));
    assert_true(text_is(http_response_header_of(&response, "Vary"), "Origin"));
    assert_null(http_response_header_of(&response, "Access-Control-Allow-Credentials").bytes);

    static const char *const others[] = {"https://app.example.evil", "http://app.example",   "null",
                                         "https://app.exampl",       "https://app.example/", "*"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        request = from_page(others[i], HTTP_GET, false);
        http_response_init(&response, &arena);
        assert_false(http_cors_headers(&response, &request, origins));
        assert_null(http_response_header_of(&response, "Access-Control-Allow-Origin").bytes);
    }
    http_response_init(&response, &arena);
    assert_false(http_cors_headers(&response, &request, none));
    assert_int_equal(response.header_count, 0);
}

static bool knows(void *context, struct text origin)
{
    return http_cors_is_of(origin, text_of(context));
}

static void h101_a_page_of_a_registered_app_is_known_by_where_it_is_sent_back_to(void **state)
{
    (void)state;
    static const struct {
        const char *origin, *redirect;
        bool is_of;
    } pages[] = {
        {"https://app.example", "https://app.example/back", true},
        {"https://app.example", "https://App.Example:443/back?a=b", true},
        {"https://app.example:8443", "https://app.example:8443/", true},
        {"http://localhost:3000", "http://localhost:3000/cb", true},
        {"http://localhost", "http://localhost:80/cb", true},
        {"http://app.example", "https://app.example/back", false},
        {"https://app.example:443", "https://app.example:8443/", false},
        {"https://app.example.evil", "https://app.example/back", false},
        {"https://app.exampl", "https://app.example/back", false},
        {"https://app.example:80", "https://app.example/back", false},
        {"null", "null", false},
        {"", "com.example.app:/back", false},
        {"com.example.app:", "com.example.app:/back", false},
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        char redirect[64];
        snprintf(redirect, sizeof redirect, "%s", pages[i].redirect);
        const struct http_origins apps = {.knows = knows, .context = redirect};
        if (http_cors_lists(&apps, text_of(pages[i].origin)) != pages[i].is_of)
            fail_msg("%s, %s", pages[i].origin, pages[i].redirect);
    }
}

static bool may_change(const char *origin, enum http_method method)
{
    struct http_request request = from_page(origin, method, false);
    return http_cors_may_change(&request, origins, TEXT("http://127.0.0.1:8080"),
                                TEXT("https://record.example.org/fhir"));
}

static void h170_a_page_of_elsewhere_changes_nothing_where_anybody_may(void **state)
{
    (void)state;
    static const char *const own[] = {"http://127.0.0.1:8080", "http://localhost:8080",
                                      "http://[::1]:8080", "https://record.example.org",
                                      "https://app.example"};
    static const char *const others[] = {"",
                                         "null",
                                         "https://evil.example",
                                         "http://127.0.0.1:8081",
                                         "http://127.0.0.1",
                                         "http://localhost:8080.evil.example",
                                         "ftp://127.0.0.1:8080",
                                         "127.0.0.1:8080",
                                         "https://app.example.evil"};
    for (enum http_method method = HTTP_GET; method < HTTP_METHODS; method++) {
        for (size_t i = 0; i < sizeof own / sizeof *own; i++)
            assert_true(may_change(own[i], method));
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            assert_int_equal(may_change(others[i], method),
                             method == HTTP_GET || method == HTTP_HEAD);
    }
    struct http_request program = {.method = HTTP_POST};
    assert_true(http_cors_may_change(&program, none, TEXT(""), TEXT("")));
}

static void h101_a_page_that_asks_beforehand_is_told(void **state)
{
    (void)state;
    struct http_response response;
    struct http_request request = from_page("https://app.example", HTTP_OPTIONS, true);
    assert_true(http_cors_asks(&request));
    http_response_init(&response, &arena);
    http_cors_answer(&response, &request, origins);
    assert_int_equal(response.status, 204);
    assert_non_null(http_response_header_of(&response, "Access-Control-Allow-Methods").bytes);

    request = from_page("https://evil.example", HTTP_OPTIONS, true);
    http_response_init(&response, &arena);
    http_cors_answer(&response, &request, origins);
    assert_int_equal(response.status, 403);
    assert_null(http_response_header_of(&response, "Access-Control-Allow-Methods").bytes);
    request = from_page("https://app.example", HTTP_OPTIONS, false);
    assert_false(http_cors_asks(&request));
}

static void methods_and_statuses_have_their_words(void **state)
{
    (void)state;
    for (enum http_method method = HTTP_GET; method < HTTP_METHODS; method++)
        assert_int_equal(http_method_of(text_of(http_method_word(method))), method);
    assert_int_equal(http_method_of(TEXT("TRACE")), HTTP_METHODS);
    assert_string_equal(http_status_words(412), "Precondition Failed");
    assert_string_equal(http_status_words(299), "Unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_taken_apart),
        cmocka_unit_test(a_coding_is_chosen_by_its_q),
        cmocka_unit_test(tags_are_compared_weakly),
        cmocka_unit_test(headers_of_an_answer_cannot_split_it),
        cmocka_unit_test(h101_only_pages_of_listed_origins_may_read_answers),
        cmocka_unit_test(h101_a_page_of_a_registered_app_is_known_by_where_it_is_sent_back_to),
        cmocka_unit_test(h170_a_page_of_elsewhere_changes_nothing_where_anybody_may),
        cmocka_unit_test(h101_a_page_that_asks_beforehand_is_told),
        cmocka_unit_test(methods_and_statuses_have_their_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

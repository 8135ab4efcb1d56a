/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said on a WebSocket, and the token that binds it: who gets one, for how long, how often it is good. */
#include <stdio.h>

#include "people.h"
#include "rest/subscription_binding.h"
#include "rest/subscription_word.h"

static struct arena arena;
static char token[64];

static int open_ward(void **state)
{
    arena_init(&arena, 16 << 20);
    int failed = server_open(state);
    let_people_in();
    put_as_owner("/Subscription/s",
                 "{\"resourceType\":\"Subscription\",\"id\":\"s\",\"status\":\"requested\","
                 "\"reason\":\"r\",\"criteria\":\"Observation?\",\"channel\":{\"type\":"
                 "\"websocket\"}}");
    put_as_owner("/Subscription/hook",
                 "{\"resourceType\":\"Subscription\",\"id\":\"hook\",\"status\":\"requested\","
                 "\"reason\":\"r\",\"criteria\":\"Observation?\",\"channel\":{\"type\":"
                 "\"rest-hook\",\"endpoint\":\"https://example.org/\"}}");
    return failed;
}

static int close_ward(void **state)
{
    arena_free(&arena);
    server_subject = NULL;
    return server_close(state);
}

static struct {
    enum store_err err;
    int64_t now_ms;
    struct subscription_binding binding;
} job;

static enum store_err take(struct store_write *write, void *context)
{
    (void)context;
    job.err = subscription_binding_take(write, text_of(token), job.now_ms, &arena, &job.binding);
    return STORE_OK;
}

static enum store_err take_at(int64_t now_ms)
{
    struct arena own;
    arena_init(&own, 1 << 20);
    job.now_ms = now_ms;
    assert_int_equal(store_run(server_store(), &own, take, NULL), STORE_OK);
    arena_free(&own);
    return job.err;
}

static void ask(const char *target, const char *body)
{
    server_expect(200, body[0] ? REST_POST : REST_GET, target, body);
    struct text given = server_at("parameter.0.valueString");
    assert_int_equal(given.len, 51);
    snprintf(token, sizeof token, "%.*s", (int)given.len, given.bytes);
}

static void h142_a_token_is_good_once_within_a_minute(void **state)
{
    (void)state;
    server_subject = &owner;
    ask("/Subscription/s/$get-ws-binding-token", "");
    server_assert_at("parameter.2.name", "subscription");
    server_assert_at("parameter.2.valueString", "s");
    server_assert_at("parameter.3.name", "websocket-url");
    int64_t asked_ms = server_now_ms - 1000;
    assert_int_equal(take_at(asked_ms + SUBSCRIPTION_BINDING_MS - 1), STORE_OK);
    assert_true(text_is(job.binding.ids, "s"));
    assert_true(text_is(job.binding.client, "script") && job.binding.user.len == 0);
    assert_int_equal(take_at(asked_ms), STORE_ERR_NONE); /* used */
    ask("/Subscription/$get-ws-binding-token?id=s", "");
    assert_int_equal(take_at(server_now_ms + SUBSCRIPTION_BINDING_MS), STORE_ERR_NONE);
    assert_int_equal(take_at(server_now_ms), STORE_ERR_NONE); /* and is forgotten */
    ask("/Subscription/$get-ws-binding-token",
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"id\",\"valueId\":\"s\"},"
        "{\"name\":\"other\",\"valueId\":\"t\"},{\"name\":\"id\",\"valueId\":\"s\"}]}");
    assert_int_equal(take_at(server_now_ms), STORE_OK);
    assert_true(text_is(job.binding.ids, "s s"));
    snprintf(token, sizeof token, "jisr_at_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_int_equal(take_at(server_now_ms), STORE_ERR_NONE); /* of another kind */
}

static void h142_only_those_for_whom_it_was_made_get_one(void **state)
{
    (void)state;
    server_subject = &owner;
    server_expect(422, REST_GET, "/Subscription/hook/$get-ws-binding-token", "");
    server_expect(404, REST_GET, "/Subscription/none/$get-ws-binding-token", "");
    server_expect(400, REST_GET, "/Subscription/$get-ws-binding-token", "");
    server_expect(404, REST_GET, "/$get-ws-binding-token", "");
    server_expect(422, REST_GET, "/Subscription/$get-ws-binding-token?id=s&id=hook", "");
    struct access_subject another = owner;
    another.client = TEXT("another");
    server_subject = &another;
    server_expect(403, REST_GET, "/Subscription/s/$get-ws-binding-token", "");
    static const struct access_subject nobody = {.roles = 0};
    server_subject = &nobody;
    server_expect(401, REST_GET, "/Subscription/s/$get-ws-binding-token", "");
    assert_true(subscription_is_for(NULL, NULL));
    assert_true(subscription_is_for(&owner, &owner));
    assert_false(subscription_is_for(&owner, NULL));
    assert_false(subscription_is_for(&doctor, &owner));
}

static void a_binding_with_a_lines_end_in_a_name_is_not_kept(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    struct subscription_binding binding = {
        .ids = TEXT("a b"), .user = TEXT("Practitioner/7"), .client = TEXT("app")};
    assert_true(text_is(subscription_binding_write(&binding, &arena), "a b\nPractitioner/7\napp"));
    binding.client = TEXT("a\npp");
    assert_null(subscription_binding_write(&binding, &arena).bytes);
    binding.client = TEXT("app");
    binding.user = TEXT("Pr\nx");
    assert_null(subscription_binding_write(&binding, &arena).bytes);
    arena_free(&arena);
}

static void words_are_a_verb_a_blank_and_an_argument(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "bind",
                                        "bind ",
                                        "bind a b",
                                        "Bind a",
                                        " bind a",
                                        "bind  a",
                                        "bind a/b",
                                        "unbind",
                                        "bind a\nb",
                                        "bind-with-token",
                                        "ping a",
                                        "bind \xff",
                                        "bind-with-token a b"};
    struct subscription_word word;
    assert_true(subscription_word_read(&word, TEXT("bind a.b-1")));
    assert_int_equal(word.verb, SUBSCRIPTION_BIND);
    assert_true(text_is(word.argument, "a.b-1"));
    assert_true(subscription_word_read(&word, TEXT("bind-with-token jisr_wb_x\r\n")));
    assert_int_equal(word.verb, SUBSCRIPTION_BIND_WITH_TOKEN);
    assert_true(text_is(word.argument, "jisr_wb_x"));
    assert_true(subscription_word_read(&word, TEXT("unbind a\n")));
    assert_int_equal(word.verb, SUBSCRIPTION_UNBIND);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(subscription_word_read(&word, text_of(wrong[i])));
}

static void sockets_are_beside_the_record_under_the_same_lock(void **state)
{
    (void)state;
    struct rest rest = {.base = TEXT("https://record.example.org:8443/fhir")};
    struct buffer buffer;
    arena_init(&arena, 1 << 20);
    buffer_init(&buffer, &arena);
    subscription_socket_write(&rest, &buffer);
    assert_true(text_is(buffer_text(&buffer), "wss://record.example.org:8443/websocket"));
    rest.base = TEXT("http://[::1]:8080/fhir");
    buffer_init(&buffer, &arena);
    subscription_socket_write(&rest, &buffer);
    assert_true(text_is(buffer_text(&buffer), "ws://[::1]:8080/websocket"));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(h142_a_token_is_good_once_within_a_minute, open_ward,
                                        close_ward),
        cmocka_unit_test_setup_teardown(h142_only_those_for_whom_it_was_made_get_one, open_ward,
                                        close_ward),
        cmocka_unit_test(a_binding_with_a_lines_end_in_a_name_is_not_kept),
        cmocka_unit_test(words_are_a_verb_a_blank_and_an_argument),
        cmocka_unit_test(sockets_are_beside_the_record_under_the_same_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

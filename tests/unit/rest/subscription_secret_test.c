/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a Subscription sends along is kept from who reads it. */
#include "people.h"

#include <stdio.h>
#include <stdlib.h>

#include "rest/load.h"
#include "rest/subscription_secret.h"

#define HOOK(status, endpoint, headers)                                                            \
    "{\"resourceType\":\"Subscription\",\"id\":\"s\",\"status\":\"" status "\",\"reason\":\"r\","  \
    "\"criteria\":\"Patient?gender=male\",\"channel\":{\"type\":\"rest-hook\",\"endpoint\":\""     \
    "https://" endpoint "/hook\",\"header\":[" headers "]}}"
#define SECRET "\"Authorization: Bearer one\",\"X-Ward: 5\""
#define HIDDEN "\"Authorization: ***\",\"X-Ward: ***\""

static const struct access_subject clerk = {.roles = ACCESS_ROLE_BIT(ACCESS_ADMINISTRATOR),
                                            .user = {"Practitioner/clerk", 18},
                                            .practitioner = {"clerk", 5},
                                            .client = {"portal", 6},
                                            .scopes = &of_user};
static const struct access_subject partner = {
    .roles = ACCESS_ROLE_BIT(ACCESS_SERVICE), .client = {"partner", 7}, .scopes = &of_system};

static int open_small(void **state)
{
    if (server_open(state) != 0)
        return -1;
    let_people_in();
    server_subject = &partner;
    server_expect(201, REST_PUT, "/Subscription/s", HOOK("requested", "there.org", SECRET));
    return 0;
}

/* What would be sent, each behind "|". */
static const char *sent(void)
{
    static char words[256];
    static struct arena arena;
    struct subscription asks;
    struct outcome outcome;
    struct store_view *view;
    struct store_row row;
    struct json json;
    size_t len = 0;
    words[0] = '\0';
    arena_init(&arena, 1 << 20);
    outcome_init(&outcome, &arena);
    assert_int_equal(store_view_begin(server_store(), &arena, &view), STORE_OK);
    uint16_t type = fhir_resource_named(TEXT("Subscription"));
    assert_int_equal(store_get(view, type, TEXT("s"), 0, &row), STORE_OK);
    assert_null(memmem(row.body.bytes, row.body.len, "Bearer", 6)); /* not in the store either */
    assert_int_equal(json_parse(&json, row.body, &json_limits_default, &arena, NULL), JSON_OK);
    assert_int_equal(
        subscription_read(&asks, server_rest(), &json, server_now_ms, &arena, &outcome), 0);
    assert_int_equal(subscription_reveal(view, TEXT("s"), &asks, &arena), STORE_OK);
    for (size_t i = 0; i < asks.header_count; i++)
        len += (size_t)snprintf(words + len, sizeof words - len, "|%.*s", (int)asks.headers[i].len,
                                asks.headers[i].bytes);
    store_view_end(view);
    arena_free(&arena);
    return words;
}

static void h193_whoever_reads_it_sees_names_alone(void **state)
{
    static const struct access_subject *const readers[] = {&owner, &partner, &clerk};
    (void)state;
    assert_string_equal(sent(), "|Authorization: Bearer one|X-Ward: 5");
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        server_subject = readers[i];
        server_expect(200, REST_GET, "/Subscription/s", "");
        server_assert_at("channel.header.0", "Authorization: ***");
        server_assert_at("channel.header.1", "X-Ward: ***");
        server_assert_at("channel.endpoint", "https://there.org/hook");
        server_expect(200, REST_GET, "/Subscription/s/_history", "");
        server_assert_at("entry.0.resource.channel.header.0", "Authorization: ***");
    }
}

static void h193_who_wrote_it_may_write_it_again_without_the_secret(void **state)
{
    (void)state;
    server_expect(200, REST_PUT, "/Subscription/s", HOOK("requested", "here.org", HIDDEN));
    assert_string_equal(sent(), "|Authorization: Bearer one|X-Ward: 5");
    server_expect(200, REST_PUT, "/Subscription/s",
                  HOOK("requested", "here.org", "\"Authorization: ***\",\"X-Ward: 6\""));
    assert_string_equal(sent(), "|Authorization: Bearer one|X-Ward: 6");
    server_subject = &owner;
    server_expect(200, REST_PUT, "/Subscription/s", HOOK("off", "here.org", HIDDEN));
    server_expect(200, REST_PUT, "/Subscription/s", HOOK("requested", "here.org", HIDDEN));
    assert_string_equal(sent(), "|Authorization: Bearer one|X-Ward: 6");
}

static void h193_nobody_else_has_it_sent_elsewhere(void **state)
{
    (void)state;
    server_subject = &clerk;
    server_expect(422, REST_PUT, "/Subscription/s", HOOK("requested", "mine.org", HIDDEN));
    server_expect(422, REST_PATCH, "/Subscription/s",
                  "[{\"op\":\"replace\",\"path\":\"/channel/endpoint\",\"value\":"
                  "\"https://mine.org/hook\"}]");
    assert_string_equal(sent(), "|Authorization: Bearer one|X-Ward: 5");
    server_expect(200, REST_PUT, "/Subscription/s",
                  HOOK("requested", "mine.org", "\"Authorization: Bearer mine\""));
    assert_string_equal(sent(), "|Authorization: Bearer mine");
}

static void h193_what_others_switch_off_is_forgotten(void **state)
{
    (void)state;
    server_subject = &clerk;
    server_expect(200, REST_PATCH, "/Subscription/s",
                  "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"off\"}]");
    server_subject = &owner;
    server_expect(422, REST_PUT, "/Subscription/s", HOOK("requested", "here.org", HIDDEN));
    server_expect(204, REST_DELETE, "/Subscription/s", "");
    server_subject = &partner;
    server_expect(422, REST_PUT, "/Subscription/s", HOOK("requested", "there.org", HIDDEN));
}

static void load_one(const char *text)
{
    struct arena arena;
    struct load *load = malloc(sizeof *load);
    assert_non_null(load);
    arena_init(&arena, 16 << 20);
    load_init(load, server_rest(), &arena, server_now_ms);
    assert_true(load_add(load, text_of(text)));
    assert_int_equal(load->count, 1);
    assert_int_equal(store_run(server_store(), &arena, load_run, load), STORE_OK);
    free(load);
    arena_free(&arena);
}

static void h193_what_is_loaded_neither_shows_a_secret_nor_takes_one_over(void **state)
{
    (void)state;
    load_one(HOOK("requested", "mine.org", HIDDEN));
    assert_string_equal(sent(), "|Authorization: ***|X-Ward: ***");
    load_one(HOOK("requested", "mine.org", SECRET));
    assert_string_equal(sent(), "|Authorization: ***|X-Ward: ***");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_small, server_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(h193_whoever_reads_it_sees_names_alone),
        CASE(h193_who_wrote_it_may_write_it_again_without_the_secret),
        CASE(h193_nobody_else_has_it_sent_elsewhere),
        CASE(h193_what_others_switch_off_is_forgotten),
        CASE(h193_what_is_loaded_neither_shows_a_secret_nor_takes_one_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

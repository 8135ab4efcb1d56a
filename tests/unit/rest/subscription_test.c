/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Subscriptions: which are taken, what they are told of, for whom, and in which form. */
#include <stdio.h>

#include "access/labels.h"
#include "fhir/model.h"
#include "people.h"
#include "rest/subscription.h"
#include "rest/subscription_note.h"

#define TOPIC "http://127.0.0.1:8080/fhir/SubscriptionTopic/change"
#define EXTENSION(name, value)                                                                     \
    "{\"url\":\"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-" name  \
    "\"," value "}"

static char body[4096];

/* One of R4's own. */
static const char *plain(const char *criteria, const char *channel)
{
    snprintf(
        body, sizeof body,
        "{\"resourceType\":\"Subscription\",\"id\":\"s\",\"status\":\"requested\",\"reason\":\"r\","
        "\"criteria\":\"%s\",\"channel\":{\"type\":\"rest-hook\",\"endpoint\":"
        "\"https://example.org/hook\"%s}}",
        criteria, channel);
    return body;
}

/* One of the topic. */
static const char *of_topic(const char *filters, const char *content, const char *channel)
{
    snprintf(
        body, sizeof body,
        "{\"resourceType\":\"Subscription\",\"id\":\"s\",\"status\":\"requested\",\"reason\":\"r\","
        "\"criteria\":\"" TOPIC "\",\"_criteria\":{\"extension\":[%s]},\"channel\":{%s"
        "\"type\":\"rest-hook\",\"endpoint\":\"https://example.org/hook\","
        "\"payload\":\"application/fhir+json\",\"_payload\":{\"extension\":[" EXTENSION(
            "payload-content", "\"valueCode\":\"%s\"") "]}}}",
        filters, channel, content);
    return body;
}

#define FILTER(search) EXTENSION("filter-criteria", "\"valueString\":\"" search "\"")

static struct arena arena;

static struct subscription *read_it(const char *text)
{
    struct json *json = arena_take(&arena, sizeof *json);
    struct subscription *subscription = arena_take(&arena, sizeof *subscription);
    struct outcome outcome;
    outcome_init(&outcome, &arena);
    assert_int_equal(
        json_parse(json, arena_copy(&arena, text_of(text)), &json_limits_default, &arena, NULL),
        JSON_OK);
    assert_int_equal(
        subscription_read(subscription, server_rest(), json, server_now_ms, &arena, &outcome), 0);
    return subscription;
}

static bool concerns(const struct subscription *subscription, const char *type,
                     const char *resource, bool is_deleted)
{
    const struct store_row row = {
        .type = fhir_resource_named(text_of(type)), .id = TEXT("x"), .body = text_of(resource)};
    return subscription_concerns(subscription, server_rest(), &row, is_deleted, &arena);
}

static int open_all(void **state)
{
    arena_init(&arena, 64 << 20);
    return server_open(state);
}

static int close_all(void **state)
{
    arena_free(&arena);
    return server_close(state);
}

#define FINAL                                                                                      \
    "{\"resourceType\":\"Observation\",\"id\":\"x\",\"status\":\"final\",\"code\":{\"text\":"      \
    "\"c\"}}"
#define DRAFT                                                                                      \
    "{\"resourceType\":\"Observation\",\"id\":\"x\",\"status\":\"preliminary\",\"code\":{"         \
    "\"text\":"                                                                                    \
    "\"c\"}}"

static void a_change_is_told_of_where_the_filter_finds_what_it_made(void **state)
{
    (void)state;
    const struct subscription *own = read_it(plain("Observation?status=final", ""));
    assert_true(concerns(own, "Observation", FINAL, false));
    assert_false(concerns(own, "Observation", DRAFT, false));
    assert_false(concerns(own, "Patient", "{\"resourceType\":\"Patient\",\"id\":\"x\"}", false));
    assert_false(concerns(own, "Observation", FINAL, true)); /* R4's own know no deletions */
    const struct subscription *all = read_it(plain("Patient?", ""));
    assert_true(concerns(all, "Patient", "{\"resourceType\":\"Patient\",\"id\":\"x\"}", false));
    const struct subscription *topic = read_it(of_topic(
        FILTER("Patient?gender=male") "," FILTER("Observation?status=final"), "empty", ""));
    assert_true(concerns(topic, "Observation", FINAL, false));
    assert_true(concerns(topic, "Observation", FINAL, true));
    assert_false(concerns(topic, "Observation", DRAFT, false));
    assert_true(concerns(topic, "Patient",
                         "{\"resourceType\":\"Patient\",\"id\":\"x\",\"gender\":\"male\"}", false));
}

static void what_it_asks_for_is_read(void **state)
{
    (void)state;
    const struct subscription *own =
        read_it(plain("Observation?status=final", ",\"header\":[\"Authorization: Bearer abc\"]"));
    assert_int_equal(own->status, SUBSCRIPTION_REQUESTED);
    assert_int_equal(own->content, SUBSCRIPTION_EMPTY);
    assert_true(text_is(own->endpoint, "https://example.org/hook"));
    assert_int_equal(own->header_count, 1);
    assert_int_equal(own->events_max, 1);
    own = read_it(plain("Observation?status=final", ",\"payload\":\"application/fhir+json\""));
    assert_int_equal(own->content, SUBSCRIPTION_FULL);
    const struct subscription *topic = read_it(of_topic(
        FILTER("Patient?gender=male"), "id-only",
        "\"extension\":[" EXTENSION("heartbeat-period", "\"valueUnsignedInt\":60") "," EXTENSION(
            "timeout", "\"valueUnsignedInt\":7") "," EXTENSION("max-count",
                                                               "\"valuePositiveInt\":20") "],"));
    assert_true(topic->is_topic);
    assert_int_equal(topic->content, SUBSCRIPTION_ID_ONLY);
    assert_int_equal(topic->heartbeat_s, 60);
    assert_int_equal(topic->timeout_s, 7);
    assert_int_equal(topic->events_max, 20);
}

static void what_the_server_cannot_do_is_refused_with_help(void **state)
{
    (void)state;
    static const struct {
        const char *criteria, *channel;
    } refused[] = {
        {"Observation?subject:Patient.name=alami", ""},
        {"Patient?_has:Observation:subject:status=final", ""},
        {"Patient?_text=alami", ""},
        {"Observation?colour=red", ""},
        {"Nothing?status=final", ""},
        {"http://example.org/topic", ""},
        {"Observation?status=final", ",\"payload\":\"application/fhir+xml\""},
        {"Observation?status=final", ",\"header\":[\"Host: intern\"]"},
        {"Observation?status=final", ",\"header\":[\"A: b\\r\\nHost: intern\"]"},
        {"Observation?status=final", ",\"header\":[\"no colon\"]"},
    };
    server_subject = NULL;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        server_expect(422, REST_POST, "/Subscription",
                      plain(refused[i].criteria, refused[i].channel));
        server_assert_at("issue.0.severity", "error");
        assert_true(server_at("issue.0.details.text").len > 20);
    }
    server_expect(422, REST_POST, "/Subscription", of_topic("", "empty", ""));
    server_expect(422, REST_POST, "/Subscription",
                  "{\"resourceType\":\"Subscription\",\"status\":\"requested\",\"reason\":\"r\","
                  "\"criteria\":\"Patient?\",\"channel\":{\"type\":\"email\",\"endpoint\":"
                  "\"mailto:a@example.org\"}}");
    server_expect(422, REST_POST, "/Subscription",
                  "{\"resourceType\":\"Subscription\",\"status\":\"requested\",\"reason\":\"r\","
                  "\"criteria\":\"Patient?\",\"channel\":{\"type\":\"rest-hook\",\"endpoint\":"
                  "\"file:///etc/passwd\"}}");
    server_expect(201, REST_POST, "/Subscription",
                  "{\"resourceType\":\"Subscription\",\"status\":\"off\",\"reason\":\"r\","
                  "\"criteria\":\"Patient?\",\"channel\":{\"type\":\"email\",\"endpoint\":"
                  "\"mailto:a@example.org\"}}");
}

/* --- whose it is, and its events ------------------------------------------------------------------- */

static const struct access_subject clerk = {.roles = ACCESS_ROLE_BIT(ACCESS_ADMINISTRATOR),
                                            .user = {"Practitioner/clerk", 18},
                                            .practitioner = {"clerk", 5},
                                            .client = {"portal", 6},
                                            .scopes = &of_user};

static int open_ward(void **state)
{
    if (open_all(state) != 0)
        return -1;
    let_people_in();
    put_as_owner("/Patient/hers",
                 "{\"resourceType\":\"Patient\",\"id\":\"hers\",\"gender\":\"female\"}");
    put_as_owner("/Patient/his",
                 "{\"resourceType\":\"Patient\",\"id\":\"his\",\"gender\":\"male\"}");
    put_as_owner("/CareTeam/t",
                 "{\"resourceType\":\"CareTeam\",\"id\":\"t\",\"status\":\"active\",\"subject\":{"
                 "\"reference\":\"Patient/hers\"},\"participant\":[{\"member\":{\"reference\":"
                 "\"Practitioner/dr\"}}]}");
    put_as_owner("/Subscription/s",
                 of_topic(FILTER("Patient?gender=male,female"), "full-resource", ""));
    return 0;
}

static struct {
    const char *id;
    const struct access_subject *subject;
    const struct access_subject *found;
    struct store_change_note change;
    uint64_t number;
} job;

static enum store_err keep_owner(struct store_write *write, void *context)
{
    (void)context;
    return subscription_keep_owner(write, text_of(job.id), job.subject, write->view.arena);
}

static enum store_err find_owner(struct store_view *view)
{
    return subscription_owner(view, text_of(job.id), &job.found, &arena);
}

static enum store_err owner_now(void)
{
    struct store_view *view;
    assert_int_equal(store_view_begin(server_store(), &arena, &view), STORE_OK);
    enum store_err err = find_owner(view);
    store_view_end(view);
    return err;
}

static void keep(const char *id, const struct access_subject *subject)
{
    struct arena own;
    job.id = id;
    job.subject = subject;
    arena_init(&own, 1 << 20);
    assert_int_equal(store_run(server_store(), &own, keep_owner, NULL), STORE_OK);
    arena_free(&own);
}

static void h110_a_subscription_is_of_who_wrote_it_last(void **state)
{
    (void)state;
    job.id = "s";
    assert_int_equal(owner_now(), STORE_OK);
    assert_non_null(job.found);
    assert_true(text_is(job.found->client, "script"));
    server_subject = &clerk;
    server_expect(200, REST_PUT, "/Subscription/s",
                  of_topic(FILTER("Patient?gender=male,female"), "full-resource", ""));
    assert_int_equal(owner_now(), STORE_OK);
    assert_int_equal(job.found->roles, clerk.roles);
    assert_true(text_is(job.found->user, "Practitioner/clerk"));
    assert_int_equal(job.found->scopes->count, 1);
    keep("s", NULL); /* the server's own changes take nothing over */
    assert_int_equal(owner_now(), STORE_OK);
    assert_true(text_is(job.found->user, "Practitioner/clerk"));
    static const struct text roles[] = {{"r1", 2}, {"r2", 2}};
    struct access_subject many = doctor;
    many.practitioner_roles = roles;
    many.practitioner_role_count = 2;
    keep("t", &many);
    assert_int_equal(owner_now(), STORE_OK);
    assert_int_equal(job.found->practitioner_role_count, 2);
    assert_true(text_is(job.found->practitioner_roles[1], "r2"));
    server_subject = &owner;
    server_expect(204, REST_DELETE, "/Subscription/s", "");
    job.id = "s";
    assert_int_equal(owner_now(), STORE_ERR_NONE);
}

static enum store_err put_event(struct store_write *write, void *context)
{
    (void)context;
    const struct subscription_state state = {1, job.number, 0};
    enum store_err err =
        subscription_event_put(write, TEXT("s"), job.number, &job.change, server_now_ms);
    return err == STORE_OK ? subscription_state_put(write, TEXT("s"), &state) : err;
}

static void event(uint64_t number, const char *id, uint64_t version, enum store_change change)
{
    struct arena own;
    job.number = number;
    job.change = (struct store_change_note){.version = version,
                                            .updated_ms = server_now_ms,
                                            .type = fhir_resource_named(TEXT("Patient")),
                                            .change = (uint8_t)change,
                                            .id = text_of(id)};
    arena_init(&own, 1 << 20);
    assert_int_equal(store_run(server_store(), &own, put_event, NULL), STORE_OK);
    arena_free(&own);
}

static void events_are_told_in_their_order_and_form(void **state)
{
    (void)state;
    event(1, "hers", 1, STORE_CREATED);
    event(2, "his", 1, STORE_CREATED);
    server_subject = &owner;
    server_expect(204, REST_DELETE, "/Patient/his", "");
    event(3, "his", 2, STORE_DELETED);
    server_expect(200, REST_GET, "/Subscription/s/$status", "");
    server_assert_at("entry.0.resource.parameter.0.valueReference.reference",
                     "http://127.0.0.1:8080/fhir/Subscription/s");
    server_assert_at("entry.0.resource.parameter.1.valueCanonical", TOPIC);
    server_assert_at("entry.0.resource.parameter.2.valueCode", "requested");
    server_assert_at("entry.0.resource.parameter.3.valueCode", "query-status");
    server_assert_at("entry.0.resource.parameter.4.valueString", "3");
    server_expect(200, REST_GET, "/Subscription/s/$events", "");
    server_assert_at("type", "history");
    server_assert_at("entry.0.resource.parameter.3.valueCode", "query-event");
    server_assert_at("entry.0.resource.parameter.5.part.0.valueString", "1");
    server_assert_at("entry.0.resource.parameter.7.part.0.valueString", "3");
    server_assert_at("entry.1.resource.id", "hers");
    server_assert_at("entry.1.request.method", "PUT");
    server_assert_at("entry.3.request.method", "DELETE");
    server_assert_at("entry.3.request.url", "Patient/his");
    server_assert_at("entry.3.resource", "");
    server_expect(200, REST_GET,
                  "/Subscription/s/$events?eventsSinceNumber=2&eventsUntilNumber=2&content=id-only",
                  "");
    server_assert_at("entry.0.resource.parameter.5.part.0.valueString", "2");
    server_assert_at("entry.1.fullUrl", "http://127.0.0.1:8080/fhir/Patient/his");
    server_assert_at("entry.1.resource", "");
    server_assert_at("entry.2", "");
    server_expect(200, REST_GET, "/Subscription/s/$events?content=empty", "");
    server_assert_at("entry.0.resource.parameter.4.part.2", ""); /* no focus */
    server_assert_at("entry.1", "");
}

/* How many of a Subscription's events somebody is told, and which number the last has that was looked at. */
static size_t tell(const struct access_subject *subject, struct notification_event events[static 8],
                   struct rest_audit_trail *trail, uint64_t *last)
{
    struct rest_exchange exchange = {.rest = server_rest(),
                                     .arena = &arena,
                                     .now_ms = server_now_ms,
                                     .subject = subject,
                                     .trail = trail};
    struct store_view *view;
    size_t count;
    *trail = (struct rest_audit_trail){.notes = NULL};
    outcome_init(&exchange.outcome, &arena);
    assert_int_equal(store_view_begin(server_store(), &arena, &view), STORE_OK);
    assert_int_equal(subscription_events_read(&exchange, view, TEXT("s"), 0, UINT64_MAX, 8, events,
                                              &count, last),
                     STORE_OK);
    store_view_end(view);
    return count;
}

static void h110_events_of_what_one_may_not_see_are_not_told(void **state)
{
    (void)state;
    struct notification_event events[8];
    struct rest_audit_trail trail;
    uint64_t last;
    event(1, "hers", 1, STORE_CREATED);
    event(2, "his", 1, STORE_CREATED);
    assert_int_equal(tell(&doctor, events, &trail, &last), 1);
    assert_int_equal(last, 2);
    assert_true(text_is(events[0].id, "hers"));
    assert_non_null(trail.notes); /* the audit is told that it left */
    assert_int_equal(tell(&clerk, events, &trail, &last), 0);
}

static void h184_an_event_is_not_told_to_who_may_not_have_what_it_became(void **state)
{
    (void)state;
    struct notification_event events[8];
    struct rest_audit_trail trail;
    uint64_t last;
    event(1, "hers", 1, STORE_CREATED);
    assert_int_equal(tell(&doctor, events, &trail, &last), 1);
    server_subject = &owner;
    server_expect(200, REST_PUT, "/Patient/hers",
                  "{\"resourceType\":\"Patient\",\"id\":\"hers\",\"meta\":{\"security\":[{"
                  "\"system\":\"" ACCESS_CONFIDENTIALITY_SYSTEM "\",\"code\":\"V\"}]}}");
    assert_int_equal(tell(&doctor, events, &trail, &last), 0);
    assert_int_equal(tell(&owner, events, &trail, &last), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_change_is_told_of_where_the_filter_finds_what_it_made,
                                        open_all, close_all),
        cmocka_unit_test_setup_teardown(what_it_asks_for_is_read, open_all, close_all),
        cmocka_unit_test_setup_teardown(what_the_server_cannot_do_is_refused_with_help, open_all,
                                        close_all),
        cmocka_unit_test_setup_teardown(h110_a_subscription_is_of_who_wrote_it_last, open_ward,
                                        close_all),
        cmocka_unit_test_setup_teardown(events_are_told_in_their_order_and_form, open_ward,
                                        close_all),
        cmocka_unit_test_setup_teardown(h110_events_of_what_one_may_not_see_are_not_told, open_ward,
                                        close_all),
        cmocka_unit_test_setup_teardown(
            h184_an_event_is_not_told_to_who_may_not_have_what_it_became, open_ward, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

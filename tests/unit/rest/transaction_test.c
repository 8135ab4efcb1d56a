/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batches and transactions, and what their entries refer to. */
#include "server.h"

#include <stdio.h>

static void a_transaction_is_whole_and_its_entries_refer_to_one_another(void **state)
{
    (void)state;
    server_expect(200, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"fullUrl\":\"urn:uuid:11111111-1111-4111-8111-111111111111\",\"resource\":{"
                  "\"resourceType\":\"Observation\","
                  "\"status\":\"final\",\"code\":{\"text\":\"c\"},\"subject\":{\"reference\":\"urn:"
                  "uuid:22222222-2222-4222-8222-222222222222\"}},"
                  "\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}},"
                  "{\"fullUrl\":\"urn:uuid:22222222-2222-4222-8222-222222222222\",\"resource\":{"
                  "\"resourceType\":\"Patient\",\"id\":\"tx\"},"
                  "\"request\":{\"method\":\"PUT\",\"url\":\"Patient/tx\"}},"
                  "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/tx\"}}]}");
    server_assert_at("type", "transaction-response");
    server_assert_at("entry.0.response.status", "201 Created");
    server_assert_at("entry.1.response.status", "201 Created");
    server_assert_at("entry.2.resource.id", "tx"); /* reads see what was written */
    char observation[128];
    struct text location = server_at("entry.0.response.location");
    snprintf(observation, sizeof observation, "%.*s", (int)(location.len - 26),
             location.bytes + 26);
    server_expect(200, REST_GET, observation, "");
    server_assert_at("subject.reference", "Patient/tx");
}

static void a_transaction_with_one_bad_entry_does_nothing(void **state)
{
    (void)state;
    server_expect(422, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"half\"},\"request\":{"
                  "\"method\":\"PUT\",\"url\":\"Patient/half\"}},"
                  "{\"resource\":{\"resourceType\":\"Patient\",\"birthDate\":\"x\"},\"request\":{"
                  "\"method\":\"POST\",\"url\":\"Patient\"}}]}");
    server_assert_at("issue.1.expression.0", "Bundle.entry[1]");
    server_expect(404, REST_GET, "/Patient/half", "");
    server_expect(201, REST_PUT, "/Patient/there",
                  "{\"resourceType\":\"Patient\",\"id\":\"there\"}");
    server_expect(412, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"half\"},\"request\":{"
                  "\"method\":\"PUT\",\"url\":\"Patient/half\"}},"
                  "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"there\"},\"request\":{"
                  "\"method\":\"PUT\",\"url\":\"Patient/there\","
                  "\"ifMatch\":\"W/\\\"8\\\"\"}}]}");
    server_assert_at("issue.1.expression.0", "Bundle.entry[1]");
    server_expect(404, REST_GET, "/Patient/half", "");
    server_expect(400, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/there\"}},"
                  "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/there\"}}]}");
    server_assert_at("issue.0.code", "duplicate");
    server_expect(200, REST_GET, "/Patient/there", "");
    server_expect(400, REST_POST, "/", "{\"resourceType\":\"Bundle\",\"type\":\"collection\"}");
    server_expect(400, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{"
                  "\"method\":\"EAT\",\"url\":\"x\"}}]}");
    server_assert_at("issue.0.expression.0", "Bundle.entry[0].request.method");
}

#define LOST_ENTRY                                                                                 \
    "{\"fullUrl\":\"urn:uuid:11111111-1111-4111-8111-111111111111\",\"resource\":{"                \
    "\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"lost\"},"          \
    "\"subject\":{\"reference\":\"urn:uuid:33333333-3333-4333-8333-333333333333\"}},"              \
    "\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}}"

static void a_reference_to_no_entry_is_refused_with_its_element(void **state)
{
    (void)state;
    static const char kept[] = "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"beside\"},"
                               "\"request\":{\"method\":\"PUT\",\"url\":\"Patient/beside\"}}";
    static const char conditional[] =
        "{\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"POST\",\"url\":"
        "\"Patient\",\"ifNoneExist\":\"identifier=urn:s%7Cnobody\"}}";
    const char *const others[] = {kept, conditional};
    char bundle[2000];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(bundle, sizeof bundle,
                 "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[%s," LOST_ENTRY
                 "]}",
                 others[i]);
        server_expect(400, REST_POST, "/", bundle);
        server_assert_at("issue.0.code", "not-found");
        server_assert_at("issue.0.expression.0", "Bundle.entry[1].resource.subject.reference");
        server_assert_at("issue.1.expression.0", "Bundle.entry[1]");
        server_expect(404, REST_GET, "/Patient/beside", "");
    }
    server_expect(200, REST_GET, "/Patient?identifier=urn:s%7Cnobody", "");
    server_assert_at("total", "0");
    snprintf(bundle, sizeof bundle,
             "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[%s," LOST_ENTRY "]}",
             kept);
    server_expect(200, REST_POST, "/", bundle);
    server_assert_at("entry.0.response.status", "201 Created");
    server_assert_at("entry.1.response.status", "400 Bad Request");
    server_assert_at("entry.1.response.outcome.issue.0.expression.0",
                     "Bundle.entry[1].resource.subject.reference");
    server_expect(200, REST_GET, "/Observation?code:text=lost", "");
    server_assert_at("total", "0");
}

static void a_reference_that_is_a_search_is_found_in_a_transaction_alone(void **state)
{
    (void)state;
    static const char task[] =
        "{\"resourceType\":\"Task\",\"status\":\"draft\",\"intent\":\"order\","
        "\"for\":{\"reference\":\"Patient?identifier=urn:s%7Csearched\"}}";
    char bundle[1000];
    server_expect(201, REST_PUT, "/Patient/searched",
                  "{\"resourceType\":\"Patient\",\"id\":\"searched\",\"identifier\":[{\"system\":"
                  "\"urn:s\",\"value\":\"searched\"}]}");
    server_expect(422, REST_POST, "/Task", task);
    server_assert_at("issue.0.expression.0", "Task.for.reference");
    snprintf(
        bundle, sizeof bundle,
        "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":%s,\"request\":"
        "{\"method\":\"POST\",\"url\":\"Task\"}}]}",
        task);
    server_expect(200, REST_POST, "/", bundle);
    server_assert_at("entry.0.response.status", "422 Unprocessable Content");
    snprintf(bundle, sizeof bundle,
             "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":%s,"
             "\"request\":{\"method\":\"POST\",\"url\":\"Task\"}}]}",
             task);
    server_expect(200, REST_POST, "/", bundle);
    server_expect(200, REST_GET, "/Task?patient=searched", "");
    server_assert_at("total", "1");
}

static void a_relative_reference_means_what_it_means_where_it_comes_from(void **state)
{
    (void)state;
    char observation[128];
    server_expect(201, REST_PUT, "/Patient/77",
                  "{\"resourceType\":\"Patient\",\"id\":\"77\"}"); /* somebody else, here */
    server_expect(
        200, REST_POST, "/",
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
        "{\"fullUrl\":\"http://other.example/fhir/Patient/"
        "77\",\"resource\":{\"resourceType\":\"Patient\"},"
        "\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}},"
        "{\"fullUrl\":\"http://other.example/fhir/Observation/"
        "1\",\"resource\":{\"resourceType\":\"Observation\",\"status\":"
        "\"final\",\"code\":{\"text\":\"c\"},\"subject\":{\"reference\":\"Patient/"
        "77\"},\"performer\":[{\"reference\":"
        "\"Practitioner/5\"}]},\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}}]}");
    struct text location = server_at("entry.1.response.location");
    snprintf(observation, sizeof observation, "%.*s", (int)(location.len - 26),
             location.bytes + 26);
    server_expect(200, REST_GET, observation, "");
    assert_true(text_starts(server_at("subject.reference"), TEXT("Patient/0"))); /* the new one */
    server_assert_at("performer.0.reference", "http://other.example/fhir/Practitioner/5");
}

static void two_of_one_condition_in_a_transaction_are_refused(void **state)
{
    (void)state;
    server_expect(400, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"POST\","
                  "\"url\":\"Patient\",\"ifNoneExist\":\"identifier=a|1\"}},"
                  "{\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"POST\","
                  "\"url\":\"Patient\",\"ifNoneExist\":\"identifier=a|1\"}}]}");
    server_assert_at("issue.0.code", "duplicate");
}

static void a_batchs_entries_succeed_and_fail_each_for_itself(void **state)
{
    (void)state;
    server_expect(200, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":["
                  "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"b1\"},\"request\":{"
                  "\"method\":\"PUT\",\"url\":\"Patient/b1\"}},"
                  "{\"resource\":{\"resourceType\":\"Patient\",\"birthDate\":\"x\"},\"request\":{"
                  "\"method\":\"POST\",\"url\":\"Patient\"}},"
                  "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/nobody\"}},"
                  "{\"resource\":{\"resourceType\":\"Bundle\",\"type\":\"batch\"},\"request\":{"
                  "\"method\":\"POST\",\"url\":\"/\"}},"
                  "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/nobody\"}},"
                  "{\"request\":{\"method\":\"PAINT\",\"url\":\"Patient/nobody\"}},"
                  "{\"request\":{\"method\":\"GET\"}},{\"resource\":{}}]}");
    server_assert_at("entry.0.response.status", "201 Created");
    for (int i = 5; i < 8; i++) {
        char path[64];
        snprintf(path, sizeof path, "entry.%d.response.status", i);
        server_assert_at(path, "400 Bad Request");
    }
    server_assert_at("entry.5.response.outcome.issue.0.expression.0",
                     "Bundle.entry[5].request.method");
    server_assert_at("entry.1.response.status", "422 Unprocessable Content");
    server_assert_at("entry.1.response.outcome.issue.0.expression.0", "Patient.birthDate");
    server_assert_at("entry.2.response.status", "404 Not Found");
    server_assert_at("entry.3.response.status", "400 Bad Request");
    server_assert_at("entry.4.response.status", "204 No Content");
    server_expect(200, REST_GET, "/Patient/b1", "");
}

/* W3sib3AiOi... is [{"op":"add","path":"/gender","value":"male"}] */
static void a_patch_of_json_travels_in_a_bundle_as_a_binary(void **state)
{
    (void)state;
    static const char format[] =
        "{\"resourceType\":\"Bundle\",\"type\":\"%s\",\"entry\":[{\"resource\":{\"resourceType\":"
        "\"Binary\",\"contentType\":\"application/json-patch+json\",\"data\":\"%s\"},\"request\":{"
        "\"method\":\"PATCH\",\"url\":\"Patient/p\"}}]}";
    static const char data[] = "W3sib3AiOiJhZGQiLCJwYXRoIjoiL2dlbmRlciIsInZhbHVlIjoibWFsZSJ9XQ==";
    static const char *const types[] = {"batch", "transaction"};
    char bundle[512];
    for (size_t i = 0; i < 2; i++) {
        server_do(REST_PUT, "/Patient/p", "{\"resourceType\":\"Patient\",\"id\":\"p\"}");
        snprintf(bundle, sizeof bundle, format, types[i], data);
        server_expect(200, REST_POST, "/", bundle);
        server_assert_at("entry.0.response.status", "200 OK");
        server_expect(200, REST_GET, "/Patient/p", "");
        server_assert_at("gender", "male");
    }
    snprintf(bundle, sizeof bundle, format, "transaction", "!");
    server_expect(400, REST_POST, "/", bundle);
    server_assert_at("issue.0.expression.0", "Bundle.entry[0].resource.data");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction_is_whole_and_its_entries_refer_to_one_another),
        cmocka_unit_test(a_transaction_with_one_bad_entry_does_nothing),
        cmocka_unit_test(a_reference_to_no_entry_is_refused_with_its_element),
        cmocka_unit_test(a_reference_that_is_a_search_is_found_in_a_transaction_alone),
        cmocka_unit_test(a_relative_reference_means_what_it_means_where_it_comes_from),
        cmocka_unit_test(two_of_one_condition_in_a_transaction_are_refused),
        cmocka_unit_test(a_batchs_entries_succeed_and_fail_each_for_itself),
        cmocka_unit_test(a_patch_of_json_travels_in_a_bundle_as_a_binary),
    };
    return cmocka_run_group_tests(tests, server_open, server_close);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nobody learns by trying ids which of them there are: what may not be known of is answered as what is not there. */
#include <stdio.h>
#include <string.h>

#include "people.h"

/* Of one length, so that answers differ in nothing else: another's, another's that was deleted, nobody's. */
static const char *const ids[] = {"qhis", "qold", "qnon"};
enum { IDS = sizeof ids / sizeof *ids, ANSWER_BYTES = 4096 };

static const struct access_subject fatima = {.roles = ACCESS_ROLE_BIT(ACCESS_PATIENT),
                                             .user = {"Patient/fatima", 14},
                                             .patient = {"fatima", 6},
                                             .client = {"portal", 6},
                                             .scopes = &of_user};
static const struct access_subject desk = {.roles = ACCESS_ROLE_BIT(ACCESS_BACK_OFFICE),
                                           .user = {"Practitioner/desk", 17},
                                           .organisation = {"here", 4},
                                           .client = {"portal", 6},
                                           .scopes = &of_user};
static const struct access_subject interpreter = {.roles = ACCESS_ROLE_BIT(ACCESS_INTERPRETER),
                                                  .user = {"Practitioner/i", 14},
                                                  .practitioner = {"i", 1},
                                                  .client = {"portal", 6},
                                                  .scopes = &of_user};

static void put(const char *type, const char *id, const char *members)
{
    char path[64], body[512];
    snprintf(path, sizeof path, "/%s/%s", type, id);
    snprintf(body, sizeof body, "{\"resourceType\":\"%s\",\"id\":\"%s\"%s}", type, id, members);
    put_as_owner(path, body);
}

static int open_small(void **state)
{
    if (server_open(state) != 0)
        return -1;
    let_people_in();
    put("Patient", "fatima", "");
    for (size_t i = 0; i < 2; i++) {
        char path[64];
        static const char *const types[] = {"Observation", "Account", "Patient"};
        put("Patient", ids[i], "");
        put("Observation", ids[i],
            ",\"status\":\"final\",\"code\":{\"text\":\"c\"},"
            "\"subject\":{\"reference\":\"Patient/qhis\"}");
        put("Account", ids[i],
            ",\"status\":\"active\",\"subject\":[{\"reference\":\"Patient/qhis\"}]");
        for (size_t j = 0; i == 1 && j < 3; j++) {
            snprintf(path, sizeof path, "/%s/%s", types[j], ids[i]);
            server_expect(204, REST_DELETE, path, "");
        }
    }
    return 0;
}

/* An @ stands for the id. */
static void fill(char *out, size_t size, const char *where, const char *id)
{
    size_t before = strcspn(where, "@");
    int len = snprintf(out, size, "%.*s%s%s", (int)before, where, where[before] ? id : "",
                       where + before + (where[before] != '\0'));
    assert_in_range(len, 0, size - 1);
}

/* All that an answer tells, the id taken out. */
static void answer_to(enum rest_method method, const char *where, const char *id, const char *body,
                      char told[static ANSWER_BYTES])
{
    char target[128], sent[512];
    fill(target, sizeof target, where, id);
    fill(sent, sizeof sent, body, id);
    const struct rest_answer *answer = server_do(method, target, sent);
    int len = snprintf(told, ANSWER_BYTES, "%u %llu %d %.*s %.*s", answer->status,
                       (unsigned long long)answer->version, answer->modified_ms != INT64_MIN,
                       (int)answer->location.len, answer->location.bytes, (int)answer->body.len,
                       answer->body.bytes);
    assert_in_range(len, 1, ANSWER_BYTES - 1);
    for (char *at = told; (at = strstr(at, id)) != NULL;)
        memcpy(at, "THE-", 4);
}

static void h168_no_answer_tells_what_is_there_from_what_is_not(void **state)
{
    static const char patch[] = "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"amended\"}]";
    static const char finding[] =
        "{\"resourceType\":\"Observation\",\"id\":\"@\",\"status\":\"final\",\"code\":{\"text\":"
        "\"c\"},\"subject\":{\"reference\":\"Patient/fatima\"}}";
    static const char person[] = "{\"resourceType\":\"Patient\",\"id\":\"@\"}";
    static const char account[] =
        "{\"resourceType\":\"Account\",\"id\":\"@\",\"status\":\"active\"}";
    static const struct {
        const struct access_subject *subject;
        enum rest_method method;
        const char *where, *body;
        unsigned status;
    } asked[] = {
        {&fatima, REST_GET, "/Observation/@", "", 404},
        {&fatima, REST_GET, "/Observation/@?_summary=true", "", 404},
        {&fatima, REST_GET, "/Observation/@/_history/1", "", 404},
        {&fatima, REST_GET, "/Observation/@/_history/2", "", 404},
        {&fatima, REST_GET, "/Observation/@/_history", "", 404},
        {&fatima, REST_GET, "/Observation/@/_history?_since=2099-01-01T00:00:00Z", "", 404},
        {&fatima, REST_PATCH, "/Observation/@", patch, 403},
        {&fatima, REST_DELETE, "/Observation/@", "", 403},
        {&fatima, REST_GET, "/Observation/@/$validate", "", 404},
        {&fatima, REST_GET, "/Patient/@", "", 404},
        {&fatima, REST_GET, "/Patient/@/$everything", "", 404},
        {&fatima, REST_GET, "/Patient/@/$summary", "", 404},
        {&fatima, REST_POST, "/Patient/@/$launch", "{\"resourceType\":\"Parameters\"}", 404},
        {&interpreter, REST_GET, "/Observation/@", "", 403}, /* whatever it is */
        {&interpreter, REST_GET, "/Patient/@", "", 404},
        {&desk, REST_GET, "/Account/@", "", 404},
        {&desk, REST_PATCH, "/Account/@", patch, 404},
        {&desk, REST_DELETE, "/Account/@", "", 404},
        {&fatima, REST_PUT, "/Observation/@", finding, 403},
        {&fatima, REST_PUT, "/Patient/@", person, 404},
        {&desk, REST_PUT, "/Patient/@", person, 404},
        {&desk, REST_PUT, "/Account/@", account, 404},
        {&desk, REST_PUT, "/Patient?identifier=none", person, 404},
    };
    char first[ANSWER_BYTES], told[ANSWER_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        server_subject = asked[i].subject;
        for (size_t j = 0; j < IDS; j++) {
            answer_to(asked[i].method, asked[i].where, ids[j], asked[i].body, j ? told : first);
            if (j && strcmp(first, told) != 0)
                fail_msg("%s, %s: %s, not %s", asked[i].where, ids[j], told, first);
            assert_non_null(server_trail.notes); /* and each try is in the audit */
        }
        if (strtoul(first, NULL, 10) != asked[i].status)
            fail_msg("%s: %s", asked[i].where, first);
    }
}

static void h168_who_treats_is_told_that_there_is_one_to_ask_for(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Patient/qhis", "");
    server_expect(403, REST_GET, "/Observation/qold",
                  ""); /* that it was there is the patient's, too */
    server_expect(404, REST_GET, "/Patient/qnon", "");
    server_subject = &owner;
    server_expect(410, REST_GET, "/Observation/qold", "");
    server_expect(204, REST_DELETE, "/Observation/qold", "");
    server_expect(204, REST_DELETE, "/Observation/qnon", "");
    server_expect(410, REST_PATCH, "/Observation/qold", "[]");
    server_expect(404, REST_PATCH, "/Observation/qnon", "[]");
    server_expect(200, REST_GET, "/Observation/qold/_history", "");
}

static void an_id_of_ones_own_is_for_who_treats_and_for_programs(void **state)
{
    (void)state;
    put("CareTeam", "hers",
        ",\"status\":\"active\",\"subject\":{\"reference\":\"Patient/fatima\"},"
        "\"participant\":[{\"member\":{\"reference\":\"Practitioner/dr\"}}]");
    put("Observation", "by-program", ",\"status\":\"final\",\"code\":{\"text\":\"c\"}");
    server_subject = &doctor;
    server_expect(201, REST_PUT, "/Observation/chosen",
                  "{\"resourceType\":\"Observation\",\"id\":\"chosen\",\"status\":\"final\","
                  "\"code\":{\"text\":\"c\"},\"subject\":{\"reference\":\"Patient/fatima\"}}");
    server_subject = &fatima; /* by an id of the server's everybody may */
    server_expect(201, REST_POST, "/Observation",
                  "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":"
                  "\"c\"},\"subject\":{\"reference\":\"Patient/fatima\"}}");
}

static void a_scope_refuses_the_same_of_what_is_not_there(void **state)
{
    struct access_scopes narrow;
    struct access_subject limited = doctor;
    (void)state;
    read_scopes(&narrow, "user/Patient.rs");
    limited.scopes = &narrow;
    server_subject = &limited;
    server_expect(403, REST_GET, "/Observation/qhis", "");
    server_expect(403, REST_GET, "/Observation/qnon", "");
    server_expect(403, REST_GET, "/Observation/qnon/_history", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h168_no_answer_tells_what_is_there_from_what_is_not),
        cmocka_unit_test(h168_who_treats_is_told_that_there_is_one_to_ask_for),
        cmocka_unit_test(an_id_of_ones_own_is_for_who_treats_and_for_programs),
        cmocka_unit_test(a_scope_refuses_the_same_of_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, open_small, server_close);
}

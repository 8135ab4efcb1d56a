/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transactions with conditions, settled and drafted before the store's job, where others write between. */
#include <stdio.h>
#include <stdlib.h>

#include "server.h"

enum { LONG_TEXT = 300000 };

static const char salma[] = "{\"resourceType\":\"Patient\",\"id\":\"salma\",\"identifier\":[{"
                            "\"system\":\"urn:n\",\"value\":\"1\"}]}";

/* A patient, unless there is one with the number, and an observation of them, whose note is this long. */
static const char *transaction(int note_len)
{
    static char text[LONG_TEXT + 1000];
    snprintf(text, sizeof text,
             "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"fullUrl\":"
             "\"urn:uuid:22222222-2222-4222-8222-222222222222\",\"resource\":{\"resourceType\":"
             "\"Patient\",\"identifier\":[{\"system\":\"urn:n\",\"value\":\"1\"}]},\"request\":{"
             "\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\":\"identifier=urn:n|1\"}},"
             "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\","
             "\"code\":{\"text\":\"c\"},\"valueString\":\"%0*d\",\"subject\":{\"reference\":"
             "\"urn:uuid:22222222-2222-4222-8222-222222222222\"}},\"request\":{\"method\":\"PUT\","
             "\"url\":\"Observation/o\"}}]}",
             note_len, 1);
    return text;
}

static void put_salma(void)
{
    server_meanwhile(201, REST_PUT, "/Patient/salma", salma);
}

static void a_condition_that_finds_one_meanwhile_is_settled_again(void **state)
{
    (void)state;
    server_between = put_salma;
    server_expect(200, REST_POST, "/", transaction(10));
    server_assert_at("entry.0.response.status", "200 OK");
    server_assert_at("entry.1.response.status", "201 Created");
    server_expect(200, REST_GET, "/Observation/o", "");
    server_assert_at("subject.reference", "Patient/salma");
    server_expect(200, REST_GET, "/Patient?_summary=count", "");
    server_assert_at("total", "1");
}

static void h192_where_that_takes_long_the_transaction_is_to_be_sent_again(void **state)
{
    (void)state;
    server_between = put_salma;
    server_expect(409, REST_POST, "/", transaction(LONG_TEXT));
    server_assert_at("issue.0.code", "conflict");
    server_expect(404, REST_GET, "/Observation/o", "");
    server_expect(200, REST_POST, "/", transaction(LONG_TEXT));
    server_expect(200, REST_GET, "/Observation/o", "");
    server_assert_at("subject.reference", "Patient/salma");
}

static void what_nobody_crosses_is_kept_as_it_was_made_ready(void **state)
{
    (void)state;
    server_expect(200, REST_POST, "/", transaction(LONG_TEXT));
    server_assert_at("entry.0.response.status", "201 Created");
    server_expect(200, REST_GET, "/Patient?identifier=urn:n|1", "");
    server_assert_at("total", "1");
    server_expect(200, REST_GET, "/Observation?subject.identifier=urn:n|1", "");
    server_assert_at("total", "1");
}

static void what_is_wrong_of_it_is_told_before_the_job(void **state)
{
    (void)state;
    server_between = put_salma;
    server_expect(422, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":{"
                  "\"resourceType\":\"Patient\",\"birthDate\":\"x\"},\"request\":{\"method\":"
                  "\"POST\",\"url\":\"Patient\",\"ifNoneExist\":\"identifier=urn:n|1\"}}]}");
    server_assert_at("issue.0.expression.0", "Patient.birthDate");
    assert_non_null(server_between); /* it came to no job */
    server_between = NULL;
}

static void a_patch_in_a_transaction_is_made_of_what_its_condition_finds(void **state)
{
    (void)state;
    server_expect(201, REST_PUT, "/Patient/salma",
                  "{\"resourceType\":\"Patient\",\"id\":\"salma\"}");
    server_between = NULL;
    server_expect(
        200, REST_POST, "/",
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":{"
        "\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"operation\",\"part\":[{"
        "\"name\":"
        "\"type\",\"valueCode\":\"add\"},{\"name\":\"path\",\"valueString\":\"Patient\"},{\"name\":"
        "\"name\",\"valueString\":\"gender\"},{\"name\":\"value\",\"valueCode\":\"female\"}]}]},"
        "\"request\":{\"method\":\"PATCH\",\"url\":\"Patient?_id=salma\"}}]}");
    server_expect(200, REST_GET, "/Patient/salma", "");
    server_assert_at("gender", "female");
    server_assert_at("meta.versionId", "2");
}

static void a_transaction_that_only_reads_comes_to_no_job(void **state)
{
    (void)state;
    put_salma();
    server_between = put_salma;
    server_expect(200, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{"
                  "\"method\":\"GET\",\"url\":\"Patient/salma\"}},{\"request\":{\"method\":\"GET\","
                  "\"url\":\"Patient/nobody\"}}]}");
    server_assert_at("entry.0.resource.id", "salma");
    server_assert_at("entry.1.response.status", "404 Not Found");
    assert_non_null(server_between);
    server_between = NULL;
}

static uint64_t clock_ns;

static uint64_t tick(void)
{
    return clock_ns += 300000000;
}

static void h192_reads_and_conditions_of_a_transaction_have_their_time(void **state)
{
    (void)state;
    static const char read[] = "{\"request\":{\"method\":\"GET\",\"url\":\"Patient\"}}";
    char text[2000];
    server_clock(tick);
    snprintf(text, sizeof text,
             "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":{"
             "\"resourceType\":\"Patient\",\"id\":\"x\"},\"request\":{\"method\":\"PUT\",\"url\":"
             "\"Patient/x\"}},%s,%s,%s]}",
             read, read, read);
    server_expect(413, REST_POST, "/", text);
    server_expect(404, REST_GET, "/Patient/x", "");
    snprintf(text, sizeof text,
             "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[%s,%s,%s]}", read,
             read, read);
    server_expect(200, REST_POST, "/", text);
    server_expect(413, REST_POST, "/", transaction(10));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, server_open, server_close)
    const struct CMUnitTest tests[] = {
        CASE(a_condition_that_finds_one_meanwhile_is_settled_again),
        CASE(h192_where_that_takes_long_the_transaction_is_to_be_sent_again),
        CASE(what_nobody_crosses_is_kept_as_it_was_made_ready),
        CASE(what_is_wrong_of_it_is_told_before_the_job),
        CASE(a_transaction_that_only_reads_comes_to_no_job),
        CASE(h192_reads_and_conditions_of_a_transaction_have_their_time),
        CASE(a_patch_in_a_transaction_is_made_of_what_its_condition_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations over a few resources, each test with a server of its own. */
#include <stdio.h>

#include "server.h"

/* The ids of the last answer, each behind a blank. */
static const char *ids_of_page(void)
{
    static char ids[4096];
    size_t len = 0;
    ids[0] = '\0';
    for (int i = 0;; i++) {
        char path[64];
        snprintf(path, sizeof path, "entry.%d.resource.id", i);
        struct text id = server_at(path);
        if (id.len == 0 || len + id.len + 2 > sizeof ids)
            return ids;
        len += (size_t)snprintf(ids + len, sizeof ids - len, " %.*s", (int)id.len, id.bytes);
    }
}

static void everything_is_of_the_dates_and_types_asked_for(void **state)
{
    (void)state;
    static const char *const resources[][2] = {
        {"/Practitioner/doc", "{\"resourceType\":\"Practitioner\",\"id\":\"doc\"}"},
        {"/Patient/dated",
         "{\"resourceType\":\"Patient\",\"id\":\"dated\",\"birthDate\":\"1950-01-01\","
         "\"generalPractitioner\":[{\"reference\":\"Practitioner/doc\"}]}"},
        {"/Observation/of-2019",
         "{\"resourceType\":\"Observation\",\"id\":\"of-2019\",\"status\":\"final\",\"code\":{"
         "\"text\":\"c\"},\"effectiveDateTime\":\"2019-12-31T23:59:59Z\",\"subject\":{"
         "\"reference\":"
         "\"Patient/dated\"}}"},
        {"/Observation/of-2020",
         "{\"resourceType\":\"Observation\",\"id\":\"of-2020\",\"status\":\"final\",\"code\":{"
         "\"text\":\"c\"},\"effectivePeriod\":{\"start\":\"2020-06\"},\"subject\":{\"reference\":"
         "\"Patient/dated\"}}"},
        {"/AllergyIntolerance/undated",
         "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"undated\",\"clinicalStatus\":{"
         "\"coding\":[{"
         "\"system\":\"http://terminology.hl7.org/CodeSystem/"
         "allergyintolerance-clinical\",\"code\":"
         "\"active\"}]},\"patient\":{\"reference\":\"Patient/dated\"}}"},
    };
    static const char *const rows[][2] = {
        {"", " dated of-2019 of-2020 undated doc"},
        {"?start=2020", " dated of-2020 undated doc"},
        {"?end=2019", " dated of-2019 undated doc"},
        {"?start=2019-12-31&end=2020-05-31", " dated of-2019 undated doc"},
        {"?_type=Observation", " of-2019 of-2020"},
        {"?_type=Observation,AllergyIntolerance&start=2021", " of-2020 undated"},
        {"?_type=Practitioner,Patient", " dated doc"},
        {"?_type=Practitioner", " doc"},
    };
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++)
        server_expect(201, REST_PUT, resources[i][0], resources[i][1]);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char target[128];
        snprintf(target, sizeof target, "/Patient/dated/$everything%s", rows[i][0]);
        server_expect(200, REST_GET, target, "");
        assert_string_equal(ids_of_page(), rows[i][1]);
    }
    server_expect(400, REST_GET, "/Patient/dated/$everything?start=soon", "");
    server_expect(400, REST_GET, "/Patient/dated/$everything?_type=Nobody", "");

    /* the next page is asked for at the operation's own address */
    server_expect(200, REST_GET, "/Patient/dated/$everything?start=2020&_count=1", "");
    struct text next = server_at("link.1.url");
    assert_true(text_starts(next, TEXT("http://127.0.0.1:8080/fhir/Patient/dated/$everything?"
                                       "start=2020&_count=1&_cursor=")));
    char target[256];
    snprintf(target, sizeof target, "%.*s", (int)(next.len - 26), next.bytes + 26);
    server_expect(200, REST_GET, target, "");
    assert_string_equal(ids_of_page(), " of-2020 dated");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_is_of_the_dates_and_types_asked_for, server_open,
                                        server_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

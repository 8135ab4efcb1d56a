/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chain is evaluated inside of contained resources (R4 3.1.1.3.4). */
#include "people.h"

static const char order[] =
    "{\"resourceType\":\"MedicationRequest\",\"id\":\"r\",\"contained\":["
    "{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"Pharma Souss\","
    "\"partOf\":{\"reference\":\"Organization/group\"}},"
    "{\"resourceType\":\"Medication\",\"id\":\"m\",\"code\":{\"coding\":[{\"system\":\"http://a\","
    "\"code\":\"c1\",\"display\":\"Aspirine\"}]},\"manufacturer\":{\"reference\":\"#o\"},"
    "\"ingredient\":[{\"itemReference\":{\"reference\":\"#part\"}}]},"
    "{\"resourceType\":\"Medication\",\"id\":\"part\",\"code\":{\"coding\":[{\"code\":\"c2\"}]}}]"
    ","
    "\"status\":\"active\",\"intent\":\"order\",\"medicationReference\":{\"reference\":\"#m\"},"
    "\"subject\":{\"reference\":\"Patient/fatima\"}}";

static int open_small(void **state)
{
    if (open_with_a_patient(state) != 0)
        return -1;
    put_as_owner("/Organization/group",
                 "{\"resourceType\":\"Organization\",\"id\":\"group\",\"name\":\"Groupe\"}");
    put_as_owner("/MedicationRequest/r", order);
    return 0;
}

static void assert_finds(const char *target, const char *total)
{
    server_expect(200, REST_GET, target, "");
    server_assert_at("entry.0.resource.id", *total == '1' ? "r" : "");
}

static void a_chain_finds_what_holds_for_what_is_contained(void **state)
{
    (void)state;
    const struct access_subject *const readers[] = {&owner, &doctor, NULL};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        server_subject = readers[i];
        assert_finds("/MedicationRequest?medication.code=c1", "1");
        assert_finds("/MedicationRequest?medication.code=http://a%7Cc1&status=active", "1");
        assert_finds("/MedicationRequest?medication.code:text=aspi", "1");
        assert_finds("/MedicationRequest?medication.code:not=c9", "1");
        assert_finds("/MedicationRequest?medication.code=c9", "0");
        assert_finds("/MedicationRequest?medication.code:not=c1", "0");
        assert_finds("/MedicationRequest?medication.code=c2", "0"); /* it refers to the other */
        assert_finds("/MedicationRequest?medication.ingredient:Medication.code=c2", "1");
        assert_finds("/MedicationRequest?medication.manufacturer.name=pharma", "1");
        assert_finds("/MedicationRequest?medication.manufacturer.partof.name=groupe", "1");
        assert_finds("/MedicationRequest?medication.manufacturer.partof=Organization/group", "1");
        assert_finds("/MedicationRequest?medication.manufacturer.name=groupe", "0");
    }
}

/* Of Encounters the doctor sees some only: what is contained is seen with what is around it. */
static void who_sees_some_only_finds_what_is_contained_in_these(void **state)
{
    (void)state;
    static const char visit[] =
        "{\"resourceType\":\"Observation\",\"id\":\"r\",\"contained\":[{\"resourceType\":"
        "\"Encounter\",\"id\":\"e\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"}}],"
        "\"status\":\"final\",\"code\":{\"text\":\"c\"},\"subject\":{\"reference\":"
        "\"Patient/fatima\"},\"encounter\":{\"reference\":\"#e\"}}";
    put_as_owner("/Observation/r", visit);
    server_subject = &doctor;
    assert_finds("/Observation?encounter.status=finished", "1");
    assert_finds("/Observation?encounter.status=planned", "0");
    server_subject = &owner;
    server_expect(204, REST_DELETE, "/CareTeam/hers", "");
    server_subject = &doctor;
    assert_finds("/Observation?encounter.status=finished", "0");
}

static void what_is_contained_is_found_by_chains_alone(void **state)
{
    (void)state;
    server_subject = &owner;
    assert_finds("/Medication?code=c1", "0");
    assert_finds("/Organization?partof=Organization/group", "0");
}

static void what_is_no_more_contained_is_not_found(void **state)
{
    (void)state;
    server_subject = &owner;
    server_expect(200, REST_PATCH, "/MedicationRequest/r",
                  "[{\"op\":\"replace\",\"path\":\"/contained/1/code/coding/0/code\",\"value\":"
                  "\"c7\"}]");
    assert_finds("/MedicationRequest?medication.code=c1", "0");
    assert_finds("/MedicationRequest?medication.code=c7", "1");
    server_expect(204, REST_DELETE, "/MedicationRequest/r", "");
    assert_finds("/MedicationRequest?medication.code=c7", "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(function) cmocka_unit_test_setup_teardown(function, open_small, server_close)
        CASE(a_chain_finds_what_holds_for_what_is_contained),
        CASE(who_sees_some_only_finds_what_is_contained_in_these),
        CASE(what_is_contained_is_found_by_chains_alone),
        CASE(what_is_no_more_contained_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

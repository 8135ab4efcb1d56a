/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chain is evaluated inside of contained resources (R4 3.1.1.3.4), and whom these are about has a say. */
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

/* An Observation of one patient that contains one of another. */
#define OF_BOTH(id, of, contained)                                                                 \
    "{\"resourceType\":\"Observation\",\"id\":\"" id                                               \
    "\",\"status\":\"final\",\"code\":{\"text\":\"c\"},"                                           \
    "\"subject\":{\"reference\":\"Patient/" of "\"},\"hasMember\":[{\"reference\":\"#in\"}],"      \
    "\"contained\":[{\"resourceType\":\"Observation\",\"id\":\"in\",\"status\":\"final\","         \
    "\"code\":{"                                                                                   \
    "\"text\":\"c\"},\"subject\":{\"reference\":\"Patient/" contained "\"}}]}"

static void put_other(void)
{
    put_as_owner("/Patient/other", "{\"resourceType\":\"Patient\",\"id\":\"other\"}");
}

static void h75_what_is_written_needs_whom_it_contains_too(void **state)
{
    (void)state;
    put_other();
    server_subject = &doctor;
    server_expect(201, REST_PUT, "/Observation/own", OF_BOTH("own", "fatima", "fatima"));
    server_expect(403, REST_PUT, "/Observation/mixed", OF_BOTH("mixed", "fatima", "other"));
    server_expect(403, REST_PUT, "/Observation/own", OF_BOTH("own", "fatima", "other"));
    server_expect(403, REST_PATCH, "/Observation/own",
                  "[{\"op\":\"replace\",\"path\":\"/contained/0/subject/reference\",\"value\":"
                  "\"Patient/other\"}]");
    server_expect(200, REST_PUT, "/Observation/own", OF_BOTH("own", "fatima", "fatima"));
}

static void h75_to_be_contained_lets_nobody_read_what_is_anothers(void **state)
{
    (void)state;
    static struct access_scopes of_patient;
    read_scopes(&of_patient, "patient/*.rs");
    const struct access_subject other = {.roles = ACCESS_ROLE_BIT(ACCESS_PATIENT),
                                         .user = {"Patient/other", 13},
                                         .patient = {"other", 5},
                                         .client = {"portal", 6},
                                         .scopes = &of_user};
    struct access_subject launched = doctor;
    launched.scopes = &of_patient;
    launched.launch_patient = TEXT("other");
    put_other();
    put_as_owner("/Observation/mixed", OF_BOTH("mixed", "fatima", "other"));
    server_subject = &other;
    server_expect(404, REST_GET, "/Observation/mixed", "");
    server_subject = &launched;
    server_expect(403, REST_GET, "/Observation/mixed", "");
    launched.launch_patient = TEXT("fatima");
    server_expect(200, REST_GET, "/Observation/mixed", "");
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Observation/mixed", "");
    server_subject = &owner;
    server_expect(200, REST_PUT, "/Observation/mixed", OF_BOTH("mixed", "other", "fatima"));
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Observation/mixed", "");
}

static void h77_a_consent_of_whom_it_contains_counts(void **state)
{
    (void)state;
    put_other();
    put_as_owner("/Observation/mixed", OF_BOTH("mixed", "fatima", "other"));
    put_as_owner("/Consent/no",
                 "{\"resourceType\":\"Consent\",\"id\":\"no\",\"status\":\"active\",\"scope\":{"
                 "\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\","
                 "\"code\":\"patient-privacy\"}]},\"category\":[{\"text\":\"c\"}],\"patient\":{"
                 "\"reference\":\"Patient/other\"},\"policyRule\":{\"coding\":[{\"system\":"
                 "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"OPTOUT\"}]}}");
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Observation/mixed", "");
    server_expect(200, REST_GET, "/Observation?subject=Patient/fatima", "");
    server_assert_at("entry.0.resource.id", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(function) cmocka_unit_test_setup_teardown(function, open_small, server_close)
        CASE(a_chain_finds_what_holds_for_what_is_contained),
        CASE(who_sees_some_only_finds_what_is_contained_in_these),
        CASE(what_is_contained_is_found_by_chains_alone),
        CASE(what_is_no_more_contained_is_not_found),
        CASE(h75_what_is_written_needs_whom_it_contains_too),
        CASE(h75_to_be_contained_lets_nobody_read_what_is_anothers),
        CASE(h77_a_consent_of_whom_it_contains_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

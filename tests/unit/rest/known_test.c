/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of patients decides as if it had been looked up anew: relations and Consents come, change and go by a
 * seed, time passes, and each question is asked twice. */
#include <stdio.h>
#include <stdlib.h>

#include "access/relations.h"
#include "base/random.h"
#include "people.h"
#include "rest/known.h"

enum { PATIENTS = 4, STEPS = 600 };

static struct random chance;
static struct access_subject nurse, desk;
static const struct access_subject *const askers[] = {&doctor, &nurse, &desk};

static int begin(void **state)
{
    if (server_open(state) != 0)
        return -1;
    const char *seed = getenv("KNOWN_SEED");
    uint64_t number = seed ? strtoull(seed, NULL, 10) : 1;
    print_message("seed %llu\n", (unsigned long long)number);
    random_seed(&chance, number);
    let_people_in();
    nurse = doctor;
    nurse.roles = ACCESS_ROLE_BIT(ACCESS_NURSE);
    nurse.user = TEXT("Practitioner/n");
    nurse.practitioner = TEXT("n");
    desk = nurse;
    desk.roles = ACCESS_ROLE_BIT(ACCESS_BACK_OFFICE);
    desk.user = TEXT("Practitioner/d");
    desk.practitioner = TEXT("d");
    desk.organisation = TEXT("ward");
    server_known = known_create();
    assert_non_null(server_known);
    return 0;
}

static int end(void **state)
{
    known_free(server_known);
    server_known = NULL;
    return server_close(state);
}

static uint64_t below(uint64_t bound)
{
    return random_u64(&chance) % bound;
}

/* Writes, or deletes, one of what decisions are looked up in, or something else. */
static void change_something(void)
{
    static const char *const whose[] = {"dr", "n", "d"};
    static const char *const rules[] = {"OPTIN", "OPTOUT"};
    char path[64], body[900];
    unsigned patient = (unsigned)below(PATIENTS), number = (unsigned)below(2);
    const char *who = whose[below(3)];
    switch (below(7)) {
    case 0:
        snprintf(path, sizeof path, "/CareTeam/t%u-%u", patient, number);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"CareTeam\",\"id\":\"%s\",\"status\":\"%s\",\"subject\":{"
                 "\"reference\":\"Patient/p%u\"},\"participant\":[{\"member\":{\"reference\":"
                 "\"%s%s\"}}]}",
                 path + 10, below(4) ? "active" : "inactive", patient,
                 below(2) ? "Practitioner/" : "PractitionerRole/as-", who);
        break;
    case 6: /* a function that somebody has, or had */
        snprintf(path, sizeof path, "/PractitionerRole/as-%s", who);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"PractitionerRole\",\"id\":\"as-%s\",\"active\":%s,"
                 "\"practitioner\":{\"reference\":\"Practitioner/%s\"}}",
                 who, below(3) ? "true" : "false", who);
        break;
    case 1:
        snprintf(path, sizeof path, "/Consent/c%u-%u", patient, number);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"Consent\",\"id\":\"%s\",\"status\":\"%s\",\"scope\":{"
                 "\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\","
                 "\"code\":\"patient-privacy\"}]},\"category\":[{\"text\":\"c\"}],\"patient\":{"
                 "\"reference\":\"Patient/p%u\"},\"policyRule\":{\"coding\":[{\"system\":"
                 "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"%s\"}]}}",
                 path + 9, below(3) ? "active" : "inactive", patient, rules[below(2)]);
        break;
    case 2:
        snprintf(path, sizeof path, "/Patient/p%u", patient);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"Patient\",\"id\":\"p%u\",\"managingOrganization\":{"
                 "\"reference\":\"Organization/%s\"}}",
                 patient, below(2) ? "ward" : "other");
        break;
    case 3:
        snprintf(path, sizeof path, "/Encounter/e%u-%u", patient, number);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"Encounter\",\"id\":\"%s\",\"status\":\"%s\",\"class\":{"
                 "\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/p%u\"},\"participant\":[{"
                 "\"individual\":{\"reference\":\"Practitioner/%s\"}}]}",
                 path + 11, below(2) ? "in-progress" : "cancelled", patient, who);
        break;
    default: /* what says nothing of anybody */
        snprintf(path, sizeof path, "/Observation/o%u", patient);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"Observation\",\"id\":\"o%u\",\"status\":\"final\",\"code\":{"
                 "\"text\":\"%u\"},\"subject\":{\"reference\":\"Patient/p%u\"}}",
                 patient, (unsigned)below(1000), patient);
    }
    server_subject = &owner;
    bool is_patients = strncmp(path, "/Patient", 8) == 0 || strncmp(path, "/Obs", 4) == 0;
    const struct rest_answer *answer = !is_patients && below(5) == 0
                                           ? server_do(REST_DELETE, path, "")
                                           : server_do(REST_PUT, path, body);
    assert_true(answer->status < 300);
}

static void h137_what_is_kept_decides_as_what_is_looked_up(void **state)
{
    struct known *known = server_known;
    unsigned permitted = 0, refused = 0;
    (void)state;
    for (unsigned i = 0; i < PATIENTS; i++) {
        char path[64], body[128];
        snprintf(path, sizeof path, "/Patient/p%u", i);
        snprintf(body, sizeof body, "{\"resourceType\":\"Patient\",\"id\":\"p%u\"}", i);
        put_as_owner(path, body);
        snprintf(path, sizeof path, "/Observation/o%u", i);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"Observation\",\"id\":\"o%u\",\"status\":\"final\",\"code\":{"
                 "\"text\":\"c\"},\"subject\":{\"reference\":\"Patient/p%u\"}}",
                 i, i);
        put_as_owner(path, body);
    }
    for (int step = 0; step < STEPS; step++) {
        char path[64];
        if (below(3) == 0)
            change_something();
        snprintf(path, sizeof path, below(2) ? "/Observation/o%u" : "/Patient/p%u",
                 (unsigned)below(PATIENTS));
        server_subject = askers[below(3)];
        server_now_ms -= 900; /* so that not all is too old */
        unsigned found = server_do(REST_GET, path, "")->status;
        server_known = NULL;
        unsigned expected = server_do(REST_GET, path, "")->status;
        server_known = known;
        if (found != expected)
            print_error("step %d, %s: %u, not %u\n", step, path, found, expected);
        assert_int_equal(found, expected);
        permitted += found == 200;
        refused += found == 403;
    }
    assert_true(permitted > STEPS / 10 && refused > STEPS / 10);
}

static void h137_what_is_kept_is_used_and_grows_old(void **state)
{
    const struct text consents[] = {TEXT("{}"), TEXT("{\"a\":1}")};
    const struct known_patient kept = {ACCESS_CARE_TEAM, consents, 2};
    struct known_patient found = {0};
    struct known *known = known_create();
    struct store_view *view;
    struct arena arena;
    uint64_t seq;
    (void)state;
    arena_init(&arena, 1 << 20);
    assert_non_null(known);
    assert_int_equal(store_view_begin(server_store(), &arena, &view), STORE_OK);
    assert_true(known_begin(known, view, &seq));
    store_view_end(view);
    known_keep(known, &doctor, TEXT("p0"), seq, 1000, &kept);
    assert_true(known_find(known, &doctor, TEXT("p0"), seq, 1000, &arena, &found));
    assert_int_equal(found.relations, ACCESS_CARE_TEAM);
    assert_int_equal(found.consent_count, 2);
    assert_true(text_equal(found.consents[1], consents[1]));
    assert_false(known_find(known, &nurse, TEXT("p0"), seq, 1000, &arena, &found));
    assert_false(known_find(known, &doctor, TEXT("p1"), seq, 1000, &arena, &found));
    assert_false(known_find(known, &doctor, TEXT("p0"), seq + 1, 1000, &arena, &found));
    assert_false(known_find(known, &doctor, TEXT("p0"), seq, 999, &arena, &found));
    assert_true(
        known_find(known, &doctor, TEXT("p0"), seq, 1000 + RELATIONS_GOOD_MS - 1, &arena, &found));
    assert_false(
        known_find(known, &doctor, TEXT("p0"), seq, 1000 + RELATIONS_GOOD_MS, &arena, &found));
    known_free(known);
    arena_free(&arena);
}

static void a_relation_is_found_behind_many_visits(void **state)
{
    (void)state;
    put_as_owner("/Patient/often", "{\"resourceType\":\"Patient\",\"id\":\"often\"}");
    for (int i = 0; i <= 120; i++) {
        char path[64], body[400];
        snprintf(path, sizeof path, "/Encounter/visit%d", i);
        snprintf(
            body, sizeof body,
            "{\"resourceType\":\"Encounter\",\"id\":\"visit%d\",\"status\":\"%s\",\"class\":{"
            "\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/often\"},\"participant\":[{"
            "\"individual\":{\"reference\":\"Practitioner/dr\"}}]}",
            i, i == 120 ? "in-progress" : "cancelled");
        put_as_owner(path, body);
    }
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Patient/often", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h137_what_is_kept_decides_as_what_is_looked_up),
        cmocka_unit_test(h137_what_is_kept_is_used_and_grows_old),
        cmocka_unit_test(a_relation_is_found_behind_many_visits),
    };
    return cmocka_run_group_tests(tests, begin, end);
}

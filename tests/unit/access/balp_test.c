/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AuditEvents against IHE's Basic Audit Log Patterns 1.1: what the profiles Read, Query, Create, Update and Delete, and
 * their Patient forms, require (profiles.ihe.net/ITI/BALP: cardinalities and fixed codes). */

#include "access/audit.h"
#include "unit/arena_case.h"
#include "json/json.h"

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"
#define DCM "http://dicom.nema.org/resources/ontology/DCM"
#define PARTICIPATION TERMINOLOGY "v3-ParticipationType"

struct profile {
    const char *word, *subtype, *action;
    const char *client, *server_system, *server; /* types of agents */
    const char *user;
    bool is_query;
};

static const struct profile profiles[] = {
    {"read", "read", "R", "110152", DCM, "110153", "IRCP", false},
    {"vread", "vread", "R", "110152", DCM, "110153", "IRCP", false},
    {"search", "search", "E", "110153", DCM, "110152", "IRCP", true},
    {"create", "create", "C", "110153", DCM, "110152", "AUT", false},
    {"update", "update", "U", "110153", DCM, "110152", "AUT", false},
    {"patch", "patch", "U", "110153", DCM, "110152", "AUT", false},
    {"delete", "delete", "D", "110150", TERMINOLOGY "provenance-participant-type", "custodian",
     "AUT", false},
};
enum { PROFILES = sizeof profiles / sizeof *profiles };

static struct json json;

/* The value at a path of names ("what.reference") and of places ("0"); JSON_NONE: there is none. */
static uint32_t at(uint32_t node, const char *path)
{
    for (;;) { /* JSON_ROOT is JSON_NONE's number: only what was looked for can be none */
        size_t len = strcspn(path, ".");
        node = path[0] >= '0' && path[0] <= '9'
                   ? json_element(&json, node, (uint32_t)(path[0] - '0'))
                   : json_member(&json, node, (struct text){path, len});
        if (path[len] == '\0' || node == JSON_NONE)
            return node;
        path += len + 1;
    }
}

static bool is(uint32_t node, const char *path, const char *value)
{
    uint32_t found = at(node, path);
    return found != JSON_NONE && text_is(json_raw(&json, found), value);
}

/* The one element of a list whose `path`.system and .code are these; JSON_NONE: none. More are no match of a slice that
 * is 0..1 or 1..1. */
static uint32_t slice(const char *list, const char *path, const char *system, const char *code)
{
    uint32_t found = JSON_NONE, node = at(JSON_ROOT, list);
    assert_int_not_equal(node, JSON_NONE);
    for (uint32_t i = json_first(&json, node); i != json_end(&json, node);
         i = json_next(&json, i)) {
        uint32_t coding = at(i, path);
        if (coding == JSON_NONE || !is(coding, "system", system) || !is(coding, "code", code))
            continue;
        assert_int_equal(found, JSON_NONE);
        found = i;
    }
    return found;
}

static void assert_agents(const struct profile *profile)
{
    uint32_t client = slice("agent", "type.coding.0", DCM, profile->client);
    uint32_t server = slice("agent", "type.coding.0", profile->server_system, profile->server);
    uint32_t user = slice("agent", "type.coding.0", PARTICIPATION, profile->user);
    const uint32_t programs[] = {client, server};
    for (size_t i = 0; i < 2; i++) {
        assert_int_not_equal(programs[i], JSON_NONE);
        assert_int_not_equal(at(programs[i], "who"), JSON_NONE);
        assert_int_not_equal(at(programs[i], "network"), JSON_NONE);
        assert_int_not_equal(at(programs[i], "requestor"), JSON_NONE);
        assert_int_equal(at(programs[i], "media"), JSON_NONE);
    }
    assert_int_not_equal(user, JSON_NONE);
    assert_true(is(user, "who.reference", "Practitioner/7"));
    assert_true(is(user, "requestor", "true"));
    assert_int_equal(at(user, "network"), JSON_NONE);
    assert_int_equal(at(user, "media"), JSON_NONE);
    assert_true(is(user, "role.0.text", "physician"));
    assert_true(is(user, "purposeOfUse.0.coding.0.code", "TREAT"));
}

static void assert_entities(const struct profile *profile, bool has_patient)
{
    static const char entity_type[] = TERMINOLOGY "audit-entity-type";
    uint32_t object = slice("entity", "type", entity_type, "2");
    uint32_t patient = slice("entity", "type", entity_type, "1");
    uint32_t request =
        slice("entity", "type", "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
              "XrequestId");
    assert_int_not_equal(object, JSON_NONE);
    assert_true(is(object, "role.system", TERMINOLOGY "object-role"));
    if (profile->is_query) {
        assert_true(is(object, "role.code", "24"));
        assert_int_not_equal(at(object, "query"), JSON_NONE);
        assert_int_equal(at(object, "what"), JSON_NONE);
        assert_int_equal(at(object, "lifecycle"), JSON_NONE);
        assert_int_equal(at(object, "detail"), JSON_NONE);
    } else {
        assert_true(is(object, "role.code", "4"));
        assert_true(is(object, "what.reference", "Observation/o1/_history/3"));
    }
    assert_int_equal(patient != JSON_NONE, has_patient);
    if (has_patient) {
        assert_true(is(patient, "role.system", TERMINOLOGY "object-role"));
        assert_true(is(patient, "role.code", "1"));
        assert_true(is(patient, "what.reference", "Patient/12"));
    }
    assert_true(is(request, "what.identifier.value", "r-1"));
}

static void write_for(const struct profile *profile, bool has_patient, struct text reason)
{
    static const struct text patient = {"12", 2};
    const struct audit_site site = {.observer = TEXT("Device/centre"),
                                    .url = TEXT("https://c.example.org/fhir")};
    struct audit_record record = {.at_ms = INT64_C(1795000000000),
                                  .effect = ACCESS_PERMITTED,
                                  .status = 200,
                                  .patients = &patient,
                                  .patient_count = has_patient};
    struct buffer out;
    record.texts[AUDIT_USER] = TEXT("Practitioner/7");
    record.texts[AUDIT_CLIENT] = TEXT("portal");
    record.texts[AUDIT_ROLE] = TEXT("physician");
    record.texts[AUDIT_PURPOSE] = TEXT("TREAT");
    record.texts[AUDIT_INTERACTION] = text_of(profile->word);
    record.texts[AUDIT_REASON] = reason;
    record.texts[AUDIT_TYPE] = TEXT("Observation");
    record.texts[AUDIT_ID] = profile->is_query ? TEXT("") : TEXT("o1");
    record.texts[AUDIT_VERSION] = profile->is_query ? TEXT("") : TEXT("3");
    record.texts[AUDIT_QUERY] = TEXT("code=718-7");
    record.texts[AUDIT_REQUEST] = TEXT("r-1");
    record.texts[AUDIT_ADDRESS] = TEXT("192.0.2.7");
    buffer_init(&out, &arena);
    audit_write_event(&out, &record, 12, 0, &site);
    assert_int_equal(json_parse(&json, buffer_text(&out), &json_limits_default, &arena, NULL),
                     JSON_OK);
}

static void write(const struct profile *profile, bool has_patient)
{
    write_for(profile, has_patient, TEXT("by-relation"));
}

static void h79_an_event_has_what_its_ihe_profile_requires(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * PROFILES; i++) {
        const struct profile *profile = &profiles[i / 2];
        bool has_patient = i % 2;
        write(profile, has_patient);
        assert_true(is(JSON_ROOT, "type.system", TERMINOLOGY "audit-event-type"));
        assert_true(is(JSON_ROOT, "type.code", "rest"));
        assert_true(is(JSON_ROOT, "subtype.0.system", "http://hl7.org/fhir/restful-interaction"));
        assert_true(is(JSON_ROOT, "subtype.0.code", profile->subtype));
        assert_true(is(JSON_ROOT, "action", profile->action));
        assert_int_not_equal(at(JSON_ROOT, "recorded"), JSON_NONE);
        assert_true(is(JSON_ROOT, "outcome", "0"));
        assert_int_not_equal(at(JSON_ROOT, "source.observer"), JSON_NONE);
        assert_agents(profile);
        assert_entities(profile, has_patient);
    }
}

/* What a patient reads of it. */
static void h139_an_event_is_told_in_words_in_three_languages(void **state)
{
    static const char *const said[] = {
        "(physician) — Reading: Observation/o1 — permitted: takes part in the care</p>",
        "(médecin) — Consultation: Observation/o1 — permis",
        "(طبيب) — اطلاع: Observation/o1 — مسموح به",
        "<p lang=\\\"ar\\\" dir=\\\"rtl\\\">",
    };
    (void)state;
    write(&profiles[0], true);
    struct text division = json_raw(&json, at(JSON_ROOT, "text.div"));
    char *text = arena_take_zeroed(&arena, division.len + 1, 1);
    memcpy(text, division.bytes, division.len);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!strstr(text, said[i]))
            fail_msg("no %s in %s", said[i], text);
}

static void each_reason_is_told_in_words(void **state)
{
    (void)state;
    for (enum access_reason reason = 0; reason < ACCESS_REASONS; reason++) {
        const char *word = access_reason_word(reason);
        write_for(&profiles[0], true, text_of(word));
        struct text division = json_raw(&json, at(JSON_ROOT, "text.div"));
        char *text = arena_take_zeroed(&arena, division.len + 1, 1);
        memcpy(text, division.bytes, division.len);
        char *as_it_is = arena_take_zeroed(&arena, strlen(word) + 3, 1);
        as_it_is[0] = ' ';
        memcpy(as_it_is + 1, word, strlen(word));
        as_it_is[strlen(word) + 1] = '<';
        if (strstr(text, as_it_is))
            fail_msg("%s has no words", word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h79_an_event_has_what_its_ihe_profile_requires),
        cmocka_unit_test(h139_an_event_is_told_in_words_in_three_languages),
        cmocka_unit_test(each_reason_is_told_in_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

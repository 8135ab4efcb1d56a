/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question that is permitted, for tests to bend. */
#ifndef UNIT_ACCESS_WORLD_H
#define UNIT_ACCESS_WORLD_H

#include "unit/cmocka_base.h"

#include "access/access.h"
#include "access/consent.h"
#include "access/glass.h"
#include "access/scopes.h"

#define NOW INT64_C(1795000000000)
#define OBSERVATION "{\"resourceType\":\"Observation\",\"id\":\"o1\"}"
#define LABELLED(code)                                                                             \
    "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"meta\":{\"security\":[{\"system\":"         \
    "\"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\",\"code\":\"" code "\"}]}}"
#define CONSENT(rule, provision)                                                                   \
    "{\"resourceType\":\"Consent\",\"id\":\"c1\",\"status\":\"active\",\"scope\":{\"coding\":[{"   \
    "\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\",\"code\":"                  \
    "\"patient-privacy\"}]},\"patient\":{\"reference\":\"Patient/7\"},\"policyRule\":{\"coding\":" \
    "[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"" rule           \
    "\"}]}" provision "}"

static struct arena arena;

static inline int make(void **state)
{
    (void)state;
    arena_init(&arena, 16 << 20);
    return 0;
}

static inline int unmake(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* A question that a physician of the patient's care team asks, and is permitted; each test bends it. */
struct world {
    struct access_policy policy;
    struct access_scopes scopes;
    struct access_subject subject;
    struct access_patient patient;
    struct access_glass glass;
    struct json json;
    struct access_request request;
};

static inline void set_scopes(struct world *world, const char *list)
{
    assert_int_equal(scopes_read(&world->scopes, text_of(list)), SCOPES_OK);
}

static inline void set_document(struct world *world, const char *text)
{
    assert_int_equal(json_parse(&world->json, text_of(text), &json_limits_default, &arena, NULL),
                     JSON_OK);
    world->request.document = &world->json;
}

static inline void set_consent(struct world *world, const char *text)
{
    struct json *json = arena_take(&arena, sizeof *json);
    struct consents *consents = consents_create(&arena, TEXT("7"));
    assert_int_equal(json_parse(json, text_of(text), &json_limits_default, &arena, NULL), JSON_OK);
    assert_true(consents_add(consents, json, JSON_ROOT));
    world->patient.consents = consents;
}

static inline void begin(struct world *world)
{
    *world = (struct world){
        .subject = {.roles = ACCESS_ROLE_BIT(ACCESS_PHYSICIAN),
                    .user = TEXT("Practitioner/d"),
                    .practitioner = TEXT("d"),
                    .organisation = TEXT("h"),
                    .client = TEXT("app")},
        .patient = {.id = TEXT("7"), .relations = ACCESS_CARE_TEAM},
        .request = {.interaction = ACCESS_READ,
                    .type = TEXT("Observation"),
                    .id = TEXT("o1"),
                    .patient_count = 1},
    };
    world->subject.scopes = &world->scopes;
    world->request.patients = &world->patient;
    set_scopes(world, "user/*.cruds patient/*.cruds");
    set_document(world, OBSERVATION);
}

static inline struct access_decision ask(const struct world *world)
{
    return access_decide(&world->policy, &world->subject, &world->request, NOW);
}

static inline void assert_reason(const struct world *world, enum access_reason reason)
{
    struct access_decision decision = ask(world);
    if (decision.reason != reason)
        fail_msg("%s, not %s", access_reason_word(decision.reason), access_reason_word(reason));
    assert_int_equal(decision.effect != ACCESS_REFUSED, reason <= ACCESS_BY_GLASS);
    assert_true(decision.obligations & ACCESS_OBLIGE_AUDIT);
}

/* As a search: no document, and no patient unless one is named. */
static inline void set_search(struct world *world, const char *type, bool names_patient)
{
    world->request = (struct access_request){
        .interaction = ACCESS_SEARCH,
        .type = text_of(type),
        .patients = names_patient ? &world->patient : NULL,
        .patient_count = names_patient,
    };
}

static inline void set_role(struct world *world, enum access_role role)
{
    world->subject.roles = ACCESS_ROLE_BIT(role);
}

#endif

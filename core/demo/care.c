/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who cares for a patient, what the patient agreed to, and what is to come. */
#include "demo/care.h"

#include "demo/write.h"

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"
#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

static void write_participants(struct demo_draft *draft, const struct demo_cared *cared)
{
    json_key(&draft->json, TEXT("participant"));
    json_begin_array(&draft->json);
    json_begin_object(&draft->json);
    demo_reference(draft, "member", "Practitioner", "doctor", cared->doctor, 0);
    json_end_object(&draft->json);
    json_begin_object(&draft->json);
    demo_reference(draft, "member", "Practitioner", "nurse", demo_nurse_of(cared->doctor), 0);
    json_end_object(&draft->json);
    json_end_array(&draft->json);
}

static void make_team(const struct demo *demo, const struct demo_cared *cared)
{
    struct demo_draft draft;
    demo_begin(&draft, demo, "CareTeam", "t", cared->number, 0);
    demo_string(&draft, "status", "active");
    demo_reference(&draft, "subject", "Patient", "p", cared->number, 0);
    write_participants(&draft, cared);
    json_key(&draft.json, TEXT("managingOrganization"));
    json_begin_array(&draft.json);
    demo_reference(&draft, NULL, "Organization", "hospital", cared->doctor % DEMO_HOSPITALS, 0);
    json_end_array(&draft.json);
    demo_end(&draft);
}

/* --- Consents ------------------------------------------------------------------------------------- */

static void begin_consent(struct demo_draft *draft, const struct demo *demo,
                          const struct demo_cared *cared, uint32_t part, const char *scope,
                          const char *rule)
{
    demo_begin(draft, demo, "Consent", "k", cared->number, part);
    demo_string(draft, "status", "active");
    demo_concept(draft, "scope", TERMINOLOGY "consentscope", scope, scope);
    demo_code_list(draft, "category", "http://loinc.org", "59284-0", "Consent Document");
    demo_reference(draft, "patient", "Patient", "p", cared->number, 0);
    demo_time(draft, "dateTime", cared->since_ms, DEMO_SECOND);
    demo_concept(draft, "policyRule", TERMINOLOGY "v3-ActCode", rule, rule);
}

/* But for research, to which they did not agree. */
static void write_no_research(struct demo_draft *draft)
{
    json_key(&draft->json, TEXT("provision"));
    json_begin_object(&draft->json);
    demo_string(draft, "type", "deny");
    json_key(&draft->json, TEXT("purpose"));
    json_begin_array(&draft->json);
    json_begin_object(&draft->json);
    demo_string(draft, "system", TERMINOLOGY "v3-ActReason");
    demo_string(draft, "code", "HRESCH");
    json_end_object(&draft->json);
    json_end_array(&draft->json);
    json_end_object(&draft->json);
}

/* But for their own doctor. */
static void write_own_doctor(struct demo_draft *draft, const struct demo_cared *cared)
{
    json_key(&draft->json, TEXT("provision"));
    json_begin_object(&draft->json);
    demo_string(draft, "type", "permit");
    json_key(&draft->json, TEXT("actor"));
    json_begin_array(&draft->json);
    json_begin_object(&draft->json);
    demo_concept(draft, "role", TERMINOLOGY "v3-RoleCode", "PRCP", "primary care provider");
    demo_reference(draft, "reference", "Practitioner", "doctor", cared->doctor, 0);
    json_end_object(&draft->json);
    json_end_array(&draft->json);
    json_end_object(&draft->json);
}

/* Most agree, half of these to research as well; some to nobody but their own doctor, and some were never asked. */
static void make_consents(const struct demo *demo, const struct demo_cared *cared,
                          struct random *random)
{
    struct demo_draft draft;
    double drawn = random_unit(random);
    if (drawn < 0.2)
        return;
    bool is_closed = drawn<0.26, agrees_to_research = drawn> 0.6;
    begin_consent(&draft, demo, cared, 0, "patient-privacy", is_closed ? "OPTOUT" : "OPTIN");
    if (is_closed)
        write_own_doctor(&draft, cared);
    else if (!agrees_to_research)
        write_no_research(&draft);
    demo_end(&draft);
    if (!agrees_to_research)
        return;
    begin_consent(&draft, demo, cared, 1, "research", "OPTIN");
    demo_end(&draft);
}

/* --- what is to come ------------------------------------------------------------------------------ */

static void write_party(struct demo_draft *draft, const char *type, const char *prefix,
                        uint32_t number)
{
    json_begin_object(&draft->json);
    demo_reference(draft, "actor", type, prefix, number, 0);
    demo_string(draft, "status", "accepted");
    json_end_object(&draft->json);
}

static void make_appointment(const struct demo *demo, const struct demo_cared *cared,
                             struct random *random)
{
    struct demo_draft draft;
    int64_t day = demo->now_ms - demo->now_ms % DAY_MS;
    int64_t start_ms = day + (int64_t)(1 + random_below(random, 12)) * DAY_MS +
                       (int64_t)(8 + random_below(random, 9)) * HOUR_MS;
    demo_begin(&draft, demo, "Appointment", "ap", cared->number, 0);
    demo_string(&draft, "status", "booked");
    demo_time(&draft, "start", start_ms, DEMO_SECOND);
    demo_time(&draft, "end", start_ms + HOUR_MS / 3, DEMO_SECOND);
    json_key(&draft.json, TEXT("participant"));
    json_begin_array(&draft.json);
    write_party(&draft, "Patient", "p", cared->number);
    write_party(&draft, "Practitioner", "doctor", cared->doctor);
    json_end_array(&draft.json);
    demo_end(&draft);
}

/* One that its own patient and who treats them may see, and nobody who only acts for them. */
static void make_confidential(const struct demo *demo, const struct demo_cared *cared)
{
    struct demo_draft draft;
    demo_begin(&draft, demo, "Condition", "c", cared->number, 1);
    json_key(&draft.json, TEXT("meta"));
    json_begin_object(&draft.json);
    json_key(&draft.json, TEXT("security"));
    json_begin_array(&draft.json);
    json_begin_object(&draft.json);
    demo_string(&draft, "system", TERMINOLOGY "v3-Confidentiality");
    demo_string(&draft, "code", "R");
    demo_string(&draft, "display", "restricted");
    json_end_object(&draft.json);
    json_end_array(&draft.json);
    json_end_object(&draft.json);
    demo_concept(&draft, "clinicalStatus", TERMINOLOGY "condition-clinical", "active", "Active");
    demo_concept(&draft, "verificationStatus", TERMINOLOGY "condition-ver-status", "confirmed",
                 "Confirmed");
    demo_concept(&draft, "code", "http://snomed.info/sct", "35489007", "Depressive disorder");
    demo_reference(&draft, "subject", "Patient", "p", cared->number, 0);
    demo_time(&draft, "onsetDateTime", cared->since_ms, DEMO_DAY);
    demo_end(&draft);
}

void demo_make_care(const struct demo *demo, const struct demo_cared *cared)
{
    struct random random;
    random_seed(&random, demo->seed ^ (UINT64_C(0xCA3E) << 40) ^ cared->number);
    make_team(demo, cared);
    make_consents(demo, cared, &random);
    if (random_chance(&random, 0.3))
        make_appointment(demo, cared, &random);
    if (random_chance(&random, 0.03))
        make_confidential(demo, cared);
}

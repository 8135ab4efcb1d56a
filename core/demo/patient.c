/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patient, with what a few years of care leave in a record. */
#include "demo/care.h"
#include "demo/write.h"

#include <math.h>
#include <stdio.h>

#define LOINC "http://loinc.org"
#define SNOMED "http://snomed.info/sct"
#define DAY_MS INT64_C(86400000)

struct patient {
    const struct demo *demo;
    struct random random;
    uint32_t number;
    bool is_woman;
    int64_t born_ms;
    double height_cm, weight_kg, systolic;
    int illness; /* of `illnesses`; -1: none */
};

static const struct {
    const char *code, *display, *medicine, *medicine_display; /* SNOMED CT, ATC */
    double systolic;                                          /* mmHg above what it would be */
} illnesses[] = {
    {"38341003", "Hypertensive disorder", "C08CA01", "amlodipine", 22},
    {"44054006", "Diabetes mellitus type 2", "A10BA02", "metformin", 6},
    {"195967001", "Asthma", "R03AC02", "salbutamol", 0},
    {"53741008", "Coronary arteriosclerosis", "B01AC06", "acetylsalicylic acid", 12},
    {"271737000", "Anemia", "B03AA07", "ferrous sulfate", -4},
};
enum { ILLNESSES = sizeof illnesses / sizeof *illnesses };

/* A place, by how many live there. */
static const struct demo_place *choose_place(struct patient *patient)
{
    const struct demo_lists *lists = patient->demo->lists;
    uint64_t all = 0;
    for (size_t i = 0; i < lists->place_count; i++)
        all += lists->places[i].people;
    uint64_t drawn = random_below(&patient->random, all);
    size_t at = 0;
    while (drawn >= lists->places[at].people)
        drawn -= lists->places[at++].people;
    return &lists->places[at];
}

static void write_contact(struct patient *patient, struct demo_draft *draft)
{
    const struct demo_place *place = choose_place(patient);
    char phone[32];
    snprintf(phone, sizeof phone, "+212 6%02u %02u %02u %02u",
             (unsigned)random_below(&patient->random, 100),
             (unsigned)random_below(&patient->random, 100),
             (unsigned)random_below(&patient->random, 100),
             (unsigned)random_below(&patient->random, 100));
    json_key(&draft->json, TEXT("telecom"));
    json_begin_array(&draft->json);
    json_begin_object(&draft->json);
    demo_string(draft, "system", "phone");
    demo_string(draft, "value", phone);
    demo_string(draft, "use", "mobile");
    json_end_object(&draft->json);
    json_end_array(&draft->json);

    json_key(&draft->json, TEXT("address"));
    json_begin_array(&draft->json);
    json_begin_object(&draft->json);
    demo_string(draft, "use", "home");
    demo_string(draft, "city", place->latin);
    demo_string(draft, "state", place->region);
    demo_string(draft, "country", "MA");
    json_end_object(&draft->json);
    json_end_array(&draft->json);
}

static void make_person(struct patient *patient)
{
    const struct demo_lists *lists = patient->demo->lists;
    struct random *random = &patient->random;
    struct demo_draft draft;
    const struct demo_name *given = patient->is_woman
                                        ? &lists->women[random_below(random, lists->woman_count)]
                                        : &lists->men[random_below(random, lists->man_count)];
    demo_begin(&draft, patient->demo, "Patient", "p", patient->number, 0);
    demo_identifier(&draft, "urn:jisr:demo:patient", "JP", patient->number);
    json_key(&draft.json, TEXT("active"));
    json_write_bool(&draft.json, true);
    demo_names(&draft, given, &lists->families[random_below(random, lists->family_count)], NULL);
    demo_string(&draft, "gender", patient->is_woman ? "female" : "male");
    demo_time(&draft, "birthDate", patient->born_ms, DEMO_DAY);
    write_contact(patient, &draft);
    demo_reference(&draft, "managingOrganization", "Organization", "hospital",
                   (uint32_t)random_below(random, DEMO_HOSPITALS), 0);
    demo_end(&draft);
}

static void make_encounter(struct patient *patient, uint32_t visit, uint32_t doctor, int64_t at_ms)
{
    struct demo_draft draft;
    bool is_remote = random_chance(&patient->random, 0.6);
    demo_begin(&draft, patient->demo, "Encounter", "e", patient->number, visit);
    demo_string(&draft, "status", "finished");
    json_key(&draft.json, TEXT("class"));
    json_begin_object(&draft.json);
    demo_string(&draft, "system", "http://terminology.hl7.org/CodeSystem/v3-ActCode");
    demo_string(&draft, "code", is_remote ? "VR" : "AMB");
    demo_string(&draft, "display", is_remote ? "virtual" : "ambulatory");
    json_end_object(&draft.json);
    demo_reference(&draft, "subject", "Patient", "p", patient->number, 0);
    json_key(&draft.json, TEXT("participant"));
    json_begin_array(&draft.json);
    json_begin_object(&draft.json);
    demo_reference(&draft, "individual", "Practitioner", "doctor", doctor, 0);
    json_end_object(&draft.json);
    json_end_array(&draft.json);
    json_key(&draft.json, TEXT("period"));
    json_begin_object(&draft.json);
    demo_time(&draft, "start", at_ms, DEMO_SECOND);
    demo_time(&draft, "end", at_ms + 20 * INT64_C(60000), DEMO_SECOND);
    json_end_object(&draft.json);
    demo_reference(&draft, "serviceProvider", "Organization", "hospital", doctor % DEMO_HOSPITALS,
                   0);
    demo_end(&draft);
}

/* A vital sign up to its value. */
static void begin_vital(struct patient *patient, struct demo_draft *draft, uint32_t part,
                        uint32_t visit, uint32_t doctor, int64_t at_ms, const char *code,
                        const char *display)
{
    demo_begin(draft, patient->demo, "Observation", "o", patient->number, part);
    demo_string(draft, "status", "final");
    demo_code_list(draft, "category", "http://terminology.hl7.org/CodeSystem/observation-category",
                   "vital-signs", "Vital Signs");
    demo_concept(draft, "code", LOINC, code, display);
    demo_reference(draft, "subject", "Patient", "p", patient->number, 0);
    demo_reference(draft, "encounter", "Encounter", "e", patient->number, visit);
    demo_time(draft, "effectiveDateTime", at_ms, DEMO_SECOND);
    json_key(&draft->json, TEXT("performer"));
    json_begin_array(&draft->json);
    demo_reference(draft, NULL, "Practitioner", "doctor", doctor, 0);
    json_end_array(&draft->json);
}

static void write_component(struct demo_draft *draft, const char *code, const char *display,
                            double value)
{
    json_begin_object(&draft->json);
    demo_concept(draft, "code", LOINC, code, display);
    demo_quantity(draft, "valueQuantity", value, 0, "mmHg", "mm[Hg]");
    json_end_object(&draft->json);
}

static void make_vitals(struct patient *patient, uint32_t visit, uint32_t doctor, int64_t at_ms)
{
    struct random *random = &patient->random;
    struct demo_draft draft;
    uint32_t part = 10 * visit;
    patient->weight_kg = fmax(35, patient->weight_kg + random_normal(random));
    const struct {
        const char *code, *display;
        double value;
        int places;
        const char *unit, *ucum;
    } signs[] = {
        {"29463-7", "Body weight", patient->weight_kg, 1, "kg", "kg"},
        {"8302-2", "Body height", patient->height_cm, 0, "cm", "cm"},
        {"8867-4", "Heart rate", 74 + 9 * random_normal(random), 0, "/min", "/min"},
        {"8310-5", "Body temperature", 36.8 + 0.3 * random_normal(random), 1, "Cel", "Cel"},
        {"2708-6", "Oxygen saturation in Arterial blood", fmin(100, 97 + random_normal(random)), 0,
         "%", "%"},
    };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        begin_vital(patient, &draft, part++, visit, doctor, at_ms, signs[i].code, signs[i].display);
        demo_quantity(&draft, "valueQuantity", signs[i].value, signs[i].places, signs[i].unit,
                      signs[i].ucum);
        demo_end(&draft);
    }
    double systolic = patient->systolic + 8 * random_normal(random);
    begin_vital(patient, &draft, part++, visit, doctor, at_ms, "85354-9",
                "Blood pressure panel with all children optional");
    json_key(&draft.json, TEXT("component"));
    json_begin_array(&draft.json);
    write_component(&draft, "8480-6", "Systolic blood pressure", systolic);
    write_component(&draft, "8462-4", "Diastolic blood pressure",
                    0.62 * systolic + 4 * random_normal(random));
    json_end_array(&draft.json);
    demo_end(&draft);
}

static void make_illness(struct patient *patient, uint32_t doctor, int64_t since_ms)
{
    struct demo_draft draft;
    demo_begin(&draft, patient->demo, "Condition", "c", patient->number, 0);
    demo_concept(&draft, "clinicalStatus",
                 "http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "Active");
    demo_concept(&draft, "verificationStatus",
                 "http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed",
                 "Confirmed");
    demo_code_list(&draft, "category", "http://terminology.hl7.org/CodeSystem/condition-category",
                   "problem-list-item", "Problem List Item");
    demo_concept(&draft, "code", SNOMED, illnesses[patient->illness].code,
                 illnesses[patient->illness].display);
    demo_reference(&draft, "subject", "Patient", "p", patient->number, 0);
    demo_time(&draft, "onsetDateTime", since_ms, DEMO_DAY);
    demo_end(&draft);

    demo_begin(&draft, patient->demo, "MedicationRequest", "m", patient->number, 0);
    demo_string(&draft, "status", "active");
    demo_string(&draft, "intent", "order");
    demo_concept(&draft, "medicationCodeableConcept", "http://www.whocc.no/atc",
                 illnesses[patient->illness].medicine,
                 illnesses[patient->illness].medicine_display);
    demo_reference(&draft, "subject", "Patient", "p", patient->number, 0);
    demo_time(&draft, "authoredOn", since_ms, DEMO_DAY);
    demo_reference(&draft, "requester", "Practitioner", "doctor", doctor, 0);
    json_key(&draft.json, TEXT("reasonReference"));
    json_begin_array(&draft.json);
    demo_reference(&draft, NULL, "Condition", "c", patient->number, 0);
    json_end_array(&draft.json);
    demo_end(&draft);
}

static void make_allergy(struct patient *patient)
{
    struct demo_draft draft;
    demo_begin(&draft, patient->demo, "AllergyIntolerance", "a", patient->number, 0);
    demo_concept(&draft, "clinicalStatus",
                 "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active",
                 "Active");
    demo_concept(&draft, "verificationStatus",
                 "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                 "confirmed", "Confirmed");
    demo_concept(&draft, "code", SNOMED, "764146007", "Penicillin");
    demo_reference(&draft, "patient", "Patient", "p", patient->number, 0);
    demo_end(&draft);
}

static struct patient draw(const struct demo *demo, uint32_t number)
{
    struct patient patient = {.demo = demo, .number = number, .illness = -1};
    struct random *random = &patient.random;
    random_seed(random, demo->seed ^ (UINT64_C(0x9A7) << 40) ^ number);
    patient.is_woman = random_chance(random, 0.5);
    double years = 90 * random_unit(random) * random_unit(random) + 5;
    patient.born_ms = demo->now_ms - (int64_t)(years * 365.25) * DAY_MS;
    patient.height_cm =
        fmin(years, 17) * 5.2 + 76 + (patient.is_woman ? 0 : 9) + 5 * random_normal(random);
    patient.weight_kg = fmax(12, 23 * pow(patient.height_cm / 100, 2) + 7 * random_normal(random));
    patient.systolic = 108 + 0.35 * years;
    if (random_chance(random, years / 100)) {
        patient.illness = (int)random_below(random, ILLNESSES);
        patient.systolic += illnesses[patient.illness].systolic;
    }
    return patient;
}

/* Drawn one after the other, in this order. */
static uint32_t draw_doctor(struct patient *patient, uint32_t *visits)
{
    *visits = 2 + (uint32_t)random_below(&patient->random, 3);
    return (uint32_t)random_below(&patient->random, DEMO_PRACTITIONERS);
}

uint32_t demo_doctor_of(const struct demo *demo, uint32_t number)
{
    struct patient patient = draw(demo, number);
    uint32_t visits;
    return draw_doctor(&patient, &visits);
}

uint32_t demo_nurse_of(uint32_t doctor)
{
    return doctor % DEMO_NURSES;
}

void demo_make_patient(const struct demo *demo, uint32_t number)
{
    struct patient patient = draw(demo, number);
    struct random *random = &patient.random;
    uint32_t visits, doctor = draw_doctor(&patient, &visits);
    make_person(&patient);
    if (patient.illness >= 0)
        make_illness(&patient, doctor,
                     demo->now_ms - (int64_t)(200 + random_below(random, 1000)) * DAY_MS);
    if (random_chance(random, 0.08))
        make_allergy(&patient);
    for (uint32_t visit = 1; visit <= visits; visit++) {
        int64_t at_ms = demo->now_ms - (int64_t)(visits - visit) * 120 * DAY_MS -
                        (int64_t)(random_below(random, 90) * 24 + 8 + random_below(random, 9)) *
                            INT64_C(3600000);
        make_encounter(&patient, visit, doctor, at_ms);
        make_vitals(&patient, visit, doctor, at_ms);
    }
    demo_make_care(demo, &(struct demo_cared){.number = number,
                                              .doctor = doctor,
                                              .since_ms = demo->now_ms - visits * 120 * DAY_MS});
    arena_reset(demo->arena);
}

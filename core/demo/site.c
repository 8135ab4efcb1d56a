/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hospitals, and those who work there. */
#include "demo/write.h"

static const struct {
    const char *name, *city;
} hospitals[DEMO_HOSPITALS] = {
    {"Centre de télémédecine universitaire", "Rabat"},
    {"Hôpital universitaire international", "Casablanca"},
    {"Hôpital universitaire du Nord", "Tanger"},
    {"Hôpital provincial de Midelt", "Midelt"},
    {"Centre de santé d'Imilchil", "Imilchil"},
    {"Unité mobile d'Azilal", "Azilal"},
};

static const struct {
    const char *code, *display; /* SNOMED CT, the part of it that R4's value sets name */
} specialties[] = {
    {"394579002", "Cardiology"},
    {"394612005", "Urology"},
    {"394585009", "Obstetrics and gynecology"},
    {"394582007", "Dermatology"},
    {"394583002", "Endocrinology"},
    {"394537008", "Pediatric specialty"},
    {"394609007", "General surgery"},
    {"394814009", "General practice"},
};

static const struct job {
    const char *prefix; /* of ids; and the role's code */
    const char *role;   /* of its PractitionerRole's id */
    const char *display, *title, *identifier;
    uint64_t seed;
    double women; /* how many of one */
    bool has_specialty;
} doctor = {"doctor", "role", "Doctor", "Dr", "D", 0xD0C, 0.5, true},
  nurse = {"nurse", "nursing", "Nurse", NULL, "N", 0x0E5, 0.7, false};

static void make_hospital(const struct demo *demo, uint32_t number)
{
    struct demo_draft draft;
    demo_begin(&draft, demo, "Organization", "hospital", number, 0);
    demo_identifier(&draft, "urn:jisr:demo:hospital", "H", number);
    json_key(&draft.json, TEXT("active"));
    json_write_bool(&draft.json, true);
    demo_code_list(&draft, "type", "http://terminology.hl7.org/CodeSystem/organization-type",
                   "prov", "Healthcare Provider");
    demo_string(&draft, "name", hospitals[number].name);
    demo_end(&draft);

    demo_begin(&draft, demo, "Location", "place", number, 0);
    demo_string(&draft, "status", "active");
    demo_string(&draft, "name", hospitals[number].city);
    demo_string(&draft, "mode", "instance");
    demo_reference(&draft, "managingOrganization", "Organization", "hospital", number, 0);
    demo_end(&draft);
}

/* Who works at a hospital, and as what. */
static void make_practitioner(const struct demo *demo, const struct job *job, uint32_t number)
{
    enum { SPECIALTIES = sizeof specialties / sizeof *specialties };
    const struct demo_lists *lists = demo->lists;
    struct random random;
    struct demo_draft draft;
    random_seed(&random, demo->seed ^ (job->seed << 40) ^ number);
    bool is_woman = random_chance(&random, job->women);
    const struct demo_name *given = is_woman
                                        ? &lists->women[random_below(&random, lists->woman_count)]
                                        : &lists->men[random_below(&random, lists->man_count)];
    const struct demo_name *family = &lists->families[random_below(&random, lists->family_count)];

    demo_begin(&draft, demo, "Practitioner", job->prefix, number, 0);
    demo_identifier(&draft, "urn:jisr:demo:order", job->identifier, number);
    json_key(&draft.json, TEXT("active"));
    json_write_bool(&draft.json, true);
    demo_names(&draft, given, family, job->title);
    demo_string(&draft, "gender", is_woman ? "female" : "male");
    demo_end(&draft);

    demo_begin(&draft, demo, "PractitionerRole", job->role, number, 0);
    json_key(&draft.json, TEXT("active"));
    json_write_bool(&draft.json, true);
    demo_reference(&draft, "practitioner", "Practitioner", job->prefix, number, 0);
    demo_reference(&draft, "organization", "Organization", "hospital", number % DEMO_HOSPITALS, 0);
    demo_code_list(&draft, "code", "http://terminology.hl7.org/CodeSystem/practitioner-role",
                   job->prefix, job->display);
    if (job->has_specialty)
        demo_code_list(&draft, "specialty", "http://snomed.info/sct",
                       specialties[number % SPECIALTIES].code,
                       specialties[number % SPECIALTIES].display);
    demo_end(&draft);
}

void demo_make_site(const struct demo *demo)
{
    for (uint32_t number = 0; number < DEMO_HOSPITALS; number++)
        make_hospital(demo, number);
    for (uint32_t number = 0; number < DEMO_PRACTITIONERS; number++)
        make_practitioner(demo, &doctor, number);
    for (uint32_t number = 0; number < DEMO_NURSES; number++)
        make_practitioner(demo, &nurse, number);
    arena_reset(demo->arena);
}

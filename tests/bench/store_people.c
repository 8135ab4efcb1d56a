/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/store_people.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "fhir/model.h"

#define DAY_MS INT64_C(86400000)

static const char *const families[] = {
    "alaoui", "amrani",   "benkirane", "bennani",  "berrada", "chraibi", "el fassi", "idrissi",
    "lahlou", "mansouri", "naciri",    "ouazzani", "rachidi", "sebti",   "tazi",     "zniber"};
static const char *const givens[] = {"fatima", "khadija", "amina", "salma", "youssef", "mohamed",
                                     "omar",   "hassan",  "nadia", "karim", "leila",   "rachid"};
static const char *const cities[] = {"rabat",  "casablanca", "fes",    "marrakech",
                                     "agadir", "oujda",      "tanger", "laayoune"};
static const char *const codes[] = {"8302-2", "29463-7", "8867-4", "8480-6",  "8462-4", "2339-0",
                                    "718-7",  "2093-3",  "6299-2", "38483-4", "2947-0", "6298-4"};
#define COUNT(list) (sizeof(list) / sizeof *(list))

static uint16_t param(const char *type, const char *code)
{
    return fhir_search_param_named(fhir_resource_named(text_of(type)), text_of(code));
}

void people_params_init(struct people_params *params)
{
    *params = (struct people_params){
        .patient = fhir_resource_named(TEXT("Patient")),
        .observation = fhir_resource_named(TEXT("Observation")),
        .identifier = param("Patient", "identifier"),
        .name = param("Patient", "name"),
        .family = param("Patient", "family"),
        .given = param("Patient", "given"),
        .birthdate = param("Patient", "birthdate"),
        .gender = param("Patient", "gender"),
        .city = param("Patient", "address-city"),
        .profile = param("Patient", "_profile"),
        .code = param("Observation", "code"),
        .status = param("Observation", "status"),
        .category = param("Observation", "category"),
        .subject = param("Observation", "subject"),
        .of_patient = param("Observation", "patient"),
        .date = param("Observation", "date"),
        .value = param("Observation", "value-quantity"),
        .code_value = param("Observation", "code-value-quantity"),
    };
}

/* The same number, the same mixture; a different one for each use. */
static uint64_t mixed(uint64_t number, uint64_t use)
{
    struct random random;
    random_seed(&random, number * 16 + use);
    return random_u64(&random);
}

void people_id(char out[static 40], uint64_t number)
{
    uint64_t high = mixed(number, 0), low = mixed(number, 1);
    snprintf(out, 40, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(high >> 32),
             (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff), (unsigned)(low >> 52),
             (unsigned long long)(low & 0xffffffffffff));
}

void people_identifier(char out[static 48], uint64_t person)
{
    snprintf(out, 48, "%012llu", (unsigned long long)(mixed(person, 2) % 1000000000000));
}

void people_family(char out[static 48], uint64_t person)
{
    uint64_t two = mixed(person, 3);
    snprintf(out, 48, "%s %s", families[two % COUNT(families)],
             families[two / 64 % COUNT(families)]);
}

int64_t people_birth_ms(uint64_t person)
{
    return (int64_t)(mixed(person, 4) % 33000) * DAY_MS - 14600 * DAY_MS;
}

static struct search_row *next(struct people_resource *made, enum search_kind kind, uint16_t param)
{
    struct search_row *row = &made->rows[made->row_count++];
    *row = (struct search_row){.kind = (uint8_t)kind, .param = param};
    return row;
}

static void token(struct people_resource *made, uint16_t param, const char *system,
                  const char *code, const char *display)
{
    struct search_row *row = next(made, SEARCH_TOKEN, param);
    row->of.token.system = text_of(system);
    row->of.token.code = text_of(code);
    row->of.token.text = text_of(display);
}

static void string(struct people_resource *made, uint16_t param, const char *folded)
{
    struct search_row *row = next(made, SEARCH_STRING, param);
    row->of.string.folded = row->of.string.exact = text_of(folded);
}

static void refer(struct people_resource *made, uint16_t param, uint16_t type, const char *id)
{
    struct search_row *row = next(made, SEARCH_REFERENCE, param);
    row->of.reference.type = type;
    row->of.reference.id = text_of(id);
    row->of.reference.version = row->of.reference.system = row->of.reference.identifier = TEXT("");
}

static void make_patient(struct people_resource *made, const struct people_params *params,
                         uint64_t person)
{
    char *number = made->texts[0], *family = made->texts[1];
    const char *given = givens[mixed(person, 5) % COUNT(givens)];
    made->type = params->patient;
    people_identifier(number, person);
    people_family(family, person);
    token(made, params->identifier, "urn:oid:2.16.840.1.113883.2.504", number, "");
    token(made, params->identifier, "https://github.com/synthetichealth/synthea", made->id, "");
    string(made, params->name, family);
    string(made, params->name, given);
    string(made, params->family, family);
    string(made, params->given, given);
    string(made, params->city, cities[mixed(person, 6) % COUNT(cities)]);
    token(made, params->gender, "http://hl7.org/fhir/administrative-gender",
          person % 2 ? "male" : "female", "");
    struct search_row *row = next(made, SEARCH_DATE, params->birthdate);
    row->of.date.low_ms = people_birth_ms(person);
    row->of.date.high_ms = row->of.date.low_ms + DAY_MS - 1;
    next(made, SEARCH_URI, params->profile)->of.uri =
        TEXT("http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient");
}

static void quantity(struct people_resource *made, uint16_t param, uint8_t component, double value)
{
    struct search_row *row = next(made, SEARCH_QUANTITY, param);
    row->component = component;
    row->of.quantity.low = row->of.quantity.high = value;
    row->of.quantity.system = TEXT("http://unitsofmeasure.org");
    row->of.quantity.code = TEXT("mg/dL");
    row->of.quantity.base_unit = TEXT("g.m-3");
    row->of.quantity.base_low = row->of.quantity.base_high = value * 10;
}

static void make_observation(struct people_resource *made, const struct people_params *params,
                             uint64_t number, uint64_t patient)
{
    const char *code = codes[mixed(number, 7) % COUNT(codes)];
    double value = (double)(mixed(number, 8) % 2000) / 10;
    char *subject = made->texts[0];
    people_id(subject, patient);
    made->type = params->observation;
    token(made, params->code, "http://loinc.org", code, "body height or so");
    token(made, params->status, "http://hl7.org/fhir/observation-status", "final", "");
    token(made, params->category, "http://terminology.hl7.org/CodeSystem/observation-category",
          "vital-signs", "vital signs");
    refer(made, params->subject, params->patient, subject);
    refer(made, params->of_patient, params->patient, subject);
    struct search_row *row = next(made, SEARCH_DATE, params->date);
    row->of.date.low_ms = INT64_C(1400000000000) + (int64_t)(mixed(number, 9) % 300000000000);
    row->of.date.high_ms = row->of.date.low_ms + 999;
    quantity(made, params->value, 0, value);
    token(made, params->code_value, "http://loinc.org", code, "");
    quantity(made, params->code_value, 1, value);
}

void people_make(struct people_resource *made, const struct people_params *params, uint64_t number)
{
    uint64_t person = number / (PEOPLE_OBSERVED + 1);
    uint64_t patient = person * (PEOPLE_OBSERVED + 1);
    made->row_count = 0;
    people_id(made->id, number);
    if (number == patient)
        make_patient(made, params, person);
    else
        make_observation(made, params, number, patient);
    made->body_len = (size_t)snprintf(made->body, sizeof made->body,
                                      "{\"resourceType\":\"%s\",\"id\":\"%s\",\"note\":\"",
                                      fhir_types[made->type].name, made->id);
    memset(made->body + made->body_len, 'x', PEOPLE_BODY_BYTES - made->body_len);
    memcpy(made->body + PEOPLE_BODY_BYTES - 2, "\"}", 2);
    made->body_len = PEOPLE_BODY_BYTES;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/literal.h"

#include "fhir/model.h"

static const struct {
    const char *name;
    enum fhirpath_kind kind;
} system_types[] = {
    {"Boolean", FHIRPATH_BOOLEAN}, {"Integer", FHIRPATH_INTEGER},   {"Decimal", FHIRPATH_DECIMAL},
    {"String", FHIRPATH_STRING},   {"Date", FHIRPATH_DATE},         {"DateTime", FHIRPATH_DATETIME},
    {"Time", FHIRPATH_TIME},       {"Quantity", FHIRPATH_QUANTITY},
};

const char *literal_system_name(enum fhirpath_kind kind)
{
    for (size_t i = 0; i < sizeof system_types / sizeof *system_types; i++)
        if (system_types[i].kind == kind)
            return system_types[i].name;
    return "TypeInfo";
}

bool literal_type(struct type_spec *spec, struct text space, struct text name)
{
    *spec = (struct type_spec){.fhir = FHIR_NONE, .system = FHIRPATH_NODE};
    bool is_system = text_is(space, "System"), is_fhir = text_is(space, "FHIR");
    if (space.len && !is_system && !is_fhir)
        return false;
    if (!is_system)
        spec->fhir = fhir_type_named(name);
    for (size_t i = 0; !is_fhir && i < sizeof system_types / sizeof *system_types; i++)
        if (text_is(name, system_types[i].name))
            spec->system = (uint8_t)system_types[i].kind;
    spec->is_any_system = spec->system != FHIRPATH_NODE && !space.len;
    return spec->fhir != FHIR_NONE || spec->system != FHIRPATH_NODE;
}

/* http://hl7.org/fhir/R4/fhirpath.html#variables */
static const struct {
    const char *name, *value;
    bool has_rest; /* what follows the name in the expression follows the value */
} constants[] = {
    {"ucum", "http://unitsofmeasure.org", false},
    {"sct", "http://snomed.info/sct", false},
    {"loinc", "http://loinc.org", false},
    {"vs-", "http://hl7.org/fhir/ValueSet/", true},
    {"ext-", "http://hl7.org/fhir/StructureDefinition/", true},
};

enum fhirpath_err literal_constant(struct fhirpath_value *value, struct text name,
                                   struct arena *arena)
{
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        struct text start = text_of(constants[i].name), prefix = text_of(constants[i].value);
        if (!text_starts(name, start) || (!constants[i].has_rest && name.len != start.len))
            continue;
        size_t rest = name.len - start.len;
        char *bytes = arena_take(arena, prefix.len + rest + 1);
        if (!bytes)
            return FHIRPATH_ERR_MEMORY;
        memcpy(bytes, prefix.bytes, prefix.len);
        memcpy(bytes + prefix.len, name.bytes + start.len, rest);
        *value = (struct fhirpath_value){.kind = FHIRPATH_STRING,
                                         .of.string = {bytes, prefix.len + rest}};
        return FHIRPATH_OK;
    }
    return FHIRPATH_ERR_UNSUPPORTED;
}

bool literal_is_duration(struct text word)
{
    static const char *const words[] = {"year", "month",  "week",   "day",
                                        "hour", "minute", "second", "millisecond"};
    if (word.len && word.bytes[word.len - 1] == 's')
        word.len--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(word, words[i]))
            return true;
    return false;
}

enum fhirpath_err literal_number(struct fhirpath_value *value, struct text number, struct text unit,
                                 bool is_calendar, struct arena *arena)
{
    struct decimal decimal;
    if (!decimal_read(&decimal, number))
        return FHIRPATH_ERR_NUMBER;
    if (unit.bytes) {
        struct fhirpath_quantity *quantity = arena_take(arena, sizeof *quantity);
        if (!quantity)
            return FHIRPATH_ERR_MEMORY;
        if (is_calendar && unit.bytes[unit.len - 1] == 's')
            unit.len--;
        *quantity = (struct fhirpath_quantity){decimal, unit, is_calendar};
        *value = (struct fhirpath_value){.kind = FHIRPATH_QUANTITY, .of.quantity = quantity};
        return FHIRPATH_OK;
    }
    if (decimal.places > 0) {
        *value = (struct fhirpath_value){
            .kind = FHIRPATH_DECIMAL, .places = decimal.places, .of.digits = decimal.digits};
        return FHIRPATH_OK;
    }
    if (decimal.digits > (decimal_digits)INT32_MAX + 1) /* 2147483648 as the size of the least */
        return FHIRPATH_ERR_NUMBER;
    *value =
        (struct fhirpath_value){.kind = FHIRPATH_INTEGER, .of.integer = (int64_t)decimal.digits};
    return FHIRPATH_OK;
}

bool literal_date(struct fhirpath_value *value, struct text text)
{
    struct moment moment;
    bool is_date;
    if (text.len && text.bytes[0] == 'T') {
        if (!moment_read_time(&moment, (struct text){text.bytes + 1, text.len - 1}))
            return false;
        *value = (struct fhirpath_value){.kind = FHIRPATH_TIME, .of.moment = moment};
        return true;
    }
    if (!moment_read(&moment, text, &is_date))
        return false;
    *value = (struct fhirpath_value){.kind = is_date ? FHIRPATH_DATE : FHIRPATH_DATETIME,
                                     .of.moment = moment};
    return true;
}

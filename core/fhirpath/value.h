/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What FHIRPath works on: nodes of a document, each with its FHIR type, and the system's own values.
 *
 * A node of a primitive type is a system value wherever one is needed: fhirpath_system_value. Pure; texts and
 * quantities are in the caller's arena or point into a document or an expression.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Types and Reflection", http://hl7.org/fhir/R4/fhirpath.html "Using FHIR
 * types in expressions". */
#ifndef FHIRPATH_VALUE_H
#define FHIRPATH_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "fhirpath/decimal.h"
#include "fhirpath/moment.h"
#include "json/json.h"

enum fhirpath_kind {
    FHIRPATH_NODE,
    FHIRPATH_BOOLEAN,
    FHIRPATH_INTEGER,
    FHIRPATH_DECIMAL,
    FHIRPATH_STRING,
    FHIRPATH_DATE,
    FHIRPATH_DATETIME,
    FHIRPATH_TIME,
    FHIRPATH_QUANTITY,
    FHIRPATH_TYPE_INFO, /* what type() gives */
};

struct fhirpath_quantity {
    struct decimal value;
    struct text
        unit; /* UCUM code; "1" where there is none; of a calendar duration its word: "year" */
    bool is_calendar; /* `1 year`, not `1 'a'` */
};

struct fhirpath_value {
    uint8_t kind; /* enum fhirpath_kind */
    uint8_t
        kind_of_info; /* of a type info: a system type's enum fhirpath_kind; FHIRPATH_NODE: `type` */
    uint16_t type;    /* of a node (fhir/model.h), never FHIR_NONE; a choice's is the one it has */
    uint32_t shadow;  /* of a node: its property's companion, "_birthDate", or JSON_NONE */
    int32_t places;   /* of a decimal: see fhirpath_decimal */
    union {
        struct {
            const struct json *json; /* NULL: only its type is known (a reference not followed) */
            uint32_t node;           /* JSON_NONE with a shadow: a primitive without a value */
        } at;
        bool boolean;
        int64_t integer; /* 32 bits, as the standard has it */
        decimal_digits digits;
        struct text string;
        struct moment moment; /* of a date, dateTime or time */
        const struct fhirpath_quantity *quantity;
    } of;
};

static inline struct decimal fhirpath_decimal(const struct fhirpath_value *value)
{
    return (struct decimal){value->of.digits, value->places};
}

struct fhirpath_values {
    const struct fhirpath_value *values;
    size_t count;
};

/* The whole of a document as a node: a resource, by its resourceType. False: it is none that R4 knows. */
MUST_USE bool fhirpath_resource_value(struct fhirpath_value *value, const struct json *json);

/* A node of a document whose type the caller knows. */
struct fhirpath_value fhirpath_node_value(const struct json *json, uint32_t node, uint32_t shadow,
                                          uint16_t type);

/* Whether it is a node with a value of its own, or a system value. */
bool fhirpath_has_value(const struct fhirpath_value *value);

enum fhirpath_system {
    FHIRPATH_SYSTEM_OK,
    FHIRPATH_SYSTEM_NONE, /* a complex node, one without a value, or not of its type's form */
    FHIRPATH_SYSTEM_NUMBER, /* a number that does not fit in a decimal, or no integer where its type is one */
    FHIRPATH_SYSTEM_MEMORY,
};

/* The system value of a node of a primitive type, or of a Quantity; a system value is itself. */
MUST_USE enum fhirpath_system fhirpath_system_value(struct fhirpath_value *system,
                                                    const struct fhirpath_value *value,
                                                    struct arena *arena);

/* "String" of System.String, "Patient" of FHIR.Patient. */
const char *fhirpath_type_name(const struct fhirpath_value *value);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that model.c alone looks into. Made by tools/fhir_tables.py. */
#ifndef FHIR_TABLES_H
#define FHIR_TABLES_H

#include <stdint.h>

/* Fields by their type and name: core/fhir/model.c. At least half are FHIR_NONE; a power of two. */
extern const uint16_t fhir_field_places[];
extern const uint32_t fhir_field_place_count;

/* By which parameters a type's resources belong to a compartment; those that never do have no row. */
struct fhir_compartment_row {
    const char *compartment; /* "Patient" */
    uint16_t type;
    uint16_t first_code, code_count; /* indices into fhir_compartment_codes */
};

extern const struct fhir_compartment_row
    fhir_compartment_rows[]; /* by compartment, then by type's name */
extern const uint16_t fhir_compartment_row_count;
extern const char *const fhir_compartment_codes[];

#endif

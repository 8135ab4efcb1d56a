/* SPDX-License-Identifier: GPL-3.0-or-later */
/* R4's own profiles as tables that profile.c alone looks into. Made by tools/fhir_tables.py: what each asks for
 * beyond R4.
 *
 * A rule is of an element, or of a slice of the element that it stands in; those of what is within it follow, up to
 * `end`. */
#ifndef FHIR_PROFILE_TABLES_H
#define FHIR_PROFILE_TABLES_H

#include <stdbool.h>
#include <stdint.h>

struct fhir_profile {
    const char *url;
    uint16_t type; /* of the resources that it is for */
    uint16_t rule; /* of the resource itself */
};

struct fhir_rule {
    const char *name;  /* of the element ("value" of value[x]), or of the slice */
    const char *value; /* JSON: what each value is, or has in it; "": anything */
    bool is_fixed;     /* it is that, and no more */
    bool is_slice;
    bool is_closed;    /* each value is in one of the slices */
    uint16_t min, max; /* UINT16_MAX: any number */
    uint16_t end;
    uint16_t value_set; /* that codes have to be of, or FHIR_NONE */
    uint16_t first_type,
        type_count; /* indices into fhir_rule_types: of a choice, or that a slice is told by; none: any */
    uint16_t first_target, target_count; /* likewise: what a reference leads to */
    uint16_t first_test,
        test_count; /* indices into fhir_slice_tests: all hold for what is in the slice */
    uint16_t first_invariant, invariant_count; /* indices into fhir_rule_invariants */
};

struct fhir_slice_test {
    const char *path;  /* "code.coding.system"; "": the value itself */
    const char *value; /* JSON: one of those there is this, or has it in it */
    bool is_fixed;
};

extern const struct fhir_profile fhir_profiles[]; /* sorted by url */
extern const uint16_t fhir_profile_count;
extern const struct fhir_rule fhir_rules[];
extern const struct fhir_slice_test fhir_slice_tests[];
extern const uint16_t fhir_rule_types[];
extern const uint16_t fhir_rule_invariants[]; /* indices into fhir_invariants */

#endif

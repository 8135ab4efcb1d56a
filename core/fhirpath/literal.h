/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written in an expression: types, constants, numbers, dates. Inside core/fhirpath. */
#ifndef FHIRPATH_LITERAL_H
#define FHIRPATH_LITERAL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "fhirpath/compile.h"
#include "fhirpath/op.h"

/* The type `name` of the namespace `space` ("FHIR", "System", or "" for either). False: there is none. */
MUST_USE bool literal_type(struct type_spec *spec, struct text space, struct text name);

/* %ucum and the like, without its sign. FHIRPATH_ERR_UNSUPPORTED: there is none. */
MUST_USE enum fhirpath_err literal_constant(struct fhirpath_value *value, struct text name,
                                            struct arena *arena);

/* "year", "years", ... "milliseconds". */
bool literal_is_duration(struct text word);

/* `number`, with a unit (.bytes not NULL) a quantity. */
MUST_USE enum fhirpath_err literal_number(struct fhirpath_value *value, struct text number,
                                          struct text unit, bool is_calendar, struct arena *arena);

/* What stands behind an @. */
MUST_USE bool literal_date(struct fhirpath_value *value, struct text text);

/* The name of a system type, by its kind. */
const char *literal_system_name(enum fhirpath_kind kind);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* R4's invariants, all compiled once, as fhir/validate.h asks for them:
 *
 *     const struct fhirpath_invariants *invariants;
 *     err = fhirpath_invariants_compile(&invariants, &arena, &fault);
 *     struct fhir_validator validator = {.check = fhirpath_invariant_check, .user = invariants};
 *
 * Pure; constant once made, shared by all threads. */
#ifndef FHIRPATH_INVARIANT_H
#define FHIRPATH_INVARIANT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "fhir/validate.h"
#include "fhirpath/compile.h"

struct fhirpath_invariants;

/* Compiles those of fhir/model.h. On a fault `*fault` says which expression, and where. */
MUST_USE enum fhirpath_err
fhirpath_invariants_compile(const struct fhirpath_invariants **invariants, struct arena *arena,
                            struct fhirpath_fault *fault);

/* Whether one holds: it is not false. R4 asks for true, but its own expressions give nothing where they mean true:
 * ref-1, `reference.startsWith('#').not() or ...`, of a Reference that has only an identifier. `user` is a struct
 * fhirpath_invariants. What takes more than fhirpath_limits_default is FHIR_TOO_COSTLY. */
enum fhir_verdict fhirpath_invariant_check(const void *user, const struct fhir_focus *focus,
                                           uint16_t invariant);

#endif

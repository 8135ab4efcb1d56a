/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers that a store knows types and search parameters by.
 *
 * Indices into this build's tables (fhir/model.h) may be others in the next build. A store keeps a table of names
 * and numbers of its own, and turns the ones into the others when it is opened. Numbers start at 1. Constant
 * once filled: read by any number of threads. */
#ifndef STORE_NAMES_H
#define STORE_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "fhir/model.h"

enum { STORE_NUMBER_MAX = 4095 }; /* of types, and of parameters: R4 has 700 and 1,400; ours */

struct store_names {
    uint16_t *type_number, *param_number; /* of an index; 0: none yet */
    uint16_t *type, *param; /* of a number, up to STORE_NUMBER_MAX; FHIR_NONE: not in this build */
    uint16_t types, params; /* the greatest number in use */
};

/* All numbers are none. False: the arena has no room. */
MUST_USE bool store_names_init(struct store_names *names, struct arena *arena);

/* Takes note of what the store has. False: the number is out of range or used twice. Names that this build has not
 * are only counted. */
MUST_USE bool store_names_type(struct store_names *names, uint16_t number, struct text name);
MUST_USE bool store_names_param(struct store_names *names, uint16_t number, struct text type,
                                struct text code);

/* FHIR_NONE has number 0, and the reverse. */
static inline uint16_t store_type_number(const struct store_names *names, uint16_t type)
{
    return type < fhir_type_count ? names->type_number[type] : 0;
}

static inline uint16_t store_type_of(const struct store_names *names, uint64_t number)
{
    return number <= STORE_NUMBER_MAX ? names->type[number] : (uint16_t)FHIR_NONE;
}

static inline uint16_t store_param_number(const struct store_names *names, uint16_t param)
{
    return param < fhir_search_param_count ? names->param_number[param] : 0;
}

static inline uint16_t store_param_of(const struct store_names *names, uint64_t number)
{
    return number <= STORE_NUMBER_MAX ? names->param[number] : (uint16_t)FHIR_NONE;
}

#endif

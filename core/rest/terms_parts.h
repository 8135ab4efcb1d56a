/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What terms.c (value sets) and terms_system.c (code systems) share. Not for others. */
#ifndef REST_TERMS_PARTS_H
#define REST_TERMS_PARTS_H

#include "fhir/model.h"
#include "rest/terms.h"
#include "json/json.h"

/* False: there are REST_TERMS_MAX, or no memory. */
MUST_USE bool terms_add(struct rest_terms *terms, struct rest_term term);

/* Each says why in the outcome and returns the HTTP status. */
unsigned terms_too_many(struct rest_exchange *exchange);
unsigned terms_unknown(struct rest_exchange *exchange, const char *what, struct text url);

/* The site's own resource of `type` with this canonical URL, of the version behind its |, else the newest. `*found`
 * false: there is none. Returns 0, or an HTTP status. */
MUST_USE unsigned terms_find_own(struct rest_exchange *exchange, struct store_view *view,
                                 const char *type, struct text url, struct json *json, bool *found);

/* The concepts that stand in a CodeSystem or an include, with those within them. False: too many. */
MUST_USE bool terms_add_concepts(struct rest_terms *terms, const struct json *json, uint32_t owner,
                                 struct text system);

struct rest_term terms_of_code(const struct fhir_code *code);

/* The filters of an include: each is concept is-a or descendent-of, and all have to hold. */
struct terms_filters {
    const struct json *json;
    uint32_t list;
    struct arena *arena;
};

/* include.filter over a system, the site's own or R4's. Returns 0, or an HTTP status. */
MUST_USE unsigned terms_add_filtered(struct rest_terms *terms, struct rest_exchange *exchange,
                                     struct store_view *view, const struct terms_filters *filters,
                                     struct text system);

#endif

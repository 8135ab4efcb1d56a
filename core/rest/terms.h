/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes of value sets and code systems: R4's own from the tables, the site's from its ValueSet and CodeSystem
 * resources. The site's go before R4's of the same URL.
 *
 * Source: http://hl7.org/fhir/R4/valueset.html, codesystem.html, terminology-service.html. */
#ifndef REST_TERMS_H
#define REST_TERMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "rest/rest.h"
#include "store/store.h"
#include "json/json.h"

struct rest_term {
    struct text system, code, display;
};

struct rest_terms {
    struct arena *arena;
    struct rest_term *terms;
    size_t count, room;
    struct text
        last_url; /* of the site's code system that was looked at last: a value set often names one again */
    struct json last;
    uint64_t looked; /* values of such systems, walked along: see REST_TERMS_LOOKED_MAX */
};

enum {
    REST_TERMS_MAX =
        65536, /* codes of one expansion: as many as a code system can have, by rest/draft.h */
    REST_TERMS_DEPTH_MAX = 8, /* value sets within one another */
    REST_TERMS_LOOKED_MAX =
        100000000 /* JSON values of code systems that one expansion walks along: some 2 s of a core */
};

/* Adds the codes of a value set. Returns 0, or the HTTP status of why not, told in the exchange's outcome: 404 there
 * is none, 422 it has rules that we do not follow, or too many codes. */
MUST_USE unsigned rest_terms_expand(struct rest_terms *terms, struct rest_exchange *exchange,
                                    struct store_view *view, struct text url);

/* The same of a ValueSet resource by itself. */
MUST_USE unsigned rest_terms_expand_resource(struct rest_terms *terms,
                                             struct rest_exchange *exchange,
                                             struct store_view *view, struct text value_set);

/* The codes of a code system, all of them. Returns as above. */
MUST_USE unsigned rest_terms_of_system(struct rest_terms *terms, struct rest_exchange *exchange,
                                       struct store_view *view, struct text url);

/* The codes of the site's own code system that `code` is a kind of (`is_above`), or that are kinds of it, and itself.
 * *is_own false: the site has no such system, whole; 0 then: R4's is to be looked at. Returns as above. */
MUST_USE unsigned rest_terms_of_branch(struct rest_terms *terms, struct rest_exchange *exchange,
                                       struct store_view *view, struct text system,
                                       struct text code, bool is_above, bool *is_own);

#endif

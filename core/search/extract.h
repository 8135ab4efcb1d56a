/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a resource to the rows that it is found by (search/row.h), by R4's own search parameters.
 *
 * The parameters' expressions are compiled once, at start. Those that only walk to an element (nearly all) become
 * a tree for each type, which a resource is walked along once; the others are evaluated by fhirpath.
 *
 * What has no form that R4 knows (a date that is none) gives no row; validation is another's. A reference to a
 * contained resource ("#x") is kept as such; what that is found by stands behind the rows of the resource around it.
 * _id, _lastUpdated, _text and _content are the store's.
 *
 * Pure. The extractor is constant once made: threads share it, each with its own arena.
 *
 * Source: http://hl7.org/fhir/R4/search.html 3.1.1.4, the tables of each kind. */
#ifndef SEARCH_EXTRACT_H
#define SEARCH_EXTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "search/row.h"
#include "json/json.h"

struct search_extractor;

/* To be raised with every change of the rows or words that a resource gives; what is folded and how UCUM's units are
 * computed count, too. A test over HL7's examples (unit/search/extractor_id_test.c) fails until it is. */
enum { SEARCH_EXTRACTOR_VERSION = 4 };

/* Which extractor this is: another one where that number or a search parameter of R4's tables is another. */
uint64_t search_extractor_id(void);

/* For all types; about 1 MB in `arena`, which must outlive it. NULL: no memory. */
MUST_USE const struct search_extractor *search_extractor_make(struct arena *arena);

/* One of some search parameters alone, by their place in fhir_search_params: for who asks for few, and often. Of those,
 * and in the same order, a resource gives the rows that the whole one gives. */
typedef bool search_wants(uint16_t type, uint16_t param);
MUST_USE const struct search_extractor *search_extractor_make_some(struct arena *arena,
                                                                   search_wants *wants);

/* The rows of the resource in `json`; none where it has no resourceType that R4 knows. `base` is our own address
 * ("https://example.org/fhir"): references behind it are ours. Texts of rows are in `arena` or in the json's. False:
 * the arena had no room. */
MUST_USE bool search_extract(const struct search_extractor *extractor, const struct json *json,
                             struct text base, struct arena *arena, struct search_rows *rows);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A resource on its way into the store: read, checked, indexed, and then written with what the server adds.
 *
 * What is kept is what was sent: members in their order, numbers with their digits, white space between them left
 * out. id, meta.versionId and meta.lastUpdated are the server's, and stand first.
 *
 * Source: http://hl7.org/fhir/R4/http.html#create, #update; resource.html#Meta. Pure; all is in the arena given. */
#ifndef REST_DRAFT_H
#define REST_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"
#include "fhir/validate.h"
#include "rest/outcome.h"
#include "search/row.h"
#include "store/store.h"
#include "json/json.h"

struct rest;

/* Rows of one resource, and of all in a transaction: their writing holds up other writers, some 10 us each. Ours. */
enum { DRAFT_ROWS_MAX = 65536, DRAFT_ROWS_OF_ALL_MAX = 400000 };

struct rest_draft {
    struct json json;
    uint32_t node; /* of the resource in it */
    uint16_t type;
    struct text id;   /* that it says it has; "" where it says none */
    struct text tail; /* all that stands behind meta.lastUpdated's value */
    struct search_rows rows;
    struct text words; /* search/words.h */
};

/* Reads a whole body that is one resource of `type` (FHIR_NONE: of any). Returns 0, or the HTTP status of what is
 * wrong: 400 it cannot be read, 413 it takes too much, 422 it is not valid. */
MUST_USE unsigned rest_draft_read(const struct rest *rest, struct rest_draft *draft,
                                  struct text body, uint16_t type, struct arena *arena,
                                  struct outcome *outcome);

/* Reads a draft anew with `security`, an array, as its meta.security. Returns as rest_draft_read. */
MUST_USE unsigned rest_draft_labelled(const struct rest *rest, struct rest_draft *labelled,
                                      const struct rest_draft *draft, struct text security,
                                      struct arena *arena, struct outcome *outcome);

/* The resource as it is kept; .bytes is NULL where the arena had no room. */
MUST_USE struct text rest_draft_write(const struct rest_draft *draft,
                                      const struct store_claim *claim, struct arena *arena);

/* Writes the members of an object but those `names` (NULL ends them), each with a comma before it. */
void rest_write_others(struct buffer *buffer, const struct json *json, uint32_t object,
                       const char *const *names);

/* A new id: a UUID of version 7 (RFC 9562), which sorts by time. .bytes is NULL where there was no room. */
MUST_USE struct text rest_new_id(const struct rest *rest, int64_t now_ms, struct arena *arena);

/* Whether an id may be one of rest_new_id, or of another server's that makes them so. */
bool rest_is_new_id(struct text id);

/* R4's rules, told in the outcome's language. */
struct fhir_validator rest_validator(const struct rest *rest, const struct outcome *outcome);

/* Adds what a validator found to what is told. */
void rest_tell_issues(struct outcome *outcome, const struct fhir_issues *issues);

/* Says that there was no more memory for this request: 413. */
unsigned rest_no_room(struct outcome *outcome);

#endif

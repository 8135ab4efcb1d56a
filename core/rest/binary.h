/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary: the one resource that travels as what it is, a picture as a picture.
 *
 * Sent with a content type that is not FHIR's, it is kept as a Binary with these bytes as base64; read without asking
 * for FHIR, it is these bytes again. Source: http://hl7.org/fhir/R4/binary.html#rest. Pure. */
#ifndef REST_BINARY_H
#define REST_BINARY_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "rest/rest.h"
#include "json/json.h"

/* Whether a body sent as application/json is a Binary as a resource; other JSON is what one holds. */
bool binary_is_resource(struct text body, struct arena *arena);

/* The resource as JSON; .bytes is NULL where the arena has no room. `id` is "" of a new one; `security_context` whom
 * it is about, a reference, or "". */
MUST_USE struct text binary_wrap(struct text bytes, struct text content_type, struct text id,
                                 struct text security_context, struct arena *arena);

enum binary_err {
    BINARY_OK = 0,
    BINARY_ERR_FORM,   /* its data is not base64 in one piece */
    BINARY_ERR_MEMORY, /* the arena had no room */
};

/* What the Binary at `node` holds, in the arena. */
MUST_USE enum binary_err binary_unwrap(const struct json *json, uint32_t node, struct arena *arena,
                                       struct text *content_type, struct text *bytes);

/* Answers with the contents of a Binary as it is kept. */
enum rest_turn binary_answer(struct rest_exchange *exchange, const struct store_row *row);

#endif

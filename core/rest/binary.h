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

/* The resource as JSON; .bytes is NULL where the arena has no room. `id` is "" of a new one. */
MUST_USE struct text binary_wrap(struct text bytes, struct text content_type, struct text id,
                                 struct arena *arena);

/* Answers with the contents of a Binary as it is kept. */
enum rest_turn binary_answer(struct rest_exchange *exchange, const struct store_row *row);

#endif

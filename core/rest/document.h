/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bundles of the type document: a Composition and what it refers to.
 * Source: http://hl7.org/fhir/R4/documents.html. */
#ifndef REST_DOCUMENT_H
#define REST_DOCUMENT_H

#include "base/attr.h"
#include "base/buffer.h"
#include "rest/rest.h"
#include "store/store.h"
#include "json/writer.h"

enum { DOCUMENT_ENTRIES_MAX = 2000 };

struct document {
    struct rest_exchange *exchange;
    struct buffer buffer;
    struct json_writer writer;
    struct document_place {
        uint16_t type;
        struct text id;
    } * there; /* what is in it already */
    size_t count;
};

/* The member `meta` of a resource that says to keep to this profile. */
void document_write_profile(struct json_writer *writer, const char *profile);

/* Begins a document, up to its first entry; `profile` is the canonical URL that it says to keep to, or NULL.
 * Returns 0, or 413. */
MUST_USE unsigned document_begin(struct document *document, struct rest_exchange *exchange,
                                 const char *profile);

/* Adds a resource, unless it is there already. False: there are DOCUMENT_ENTRIES_MAX, or no memory. */
MUST_USE bool document_add(struct document *document, uint16_t type, struct text id,
                           struct text body);

/* Adds what a resource refers to, as far as it is here. Returns 0, or an HTTP status. */
MUST_USE unsigned document_follow(struct document *document, struct store_view *view,
                                  struct text body);

/* Leaves it to be written as a new Bundle, which is then the answer. */
enum rest_turn document_keep(struct document *document);

/* Answers with it. */
enum rest_turn document_answer(struct document *document);

#endif

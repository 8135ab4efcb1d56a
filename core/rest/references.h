/* SPDX-License-Identifier: GPL-3.0-or-later */
/* References in resources that are written together: what stands for a resource of the same bundle, or for what a
 * search finds, becomes the reference that is kept.
 *
 * Looked at are Reference.reference and values of the types uri, url, oid, uuid and canonical.
 * Source: http://hl7.org/fhir/R4/http.html#trules. Pure. */
#ifndef REST_REFERENCES_H
#define REST_REFERENCES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"
#include "json/json.h"

struct reference_map {
    struct reference_pair {
        struct text from, to; /* "urn:uuid:...", "Patient/12" */
    } * pairs;
    size_t count;
    /* Where the resource comes from, "http://elsewhere.example/fhir": "Patient/7" in it is not our own Patient/7 (R4
     * bundle.html#references). "": from here, or from nowhere. */
    struct text base;
};

/* Sorts the pairs, for what follows. False: a `from` stands twice; it is `*twice` then. */
MUST_USE bool reference_map_sort(struct reference_map *map, struct text *twice);

/* What `from` has become; .bytes is NULL where it is none of the map's. */
struct text reference_map_find(const struct reference_map *map, struct text from);

/* A Reference.reference that means something within a bundle alone (urn:uuid:, urn:oid:), and nothing of the map. */
struct reference_lost {
    struct text reference;  /* .bytes is NULL where there is none */
    struct text expression; /* of its element, from the resource on: "subject.reference" */
};

/* Writes the resource at `node` with each reference of the map replaced. False: `*lost` is the first of those; what is
 * written is of no use. A resource that is a Bundle itself has its own. */
MUST_USE bool references_replace(const struct reference_map *map, const struct json *json,
                                 uint32_t node, struct buffer *buffer, struct reference_lost *lost);

/* The same, looking only. False also where the arena had no room; lost->reference.bytes is NULL then. */
MUST_USE bool references_stand(const struct reference_map *map, const struct json *json,
                               uint32_t node, struct arena *arena, struct reference_lost *lost);

/* Calls `take` for each Reference.reference. False: `take` said so, or the arena had no room. */
MUST_USE bool references_each(const struct json *json, uint32_t node, struct arena *arena,
                              bool (*take)(void *context, struct text reference), void *context);

/* The base of a full URL that is a resource's, "http://a.example/fhir" of "http://a.example/fhir/Patient/7"; "" of any
 * other. */
struct text reference_base(struct text full_url);

/* A reference to a resource here ("Patient/12", BASE/Patient/12, with or without a version), taken apart. False: it is
 * to something else. */
MUST_USE bool reference_here(struct text reference, struct text base, uint16_t *type,
                             struct text *id);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search finds a resource by: rows that a store keeps in a table for each kind.
 *
 * core/search makes them from a resource, and a query from what is asked, both normalised the same way, so that
 * a store compares bytes and numbers and knows nothing of FHIR. The text of a row is in the arena that the
 * resource was indexed with, or in the resource's own bytes.
 *
 * A place in a resource may have several rows: a name its parts, and of each part one more from each further word on
 * ("fassi" of "el fassi"), whose `exact` is ""; a quantity one by its code and, where it differs,
 * one by its unit; an identifier with a type one more, whose system is "of-type SYSTEM|CODE" of that type, for
 * :of-type (no URI has a space).
 *
 * A composite parameter's rows are its components' rows with the composite's own `param`: `component` says which
 * of its parts one is, from 0, and rows of the same `group` come from the same place in the resource. Others have
 * component and group 0.
 *
 * What is in contained resources finds the resource around them by chains and _has alone (R4 3.1.1.5.6): its rows stand
 * behind the others, with the parameters of the contained one's own type, component SEARCH_CONTAINED, and as group its
 * place among those contained, from 1. The first of each is a token of _id with its type's name as the system and its
 * id as the code. Composites are not among them.
 *
 * Location's near is kept the same way: its two numbers are latitude and longitude. */
#ifndef SEARCH_ROW_H
#define SEARCH_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { SEARCH_CONTAINED = 12 }; /* a component; composites have fewer */

enum search_kind {
    SEARCH_TOKEN,     /* system, code, its text folded */
    SEARCH_STRING,    /* folded, and as written for :exact */
    SEARCH_REFERENCE, /* type and id of one here, or a URL; an identifier besides */
    SEARCH_DATE,      /* an interval in milliseconds since 1970 UTC, both ends within */
    SEARCH_NUMBER, /* an interval: of a single number both ends are it, whatever its digits (R4 3.1.1.4.3) */
    SEARCH_QUANTITY, /* the same in a UCUM base unit besides */
    SEARCH_URI,
    SEARCH_KINDS
};

struct search_row {
    uint16_t param; /* fhir/model.h */
    uint8_t kind;   /* enum search_kind */
    uint8_t component;
    uint16_t group;
    union {
        struct {
            struct text system; /* "" where there is none */
            struct text code;   /* folded where the system is not case-sensitive */
            struct text text;   /* display or text, folded; "" where there is none: for :text */
        } token;
        struct {
            struct text folded; /* search/fold.h */
            struct text exact;  /* as written; "" of what is only the end of another row */
        } string;
        struct {
            uint16_t type;       /* of a resource here, or FHIR_NONE */
            struct text id;      /* of it; of anything else, the whole URL */
            struct text version; /* "" where none is named; after the | of a canonical one */
            struct text system, identifier; /* of Reference.identifier; "" where there is none */
        } reference;
        struct {
            int64_t low_ms, high_ms;
        } date;
        struct {
            double low, high;
        } number;
        struct {
            double low, high;
            struct text system, code;   /* as written */
            double base_low, base_high; /* in `base_unit` */
            struct text base_unit;      /* UCUM, canonical; "" where it is none that we know */
        } quantity;
        struct text uri;
    } of;
};

struct search_rows {
    struct search_row *rows;
    size_t count;     /* of the resource itself */
    size_t contained; /* behind these: of what it contains */
};

#endif

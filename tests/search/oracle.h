/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which resources a search finds, the slow and obvious way: what a store's answers are held against.
 *
 * Written from R4's text, over the resources themselves: no rows, no normalised query. Elements are found by
 * evaluating each parameter's expression with fhirpath, chains by trying every resource. Shared with what is
 * tested are only the readers of one date, one unit and one text's folding, which have tests of their own.
 *
 * Known are the plain parameters of all kinds and composites, their modifiers but :in :not-in and :of-type, :above and
 * :below of references alone, chains (one link into what is contained), _has, _id, _lastUpdated. */
#ifndef SEARCH_ORACLE_H
#define SEARCH_ORACLE_H

#include "base/arena.h"
#include "search/query.h"
#include "json/json.h"

struct oracle_resource {
    uint16_t type;
    struct text id;
    int64_t updated_ms;
    const struct json *json;
};

struct oracle {
    const struct oracle_resource *resources;
    size_t count;
    struct text base; /* our address, as in struct search_setting */
    int64_t now_ms;
    struct arena *arena; /* grows with each question */
};

/* Whether the resource is found by `name=value`, both decoded, of a search for its type. */
bool oracle_finds(const struct oracle *oracle, const struct oracle_resource *resource,
                  struct text name, struct text value);

/* The parameter by which resources of a type lie in one another, "" where they do not. */
const char *oracle_part_of(uint16_t type);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and places out of tables that others keep, where they are at hand: the census' provinces and regions, first
 * names by country.
 *
 * A table is text with commas and a first line of columns' names; columns are found by these, so that their order
 * and others beside them do not matter. A line that lacks one, has a quoted one, bytes that are no UTF-8 or control
 * characters is passed over. What a table does not give is as it is built in.
 *
 *   provinces: name_fr, name_ar, type, region_code, population_2024; of type "prefecture_of_arrondissements" none,
 *              since these are parts of another
 *   regions:   code, name_fr
 *   forenames: Country ("MA" is taken), Gender (F or M), Romanized Name; without an Arabic form unless the built-in
 *              lists know it
 *
 * Pure; what is read is in the arena, and ends there with a NUL. */
#ifndef DEMO_LISTS_READ_H
#define DEMO_LISTS_READ_H

#include "base/attr.h"
#include "demo/demo.h"

struct demo_tables {
    struct text provinces, regions, forenames; /* "": there is none */
};

/* The built-in lists, with what the tables have: their places instead, their names besides. False: the arena has
 * no room. */
MUST_USE bool demo_lists_read(struct demo_lists *lists, const struct demo_tables *tables,
                              struct arena *arena);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/unique.h"

#include <stdlib.h>

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int order_of(const struct search_row *a, const struct search_row *b)
{
    int order = ORDER(a->param, b->param);
    order = order ? order : ORDER(a->component, b->component);
    order = order ? order : ORDER(a->group, b->group);
    order = order ? order : text_compare(a->of.token.code, b->of.token.code);
    order = order ? order : text_compare(a->of.token.system, b->of.token.system);
    return order ? order : text_compare(a->of.token.text, b->of.token.text);
}

/* By what they say, then by where they stand. Sorted, not hashed: nobody can choose texts that take long. */
static int by_row(const void *a, const void *b, void *rows)
{
    const uint32_t *one = a, *other = b;
    const struct search_row *all = rows;
    int order = order_of(&all[*one], &all[*other]);
    return order ? order : ORDER(*one, *other);
}

bool search_rows_unique(struct search_row *rows, size_t *count, struct arena *arena)
{
    size_t tokens = 0, kept = 0;
    uint32_t *places = arena_take(arena, (*count + 1) * sizeof *places);
    bool *is_double = arena_take_zeroed(arena, *count + 1, sizeof *is_double);
    if (!places || !is_double)
        return false;
    for (size_t i = 0; i < *count; i++)
        if (rows[i].kind == SEARCH_TOKEN)
            places[tokens++] = (uint32_t)i;
    qsort_r(places, tokens, sizeof *places, by_row, rows);
    for (size_t i = 1; i < tokens; i++)
        is_double[places[i]] = order_of(&rows[places[i - 1]], &rows[places[i]]) == 0;
    for (size_t i = 0; i < *count; i++)
        if (!is_double[i])
            rows[kept++] = rows[i];
    *count = kept;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values by the hundred, as they were asked for, are looked up by halving: for each row a dozen comparisons. Those of
 * value sets come sorted (search/query.h). */
#include <stdlib.h>

#include "store/match.h"

enum { SET_FROM = 12 }; /* values; fewer are gone through as fast */

struct match_set {
    struct match_set *next;
    const struct search_condition *condition;
    const struct search_value **sorted; /* by key; NULL: these values have no order of use */
    size_t count;
};

/* What values of this kind are compared by, where it is one text. */
static bool key_of(const struct search_value *value, struct text *key)
{
    switch ((enum search_kind)value->kind) {
    case SEARCH_TOKEN:
        *key = value->of.token.code;
        return !value->of.token.by_text && key->len > 0;
    case SEARCH_STRING:
        *key = value->of.string.text;
        return !(value->of.string.by_exact && value->match == SEARCH_STARTS);
    case SEARCH_REFERENCE:
        *key = value->of.reference.id;
        return !value->of.reference.by_identifier;
    case SEARCH_URI:
        *key = value->of.uri;
        return true;
    case SEARCH_DATE:
    case SEARCH_NUMBER:
    case SEARCH_QUANTITY:
    case SEARCH_KINDS:
        break;
    }
    return false;
}

static bool by_start(const struct search_value *value)
{
    return value->match == SEARCH_STARTS && value->kind != SEARCH_TOKEN &&
           value->kind != SEARCH_REFERENCE;
}

static bool is_exact(const struct search_value *value)
{
    return value->kind == SEARCH_STRING && value->of.string.by_exact;
}

static bool are_alike(const struct search_condition *condition)
{
    const struct search_value *first = condition->values;
    struct text key;
    for (size_t i = 0; i < condition->value_count; i++) {
        const struct search_value *value = &condition->values[i];
        if (value->kind != first->kind || value->match != first->match ||
            value->match == SEARCH_CONTAINS || is_exact(value) != is_exact(first) ||
            !key_of(value, &key))
            return false;
    }
    return true;
}

static int by_key(const void *a, const void *b)
{
    struct text left = {"", 0}, right = {"", 0};
    (void)key_of(*(const struct search_value *const *)a, &left);
    (void)key_of(*(const struct search_value *const *)b, &right);
    return text_compare(left, right);
}

/* Of beginnings those that begin with another one say nothing more: then what a text begins with is the last that is
 * not behind it. */
static void leave_shortest(struct match_set *set)
{
    struct text kept = {"", 0}, key = {"", 0};
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) {
        (void)key_of(set->sorted[i], &key);
        if (count && text_starts(key, kept))
            continue;
        kept = key;
        set->sorted[count++] = set->sorted[i];
    }
    set->count = count;
}

static struct match_set *make(struct match_work *work, const struct search_condition *condition)
{
    struct match_set *set = arena_take(work->arena, sizeof *set);
    if (!set)
        return NULL;
    *set = (struct match_set){.next = work->sets, .condition = condition};
    work->sets = set;
    if (are_alike(condition))
        set->sorted =
            arena_take(work->arena, condition->value_count * sizeof(struct search_value *));
    if (!set->sorted)
        return set;
    set->count = condition->value_count;
    for (size_t i = 0; i < set->count; i++)
        set->sorted[i] = &condition->values[i];
    qsort(set->sorted, set->count, sizeof(struct search_value *), by_key);
    if (by_start(condition->values))
        leave_shortest(set);
    return set;
}

const struct match_set *match_set_of(struct match_work *work,
                                     const struct search_condition *condition)
{
    if (!work || !work->arena || condition->value_count < SET_FROM)
        return NULL;
    struct match_set *set = work->sets;
    while (set && set->condition != condition)
        set = set->next;
    if (!set)
        set = make(work, condition);
    return set && set->sorted ? set : NULL;
}

/* What of a row is looked up. */
static struct text asked_of(const struct search_row *row, bool exact)
{
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        return row->of.token.code;
    case SEARCH_STRING:
        return exact ? row->of.string.exact : row->of.string.folded;
    case SEARCH_REFERENCE:
        return row->of.reference.id;
    case SEARCH_URI:
        return row->of.uri;
    case SEARCH_DATE:
    case SEARCH_NUMBER:
    case SEARCH_QUANTITY:
    case SEARCH_KINDS:
        break;
    }
    return (struct text){"", 0};
}

bool match_set_has(const struct match_set *set, const struct search_row *row,
                   struct match_work *work)
{
    const struct search_value *first = set->sorted[0];
    struct text asked = asked_of(row, is_exact(first)), key = {"", 0};
    size_t low = 0, high = set->count; /* the first behind `asked` is in [low, high] */
    if (row->kind != first->kind)
        return false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        (void)key_of(set->sorted[middle], &key);
        if (text_compare(key, asked) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    while (low-- > 0 && match_spend(work, 4)) { /* the same code of several systems */
        if (match_value(row, set->sorted[low]))
            return true;
        (void)key_of(set->sorted[low], &key);
        if (by_start(first) || !text_equal(key, asked))
            return false;
    }
    return false;
}

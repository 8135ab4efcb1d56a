/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collections as sets: many items are found by their hash, so that hundreds of ids are told apart in no time. */
#include "fhirpath/set.h"

enum { LINEAR_MAX = 8, SLOTS_FIRST = 32 }; /* so few items are compared one by one */

struct set_slot {
    uint32_t hash, index; /* index + 1 of the stack; 0: free */
};

void set_init(struct set *set, uint32_t first)
{
    *set = (struct set){.first = first};
}

static bool is_same(struct fhirpath_run *run, const struct fhirpath_value *value, uint32_t index,
                    bool *same)
{
    enum fhirpath_truth truth;
    if (!values_equal(run, value, &run->stack[index], &truth))
        return false;
    *same = truth == FHIRPATH_TRUE;
    return true;
}

static bool set_has_linear(struct fhirpath_run *run, const struct set *set,
                           const struct fhirpath_value *value, bool *has)
{
    *has = false;
    for (uint32_t i = 0; i < set->count && !*has; i++)
        if (!is_same(run, value, set->first + i, has))
            return false;
    return true;
}

bool set_has(struct fhirpath_run *run, const struct set *set, const struct fhirpath_value *value,
             bool *has)
{
    uint32_t hash;
    if (!set->slots)
        return set_has_linear(run, set, value, has);
    if (!value_hash(run, value, &hash))
        return false;
    *has = false;
    for (uint32_t at = hash & set->mask; set->slots[at].index && !*has; at = (at + 1) & set->mask)
        if (!run_step(run, 1) ||
            (set->slots[at].hash == hash && !is_same(run, value, set->slots[at].index - 1, has)))
            return false;
    return true;
}

static bool set_put(struct fhirpath_run *run, struct set *set, uint32_t index)
{
    uint32_t hash;
    if (!value_hash(run, &run->stack[index], &hash))
        return false;
    uint32_t at = hash & set->mask;
    for (; set->slots[at].index; at = (at + 1) & set->mask)
        if (!run_step(run, 1))
            return false;
    set->slots[at] = (struct set_slot){hash, index + 1};
    return true;
}

/* Twice the slots, and all items in them anew. */
static bool set_grow(struct fhirpath_run *run, struct set *set)
{
    uint32_t size = set->slots ? 2 * (set->mask + 1) : SLOTS_FIRST;
    if (!(set->slots = run_take(run, size * sizeof *set->slots)))
        return false;
    memset(set->slots, 0, size * sizeof *set->slots);
    set->mask = size - 1;
    for (uint32_t i = 0; i < set->count; i++)
        if (!set_put(run, set, set->first + i))
            return false;
    return true;
}

bool set_add(struct fhirpath_run *run, struct set *set)
{
    uint32_t index = set->first + set->count;
    if (set->slots ? 2 * (set->count + 1) > set->mask : set->count >= LINEAR_MAX)
        if (!set_grow(run, set))
            return false;
    set->count++;
    return !set->slots || set_put(run, set, index);
}

bool run_distinct(struct fhirpath_run *run, uint32_t base)
{
    struct set set;
    if (run->top - base < 2)
        return true;
    set_init(&set, base);
    for (uint32_t at = base; at < run->top; at++) {
        struct fhirpath_value value = run->stack[at];
        bool has;
        if (!set_has(run, &set, &value, &has))
            return false;
        if (has)
            continue;
        run->stack[base + set.count] = value;
        if (!set_add(run, &set))
            return false;
    }
    run->top = base + set.count;
    return true;
}

static bool set_of(struct fhirpath_run *run, struct set *set, uint32_t first)
{
    uint32_t count = run->top - first;
    set_init(set, first);
    while (set->count < count)
        if (!set_add(run, set))
            return false;
    return true;
}

bool run_keep_common(struct fhirpath_run *run, uint32_t base, uint32_t middle, bool is_kept)
{
    struct set set;
    uint32_t kept = base;
    if (!set_of(run, &set, middle))
        return false;
    for (uint32_t at = base; at < middle; at++) {
        struct fhirpath_value value = run->stack[at];
        bool has;
        if (!set_has(run, &set, &value, &has))
            return false;
        if (has == is_kept)
            run->stack[kept++] = value;
    }
    run->top = kept;
    return true;
}

bool run_is_subset(struct fhirpath_run *run, uint32_t base, uint32_t middle, bool *is_subset)
{
    struct set set;
    if (!set_of(run, &set, middle))
        return false;
    *is_subset = true;
    for (uint32_t at = base; at < middle && *is_subset; at++)
        if (!set_has(run, &set, &run->stack[at], is_subset))
            return false;
    return true;
}

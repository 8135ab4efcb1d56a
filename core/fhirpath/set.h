/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items of the stack as a set, by equality. Inside core/fhirpath. */
#ifndef FHIRPATH_SET_H
#define FHIRPATH_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "fhirpath/inside.h"

struct set_slot;

/* Its items lie together on the stack, from `first` on. */
struct set {
    uint32_t first, count;
    uint32_t mask;          /* of slots, of which twice as many are there as items at least */
    struct set_slot *slots; /* by hash; NULL while there are few */
};

void set_init(struct set *set, uint32_t first);

/* Whether an item equal to `value` is in it. */
bool set_has(struct fhirpath_run *run, const struct set *set, const struct fhirpath_value *value,
             bool *has);

/* Takes in the item that lies behind those that are in it. */
bool set_add(struct fhirpath_run *run, struct set *set);

#endif

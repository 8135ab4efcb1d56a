/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hands of somebody who sits at a desk (motion/desk.h), a thousand times a second.
 *
 *     struct hands *hands = hands_of(desk_source(&desk, pump, context), "...", now);
 *
 * `desk` is lent for as long as the source lives. `pump(context, until_ns)` is called before each sample and
 * gives the desk what its devices did up to then (desk_take), nothing later. NULL: memory is short. */
#ifndef INPUT_DESK_SOURCE_H
#define INPUT_DESK_SOURCE_H

#include "input/source.h"
#include "motion/desk.h"

struct source *desk_source(struct desk *desk, void (*pump)(void *context, uint64_t until_ns),
                           void *context);

#endif

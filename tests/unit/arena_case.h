/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An arena for each case of a test: what cmocka calls before it and after. Included last: what is inline in
 * other headers may have an `arena` of its own. */
#ifndef UNIT_ARENA_CASE_H
#define UNIT_ARENA_CASE_H

#include "base/arena.h"
#include "unit/cmocka_base.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 64 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

#endif

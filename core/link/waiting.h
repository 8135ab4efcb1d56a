/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who waits at the door: the turn goes to the one that has waited longest, so that a stranger who asks
 * without end gets one turn in two beside one that asks once, and not all.
 *
 * A dialler repeats itself; one that was silent for longer than one that is there would be has left. A host has few
 * places here, so that one machine can not take them all, and where all are taken a machine that has none gets one of
 * another that has several. Who finds none asks again. Pure; one owner. */
#ifndef LINK_WAITING_H
#define LINK_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/link.h"

enum { WAITING_MAX = 16, WAITING_OF_A_HOST_MAX = 4 };

/* A dialler tries again within 0.3 s at first and then after twice as long each time, 1 s at most
 * (link/stream.c), and one of its tries may be lost: the first number and twice what it has waited, up to
 * the second. So one that asked once and left keeps the turn from the others for a second. */
#define WAITING_PATIENCE_LEAST_NS UINT64_C(1000000000)
#define WAITING_PATIENCE_NS UINT64_C(2500000000)

struct waiting {
    struct waiting_one {
        struct link_path path;
        uint64_t connection; /* the dialler's number */
        uint64_t came_ns, heard_ns;
    } ones[WAITING_MAX]; /* `count`, the first came first */
    size_t count;
};

/* Whether both are of one machine, by its address. */
bool waiting_is_one_host(const struct link_path *a, const struct link_path *b);

/* `connection` asks, from `path`: it waits from now on where it did not yet. True when nobody who still
 * waits was here before it. */
MUST_USE bool waiting_comes_first(struct waiting *waiting, const struct link_path *path,
                                  uint64_t connection, uint64_t now_ns);

/* It waits no longer. */
void waiting_leave(struct waiting *waiting, uint64_t connection);

#endif

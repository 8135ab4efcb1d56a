/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a process of the operation that died is started again, and when no more.
 *
 * Pure; one owner. `now_ns` is monotonic and never runs backwards. */
#ifndef OPERATE_RESTART_H
#define OPERATE_RESTART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum { RESTARTS_MAX = 5 }; /* of one process in an operation: what dies oftener is broken */

struct restart {
    const char *name; /* "cart" */
    unsigned deaths;
    double first_s;  /* of the operation, at the first */
    uint64_t due_ns; /* when it is started again; 0: it runs, or is given up */
    bool is_given_up;
};

void restart_init(struct restart *restart, const char *name);

/* It died. False: too often, it is given up. Else it is due after 0.25 s, twice as long each time. */
MUST_USE bool restart_plan(struct restart *restart, uint64_t now_ns, double now_s);

/* Whether to start it now; true once. */
MUST_USE bool restart_is_due(struct restart *restart, uint64_t now_ns);

#endif

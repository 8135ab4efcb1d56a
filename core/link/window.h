/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least value of the last seconds, up to a minute: floors of delays, and, of negated values,
 * the worst of lately. One value is kept for each second, so the reach is exact to a second.
 *
 * Pure, fixed memory; adding is O(1), asking looks at each second asked for. */
#ifndef LINK_WINDOW_H
#define LINK_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum { WINDOW_SECONDS = 60 };

struct window { /* all zero is empty */
    struct {
        uint64_t second; /* + 1; 0: empty */
        int64_t least;
    } slots[WINDOW_SECONDS];
};

void window_add(struct window *window, int64_t value, uint64_t now_ns);

/* The least of the last `seconds` (1 to WINDOW_SECONDS), this one included; `none` if empty. */
int64_t window_least(const struct window *window, unsigned seconds, uint64_t now_ns, int64_t none);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The holds of a run, as either end sees them: why, since when, for how long. The newest are kept.
 *
 * Pure: no clock, heap or thread; one owner. `now_ns` never runs backwards. */
#ifndef MOTION_HOLD_LOG_H
#define MOTION_HOLD_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum { HOLD_LOG_KEPT = 64 };

struct hold_record {
    unsigned cause; /* enum hold_cause, or one that the owner adds to it */
    uint64_t start_ns;
    uint64_t length_ns; /* once it is not `open` any more */
    bool open;
};

struct hold_log { /* all zero: none yet */
    uint64_t count;
    struct hold_record records[HOLD_LOG_KEPT]; /* record n at n % HOLD_LOG_KEPT */
};

/* A hold for `cause` begins; one for another ends. */
void hold_log_begin(struct hold_log *log, unsigned cause, uint64_t now_ns);

/* The hold that is open for `from` is one for `cause`, as is known now; none, or another: nothing. */
void hold_log_rename(struct hold_log *log, unsigned from, unsigned cause);

/* Nothing holds any more. */
void hold_log_end(struct hold_log *log, uint64_t now_ns);

/* Record `n`, 0 <= n < count, or NULL when it is no longer kept. */
const struct hold_record *hold_log_at(const struct hold_log *log, uint64_t n);

#endif

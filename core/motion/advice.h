/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scale to advise under the delay that there is. Shown, never applied: the best scale is each
 * surgeon's own (research A.4: arXiv 1902.03290, 2506.21689), and a scale that changes by itself is
 * a hazard (H-35).
 *
 * What a tip overshoots before the eye can correct it is hand speed times scale times delay. Up to
 * 100 ms, which 34 surgeons found acceptable (research A.3, PLoS One 0274328), nothing is advised;
 * above, so much less scale that the overshoot stays what it is at 100 ms: the table in advice.c. Beyond
 * 300 ms, which all 16 of a study called safe (10.1007/s00464-014-3504-z), not to operate.
 *
 * Pure; one owner per struct. */
#ifndef MOTION_ADVICE_H
#define MOTION_ADVICE_H

#include <stdbool.h>
#include <stdint.h>

enum advice_kind {
    ADVICE_NONE,  /* the scale is fine */
    ADVICE_SCALE, /* a smaller one would keep the overshoot down */
    ADVICE_STOP   /* the delay is beyond what anybody calls safe */
};

struct advice { /* zero at first */
    enum advice_kind kind;
    double scale;    /* to be advised, with ADVICE_SCALE */
    unsigned row;    /* of the table that holds now */
    double delay_ns; /* mean over the last ADVICE_MEMORY updates or so; 0: none yet */
};

/* One picture's delay is not the line's: at 20 updates a second the last 2 to 3 s count. */
enum { ADVICE_MEMORY = 50 };

/* A falling delay changes the advice only once it is this much below a row's limit: words that
 * flicker are not read. */
#define ADVICE_SLACK_NS UINT64_C(10000000)

/* Brings `advice` up to date for a delay from hand to eye as last measured and the scale in use. */
void advice_update(struct advice *advice, uint64_t delay_ns, double scale);

#endif

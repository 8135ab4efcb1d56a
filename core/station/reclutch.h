/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When recorded hands ask for a fresh clutch-in, as a surgeon would: once after each hold, when all
 * has been well again for a moment. Only for trials, and where asked for: a hold is otherwise a person's
 * to end (hazard H-03).
 *
 * Pure; one owner. */
#ifndef STATION_RECLUTCH_H
#define STATION_RECLUTCH_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/arm_state.h"
#include "motion/gate.h"

/* All must have been well for so long. */
#define RECLUTCH_WELL_NS UINT64_C(500000000)
/* A clutch-in takes 300 ms and the way there and back; not again before that is over. */
#define RECLUTCH_AGAIN_NS UINT64_C(2000000000)

struct reclutch_facts {
    enum hold_cause hold; /* as the cart told last */
    bool heard;           /* and it told lately */
    bool clock_measured;
    enum gate_state gate;
};

struct reclutch {
    uint64_t well_since_ns; /* 0: something is wrong */
    uint64_t asked_ns;      /* 0: not yet in this session */
};

/* A new session: all is to be seen anew. */
void reclutch_session(struct reclutch *reclutch);

/* True once when the foot should lift and come down again. */
bool reclutch_is_due(struct reclutch *reclutch, const struct reclutch_facts *facts,
                     uint64_t now_ns);

#endif

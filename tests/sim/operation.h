/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole operation in virtual time: console, cart and arm over lines in weather, with faults, all
 * drawn from one seed, and a witness of what must hold (sim/witness.h). */
#ifndef SIM_OPERATION_H
#define SIM_OPERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/plan.h"
#include "sim/witness.h"

enum { OPERATION_WHY_BYTES = WITNESS_WHY_BYTES + 32 };

/* Runs the operation of `seed`. True when all held; else `why` says what did not. `verbose` prints
 * the plan, and what happens when. */
bool operation_run(uint64_t seed, bool verbose, char why[static OPERATION_WHY_BYTES],
                   struct witness_figures *figures);

#endif

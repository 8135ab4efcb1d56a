/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which seeds a simulation is to run: `[--from N] [--seeds N]`, or `--seed N` for one, told in full with
 * `--verbose`. */
#ifndef SIM_SEEDS_H
#define SIM_SEEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct seeds {
    uint64_t from, count;
    bool verbose;
};

/* 100 from 1 on where nothing else is asked for. False: these words make no sense. */
MUST_USE bool seeds_read(struct seeds *seeds, int argc, char **argv);

#endif

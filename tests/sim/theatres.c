/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theatres [--from N] [--seeds N] | --seed N [--verbose]: simulated operations of a cart, two consoles and a bedside
 * (sim/theatre.h), each from a seed. */
#include <stdio.h>

#include "sim/seeds.h"
#include "sim/theatre.h"

enum { MANY_SEEDS = 50 };

static void add(struct theatre_figures *sum, const struct theatre_figures *one)
{
    sum->applied += one->applied;
    sum->moved_ms += one->moved_ms;
    sum->leases += one->leases;
    sum->takeovers += one->takeovers;
    sum->estops += one->estops;
    sum->undockings += one->undockings;
    sum->dockings += one->dockings;
    sum->holds += one->holds;
    sum->restarts += one->restarts;
    sum->stale += one->stale;
    sum->faults += one->faults;
}

/* A theatre in which nothing is done breaks no rule either. */
static bool is_work(const struct theatre_figures *sum, uint64_t seeds)
{
    return seeds < MANY_SEEDS ||
           (sum->applied >= 1000 * seeds && sum->moved_ms >= 1000 * seeds &&
            sum->leases >= 3 * seeds && sum->takeovers >= seeds / 2 && sum->estops >= seeds / 4 &&
            sum->stale > 0 && sum->undockings > 0 && sum->dockings > 0 && sum->faults >= 3 * seeds);
}

int main(int argc, char **argv)
{
    struct seeds seeds;
    struct theatre_figures sum = {0}, figures;
    char why[THEATRE_WHY_BYTES];
    uint64_t failed = 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!seeds_read(&seeds, argc, argv)) {
        fprintf(stderr, "theatres [--from N] [--seeds N] | --seed N [--verbose]\n");
        return 2;
    }
    for (uint64_t seed = seeds.from; seed - seeds.from < seeds.count; seed++) {
        if (!theatre_run(seed, seeds.verbose, why, &figures)) {
            failed++;
            printf("FAILED seed %llu %s\n    see it again: %s --seed %llu --verbose\n",
                   (unsigned long long)seed, why, argv[0], (unsigned long long)seed);
        }
        add(&sum, &figures);
    }
    printf("%llu theatres, %llu failed: %llu gestures moved the arm, it moved for %.0f s, the "
           "lease changed "
           "hands %llu times, %llu of them to the bedside, %llu gestures without it, %llu "
           "emergency stops, "
           "undocking for %.0f s, docking for %.0f s, %llu holds, %llu faults, %llu programs "
           "started again\n",
           (unsigned long long)seeds.count, (unsigned long long)failed,
           (unsigned long long)sum.applied, (double)sum.moved_ms / 1e3,
           (unsigned long long)sum.leases, (unsigned long long)sum.takeovers,
           (unsigned long long)sum.stale, (unsigned long long)sum.estops,
           (double)sum.undockings / 1e3, (double)sum.dockings / 1e3, (unsigned long long)sum.holds,
           (unsigned long long)sum.faults, (unsigned long long)sum.restarts);
    bool worked = is_work(&sum, seeds.count);
    if (!worked)
        printf("FAILED: too little was done\n");
    return failed || !worked ? 1 : 0;
}

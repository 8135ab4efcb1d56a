/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many operations, each from a seed of its own; or one, told in full.
 *
 *     operations --from 1 --seeds 250     prints what failed, and how to see it again
 *     operations --seed 1234 --verbose */
#include <stdio.h>

#include "sim/heap.h"
#include "sim/operation.h"
#include "sim/seeds.h"

#define SECOND_NS UINT64_C(1000000000)

enum { AVERAGE_SEEDS = 20, MANY_SEEDS = 200 };

static void add(struct witness_figures *sum, const struct witness_figures *one)
{
    sum->gestures += one->gestures;
    sum->applied += one->applied;
    sum->pictures += one->pictures;
    sum->messages += one->messages;
    sum->recoveries += one->recoveries;
    sum->holds += one->holds;
    sum->clutches += one->clutches;
    sum->bounds += one->bounds;
    sum->sessions += one->sessions;
    sum->seconds_met += one->seconds_met;
    sum->strange += one->strange;
    sum->spoofed += one->spoofed;
    sum->moved_ns += one->moved_ns;
    if (one->longest_without_ns > sum->longest_without_ns)
        sum->longest_without_ns = one->longest_without_ns;
    if (one->longest_dark_ns > sum->longest_dark_ns)
        sum->longest_dark_ns = one->longest_dark_ns;
    if (one->longest_idle_ns > sum->longest_idle_ns)
        sum->longest_idle_ns = one->longest_idle_ns;
    if (one->heap_left_bytes > sum->heap_left_bytes)
        sum->heap_left_bytes = one->heap_left_bytes;
}

/* An operation that nobody can perform breaks no rule either: there must be work in them. Half of what
 * there is, on average; a few seeds say nothing of that. */
static bool is_work(const struct witness_figures *sum, uint64_t seeds)
{
    return seeds < AVERAGE_SEEDS ||
           (sum->applied >= 2000 * seeds && sum->moved_ns >= 3 * SECOND_NS * seeds &&
            2 * sum->clutches >= 3 * seeds);
}

/* Strangers have tried to move the arm. */
static bool is_tried(const struct witness_figures *sum, uint64_t seeds)
{
    return seeds < MANY_SEEDS ||
           (sum->seconds_met > 0 && sum->strange >= seeds && sum->spoofed >= 10 * seeds);
}

int main(int argc, char **argv)
{
    struct seeds choice;
    struct witness_figures sum = {0}, figures;
    char why[OPERATION_WHY_BYTES];
    uint64_t failed = 0;

    heap_watch();
    setvbuf(stdout, NULL, _IOLBF, 0); /* told even if we abort */
    if (!seeds_read(&choice, argc, argv)) {
        fprintf(stderr, "operations [--from N] [--seeds N] | --seed N [--verbose]\n");
        return 2;
    }
    for (uint64_t seed = choice.from; seed - choice.from < choice.count; seed++) {
        if (!operation_run(seed, choice.verbose, why, &figures)) {
            failed++;
            printf("FAILED seed %llu %s\n    see it again: %s --seed %llu --verbose\n",
                   (unsigned long long)seed, why, argv[0], (unsigned long long)seed);
            fflush(stdout);
        }
        add(&sum, &figures);
    }
    printf("%llu operations, %llu failed: %llu sessions, %llu gestures (%llu applied), %llu holds, "
           "%llu clutch-ins, the arms moved for %.0f s, %llu pictures, %llu recoveries "
           "asked, %llu messages, %llu ages judged, longest without a session %.1f s, longest "
           "without a picture on a line well %.2f s, longest until the arm followed %.1f s, %llu "
           "second consoles watched, "
           "%llu gestures of strangers and %llu spoofed, at most %llu bytes left\n",
           (unsigned long long)choice.count, (unsigned long long)failed,
           (unsigned long long)sum.sessions, (unsigned long long)sum.gestures,
           (unsigned long long)sum.applied, (unsigned long long)sum.holds,
           (unsigned long long)sum.clutches, (double)sum.moved_ns / 1e9,
           (unsigned long long)sum.pictures, (unsigned long long)sum.recoveries,
           (unsigned long long)sum.messages, (unsigned long long)sum.bounds,
           (double)sum.longest_without_ns / 1e9, (double)sum.longest_dark_ns / 1e9,
           (double)sum.longest_idle_ns / 1e9, (unsigned long long)sum.seconds_met,
           (unsigned long long)sum.strange, (unsigned long long)sum.spoofed,
           (unsigned long long)sum.heap_left_bytes);
    bool worked = is_work(&sum, choice.count);
    if (!worked)
        printf("FAILED: too few gestures were applied, or the arms moved too little\n");
    bool tried = is_tried(&sum, choice.count);
    if (!tried)
        printf("FAILED: too few strangers came\n");
    return failed || !worked || !tried ? 1 : 0;
}

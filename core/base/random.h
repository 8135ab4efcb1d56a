/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seeded random numbers for models and simulations: the same seed, the same numbers, on every
 * machine. Never for secrets: those come from OpenSSL.
 *
 * Generator: xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47(4), 2021), its state filled by splitmix64 from the seed.
 * One owner per struct; nothing here locks. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state[4];
};

void random_seed(struct random *random, uint64_t seed);

/* Uniform over all 64-bit values. */
uint64_t random_u64(struct random *random);

/* Uniform in [0, limit); `limit` is at least 1. */
uint64_t random_below(struct random *random, uint64_t limit);

/* Uniform in [0, 1), 53 bits. */
double random_unit(struct random *random);

/* Normal with mean 0 and deviation 1 (Box-Muller, one value a call). */
double random_normal(struct random *random);

/* True with probability `p`. */
static inline int random_chance(struct random *random, double p)
{
    return p > 0 && random_unit(random) < p;
}

#endif

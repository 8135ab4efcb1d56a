/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the benches over Synthea's invented patients share: their options, the bundles, the clock and the median. */
#ifndef BENCH_SYNTHEA_H
#define BENCH_SYNTHEA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "options.h"

enum { SYNTHEA_ROUNDS_MAX = 1000 };

/* A bench's settings begin with it. */
struct synthea_settings {
    const char *data; /* the folder; NULL: JISR_DATA/fhir/synthea, else that of ../shared/data */
    uint64_t rounds;  /* 1 to SYNTHEA_ROUNDS_MAX */
};

/* The options that fill it. */
#define SYNTHEA_DATA                                                                               \
    {                                                                                              \
        .name = "data", .kind = OPTION_TEXT, .offset = offsetof(struct synthea_settings, data),    \
        .unit = "DIR",                                                                             \
        .help = "a folder of bundles; JISR_DATA/fhir/synthea, else that of ../shared/data"         \
    }
#define SYNTHEA_ROUNDS                                                                             \
    {                                                                                              \
        .name = "rounds", .kind = OPTION_COUNT,                                                    \
        .offset = offsetof(struct synthea_settings, rounds), .unit = "N", .standard = "51",        \
        .least = 1, .most = SYNTHEA_ROUNDS_MAX, .help = "times that everything is measured"        \
    }

/* As options_alone; synthea_stop names this usage's command from then on. */
MUST_USE int synthea_options(const struct options_usage *usage, const struct option *table,
                             void *settings, int argc, char **argv);

/* Says why and ends the program, with 1. */
_Noreturn void synthea_stop(const char *words);

/* Hands each .json file of the folder to `take`, its bytes in `arena`, which says whether there was anything in it.
 * A file that cannot be read ends the program; so does, with 77 (left out, for `meson test`), a folder with nothing
 * in it. */
void synthea_read(const struct synthea_settings *settings, struct arena *arena,
                  bool (*take)(struct text file));

/* The processor's time of this thread. */
double synthea_thread_s(void);

/* Sorts `values`; `count` is at least 1. */
double synthea_median(double *values, uint64_t count);

#endif

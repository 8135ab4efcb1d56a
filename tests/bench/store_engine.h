/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine that the store's bench is built for: one source for each. Failures end the program. */
#ifndef BENCH_STORE_ENGINE_H
#define BENCH_STORE_ENGINE_H

#include <stdbool.h>

#include "store/store.h"

struct bench_engine {
    const char *folder; /* where the files are made */
    unsigned page_bytes;
    bool is_sealed; /* SQLite alone */
};

/* Before the store is first opened: keys, or a server of its own that syncs its commits; and after it is closed. */
void bench_engine_begin(const struct bench_engine *engine);
void bench_engine_end(void);

struct store *bench_engine_open(void);

/* On the disk. */
double bench_engine_mb(void);

#endif

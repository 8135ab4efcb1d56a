/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <err.h>
#include <stdio.h>

#include "bench/store_engine.h"
#include "store/postgres.h"
#include "unit/store/server.h"

void bench_engine_begin(const struct bench_engine *engine)
{
    (void)engine; /* the server has a folder of its own */
    server_syncs = true;
    if (!server_start())
        errx(1, "%s", server_why);
}

void bench_engine_end(void)
{
    server_stop();
}

struct store *bench_engine_open(void)
{
    struct store *store;
    char help[POSTGRES_HELP_BYTES];
    struct postgres_setting setting = {.conninfo = server_schema("record")};
    if (store_postgres_open(&store, &setting, help))
        errx(1, "%s", help);
    return store;
}

double bench_engine_mb(void)
{
    return (double)server_say("SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c"
                              " JOIN pg_namespace n ON n.oid = c.relnamespace"
                              " WHERE n.nspname = 'record' AND c.relkind = 'r'") /
           1e6;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <err.h>
#include <stdio.h>

#include "bench/store_engine.h"
#include "store/keys.h"
#include "store/seal_vfs.h"
#include "store/sqlite.h"

static const struct bench_engine *engine;
static struct seal_vfs *seal;
static char path[300];

static void make_seal(void)
{
    char secret[300], keys_path[300];
    struct keys_fault fault;
    static struct store_keys *keys;
    snprintf(secret, sizeof secret, "%s/secret", engine->folder);
    snprintf(keys_path, sizeof keys_path, "%s/record.keys", engine->folder);
    struct keys_secret by = {.method = KEYS_BY_FILE, .path = secret};
    if (!keys_make_file(secret, &fault) ||
        !keys_create(keys_path, &by, NULL, engine->page_bytes, &keys, &fault))
        errx(1, "%s", fault.words);
    seal = seal_vfs_new(keys);
}

void bench_engine_begin(const struct bench_engine *begun)
{
    engine = begun;
    snprintf(path, sizeof path, "%s/record.db", engine->folder);
    if (engine->is_sealed)
        make_seal();
}

void bench_engine_end(void)
{
}

struct store *bench_engine_open(void)
{
    struct store *store;
    char help[STORE_HELP_BYTES];
    struct sqlite_setting setting = {.path = path, .seal = seal, .page_bytes = engine->page_bytes};
    if (store_sqlite_open(&store, &setting, help))
        errx(1, "%s", help);
    return store;
}

double bench_engine_mb(void)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    fseek(file, 0, SEEK_END);
    double bytes = (double)ftell(file);
    fclose(file);
    return bytes / 1e6;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre reindex`: what resources are found by, made anew. */
#include <inttypes.h>
#include <stdio.h>

#include "centre/verb.h"
#include "centre/verbs.h"
#include "rest/reindex.h"

static enum store_err reindex_all(struct centre *centre, uint64_t *resources)
{
    enum { STEP_BYTES_MAX = 512 << 20 };
    struct arena arena;
    struct rest_reindex reindex = {.rest = &centre->rest, .arena = &arena, .is_anew = true};
    enum store_err err = STORE_OK;
    arena_init(&arena, STEP_BYTES_MAX);
    while (!reindex.is_done && err == STORE_OK) {
        arena_reset(&arena);
        err = store_run(centre->vault.store, &arena, rest_reindex_run, &reindex);
        reindex.is_anew = false;
        *resources += err ? 0 : reindex.resources;
    }
    arena_free(&arena);
    return err;
}

int centre_reindex(int argc, char **argv)
{
    static const struct option options[] = {VERB_DATA(""), VERB_SECRET(""), VERB_URL, {0}};
    static const struct options_usage usage = {
        .command = "jisr centre reindex",
        .summary = "makes anew what resources are found by: after `repair`, or with another --url"};
    struct verb_folder folder = {.data = NULL};
    struct centre centre;
    uint64_t resources = 0;
    int status = options_alone(&usage, options, &folder, argc, argv);
    if (status >= 0)
        return status;
    status = FAILED;
    if (verb_open_centre(&centre, &usage, &folder, 0)) {
        enum store_err err = reindex_all(&centre, &resources);
        status = err ? verb_failed(&usage, store_err_words(err)) : DONE;
        if (!err)
            printf("resources=%" PRIu64 "\n", resources);
    }
    verb_close_centre(&centre);
    return status;
}

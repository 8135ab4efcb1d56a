/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cJSON: checks neither UTF-8 nor keys. */
#include <cjson/cJSON.h>

#include "bench/json_peers.h"
#include "bench/synthea.h"

static void *keep(struct text text)
{
    cJSON *tree = cJSON_ParseWithLength(text.bytes, text.len);
    if (!tree)
        synthea_stop("cJSON refuses a bundle");
    return tree;
}

static void read_and_free(struct text text)
{
    cJSON_Delete(keep(text));
}

static void write_all(void *tree)
{
    char *text = cJSON_PrintUnformatted(tree);
    json_bench_written = text ? strlen(text) : 0;
    cJSON_free(text);
}

const struct json_peer json_peer_cjson = {"cJSON", read_and_free, keep, write_all};

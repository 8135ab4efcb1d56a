/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json-c, as strict as it can be: it checks UTF-8, but no key twice. */
#include <json-c/json.h>

#include "bench/json_peers.h"
#include "bench/synthea.h"

enum { DEPTH_MAX = 128 };

static void *keep(struct text text)
{
    struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    void *tree = json_tokener_parse_ex(tokener, text.bytes, (int)text.len);
    if (!tree)
        synthea_stop("json-c refuses a bundle");
    json_tokener_free(tokener);
    return tree;
}

static void read_and_free(struct text text)
{
    json_object_put(keep(text));
}

static void write_all(void *tree)
{
    size_t len;
    (void)json_object_to_json_string_length(
        tree, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
    json_bench_written = len;
}

const struct json_peer json_peer_json_c = {"json-c", read_and_free, keep, write_all};

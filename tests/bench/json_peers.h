/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who else reads and writes JSON, for json_bench.c: each in a file of its own, since their names meet ours. */
#ifndef BENCH_JSON_PEERS_H
#define BENCH_JSON_PEERS_H

#include <stddef.h>

#include "base/text.h"

struct json_peer {
    const char *name;
    void (*read)(struct text text);  /* what was read is freed, too */
    void *(*keep)(struct text text); /* reads, and the tree stays */
    void (*write)(void *tree);
};

extern const struct json_peer json_peer_json_c, json_peer_cjson;

extern volatile size_t
    json_bench_written; /* the length of what was, so that nothing is left out as unused */

#endif

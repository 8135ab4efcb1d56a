/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bare SQLite, or bare libpq, writing the same rows: what the record's store is measured beside. STORE_PEER_NAME,
 * from the build, says which. Failures end the program. */
#ifndef BENCH_STORE_PEER_H
#define BENCH_STORE_PEER_H

#include "bench/store_people.h"

struct store_peer;

/* A write-ahead log, synchronous=FULL, as ours; not sealed. */
struct store_peer *store_peer_open(const char *path, unsigned page_bytes);
void store_peer_close(struct store_peer *peer);

void store_peer_begin(struct store_peer *peer);
void store_peer_put(struct store_peer *peer, const struct people_resource *made);
void store_peer_commit(struct store_peer *peer);

#endif

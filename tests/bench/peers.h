/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every peer there may be, each defined in its peer_NAME.c. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include "bench/peer.h"

extern const struct bench_peer bench_peer_udp;
extern const struct bench_peer bench_peer_tls;
extern const struct bench_peer bench_peer_srt;
extern const struct bench_peer bench_peer_sctp;
extern const struct bench_peer bench_peer_enet;
extern const struct bench_peer bench_peer_rist;
extern const struct bench_peer bench_peer_quic;
extern const struct bench_peer bench_peer_jisr;

#endif

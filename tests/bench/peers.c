/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The peers that meson.build found libraries for. */
#include "bench/peers.h"

const struct bench_peer *const bench_peers[] = {
    &bench_peer_udp,  &bench_peer_tls,
#ifdef BENCH_SRT
    &bench_peer_srt,
#endif
#ifdef BENCH_SCTP
    &bench_peer_sctp,
#endif
#ifdef BENCH_ENET
    &bench_peer_enet,
#endif
#ifdef BENCH_RIST
    &bench_peer_rist,
#endif
#ifdef BENCH_QUIC
    &bench_peer_quic,
#endif
    &bench_peer_jisr, NULL,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Datagrams in and out of UDP sockets, many in one system call. One owner per struct. */
#ifndef NET_BATCH_H
#define NET_BATCH_H

#include <stdint.h>
#include <sys/uio.h>

#include "net/address.h"

enum { BATCH_MAX = 32, BATCH_DATAGRAM_BYTES = 2048, BATCH_CONTROL_BYTES = 64 };

/* A kernel time stamp older than this is not believed: the wall clock may have been set. */
#define BATCH_STAMP_NS_MAX UINT64_C(100000000)

struct batch_datagram {
    const uint8_t *bytes;
    size_t len; /* as sent; only the first BATCH_DATAGRAM_BYTES are there */
    const struct net_address *from;
    uint64_t arrived_ns; /* monotonic, by the kernel's stamp */
};

struct batch_in {
    size_t count;
    struct batch_datagram datagrams[BATCH_MAX];
    struct net_address from[BATCH_MAX];
    _Alignas(16) uint8_t control[BATCH_MAX][BATCH_CONTROL_BYTES];
    uint8_t bytes[BATCH_MAX][BATCH_DATAGRAM_BYTES];
};

struct batch_out {
    int fd;
    unsigned count;
    struct iovec pieces[BATCH_MAX];
    struct net_address *to[BATCH_MAX]; /* NULL: the socket is connected */
};

/* A non-blocking UDP socket with time stamps and roomy buffers, bound to `local` (NULL: any) and
 * connected to `remote` (NULL: not); -1 and errno when the system refuses. The caller closes it. */
MUST_USE int batch_socket(const struct net_address *local, const struct net_address *remote);

/* Reads what waits, at most BATCH_MAX; the datagrams are good until the next call. `in` is zeroed
 * before its first use. */
void batch_read(struct batch_in *in, int fd);

/* Sends all; answers how many the system did not take. Empties the batch. */
unsigned batch_send(struct batch_out *out);

#endif

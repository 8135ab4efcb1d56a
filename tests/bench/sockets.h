/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the peers that own their sockets share. Aborts the process, with a word on standard error, on
 * what cannot happen in a namespace of our own. */
#ifndef BENCH_SOCKETS_H
#define BENCH_SOCKETS_H

#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SOCKETS_BUFFER_BYTES = 4 << 20 }; /* asked of the kernel each way, for every UDP socket */

/* A non-blocking socket of `type` (SOCK_DGRAM or SOCK_STREAM) bound to `local`. */
int sockets_open(int type, const struct sockaddr_in *local);

/* Waits until one of `count` descriptors has what it was asked for or the clock reads `until_ns`;
 * true when a descriptor has. */
bool sockets_wait(struct pollfd *fds, size_t count, uint64_t until_ns);

/* The address written out, in memory that stays: a benchmark has a handful. */
const char *sockets_name(const struct sockaddr_in *address);

#endif

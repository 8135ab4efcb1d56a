/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A queue of fixed slots between exactly two threads: one writes, the other reads, neither ever
 * waits for the other. It carries pictures between the loop of the link and the codecs.
 *
 * The writer fills the slot that ring_reserve lends and gives it on with ring_publish; the reader
 * looks at the slot that ring_oldest lends and gives it back with ring_release. A slot belongs to
 * one side at any time, so what is inside needs no atomics. The memory is the caller's and lives
 * as long as the ring. C11 acquire and release order each hand-over. */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { RING_CACHE_LINE_BYTES = 64 }; /* keeps the two counters from fighting over one line */

struct ring {
    uint8_t *memory;
    size_t slot_bytes;
    uint32_t slots;
    alignas(RING_CACHE_LINE_BYTES) _Atomic uint32_t published; /* wraps; only the writer adds */
    alignas(RING_CACHE_LINE_BYTES) _Atomic uint32_t released;  /* wraps; only the reader adds */
};

/* `memory` holds `slots` (a power of two) of `slot_bytes` each. Before either thread starts. */
void ring_init(struct ring *ring, void *memory, uint32_t slots, size_t slot_bytes);

/* Writer: the next free slot, the same one until it is published; NULL when all are full. */
void *ring_reserve(struct ring *ring);

/* Writer: gives the reserved slot to the reader. */
void ring_publish(struct ring *ring);

/* Reader: the oldest published slot; NULL when there is none. */
void *ring_oldest(struct ring *ring);

/* Reader: gives the oldest slot back to the writer. */
void ring_release(struct ring *ring);

#endif

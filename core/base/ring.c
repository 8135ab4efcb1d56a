/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/ring.h"

#include <assert.h>

static void *slot_at(const struct ring *ring, uint32_t count)
{
    return ring->memory + (count & (ring->slots - 1)) * ring->slot_bytes;
}

void ring_init(struct ring *ring, void *memory, uint32_t slots, size_t slot_bytes)
{
    assert(slots > 0 && (slots & (slots - 1)) == 0);
    ring->memory = memory;
    ring->slot_bytes = slot_bytes;
    ring->slots = slots;
    atomic_init(&ring->published, 0);
    atomic_init(&ring->released, 0);
}

void *ring_reserve(struct ring *ring)
{
    uint32_t published = atomic_load_explicit(&ring->published, memory_order_relaxed);
    uint32_t released = atomic_load_explicit(&ring->released, memory_order_acquire);
    return published - released == ring->slots ? NULL : slot_at(ring, published);
}

void ring_publish(struct ring *ring)
{
    uint32_t published = atomic_load_explicit(&ring->published, memory_order_relaxed);
    assert(published - atomic_load_explicit(&ring->released, memory_order_acquire) < ring->slots);
    atomic_store_explicit(&ring->published, published + 1, memory_order_release);
}

void *ring_oldest(struct ring *ring)
{
    uint32_t released = atomic_load_explicit(&ring->released, memory_order_relaxed);
    uint32_t published = atomic_load_explicit(&ring->published, memory_order_acquire);
    return published == released ? NULL : slot_at(ring, released);
}

void ring_release(struct ring *ring)
{
    uint32_t released = atomic_load_explicit(&ring->released, memory_order_relaxed);
    assert(released != atomic_load_explicit(&ring->published, memory_order_acquire));
    atomic_store_explicit(&ring->released, released + 1, memory_order_release);
}

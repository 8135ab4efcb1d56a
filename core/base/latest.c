/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/latest.h"

enum { FRESH = 4, NUMBER = 3 };

void latest_init(struct latest *latest, void *memory, size_t slot_bytes)
{
    *latest = (struct latest){.memory = memory, .slot_bytes = slot_bytes, .readers = 1};
    atomic_init(&latest->waiting, 2U);
}

void *latest_slot(struct latest *latest)
{
    return latest->memory + latest->writers * latest->slot_bytes;
}

void latest_publish(struct latest *latest)
{
    unsigned was =
        atomic_exchange_explicit(&latest->waiting, latest->writers | FRESH, memory_order_acq_rel);
    latest->writers = was & NUMBER;
}

const void *latest_value(struct latest *latest, bool *is_new)
{
    bool fresh = atomic_load_explicit(&latest->waiting, memory_order_relaxed) & FRESH;
    if (fresh) {
        unsigned was =
            atomic_exchange_explicit(&latest->waiting, latest->readers, memory_order_acq_rel);
        latest->readers = was & NUMBER;
    }
    if (is_new)
        *is_new = fresh;
    return latest->memory + latest->readers * latest->slot_bytes;
}

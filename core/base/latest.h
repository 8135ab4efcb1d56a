/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The newest value from one thread to another: neither ever waits, older values are written over.
 *
 * Three slots: one is the writer's, one the reader's, one waits between. The writer fills the slot that
 * latest_slot lends and exchanges it for the waiting one; the reader does so when a newer one waits. A
 * slot belongs to one side at any time, so what is inside needs no atomics. The memory is the caller's and
 * lives as long as the struct. */
#ifndef BASE_LATEST_H
#define BASE_LATEST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LATEST_SLOTS = 3 };

struct latest {
    uint8_t *memory;
    size_t slot_bytes;
    unsigned writers, readers; /* slot numbers */
    _Atomic unsigned waiting;  /* slot number, and a bit: the reader has not had it */
};

/* `memory` holds LATEST_SLOTS of `slot_bytes` each; what is in it is what the reader has at first. Before
 * either thread starts. */
void latest_init(struct latest *latest, void *memory, size_t slot_bytes);

/* Writer: the slot to fill, the same one until latest_publish. It holds an old value. */
void *latest_slot(struct latest *latest);
void latest_publish(struct latest *latest);

/* Reader: the newest value published; stays as it is until the next call. `*is_new`, where wanted: it was
 * not lent before. */
const void *latest_value(struct latest *latest, bool *is_new);

#endif

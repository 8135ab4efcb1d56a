/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/moved.h"

#include <assert.h>

void moved_forget(struct moved *moved)
{
    moved->count = 0;
}

void moved_note(struct moved *moved, uint32_t sequence, uint64_t now_ns)
{
    if (moved->count > 0) {
        size_t newest = (moved->count - 1) % MOVED_KEPT;
        assert(now_ns >= moved->gestures[newest].since_ns);
        if (moved->gestures[newest].sequence == sequence)
            return;
    }
    size_t at = moved->count++ % MOVED_KEPT;
    moved->gestures[at].since_ns = now_ns;
    moved->gestures[at].sequence = sequence;
}

uint32_t moved_at(const struct moved *moved, uint64_t at_ns)
{
    size_t oldest = moved->count > MOVED_KEPT ? moved->count - MOVED_KEPT : 0;
    for (size_t i = moved->count; i > oldest; i--)
        if (moved->gestures[(i - 1) % MOVED_KEPT].since_ns <= at_ns)
            return moved->gestures[(i - 1) % MOVED_KEPT].sequence;
    return 0;
}

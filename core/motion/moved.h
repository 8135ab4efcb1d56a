/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which gesture had moved the arm at a time gone by. A picture is looked at long after it was captured:
 * a camera's driver, decoding and encoding take tens of milliseconds, and the arm goes on meanwhile. What
 * had moved it by the time of capture is what the picture shows, and no later gesture is.
 *
 * Pure; one owner per struct, the loop that moves the arm. */
#ifndef MOTION_MOVED_H
#define MOTION_MOVED_H

#include <stddef.h>
#include <stdint.h>

enum { MOVED_KEPT = 4096 }; /* 4 s at 1 kHz: longer than a picture waits to be sent */

struct moved {
    struct {
        uint64_t since_ns;
        uint32_t sequence;
    } gestures[MOVED_KEPT]; /* the nth at n % MOVED_KEPT */
    size_t count;           /* since the session began */
};

/* A new session: gestures are numbered anew, and none has moved the arm. */
void moved_forget(struct moved *moved);

/* The arm was moved at `now_ns`, by gesture `sequence` last; that may be the one told before. `now_ns`
 * never runs backwards. */
void moved_note(struct moved *moved, uint32_t sequence, uint64_t now_ns);

/* The last gesture of the session that had moved the arm at `at_ns`; 0: none had, or it is longer ago
 * than is remembered. */
uint32_t moved_at(const struct moved *moved, uint64_t at_ns);

#endif

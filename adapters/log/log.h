/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line an event on standard error: `time level event key=value...`.
 *
 * The time is the wall clock's when the event was logged, not when it was written (log/stamp.h). The event
 * is a stable word (`line_lost`); values with blanks are quoted. Names of patients, keys
 * and bodies of messages never go in.
 *
 * From log_start to log_stop a line crosses a ring (base/ring.h) to a thread of the log's own, and
 * log_event never waits for who reads standard error, a stopped terminal or a full pipe (hazard H-11,
 * docs/hazards.md). A line that finds the ring full is lost and counted; `log_lost count=N` says so
 * once there is room again. Outside of these two, as in programs without a loop, the caller writes.
 *
 * log_event: any thread. The one that called log_start, the program's loop, has a ring to itself and takes no
 * lock; the others, among each other, lock for as long as it takes to copy a line.
 * Memory: one log a process, two times a fixed 256 lines of 1 KiB; nothing is allocated. */
#ifndef LOG_LOG_H
#define LOG_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines less urgent than this are dropped; LOG_INFO at start. */
void log_set_level(enum log_level level);

/* Starts the thread. The loop's own thread, before others log. False: there can be no thread. */
MUST_USE bool log_start(void);

/* Gives the thread 200 ms to write what waits, no longer: the rest is lost if the reader still
 * stalls. Main thread, when no other logs any more. Without log_start it does nothing. */
void log_stop(void);

/* Logs `time level event fields`, the fields given as printf would: "peer=%s line=%u". */
void log_event(enum log_level level, const char *event, const char *fields, ...) PRINTF_LIKE(3, 4);

/* Lines that strangers can cause at will: one a second, the others counted. All zero at first. */
struct log_quota {
    uint64_t next_ns; /* another may go out then */
    uint64_t left_out;
};

/* Whether such a line may go out at `now_ns`; when not, it has been counted. */
MUST_USE bool log_quota_take(struct log_quota *quota, uint64_t now_ns);

/* How many were left out, when that may be told: 0 until the second is over, and again once told. */
MUST_USE uint64_t log_quota_told(struct log_quota *quota, uint64_t now_ns);

#endif

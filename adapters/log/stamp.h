/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time at the head of a line of the log: UTC with milliseconds, `2026-11-28T18:36:01.123Z ` (RFC 3339).
 * Any thread. */
#ifndef LOG_STAMP_H
#define LOG_STAMP_H

#include <time.h>

enum { LOG_STAMP_BYTES = 25 }; /* with the blank behind it */

/* Writes the time, of the years 0 to 9999, and no NUL. */
void log_stamp_write(char out[static LOG_STAMP_BYTES], const struct timespec *at);

/* What follows the time in `line`; `line` itself when it does not begin with one. */
const char *log_stamp_skip(const char *line);

#endif

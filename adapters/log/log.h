/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line an event on standard error: `level event key=value...`.
 *
 * The event is a stable word (`line_lost`); values with blanks are quoted. Names of patients, keys
 * and bodies of messages never go in. Not for real-time threads: they hand events to the thread
 * that owns this. Any thread otherwise: a line is written with one call. */
#ifndef LOG_LOG_H
#define LOG_LOG_H

#include "base/attr.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines less urgent than this are dropped; LOG_INFO at start. */
void log_set_level(enum log_level level);

/* Writes `level event fields`, the fields given as printf would: "peer=%s line=%u". */
void log_event(enum log_level level, const char *event, const char *fields, ...) PRINTF_LIKE(3, 4);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded lines, of two kinds, told apart by their first line.
 *
 * Capacity: a mahimahi delivery file (github ravinet/mahimahi, traces/README). One number a line,
 * never falling: the millisecond at which 1500 bytes may leave. Repeats from its last line on.
 *
 * Path: CSV with a heading that names the columns, in any order, others ignored: `time_s`, `time_ms`
 * or `time_ns` (never falling, the first one is the start); `delay_s`, `delay_ms` or `delay_ns`
 * (one way; empty: as the row before); `loss` (0 to 1) or `loss_percent`. A row holds until the
 * next; the file repeats one interval of its last two rows after the last.
 *
 * Pure: the caller hands in the file's bytes and lends the memory for the rows. */
#ifndef WEATHER_TRACE_H
#define WEATHER_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "weather/settings.h"

enum { TRACE_CHANCE_BYTES = 1500 }; /* what one line of a capacity file lets through */

struct capacity_trace {
    const uint32_t *at_ms; /* ascending, equal ones allowed; the last is more than 0 */
    size_t count;          /* 0: none */
};

struct path_row {
    uint64_t at_ns; /* from the start of the trace */
    uint64_t delay_ns;
    uint32_t loss_ppb;
};

struct path_trace {
    const struct path_row *rows; /* ascending, the first at 0 */
    size_t count;                /* 0: none */
    uint64_t period_ns;          /* after the last row's time */
};

struct weather_traces {
    struct capacity_trace capacity;
    struct path_trace path;
};

enum trace_kind { TRACE_CAPACITY, TRACE_PATH };

enum trace_kind trace_kind_of(const uint8_t *bytes, size_t len);

/* How many rows the bytes can hold at most: what to lend. */
size_t trace_rows_max(const uint8_t *bytes, size_t len);

/* Read a whole file into the lent rows; `*trace` then points at them and is set only on
 * WEATHER_OK. WEATHER_ERR_TRACE says which line is wrong and why; WEATHER_ERR_ROOM: more rows than
 * `room`. */
MUST_USE enum weather_err trace_read_capacity(struct capacity_trace *trace, const uint8_t *bytes,
                                              size_t len, uint32_t *at_ms, size_t room,
                                              struct weather_error *error);
MUST_USE enum weather_err trace_read_path(struct path_trace *trace, const uint8_t *bytes,
                                          size_t len, struct path_row *rows, size_t room,
                                          struct weather_error *error);

/* The row in force `elapsed_ns` after the start. */
const struct path_row *trace_path_at(const struct path_trace *trace, uint64_t elapsed_ns);

#endif

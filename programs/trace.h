/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `--trace FILE.csv`: a row for each gesture the cart received, or each picture the console waited
 * for. Columns, and whose clock each is on: docs/trace.md.
 *
 * The loop pushes rows and never waits: they cross a ring to a thread of the trace's own, which
 * writes whole rows. A row that finds the ring full or the disk full is lost and counted; the first
 * is told in the log, the sum at the end, and the operation goes on. Once there is room again, so
 * does the trace. Memory is allocated by trace_open only.
 *
 * trace_gesture and trace_picture: one thread, the loop's. */
#ifndef TRACE_H
#define TRACE_H

#include <stdint.h>

#include "base/attr.h"

/* A figure that was not measured, or a thing that did not happen: an empty field. */
#define TRACE_NONE UINT64_MAX

enum trace_rows { TRACE_GESTURES, TRACE_PICTURES };

struct trace_gesture {
    uint64_t sequence;
    uint64_t sampled_ns;  /* the console's clock, as carried in the gesture */
    uint64_t received_ns; /* ours, as is: */
    uint64_t applied_ns;  /* TRACE_NONE unless applied */
    uint64_t line;        /* from 1 */
    const char *outcome;  /* follow_outcome_text's words; a constant */
};

struct trace_picture {
    uint64_t frame;
    uint64_t captured_ns;      /* the cart's clock, as carried; TRACE_NONE when nothing came */
    uint64_t shown_ns;         /* ours; TRACE_NONE unless shown */
    const char *outcome;       /* "whole", "repaired", "late", "lost"; a constant */
    uint64_t gesture_sequence; /* the last that had moved the arm at capture; TRACE_NONE: none */
    uint64_t bytes;            /* TRACE_NONE when nothing came */
};

struct trace;

/* Begins `path` (from keep_name: what is in it stays) with its line of names, and the thread. NULL when
 * that fails, said in the log. */
struct trace *trace_open(const char *path, enum trace_rows kind);

void trace_gesture(struct trace *trace, const struct trace_gesture *row);
void trace_picture(struct trace *trace, const struct trace_picture *row);

/* Rows lost so far. Any thread. */
uint64_t trace_rows_lost(const struct trace *trace);

/* Writes what is waiting, closes, tells the log how many rows were lost, and frees. The number of
 * rows lost. NULL is fine: 0. */
uint64_t trace_close(struct trace *trace);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads back what `--report` of `jisr cart` and `jisr console` wrote (report.h,
 * docs/report.schema.json): the figures that the report in words needs.
 *
 * Pure but for figures_load; the caller's memory. NAN: not measured. */
#ifndef OPERATE_FIGURES_H
#define OPERATE_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/arm_state.h"
#include "motion/err.h"
#include "operate/status.h"
#include "station/camera_watch.h"

enum {
    FIGURES_LINES_MAX = 8,
    FIGURES_HOLDS_MAX = 64,
    FIGURES_NAME_BYTES = 64,
    FIGURES_FILE_BYTES = 65536 /* a longer report is not one of ours */
};

struct figures_age {
    double count, p50, p99, p99_9, max; /* ms */
};

struct figures_line {
    char name[FIGURES_NAME_BYTES];
    double sent, received, lost, late, duplicate;
    double delay_in_ms, delay_out_ms, bound_ms, jitter_ms, longest_outage_ms;
};

struct figures_refusal {
    enum motion_err cause;
    double count;
};

struct figures_hold {
    enum hold_cause cause;
    double began_s, length_s; /* since the report's start; NAN: it still held */
};

/* Counts are doubles too, for NAN; they stay exact up to 2^53. */
struct figures {
    bool is_from_status; /* by figures_from_status: there is no report */
    double length_s, start_ns, sessions;
    struct {
        double sent, received, applied, late, duplicate, refused, lost;
    } gestures;
    struct {
        double sent, whole, repaired, late, lost, bytes, damaged;
    } pictures;
    struct {
        double captured, damaged, silences, longest_silence_s;
        enum camera_state state;
    } camera;
    struct { /* of a robot that has a scene; NAN: it has none; done_s also: not done */
        double grasps, drops, torn, collisions, forces, steps, done_s;
    } task;
    struct figures_age gesture_age, hand_to_eye, picture_age, command, loop_lateness;
    double loop_late_percent, ticks_missed;
    bool is_realtime_refused;
    struct figures_age forth, robot, encode, back, decode, display; /* of hand_to_eye */
    double clock_offset_ms, clock_bound_ms;
    size_t line_count; /* the first FIGURES_LINES_MAX are kept */
    struct figures_line lines[FIGURES_LINES_MAX];
    size_t hold_count; /* the first FIGURES_HOLDS_MAX are kept: as many as an end reports */
    struct figures_hold holds[FIGURES_HOLDS_MAX];
    size_t refusal_count; /* of the hands' input at the console, of gestures at the cart */
    struct figures_refusal refusals[MOTION_ERRS];
    double holds_in_all, unsent, trace_rows_lost;
};

/* Nothing measured. */
void figures_init(struct figures *figures);

/* Reads the JSON `text`, ended by a zero. False: not JSON (RFC 8259) or nested deeper than a report
 * is; then the figures read so far are kept. Keys we do not know are passed over. */
MUST_USE bool figures_read(struct figures *figures, const char *text);

/* What a status line says of them, for an end that left no report. */
void figures_from_status(struct figures *figures, const struct operate_status *status);

/* A time of the report, seconds since `zero_ns` of the same monotonic clock. */
double figures_at_s(const struct figures *figures, double at_s, uint64_t zero_ns);

/* figures_read of a file; false also when it is missing or too long. */
MUST_USE bool figures_load(struct figures *figures, const char *path);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines that `--status-fd` of `jisr cart` and `jisr console` writes ten times a second:
 * `side=cart state=up hold=none applied=1234 age_ms=108.2 line1=good line1_rtt_ms=214.9 ...`.
 *
 * Words we do not know are left alone: the two ends may say more than we show. Pure; any thread. */
#ifndef OPERATE_STATUS_H
#define OPERATE_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/arm_state.h"
#include "motion/err.h"
#include "station/camera_watch.h"

enum { STATUS_LINES_MAX = 8, STATUS_ARMS_MAX = 2 };

enum status_side { STATUS_CART, STATUS_CONSOLE, STATUS_SIDES };

enum status_state { STATUS_APART, STATUS_UP, STATUS_LOST, STATUS_STATES };

enum status_hands { STATUS_CLUTCH, STATUS_MOVING, STATUS_HANDS_WAIT, STATUS_FROZEN, STATUS_HANDS };

enum status_line_state { /* link.h's, in its order */
                         STATUS_LINE_UNUSED,
                         STATUS_LINE_FRESH,
                         STATUS_LINE_GOOD,
                         STATUS_LINE_SUSPECT,
                         STATUS_LINE_LOST,
                         STATUS_LINE_STATES
};

struct status_line {
    enum status_line_state state;
    double rtt_ms, in_ms, out_ms, jitter_ms; /* NAN, here and below: not measured */
    double loss_percent;
    double rate_bps;
};

enum status_outcome { /* of pictures; the last: of those shown */
                      STATUS_WHOLE,
                      STATUS_REPAIRED,
                      STATUS_LATE,
                      STATUS_NEVER_SHOWN, /* lost */
                      STATUS_DAMAGED,
                      STATUS_OUTCOMES
};

enum { STATUS_SPAN_MAX = 1000000 };

/* `count` pictures, evenly captured from the first to the last, by the cart's clock. */
struct status_span {
    uint64_t count, first_ns, last_ns;
};

struct status_arm {          /* NAN: no such arm */
    double x_mm, y_mm, z_mm; /* of the tip, in the frame of the remote centre */
    double travelled_mm;     /* by the tip, along its way */
};

struct operate_status {
    enum status_side side;
    enum status_state state;
    bool has_hold;        /* the console knows only once the cart has said */
    enum hold_cause hold; /* of the arm */
    unsigned line_count;  /* the highest line named, and one */
    struct status_line lines[STATUS_LINES_MAX];

    /* the cart's */
    uint64_t applied, late, duplicate, refused, holds;
    double age_ms, age_p99_ms, age_bound_ms;
    double age_most_ms; /* since the status line before */
    struct status_arm arms[STATUS_ARMS_MAX];
    enum camera_state camera;
    uint64_t camera_damaged, camera_silences;

    /* the console's */
    enum status_hands hands;
    uint64_t sent, whole, repaired, picture_late, lost, damaged, refused_input;
    uint64_t refused_by[MOTION_ERRS];             /* of refused_input, by cause */
    struct status_span captured[STATUS_OUTCOMES]; /* counted since the status line before */
    double picture_age_ms, hand_to_eye_ms, hand_to_eye_p99_ms;
    double clock_offset_ms, clock_bound_ms;

    double picture_bps; /* either's, and: */
    uint64_t unsent;    /* datagrams that its machine would not send */
};

enum status_err {
    STATUS_OK,
    STATUS_ERR_SIDE, /* no `side=`: not a status line */
    STATUS_ERR_WORD, /* a word that is not key=value */
    STATUS_ERR_VALUE /* a key we know, with a value that it cannot have */
};

/* Reads `text`, without its newline; `*status` is set only on STATUS_OK. */
MUST_USE enum status_err operate_status_read(struct operate_status *status, const char *text);

/* Whether the arm holds for a cause that the surgeon did not intend: neither before the first
 * clutch-in nor by a released pedal. */
bool status_hold_is_unintended(enum hold_cause hold);

#endif

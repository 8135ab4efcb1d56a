/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `--report FILE.json`: what happened in an operation, in figures, as one end saw it.
 *
 * The keys and their meaning: docs/report.schema.json, which a test holds against this writer. Ages
 * are in milliseconds. What was not measured is null, never 0: a NULL or empty spread, a NAN, a
 * negative count. Everything is lent until the call returns. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/spread.h"
#include "keep.h"
#include "link/link.h"

/* Each a key of the report. */
enum report_age {
    REPORT_GESTURE_AGE,   /* sampled at the console to applied at the cart, one clock */
    REPORT_HAND_TO_EYE,   /* gesture sampled to the first picture that shows its effect shown */
    REPORT_PICTURE_AGE,   /* captured to shown */
    REPORT_FORTH,         /* of hand-to-eye (motion/delay.h): sampled to received at the cart, */
    REPORT_ROBOT,         /* received to captured, */
    REPORT_ENCODE,        /* captured to sent, */
    REPORT_RAW,           /* of that, captured to a raw picture: drawn or decoded, */
    REPORT_BACK,          /* sent to whole at the console, and its turn, */
    REPORT_DECODE,        /* whole to decoded, which counts as shown, */
    REPORT_DISPLAY,       /* decoded to given to the screen, with a window; on top of hand-to-eye */
    REPORT_MOUTH_TO_EAR,  /* a voice at a microphone there to the loudspeaker here */
    REPORT_COMMAND,       /* a gesture's coming, by the kernel's stamp, to the arm's command */
    REPORT_LOOP_LATENESS, /* how late the loop's ticks came */
    REPORT_AGES
};

struct report_gestures {
    int64_t sent, received, applied, late, duplicate, refused, lost;
};

struct report_pictures { /* every one waited for is whole, repaired, late or lost; */
    int64_t sent, whole, repaired, late, lost, bytes;
    int64_t damaged; /* of those shown, whichever: with places filled in from older ones */
    int64_t no_room; /* not sent: the lines are too poor for pictures */
};

struct report_camera {
    const char *state; /* at the end: camera_state_word */
    const char *ended; /* why it ended by itself, in words; NULL: it did not */
    int64_t captured, skipped, left_out, overrun, too_big, damaged, silences, loops;
    double longest_silence_s;
    bool cut_short;
};

struct report_voice {          /* of 20 ms each */
    int64_t sent, relayed;     /* to each peer counts as one */
    int64_t played, repaired;  /* as they came; from the copy that the next one carries */
    int64_t concealed;         /* made up */
    int64_t left_out;          /* against delay and drift */
    int64_t unplayed, refused; /* the devices were far behind; no voice of ours */
};

struct report_task {   /* of a robot that has a scene; times each happened */
    const char *scene; /* its name or path */
    int64_t grasps, drops, torn, collisions, forces,
        steps;     /* torn: of the drops, out of the jaws */
    double done_s; /* how long all of it took; NAN: not done */
};

struct report_line {  /* counts of all sessions; delays are one way, `bound_ms` the clock's error in
                         both; `late` came after younger ones */
    const char *name; /* its address as it was given; several that it had: "A then B" */
    int64_t sent, received, lost, late, duplicate;
    double delay_in_ms, delay_out_ms, bound_ms, jitter_ms, longest_outage_ms;
    int64_t loss_episodes, longest_loss; /* runs of `lost`; the longest, datagrams */
};

struct report_gate { /* what keeps the arm from following: supervisor/gates.h */
    const char *gate, *reaction;
    const char *unit, *source; /* NULL: it has no limit, and is good or bad */
    double limit, worst;       /* in that unit; `worst` while the arm followed, NAN: it never did */
    double margin;             /* what was left to the limit, as a share of it */
    int64_t trips, unmeasured; /* times it failed; of them, for want of a measurement */
};

struct report_hold {
    const char *cause; /* in words */
    double began_s;    /* since the operation began */
    double length_s;   /* NAN: it still holds */
};

struct report {
    const char *side;        /* "cart" or "console" */
    const char *site, *peer; /* names of certificates; NULL: never met */
    double length_s;
    uint64_t start_ns;                      /* CLOCK_MONOTONIC at 0 s */
    uint64_t sessions;                      /* that were up, of consoles and panels */
    const struct report_gestures *gestures; /* NULL: not seen from this side */
    const struct report_pictures *pictures;
    const struct report_camera *camera;
    const struct report_voice *voice;
    const struct report_task *task;
    const uint64_t *refused; /* MOTION_ERRS counts, by cause; NULL: not seen from this side */
    const struct spread *ages[REPORT_AGES];
    int64_t ticks_missed;                   /* of the arm's; -1: it has no arm */
    bool is_realtime;                       /* the loop was let ahead of ordinary threads */
    double clock_offset_ms, clock_bound_ms; /* the peer's clock less ours, at the end */
    const struct report_line *lines;
    size_t line_count;
    const struct report_gate *gates; /* NULL: not seen from this side */
    size_t gate_count;
    const char *profile;             /* whose limits they are */
    const struct report_hold *holds; /* the newest; */
    size_t hold_count;
    uint64_t holds_in_all;
    const struct link_stranger_stats *strangers; /* NULL: not seen from this side */
    uint64_t unsent;                             /* datagrams that this machine would not send */
    uint64_t trace_rows_lost;
};

/* Writes the report as JSON to `out`; the caller looks at ferror(out). */
void report_print(FILE *out, const struct report *report);

/* Writes it, whole or not at all. On failure says why in the log and returns false. */
MUST_USE bool report_write(struct keep_whole *file, const struct report *report);

#endif

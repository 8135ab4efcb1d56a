/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a kind of hands provides to hands.c; not for others. */
#ifndef INPUT_SOURCE_H
#define INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input/hands.h"
#include "motion/clutch.h"
#include "task/surgeon.h"

struct source_sample {
    uint64_t at_ns;            /* since the start of the recording; never runs backwards */
    struct clutch_hands hands; /* as the last good sample left them, when this one is refused */
    enum motion_err err;       /* why this sample was refused, or MOTION_OK */
    bool is_frozen;            /* nobody knows where live hands are: they hold the arm */
    bool is_between;           /* not the source's own: worked out from its neighbours, or the
                                  same once more */
};

struct source { /* the first member of every kind's own struct */
    /* The next sample; false at the end of the recording. */
    bool (*next)(struct source *source, struct source_sample *sample);
    /* Back to the start. */
    void (*rewind)(struct source *source);
    void (*close)(struct source *source);
    double rate_hz;
    bool is_live; /* hands of a person who is there now, whose foot is on the pedal or not */
    /* The arms as the console sees them; NULL: hands that do not look. */
    void (*see)(struct source *source, const struct arm_state *state);
};

/* Hands that come as packets of somebody else's program, whenever they come: a person's, foot and all. */
struct feed {       /* the first member of every kind's own struct */
    bool has_turns; /* its handles tell how they are turned */
    /* What has come by `now_ns`, one at a time; false when there is no more. A sample's `at_ns` is monotonic
     * time, never later than when the hands were there (hazard H-01), and never runs back. */
    bool (*next)(struct feed *feed, uint64_t now_ns, struct source_sample *sample);
    /* What goes back to them. */
    void (*tell)(struct feed *feed, const struct hands_told *told);
    void (*close)(struct feed *feed);
};

/* `words`: "ADDR:PORT[,from=ADDRESS][,turns=off]". Counts what is missing into `*counts`, lent. */
struct feed *feed_open_itp(const char *words, uint64_t now_ns, struct hands_counts *counts,
                           char *why, size_t why_bytes);

/* Each opens `path` or returns NULL with what is wrong and what to do in `why`. */
struct source *source_open_itp(const char *path, char *why, size_t why_bytes);
struct source *source_open_taurus(const char *path, char *why, size_t why_bytes);
struct source *source_open_script(void);
struct source *source_open_still(void);
struct source *source_open_surgeon(const struct surgeon_plan *plan);

/* `recording`, now the result's own, where it gives 500 samples a second; else with more between its
 * own, 2 ms apart at most: places and jaws on a line, turns by the shorter way, the pedal as it was. None
 * where its own are more than 50 ms apart; where the pedal changes the hands stay as they were. NULL:
 * memory is short, and `recording` is closed. */
struct source *source_make_denser(struct source *recording);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a kind of hands provides to hands.c; not for others. */
#ifndef INPUT_SOURCE_H
#define INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "motion/clutch.h"

struct source_sample {
    uint64_t at_ns;            /* since the start of the recording; never runs backwards */
    struct clutch_hands hands; /* as the last good sample left them, when this one is refused */
    enum motion_err err;       /* why this sample was refused, or MOTION_OK */
    bool is_between;           /* not the recording's own: worked out from its neighbours */
    bool is_frozen;            /* nobody knows where live hands are: they hold the arm */
};

struct source { /* the first member of every kind's own struct */
    /* The next sample; false at the end of the recording. */
    bool (*next)(struct source *source, struct source_sample *sample);
    /* Back to the start. */
    void (*rewind)(struct source *source);
    void (*close)(struct source *source);
    double rate_hz;
    bool is_live; /* hands of a person who is there now, whose foot is on the pedal or not */
};

/* Each opens `path` or returns NULL with what is wrong and what to do in `why`. */
struct source *source_open_itp(const char *path, char *why, size_t why_bytes);
struct source *source_open_taurus(const char *path, char *why, size_t why_bytes);
struct source *source_open_script(void);
struct source *source_open_still(void);

/* `recording`, now the result's own, where it gives 500 samples a second; else with more between its
 * own, 2 ms apart at most: places and jaws on a line, turns by the shorter way, the pedal as it was. None
 * where its own are more than 50 ms apart; where the pedal changes the hands stay as they were. NULL:
 * memory is short, and `recording` is closed. */
struct source *source_make_denser(struct source *recording);

#endif

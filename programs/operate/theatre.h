/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The four processes of an operation on one machine: `jisr weather` with every line, `jisr cart` and `jisr
 * bedside` behind it, and `jisr console` in front of it. Main thread. */
#ifndef OPERATE_THEATRE_H
#define OPERATE_THEATRE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "operate/child.h"
#include "operate/place.h"
#include "operate/status.h"

enum theatre_child {
    THEATRE_WEATHER,
    THEATRE_CART,
    THEATRE_BEDSIDE,
    THEATRE_CONSOLE,
    THEATRE_CHILDREN
};

enum { THEATRE_WHY_BYTES = PLACE_WHY_BYTES, THEATRE_WORDS_BYTES = 512 };

struct theatre_plan { /* its texts outlive the theatre */
    unsigned line_count;
    const char *weather[STATUS_LINES_MAX]; /* of each line: weather/settings.h */
    uint64_t seed;
    const char *hands, *camera;         /* for --hands and --camera */
    const char *arm, *scene, *renderer; /* for --arm; --scene and --renderer, NULL: none */
    const char *fixtures, *presence;    /* for --fixtures, NULL: none; --presence */
    uint64_t coast_ns;                  /* for --coast */
    uint64_t gesture_age_ns, silence_ns, picture_age_ns; /* the gates */
    const char *voice;          /* a file that both ends say, all the time; NULL: no voices */
    const char *window_voice;   /* for --voice of the windows; NULL: as without */
    bool windows;               /* console and bedside are windows, with people at them */
    const char *language;       /* of the windows; NULL: as the locale says */
    const char *trace, *report; /* folders; NULL: no traces; reports are thrown away once read */
};

struct theatre {
    struct theatre_plan plan;
    uint16_t ports
        [PLACE_PORTS_MAX]; /* of the cart for each line, of the weather for each, of the cart for
                                   the bedside */
    bool is_cut[STATUS_LINES_MAX];
    struct child children[THEATRE_CHILDREN];
    unsigned lives[THEATRE_CHILDREN];                       /* how often each was started */
    unsigned numbers[THEATRE_CHILDREN];                     /* of their files: keep.h */
    FILE *logs[THEATRE_CHILDREN];                           /* NULL: not kept */
    char folder[PLACE_PATH_BYTES];                          /* temporary */
    char last_words[THEATRE_CHILDREN][THEATRE_WORDS_BYTES]; /* worse than information */
    char reports[PLACE_PATH_BYTES];
};

/* Makes the place and starts all four. What an earlier operation left in the folders of `plan` stays: this
 * one's files are NAME-2 and so on. False: `why` says why, and nothing is left running. */
MUST_USE bool theatre_open(struct theatre *theatre, const struct theatre_plan *plan,
                           char why[static THEATRE_WHY_BYTES]);

/* Starts one that has ended again, as it was: ports, identity, options and cuts. Its trace and
 * report are NAME-2.csv and NAME-2.json: those of its first life stay. False: `why` says why. */
MUST_USE bool theatre_start_again(struct theatre *theatre, enum theatre_child which,
                                  char why[static THEATRE_WHY_BYTES]);

/* Cuts `line`, counted from 0, both ways, or restores it. */
void theatre_cut(struct theatre *theatre, unsigned line, bool is_cut);

/* The surgeon lifts the foot and puts it down again. */
void theatre_clutch(struct theatre *theatre);

/* The team at the bedside enables the arm; people at windows do so themselves. */
void theatre_enable(struct theatre *theatre);

/* Keeps a line of a child's log, where logs are kept; its last words in any case. */
void theatre_log(struct theatre *theatre, const struct child *child, const char *line);

/* Whether all that was said to the logs is in them; true where none are kept. False, with errno. */
MUST_USE bool theatre_logs_are_whole(const struct theatre *theatre);

/* The same for a line of our own, which gets the time. */
void theatre_note(struct theatre *theatre, const struct child *child, const char *line);

/* Where an end's present life writes its report. */
MUST_USE bool theatre_report_path(const struct theatre *theatre, enum theatre_child end,
                                  char path[static PLACE_PATH_BYTES]);

/* Kills what still runs and removes the temporary folder. */
void theatre_close(struct theatre *theatre);

#endif

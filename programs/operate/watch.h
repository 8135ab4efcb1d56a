/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two ends' status lines showed, phase by phase: the evidence the verdict is made of, and
 * what the surgeon does about a hold.
 *
 * Pure; one owner. `now_ns` is monotonic and never runs backwards. */
#ifndef OPERATE_WATCH_H
#define OPERATE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "operate/figures.h"
#include "operate/status.h"
#include "operate/timetable.h"

struct watch_phase {
    uint64_t entered_ns;                /* 0: not yet */
    uint64_t applied, late, refused;    /* gestures that came in it */
    uint64_t pictures[STATUS_OUTCOMES]; /* that were captured in it, by what they came to */
    bool is_entered_held;               /* one begun earlier still held */
    bool is_disturbed;     /* a process died in it, or the arm had not followed since one did */
    unsigned holds;        /* begun in it and not intended */
    enum hold_cause cause; /* of the first of them */
    double age_worst_ms;   /* of every gesture applied in it; NAN: none */
    double age_sum_ms;     /* of the newest gesture of each status line, while following, ... */
    uint64_t ages;         /* ... and how many those were */
};

struct watch {
    double picture_age_max_ms; /* an older picture moves no hands */
    enum phase phase;
    struct operate_status cart, console; /* the newest, with: */
    bool has_cart, has_console;
    bool has_met;            /* both ends were up */
    bool has_followed;       /* the arm, ever */
    bool awaits_arm;         /* a process died, and the arm has not followed since */
    uint64_t held_since_ns;  /* meaningful while the arm holds */
    uint64_t asked_ns;       /* when a clutch-in was last asked for; 0: never */
    uint64_t enabled_ns;     /* likewise an enable */
    uint64_t ended_ns;       /* 0: not yet */
    bool has_followed_again; /* after the lines' return, with: */
    bool has_moved_again;    /* gestures applied then */
    uint64_t followed_again_ns;
    struct watch_phase phases[PHASES];
};

/* In PHASE_WEATHER, nothing seen. `picture_age_max_ns`: the console's own gate, motion/gate.h. */
void watch_init(struct watch *watch, uint64_t picture_age_max_ns);

/* The phase that what is seen from now on belongs to, but for pictures captured before. Not PHASES.
 * Entered just after a status line of the cart, whose figures are all of the phase before. */
void watch_enter(struct watch *watch, enum phase phase, uint64_t now_ns);

/* Holds that begin from now on are of no phase. */
void watch_end(struct watch *watch, uint64_t now_ns);

/* The process of that side died, or STATUS_SIDES: the weather. What a new one says counts from nothing. */
void watch_died(struct watch *watch, enum status_side side);

/* Takes in a status line of either end. */
void watch_take(struct watch *watch, const struct operate_status *status, uint64_t now_ns);

/* The greatest age of a gesture in any phase; NAN: none was applied. */
double watch_worst_age_ms(const struct watch *watch);

/* Counts the holds of each phase anew from the cart's report, which has the short ones that status
 * lines ten times a second do not show. A phase that began before the oldest hold still in the report,
 * or before the cart was started again, keeps what was seen of it, if that is more. */
void watch_count_holds(struct watch *watch, const struct figures *cart);

/* Whether the surgeon should ask for a fresh clutch-in now: the arm has kept still for a second
 * unasked, the lines are there and the picture moves. True once every two seconds. */
bool watch_wants_clutch(struct watch *watch, uint64_t now_ns);

/* Whether the team at the bedside should enable the arm again: a cart that was started anew asks for it. The panel's
 * own `--enable auto` does so once in its life. True once a second. */
bool watch_wants_enable(struct watch *watch, uint64_t now_ns);

#endif

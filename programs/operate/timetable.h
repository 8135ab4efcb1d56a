/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `jisr operate` does to its lines, and when.
 *
 * Pure values; any thread. Time is counted from the moment the arm first follows. */
#ifndef OPERATE_TIMETABLE_H
#define OPERATE_TIMETABLE_H

#include <stdbool.h>
#include <stdint.h>

enum phase {
    PHASE_WEATHER,   /* every line, in its weather */
    PHASE_FIRST_CUT, /* the first line is cut, the others carry on; not with one line only */
    PHASE_ALL_CUT,   /* every line is cut */
    PHASE_RETURN,    /* every line is back; the surgeon takes the arm again */
    PHASES           /* over */
};

struct timetable {
    uint64_t start_ns[PHASES + 1]; /* of each phase; the last is the end */
    unsigned line_count;
};

/* 20, 10, 3 and 10 s, stretched or shrunk to `length_ns`; 0 leaves them. With one line the first cut
 * has no time: its weather gets it. */
void timetable_init(struct timetable *timetable, unsigned line_count, uint64_t length_ns);

/* The phase `elapsed_ns` after the start. */
enum phase timetable_at(const struct timetable *timetable, uint64_t elapsed_ns);

/* Whether `line`, counted from 0, is cut in that phase. */
bool timetable_is_cut(enum phase phase, unsigned line);

double timetable_start_s(const struct timetable *timetable, enum phase phase);
double timetable_length_s(const struct timetable *timetable, enum phase phase);

#endif

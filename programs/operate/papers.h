/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an end could not write of what it was asked to, as its log says: rows of its trace, its report.
 * Pure; one owner. */
#ifndef OPERATE_PAPERS_H
#define OPERATE_PAPERS_H

#include <stdbool.h>
#include <stdint.h>

enum { PAPERS_WHY_BYTES = 96 };

struct papers {         /* of all lives of an end; zero: nothing is missing */
    bool has_holes;     /* the trace, with: */
    uint64_t rows_lost; /* 0: not told, as by one that was killed */
    char trace_why[PAPERS_WHY_BYTES],
        report_why[PAPERS_WHY_BYTES]; /* the system's words; "": none */
};

/* Takes in a line of the end's log. */
void papers_log(struct papers *papers, const char *line);

#endif

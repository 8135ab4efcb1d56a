/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/papers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/stamp.h"

/* What follows ` key=` in the line; NULL: it is not there. */
static const char *value_of(const char *line, const char *key)
{
    const char *at = strstr(line, key);
    return at ? at + strlen(key) : NULL;
}

static void take_why(char why[static PAPERS_WHY_BYTES], const char *line)
{
    const char *at = value_of(line, " why=\"");
    if (at)
        snprintf(why, PAPERS_WHY_BYTES, "%.*s", (int)strcspn(at, "\""), at);
}

static bool is(const char *line, const char *event)
{
    return !strncmp(line, event, strlen(event));
}

void papers_log(struct papers *papers, const char *line)
{
    line = log_stamp_skip(line);
    if (is(line, "error trace_rows_lost ")) {
        papers->has_holes = true;
        take_why(papers->trace_why, line);
    } else if (is(line, "error trace_incomplete ")) {
        const char *rows = value_of(line, " rows_lost=");
        papers->has_holes = true;
        papers->rows_lost += rows ? strtoull(rows, NULL, 10) : 0;
    } else if (is(line, "error report_failed ")) {
        take_why(papers->report_why, line);
    }
}

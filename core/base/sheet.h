/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of lines, words and figures: how a tool's or a fixtures' file is written.
 *
 * Words are separated by blanks; `#` begins a comment; empty lines say nothing. A figure has its
 * unit on it, `80deg`, `1.588rad`, `0.24m`, `9.1mm`, so that nobody's degrees are read as radians,
 * and a decimal point. The first fault is kept, with its line.
 *
 * Pure: no heap, no file; the text is the caller's and lives as long as the struct. One owner. */
#ifndef BASE_SHEET_H
#define BASE_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum { SHEET_LINE_BYTES_MAX = 255, SHEET_WORDS_MAX = 24, SHEET_FAULT_BYTES = 200 };

struct sheet_fault {
    unsigned line;                 /* from 1; 0: of the whole text */
    char words[SHEET_FAULT_BYTES]; /* what is wrong; "" while nothing is */
};

struct sheet {
    const char *text;
    size_t len, at;
    unsigned line;                        /* of the words, from 1 */
    char bytes[SHEET_LINE_BYTES_MAX + 1]; /* the line, cut into words */
    const char *words[SHEET_WORDS_MAX];
    size_t count; /* words on this line, at least 1 */
    struct sheet_fault fault;
};

enum sheet_unit {
    SHEET_PLAIN,  /* no unit */
    SHEET_ANGLE,  /* deg or rad; read as rad */
    SHEET_LENGTH, /* m or mm; read as m */
    SHEET_TIME,   /* s or ms; read as s */
    SHEET_SPEED,  /* m/s or mm/s; read as m/s */
    SHEET_TURN,   /* rad/s or deg/s; read as rad/s */
    SHEET_FORCE,  /* N */
};

void sheet_open(struct sheet *sheet, const char *text, size_t len);

/* Goes to the next line that has words. False at the end, or with a fault: a line longer than
 * SHEET_LINE_BYTES_MAX or of more than SHEET_WORDS_MAX words, a byte that is no text. */
MUST_USE bool sheet_next(struct sheet *sheet);

/* Word `index` of this line as a figure. False with a fault: not there, not a number, another unit,
 * not finite. */
MUST_USE bool sheet_figure(struct sheet *sheet, size_t index, enum sheet_unit unit, double *value);

/* Word `index` as a whole number in [least, most]. False with a fault. */
MUST_USE bool sheet_whole(struct sheet *sheet, size_t index, unsigned least, unsigned most,
                          unsigned *value);

/* Whether this line has just `count` words, the first among them; else a fault that says `form`. */
MUST_USE bool sheet_form(struct sheet *sheet, size_t count, const char *form);

/* Says what is wrong with this line, as printf would, unless a fault is there already. Returns false, so
 * that a reader can end with it. */
bool sheet_fail(struct sheet *sheet, const char *words, ...) PRINTF_LIKE(2, 3);

/* The same of the whole text: what is missing in it. */
bool sheet_fail_whole(struct sheet *sheet, const char *words, ...) PRINTF_LIKE(2, 3);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scene's text (MJCF, which is XML), as far as it is looked through before MuJoCo reads it: MuJoCo leaves
 * out an attribute with NaN in it, takes infinities as they are, and looks at its options' values only when a step
 * has gone wrong (hazard H-42).
 *
 *     scene_reader_init(&reader, text, len);
 *     while (scene_next(&reader, &attribute))
 *         if (!scene_check(&attribute, &fault)) ...
 *
 * What is no XML is left to MuJoCo, which says so by line: reading just ends there. References (`&amp;`) are
 * not resolved. The text is the caller's and stays while it is read. Pure: no I/O, clock or heap; one owner
 * per struct. */
#ifndef TASK_SCENE_TEXT_H
#define TASK_SCENE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum { SCENE_FAULT_BYTES = 160 };

#define SCENE_MOST 1e10 /* of any figure: MuJoCo's own bound, mjMAXVAL */

struct scene_word { /* a part of the text */
    const char *at;
    size_t len;
};

struct scene_attribute {
    struct scene_word element, name, value; /* of the value, what is between the quotes */
    unsigned line;                          /* on which the value begins, from 1 */
};

struct scene_reader {
    const char *at, *end;
    unsigned line;             /* that `at` is on, from 1 */
    struct scene_word element; /* whose attributes are being read; len 0: none's */
};

struct scene_fault {
    unsigned line;
    char words[SCENE_FAULT_BYTES]; /* in one line */
};

void scene_reader_init(struct scene_reader *reader, const char *text, size_t len);

/* The next attribute of the text, comments left out. False: there is none, or what comes is no XML. */
MUST_USE bool scene_next(struct scene_reader *reader, struct scene_attribute *attribute);

/* False: a word of the value reads as a number, and is not finite, beyond SCENE_MOST, or out of the range of that
 * attribute (scene_text.c has the table: those of <option>, and what must not be below zero); or it names, or opens
 * the names of, things of the scene as the arms' are named, `left_` or `right_`. `*fault` says which. */
MUST_USE bool scene_check(const struct scene_attribute *attribute, struct scene_fault *fault);

/* The line, from 1, on which sentence `sentence` (from 1) of the text that is called `task` begins; 0: it is not
 * in this file. */
unsigned scene_task_line(const char *text, size_t len, unsigned sentence);

bool scene_word_is(struct scene_word word, const char *text);

#endif

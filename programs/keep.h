/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that a run leaves behind, traces, reports and logs: what an earlier run left under the same name
 * stays. The files of one run have one number: with keep.csv or keep.json there, the next are keep-2.csv
 * and keep-2.json.
 *
 * A name that is no plain file, as a pipe, /dev/full or /dev/stdout, is written to as it is. Files are
 * made with mode 0640: they tell of a patient's operation.
 * Main thread; nothing is allocated but what stdio takes. */
#ifndef KEEP_H
#define KEEP_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/attr.h"

enum { KEEP_NAME_BYTES = PATH_MAX };

/* What `path` is called in the run of that number, from 1. False: the name would be too long. */
MUST_USE bool keep_name(char name[static KEEP_NAME_BYTES], const char *path, unsigned number);

/* The least number from `first` on under which nobody has written to any of the `count` paths; those that
 * are NULL do not count. */
MUST_USE unsigned keep_number(const char *const *paths, size_t count, unsigned first);

/* Whether two paths, neither of them NULL, are one plain file, there or not yet. */
MUST_USE bool keep_is_same(const char *a, const char *b);

/* Opens `name` to write at its end. -1, with errno: it cannot. */
MUST_USE int keep_open(const char *name);

/* A file that is there whole or not at all: it is written beside its name, with `.part` behind, and then
 * renamed. */
struct keep_whole {
    char name[KEEP_NAME_BYTES]; /* its owner may change it before keep_whole_begin */
    char part[KEEP_NAME_BYTES]; /* "": none */
    FILE *out;                  /* NULL: not begun */
};

/* Whether `name` will do: a plain file's part can be made, and is removed again; anything else is opened
 * for good. False, with errno: no. */
MUST_USE bool keep_whole_try(struct keep_whole *whole, const char *name);

/* Where to print to. NULL, with errno: it cannot be opened. */
MUST_USE FILE *keep_whole_begin(struct keep_whole *whole);

/* All is printed. False, with errno: it could not be written, and what was there before is untouched. */
MUST_USE bool keep_whole_end(struct keep_whole *whole);

/* Gives up what was begun, if anything was. */
void keep_whole_drop(struct keep_whole *whole);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record's index made anew from its resources: after what is extracted from them changed with the program, or where
 * index rows were lost.
 *
 * The store keeps which extractor made its index, and how far a new one has come: it is done in steps, each a job of
 * its own, while others read and write, and goes on where it was stopped or killed. Until it is done, searches find
 * what is not reached yet by its old rows, and words of narratives only in what is. Several servers before one
 * store share the steps. Pure. */
#ifndef REST_REINDEX_H
#define REST_REINDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "rest/rest.h"
#include "store/store.h"

/* Whether the index was made by another extractor than this program's, or is being made. */
MUST_USE enum store_err rest_reindex_look(struct store_view *view, bool *is_needed);

enum { REINDEX_STEP_RESOURCES = 100 };

struct rest_reindex { /* the caller's memory, for one job after the other */
    const struct rest *rest;
    struct arena *arena; /* of a step; reset before the next one */
    bool is_anew; /* begins from the first resource, whatever was done before: for the first step */
    /* What came of the step. */
    bool is_done;
    uint64_t resources; /* that it looked at */
};

/* A job's `run`, its context a struct rest_reindex. A store without resources is done at once. */
enum store_err rest_reindex_run(struct store_write *write, void *reindex);

#endif

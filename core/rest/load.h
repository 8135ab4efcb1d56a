/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources that come in great number from elsewhere: an import's lines, an invented centre.
 *
 * Each is checked and indexed as if it came by PUT under its own id (a new one where it has none); one that is not
 * valid is left out and counted, with the words of the first few. Security labels of what is there stay, as they do by
 * PUT (rest/labels_kept.h), unless the load is exact. Checking needs no store, so that any thread may do it; writing is
 * a job's. Pure. */
#ifndef REST_LOAD_H
#define REST_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "rest/draft.h"
#include "rest/rest.h"
#include "store/store.h"

enum { LOAD_ITEMS_MAX = 500, LOAD_TOLD_MAX = 5 };

/* Resources that are written together. */
struct load {
    const struct rest *rest;
    struct arena *arena; /* of all that is in it */
    int64_t now_ms;
    bool is_exact; /* labels, too, are as they come; the caller's, false at first */
    struct rest_draft drafts[LOAD_ITEMS_MAX];
    size_t count;
    size_t refused;
    size_t unheard; /* Consents that are written, and refuse everybody: rest/consent_heard.h */
    struct text unheard_one;         /* the first of them, and why */
    size_t labelled;                 /* written with labels that they left out; of the last run */
    struct text told[LOAD_TOLD_MAX]; /* why the first ones are left out, in English */
    uint64_t line;                   /* of the next resource, for who is told; the caller's */
    struct buffer *
        outcomes; /* where an OperationOutcome a line tells of each that is left out; NULL: nowhere */
};

void load_init(struct load *load, const struct rest *rest, struct arena *arena, int64_t now_ms);

/* Adds a resource; its bytes outlive the load. False: there are LOAD_ITEMS_MAX already, or the arena has no room: write
 * what there is, and begin anew. */
MUST_USE bool load_add(struct load *load, struct text resource);

/* A job's `run`, its context a struct load. */
enum store_err load_run(struct store_write *write, void *load);

#endif

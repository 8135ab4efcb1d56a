/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bulk import: $import takes resources a line (NDJSON), as $export gives them, and answers before they are in.
 *
 * What was sent is kept in the store with a note of how far it was done; a step reads and checks some lines, writes
 * them together, each as if it came by PUT under its own id, and moves the note on with them: a restart, or a
 * kill, goes on at the line that comes next. What is refused is kept as an OperationOutcome a line. When it is done,
 * what was sent is taken away, and IMPORT_KEPT_MS later the rest. Several servers before one store may share the steps:
 * one that finds the note moved on by another has nothing to do.
 *
 * Source: the form of HL7's Bulk Data Access 3.0.0 (asynchronous requests), and the proposal for bulk import at
 * github.com/smart-on-fhir/bulk-import. Pure. */
#ifndef REST_IMPORT_H
#define REST_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "rest/load.h"
#include "rest/rest.h"
#include "store/store.h"

/* How long the end of one can be asked for; ours, as an export's. */
#define IMPORT_KEPT_MS INT64_C(86400000)

enum {
    IMPORT_TOLD_BYTES_MAX = 16 << 20, /* of outcomes; more are counted */
    IMPORT_STEP_BYTES = 4 << 20,      /* of lines that a step looks at, but a whole one at least */
};

enum import_state {
    IMPORT_GOES_ON,
    IMPORT_DONE,
    IMPORT_STOPPED, /* something that will not go away by itself: `why` */
};

struct import_job { /* as the note keeps it */
    enum import_state state;
    int64_t asked_ms, ended_ms;
    uint64_t bytes, at; /* that were sent; that are done */
    uint64_t lines;     /* done */
    uint64_t loaded, refused;
    uint64_t told_bytes; /* of the outcomes that are kept */
    struct text why, request, user, client;
};

#define IMPORT_AREA "import"

void import_job_write(const struct import_job *job, struct buffer *buffer);
MUST_USE bool import_job_read(struct import_job *job, struct text note, struct arena *arena);

/* The blobs' names: what was sent, in pieces of STORE_PIECE_BYTES_MAX; what is told. */
struct text import_lines_name(struct text key, struct arena *arena);
struct text import_told_name(struct text key, struct arena *arena);

/* --- a step --------------------------------------------------------------------------------------- */

struct import_step { /* the caller's memory, by import_step_init */
    const struct rest *rest;
    struct arena arena;      /* of all but the outcomes */
    struct arena told_arena; /* of these */
    int64_t now_ms;
    struct text key; /* of the import; "": there is none to do */
    struct import_job job;
    struct load load;
    struct buffer told;
    uint64_t from, upto, lines; /* bytes before and after this step; lines in it */
};

void import_step_init(struct import_step *step, const struct rest *rest);
void import_step_free(struct import_step *step);

/* Looks for the oldest import that goes on, and reads and checks lines of it; or for one that is over for so long
 * that it goes. step->key.len 0: there is nothing to do. Forgets the step before; step->arena is the view's, and was
 * reset before that began. */
MUST_USE enum store_err import_step_read(struct import_step *step, struct store_view *view,
                                         int64_t now_ms);

/* A job's `run`, its context a struct import_step: writes what was read. STORE_ERR_REFUSED: somebody ended it, or did
 * the step. step->job is as it is then. */
enum store_err import_step_run(struct store_write *write, void *step);

/* A job's `run`: ends the import where it is, since the step cannot be done; step->job.why says why. */
enum store_err import_step_stop(struct store_write *write, void *step);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that are to be written, set aside as the arrays that PostgreSQL unnests: many rows in one statement.
 *
 * A table's columns are arrays of PostgreSQL's binary form. What a failed job added is cut off again; what is before a
 * mark can be sent and taken away, so that a savepoint stands between it and the rest. One owner per struct. */
#ifndef STORE_POSTGRES_BATCH_H
#define STORE_POSTGRES_BATCH_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum batch_kind { /* in the order that they are sent in */
                  BATCH_CUT_EXACT,
                  BATCH_CUT_STRING,
                  BATCH_CUT_DATE,
                  BATCH_CUT_AMOUNT,
                  BATCH_CUT_DATED,
                  BATCH_CUT_WORD,
                  BATCH_NAME,
                  BATCH_RESOURCE,
                  BATCH_CHANGE,
                  BATCH_VERSION,
                  BATCH_EXACT,
                  BATCH_STRING,
                  BATCH_DATE,
                  BATCH_AMOUNT,
                  BATCH_DATED,
                  BATCH_WORD,
                  BATCHES
};

enum { BATCH_COLUMNS_MAX = 8 };

struct batch_cell { /* the column says which */
    int64_t number;
    double real;
    struct text bytes;
};

#define CELL_NUMBER(value) ((struct batch_cell){.number = (int64_t)(value)})
#define CELL_REAL(value) ((struct batch_cell){.real = (value)})
#define CELL_BYTES(value) ((struct batch_cell){.bytes = (value)})

struct batch_mark {
    size_t count, lens[BATCH_COLUMNS_MAX];
};

struct batch {
    size_t count; /* of rows */
    struct batch_column {
        char *bytes; /* an array's header, then its elements */
        size_t len, room;
    } columns[BATCH_COLUMNS_MAX];
    struct batch_mark mark;
};

size_t batch_columns(enum batch_kind kind);

/* One more row, a cell for each column. False: no memory, and the row is not there. */
MUST_USE bool batch_add(struct batch *batch, enum batch_kind kind, const struct batch_cell *cells);

/* Sets the mark behind all rows; takes away what is behind it; or what is before it. */
void batch_set_mark(struct batch *batch, enum batch_kind kind);
void batch_undo(struct batch *batch, enum batch_kind kind);
void batch_take(struct batch *batch, enum batch_kind kind);

/* A column as an array of the first `count` rows, which end at `len`. */
struct text batch_array(struct batch *batch, enum batch_kind kind, size_t column, size_t count,
                        size_t len);

void batch_free(struct batch *batch);

#endif

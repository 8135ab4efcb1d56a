/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a transaction changed, for the store's listener once it is committed; and what its jobs left for its end. The
 * writer's thread. */
#ifndef STORE_NOTED_H
#define STORE_NOTED_H

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "store/store.h"

struct noted {
    struct arena arena, left; /* of the transaction at hand */
    struct store_change_note *notes;
    size_t count, room; /* `count` is set back for a job that is undone */
};

void noted_init(struct noted *noted);
void noted_free(struct noted *noted);

MUST_USE enum store_err noted_add(struct noted *noted, const struct store_claim *claim,
                                  enum store_change change);

/* For the next transaction, of this writer. */
void noted_begin(struct noted *noted, struct store_write *write);

#endif

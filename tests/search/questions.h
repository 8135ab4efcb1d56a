/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions made up from what resources are found by, so that most find something. */
#ifndef SEARCH_QUESTIONS_H
#define SEARCH_QUESTIONS_H

#include "base/arena.h"
#include "base/random.h"
#include "search/query.h"
#include "search/row.h"

struct asker {
    struct random *random;
    struct arena *arena; /* of the questions */
    const char *base;    /* our address */
};

/* A parameter with its value, decoded, that the resource with these rows (at least one) may be found by. */
struct search_pair question_about(const struct asker *asker, const struct search_rows *rows);

#endif

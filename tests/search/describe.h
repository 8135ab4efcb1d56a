/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queries and rows in words, all that is in them: to compare two, and to show one. */
#ifndef SEARCH_DESCRIBE_H
#define SEARCH_DESCRIBE_H

#include "base/buffer.h"
#include "search/query.h"

/* Conditions, one a line, and what else is not as it is without parameters. */
void describe_query(const struct search_query *query, struct buffer *buffer);

/* Rows, one a line, in their order: "Patient.family string smith (Smith)". */
void describe_rows(const struct search_rows *rows, struct buffer *buffer);

#endif

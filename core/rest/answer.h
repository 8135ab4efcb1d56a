/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways to answer an exchange. All texts are made in its arena. */
#ifndef REST_ANSWER_H
#define REST_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"
#include "rest/rest.h"
#include "store/store.h"

/* With the exchange's outcome. */
enum rest_turn rest_answer_outcome(struct rest_exchange *exchange, unsigned status);

/* With one issue, in words as by printf. */
enum rest_turn rest_answer_error(struct rest_exchange *exchange, unsigned status, const char *code,
                                 const char *format, ...) PRINTF_LIKE(4, 5);

/* What the store could not do; `help` as it gives it. */
enum rest_turn rest_answer_store(struct rest_exchange *exchange, enum store_err err,
                                 const char *help);

/* With 404: of this type there is none with this id, and of a vread with this version. */
enum rest_turn rest_answer_none(struct rest_exchange *exchange, uint16_t type, struct text id);

/* The HTTP status of what a store could not do. */
unsigned rest_status_of(enum store_err err);

/* With what was written to `buffer`. */
enum rest_turn rest_answer_buffer(struct rest_exchange *exchange, unsigned status,
                                  const struct buffer *buffer);

/* With a resource: its body, ETag and Last-Modified. */
enum rest_turn rest_answer_row(struct rest_exchange *exchange, const struct store_row *row);

/* "BASE/Type/id/_history/version" in the exchange's arena. */
struct text rest_location(const struct rest_exchange *exchange, uint16_t type, struct text id,
                          uint64_t version);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer that is too long to hold: made piece by piece, each from a view of its own, while the one before is sent.
 *
 * Whoever sends it calls rest_stream_next with a fresh view for each piece. A stream is in the memory of the exchange
 * that made it, which stays until all is sent. One thread at a time. */
#ifndef REST_STREAM_H
#define REST_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "store/store.h"

struct export_job;
struct rest_exchange;
struct rest_stream;

/* The lines of one type of an export; `by_row`: each is asked of access. */
MUST_USE enum store_err rest_stream_export(struct rest_stream **stream,
                                           struct rest_exchange *exchange,
                                           const struct export_job *job, uint16_t type, bool by_row,
                                           struct store_view *view);

/* Whose data the last piece had, where each line was asked about: ids, in that piece's arena. */
size_t rest_stream_patients(const struct rest_stream *stream, const struct text **patients);

/* Tells the exchange's trail whose data a group's export has, as far as nobody is asked about each line. False: no
 * memory. */
MUST_USE bool rest_stream_tell(const struct rest_stream *stream, struct rest_exchange *exchange);

/* The next piece, in the view's arena; of no length: that was all. Anything but STORE_OK: it ends here, cut short. */
MUST_USE enum store_err rest_stream_next(struct rest_stream *stream, struct store_view *view,
                                         struct text *piece);

#endif

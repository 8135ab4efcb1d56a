/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interactions, each answering an exchange whose request has been read. */
#ifndef REST_INTERACTIONS_H
#define REST_INTERACTIONS_H

#include "rest/plan.h"
#include "rest/rest.h"
#include "search/query.h"
#include "store/store.h"

enum rest_turn rest_capabilities(struct rest_exchange *exchange);
enum rest_turn rest_read(struct rest_exchange *exchange, struct store_view *view); /* vread, too */
/* What a read or, where the request names a version, a vread is of. False: answered. */
MUST_USE bool rest_read_row(struct rest_exchange *exchange, struct store_view *view,
                            struct store_row *row);
enum rest_turn rest_history(struct rest_exchange *exchange, struct store_view *view);
enum rest_turn rest_search(struct rest_exchange *exchange, struct store_view *view);

/* A search that an operation makes of its request. */
struct rest_search_more {
    struct text self; /* URL of the operation, its parameters, without the cursor */
    /* As in struct store_search: what is not shown is no match, and what it refers to is not included. */
    bool (*may_show)(const struct store_row *row, void *context);
    /* Which rows of the page that comes of it are told; NULL: all. Then there is no total, and a page may be short. */
    bool (*keeps)(const struct store_row *row, void *context);
    void *context;
};
enum rest_turn rest_search_more(struct rest_exchange *exchange, struct store_view *view,
                                const struct rest_search_more *more);

/* create, update, patch, delete: understood and checked; leaves one write. */
enum rest_turn rest_change(struct rest_exchange *exchange, struct store_view *view);
void rest_change_end(struct rest_exchange *exchange);

/* What such a request is to be, its condition read. Returns 0, or the HTTP status of what is wrong. */
MUST_USE unsigned rest_change_plan(struct rest_exchange *exchange, struct rest_plan *plan);

/* Its resource read and checked, where it has one. Returns as above. */
MUST_USE unsigned rest_change_draft(struct rest_exchange *exchange, struct rest_plan *plan,
                                    struct text body, struct arena *arena);

/* batch, transaction. */
enum rest_turn rest_transaction(struct rest_exchange *exchange, struct store_view *view);
void rest_transaction_end(struct rest_exchange *exchange);

/* Room for `count` writes in the exchange, each with its own arena; false: there is none. */
MUST_USE bool rest_writes_begin(struct rest_exchange *exchange, size_t count);

/* Reads a search. Returns 0, or the HTTP status of what is wrong, told in the exchange's outcome. */
MUST_USE unsigned rest_search_read(struct rest_exchange *exchange, struct search_query *query,
                                   const struct search_scope *scope, struct text parameters,
                                   bool is_strict);

/* Whether the exchange's asker may search for this, which is settled: rest/links.h; `*by_row`: each match must be asked
 * about. False: answered. */
MUST_USE bool rest_search_may(struct rest_exchange *exchange, struct store_view *view,
                              uint16_t type, struct search_query *query, bool *by_row);

/* Reads a condition ("identifier=a|b") as a search of `type`. Returns 0, or the HTTP status of what is wrong. */
MUST_USE unsigned rest_condition_read(struct rest_exchange *exchange, uint16_t type,
                                      struct text condition, const struct search_query **query);

#endif

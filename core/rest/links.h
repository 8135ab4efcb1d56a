/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search finds through other resources (chains, _has, _list, includes), by one who may see only some of these:
 * the same as in a record that has none of those that they may not see (hazard H-138).
 *
 * A condition that other resources have a say in is decided on with each of these that it leads to, and becomes one
 * that names what is left. Where that would be more than LINKS_MAX, it is refused with what helps: that many match is
 * then all that is told of what nobody sees. */
#ifndef REST_LINKS_H
#define REST_LINKS_H

#include <stdbool.h>

#include "base/attr.h"
#include "rest/rest.h"
#include "search/query.h"
#include "store/store.h"

enum { LINKS_MAX = 2000 }; /* some 50 ms of decisions; ours */

/* Settles all of the query's conditions. False: the exchange is answered. Nothing to do where nobody is asked. */
MUST_USE bool rest_links_settle(struct rest_exchange *exchange, struct store_view *view,
                                struct search_query *query);

/* Leaves of a page, whose rows may all be shown, those of its included resources that a shown one leads to. False: no
 * memory. */
MUST_USE bool rest_links_reach(struct rest_exchange *exchange, const struct search_query *query,
                               struct store_page *page);

#endif

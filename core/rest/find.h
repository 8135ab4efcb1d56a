/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searches that an operation makes by itself. */
#ifndef REST_FIND_H
#define REST_FIND_H

#include "access/access.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "rest/rest.h"
#include "store/store.h"

/* A page of what `parameters` (as in a URL) find among resources of `type`, whoever asks: for what the server itself
 * has to know. Returns 0, or an HTTP status, told in the exchange's outcome. */
MUST_USE unsigned rest_find_all(struct rest_exchange *exchange, struct store_view *view,
                                uint16_t type, struct text parameters, struct text cursor,
                                struct store_page *page);

/* The same, of what the one who asks may see; the page may then have fewer rows than there are. */
MUST_USE unsigned rest_find(struct rest_exchange *exchange, struct store_view *view, uint16_t type,
                            struct text parameters, struct text cursor, struct store_page *page);

/* Tells the trail whose rows a page has, of one who sees all. False: no memory, or one of too many patients. */
MUST_USE bool rest_tell_shown(struct rest_exchange *exchange, const struct store_page *page);

/* Leaves of a page what the one who asks may see, and tells the trail whose it is. */
void rest_keep_visible(struct rest_exchange *exchange, struct store_view *view,
                       enum access_interaction interaction, struct store_page *page);

/* Adds `text` to a query string, every byte but letters and digits as %XX. */
void rest_add_escaped(struct buffer *query, struct text text);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bundles that answer a search or a history: entries, links to this page and the next, the total.
 *
 * Source: http://hl7.org/fhir/R4/bundle.html, http.html#paging. */
#ifndef REST_LIST_H
#define REST_LIST_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/text.h"
#include "rest/rest.h"
#include "store/store.h"
#include "json/writer.h"

struct rest_subset;

struct rest_list {
    bool is_history;                  /* else a searchset */
    struct text self;                 /* URL without the cursor */
    const struct rest_subset *subset; /* NULL: whole resources */
    const struct outcome *outcome;    /* as the last entry; NULL, or without issues: none */
};

/* Answers the exchange with a page of rows. */
enum rest_turn rest_answer_list(struct rest_exchange *exchange, const struct rest_list *list,
                                const struct store_page *page);

/* The member `request` of a history's entry: a create under an id of the server's making as POST, whatever else brought
 * it there as PUT, so that who carries a history out again has the same ids. */
void rest_write_request(struct json_writer *writer, uint16_t type, struct text id,
                        enum store_change change);

/* HTTP's status of a change, as digits. */
const char *rest_change_status(enum store_change change);

#endif

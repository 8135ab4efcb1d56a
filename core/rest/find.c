/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/find.h"

#include "rest/answer.h"
#include "rest/interactions.h"
#include "search/query.h"

unsigned rest_find(struct rest_exchange *exchange, struct store_view *view, uint16_t type,
                   struct text parameters, struct text cursor, struct store_page *page)
{
    struct search_query query;
    const struct search_scope scope = {.type = type, .compartment_type = FHIR_NONE};
    unsigned status = rest_search_read(exchange, &query, &scope, parameters, true);
    if (status)
        return status;
    enum store_err err =
        store_search(view, &(struct store_search){.query = &query, .cursor = cursor}, page);
    if (err == STORE_OK)
        return 0;
    (void)rest_answer_store(exchange, err, view->help);
    return exchange->answer.status;
}

void rest_add_escaped(struct buffer *query, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.bytes[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            buffer_add_byte(query, c);
        else
            buffer_format(query, "%%%02X", (unsigned char)c);
    }
}

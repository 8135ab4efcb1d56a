/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/find.h"

#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/links.h"
#include "search/query.h"

static unsigned find(struct rest_exchange *exchange, struct store_view *view, uint16_t type,
                     struct text parameters, struct text cursor, bool is_settled,
                     struct store_page *page)
{
    struct search_query query;
    const struct search_scope scope = {.type = type, .compartment_type = FHIR_NONE};
    unsigned status = rest_search_read(exchange, &query, &scope, parameters, true);
    if (status)
        return status;
    if (is_settled && !rest_links_settle(exchange, view, &query))
        return exchange->answer.status;
    enum store_err err =
        store_search(view, &(struct store_search){.query = &query, .cursor = cursor}, page);
    if (err == STORE_OK)
        return 0;
    (void)rest_answer_store(exchange, err, view->help);
    return exchange->answer.status;
}

unsigned rest_find_all(struct rest_exchange *exchange, struct store_view *view, uint16_t type,
                       struct text parameters, struct text cursor, struct store_page *page)
{
    return find(exchange, view, type, parameters, cursor, false, page);
}

bool rest_tell_shown(struct rest_exchange *exchange, const struct store_page *page)
{
    for (size_t i = 0; i < page->count; i++)
        if (!rest_gate_shown(exchange, &page->rows[i]))
            return false;
    return true;
}

void rest_keep_visible(struct rest_exchange *exchange, struct store_view *view,
                       enum access_interaction interaction, struct store_page *page)
{
    size_t kept = 0, matches = 0;
    for (size_t i = 0; i < page->count; i++) {
        if (!rest_gate_row(exchange, view, interaction, &page->rows[i]))
            continue;
        matches += i < page->match_count;
        page->rows[kept++] = page->rows[i];
    }
    page->count = kept;
    page->match_count = matches;
    page->total = -1; /* a count would tell what rows hide */
}

unsigned rest_find(struct rest_exchange *exchange, struct store_view *view, uint16_t type,
                   struct text parameters, struct text cursor, struct store_page *page)
{
    bool by_row;
    struct access_filter filter;
    if (!rest_gate_list(exchange, view, ACCESS_SEARCH, type, TEXT(""), &by_row, &filter))
        return exchange->answer.status;
    unsigned status = find(exchange, view, type, parameters, cursor, true, page);
    if (!status && by_row)
        rest_keep_visible(exchange, view, ACCESS_SEARCH, page);
    else if (!status && !rest_tell_shown(exchange, page))
        status = rest_no_room(&exchange->outcome);
    return status;
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read, vread, history. */
#include "base/instant.h"
#include "base/percent.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/audit.h"
#include "rest/binary.h"
#include "rest/find.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/list.h"
#include "rest/subset.h"
#include "rest/words.h"
#include "search/date.h"
#include "search/query.h"

/* A version's number; 0: it is none that any resource has. */
static uint64_t version_of(struct text text)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9' || number > UINT64_MAX / 100)
            return 0;
        number = 10 * number + (uint64_t)(text.bytes[i] - '0');
    }
    return text.len && text.bytes[0] != '0' ? number : 0;
}

static enum rest_turn refuse_read(struct rest_exchange *exchange, struct store_view *view,
                                  enum store_err err, const struct store_row *row)
{
    const struct rest_request *request = &exchange->request;
    bool is_vread = request->version.len > 0;
    if (err != STORE_ERR_NONE && err != STORE_ERR_GONE)
        return rest_answer_store(exchange, err, view->help);
    enum rest_turn turn =
        rest_gate_none(exchange, view, is_vread ? ACCESS_VREAD : ACCESS_READ, request->type,
                       request->id, err, err == STORE_ERR_GONE ? row->version : 0);
    if (err == STORE_ERR_GONE && exchange->answer.status == 410) {
        exchange->answer.version = row->version;
        exchange->answer.modified_ms = row->updated_ms;
    }
    return turn;
}

/* Whether _summary or _elements asks for a part; a value that is none of R4's is left aside. */
static bool asks_part(struct rest_exchange *exchange, struct rest_subset *subset)
{
    struct text summary = rest_query_value(exchange->request.query, "_summary");
    struct text elements = rest_query_value(exchange->request.query, "_elements");
    if (text_is(summary, "true"))
        *subset = (struct rest_subset){.kind = REST_SUBSET_SUMMARY};
    else if (text_is(summary, "text"))
        *subset = (struct rest_subset){.kind = REST_SUBSET_TEXT};
    else if (text_is(summary, "data"))
        *subset = (struct rest_subset){.kind = REST_SUBSET_DATA};
    else if (elements.len)
        return rest_subset_elements(subset, elements, exchange->arena);
    else
        return false;
    return true;
}

static bool is_unmodified(const struct rest_request *request, const struct store_row *row)
{
    int64_t since_ms;
    return request->if_none_match.len == 0 &&
           http_date_read(request->if_modified_since, &since_ms) &&
           row->updated_ms / 1000 * 1000 <= since_ms;
}

static enum store_err find_row(struct rest_exchange *exchange, struct store_view *view,
                               struct store_row *row)
{
    const struct rest_request *request = &exchange->request;
    bool is_vread = request->version.len > 0;
    uint64_t version = is_vread ? version_of(request->version) : 0;
    if (rest_audit_keeps(exchange->rest, request->type))
        return rest_audit_get(exchange, view, row);
    return is_vread && version == 0 ? STORE_ERR_NONE
                                    : store_get(view, request->type, request->id, version, row);
}

bool rest_read_row(struct rest_exchange *exchange, struct store_view *view, struct store_row *row)
{
    bool is_vread = exchange->request.version.len > 0;
    enum store_err err = find_row(exchange, view, row);
    if (err == STORE_OK)
        return rest_gate_body(exchange, view, is_vread ? ACCESS_VREAD : ACCESS_READ, row->type,
                              row->id, row->body);
    (void)refuse_read(exchange, view, err, row);
    return false;
}

enum rest_turn rest_read(struct rest_exchange *exchange, struct store_view *view)
{
    const struct rest_request *request = &exchange->request;
    struct rest_subset subset;
    struct store_row row;
    if (!rest_read_row(exchange, view, &row))
        return REST_ANSWERED;
    (void)rest_answer_row(exchange, &row);
    if (is_unmodified(request, &row)) {
        exchange->answer.status = 304;
        exchange->answer.body = TEXT("");
    } else if (request->wants_raw) {
        return binary_answer(exchange, &row);
    } else if (asks_part(exchange, &subset)) {
        struct buffer buffer;
        struct json_writer writer;
        buffer_init(&buffer, exchange->arena);
        json_writer_init(&writer, &buffer);
        rest_subset_write(&subset, &writer, row.type, row.body);
        return rest_answer_buffer(exchange, 200, &buffer);
    }
    return REST_ANSWERED;
}

/* _count of a history. False, and answered: it is no number. */
static bool read_count(struct rest_exchange *exchange, size_t *count)
{
    struct text sent = rest_query_value(exchange->request.query, "_count");
    uint64_t number = version_of(sent);
    *count = sent.len ? 0 : SEARCH_COUNT_DEFAULT;
    if (number)
        *count = number < SEARCH_COUNT_MAX ? (size_t)number : SEARCH_COUNT_MAX;
    if (number || sent.len == 0 || text_is(sent, "0"))
        return true;
    (void)rest_answer_error(exchange, 400, "value", "_count is a whole number from 0.");
    return false;
}

static struct text history_url(const struct rest_exchange *exchange)
{
    static const char *const kept[] = {"_count", "_since", "_at"};
    const struct rest_request *request = &exchange->request;
    struct buffer url;
    char mark = '?';
    buffer_init(&url, exchange->arena);
    buffer_add(&url, exchange->rest->base);
    if (request->type != FHIR_NONE) {
        buffer_add_byte(&url, '/');
        buffer_add(&url, text_of(fhir_types[request->type].name));
    }
    if (request->id.len) {
        buffer_add_byte(&url, '/');
        buffer_add(&url, request->id);
    }
    buffer_add(&url, TEXT("/_history"));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct text value = rest_query_value(request->query, kept[i]);
        if (value.len == 0)
            continue;
        buffer_add_byte(&url, mark);
        buffer_add(&url, text_of(kept[i]));
        buffer_add_byte(&url, '=');
        buffer_add(&url, value);
        mark = '&';
    }
    return buffer_text(&url);
}

/* A moment in the query: its two ends. False, and answered: it is none. */
static bool read_moment(struct rest_exchange *exchange, const char *name, int64_t *low_ms,
                        int64_t *high_ms)
{
    struct text sent = rest_query_value(exchange->request.query, name), value;
    if (sent.len == 0)
        return true;
    if (percent_decode(sent, exchange->arena, &value) == PERCENT_OK &&
        date_read(value, low_ms, high_ms))
        return true;
    (void)rest_answer_error(exchange, 400, "value",
                            "%s is an instant, such as 2026-11-29T16:50:00Z (a + is sent as %%2B).",
                            name);
    return false;
}

/* Whether the one who asks may know that there is a resource whose versions are asked for: who may not have the last
 * that it is or was. False: answered. */
static bool may_know(struct rest_exchange *exchange, struct store_view *view)
{
    const struct rest_request *request = &exchange->request;
    struct store_row row;
    if (!exchange->subject || request->id.len == 0 ||
        rest_audit_keeps(exchange->rest, request->type))
        return true;
    enum store_err err = store_get_last(view, request->type, request->id, &row);
    if (err != STORE_OK && err != STORE_ERR_NONE) {
        (void)rest_answer_store(exchange, err, view->help);
        return false;
    }
    if (err == STORE_ERR_NONE)
        (void)rest_gate_none(exchange, view, ACCESS_HISTORY, request->type, request->id, err, 0);
    return err == STORE_OK &&
           (rest_gate_judge(exchange, view, ACCESS_HISTORY, &row).effect != ACCESS_REFUSED ||
            rest_gate_body(exchange, view, ACCESS_HISTORY, row.type, row.id, row.body));
}

enum rest_turn rest_history(struct rest_exchange *exchange, struct store_view *view)
{
    const struct rest_request *request = &exchange->request;
    struct store_page page;
    struct store_history asked = {
        .type = request->type,
        .id = request->id,
        .since_ms = INT64_MIN,
        .at_low_ms = INT64_MIN,
        .cursor = rest_query_value(request->query, "_cursor"),
    };
    int64_t unused_ms;
    size_t count;
    if (!read_count(exchange, &count) ||
        !read_moment(exchange, "_since", &asked.since_ms, &unused_ms) ||
        !read_moment(exchange, "_at", &asked.at_low_ms, &asked.at_high_ms))
        return REST_ANSWERED;
    if (!may_know(exchange, view))
        return REST_ANSWERED;
    bool by_row;
    struct access_filter filter;
    asked.count = count ? count : 1;
    enum access_interaction interaction = request->id.len ? ACCESS_HISTORY : ACCESS_HISTORY_TYPE;
    if (!rest_gate_list(exchange, view, interaction, request->type, TEXT(""), &by_row, &filter))
        return REST_ANSWERED;
    enum store_err err = store_history(view, &asked, &page);
    if (err == STORE_ERR_NONE && request->id.len)
        return rest_answer_none(exchange, request->type, request->id);
    if (err != STORE_OK)
        return rest_answer_store(exchange, err, view->help);
    if (by_row)
        rest_keep_visible(exchange, view, interaction, &page);
    else if (!rest_tell_shown(exchange, &page))
        return rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
    if (count == 0) { /* only how many */
        page.count = page.match_count = 0;
        page.next = TEXT("");
    }
    const struct rest_list list = {.is_history = true, .self = history_url(exchange)};
    return rest_answer_list(exchange, &list, &page);
}

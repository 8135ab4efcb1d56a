/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/list.h"

#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/subset.h"
#include "json/writer.h"

static void write_link(struct json_writer *writer, const char *relation, struct text url,
                       struct text cursor)
{
    json_begin_object(writer);
    json_write_member(writer, TEXT("relation"), text_of(relation));
    json_key(writer, TEXT("url"));
    if (cursor.len == 0) {
        json_write_string(writer, url);
    } else {
        struct buffer whole;
        buffer_init(&whole, writer->buffer->arena);
        buffer_add(&whole, url);
        buffer_add(&whole, memchr(url.bytes, '?', url.len) ? TEXT("&_cursor=") : TEXT("?_cursor="));
        buffer_add(&whole, cursor);
        json_write_string(writer, buffer_text(&whole));
    }
    json_end_object(writer);
}

static void write_full_url(struct json_writer *writer, const struct rest_exchange *exchange,
                           const struct store_row *row)
{
    struct buffer *buffer = writer->buffer;
    json_key(writer, TEXT("fullUrl"));
    buffer_add_byte(buffer, '"');
    buffer_add(buffer, exchange->rest->base);
    buffer_add_byte(buffer, '/');
    buffer_add(buffer, text_of(fhir_types[row->type].name));
    buffer_add_byte(buffer, '/');
    buffer_add(buffer, row->id);
    buffer_add_byte(buffer, '"');
    writer->needs_comma = true;
}

void rest_write_request(struct json_writer *writer, uint16_t type, struct text id,
                        enum store_change change)
{
    static const char *const methods[] = {
        [STORE_CREATED] = "PUT", [STORE_UPDATED] = "PUT", [STORE_DELETED] = "DELETE"};
    bool is_posted = change == STORE_CREATED && rest_is_new_id(id);
    struct buffer url;
    buffer_init(&url, writer->buffer->arena);
    buffer_add(&url, text_of(fhir_types[type].name));
    if (!is_posted)
        buffer_format(&url, "/%.*s", (int)id.len, id.bytes);
    writer->buffer->failed |= url.failed;
    json_key(writer, TEXT("request"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("method"), is_posted ? TEXT("POST") : text_of(methods[change]));
    json_write_member(writer, TEXT("url"), buffer_text(&url));
    json_end_object(writer);
}

const char *rest_change_status(enum store_change change)
{
    static const char *const statuses[] = {
        [STORE_CREATED] = "201", [STORE_UPDATED] = "200", [STORE_DELETED] = "204"};
    return statuses[change];
}

/* Of a history: what was done, and how it went. */
static void write_change(struct json_writer *writer, const struct store_row *row)
{
    struct buffer etag;
    char updated[INSTANT_LEN + 1];
    enum store_change change = (enum store_change)row->change;

    rest_write_request(writer, row->type, row->id, change);
    json_key(writer, TEXT("response"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("status"), text_of(rest_change_status(change)));
    buffer_init(&etag, writer->buffer->arena);
    buffer_format(&etag, "W/\"%llu\"", (unsigned long long)row->version);
    json_write_member(writer, TEXT("etag"), buffer_text(&etag));
    json_write_member(writer, TEXT("lastModified"), instant_write(row->updated_ms, updated));
    json_end_object(writer);
}

static void write_entry(struct json_writer *writer, const struct rest_exchange *exchange,
                        const struct rest_list *list, const struct store_row *row)
{
    json_begin_object(writer);
    write_full_url(writer, exchange, row);
    if (row->body.len) {
        json_key(writer, TEXT("resource"));
        if (list->subset)
            rest_subset_write(list->subset, writer, row->type, row->body);
        else
            json_write_raw(writer, row->body);
    }
    if (list->is_history) {
        write_change(writer, row);
    } else {
        json_key(writer, TEXT("search"));
        json_write_raw(writer, row->is_included ? TEXT("{\"mode\":\"include\"}")
                                                : TEXT("{\"mode\":\"match\"}"));
    }
    json_end_object(writer);
}

static void write_outcome(struct json_writer *writer, const struct outcome *outcome)
{
    json_begin_object(writer);
    json_key(writer, TEXT("resource"));
    outcome_write(outcome, writer->buffer);
    writer->needs_comma = true;
    json_key(writer, TEXT("search"));
    json_write_raw(writer, TEXT("{\"mode\":\"outcome\"}"));
    json_end_object(writer);
}

enum rest_turn rest_answer_list(struct rest_exchange *exchange, const struct rest_list *list,
                                const struct store_page *page)
{
    struct buffer buffer;
    struct json_writer writer;
    bool has_outcome = list->outcome && list->outcome->count;
    buffer_init(&buffer, exchange->arena);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Bundle"));
    json_write_member(&writer, TEXT("type"),
                      list->is_history ? TEXT("history") : TEXT("searchset"));
    if (page->total >= 0) {
        json_key(&writer, TEXT("total"));
        json_write_i64(&writer, page->total);
    }
    json_key(&writer, TEXT("link"));
    json_begin_array(&writer);
    write_link(&writer, "self", list->self, TEXT(""));
    if (page->next.len)
        write_link(&writer, "next", list->self, page->next);
    json_end_array(&writer);
    if (page->count || has_outcome) {
        json_key(&writer, TEXT("entry"));
        json_begin_array(&writer);
        for (size_t i = 0; i < page->count; i++)
            write_entry(&writer, exchange, list, &page->rows[i]);
        if (has_outcome)
            write_outcome(&writer, list->outcome);
        json_end_array(&writer);
    }
    json_end_object(&writer);
    return rest_answer_buffer(exchange, 200, &buffer);
}

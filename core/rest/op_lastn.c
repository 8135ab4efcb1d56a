/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Observation/$lastn: the newest of each kind of observation.
 * Source: http://hl7.org/fhir/R4/observation-operation-lastn.html. */
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/find.h"
#include "rest/list.h"
#include "rest/operations.h"
#include "json/json.h"

enum { KINDS_MAX = 500, PAGES_MAX = 20, OF_A_PAGE = 500 };

struct kind {
    struct text code;
    int64_t count;
};

struct lastn {
    struct kind *kinds;
    size_t kind_count;
    struct store_row *rows;
    size_t row_count, room;
    int64_t max;
    bool is_full; /* a kind found no room */
};

/* What kind an observation is of: its first coding, or else its text. */
static struct text kind_of(struct text body, struct arena *arena)
{
    struct json json;
    struct buffer name;
    if (json_parse(&json, body, &json_limits_default, arena, NULL) != JSON_OK)
        return TEXT("");
    uint32_t code = json_member(&json, JSON_ROOT, TEXT("code"));
    uint32_t codings = code == JSON_NONE ? JSON_NONE : json_member(&json, code, TEXT("coding"));
    uint32_t coding = codings == JSON_NONE ? JSON_NONE : json_element(&json, codings, 0);
    uint32_t parts[] = {
        coding == JSON_NONE ? JSON_NONE : json_member(&json, coding, TEXT("system")),
        coding == JSON_NONE ? JSON_NONE : json_member(&json, coding, TEXT("code")),
        code == JSON_NONE || coding != JSON_NONE ? JSON_NONE
                                                 : json_member(&json, code, TEXT("text"))};
    buffer_init(&name, arena);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i] != JSON_NONE)
            buffer_add(&name, json_raw(&json, parts[i]));
        buffer_add_byte(&name, '|');
    }
    return name.failed ? TEXT("") : buffer_text(&name);
}

/* Counts one more of a kind; false: there are enough of it. */
static bool count_in(struct lastn *lastn, struct text code)
{
    for (size_t i = 0; i < lastn->kind_count; i++)
        if (text_equal(lastn->kinds[i].code, code))
            return lastn->kinds[i].count++ < lastn->max;
    if (lastn->kind_count == KINDS_MAX) {
        lastn->is_full = true;
        return false;
    }
    lastn->kinds[lastn->kind_count++] = (struct kind){code, 1};
    return true;
}

static bool keep(struct lastn *lastn, const struct store_row *row, struct arena *arena)
{
    if (lastn->row_count == lastn->room) {
        size_t room = lastn->room ? 2 * lastn->room : 64;
        struct store_row *grown =
            arena_grow(arena, lastn->rows, lastn->room * sizeof *grown, room * sizeof *grown);
        if (!grown)
            return false;
        lastn->rows = grown;
        lastn->room = room;
    }
    lastn->rows[lastn->row_count++] = *row;
    return true;
}

/* The request's own parameters but `max`, newest first. */
static struct text search_for(struct rest_exchange *exchange,
                              const struct rest_parameters *parameters)
{
    struct buffer query, sent;
    buffer_init(&sent, exchange->arena);
    rest_parameters_add_to(parameters, &sent);
    const struct text all[] = {exchange->request.query, exchange->request.form, buffer_text(&sent)};
    buffer_init(&query, exchange->arena);
    buffer_format(&query, "_sort=-date&_count=%d", OF_A_PAGE);
    query.failed |= sent.failed;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const char *at = all[i].bytes, *end = all[i].len ? at + all[i].len : at;
        while (at < end) {
            const char *stop = memchr(at, '&', (size_t)(end - at));
            struct text pair = {at, (size_t)((stop ? stop : end) - at)};
            bool is_ours = text_starts(pair, TEXT("max=")) || text_starts(pair, TEXT("_"));
            if (pair.len && !is_ours) {
                buffer_add_byte(&query, '&');
                buffer_add(&query, pair);
            }
            at += pair.len + 1;
        }
    }
    return query.failed ? (struct text){NULL, 0} : buffer_text(&query);
}

/* What was not looked at may have a kind that is not told, or a newer one of it: that must be known. */
static void tell_incomplete(struct rest_exchange *exchange)
{
    outcome_add(&exchange->outcome,
                &(struct outcome_issue){
                    .severity = OUTCOME_WARNING,
                    .code = "incomplete",
                    .details = TEXT("There are more observations than are looked through: older "
                                    "kinds may be missing. Ask for one category or code."),
                });
}

enum rest_turn rest_op_lastn(struct rest_exchange *exchange,
                             const struct rest_parameters *parameters, struct store_view *view)
{
    struct store_page page = {.next = TEXT("")};
    struct text query = search_for(exchange, parameters);
    struct lastn lastn = {.max = rest_parameter_count(parameters, "max", 1)};
    if (lastn.max < 1)
        return rest_answer_error(exchange, 400, "value", "max is a whole number from 1.");
    lastn.kinds = arena_take(exchange->arena, KINDS_MAX * sizeof *lastn.kinds);
    bool has_room = lastn.kinds && query.bytes;
    for (int pages = 0; has_room && pages < PAGES_MAX && (pages == 0 || page.next.len); pages++) {
        unsigned status =
            rest_find(exchange, view, exchange->request.type, query, page.next, &page);
        if (status)
            return rest_answer_outcome(exchange, status);
        for (size_t i = 0; has_room && i < page.match_count; i++)
            if (count_in(&lastn, kind_of(page.rows[i].body, exchange->arena)))
                has_room = keep(&lastn, &page.rows[i], exchange->arena);
    }
    if (!has_room)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    const struct store_page kept = {.rows = lastn.rows,
                                    .count = lastn.row_count,
                                    .match_count = lastn.row_count,
                                    .total = (int64_t)lastn.row_count};
    struct buffer self;
    buffer_init(&self, exchange->arena);
    buffer_format(&self, "%.*s/Observation/$lastn?%.*s", (int)exchange->rest->base.len,
                  exchange->rest->base.bytes, (int)exchange->request.query.len,
                  exchange->request.query.bytes);
    if (page.next.len || lastn.is_full)
        tell_incomplete(exchange);
    const struct rest_list list = {.self = buffer_text(&self), .outcome = &exchange->outcome};
    return rest_answer_list(exchange, &list, &kept);
}

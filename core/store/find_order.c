/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an index answers by its own order: a page sorted by one value, without gathering all that match; and how many
 * there are. */
#include "store/find_run.h"

/* --- how many ------------------------------------------------------------------------------------- */

/* Whether what is asked for is just what a range holds, no more. */
static bool is_range(struct run *run, struct find_range *range)
{
    const struct search_query *query = run->query;
    const struct search_condition *condition = query->conditions;
    if (query->type_count > 1)
        return false;
    if (query->condition_count == 0) {
        *range = (struct find_range){.by = FIND_ALL};
        if (query->type_count == 1)
            *range = (struct find_range){.by = FIND_TYPE, .type = query->types[0]};
        return true;
    }
    if (query->condition_count > 1 || query->type_count != 1 || condition->what != SEARCH_ROW ||
        condition->value_count != 1 || condition->param_count != 1 ||
        fhir_search_params[condition->params[0]].type != query->types[0] ||
        !find_range_of(condition, 0, 0, run->find->arena, range) || range->part != 0)
        return false;
    return range->by == FIND_CODE || (range->by == FIND_TARGET && !range->any_type &&
                                      condition->values->of.reference.version.len == 0);
}

enum store_err find_count(struct run *run)
{
    enum { FEW = 10000 }; /* are counted one by one, whatever an index has left behind; ours */
    struct find *find = run->find;
    struct find_range range;
    int64_t count;
    if (!run->counts || run->asked->may_show || !is_range(run, &range))
        return STORE_OK;
    enum store_err err = find_spend(find, find->source->ask_ns);
    if (!err)
        err = find->source->count(find->context, &range, INT64_MAX, &count);
    bool is_looked_at =
        run->query->condition_count && count < FEW && count < (int64_t)find->order_from;
    if (err || is_looked_at)
        return err;
    run->counts = false;
    run->counted = count;
    return STORE_OK;
}

/* --- in the order of a value ---------------------------------------------------------------------- */

static bool has_order(const struct search_query *query, struct find_range *range)
{
    const struct search_sort *sort = query->sorts;
    if (query->sort_count != 1 || query->type_count != 1)
        return false;
    *range = (struct find_range){.is_falling = sort->is_descending, .type = query->types[0]};
    if (sort->by == SEARCH_BY_ID) {
        range->by = FIND_ID;
        return true;
    }
    if (sort->by != SEARCH_BY_PARAM || sort->param_count != 1)
        return false;
    range->param = sort->params[0];
    enum fhir_search_type kind = (enum fhir_search_type)fhir_search_params[range->param].kind;
    range->by = kind == FHIR_SEARCH_DATE     ? FIND_DATE
                : kind == FHIR_SEARCH_STRING ? FIND_STRING
                                             : FIND_NOTHING;
    return range->by != FIND_NOTHING;
}

enum store_err find_choose_order(struct run *run)
{
    struct find *find = run->find;
    struct find_range order;
    const struct find_range all = {.by = FIND_TYPE,
                                   .type = run->query->types ? run->query->types[0] : FHIR_NONE};
    int64_t count;
    if (!has_order(run->query, &order))
        return STORE_OK;
    enum store_err err =
        find->source->count(find->context, &all, (int64_t)find->order_from, &count);
    if (err || count < (int64_t)find->order_from)
        return err;
    run->stream = order;
    run->streams = BY_VALUE;
    return STORE_OK;
}

static struct text cut(struct text text)
{
    if (text.len > MATCH_KEY_BYTES_MAX)
        text.len = MATCH_KEY_BYTES_MAX;
    return text;
}

/* Whether they are sorted alike, as far as keys tell, and stand apart in the index. */
static bool is_blurred(const struct find_place *before, const struct find_place *place)
{
    return place->key.form == MATCH_TEXT && before->key.form == MATCH_TEXT &&
           !text_equal(place->key.text, before->key.text) &&
           text_equal(cut(place->key.text), cut(before->key.text));
}

/* One place of the index: its resource is a match here if this is the value that it is sorted by. */
static enum store_err take_place(struct run *run, const struct find_place *place, bool *stop)
{
    const struct search_query *query = run->query;
    struct match_key key = place->key;
    size_t before = run->page->match_count;
    key.text = cut(key.text);
    if (!run->begins) {
        int order = match_key_order(&key, &run->last.keys[0], query->sorts[0].is_descending);
        if (order < 0 || (order == 0 && place->rid <= (int64_t)run->last.last))
            return STORE_OK;
    }
    run->key = &key;
    enum store_err err = find_take(run, place->rid, stop);
    run->key = NULL;
    if (err || run->page->match_count == before)
        return err;
    key.text = arena_copy(run->find->arena, key.text);
    run->last.keys[0] = key;
    run->begins = false;
    return key.text.bytes || key.form != MATCH_TEXT ? STORE_OK : STORE_ERR_MEMORY;
}

/* What a key was cut from stands behind it in the index: nothing of that is passed over, falling. */
static struct text behind(struct find *find, struct text key)
{
    struct buffer buffer;
    buffer_init(&buffer, find->arena);
    buffer_add(&buffer, key);
    buffer_add_byte(&buffer, '\xff');
    return buffer.failed ? key : buffer_text(&buffer);
}

static struct find_place first_place(const struct run *run)
{
    struct find_place at = {.rid = 0, .key = run->last.keys[0]};
    bool is_falling = run->stream.is_falling;
    if (!run->begins) {
        at.rid = (int64_t)run->last.last;
        if (is_falling && at.key.form == MATCH_TEXT && at.key.text.len == MATCH_KEY_BYTES_MAX)
            at.key.text = behind(run->find, at.key.text);
    } else if (run->stream.by == FIND_DATE) {
        at.key = (struct match_key){.form = MATCH_INTEGER,
                                    .integer = is_falling ? INT64_MAX : INT64_MIN};
    } else { /* UTF-8 has no byte 255 */
        at.key =
            (struct match_key){.form = MATCH_TEXT, .text = is_falling ? TEXT("\xff") : TEXT("")};
    }
    return at;
}

static enum store_err take_valued(struct run *run, bool *stop)
{
    struct find *find = run->find;
    struct find_place places[FIND_BATCH], at = first_place(run), before = {.rid = 0};
    size_t count = FIND_BATCH;
    while (count == FIND_BATCH && !*stop) {
        enum store_err err = find_spend(find, find->source->ask_ns);
        if (!err)
            err = find->source->places(find->context, &run->stream, &at, find->arena, places,
                                       FIND_BATCH, &count);
        for (size_t i = 0; i < count && !err && !*stop; i++) {
            if (is_blurred(&before, &places[i])) {
                find->help = "long values that begin alike cannot be sorted by; leave _sort out";
                return STORE_ERR_COSTLY;
            }
            if (places[i].rid != before.rid ||
                match_key_order(&places[i].key, &before.key, false) != 0)
                err = take_place(run, &places[i], stop);
            before = places[i];
        }
        if (err)
            return err;
        at = before;
    }
    return STORE_OK;
}

/* Those without a value come last, by rid. What is left of the work is not spent to the end: the next page goes on. */
static enum store_err take_valueless(struct run *run, bool *stop)
{
    enum { ROWS_KEPT = 16, WORK_KEPT_NS = 5000000 };
    static const struct match_key none = {.form = MATCH_NO_KEY};
    const struct find_range all = {.by = FIND_TYPE, .type = run->query->types[0]};
    struct find *find = run->find;
    int64_t rids[FIND_BATCH], at = 0;
    size_t count = FIND_BATCH;
    if (!run->begins && run->last.keys[0].form == MATCH_NO_KEY)
        at = (int64_t)run->last.last;
    run->key = &none;
    while (count == FIND_BATCH && !*stop) {
        enum store_err err = find_ask(find, &all, at, rids, FIND_BATCH, &count);
        for (size_t i = 0; i < count && !err && !*stop; i++) {
            size_t before = run->page->match_count;
            err = find_take(run, rids[i], stop);
            at = rids[i];
            if (run->page->match_count > before)
                run->last.keys[0] = none;
            if (!run->counts && !*stop &&
                (find->rows_left < ROWS_KEPT || find->work.left < WORK_KEPT_NS)) {
                run->more = run->is_cut = *stop = true;
                run->last.keys[0] = none;
                run->last.last = (uint64_t)at;
            }
        }
        if (err)
            return err;
    }
    run->key = NULL;
    return STORE_OK;
}

enum store_err find_by_value(struct run *run)
{
    bool stop = false;
    bool is_behind = !run->begins && run->last.keys[0].form == MATCH_NO_KEY;
    enum store_err err = is_behind ? STORE_OK : take_valued(run, &stop);
    if (err || stop || run->stream.by == FIND_ID)
        return err;
    return take_valueless(run, &stop);
}

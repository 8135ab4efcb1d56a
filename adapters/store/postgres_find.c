/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of the index tables, and resources, for core's search. */
#include <math.h>
#include <time.h>

#include "store/kept.h"
#include "store/postgres_line.h"

enum {
    DAY_MS =
        86400000, /* as in the schema: intervals no longer than this are found by their low end */
    WORDS_ASKED_MAX = 64
};

static bool streams(enum postgres_sql which)
{
    return which == PG_DATED || which == PG_NEWEST || which == PG_OLDEST;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool source_is_over(void *context)
{
    return now_ms() > ((struct line *)context)->over_ms;
}

/* What took too long is told before the next question, however little was charged for it. */
static enum store_err look_at_clock(struct line *line)
{
    if (!source_is_over(line))
        return STORE_OK;
    return pg_line_help(line, STORE_ERR_COSTLY,
                        "the database takes too long to look: add a condition that few fulfil, "
                        "such as a patient, an identifier or a code");
}

static enum store_err take_rids(struct line *line, enum postgres_sql which,
                                const struct params *params, int64_t *rids, size_t max,
                                size_t *count)
{
    PGresult *result;
    size_t first = *count;
    enum store_err err = look_at_clock(line);
    if (!err)
        err = pg_line_ask(line, which, params, &result);
    if (err)
        return err;
    for (int i = 0; i < PQntuples(result) && *count < max; i++)
        rids[(*count)++] = result_number(result, i, 0);
    PQclear(result);
    if (first == 0)
        cache_recent(line, rids, *count, streams(which));
    return STORE_OK;
}

/* Intervals that begin within the range or shortly before, then the long ones that began earlier. */
static void date_params(struct params *params, const struct find_range *range, int64_t key,
                        size_t max, bool is_long)
{
    int64_t near = range->high_min >= INT64_MIN + DAY_MS ? range->high_min - DAY_MS : INT64_MIN;
    int64_t split = near <= range->low_min ? range->low_min : near;
    param_number(params, key);
    param_number(params, is_long ? range->low_min : split);
    param_number(params, is_long ? split : range->low_max);
    param_number(params, range->high_min);
    param_number(params, (int64_t)max);
    if (is_long)
        param_number(params, range->low_max);
}

static void amount_params(struct params *params, const struct find_range *range, int64_t key,
                          size_t max, bool is_long)
{
    double split = fmax(range->real_high_min, range->real_low_min);
    param_number(params, key);
    param_real(params, is_long ? range->real_low_min : split);
    param_real(params, is_long ? split : range->real_low_max);
    param_real(params, range->real_high_min);
    param_number(params, (int64_t)max);
    param_real(params, range->real_low_max);
    param_number(params, range->by == FIND_BASE ? hash_of(range->text) : 0);
}

static enum store_err intervals(struct line *line, const struct find_range *range, int64_t key,
                                int64_t *rids, size_t max, size_t *count)
{
    bool is_date = range->by == FIND_DATE;
    bool reaches = is_date ? range->high_min > INT64_MIN : range->real_high_min > -(double)INFINITY;
    for (int part = 0; part < (reaches ? 2 : 1) && *count < max; part++) {
        struct params params = {0};
        enum postgres_sql which = is_date ? PG_DATE : PG_AMOUNT;
        if (is_date)
            date_params(&params, range, key, max - *count, part == 1);
        else
            amount_params(&params, range, key, max - *count, part == 1);
        enum store_err err =
            take_rids(line, which + (enum postgres_sql)part, &params, rids, max, count);
        if (err)
            return err;
    }
    return STORE_OK;
}

static enum store_err updated(struct line *line, const struct find_range *range,
                              struct params *params)
{
    int64_t first = 0, end = INT64_MAX;
    enum store_err err = STORE_OK;
    if (range->low_min > INT64_MIN)
        err = postgres_seq_at(line, range->low_min, &first);
    if (!err && range->low_max < INT64_MAX)
        err = postgres_seq_at(line, range->low_max + 1, &end);
    param_number(params, first);
    param_number(params, end == INT64_MAX ? end : end - 1);
    return err;
}

static enum store_err words(struct line *line, const struct find_range *range, int64_t *rids,
                            size_t max, size_t *count)
{
    struct params params = {0};
    struct batch list = {0};
    struct text rest = range->text, word;
    int64_t hashes[WORDS_ASKED_MAX];
    size_t different = 0;
    bool is_good = true;
    while (is_good && different < WORDS_ASKED_MAX && (word = words_next(&rest)).len) {
        bool is_new = true;
        hashes[different] = hash_of(word);
        for (size_t i = 0; i < different; i++)
            is_new = is_new && hashes[i] != hashes[different];
        if (is_new)
            is_good = batch_add(&list, BATCH_CUT_WORD, &CELL_NUMBER(hashes[different++]));
    }
    enum store_err err = is_good ? STORE_OK : STORE_ERR_MEMORY;
    if (is_good && different) {
        param_bytes(&params,
                    batch_array(&list, BATCH_CUT_WORD, 0, list.count, list.columns[0].len));
        param_number(&params, (int64_t)different);
        param_number(&params, (int64_t)max);
        err = take_rids(line, PG_WORDS, &params, rids, max, count);
    }
    batch_free(&list);
    return err;
}

/* What a text that starts with `start` is less than: UTF-8 has no byte 255. */
static enum store_err start_params(struct line *line, struct params *params, struct text start)
{
    char *bytes = arena_take(line->write.view.arena, start.len + 1);
    if (!bytes)
        return STORE_ERR_MEMORY;
    if (start.len)
        memcpy(bytes, start.bytes, start.len);
    bytes[start.len] = (char)0xff;
    param_bytes(params, start);
    param_bytes(params, (struct text){bytes, start.len + 1});
    return STORE_OK;
}

/* The statement and its values; those that are ordered have `after` and `max` behind each other. */
static enum store_err params_of(struct line *line, const struct find_range *range, int64_t key,
                                int64_t after, size_t max, struct params *params,
                                enum postgres_sql *which)
{
    const struct store_names *names = &line->store->names;
    enum store_err err = STORE_OK;
    switch ((enum find_by)range->by) {
    case FIND_CODE:
    case FIND_TARGET:
        param_number(params, key);
        param_number(params, hash_of(range->text));
        param_number(params, after);
        param_number(params, (int64_t)max);
        *which = PG_CODE;
        if (range->by == FIND_CODE ? !range->any_system : !range->any_type) {
            param_number(params, range->by == FIND_CODE ? hash_of(range->system)
                                                        : store_type_number(names, range->type));
            *which = PG_CODE_SYSTEM;
        }
        return STORE_OK;
    case FIND_SYSTEM:
        param_number(params, key);
        param_number(params, hash_of(range->system));
        *which = PG_SYSTEM;
        break;
    case FIND_STRING:
    case FIND_URI:
        param_number(params, key);
        param_bytes(params, key_text(range->text));
        param_number(params, after);
        *which = PG_STRING;
        break;
    case FIND_STRING_PART:
        param_number(params, key);
        if (line->is_writer) { /* nothing stops a statement of a job: any of the parameter's may match */
            err = start_params(line, params, TEXT(""));
            *which = PG_STRING_START;
            break;
        }
        param_bytes(params, range->text);
        param_number(params, KEY_BYTES_MAX);
        *which = PG_STRING_PART;
        break;
    case FIND_STRING_START:
    case FIND_URI_START:
        param_number(params, key);
        err = start_params(line, params, key_text(range->text));
        *which = PG_STRING_START;
        break;
    case FIND_ID:
        param_bytes(params, range->text);
        *which = PG_ID;
        break;
    case FIND_UPDATED:
        err = updated(line, range, params);
        *which = PG_UPDATED;
        break;
    case FIND_TYPE:
    case FIND_NEWEST:
    case FIND_OLDEST:
        param_number(params, store_type_number(names, range->type));
        param_number(params, range->by == FIND_NEWEST && after == 0 ? INT64_MAX : after);
        *which = range->by == FIND_TYPE     ? PG_OF_TYPE
                 : range->by == FIND_NEWEST ? PG_NEWEST
                                            : PG_OLDEST;
        break;
    case FIND_DATED:
        param_number(params, store_type_number(names, range->type));
        param_number(params, hash_of(range->text));
        param_number(params, range->low_max);
        param_number(params, after);
        *which = PG_DATED;
        break;
    case FIND_ALL:
        param_number(params, after);
        *which = PG_ALL;
        break;
    case FIND_WORDS:
    case FIND_DATE:
    case FIND_NUMBER:
    case FIND_QUANTITY:
    case FIND_BASE:
    case FIND_NOTHING:
    case FIND_WAYS:
        return STORE_ERR_QUERY;
    }
    param_number(params, (int64_t)max);
    return err;
}

static int64_t key_of(struct line *line, const struct find_range *range)
{
    return (int64_t)store_param_number(&line->store->names, range->param) * FIND_PARTS +
           range->part;
}

static enum store_err source_range(void *context, const struct find_range *range, int64_t after,
                                   int64_t *rids, size_t max, size_t *count)
{
    struct line *line = context;
    struct params params = {0};
    enum postgres_sql which = PG_ALL;
    int64_t key = key_of(line, range);
    *count = 0;
    if (range->by == FIND_DATE || range->by == FIND_NUMBER || range->by == FIND_QUANTITY ||
        range->by == FIND_BASE)
        return intervals(line, range, key, rids, max, count);
    if (range->by == FIND_WORDS)
        return words(line, range, rids, max, count);
    enum store_err err = params_of(line, range, key, after, max, &params, &which);
    return err ? err : take_rids(line, which, &params, rids, max, count);
}

static enum store_err source_count(void *context, const struct find_range *range, int64_t max,
                                   int64_t *count)
{
    struct line *line = context;
    const struct store_names *names = &line->store->names;
    struct params params = {0};
    PGresult *result;
    enum postgres_sql which = range->by == FIND_TYPE ? PG_COUNT_TYPE : PG_COUNT_ALL;
    if (range->by == FIND_TYPE)
        param_number(&params, store_type_number(names, range->type));
    if (range->by == FIND_CODE || range->by == FIND_TARGET) {
        param_number(&params, key_of(line, range));
        param_number(&params, hash_of(range->text));
        which = PG_COUNT_CODE;
    }
    param_number(&params, max);
    if (range->by == FIND_TARGET || (range->by == FIND_CODE && !range->any_system)) {
        param_number(&params, range->by == FIND_CODE ? hash_of(range->system)
                                                     : store_type_number(names, range->type));
        which = PG_COUNT_CODE_SYSTEM;
    }
    enum store_err err = pg_line_ask(line, which, &params, &result);
    if (err)
        return err;
    *count = result_number(result, 0, 0);
    PQclear(result);
    return STORE_OK;
}

static enum store_err take_places(struct line *line, const PGresult *result, bool is_date,
                                  struct arena *arena, struct find_place *places, size_t max,
                                  size_t *count)
{
    int64_t *rids = arena_take(arena, max * sizeof *rids);
    if (!rids)
        return STORE_ERR_MEMORY;
    for (int i = 0; i < PQntuples(result) && *count < max; i++) {
        struct find_place *place = &places[*count];
        *place = (struct find_place){.rid = result_number(result, i, 0),
                                     .key = {.form = is_date ? MATCH_INTEGER : MATCH_TEXT}};
        if (is_date)
            place->key.integer = result_number(result, i, 1);
        else if (!(place->key.text = result_copy(result, i, 1, arena)).bytes)
            return STORE_ERR_MEMORY;
        rids[(*count)++] = place->rid;
    }
    cache_recent(line, rids, *count, true);
    return STORE_OK;
}

static enum store_err source_places(void *context, const struct find_range *range,
                                    const struct find_place *after, struct arena *arena,
                                    struct find_place *places, size_t max, size_t *count)
{
    struct line *line = context;
    struct params params = {0};
    PGresult *result;
    bool is_date = range->by == FIND_DATE;
    enum postgres_sql which = is_date                    ? PG_DATES_UP
                              : range->by == FIND_STRING ? PG_STRINGS_UP
                                                         : PG_IDS_UP;
    *count = 0;
    param_number(&params, range->by == FIND_ID ? store_type_number(&line->store->names, range->type)
                                               : key_of(line, range));
    if (is_date)
        param_number(&params, after->key.integer);
    else
        param_bytes(&params, after->key.text);
    param_number(&params, after->rid);
    param_number(&params, (int64_t)max);
    enum store_err err =
        pg_line_ask(line, which + (enum postgres_sql)range->is_falling, &params, &result);
    if (err)
        return err;
    err = take_places(line, result, is_date, arena, places, max, count);
    PQclear(result);
    return err;
}

static enum store_err take_record(struct line *line, const PGresult *result, int row,
                                  struct arena *arena, struct find_record *record)
{
    if (result_number(result, row, 6) == STORE_DELETED)
        return STORE_OK;
    struct text kept = result_copy(result, row, 7, arena);
    record->rid = result_number(result, row, 0);
    record->version = (uint64_t)result_number(result, row, 3);
    record->seq = (uint64_t)result_number(result, row, 4);
    record->was_updated = result_number(result, row, 6) == STORE_UPDATED;
    record->resource.type =
        store_type_of(&line->store->names, (uint64_t)result_number(result, row, 1));
    record->resource.updated_ms = result_number(result, row, 5);
    record->resource.id = result_copy(result, row, 2, arena);
    if (!record->resource.id.bytes || !kept.bytes)
        return STORE_ERR_MEMORY;
    if (!kept_read(&record->resource.rows, kept, &line->store->names, arena))
        return pg_line_help(line, STORE_ERR_DAMAGED, "a resource's rows cannot be read");
    return STORE_OK;
}

static enum store_err source_load(void *context, int64_t rid, struct arena *arena,
                                  struct find_record *record)
{
    struct line *line = context;
    const PGresult *result;
    int row;
    *record = (struct find_record){0};
    enum store_err err = cache_record(line, rid, &result, &row);
    return err || !result ? err : take_record(line, result, row, arena, record);
}

static enum store_err source_load_named(void *context, uint16_t type, struct text id,
                                        struct arena *arena, struct find_record *record)
{
    struct line *line = context;
    struct params params = {0};
    PGresult *result;
    *record = (struct find_record){0};
    param_bytes(&params, id);
    param_number(&params, store_type_number(&line->store->names, type));
    enum store_err err = pg_line_ask(line, PG_NAMED, &params, &result);
    if (err)
        return err;
    if (PQntuples(result) > 0)
        err = take_record(line, result, 0, arena, record);
    PQclear(result);
    return err;
}

static enum store_err source_body(void *context, uint64_t seq, struct arena *arena,
                                  struct text *body)
{
    struct line *line = context;
    struct params params = {0};
    PGresult *result;
    if (cache_body(line, seq, body)) {
        *body = arena_copy(arena, *body);
        return body->bytes ? STORE_OK : STORE_ERR_MEMORY;
    }
    param_number(&params, (int64_t)seq);
    enum store_err err = pg_line_ask(line, PG_BODY, &params, &result);
    if (err)
        return err;
    if (PQntuples(result) == 0)
        err = pg_line_help(line, STORE_ERR_DAMAGED, "a version is missing");
    else
        *body = result_copy(result, 0, 0, arena);
    PQclear(result);
    return err ? err : body->bytes ? STORE_OK : STORE_ERR_MEMORY;
}

static enum store_err source_last_seq(void *context, uint64_t *seq)
{
    struct line *line = context;
    return postgres_last_seq(&line->write.view, seq);
}

static const struct find_source source = {
    .range = source_range,
    .count = source_count,
    .places = source_places,
    .load = source_load,
    .load_named = source_load_named,
    .body = source_body,
    .last_seq = source_last_seq,
    .is_over = source_is_over,
    .ask_ns = 20000, /* a way to the database and back, both on one machine */
    .load_ns = 4000, /* 32 with one question */
};

enum store_err postgres_search(struct store_view *view, const struct store_search *asked,
                               struct store_page *page)
{
    struct line *line = pg_line_of(view);
    const struct postgres_setting *setting = &line->store->setting;
    uint64_t allowed_ns = find_allowed(&line->allowance, setting->search_ns_max);
    struct find find = {
        .source = &source,
        .context = line,
        .arena = view->arena,
        .levels = line->levels,
        .rows_left = FIND_ROWS_MAX,
        .order_from = setting->order_from,
        .work = {.left = allowed_ns},
    };
    view->help = NULL;
    enum store_err err = line->is_writer ? flush_all(line) : STORE_OK;
    pg_line_save(line);
    line->over_ms = now_ms() + (line->is_writer ? POSTGRES_WRITE_MS : POSTGRES_SEARCH_ALL_MS);
    if (!err)
        err = find_page(&find, asked, page);
    find_used(&line->allowance, allowed_ns - find.work.left);
    if (err == STORE_ERR_COSTLY && line->is_broken)
        pg_line_go_back(line);
    if (find.help)
        view->help = find.help;
    return err;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of the index tables, and resources, for core's search. */
#include <math.h>

#include "store/kept.h"
#include "store/sqlite_conn.h"

enum {
    DAY_MS = 86400000
}; /* as in the schema: intervals no longer than this are found by their low end */

/* What a text that starts with `start` is less than: UTF-8 has no byte 255. */
static struct text past(struct text start, struct arena *arena)
{
    char *bytes = arena_take(arena, start.len + 1);
    if (!bytes)
        return (struct text){NULL, 0};
    if (start.len)
        memcpy(bytes, start.bytes, start.len);
    bytes[start.len] = (char)0xff;
    return (struct text){bytes, start.len + 1};
}

static enum store_err take_rids(struct conn *conn, sqlite3_stmt *statement, int64_t *rids,
                                size_t max, size_t *count)
{
    enum store_err err = STORE_OK;
    while (*count < max && conn_step(conn, statement, &err))
        rids[(*count)++] = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return err;
}

static enum sqlite_sql statement_for(const struct find_range *range)
{
    static const enum sqlite_sql by[FIND_WAYS] = {
        [FIND_CODE] = SQL_CODE_SYSTEM,
        [FIND_SYSTEM] = SQL_SYSTEM,
        [FIND_STRING] = SQL_STRING,
        [FIND_STRING_START] = SQL_STRING_START,
        [FIND_STRING_PART] = SQL_STRING_PART,
        [FIND_TARGET] = SQL_TARGET,
        [FIND_DATE] = SQL_DATE,
        [FIND_NUMBER] = SQL_NUMBER,
        [FIND_QUANTITY] = SQL_QUANTITY,
        [FIND_BASE] = SQL_BASE,
        [FIND_URI] = SQL_URI,
        [FIND_URI_START] = SQL_URI_START,
        [FIND_ID] = SQL_ID,
        [FIND_UPDATED] = SQL_UPDATED,
        [FIND_WORDS] = SQL_WORDS,
        [FIND_TYPE] = SQL_OF_TYPE,
        [FIND_ALL] = SQL_ALL,
        [FIND_NEWEST] = SQL_NEWEST,
        [FIND_OLDEST] = SQL_OLDEST,
        [FIND_DATED] = SQL_DATED,
    };
    if (range->by == FIND_CODE && range->any_system)
        return SQL_CODE;
    if (range->by == FIND_TARGET && range->any_type)
        return SQL_TARGET_ANY;
    return by[range->by];
}

/* Words between blanks, each in quotes: FTS5 then wants all of them. */
static struct text match_words(struct text words, struct arena *arena)
{
    struct buffer out;
    bool inside = false;
    buffer_init(&out, arena);
    for (size_t i = 0; i < words.len; i++) {
        bool is_blank = words.bytes[i] == ' ';
        if (is_blank == inside)
            buffer_add(&out, is_blank ? TEXT("\" ") : TEXT("\""));
        inside = !is_blank;
        if (words.bytes[i] == '"')
            buffer_add_byte(&out, '"');
        if (inside)
            buffer_add_byte(&out, words.bytes[i]);
    }
    if (inside)
        buffer_add_byte(&out, '"');
    return out.failed ? (struct text){NULL, 0} : buffer_text(&out);
}

static void bind_dates(sqlite3_stmt *statement, const struct find_range *range, bool is_long)
{
    int64_t near = range->high_min >= INT64_MIN + DAY_MS ? range->high_min - DAY_MS : INT64_MIN;
    bool all_near = near <= range->low_min;
    int64_t split = all_near ? range->low_min : near;
    sqlite3_bind_int64(statement, 2, is_long ? range->low_min : split);
    sqlite3_bind_int64(statement, 3, is_long ? split : range->low_max);
    sqlite3_bind_int64(statement, 4, range->high_min);
    if (is_long)
        sqlite3_bind_int64(statement, 6, range->low_max);
}

static void bind_reals(sqlite3_stmt *statement, const struct find_range *range, bool is_long)
{
    double split = fmax(range->real_high_min, range->real_low_min);
    sqlite3_bind_double(statement, 2, is_long ? range->real_low_min : split);
    sqlite3_bind_double(statement, 3, is_long ? split : range->real_low_max);
    sqlite3_bind_double(statement, 4, range->real_high_min);
    if (is_long)
        sqlite3_bind_double(statement, 6, range->real_low_max);
    if (range->by == FIND_BASE)
        bind_text(statement, 7, range->text);
}

/* Intervals that begin within the range or shortly before, then the long ones that began earlier. */
static enum store_err intervals(struct conn *conn, const struct find_range *range, int64_t key,
                                int64_t *rids, size_t max, size_t *count)
{
    enum sqlite_sql which = statement_for(range);
    bool reaches = range->by == FIND_DATE ? range->high_min > INT64_MIN
                                          : range->real_high_min > -(double)INFINITY;
    for (int part = 0; part < (reaches ? 2 : 1) && *count < max; part++) {
        sqlite3_stmt *statement = conn_statement(conn, which + (enum sqlite_sql)part);
        if (!statement)
            return conn_error(conn);
        sqlite3_bind_int64(statement, 1, key);
        sqlite3_bind_int64(statement, 5, (int64_t)(max - *count));
        if (range->by == FIND_DATE)
            bind_dates(statement, range, part == 1);
        else
            bind_reals(statement, range, part == 1);
        enum store_err err = take_rids(conn, statement, rids, max, count);
        if (err)
            return err;
    }
    return STORE_OK;
}

enum store_err sqlite_seq_at(struct conn *conn, int64_t ms, int64_t *seq)
{
    uint64_t last;
    enum store_err err = sqlite_last_seq(&conn->write.view, &last);
    int64_t low = 1, high = (int64_t)last + 1; /* the answer is in [low, high] */
    while (!err && low < high) {
        int64_t middle = low + (high - low) / 2;
        sqlite3_stmt *statement = conn_statement(conn, SQL_TIME_FROM);
        if (!statement)
            return conn_error(conn);
        sqlite3_bind_int64(statement, 1, middle);
        if (!conn_step(conn, statement, &err))
            return err ? err : conn_help(conn, STORE_ERR_DAMAGED, "a version is missing");
        if (sqlite3_column_int64(statement, 1) >= ms)
            high = middle;
        else
            low = sqlite3_column_int64(statement, 0) + 1;
        sqlite3_reset(statement);
    }
    *seq = low;
    return err;
}

static enum store_err updated(struct conn *conn, const struct find_range *range,
                              sqlite3_stmt *statement)
{
    int64_t first = 0, end = INT64_MAX;
    enum store_err err = STORE_OK;
    if (range->low_min > INT64_MIN)
        err = sqlite_seq_at(conn, range->low_min, &first);
    if (!err && range->low_max < INT64_MAX)
        err = sqlite_seq_at(conn, range->low_max + 1, &end);
    sqlite3_bind_int64(statement, 1, first);
    sqlite3_bind_int64(statement, 2, end == INT64_MAX ? end : end - 1);
    return err;
}

static void bind_ordered(sqlite3_stmt *statement, int64_t key, struct text text, int64_t after,
                         size_t max)
{
    sqlite3_bind_int64(statement, 1, key);
    bind_text(statement, 2, text);
    sqlite3_bind_int64(statement, 3, after);
    sqlite3_bind_int64(statement, 4, (int64_t)max);
}

static enum store_err bind_start(struct conn *conn, sqlite3_stmt *statement, int64_t key,
                                 struct text start, size_t max)
{
    struct text end = past(start, conn->write.view.arena);
    if (!end.bytes)
        return STORE_ERR_MEMORY;
    sqlite3_bind_int64(statement, 1, key);
    bind_text(statement, 2, start);
    bind_text(statement, 3, end);
    sqlite3_bind_int64(statement, 4, (int64_t)max);
    return STORE_OK;
}

static enum store_err bind_range(struct conn *conn, sqlite3_stmt *statement,
                                 const struct find_range *range, int64_t key, int64_t after,
                                 size_t max)
{
    const struct store_names *names = &conn->store->names;
    struct text words;
    switch ((enum find_by)range->by) {
    case FIND_CODE:
        bind_ordered(statement, key, range->text, after, max);
        if (!range->any_system)
            bind_text(statement, 5, range->system);
        return STORE_OK;
    case FIND_STRING:
    case FIND_URI:
        bind_ordered(statement, key, range->text, after, max);
        return STORE_OK;
    case FIND_TARGET:
        bind_ordered(statement, key, range->text, after, max);
        if (!range->any_type)
            sqlite3_bind_int64(statement, 5, store_type_number(names, range->type));
        return STORE_OK;
    case FIND_SYSTEM:
    case FIND_STRING_PART:
        sqlite3_bind_int64(statement, 1, key);
        bind_text(statement, 2, range->by == FIND_SYSTEM ? range->system : range->text);
        sqlite3_bind_int64(statement, 3, (int64_t)max);
        return STORE_OK;
    case FIND_STRING_START:
    case FIND_URI_START:
        return bind_start(conn, statement, key, range->text, max);
    case FIND_ID:
        bind_text(statement, 1, range->text);
        sqlite3_bind_int64(statement, 2, (int64_t)max);
        return STORE_OK;
    case FIND_UPDATED:
        sqlite3_bind_int64(statement, 3, (int64_t)max);
        return updated(conn, range, statement);
    case FIND_WORDS:
        words = match_words(range->text, conn->write.view.arena);
        if (!words.bytes && range->text.len)
            return STORE_ERR_MEMORY;
        bind_text(statement, 1, words);
        sqlite3_bind_int64(statement, 2, (int64_t)max);
        return STORE_OK;
    case FIND_TYPE:
    case FIND_NEWEST:
    case FIND_OLDEST:
        sqlite3_bind_int64(statement, 1, store_type_number(names, range->type));
        sqlite3_bind_int64(statement, 2,
                           range->by == FIND_NEWEST && after == 0 ? INT64_MAX : after);
        sqlite3_bind_int64(statement, 3, (int64_t)max);
        return STORE_OK;
    case FIND_DATED:
        sqlite3_bind_int64(statement, 1, store_type_number(names, range->type));
        bind_text(statement, 2, range->text);
        sqlite3_bind_int64(statement, 3, range->low_max);
        sqlite3_bind_int64(statement, 4, after);
        sqlite3_bind_int64(statement, 5, (int64_t)max);
        return STORE_OK;
    case FIND_ALL:
        sqlite3_bind_int64(statement, 1, after);
        sqlite3_bind_int64(statement, 2, (int64_t)max);
        return STORE_OK;
    case FIND_DATE:
    case FIND_NUMBER:
    case FIND_QUANTITY:
    case FIND_BASE:
    case FIND_NOTHING:
    case FIND_WAYS:
        break;
    }
    return STORE_ERR_QUERY;
}

static bool is_interval(uint8_t by)
{
    return by == FIND_DATE || by == FIND_NUMBER || by == FIND_QUANTITY || by == FIND_BASE;
}

static int64_t key_of(struct conn *conn, const struct find_range *range)
{
    return (int64_t)store_param_number(&conn->store->names, range->param) * FIND_PARTS +
           range->part;
}

static enum store_err source_range(void *context, const struct find_range *range, int64_t after,
                                   int64_t *rids, size_t max, size_t *count)
{
    struct conn *conn = context;
    int64_t key = key_of(conn, range);
    *count = 0;
    if (is_interval(range->by))
        return intervals(conn, range, key, rids, max, count);
    sqlite3_stmt *statement = conn_statement(conn, statement_for(range));
    if (!statement)
        return conn_error(conn);
    enum store_err err = bind_range(conn, statement, range, key, after, max);
    return err ? err : take_rids(conn, statement, rids, max, count);
}

static enum store_err source_count(void *context, const struct find_range *range, int64_t max,
                                   int64_t *count)
{
    struct conn *conn = context;
    const struct store_names *names = &conn->store->names;
    enum store_err err = STORE_OK;
    enum sqlite_sql which = range->by == FIND_TYPE     ? SQL_COUNT_TYPE
                            : range->by == FIND_ALL    ? SQL_COUNT_ALL
                            : range->by == FIND_TARGET ? SQL_COUNT_TARGET
                            : range->any_system        ? SQL_COUNT_CODE
                                                       : SQL_COUNT_CODE_SYSTEM;
    sqlite3_stmt *statement = conn_statement(conn, which);
    if (!statement)
        return conn_error(conn);
    if (which == SQL_COUNT_TYPE) {
        sqlite3_bind_int64(statement, 1, store_type_number(names, range->type));
        sqlite3_bind_int64(statement, 2, max);
    } else if (which == SQL_COUNT_ALL) {
        sqlite3_bind_int64(statement, 1, max);
    } else {
        sqlite3_bind_int64(statement, 1, key_of(conn, range));
        bind_text(statement, 2, range->text);
        sqlite3_bind_int64(statement, 3, max);
        if (which == SQL_COUNT_TARGET)
            sqlite3_bind_int64(statement, 4, store_type_number(names, range->type));
        if (which == SQL_COUNT_CODE_SYSTEM)
            bind_text(statement, 4, range->system);
    }
    if (conn_step(conn, statement, &err))
        *count = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return err;
}

static enum store_err source_places(void *context, const struct find_range *range,
                                    const struct find_place *after, struct arena *arena,
                                    struct find_place *places, size_t max, size_t *count)
{
    struct conn *conn = context;
    enum store_err err = STORE_OK;
    bool is_date = range->by == FIND_DATE;
    enum sqlite_sql which = is_date                    ? SQL_DATES_UP
                            : range->by == FIND_STRING ? SQL_STRINGS_UP
                                                       : SQL_IDS_UP;
    sqlite3_stmt *statement = conn_statement(conn, which + (enum sqlite_sql)range->is_falling);
    *count = 0;
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1,
                       range->by == FIND_ID ? store_type_number(&conn->store->names, range->type)
                                            : key_of(conn, range));
    if (is_date)
        sqlite3_bind_int64(statement, 2, after->key.integer);
    else
        bind_text(statement, 2, after->key.text);
    if (range->by != FIND_ID)
        sqlite3_bind_int64(statement, 3, after->rid);
    sqlite3_bind_int64(statement, 4, (int64_t)max);
    while (*count < max && !err && conn_step(conn, statement, &err)) {
        struct find_place *place = &places[(*count)++];
        *place = (struct find_place){.rid = sqlite3_column_int64(statement, 0),
                                     .key = {.form = is_date ? MATCH_INTEGER : MATCH_TEXT}};
        if (is_date)
            place->key.integer = sqlite3_column_int64(statement, 1);
        else if (!(place->key.text = column_text(statement, 1, arena)).bytes)
            err = STORE_ERR_MEMORY;
    }
    sqlite3_reset(statement);
    return err;
}

static enum store_err read_record(struct conn *conn, sqlite3_stmt *statement, struct arena *arena,
                                  struct find_record *record)
{
    enum store_err err = STORE_OK;
    *record = (struct find_record){0};
    if (!conn_step(conn, statement, &err))
        return err;
    if (sqlite3_column_int(statement, 6) != STORE_DELETED) {
        const void *rows = sqlite3_column_blob(statement, 7);
        struct text kept = {rows, (size_t)sqlite3_column_bytes(statement, 7)};
        record->rid = sqlite3_column_int64(statement, 0);
        record->version = (uint64_t)sqlite3_column_int64(statement, 3);
        record->seq = (uint64_t)sqlite3_column_int64(statement, 4);
        record->was_updated = sqlite3_column_int(statement, 6) == STORE_UPDATED;
        record->resource.type =
            store_type_of(&conn->store->names, (uint64_t)sqlite3_column_int64(statement, 1));
        record->resource.updated_ms = sqlite3_column_int64(statement, 5);
        record->resource.id = column_text(statement, 2, arena);
        kept = arena_copy(arena, kept);
        if (!record->resource.id.bytes || !kept.bytes)
            err = STORE_ERR_MEMORY;
        else if (!kept_read(&record->resource.rows, kept, &conn->store->names, arena))
            err = conn_help(conn, STORE_ERR_DAMAGED, "a resource's rows cannot be read");
    }
    sqlite3_reset(statement);
    return err;
}

static enum store_err source_load(void *context, int64_t rid, struct arena *arena,
                                  struct find_record *record)
{
    struct conn *conn = context;
    sqlite3_stmt *statement = conn_statement(conn, SQL_LOAD);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, rid);
    return read_record(conn, statement, arena, record);
}

static enum store_err source_load_named(void *context, uint16_t type, struct text id,
                                        struct arena *arena, struct find_record *record)
{
    struct conn *conn = context;
    sqlite3_stmt *statement = conn_statement(conn, SQL_NAMED);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, id);
    sqlite3_bind_int64(statement, 2, store_type_number(&conn->store->names, type));
    return read_record(conn, statement, arena, record);
}

static enum store_err source_body(void *context, uint64_t seq, struct arena *arena,
                                  struct text *body)
{
    struct conn *conn = context;
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_BODY);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, (int64_t)seq);
    if (!conn_step(conn, statement, &err))
        return err ? err : conn_help(conn, STORE_ERR_DAMAGED, "a version is missing");
    *body = column_text(statement, 0, arena);
    sqlite3_reset(statement);
    return body->bytes ? STORE_OK : STORE_ERR_MEMORY;
}

static enum store_err source_last_seq(void *context, uint64_t *seq)
{
    struct conn *conn = context;
    return sqlite_last_seq(&conn->write.view, seq);
}

static bool source_is_over(void *context)
{
    return thread_ns() > ((struct conn *)context)->over_ns;
}

const struct find_source sqlite_source = {
    .range = source_range,
    .count = source_count,
    .places = source_places,
    .load = source_load,
    .load_named = source_load_named,
    .body = source_body,
    .last_seq = source_last_seq,
    .is_over = source_is_over,
    .ask_ns = 1500,
    .load_ns = 2500, /* docs/store.md "Searches" */
};

enum store_err sqlite_search(struct store_view *view, const struct store_search *asked,
                             struct store_page *page)
{
    struct conn *conn = conn_of(view);
    const struct sqlite_setting *setting = &conn->store->setting;
    uint64_t allowed_ns = find_allowed(&conn->allowance, setting->search_ns_max);
    struct find find = {
        .source = &sqlite_source,
        .context = conn,
        .arena = view->arena,
        .levels = conn->levels,
        .rows_left = setting->search_rows_max,
        .order_from = setting->order_from,
        .work = {.left = allowed_ns},
    };
    view->help = NULL;
    enum store_err err = sqlite_rows_settle(conn); /* the writes of its job are not its */
    int64_t began_ns = thread_ns();
    conn->is_out_of_steps = false;
    conn->steps_left = setting->search_steps_max;
    conn->over_ns = began_ns + (int64_t)(allowed_ns + allowed_ns / 2);
    if (!err)
        err = find_page(&find, asked, page);
    conn->steps_left = 0;
    uint64_t charged_ns = allowed_ns - find.work.left, took_ns = (uint64_t)(thread_ns() - began_ns);
    find_used(&conn->allowance, charged_ns > took_ns ? charged_ns : took_ns);
    if (find.help)
        view->help = find.help;
    return err;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/store/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"

size_t record_order_from;
uint64_t record_search_ns_max;

int record_set_up(void **state)
{
    struct record *record = calloc(1, sizeof *record);
    assert_non_null(record);
    record->engine = record_engine;
    snprintf(record->folder, sizeof record->folder, "%s/jisr-record-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(record->folder));
    record->store = record->engine->open(record->folder);
    assert_non_null(record->store);
    arena_init(&record->arena, 256 << 20);
    record->now_ms = 1700000000000;
    *state = record;
    return 0;
}

int record_tear_down(void **state)
{
    struct record *record = *state;
    char command[100];
    if (record->store)
        record_close(record);
    arena_free(&record->arena);
    snprintf(command, sizeof command, "rm -r %s", record->folder);
    int code = system(command);
    free(record);
    return code;
}

void record_close(struct record *record)
{
    store_close(record->store);
    record->store = NULL;
    if (record->engine->closed)
        record->engine->closed();
}

void record_reopen(struct record *record)
{
    record_close(record);
    record->store = record->engine->open(record->folder);
    assert_non_null(record->store);
}

uint16_t record_type(const char *name)
{
    uint16_t type = fhir_resource_named(text_of(name));
    assert_int_not_equal(type, FHIR_NONE);
    return type;
}

uint16_t record_param(const char *type, const char *code)
{
    uint16_t param = fhir_search_param_named(record_type(type), text_of(code));
    assert_int_not_equal(param, FHIR_NONE);
    return param;
}

static enum store_err run_put(struct store_write *write, void *context)
{
    struct record_put *put = context;
    enum store_err err =
        store_claim(write, put->type, text_of(put->id), put->expect, put->now_ms, &put->claim);
    if (err)
        return err;
    if (put->is_delete)
        return store_delete(write, &put->claim);
    struct store_put body = {
        .body = text_of(put->body),
        .rows = &put->rows,
        .words = put->words ? text_of(put->words) : (struct text){"", 0},
    };
    return store_put(write, &put->claim, &body);
}

enum store_err record_put(struct record *record, struct record_put *put)
{
    struct arena arena;
    arena_init(&arena, 16 << 20);
    if (put->now_ms == 0)
        put->now_ms = record->now_ms++;
    enum store_err err = store_run(record->store, &arena, run_put, put);
    arena_free(&arena);
    return err;
}

void record_add(struct record *record, const char *type, const char *id, const char *body,
                const struct search_row *rows, size_t count)
{
    struct search_row *copy = malloc((count + 1) * sizeof *copy);
    assert_non_null(copy);
    if (count)
        memcpy(copy, rows, count * sizeof *copy);
    struct record_put put = {
        .type = record_type(type), .id = id, .body = body, .rows = {.rows = copy, .count = count}};
    assert_int_equal(record_put(record, &put), STORE_OK);
    free(copy);
}

void record_delete(struct record *record, const char *type, const char *id)
{
    struct record_put put = {.type = record_type(type), .id = id, .is_delete = true};
    assert_int_equal(record_put(record, &put), STORE_OK);
}

enum store_err record_get(struct record *record, const char *type, const char *id, uint64_t version,
                          struct store_row *row)
{
    struct store_view *view;
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    enum store_err err = store_get(view, record_type(type), text_of(id), version, row);
    store_view_end(view);
    return err;
}

enum store_err record_page(struct record *record, const struct search_query *query,
                           struct store_page *page)
{
    struct store_view *view;
    struct store_search asked = {.query = query};
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    enum store_err err = store_search(view, &asked, page);
    if (err)
        print_message("# %s: %s\n", store_err_words(err), view->help ? view->help : "");
    store_view_end(view);
    return err;
}

const char *record_search(struct record *record, struct search_query *query)
{
    struct buffer ids;
    struct store_page page;
    buffer_init(&ids, &record->arena);
    if (query->count == 0)
        query->count = 3; /* so that there are pages */
    query->cursor = (struct text){"", 0};
    do {
        char all[16384];
        size_t len = 0;
        assert_int_equal(record_page(record, query, &page), STORE_OK);
        for (size_t i = 0; i < page.count; i++)
            len += (size_t)snprintf(all + len, sizeof all - len, "%s%.*s%s", len ? " " : "",
                                    (int)page.rows[i].id.len, page.rows[i].id.bytes,
                                    page.rows[i].is_included ? "+" : "");
        if (ids.len && len)
            buffer_add(&ids, TEXT(" "));
        buffer_add(&ids, (struct text){all, len});
        query->cursor = page.next;
    } while (page.next.len);
    buffer_add_byte(&ids, '\0');
    assert_false(ids.failed);
    return ids.bytes;
}

void assert_text(struct text text, const char *words)
{
    if (!text_is(text, words))
        fail_msg("\"%.*s\" is not \"%s\"", (int)text.len, text.bytes, words);
}

struct search_row row_token(const char *type, const char *code, const char *system,
                            const char *token)
{
    return (struct search_row){.kind = SEARCH_TOKEN,
                               .param = record_param(type, code),
                               .of.token = {text_of(system), text_of(token), {"", 0}}};
}

struct search_row row_string(const char *type, const char *code, const char *folded,
                             const char *exact)
{
    return (struct search_row){.kind = SEARCH_STRING,
                               .param = record_param(type, code),
                               .of.string = {text_of(folded), text_of(exact)}};
}

struct search_row row_reference(const char *type, const char *code, const char *to_type,
                                const char *id)
{
    struct search_row row = {.kind = SEARCH_REFERENCE, .param = record_param(type, code)};
    row.of.reference.type = record_type(to_type);
    row.of.reference.id = text_of(id);
    row.of.reference.version = row.of.reference.system = row.of.reference.identifier = TEXT("");
    return row;
}

struct search_row row_date(const char *type, const char *code, int64_t low_ms, int64_t high_ms)
{
    return (struct search_row){
        .kind = SEARCH_DATE, .param = record_param(type, code), .of.date = {low_ms, high_ms}};
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search may cost: rows times values, charged before they are compared. */
#include <string.h>

#include "store/find.h"
#include "unit/store/suite.h"

enum { PATIENTS = 40, NAMES = 20, VALUES = 4000, LITTLE_NS = 50000000 };

static struct search_value values[VALUES];
static char texts[VALUES][16];

static void fill(struct record *record)
{
    static char names[NAMES][40];
    for (int i = 0; i < PATIENTS; i++) {
        struct search_row rows[NAMES + 1];
        char id[8];
        snprintf(id, sizeof id, "p%d", i);
        for (int n = 0; n < NAMES; n++) {
            snprintf(names[n], sizeof names[n], "%dababababababababababab%d", n, i);
            rows[n] = row_string("Patient", "name", names[n], names[n]);
        }
        rows[NAMES] = row_token("Patient", "gender", "urn:s", i % 2 ? "v7" : "other");
        record_add(record, "Patient", id, "x", rows, NAMES + 1);
    }
}

static void with_bound(struct record *record, uint64_t search_ns_max)
{
    record_search_ns_max = search_ns_max;
    record_reopen(record);
    record_search_ns_max = 0;
}

/* `count` values that no name has in it. */
static struct search_query contains(struct search_condition *condition, size_t count)
{
    static uint16_t type, name;
    type = record_type("Patient");
    name = record_param("Patient", "name");
    for (size_t i = 0; i < count; i++) {
        snprintf(texts[i], sizeof texts[i], "bab%zuq", i);
        values[i] = (struct search_value){
            .kind = SEARCH_STRING, .match = SEARCH_CONTAINS, .of.string.text = text_of(texts[i])};
    }
    *condition = (struct search_condition){.what = SEARCH_ROW,
                                           .kind = SEARCH_STRING,
                                           .params = &name,
                                           .param_count = 1,
                                           .values = values,
                                           .value_count = count,
                                           .scans = true};
    return (struct search_query){.types = &type,
                                 .type_count = 1,
                                 .conditions = condition,
                                 .condition_count = 1,
                                 .scans = true,
                                 .count = 50};
}

static void h191_a_search_is_refused_by_rows_times_values(void **state)
{
    struct record *record = *state;
    struct search_condition condition;
    struct store_page page;
    struct store_view *view;
    fill(record);
    with_bound(record, LITTLE_NS);
    struct search_query query = contains(&condition, VALUES);
    const struct store_search asked = {.query = &query};
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    assert_int_equal(store_search(view, &asked, &page), STORE_ERR_COSTLY);
    assert_non_null(strstr(view->help, "add a condition"));
    query = contains(&condition, 20);
    assert_int_equal(store_search(view, &asked, &page), STORE_OK);
    assert_int_equal(page.count, 0);
    store_view_end(view);
}

static void h191_a_view_that_used_up_its_time_may_still_ask_for_little(void **state)
{
    struct record *record = *state;
    struct search_condition condition;
    struct store_page page;
    struct store_view *view;
    size_t costly = 0;
    fill(record);
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    struct search_query query = contains(&condition, VALUES);
    const struct store_search asked = {.query = &query};
    while (costly < 1000 && store_search(view, &asked, &page) == STORE_OK)
        costly++;
    assert_in_range(costly, 2, 999); /* each may be asked by itself, but not without end */
    query = contains(&condition, 20);
    assert_int_equal(store_search(view, &asked, &page), STORE_OK);
    assert_int_equal(store_view_renew(&view, &record->arena), STORE_OK);
    query = contains(&condition, VALUES);
    assert_int_equal(store_search(view, &asked, &page), STORE_OK);
    store_view_end(view);
}

static void h191_thousands_of_codes_are_looked_up_not_gone_through(void **state)
{
    struct record *record = *state;
    struct store_page page;
    struct search_condition condition;
    uint16_t gender = record_param("Patient", "gender");
    fill(record);
    with_bound(record, LITTLE_NS);
    struct search_query query = contains(&condition, 0);
    for (size_t i = 0; i < VALUES; i++) {
        snprintf(texts[i], sizeof texts[i], "v%zu", i);
        values[i] = (struct search_value){.kind = SEARCH_TOKEN,
                                          .of.token = {.system_is = SEARCH_SYSTEM_IS,
                                                       .system = TEXT("urn:s"),
                                                       .code = text_of(texts[i])}};
    }
    condition = (struct search_condition){.what = SEARCH_NO_ROW,
                                          .kind = SEARCH_TOKEN,
                                          .params = &gender,
                                          .param_count = 1,
                                          .values = values,
                                          .value_count = VALUES,
                                          .scans = true};
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.count, PATIENTS / 2);
}

static enum store_err ask_in_job(struct store_write *write, void *context)
{
    struct store_page page;
    return store_search(&write->view, context, &page);
}

static enum store_err ask_often_in_job(struct store_write *write, void *context)
{
    struct store_page page;
    for (int i = 0; i < 1000; i++) {
        enum store_err err = store_search(&write->view, context, &page);
        if (err)
            return err;
    }
    return STORE_OK;
}

static void h191_a_job_which_all_that_write_wait_for_may_search_for_less(void **state)
{
    struct record *record = *state;
    struct search_condition condition;
    struct arena arena;
    struct store_page page;
    fill(record);
    struct search_query query = contains(&condition, VALUES);
    struct store_search asked = {.query = &query};
    arena_init(&arena, 64 << 20);
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(store_run(record->store, &arena, ask_in_job, &asked), STORE_ERR_COSTLY);
    query = contains(&condition, VALUES / 20);
    assert_int_equal(store_run(record->store, &arena, ask_in_job, &asked), STORE_OK);
    assert_int_equal(store_run(record->store, &arena, ask_often_in_job, &asked), STORE_ERR_COSTLY);
    query = contains(&condition, 1);
    assert_int_equal(store_run(record->store, &arena, ask_in_job, &asked), STORE_OK);
    arena_free(&arena);
}

const struct CMUnitTest suite_cost[] = {
    STORE_CASE(h191_a_search_is_refused_by_rows_times_values),
    STORE_CASE(h191_a_view_that_used_up_its_time_may_still_ask_for_little),
    STORE_CASE(h191_thousands_of_codes_are_looked_up_not_gone_through),
    STORE_CASE(h191_a_job_which_all_that_write_wait_for_may_search_for_less),
};
const size_t suite_cost_count = sizeof suite_cost / sizeof *suite_cost;

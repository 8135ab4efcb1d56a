/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store's contract, for either engine: versions, conflicts, histories, jobs, notes. */
#include "unit/store/suite.h"

#include <string.h>

static void what_was_put_is_read_with_each_of_its_versions(void **state)
{
    struct record *record = *state;
    struct store_row row;
    record_add(record, "Patient", "a", "first", NULL, 0);
    record_add(record, "Patient", "a", "second", NULL, 0);
    record_add(record, "Patient", "a", "third", NULL, 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(record_get(record, "Patient", "a", 0, &row), STORE_OK);
        assert_text(row.body, "third");
        assert_text(row.id, "a");
        assert_int_equal(row.version, 3);
        assert_int_equal(row.change, STORE_UPDATED);
        assert_int_equal(record_get(record, "Patient", "a", 1, &row), STORE_OK);
        assert_text(row.body, "first");
        assert_int_equal(row.change, STORE_CREATED);
        assert_int_equal(record_get(record, "Patient", "a", 2, &row), STORE_OK);
        assert_text(row.body, "second");
        assert_int_equal(record_get(record, "Patient", "a", 4, &row), STORE_ERR_NONE);
        assert_int_equal(record_get(record, "Patient", "a", UINT64_MAX, &row), STORE_ERR_NONE);
        assert_int_equal(record_get(record, "Patient", "A", 0, &row), STORE_ERR_NONE);
        assert_int_equal(record_get(record, "Group", "a", 0, &row), STORE_ERR_NONE);
        record_reopen(record);
    }
    record_add(record, "Patient", "a", "fourth", NULL, 0); /* the numbers go on */
    assert_int_equal(record_get(record, "Patient", "a", 0, &row), STORE_OK);
    assert_int_equal(row.version, 4);
    assert_int_equal(row.seq, 4);
}

static void what_was_deleted_is_gone_but_its_versions_are_not(void **state)
{
    struct record *record = *state;
    struct store_row row;
    struct record_put again = {.type = record_type("Patient"), .id = "a", .is_delete = true};
    record_add(record, "Patient", "a", "first", NULL, 0);
    record_delete(record, "Patient", "a");
    assert_int_equal(record_get(record, "Patient", "a", 0, &row), STORE_ERR_GONE);
    assert_int_equal(row.version, 2);
    assert_int_equal(record_get(record, "Patient", "a", 2, &row), STORE_ERR_GONE);
    assert_int_equal(record_get(record, "Patient", "a", 1, &row), STORE_OK);
    assert_text(row.body, "first");
    assert_int_equal(record_put(record, &again), STORE_ERR_GONE);
    again.id = "never";
    assert_int_equal(record_put(record, &again), STORE_ERR_NONE);
    record_add(record, "Patient", "a", "back", NULL, 0);
    assert_int_equal(record_get(record, "Patient", "a", 0, &row), STORE_OK);
    assert_int_equal(row.version, 3);
    assert_int_equal(row.change, STORE_CREATED);
}

static void a_write_on_another_version_than_expected_changes_nothing(void **state)
{
    struct record *record = *state;
    struct record_put put = {.type = record_type("Patient"), .id = "a", .body = "x"};
    struct store_row row;
    put.expect.kind = STORE_PRESENT;
    assert_int_equal(record_put(record, &put), STORE_ERR_NONE);
    put.expect = (struct store_expect){STORE_VERSION, 1};
    assert_int_equal(record_put(record, &put), STORE_ERR_CONFLICT);
    put.expect.kind = STORE_ABSENT;
    assert_int_equal(record_put(record, &put), STORE_OK);
    assert_int_equal(record_put(record, &put), STORE_ERR_CONFLICT);
    assert_int_equal(put.claim.current, 1);
    put.expect = (struct store_expect){STORE_VERSION, 2};
    assert_int_equal(record_put(record, &put), STORE_ERR_CONFLICT);
    put.expect = (struct store_expect){STORE_VERSION, 1};
    put.body = "y";
    assert_int_equal(record_put(record, &put), STORE_OK);
    record_delete(record, "Patient", "a");
    put.expect = (struct store_expect){STORE_VERSION, 3};
    assert_int_equal(record_put(record, &put), STORE_ERR_CONFLICT);
    put.expect.kind = STORE_PRESENT;
    assert_int_equal(record_put(record, &put), STORE_ERR_GONE);
    assert_int_equal(record_get(record, "Patient", "a", 3, &row), STORE_ERR_GONE);
    assert_int_equal(record_get(record, "Patient", "a", 4, &row), STORE_ERR_NONE);
}

static void times_never_go_back_whatever_the_clock_does(void **state)
{
    struct record *record = *state;
    struct record_put put = {.type = record_type("Patient"), .id = "a", .body = "x"};
    put.now_ms = 5000;
    assert_int_equal(record_put(record, &put), STORE_OK);
    put.now_ms = 3000;
    assert_int_equal(record_put(record, &put), STORE_OK);
    assert_int_equal(put.claim.updated_ms, 5000);
    record_reopen(record);
    put.now_ms = 4000;
    assert_int_equal(record_put(record, &put), STORE_OK);
    assert_int_equal(put.claim.updated_ms, 5000);
}

/* "a3 b1 ...", the marks of deletions; page by page. */
static const char *history(struct record *record, struct store_history asked)
{
    static char words[2048];
    size_t len = 0;
    struct store_page page;
    struct store_view *view;
    words[0] = '\0';
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    do {
        assert_int_equal(store_history(view, &asked, &page), STORE_OK);
        assert_true(page.count <= asked.count);
        for (size_t i = 0; i < page.count; i++) {
            const struct store_row *row = &page.rows[i];
            len += (size_t)snprintf(words + len, sizeof words - len, "%s%.*s%d%s", len ? " " : "",
                                    (int)row->id.len, row->id.bytes, (int)row->version,
                                    row->change == STORE_DELETED ? "-" : "");
        }
        asked.cursor = page.next;
    } while (page.next.len);
    store_view_end(view);
    return words;
}

static void histories_are_complete_and_in_order(void **state)
{
    struct record *record = *state;
    struct store_history all = {
        .type = FHIR_NONE, .since_ms = INT64_MIN, .at_low_ms = INT64_MIN, .count = 2};
    struct store_view *view;
    struct store_page page;
    record->now_ms = 1000; /* one ms later with each write */
    record_add(record, "Patient", "a", "1", NULL, 0);
    record_add(record, "Group", "g", "2", NULL, 0);
    record_add(record, "Patient", "b", "3", NULL, 0);
    record_add(record, "Patient", "a", "4", NULL, 0);
    record_delete(record, "Patient", "a");
    record_add(record, "Patient", "b", "6", NULL, 0);

    assert_string_equal(history(record, all), "b2 a3- a2 b1 g1 a1");
    struct store_history of = all;
    of.type = record_type("Patient");
    assert_string_equal(history(record, of), "b2 a3- a2 b1 a1");
    of.oldest_first = true;
    assert_string_equal(history(record, of), "a1 b1 a2 a3- b2");
    of.after_seq = 3;
    assert_string_equal(history(record, of), "a2 a3- b2");
    of = all;
    of.type = record_type("Patient");
    of.id = TEXT("a");
    assert_string_equal(history(record, of), "a3- a2 a1");
    of.since_ms = 1003;
    assert_string_equal(history(record, of), "a3- a2");
    of = all;
    of.since_ms = 1002;
    assert_string_equal(history(record, of), "b2 a3- a2 b1");
    of.since_ms = 2000;
    assert_string_equal(history(record, of), "");
    of = all;
    of.at_low_ms = 1001; /* a1 and g1 were current, then b1 came, then a2 */
    of.at_high_ms = 1002;
    assert_string_equal(history(record, of), "b1 g1 a1");
    of.at_low_ms = of.at_high_ms = 1003;
    assert_string_equal(history(record, of), "a2 b1 g1");

    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    of = all;
    of.type = record_type("Patient");
    of.id = TEXT("nobody");
    assert_int_equal(store_history(view, &of, &page), STORE_ERR_NONE);
    of = all;
    of.cursor = TEXT("!!");
    assert_int_equal(store_history(view, &of, &page), STORE_ERR_QUERY);
    of.cursor = TEXT("________________");
    assert_int_equal(store_history(view, &of, &page), STORE_ERR_QUERY);
    of.cursor = TEXT("");
    of.count = 6;
    assert_int_equal(store_history(view, &of, &page), STORE_OK);
    assert_text(page.rows[2].body, "4");
    assert_text(page.rows[1].body, "");
    assert_int_equal(page.next.len, 0);
    store_view_end(view);
}

static const char *list(struct record *record, struct store_list asked)
{
    static char words[256];
    size_t len = 0;
    struct store_page page;
    struct store_view *view;
    words[0] = '\0';
    do {
        assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
        assert_int_equal(store_list(view, &asked, &page), STORE_OK);
        for (size_t i = 0; i < page.count; i++)
            len += (size_t)snprintf(words + len, sizeof words - len, "%s%.*s=%.*s", len ? " " : "",
                                    (int)page.rows[i].id.len, page.rows[i].id.bytes,
                                    (int)page.rows[i].body.len, page.rows[i].body.bytes);
        store_view_end(view);
        asked.cursor = page.next;
    } while (page.next.len);
    return words;
}

static void lists_give_each_current_resource_once(void **state)
{
    struct record *record = *state;
    struct store_list all = {
        .type = FHIR_NONE, .since_ms = INT64_MIN, .upto_seq = UINT64_MAX, .count = 2};
    assert_string_equal(list(record, all), "");
    record->now_ms = 1000;
    record_add(record, "Patient", "a", "1", NULL, 0);
    record_add(record, "Group", "g", "2", NULL, 0);
    record_add(record, "Patient", "b", "3", NULL, 0);
    record_add(record, "Patient", "a", "4", NULL, 0);
    record_add(record, "Patient", "c", "5", NULL, 0);
    record_delete(record, "Patient", "b");
    assert_string_equal(list(record, all), "g=2 a=4 c=5");
    struct store_list some = all;
    some.type = record_type("Patient");
    assert_string_equal(list(record, some), "a=4 c=5");
    some.upto_seq = 4;
    assert_string_equal(list(record, some), "a=4");
    some = all;
    some.since_ms = 1002;
    assert_string_equal(list(record, some), "a=4 c=5");
}

static void a_view_stays_as_it_began(void **state)
{
    struct record *record = *state;
    struct store_view *view;
    struct store_row row;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    record_add(record, "Patient", "a", "first", NULL, 0);
    assert_int_equal(store_view_begin(record->store, &arena, &view), STORE_OK);
    assert_int_equal(store_get(view, record_type("Patient"), TEXT("a"), 0, &row), STORE_OK);
    record_add(record, "Patient", "a", "second", NULL, 0);
    record_add(record, "Patient", "b", "new", NULL, 0);
    assert_int_equal(store_get(view, record_type("Patient"), TEXT("a"), 0, &row), STORE_OK);
    assert_text(row.body, "first");
    assert_int_equal(store_get(view, record_type("Patient"), TEXT("b"), 0, &row), STORE_ERR_NONE);
    store_view_end(view);
    arena_free(&arena);
    assert_int_equal(record_get(record, "Patient", "a", 0, &row), STORE_OK);
    assert_text(row.body, "second");
}

static void a_view_that_is_renewed_shows_what_was_written_since(void **state)
{
    struct record *record = *state;
    struct store_view *view;
    struct store_row row;
    struct arena first, later;
    arena_init(&first, 1 << 20);
    arena_init(&later, 1 << 20);
    record_add(record, "Patient", "a", "first", NULL, 0);
    assert_int_equal(store_view_begin(record->store, &first, &view), STORE_OK);
    for (int i = 0; i < 2; i++) { /* the second time nothing was written in between */
        assert_int_equal(store_view_renew(&view, &first), STORE_OK);
        assert_int_equal(store_get(view, record_type("Patient"), TEXT("a"), 0, &row), STORE_OK);
        assert_text(row.body, "first");
    }
    record_add(record, "Patient", "a", "second", NULL, 0);
    assert_int_equal(store_view_renew(&view, &later), STORE_OK);
    arena_free(&first);
    assert_int_equal(store_get(view, record_type("Patient"), TEXT("a"), 0, &row), STORE_OK);
    assert_text(row.body, "second");
    assert_int_equal(store_get(view, record_type("Patient"), TEXT("b"), 0, &row), STORE_ERR_NONE);
    store_view_end(view);
    arena_free(&later);
}

static enum store_err put_three_then_refuse(struct store_write *write, void *context)
{
    bool refuse = *(bool *)context;
    const char *ids[] = {"x", "y", "a"};
    uint16_t type = record_type("Patient");
    struct store_row row;
    for (size_t i = 0; i < 3; i++) {
        struct store_claim claim;
        struct store_put put = {.body = TEXT("of the job"), .words = TEXT("")};
        enum store_err err =
            store_claim(write, type, text_of(ids[i]), (struct store_expect){0}, 1, &claim);
        if (err || (err = store_put(write, &claim, &put)))
            return err;
    }
    /* a job sees what it wrote */
    assert_int_equal(store_get(&write->view, type, TEXT("y"), 0, &row), STORE_OK);
    assert_text(row.body, "of the job");
    return refuse ? STORE_ERR_REFUSED : STORE_OK;
}

static void a_job_is_whole_or_not_at_all(void **state)
{
    struct record *record = *state;
    struct store_row row;
    bool refuse = true;
    record_add(record, "Patient", "a", "before", NULL, 0);
    assert_int_equal(store_run(record->store, &record->arena, put_three_then_refuse, &refuse),
                     STORE_ERR_REFUSED);
    assert_int_equal(record_get(record, "Patient", "a", 0, &row), STORE_OK);
    assert_text(row.body, "before");
    assert_int_equal(record_get(record, "Patient", "x", 0, &row), STORE_ERR_NONE);
    refuse = false;
    assert_int_equal(store_run(record->store, &record->arena, put_three_then_refuse, &refuse),
                     STORE_OK);
    record_reopen(record);
    assert_int_equal(record_get(record, "Patient", "a", 0, &row), STORE_OK);
    assert_text(row.body, "of the job");
    assert_int_equal(record_get(record, "Patient", "x", 0, &row), STORE_OK);
}

const struct CMUnitTest suite_record[] = {
    STORE_CASE(what_was_put_is_read_with_each_of_its_versions),
    STORE_CASE(what_was_deleted_is_gone_but_its_versions_are_not),
    STORE_CASE(a_write_on_another_version_than_expected_changes_nothing),
    STORE_CASE(times_never_go_back_whatever_the_clock_does),
    STORE_CASE(histories_are_complete_and_in_order),
    STORE_CASE(lists_give_each_current_resource_once),
    STORE_CASE(a_view_stays_as_it_began),
    STORE_CASE(a_view_that_is_renewed_shows_what_was_written_since),
    STORE_CASE(a_job_is_whole_or_not_at_all),
};
const size_t suite_record_count = sizeof suite_record / sizeof *suite_record;

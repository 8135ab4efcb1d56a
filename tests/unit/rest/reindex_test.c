/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/reindex.h"

#include <stdio.h>

#include "fhir/model.h"
#include "server.h"

static bool is_needed(void)
{
    struct arena arena;
    struct store_view *view;
    bool needed = false;
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_view_begin(server_store(), &arena, &view), STORE_OK);
    assert_int_equal(rest_reindex_look(view, &needed), STORE_OK);
    store_view_end(view);
    arena_free(&arena);
    return needed;
}

/* Steps until it is done, or `most` of them. */
static uint64_t step(bool is_anew, unsigned most)
{
    struct arena arena;
    struct rest_reindex reindex = {.rest = server_rest(), .arena = &arena, .is_anew = is_anew};
    uint64_t resources = 0;
    arena_init(&arena, 64 << 20);
    for (unsigned i = 0; i < most && !reindex.is_done; i++) {
        arena_reset(&arena);
        assert_int_equal(store_run(server_store(), &arena, rest_reindex_run, &reindex), STORE_OK);
        reindex.is_anew = false;
        resources += reindex.resources;
    }
    arena_free(&arena);
    return resources;
}

static enum store_err write_note(struct store_write *write, void *context)
{
    (void)context;
    const struct store_note note = {TEXT("made"), TEXT("0000000000000001"), 0};
    return store_note_put(write, "index", &note);
}

/* Rows of each patient as an extractor that knew nothing of names made them. */
static enum store_err forget_rows(struct store_write *write, void *context)
{
    static const struct search_rows none = {.count = 0};
    struct store_page page;
    const struct store_list asked = {.type = fhir_resource_named(TEXT("Patient")),
                                     .since_ms = INT64_MIN,
                                     .upto_seq = UINT64_MAX,
                                     .count = 500};
    (void)context;
    enum store_err err = store_list(&write->view, &asked, &page);
    for (size_t i = 0; i < page.count && !err; i++)
        err = store_reindex(write, &page.rows[i], &none, TEXT(""));
    return err ? err : store_reindex_begin(write);
}

static void run(enum store_err (*job)(struct store_write *, void *))
{
    struct arena arena;
    arena_init(&arena, 16 << 20);
    assert_int_equal(store_run(server_store(), &arena, job, NULL), STORE_OK);
    arena_free(&arena);
}

static void expect_count(const char *search, const char *count)
{
    server_expect(200, REST_GET, search, "");
    server_assert_at("total", count);
}

static void a_new_record_is_of_this_extractor(void **state)
{
    (void)state;
    assert_true(is_needed()); /* nobody has said so yet */
    assert_int_equal(step(false, 2), 0);
    assert_false(is_needed());
}

static void h151_another_extractors_index_is_made_anew_and_finds_all(void **state)
{
    enum { PATIENTS = 250 };
    char target[40], body[200];
    (void)state;
    for (int i = 0; i < PATIENTS; i++) {
        snprintf(target, sizeof target, "/Patient/p%d", i);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"Patient\",\"id\":\"p%d\",\"name\":[{\"family\":\"Amrani\"}],"
                 "\"text\":{\"status\":\"generated\",\"div\":\"<div "
                 "xmlns=\\\"http://www.w3.org/1999/xhtml\\\">fever</div>\"}}",
                 i);
        server_expect(201, REST_PUT, target, body);
    }
    run(forget_rows);
    run(write_note);
    expect_count("/Patient?family=amrani&_summary=count", "0");
    expect_count("/Patient?_text=fever&_summary=count", "0");
    assert_true(is_needed());
    assert_int_equal(step(false, 1), REINDEX_STEP_RESOURCES);
    assert_true(is_needed());
    expect_count("/Patient?family=amrani&_summary=count", "100");
    server_expect(
        200, REST_PUT, "/Patient/p200",
        "{\"resourceType\":\"Patient\",\"id\":\"p200\",\"name\":[{\"family\":\"Tazi\"}]}");
    assert_int_equal(step(false, 99), PATIENTS - 1 - REINDEX_STEP_RESOURCES); /* goes on there */
    assert_false(is_needed());
    expect_count("/Patient?family=amrani&_summary=count", "249");
    expect_count("/Patient?_text=fever&_summary=count", "249");
    expect_count("/Patient?family=tazi&_summary=count", "1");
    server_expect(200, REST_GET, "/Patient/p7/_history", "");
    server_assert_at("total", "1"); /* nobody changed it */
    assert_int_equal(step(true, 99), PATIENTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_record_is_of_this_extractor),
        cmocka_unit_test(h151_another_extractors_index_is_made_anew_and_finds_all),
    };
    return cmocka_run_group_tests(tests, server_open, server_close);
}

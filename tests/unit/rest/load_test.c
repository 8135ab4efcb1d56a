/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/load.h"

#include <stdio.h>
#include <stdlib.h>

#include "access/labels.h"
#include "server.h"

static void what_is_loaded_is_there_and_what_is_wrong_is_told(void **state)
{
    (void)state;
    struct arena arena;
    struct load *load = malloc(sizeof *load);
    assert_non_null(load);
    arena_init(&arena, 16 << 20);
    load_init(load, server_rest(), &arena, server_now_ms);
    assert_true(
        load_add(load, TEXT("{\"resourceType\":\"Patient\",\"id\":\"a\",\"gender\":\"male\"}")));
    assert_true(load_add(load, TEXT("{\"resourceType\":\"Patient\",\"gender\":\"female\"}")));
    assert_true(
        load_add(load, TEXT("{\"resourceType\":\"Patient\",\"id\":\"b\",\"gender\":\"none\"}")));
    assert_true(load_add(load, TEXT("{\"resourceType\":")));
    assert_int_equal(load->count, 2);
    assert_int_equal(load->refused, 2);
    assert_true(text_starts(load->told[0], TEXT("Patient/b: Patient.gender: ")));
    assert_int_equal(store_run(server_store(), &arena, load_run, load), STORE_OK);
    server_expect(200, REST_GET, "/Patient/a", "");
    server_expect(404, REST_GET, "/Patient/b", "");
    server_expect(200, REST_GET, "/Patient?gender=female", "");
    server_assert_at("total", "1");
    free(load);
    arena_free(&arena);
}

static void a_full_load_is_written_before_the_next(void **state)
{
    (void)state;
    struct arena arena;
    size_t added = 0;
    struct load *load = malloc(sizeof *load);
    assert_non_null(load);
    arena_init(&arena, 64 << 20);
    load_init(load, server_rest(), &arena, server_now_ms);
    while (load_add(load, TEXT("{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"}}")))
        added++;
    assert_int_equal(added, LOAD_ITEMS_MAX);
    assert_int_equal(store_run(server_store(), &arena, load_run, load), STORE_OK);
    server_expect(200, REST_GET, "/Basic?_summary=count", "");
    server_assert_at("total", "500");
    free(load);
    arena_free(&arena);
}

#define LABELLED(security)                                                                         \
    "{\"resourceType\":\"Patient\",\"id\":\"labelled\",\"meta\":{\"security\":[" security "]},"    \
    "\"gender\":\"female\"}"
#define R "{\"system\":\"" ACCESS_CONFIDENTIALITY_SYSTEM "\",\"code\":\"R\"}"
#define HIV "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"HIV\"}"

/* Loads them together; how many were written with labels that they left out. */
static size_t load_all(const char *const *resources, size_t count, bool is_exact)
{
    struct arena arena;
    struct load *load = malloc(sizeof *load);
    assert_non_null(load);
    arena_init(&arena, 16 << 20);
    load_init(load, server_rest(), &arena, server_now_ms);
    load->is_exact = is_exact;
    for (size_t i = 0; i < count; i++)
        assert_true(load_add(load, text_of(resources[i])));
    assert_int_equal(load->count, count);
    assert_int_equal(store_run(server_store(), &arena, load_run, load), STORE_OK);
    size_t labelled = load->labelled;
    free(load);
    arena_free(&arena);
    return labelled;
}

static void h183_a_load_keeps_the_labels_of_what_is_there(void **state)
{
    (void)state;
    static const char plain[] = "{\"resourceType\":\"Patient\",\"id\":\"labelled\"}";
    static const char *const loads[] = {LABELLED(R), plain, LABELLED(HIV)}; /* in one load, too */
    assert_int_equal(load_all(loads, 3, false), 2);
    server_expect(200, REST_GET, "/Patient/labelled", "");
    server_assert_at("meta.versionId", "3");
    server_assert_at("meta.security.0.code", "HIV");
    server_assert_at("meta.security.1.code", "R");
    server_expect(200, REST_GET, "/Patient?_security=R&gender=female", "");
    server_assert_at("total", "1");
    server_expect(204, REST_DELETE, "/Patient/labelled", "");
    assert_int_equal(load_all((const char *const[]){plain}, 1, false), 1);
    server_expect(200, REST_GET, "/Patient/labelled", "");
    server_assert_at("meta.security.1.code", "R");
    assert_int_equal(load_all((const char *const[]){LABELLED(R "," HIV)}, 1, false), 0);
}

static void h183_an_exact_load_brings_labels_as_they_come(void **state)
{
    (void)state;
    static const char *const loads[] = {LABELLED(R), LABELLED(HIV)};
    assert_int_equal(load_all(loads, 2, true), 0);
    server_expect(200, REST_GET, "/Patient/labelled", "");
    server_assert_at("meta.security.0.code", "HIV");
    server_assert_at("meta.security.1.code", "");
}

static void h183_labels_of_many_are_kept_where_the_load_fills_its_memory(void **state)
{
    (void)state;
    static const char labelled[] = "{\"resourceType\":\"Basic\",\"id\":\"%zu\",\"code\":{\"text\":"
                                   "\"%02000d\"},\"meta\":{\"security\":[" R "]}}";
    static const char plain[] = "{\"resourceType\":\"Basic\",\"id\":\"%zu\",\"code\":{\"text\":"
                                "\"%02000d\"}}";
    struct arena arena;
    struct load *load = malloc(sizeof *load);
    size_t counts[2];
    assert_non_null(load);
    for (size_t turn = 0; turn < 2; turn++) {
        char *text;
        arena_init(&arena, 2560 * 1024);
        load_init(load, server_rest(), &arena, server_now_ms);
        do {
            text = arena_take(&arena, 2500);
            assert_non_null(text);
            if (turn)
                snprintf(text, 2500, plain, load->count, 0);
            else
                snprintf(text, 2500, labelled, load->count, 0);
        } while (load_add(load, text_of(text)));
        counts[turn] = load->count;
        assert_true(load->count > 50);
        assert_int_equal(store_run(server_store(), &arena, load_run, load), STORE_OK);
        arena_free(&arena);
    }
    assert_int_equal(load->labelled, counts[0] < counts[1] ? counts[0] : counts[1]);
    server_expect(200, REST_GET, "/Basic/7", "");
    server_assert_at("meta.security.0.code", "R");
    free(load);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_loaded_is_there_and_what_is_wrong_is_told),
        cmocka_unit_test(a_full_load_is_written_before_the_next),
        cmocka_unit_test(h183_a_load_keeps_the_labels_of_what_is_there),
        cmocka_unit_test(h183_an_exact_load_brings_labels_as_they_come),
        cmocka_unit_test(h183_labels_of_many_are_kept_where_the_load_fills_its_memory),
    };
    return cmocka_run_group_tests(tests, server_open, server_close);
}

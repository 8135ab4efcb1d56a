/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/load.h"

#include <stdlib.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_loaded_is_there_and_what_is_wrong_is_told),
        cmocka_unit_test(a_full_load_is_written_before_the_next),
    };
    return cmocka_run_group_tests(tests, server_open, server_close);
}

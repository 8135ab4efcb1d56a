/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/import.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "server.h"

static struct import_step step;

static int set_up(void **state)
{
    int failed = server_open(state);
    import_step_init(&step, server_rest());
    return failed;
}

static int tear_down(void **state)
{
    import_step_free(&step);
    return server_close(state);
}

/* Sends lines; the path of the status, behind the base. */
static void send_lines(struct text lines, char status[static 200])
{
    const struct rest_answer *answer = server_ask(&(struct rest_wire){
        .method = REST_POST,
        .path = TEXT("/$import"),
        .body = lines,
        .content_type = TEXT("application/fhir+ndjson"),
        .prefer = TEXT("respond-async"),
    });
    assert_int_equal(answer->status, 202);
    const char *at = strstr(answer->content_location.bytes, "/$import-status");
    assert_non_null(at);
    snprintf(status, 200, "%.*s",
             (int)(answer->content_location.len - (size_t)(at - answer->content_location.bytes)),
             at);
}

static enum store_err read_step(void)
{
    struct store_view *view;
    arena_reset(&step.arena);
    assert_int_equal(store_view_begin(server_store(), &step.arena, &view), STORE_OK);
    enum store_err err = import_step_read(&step, view, server_now_ms);
    store_view_end(view);
    return err;
}

static enum store_err write_step(void)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    enum store_err err = store_run(server_store(), &arena, import_step_run, &step);
    arena_free(&arena);
    return err;
}

/* Steps until there is nothing to do; how many. */
static unsigned do_all(void)
{
    unsigned steps = 0;
    for (;; steps++) {
        assert_int_equal(read_step(), STORE_OK);
        if (!step.key.len)
            return steps;
        assert_int_equal(write_step(), STORE_OK);
    }
}

static void what_is_valid_is_in_and_what_is_not_is_told_by_its_line(void **state)
{
    char status[200], refused[200];
    (void)state;
    send_lines(TEXT("{\"resourceType\":\"Patient\",\"id\":\"i1\",\"gender\":\"male\"}\r\n"
                    "\n"
                    "{\"resourceType\":\"Patient\",\"id\":\"i2\",\"gender\":\"none\"}\n"
                    "{\"resourceType\":\n"
                    "{\"resourceType\":\"Patient\",\"gender\":\"female\"}"),
               status);
    server_expect(202, REST_GET, status, "");
    assert_int_equal(do_all(), 1);
    server_expect(200, REST_GET, status, "");
    server_assert_at("output.0.count", "2");
    server_assert_at("error.0.count", "2");
    server_expect(200, REST_GET, "/Patient/i1", "");
    server_expect(404, REST_GET, "/Patient/i2", "");
    server_expect(200, REST_GET, "/Patient?gender=female", "");
    server_assert_at("total", "1");
    snprintf(refused, sizeof refused, "/$import-refused%s", strchr(status, '?'));
    const struct rest_answer *answer = server_do(REST_GET, refused, "");
    assert_int_equal(answer->status, 200);
    assert_non_null(strstr(answer->body.bytes, "\"diagnostics\":\"line 3: Patient/i2\""));
    assert_non_null(strstr(answer->body.bytes, "Patient.gender"));
    assert_non_null(strstr(answer->body.bytes, "line 4"));
    server_now_ms += IMPORT_KEPT_MS + 2000;
    assert_int_equal(do_all(), 1); /* it goes */
    server_expect(404, REST_GET, status, "");
}

static void h183_an_import_keeps_the_labels_of_what_is_there(void **state)
{
    char status[200];
    (void)state;
    server_expect(
        201, REST_PUT, "/Patient/kept",
        "{\"resourceType\":\"Patient\",\"id\":\"kept\",\"meta\":{\"security\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\",\"code\":\"R\"}]}}");
    send_lines(TEXT("{\"resourceType\":\"Patient\",\"id\":\"kept\",\"gender\":\"male\"}"), status);
    assert_int_equal(do_all(), 1);
    server_expect(200, REST_GET, "/Patient/kept", "");
    server_assert_at("gender", "male");
    server_assert_at("meta.security.0.code", "R");
}

/* Lines of a length that does not divide a piece's, so that they lie across the borders of pieces and steps. */
static char *many_lines(unsigned count, size_t *len)
{
    char *lines = malloc((size_t)count * 2000), *at = lines;
    assert_non_null(lines);
    for (unsigned i = 0; i < count; i++)
        at += sprintf(at,
                      "{\"resourceType\":\"Basic\",\"id\":\"b%u\",\"code\":{\"text\":\"%0*u\"}}\n",
                      i, (int)(1 + i * 37 % 1800), i);
    *len = (size_t)(at - lines);
    return lines;
}

static void h152_an_import_goes_on_at_the_line_that_comes_next(void **state)
{
    enum { LINES = 3000 };
    char status[200];
    size_t len;
    (void)state;
    char *lines = many_lines(LINES, &len);
    send_lines((struct text){lines, len}, status);
    assert_int_equal(read_step(), STORE_OK);
    assert_int_equal(write_step(), STORE_OK);
    uint64_t at = step.job.at;
    assert_true(at > 0 && at < len && lines[at - 1] == '\n');
    assert_int_equal(read_step(), STORE_OK); /* read, and not written: killed */
    assert_int_equal(step.job.at, at);
    assert_int_equal(step.load.line, step.job.lines + step.lines + 1);
    assert_true(do_all() > 2);
    server_expect(200, REST_GET, status, "");
    server_assert_at("output.0.count", "3000");
    server_expect(200, REST_GET, "/Basic?_summary=count", "");
    server_assert_at("total", "3000");
    server_expect(200, REST_GET, "/Basic/b2999", "");
    server_assert_at("meta.versionId", "1");
    free(lines);
}

/* Lines of any kind and length: resources, what is none, blanks, ends of line of both kinds or none at the end. Says
 * how many are to be taken and how many refused. */
static char *any_lines(struct random *random, size_t *len, uint64_t *taken, uint64_t *refused)
{
    enum { LINES = 60, LINE_BYTES_MAX = 3 << 20 };
    static const char *const blanks[] = {"", " ", "\t \t", "\r"};
    char *lines = malloc((size_t)16 << 20), *at = lines;
    size_t count = 1 + random_below(random, LINES);
    assert_non_null(lines);
    *taken = *refused = 0;
    for (size_t i = 0; i < count && at < lines + ((size_t)11 << 20); i++) {
        size_t kind = random_below(random, 8);
        size_t width = 1 + (random_below(random, 20) ? random_below(random, 3000)
                                                     : random_below(random, LINE_BYTES_MAX));
        if (kind == 0) {
            at += sprintf(at, "%s", blanks[random_below(random, 4)]);
        } else if (kind < 3) {
            at += sprintf(at, "{\"resourceType\":\"Basic\",\"x\":\"%0*d\"}", (int)width, 1);
            ++*refused;
        } else {
            at += sprintf(at, "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"%0*d\"}}",
                          (int)(width % (1 << 20)) + 1, 1);
            ++*taken;
        }
        if (i + 1 < count || random_below(random, 2))
            at += sprintf(at, random_below(random, 2) ? "\n" : "\r\n");
    }
    *len = (size_t)(at - lines);
    return lines;
}

static void h152_every_line_is_taken_or_refused_once(void **state)
{
    enum { TURNS = 12 };
    struct random random;
    char status[200];
    (void)state;
    random_seed(&random, 7);
    for (unsigned turn = 0; turn < TURNS; turn++) {
        size_t len;
        uint64_t taken, refused;
        char *lines = any_lines(&random, &len, &taken, &refused);
        send_lines((struct text){lines, len}, status);
        uint64_t done_taken = 0, done_refused = 0;
        for (;;) {
            assert_int_equal(read_step(), STORE_OK);
            if (!step.key.len)
                break;
            assert_int_equal(write_step(), STORE_OK);
            done_taken = step.job.loaded;
            done_refused = step.job.refused;
        }
        assert_int_equal(done_taken, taken);
        assert_int_equal(done_refused, refused);
        server_expect(200, REST_GET, status, "");
        free(lines);
    }
}

static void h152_a_step_that_another_did_is_not_done_twice(void **state)
{
    char status[200];
    (void)state;
    send_lines(TEXT("{\"resourceType\":\"Basic\",\"id\":\"twice\",\"code\":{\"text\":\"x\"}}\n"),
               status);
    assert_int_equal(read_step(), STORE_OK);
    assert_int_equal(write_step(), STORE_OK);
    assert_int_equal(write_step(), STORE_ERR_REFUSED); /* what a second server had read */
    server_expect(200, REST_GET, "/Basic/twice", "");
    server_assert_at("meta.versionId", "1");
}

static void one_that_is_cancelled_ends_where_it_is(void **state)
{
    char status[200];
    size_t len;
    (void)state;
    char *lines = many_lines(600, &len);
    send_lines((struct text){lines, len}, status);
    assert_int_equal(read_step(), STORE_OK);
    server_do(REST_DELETE, status, "");
    assert_int_equal(write_step(), STORE_ERR_REFUSED);
    server_expect(404, REST_GET, status, "");
    assert_int_equal(do_all(), 0);
    free(lines);
}

static void lines_of_a_binary_are_taken_and_nothing_is_fetched(void **state)
{
    (void)state;
    static const char here[] =
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"input\",\"part\":[{\"name\":"
        "\"url\",\"valueUrl\":\"Binary/lines\"}]}]}";
    static const char elsewhere[] =
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"input\",\"part\":[{\"name\":"
        "\"url\",\"valueUrl\":\"https://example.org/a.ndjson\"}]}]}";
    /* {"resourceType":"Basic","id":"packed","code":{"text":"x"}} */
    server_expect(
        201, REST_PUT, "/Binary/lines",
        "{\"resourceType\":\"Binary\",\"id\":\"lines\",\"contentType\":"
        "\"application/fhir+ndjson\",\"data\":"
        "\"eyJyZXNvdXJjZVR5cGUiOiJCYXNpYyIsImlkIjoicGFja2VkIiwiY29kZSI6eyJ0ZXh0IjoieCJ9fQ==\"}");
    struct rest_wire wire = {.method = REST_POST,
                             .path = TEXT("/$import"),
                             .body = TEXT(""),
                             .content_type = TEXT("application/fhir+json"),
                             .prefer = TEXT("respond-async")};
    wire.body = text_of(elsewhere);
    assert_int_equal(server_ask(&wire)->status, 400);
    wire.body = TEXT("{\"resourceType\":\"Patient\"}");
    assert_int_equal(server_ask(&wire)->status, 400);
    wire.body = text_of(here);
    assert_int_equal(server_ask(&wire)->status, 202);
    assert_int_equal(do_all(), 1);
    server_expect(200, REST_GET, "/Basic/packed", "");
    wire.prefer = TEXT("");
    assert_int_equal(server_ask(&wire)->status, 400);
    server_expect(404, REST_GET, "/$import-status?_job=none", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_valid_is_in_and_what_is_not_is_told_by_its_line),
        cmocka_unit_test(h152_an_import_goes_on_at_the_line_that_comes_next),
        cmocka_unit_test(h183_an_import_keeps_the_labels_of_what_is_there),
        cmocka_unit_test(h152_every_line_is_taken_or_refused_once),
        cmocka_unit_test(h152_a_step_that_another_did_is_not_done_twice),
        cmocka_unit_test(one_that_is_cancelled_ends_where_it_is),
        cmocka_unit_test(lines_of_a_binary_are_taken_and_nothing_is_fetched),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "rest/glass_note.h"
#include "rest/stream.h"
#include "store/sqlite.h"

int64_t server_now_ms;
const struct access_subject *server_subject;
const struct rest_audit *server_audit;
enum store_err (*server_tell)(const struct rest_exchange *, struct store_write *,
                              const struct rest_audit_trail *, unsigned, struct arena *);
struct rest_audit_trail server_trail;
struct known *server_known;
void (*server_between)(void);

static struct {
    char folder[64];
    struct store *store;
    struct arena arena, constant, documents;
    struct random random;
    struct rest rest;
    struct rest_exchange exchange;
    struct json json; /* the last answer's body */
} server;

static void random_bytes(uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)random_u64(&server.random);
}

int server_open(void **state)
{
    char path[128], help[STORE_HELP_BYTES];
    (void)state;
    server_now_ms = INT64_C(1764432000000);
    server_subject = NULL;
    random_seed(&server.random, 1);
    arena_init(&server.arena, 64 << 20);
    arena_init(&server.constant, 64 << 20);
    arena_init(&server.documents, 64 << 20);
    snprintf(server.folder, sizeof server.folder, "/tmp/jisr-rest-XXXXXX");
    assert_non_null(mkdtemp(server.folder));
    snprintf(path, sizeof path, "%s/record", server.folder);
    assert_int_equal(store_sqlite_open(&server.store, &(struct sqlite_setting){.path = path}, help),
                     STORE_OK);
    server.rest = (struct rest){
        .base = TEXT("http://127.0.0.1:8080/fhir"),
        .random = random_bytes,
        .audit = server_audit,
        .tell = server_tell,
        .software_version = TEXT("test"),
        .started_ms = server_now_ms,
    };
    assert_true(rest_prepare(&server.rest, &server.constant));
    return 0;
}

int server_close(void **state)
{
    char command[128];
    (void)state;
    store_close(server.store);
    arena_free(&server.arena);
    arena_free(&server.constant);
    arena_free(&server.documents);
    snprintf(command, sizeof command, "rm -r %s", server.folder);
    assert_int_equal(system(command), 0);
    return 0;
}

void server_clock(uint64_t (*clock_ns)(void))
{
    server.rest.clock_ns = clock_ns;
}

const struct rest *server_rest(void)
{
    return &server.rest;
}

struct store *server_store(void)
{
    return server.store;
}

/* All pieces of a stream, each from a view of its own, as one body. */
static void gather(struct rest_answer *answer)
{
    struct buffer all;
    struct arena piece_arena;
    struct text piece = {NULL, 1};
    arena_init(&piece_arena, 64 << 20);
    buffer_init(&all, &server.arena);
    while (piece.len) {
        struct store_view *view;
        arena_reset(&piece_arena);
        assert_int_equal(store_view_begin(server.store, &piece_arena, &view), STORE_OK);
        assert_int_equal(rest_stream_next(answer->stream, view, &piece), STORE_OK);
        buffer_add(&all, piece);
        store_view_end(view);
    }
    assert_false(all.failed);
    answer->body = buffer_text(&all);
    arena_free(&piece_arena);
}

/* Who asks, with what their session has opened (rest/glass_note.h). */
static const struct access_subject *find_subject(struct store_view *view)
{
    static struct access_subject subject;
    if (!server_subject || server_subject->session.len == 0)
        return server_subject;
    subject = *server_subject;
    assert_int_equal(glass_notes_read(view, subject.session, &server.arena, &subject.glass),
                     STORE_OK);
    return &subject;
}

static void write_all(struct rest_exchange *exchange)
{
    bool is_last = false;
    for (size_t i = 0; i < exchange->write_count; i++) {
        struct rest_write *write = &exchange->writes[i];
        assert_false(is_last);
        is_last = rest_write_done(
            write, store_run(server.store, &write->arena, rest_write_run, write), NULL);
    }
    assert_true(is_last);
    rest_end(exchange);
}

void server_meanwhile(unsigned status, enum rest_method method, const char *path, const char *body)
{
    struct arena arena;
    struct store_view *view;
    arena_init(&arena, 64 << 20);
    struct rest_exchange exchange = {.rest = &server.rest,
                                     .arena = &arena,
                                     .now_ms = server_now_ms,
                                     .wire = {.method = method,
                                              .path = text_of(path),
                                              .body = text_of(body),
                                              .content_type = TEXT("application/fhir+json")}};
    assert_int_equal(store_view_begin(server.store, &arena, &view), STORE_OK);
    assert_int_equal(rest_begin(&exchange, view), REST_WRITES);
    store_view_end(view);
    write_all(&exchange);
    assert_int_equal(exchange.answer.status, status);
    arena_free(&arena);
}

const struct rest_answer *server_ask(const struct rest_wire *wire)
{
    struct store_view *view;
    struct rest_exchange *exchange = &server.exchange;
    arena_reset(&server.arena);
    server_now_ms += 1000;
    server_trail = (struct rest_audit_trail){.notes = NULL};
    *exchange = (struct rest_exchange){.rest = &server.rest,
                                       .arena = &server.arena,
                                       .now_ms = server_now_ms,
                                       .wire = *wire,
                                       .trail = &server_trail,
                                       .known = server_known};
    assert_int_equal(store_view_begin(server.store, &server.arena, &view), STORE_OK);
    exchange->subject = find_subject(view);
    enum rest_turn turn = rest_begin(exchange, view);
    if (turn == REST_ANSWERED) {
        struct text body = arena_copy(&server.arena, exchange->answer.body);
        exchange->answer.body = body.bytes ? body : TEXT("");
    }
    store_view_end(view);
    if (exchange->answer.stream)
        gather(&exchange->answer);
    if (turn == REST_ANSWERED)
        return &exchange->answer;
    if (server_between)
        server_between();
    server_between = NULL;
    write_all(exchange);
    return &exchange->answer;
}

const struct rest_answer *server_do(enum rest_method method, const char *target, const char *body)
{
    const char *mark = strchr(target, '?');
    struct rest_wire wire = {
        .method = method,
        .path = {target, mark ? (size_t)(mark - target) : strlen(target)},
        .query = mark ? text_of(mark + 1) : TEXT(""),
        .body = text_of(body),
        .content_type = method == REST_PATCH ? TEXT("application/json-patch+json")
                                             : TEXT("application/fhir+json"),
    };
    return server_ask(&wire);
}

const struct json *server_expect(unsigned status, enum rest_method method, const char *target,
                                 const char *body)
{
    const struct rest_answer *answer = server_do(method, target, body);
    if (answer->status != status)
        print_error("%s: %u: %.*s\n", target, answer->status, (int)answer->body.len,
                    answer->body.bytes);
    assert_int_equal(answer->status, status);
    server.json.node_count = 0;
    arena_reset(&server.documents);
    if (answer->body.len)
        assert_int_equal(
            json_parse(&server.json, answer->body, &json_limits_default, &server.documents, NULL),
            JSON_OK);
    return &server.json;
}

struct text server_at(const char *path)
{
    uint32_t node = JSON_ROOT;
    const struct json *json = &server.json;
    while (*path && json->node_count) {
        size_t len = strcspn(path, ".");
        bool is_index = path[0] >= '0' && path[0] <= '9';
        node = is_index ? json_element(json, node, (uint32_t)strtoul(path, NULL, 10))
                        : json_member(json, node, (struct text){path, len});
        if (node == JSON_NONE)
            return TEXT("");
        path += len + (path[len] == '.');
    }
    return json->node_count ? json_raw(json, node) : TEXT("");
}

void server_assert_at(const char *path, const char *expected)
{
    struct text found = server_at(path);
    if (!text_is(found, expected))
        print_error("%s is \"%.*s\" in %.*s\n", path, (int)found.len, found.bytes,
                    (int)server.exchange.answer.body.len, server.exchange.answer.body.bytes);
    assert_true(text_is(found, expected));
}

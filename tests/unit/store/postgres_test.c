/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store's suite on PostgreSQL, and what only that engine has: others that write, a server that goes and comes. */
#include "store/postgres.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "unit/store/server.h"
#include "unit/store/suite.h"

static struct store *open_with(const char *folder, unsigned patience_ms, unsigned turn_ms)
{
    char help[POSTGRES_HELP_BYTES];
    struct store *store = NULL;
    struct postgres_setting setting = {.conninfo = server_schema(strrchr(folder, '/') + 1),
                                       .parts = 2,
                                       .order_from = record_order_from,
                                       .search_ns_max = record_search_ns_max,
                                       .patience_ms = patience_ms,
                                       .turn_ms = turn_ms};
    if (store_postgres_open(&store, &setting, help) != STORE_OK)
        print_message("# %s\n", help);
    return store;
}

static struct store *open_postgres(const char *folder)
{
    return open_with(folder, 60000, 0);
}

static const struct record_engine postgres_engine = {.open = open_postgres};
const struct record_engine *record_engine = &postgres_engine;

/* --- others that write ------------------------------------------------------------------------------ */

enum { ADDERS = 4, ADDS = 30, HEARD_MS = 10000 };

/* One more of a number: not to be done twice. */
static enum store_err add_one(struct store_write *write, void *context)
{
    const char *id = context;
    struct store_row row;
    struct store_claim claim;
    char body[24];
    long number = 0;
    uint16_t type = record_type("Patient");
    enum store_err err = store_get(&write->view, type, text_of(id), 0, &row);
    if (err && err != STORE_ERR_NONE)
        return err;
    if (!err)
        number = strtol(row.body.bytes, NULL, 10);
    snprintf(body, sizeof body, "%ld", number + 1);
    struct store_put put = {.body = text_of(body), .words = TEXT("")};
    err = store_claim(write, type, text_of(id), (struct store_expect){0}, 1, &claim);
    return err ? err : store_put(write, &claim, &put);
}

struct adder {
    struct store *store;
    const char *id;
    pthread_t thread;
    int adds; /* that were acknowledged */
    enum store_err err;
};

static void *add_many(void *context)
{
    struct adder *adder = context;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    while (adder->adds < ADDS && !adder->err) {
        arena_reset(&arena);
        adder->err = store_run(adder->store, &arena, add_one, (void *)(uintptr_t)adder->id);
        adder->adds += !adder->err;
    }
    arena_free(&arena);
    return NULL;
}

static void begin_adding(struct adder *adders, struct store *a, struct store *b)
{
    for (size_t i = 0; i < ADDERS; i++) {
        adders[i] = (struct adder){.store = i % 2 ? a : b, .id = i < 2 ? "x" : "y"};
        assert_int_equal(pthread_create(&adders[i].thread, NULL, add_many, &adders[i]), 0);
    }
}

static void end_adding(struct record *record, struct adder *adders)
{
    struct store_row row;
    for (size_t i = 0; i < ADDERS; i++) {
        pthread_join(adders[i].thread, NULL);
        assert_int_equal(adders[i].err, STORE_OK);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(record_get(record, "Patient", i ? "x" : "y", 0, &row), STORE_OK);
        assert_int_equal(strtol(row.body.bytes, NULL, 10), ADDERS / 2 * ADDS);
        assert_int_equal(row.version, ADDERS / 2 * ADDS);
    }
}

struct heard {
    pthread_mutex_t lock;
    uint64_t seq;
    size_t count;
    bool in_order;
};

static void hear(const struct store_change_note *notes, size_t count, void *context)
{
    struct heard *heard = context;
    pthread_mutex_lock(&heard->lock);
    for (size_t i = 0; i < count; i++) {
        heard->in_order = heard->in_order && notes[i].seq == heard->seq + 1 &&
                          (text_is(notes[i].id, "x") || text_is(notes[i].id, "y"));
        heard->seq = notes[i].seq;
    }
    heard->count += count;
    pthread_mutex_unlock(&heard->lock);
}

static size_t heard_by(struct heard *heard)
{
    pthread_mutex_lock(&heard->lock);
    size_t count = heard->count;
    pthread_mutex_unlock(&heard->lock);
    return count;
}

static void h91_two_processes_lose_no_update_and_each_hears_of_all_in_order(void **state)
{
    struct record *record = *state;
    struct adder adders[ADDERS];
    struct heard heard[2] = {{PTHREAD_MUTEX_INITIALIZER, .in_order = true},
                             {PTHREAD_MUTEX_INITIALIZER, .in_order = true}};
    struct store *other = open_postgres(record->folder);
    assert_non_null(other);
    store_listen(record->store, (struct store_listener){hear, &heard[0]});
    store_listen(other, (struct store_listener){hear, &heard[1]});
    begin_adding(adders, record->store, other);
    end_adding(record, adders);
    for (int i = 0; i < 2; i++) {
        for (int waited = 0; waited < HEARD_MS && heard_by(&heard[i]) < ADDERS * ADDS; waited++)
            usleep(1000);
        assert_int_equal(heard_by(&heard[i]), ADDERS * ADDS);
        assert_true(heard[i].in_order);
    }
    store_close(other);
}

/* --- connections and servers that die --------------------------------------------------------------- */

#define OURS "FROM pg_stat_activity WHERE application_name = 'jisr'"

static void h82_connections_cut_at_any_time_lose_nothing_and_do_nothing_twice(void **state)
{
    struct record *record = *state;
    struct adder adders[ADDERS];
    struct store *other = open_postgres(record->folder);
    assert_non_null(other);
    begin_adding(adders, record->store, other);
    for (int i = 0; i < 12; i++) {
        usleep(15000);
        server_say("SELECT count(pg_terminate_backend(pid)) " OURS);
    }
    end_adding(record, adders);
    store_close(other);
}

static void h82_a_server_killed_under_load_loses_nothing_and_does_nothing_twice(void **state)
{
    struct record *record = *state;
    struct adder adders[ADDERS];
    struct store *other = open_postgres(record->folder);
    assert_non_null(other);
    begin_adding(adders, record->store, other);
    usleep(50000);
    server_kill();
    assert_true(server_again());
    end_adding(record, adders);
    store_close(other);
}

/* A commit that waits for a replica that there is not is on the disk, and its answer never comes. */
static void h82_a_commit_whose_answer_is_lost_is_found_and_not_done_again(void **state)
{
    struct record *record = *state;
    struct adder adder = {.store = record->store, .id = "x", .adds = ADDS - 1};
    struct store_row row;
    server_say("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    server_say("SELECT pg_reload_conf()");
    while (server_say("SELECT count(*) FROM pg_settings WHERE name = 'synchronous_standby_names'"
                      " AND setting = 'nobody'") == 0)
        usleep(1000);
    assert_int_equal(pthread_create(&adder.thread, NULL, add_many, &adder), 0);
    while (server_say("SELECT count(*) " OURS " AND wait_event = 'SyncRep'") == 0)
        usleep(1000);
    server_say("ALTER SYSTEM RESET synchronous_standby_names");
    assert_int_equal(
        server_say("SELECT count(pg_terminate_backend(pid)) " OURS " AND wait_event = 'SyncRep'"),
        1);
    server_say("SELECT pg_reload_conf()");
    pthread_join(adder.thread, NULL);
    assert_int_equal(adder.err, STORE_OK);
    assert_int_equal(record_get(record, "Patient", "x", 0, &row), STORE_OK);
    assert_true(text_is(row.body, "1"));
    assert_int_equal(row.version, 1);
}

struct hanging {
    struct adder adder;
    atomic_int runs;
    atomic_bool goes_on;
};

static enum store_err hang_once(struct store_write *write, void *context)
{
    struct hanging *hanging = context;
    enum store_err err = add_one(write, (void *)(uintptr_t)hanging->adder.id);
    if (atomic_fetch_add(&hanging->runs, 1) == 0)
        while (!atomic_load(&hanging->goes_on))
            usleep(1000);
    return err;
}

static void *add_hanging(void *context)
{
    struct hanging *hanging = context;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    hanging->adder.err = store_run(hanging->adder.store, &arena, hang_once, hanging);
    arena_free(&arena);
    return NULL;
}

static void h95_a_process_that_hangs_in_its_turn_loses_it_and_is_run_again(void **state)
{
    struct record *record = *state;
    struct store *other = open_with(record->folder, 60000, 500);
    struct hanging hanging = {.adder = {.store = other, .id = "x"}};
    struct store_row row;
    char id[] = "x";
    assert_non_null(other);
    assert_int_equal(pthread_create(&hanging.adder.thread, NULL, add_hanging, &hanging), 0);
    while (atomic_load(&hanging.runs) == 0)
        usleep(1000);
    assert_int_equal(store_run(record->store, &record->arena, add_one, id), STORE_OK);
    atomic_store(&hanging.goes_on, true);
    pthread_join(hanging.adder.thread, NULL);
    assert_int_equal(hanging.adder.err, STORE_OK);
    assert_true(atomic_load(&hanging.runs) >= 2); /* a busy machine may hang it again */
    assert_int_equal(record_get(record, "Patient", "x", 0, &row), STORE_OK);
    assert_true(text_is(row.body, "2"));
    store_close(other);
}

static void h149_a_database_that_is_away_is_said_to_be_and_comes_back(void **state)
{
    struct record *record = *state;
    struct store_view *view;
    struct store_row row;
    char id[] = "x";
    uint16_t type = record_type("Patient");
    assert_int_equal(store_run(record->store, &record->arena, add_one, id), STORE_OK);
    store_close(record->store);
    record->store = open_with(record->folder, 200, 0);
    server_kill();
    enum store_err err = store_view_begin(record->store, &record->arena, &view);
    if (!err) {
        err = store_get(view, type, TEXT("x"), 0, &row);
        store_view_end(view);
    }
    assert_int_equal(err, STORE_ERR_AWAY);
    assert_int_equal(store_run(record->store, &record->arena, add_one, id), STORE_ERR_AWAY);
    assert_true(server_again());
    do
        err = store_run(record->store, &record->arena, add_one, id);
    while (err == STORE_ERR_AWAY);
    assert_int_equal(err, STORE_OK);
    assert_int_equal(record_get(record, "Patient", "x", 0, &row), STORE_OK);
    assert_true(text_is(row.body, "2"));
}

/* --- what PostgreSQL takes as it is ----------------------------------------------------------------- */

static void texts_of_any_length_and_bytes_are_kept_and_found(void **state)
{
    struct record *record = *state;
    static char text[9000];
    struct store_page page;
    memset(text, 'a', sizeof text - 1);
    memcpy(text + 7000, "needle", 6);
    struct search_row row = row_string("Patient", "name", text, text);
    record_add(record, "Patient", "long", "\xff\xfe not UTF-8", &row, 1);
    uint16_t param = record_param("Patient", "name");
    struct search_value value = {.kind = SEARCH_STRING};
    struct search_condition condition = {.what = SEARCH_ROW,
                                         .kind = SEARCH_STRING,
                                         .params = &param,
                                         .param_count = 1,
                                         .values = &value,
                                         .value_count = 1};
    struct search_query query = {.conditions = &condition, .condition_count = 1, .count = 10};
    const struct {
        uint8_t match;
        struct text text;
    } asked[] = {{SEARCH_EQUALS, text_of(text)},
                 {SEARCH_STARTS, {text, 2000}},
                 {SEARCH_CONTAINS, TEXT("needle")}};
    for (size_t i = 0; i < 3; i++) {
        value.match = asked[i].match;
        value.of.string.text = asked[i].text;
        assert_int_equal(record_page(record, &query, &page), STORE_OK);
        assert_int_equal(page.count, 1);
        assert_true(text_is(page.rows[0].body, "\xff\xfe not UTF-8"));
    }
    record_delete(record, "Patient", "long");
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.count, 0);
}

/* The index is locked, so that looking at it takes too long for certain. */
static void a_search_that_takes_too_long_is_not_the_end_of_its_view(void **state)
{
    struct record *record = *state;
    struct store_view *view;
    struct store_row row;
    struct store_page page;
    char lock[200];
    struct search_row name = row_string("Patient", "name", "amina", "Amina");
    uint16_t param = record_param("Patient", "name"), type = record_type("Patient");
    struct search_value value = {.kind = SEARCH_STRING, .of.string.text = TEXT("amina")};
    struct search_condition condition = {.what = SEARCH_ROW,
                                         .kind = SEARCH_STRING,
                                         .params = &param,
                                         .param_count = 1,
                                         .values = &value,
                                         .value_count = 1};
    struct search_query query = {.conditions = &condition, .condition_count = 1, .count = 10};
    struct store_search asked = {.query = &query};
    record_add(record, "Patient", "a", "first", &name, 1);
    snprintf(lock, sizeof lock, "LOCK TABLE \"%s\".string IN ACCESS EXCLUSIVE MODE",
             strrchr(record->folder, '/') + 1);
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    assert_int_equal(store_get(view, type, TEXT("a"), 0, &row), STORE_OK);
    server_hold(lock);
    assert_int_equal(store_search(view, &asked, &page), STORE_ERR_COSTLY);
    assert_non_null(view->help);
    server_release();
    record_add(record, "Patient", "a", "second", &name, 1);
    assert_int_equal(store_get(view, type, TEXT("a"), 0, &row), STORE_OK);
    assert_true(text_is(row.body, "first"));
    assert_int_equal(store_search(view, &asked, &page), STORE_OK);
    assert_int_equal(page.count, 1);
    store_view_end(view);
}

/* --- a job that the database refuses ---------------------------------------------------------------- */

enum { REFUSED_JOBS = 9, LONG_ID = 9000 };

struct one {
    struct store_job job;
    struct arena arena;
    char id[LONG_ID + 1];
    enum store_err err;
    atomic_bool is_done;
};

static void end_one(enum store_err err, const char *help, void *context)
{
    struct one *one = (struct one *)((char *)context - offsetof(struct one, id));
    (void)help;
    one->err = err;
    atomic_store(&one->is_done, true);
}

/* An id that no index can hold: as long as it is, and of bytes without order. */
static void a_job_that_the_database_refuses_fails_alone(void **state)
{
    struct record *record = *state;
    static struct one jobs[REFUSED_JOBS];
    struct store_row row;
    uint32_t byte = 1;
    for (int i = 0; i < REFUSED_JOBS; i++) {
        struct one *one = &jobs[i];
        *one = (struct one){0};
        snprintf(one->id, sizeof one->id, "p%d", i);
        for (int j = 0; i == REFUSED_JOBS / 2 && j < LONG_ID; j++)
            one->id[j] = (char)('0' + (byte = byte * 1664525 + 1013904223) / 0x4000000);
        arena_init(&one->arena, 1 << 20);
        one->job = (struct store_job){
            .run = add_one, .done = end_one, .context = one->id, .arena = &one->arena};
        assert_int_equal(store_submit(record->store, &one->job), STORE_OK);
    }
    for (int i = 0; i < REFUSED_JOBS; i++) {
        while (!atomic_load(&jobs[i].is_done))
            usleep(1000);
        bool is_refused = i == REFUSED_JOBS / 2;
        assert_int_equal(jobs[i].err, is_refused ? STORE_ERR_IO : STORE_OK);
        if (!is_refused)
            assert_int_equal(record_get(record, "Patient", jobs[i].id, 0, &row), STORE_OK);
        arena_free(&jobs[i].arena);
    }
}

static const struct CMUnitTest own[] = {
    STORE_CASE(a_search_that_takes_too_long_is_not_the_end_of_its_view),
    STORE_CASE(a_job_that_the_database_refuses_fails_alone),
    STORE_CASE(h91_two_processes_lose_no_update_and_each_hears_of_all_in_order),
    STORE_CASE(h82_connections_cut_at_any_time_lose_nothing_and_do_nothing_twice),
    STORE_CASE(h82_a_server_killed_under_load_loses_nothing_and_does_nothing_twice),
    STORE_CASE(h82_a_commit_whose_answer_is_lost_is_found_and_not_done_again),
    STORE_CASE(h95_a_process_that_hangs_in_its_turn_loses_it_and_is_run_again),
    STORE_CASE(h149_a_database_that_is_away_is_said_to_be_and_comes_back),
    STORE_CASE(texts_of_any_length_and_bytes_are_kept_and_found),
};

int main(void)
{
    if (!server_start()) {
        printf("1..0 # SKIP %s\n", server_why);
        server_stop();
        return 0;
    }
    int failed = suite_run(own, sizeof own / sizeof *own);
    server_stop();
    return failed;
}

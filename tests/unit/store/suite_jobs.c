/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many jobs at once, and jobs that are large. */
#include "unit/store/suite.h"

#include <pthread.h>

enum { JOBS = 60, PEOPLE = 4, TURNS = 25 };

struct told {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    size_t done, refused, conflicts, committed;
    uint64_t last_seq;
    bool in_order;
};

struct one_job {
    struct store_job job;
    struct arena arena;
    struct told *told;
    char id[16];
    bool refuse;
};

static enum store_err run_one(struct store_write *write, void *context)
{
    struct one_job *one = context;
    struct store_claim claim;
    struct store_put put = {.body = TEXT("body"), .words = TEXT("")};
    enum store_err err = store_claim(write, record_type("Patient"), text_of(one->id),
                                     (struct store_expect){STORE_NEW, 0}, 1, &claim);
    if (!err)
        err = store_put(write, &claim, &put);
    return err ? err : one->refuse ? STORE_ERR_REFUSED : STORE_OK;
}

static void done_one(enum store_err err, const char *help, void *context)
{
    struct one_job *one = context;
    (void)help;
    pthread_mutex_lock(&one->told->lock);
    one->told->done++;
    one->told->refused += err == STORE_ERR_REFUSED;
    one->told->conflicts += err == STORE_ERR_CONFLICT;
    pthread_cond_signal(&one->told->wake);
    pthread_mutex_unlock(&one->told->lock);
}

static void committed(const struct store_change_note *notes, size_t count, void *context)
{
    struct told *told = context;
    pthread_mutex_lock(&told->lock);
    for (size_t i = 0; i < count; i++) {
        told->in_order = told->in_order && notes[i].seq > told->last_seq;
        told->last_seq = notes[i].seq;
    }
    told->committed += count;
    pthread_mutex_unlock(&told->lock);
}

static enum store_err create_many(struct store_write *write, void *context)
{
    const size_t *count = context;
    enum store_err err = STORE_OK;
    for (size_t i = 0; i < *count && !err; i++) {
        char id[32];
        struct store_claim claim;
        struct store_put put = {.body = TEXT("body"), .words = TEXT("")};
        snprintf(id, sizeof id, "many%zu", i);
        err = store_claim(write, record_type("Patient"), text_of(id),
                          (struct store_expect){STORE_NEW, 0}, 1, &claim);
        if (!err)
            err = store_put(write, &claim, &put);
    }
    struct store_row row; /* within the job, what it wrote is there */
    return err ? err : store_get(&write->view, record_type("Patient"), TEXT("many4321"), 0, &row);
}

static void a_job_creates_thousands_and_sees_them(void **state)
{
    struct record *record = *state;
    struct store_row row;
    struct arena arena;
    size_t count = 10000;
    arena_init(&arena, 64 << 20);
    assert_int_equal(store_run(record->store, &arena, create_many, &count), STORE_OK);
    arena_free(&arena);
    assert_int_equal(record_get(record, "Patient", "many9999", 0, &row), STORE_OK);
}

static void jobs_of_one_commit_succeed_or_fail_each_by_itself(void **state)
{
    struct record *record = *state;
    struct store_row row;
    static struct one_job jobs[JOBS];
    struct told told = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, .in_order = true};
    store_listen(record->store, (struct store_listener){committed, &told});
    record_add(record, "Patient", "p7", "before", NULL, 0); /* an id that is not new */
    for (size_t i = 0; i < JOBS; i++) {
        struct one_job *one = &jobs[i];
        *one = (struct one_job){.told = &told, .refuse = i % 3 == 0};
        snprintf(one->id, sizeof one->id, "p%zu", i);
        arena_init(&one->arena, 1 << 20);
        one->job = (struct store_job){
            .run = run_one, .done = done_one, .context = one, .arena = &one->arena};
        assert_int_equal(store_submit(record->store, &one->job), STORE_OK);
    }
    pthread_mutex_lock(&told.lock);
    while (told.done < JOBS)
        pthread_cond_wait(&told.wake, &told.lock);
    pthread_mutex_unlock(&told.lock);
    assert_int_equal(told.refused, JOBS / 3);
    assert_int_equal(told.conflicts, 1);
    assert_int_equal(told.committed, 1 + JOBS - JOBS / 3 - 1);
    assert_true(told.in_order);
    for (size_t i = 0; i < JOBS; i++) {
        assert_int_equal(record_get(record, "Patient", jobs[i].id, 0, &row),
                         i % 3 == 0 ? STORE_ERR_NONE : STORE_OK);
        arena_free(&jobs[i].arena);
    }
    assert_int_equal(record_get(record, "Patient", "p7", 0, &row), STORE_OK);
    assert_text(row.body, "before");
    assert_int_equal(row.version, 1);
}

struct person {
    struct store *store;
    size_t done, conflicts;
};

static void *take_turns(void *context)
{
    struct person *person = context;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    while (person->done < TURNS) {
        struct store_view *view;
        struct store_row row;
        arena_reset(&arena);
        assert_int_equal(store_view_begin(person->store, &arena, &view), STORE_OK);
        assert_int_equal(store_get(view, record_type("Patient"), TEXT("a"), 0, &row), STORE_OK);
        store_view_end(view);
        char body[24];
        snprintf(body, sizeof body, "%d", (int)strtol(row.body.bytes, NULL, 10) + 1);
        struct record_put put = {.type = record_type("Patient"),
                                 .id = "a",
                                 .body = body,
                                 .now_ms = 1,
                                 .expect = {STORE_VERSION, row.version}};
        struct record record = {.store = person->store};
        enum store_err err = record_put(&record, &put);
        person->done += err == STORE_OK;
        person->conflicts += err == STORE_ERR_CONFLICT;
    }
    arena_free(&arena);
    return NULL;
}

static void h91_no_update_on_one_patient_is_lost(void **state)
{
    struct record *record = *state;
    struct store_row row;
    struct person people[PEOPLE];
    pthread_t threads[PEOPLE];
    record_add(record, "Patient", "a", "0", NULL, 0);
    for (size_t i = 0; i < PEOPLE; i++) {
        people[i] = (struct person){.store = record->store};
        assert_int_equal(pthread_create(&threads[i], NULL, take_turns, &people[i]), 0);
    }
    for (size_t i = 0; i < PEOPLE; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(record_get(record, "Patient", "a", 0, &row), STORE_OK);
    assert_text(row.body, "100"); /* PEOPLE * TURNS */
    assert_int_equal(row.version, PEOPLE * TURNS + 1);
}

const struct CMUnitTest suite_jobs[] = {
    STORE_CASE(a_job_creates_thousands_and_sees_them),
    STORE_CASE(jobs_of_one_commit_succeed_or_fail_each_by_itself),
    STORE_CASE(h91_no_update_on_one_patient_is_lost),
};
const size_t suite_jobs_count = sizeof suite_jobs / sizeof *suite_jobs;

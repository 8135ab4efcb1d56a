/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What jobs leave for the end of their transaction. */
#include "unit/store/suite.h"

#include <pthread.h>

enum { JOBS = 60, LEFT_BYTES_MAX = 1 << 20 };

struct leaving {
    struct store_job job;
    struct arena arena;
    struct world *world;
    char word[16];
    bool is_refused;
    enum store_err err;
};

struct world {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    size_t done;
    struct arena arena;     /* the ending's */
    enum store_err outcome; /* of the ending */
    unsigned endings;
    struct leaving jobs[JOBS];
};

/* Adds to what endings before have kept. */
static enum store_err end_all(struct store_write *write, struct text left, void *context)
{
    struct world *world = context;
    struct store_note note;
    struct buffer all;
    world->endings++;
    buffer_init(&all, &world->arena);
    enum store_err err = store_note_get(&write->view, "session", TEXT("all"), &note);
    if (err == STORE_OK)
        buffer_add(&all, note.value);
    else if (err != STORE_ERR_NONE)
        return err;
    buffer_add(&all, left);
    note = (struct store_note){TEXT("all"), buffer_text(&all), 0};
    err = store_note_put(write, "session", &note);
    return err == STORE_OK ? world->outcome : err;
}

static enum store_err leave(struct store_write *write, void *context)
{
    const struct leaving *leaving = context;
    const struct store_note note = {text_of(leaving->word), TEXT("v"), 0};
    enum store_err err = store_note_put(write, "session", &note);
    if (err == STORE_OK)
        err = store_leave(write, text_of(leaving->word));
    if (err == STORE_OK)
        err = store_leave(write, TEXT(";"));
    return err == STORE_OK && leaving->is_refused ? STORE_ERR_REFUSED : err;
}

static void left(enum store_err err, const char *help, void *context)
{
    struct leaving *leaving = context;
    (void)help;
    pthread_mutex_lock(&leaving->world->lock);
    leaving->err = err;
    leaving->world->done++;
    pthread_cond_signal(&leaving->world->wake);
    pthread_mutex_unlock(&leaving->world->lock);
}

/* Sixty at once, every third of which is refused. */
static void leave_many(struct record *record, struct world *world)
{
    *world = (struct world){.lock = PTHREAD_MUTEX_INITIALIZER,
                            .wake = PTHREAD_COND_INITIALIZER,
                            .outcome = world->outcome};
    arena_init(&world->arena, LEFT_BYTES_MAX);
    store_end_with(record->store, (struct store_ending){end_all, world, &world->arena});
    for (size_t i = 0; i < JOBS; i++) {
        struct leaving *leaving = &world->jobs[i];
        leaving->world = world;
        leaving->is_refused = i % 3 == 0;
        snprintf(leaving->word, sizeof leaving->word, "j%zu", i);
        arena_init(&leaving->arena, LEFT_BYTES_MAX);
        leaving->job = (struct store_job){
            .run = leave, .done = left, .context = leaving, .arena = &leaving->arena};
        assert_int_equal(store_submit(record->store, &leaving->job), STORE_OK);
    }
    pthread_mutex_lock(&world->lock);
    while (world->done < JOBS)
        pthread_cond_wait(&world->wake, &world->lock);
    pthread_mutex_unlock(&world->lock);
    for (size_t i = 0; i < JOBS; i++)
        arena_free(&world->jobs[i].arena);
    arena_free(&world->arena);
}

static enum store_err find(struct record *record, const char *key, struct store_note *note)
{
    struct store_view *view;
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    enum store_err err = store_note_get(view, "session", text_of(key), note);
    store_view_end(view);
    return err;
}

static void h182_what_kept_jobs_left_is_written_with_them_in_their_order(void **state)
{
    static struct world world;
    struct record *record = *state;
    struct store_note note;
    char expected[JOBS * 4];
    size_t len = 0;
    world.outcome = STORE_OK;
    leave_many(record, &world);
    for (size_t i = 0; i < JOBS; i++) {
        assert_int_equal(world.jobs[i].err, i % 3 ? STORE_OK : STORE_ERR_REFUSED);
        assert_int_equal(find(record, world.jobs[i].word, &note),
                         i % 3 ? STORE_OK : STORE_ERR_NONE);
        if (i % 3)
            len += (size_t)snprintf(expected + len, sizeof expected - len, "j%zu;", i);
    }
    assert_int_equal(find(record, "all", &note), STORE_OK);
    assert_text(note.value, expected);
    assert_true(world.endings < JOBS); /* once for many */
}

static void h182_where_it_cannot_be_written_nothing_of_them_is(void **state)
{
    static struct world world;
    struct record *record = *state;
    struct store_note note;
    world.outcome = STORE_ERR_FULL;
    leave_many(record, &world);
    for (size_t i = 0; i < JOBS; i++) {
        assert_true(world.jobs[i].err != STORE_OK);
        assert_int_equal(find(record, world.jobs[i].word, &note), STORE_ERR_NONE);
    }
    assert_int_equal(find(record, "all", &note), STORE_ERR_NONE);
}

static enum store_err leave_alone(struct store_write *write, void *context)
{
    const struct store_note note = {TEXT("alone"), TEXT("v"), 0};
    enum store_err err = store_note_put(write, "session", &note);
    return err == STORE_OK ? store_leave(write, text_of(context)) : err;
}

static void h182_what_nobody_takes_is_not_left(void **state)
{
    static char word[] = "word";
    struct record *record = *state;
    struct store_note note;
    assert_int_equal(store_run(record->store, &record->arena, leave_alone, word),
                     STORE_ERR_REFUSED);
    assert_int_equal(find(record, "alone", &note), STORE_ERR_NONE);
}

const struct CMUnitTest suite_left[] = {
    STORE_CASE(h182_what_kept_jobs_left_is_written_with_them_in_their_order),
    STORE_CASE(h182_where_it_cannot_be_written_nothing_of_them_is),
    STORE_CASE(h182_what_nobody_takes_is_not_left),
};
const size_t suite_left_count = sizeof suite_left / sizeof *suite_left;

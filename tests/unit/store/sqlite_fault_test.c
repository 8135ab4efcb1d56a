/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was acknowledged is there, and nothing is there by halves: on a full disk, on one whose syncs fail, and
 * after a kill at any time. */
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/sqlite.h"
#include "unit/store/fault_vfs.h"
#include "unit/store/suite.h"

enum { KILLS = 12, PEOPLE_OF_A_JOB = 3, FULL_AFTER_MAX = 60 };

static size_t cache_bytes; /* the writer's; 0: as usual */

static struct store *open_faulty(const char *folder)
{
    char path[128], help[STORE_HELP_BYTES];
    struct store *store = NULL;
    snprintf(path, sizeof path, "%s/record.db", folder);
    fault_vfs_register();
    struct sqlite_setting setting = {
        .path = path, .vfs = FAULT_VFS, .writer_cache_bytes = cache_bytes};
    if (store_sqlite_open(&store, &setting, help) != STORE_OK)
        print_message("# %s\n", help);
    return store;
}

static const struct record_engine faulty_engine = {.open = open_faulty};
const struct record_engine *record_engine = &faulty_engine;

static enum store_err put_person(struct store_write *write, const char *id, const char *code)
{
    struct search_row row = row_token("Patient", "identifier", "urn:s", code);
    struct search_rows rows = {.rows = &row, .count = 1};
    struct store_put put = {.body = text_of(code), .rows = &rows, .words = TEXT("")};
    struct store_claim claim;
    enum store_err err = store_claim(write, record_type("Patient"), text_of(id),
                                     (struct store_expect){0}, 1, &claim);
    return err ? err : store_put(write, &claim, &put);
}

/* A job: several people of one number. */
static enum store_err put_people(struct store_write *write, void *context)
{
    int number = *(int *)context;
    char code[16], id[24];
    snprintf(code, sizeof code, "%d", number);
    for (int i = 0; i < PEOPLE_OF_A_JOB; i++) {
        snprintf(id, sizeof id, "%d-%d", number, i);
        enum store_err err = put_person(write, id, code);
        if (err)
            return err;
    }
    return STORE_OK;
}

/* How many of a job's people are there; by the index they are as many. */
static int people_of(struct record *record, int number)
{
    char code[16], id[24];
    struct store_page page;
    struct store_row row;
    uint16_t param = record_param("Patient", "identifier");
    struct search_value value = {.kind = SEARCH_TOKEN};
    struct search_condition condition = {
        .params = &param, .param_count = 1, .values = &value, .value_count = 1};
    struct search_query query = {.conditions = &condition, .condition_count = 1, .count = 10};
    int count = 0;
    snprintf(code, sizeof code, "%d", number);
    value.of.token.code = text_of(code);
    arena_reset(&record->arena);
    for (int i = 0; i < PEOPLE_OF_A_JOB; i++) {
        snprintf(id, sizeof id, "%d-%d", number, i);
        enum store_err err = record_get(record, "Patient", id, 0, &row);
        assert_true(err == STORE_OK || err == STORE_ERR_NONE);
        if (err == STORE_OK)
            assert_true(text_is(row.body, code));
        count += err == STORE_OK;
    }
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.count, count);
    return count;
}

/* --- one sync for many, and no answer before it ----------------------------------------------------- */

enum { JOBS = 40 };

struct answered {
    struct store_job job;
    struct arena arena;
    int number, syncs_at_run, syncs_at_done;
    atomic_bool is_done;
};

static enum store_err run_counted(struct store_write *write, void *context)
{
    struct answered *answered = context;
    answered->syncs_at_run = atomic_load(&fault_disk.syncs);
    return put_people(write, &answered->number);
}

static void done_counted(enum store_err err, const char *help, void *context)
{
    struct answered *answered = context;
    (void)help;
    assert_int_equal(err, STORE_OK);
    answered->syncs_at_done = atomic_load(&fault_disk.syncs);
    atomic_store(&answered->is_done, true);
}

static void h82_an_answer_leaves_after_its_sync_which_many_share(void **state)
{
    struct record *record = *state;
    static struct answered jobs[JOBS];
    int before = atomic_load(&fault_disk.syncs);
    atomic_store(&fault_disk.sync_waits, true);
    for (int i = 0; i < JOBS; i++) {
        struct answered *one = &jobs[i];
        *one = (struct answered){.number = i};
        arena_init(&one->arena, 1 << 20);
        one->job = (struct store_job){
            .run = run_counted, .done = done_counted, .context = one, .arena = &one->arena};
        assert_int_equal(store_submit(record->store, &one->job), STORE_OK);
    }
    usleep(20000);
    for (int i = 0; i < JOBS; i++)
        assert_false(atomic_load(&jobs[i].is_done));
    atomic_store(&fault_disk.sync_waits, false);
    record_reopen(record); /* waits for all */
    for (int i = 0; i < JOBS; i++) {
        assert_true(atomic_load(&jobs[i].is_done));
        assert_true(jobs[i].syncs_at_done > jobs[i].syncs_at_run);
        assert_int_equal(people_of(record, i), PEOPLE_OF_A_JOB);
        arena_free(&jobs[i].arena);
    }
    assert_true(jobs[JOBS - 1].syncs_at_done - before <= 4);
}

/* --- disks that fail ------------------------------------------------------------------------------ */

/* Each disk is full after some writes, of less than `writes_max`. */
static void fill_disks(struct record *record, int writes_max)
{
    bool is_there[FULL_AFTER_MAX] = {false};
    int refused = 0;
    for (int number = 0; number < FULL_AFTER_MAX; number++) {
        atomic_store(&fault_disk.writes_left, number % 20 * writes_max / 20);
        enum store_err err = store_run(record->store, &record->arena, put_people, &number);
        atomic_store(&fault_disk.writes_left, -1);
        assert_true(err == STORE_OK || err == STORE_ERR_FULL);
        is_there[number] = err == STORE_OK;
        refused += err != STORE_OK;
        if (number % 15 == 14)
            record_reopen(record);
        for (int i = 0; i <= number; i++)
            assert_int_equal(people_of(record, i), is_there[i] ? PEOPLE_OF_A_JOB : 0);
    }
    assert_true(refused > 5);
    assert_true(refused < FULL_AFTER_MAX);
}

static void h82_on_a_full_disk_nothing_is_lost_or_there_by_halves(void **state)
{
    fill_disks(*state, 20);
}

static void h82_nor_where_pages_are_written_before_the_commit(void **state)
{
    enum { CACHE_BYTES = 8 * 1024 }; /* so that index rows meet the full disk, too */
    cache_bytes = CACHE_BYTES;
    record_reopen(*state);
    fill_disks(*state, 200);
    cache_bytes = 0;
}

static int64_t tokens_in(struct record *record)
{
    char path[128];
    sqlite3 *db;
    sqlite3_stmt *statement;
    snprintf(path, sizeof path, "%s/record.db", record->folder);
    record_close(record);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, FAULT_VFS), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM token", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    record->store = record->engine->open(record->folder);
    assert_non_null(record->store);
    return count;
}

/* The same people again and again under other numbers, the last of which is refused. */
static enum store_err put_again(struct store_write *write, void *context)
{
    enum { AGAIN = 4 };
    const int *first = context;
    char code[16], id[24];
    for (int turn = 0; turn < AGAIN; turn++)
        for (int i = 0; i < PEOPLE_OF_A_JOB; i++) {
            snprintf(code, sizeof code, "%d", *first + turn * PEOPLE_OF_A_JOB + i);
            snprintf(id, sizeof id, "again-%d", i);
            enum store_err err = put_person(write, id, code);
            if (err)
                return err;
        }
    return STORE_OK;
}

static enum store_err put_again_for_nothing(struct store_write *write, void *context)
{
    enum store_err err = put_again(write, context);
    return err ? err : STORE_ERR_REFUSED;
}

static void no_index_row_is_left_of_what_was_taken_back(void **state)
{
    struct record *record = *state;
    int first = 0, number = 7;
    assert_int_equal(store_run(record->store, &record->arena, put_again, &first), STORE_OK);
    first = 1000;
    assert_int_equal(store_run(record->store, &record->arena, put_again_for_nothing, &first),
                     STORE_ERR_REFUSED);
    assert_int_equal(store_run(record->store, &record->arena, put_people, &number), STORE_OK);
    assert_int_equal(tokens_in(record), 2 * PEOPLE_OF_A_JOB);
}

static void h82_what_could_not_be_synced_is_not_acknowledged(void **state)
{
    struct record *record = *state;
    int number = 1;
    assert_int_equal(store_run(record->store, &record->arena, put_people, &number), STORE_OK);
    number = 2;
    atomic_store(&fault_disk.sync_fails, true);
    assert_int_equal(store_run(record->store, &record->arena, put_people, &number), STORE_ERR_IO);
    atomic_store(&fault_disk.sync_fails, false);
    assert_int_equal(people_of(record, 2), 0);
    number = 3;
    assert_int_equal(store_run(record->store, &record->arena, put_people, &number), STORE_OK);
    record_reopen(record);
    assert_int_equal(people_of(record, 1), PEOPLE_OF_A_JOB);
    assert_int_equal(people_of(record, 2), 0);
    assert_int_equal(people_of(record, 3), PEOPLE_OF_A_JOB);
}

/* --- kill ------------------------------------------------------------------------------------------- */

enum { AT_ONCE = 8, NUMBERS_MAX = 100000 };

struct writer {
    struct store *store;
    int pipe, number, step;
};

/* Writes, and says each number that was acknowledged. */
static void *write_on(void *context)
{
    struct writer *writer = context;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (; writer->number < NUMBERS_MAX; writer->number += writer->step) {
        arena_reset(&arena);
        if (store_run(writer->store, &arena, put_people, &writer->number) != STORE_OK ||
            write(writer->pipe, &writer->number, sizeof writer->number) < 0)
            _exit(1);
    }
    return NULL;
}

static void be_killed(const char *folder, int pipe, int first)
{
    pthread_t threads[AT_ONCE];
    static struct writer writers[AT_ONCE];
    struct store *store = open_faulty(folder);
    if (!store)
        _exit(1);
    for (int i = 0; i < AT_ONCE; i++) {
        writers[i] = (struct writer){store, pipe, first + i, AT_ONCE};
        pthread_create(&threads[i], NULL, write_on, &writers[i]);
    }
    for (int i = 0; i < AT_ONCE; i++)
        pthread_join(threads[i], NULL);
    _exit(1);
}

static void h82_after_a_kill_what_was_acknowledged_is_there_and_the_rest_whole_or_not(void **state)
{
    struct record *record = *state;
    static bool acknowledged[NUMBERS_MAX];
    int first = 0, number, all = 0;
    for (int round = 0; round < KILLS; round++) {
        int ends[2], last = first;
        store_close(record->store); /* no thread of ours runs over a fork */
        record->store = NULL;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            be_killed(record->folder, ends[1], first);
        }
        close(ends[1]);
        /* killed once it writes, somewhere in its next milliseconds */
        assert_int_equal(read(ends[0], &number, sizeof number), sizeof number);
        usleep((useconds_t)(round * 1300));
        kill(child, SIGKILL);
        do {
            acknowledged[number] = true;
            last = number > last ? number : last;
            all++;
        } while (read(ends[0], &number, sizeof number) == sizeof number);
        close(ends[0]);
        assert_int_equal(waitpid(child, NULL, 0), child);
        record->store = open_faulty(record->folder);
        assert_non_null(record->store);
        for (int i = first; i < last + 2 * AT_ONCE; i++) {
            int people = people_of(record, i);
            assert_true(people == PEOPLE_OF_A_JOB || people == 0);
            if (acknowledged[i])
                assert_int_equal(people, PEOPLE_OF_A_JOB);
        }
        first = last + 2 * AT_ONCE;
    }
    assert_true(all > KILLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE(h82_an_answer_leaves_after_its_sync_which_many_share),
        STORE_CASE(h82_on_a_full_disk_nothing_is_lost_or_there_by_halves),
        STORE_CASE(h82_nor_where_pages_are_written_before_the_commit),
        STORE_CASE(no_index_row_is_left_of_what_was_taken_back),
        STORE_CASE(h82_what_could_not_be_synced_is_not_acknowledged),
        STORE_CASE(h82_after_a_kill_what_was_acknowledged_is_there_and_the_rest_whole_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

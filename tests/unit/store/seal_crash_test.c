/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sealed log through crashes, damage, a full disk and readers beside the writer. */
#include "unit/store/crashed.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void assert_well(sqlite3 *db)
{
    assert_int_equal(
        sealed_number(db, "SELECT 1 FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

/* Writes transactions from the `from`th on, telling each through the pipe once it is acknowledged. */
static void write_for_ever(const struct sealed *sealed, int from, int told)
{
    sqlite3 *db = sealed_open(sealed);
    sealed_run(db, "PRAGMA wal_autocheckpoint=%d; PRAGMA cache_size=4", 5 + from % 40);
    for (int n = from;; n++) {
        sealed_run(db, CRASHED_COMMIT, n, n);
        if (n % 7 == 0) /* spills, and writes pages of the log a second time */
            sealed_run(
                db,
                "BEGIN; UPDATE t SET body = body || 'b'; UPDATE t SET body = substr(body, 1, 700);"
                "COMMIT");
        if (write(told, &n, sizeof n) != (ssize_t)sizeof n)
            _exit(1);
    }
}

static void h82_killed_at_any_moment_it_keeps_what_was_acknowledged(void **state)
{
    struct sealed *sealed = *state;
    sqlite3 *db = sealed_open(sealed);
    sealed_run(db, CRASHED_CREATE);
    sqlite3_close(db);
    int next = 0, grew = 0;

    struct random random;
    random_seed(&random, 2);
    for (int round = 0; round < 60; round++) {
        int ends[2], acknowledged = next - 1;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL); /* it ends with us, whatever becomes of the test */
            close(ends[0]);
            write_for_ever(sealed, next, ends[1]);
        }
        close(ends[1]);
        usleep((useconds_t)(1000 + sealed_draw(&random, 20000)));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        for (int n; read(ends[0], &n, sizeof n) == (ssize_t)sizeof n;)
            acknowledged = n;
        close(ends[0]);

        db = sealed_open(sealed);
        int there = crashed_transactions(db);
        assert_true(there == acknowledged + 1 || there == acknowledged + 2);
        if (round % 10 == 0)
            assert_well(db);
        if (there > 300) {
            sealed_run(db, "DELETE FROM t");
            there = 0;
        }
        grew += there > next;
        next = there;
        sqlite3_close(db);
    }
    assert_true(grew > 20);
    assert_int_equal(seal_vfs_fault(sealed->vfs).count, 0);
}

/* Without a sync at the commit nothing else touches the log after the last sum: it must be there all the same. */
static void h82_a_transaction_that_spilled_is_whole_without_a_sync_too(void **state)
{
    struct sealed *sealed = *state;
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it ends with us, whatever becomes of the test */
        sqlite3 *db = sealed_open(sealed);
        sealed_run(db, "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; " CRASHED_CREATE);
        for (int n = 0; n < 20; n++)
            sealed_run(db, CRASHED_COMMIT, n, n);
        sealed_run(db,
                   "PRAGMA cache_size=2; BEGIN; UPDATE t SET body = body || 'b';"
                   "UPDATE t SET body = substr(body, 1, 700); DELETE FROM t WHERE n >= 30; COMMIT");
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    sqlite3 *db = sealed_open(sealed);
    assert_int_equal(crashed_transactions(db), 10);
    assert_well(db);
    sqlite3_close(db);
}

enum { COMMITS = 8 };

static void h81_a_changed_bit_in_the_log_is_never_a_lost_commit(void **state)
{
    struct sealed *sealed = *state;
    crashed_leave(sealed, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");
    int64_t frames = (sealed_size(saved.copy[1]) - CRASHED_FRAMES_AT) / CRASHED_FRAME;
    int told = 0;
    assert_true(frames > 20);
    assert_int_equal(crashed_count(sealed), COMMITS);

    struct random random;
    random_seed(&random, 3);
    for (int64_t i = 0; i < 2 * frames + 200; i++) {
        int64_t frame = i / 2, at = CRASHED_FRAMES_AT + frame * CRASHED_FRAME +
                                    sealed_draw(&random, CRASHED_FRAME);
        if (frame >= frames)
            at = sealed_draw(&random, 2) ? sealed_draw(&random, 120)
                                         : 4096 + sealed_draw(&random, 100);
        crashed_restore(&saved);
        assert_true(sealed_flip(saved.path[1], at * 8 + sealed_draw(&random, 8)));
        uint64_t before = seal_vfs_fault(sealed->vfs).count;
        int count = crashed_count(sealed);
        struct seal_fault fault = seal_vfs_fault(sealed->vfs);
        assert_int_equal(count, -1);
        assert_true(fault.count > before);
        assert_int_equal(fault.file, SEAL_FILE_LOG);
        assert_int_equal(fault.number, at < CRASHED_FRAMES_AT ? 0 : frame + 1);
        told++;
    }
    assert_true(told > 2 * frames);
}

static void h81_a_log_that_lost_its_end_is_an_error(void **state)
{
    struct sealed *sealed = *state;
    crashed_leave(sealed, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");
    int64_t size = sealed_size(saved.copy[1]);

    for (int64_t cut = 1; cut < size - CRASHED_FRAMES_AT; cut += CRASHED_FRAME / 2 + 1) {
        crashed_restore(&saved);
        assert_int_equal(truncate(saved.path[1], size - cut), 0);
        assert_int_equal(crashed_count(sealed), -1);
        assert_int_equal(seal_vfs_fault(sealed->vfs).why, SEAL_WHY_SHORT);
    }
}

static void what_a_crash_cut_short_is_the_logs_end(void **state)
{
    struct sealed *sealed = *state;
    crashed_leave(sealed, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");
    int64_t size = sealed_size(saved.copy[1]);

    for (int64_t more = 1; more < 2 * CRASHED_FRAME; more += CRASHED_FRAME / 3) {
        crashed_restore(
            &saved); /* a frame or two that were never committed, torn: here, of zeros */
        assert_int_equal(truncate(saved.path[1], size + more), 0);
        assert_int_equal(crashed_count(sealed), COMMITS);
    }
    assert_int_equal(unlink(saved.path[1]), -1); /* closed well */
    FILE *log = fopen(saved.path[1], "wb");      /* made, but its head never reached the disk */
    assert_non_null(log);
    fclose(log);
    assert_int_equal(truncate(saved.path[1], CRASHED_FRAMES_AT + CRASHED_FRAME), 0);
    sqlite3 *db = sealed_open(sealed);
    sealed_run(db, CRASHED_CREATE);
    sqlite3_close(db);
}

/* A check-point that a power failure tore leaves page 1 broken, and whole in the log. */
static void h82_a_torn_first_page_is_taken_from_the_log(void **state)
{
    struct sealed *sealed = *state;
    sqlite3 *db = sealed_open(sealed);
    sealed_run(db, "CREATE TABLE other(a)");
    sqlite3_close(db);
    crashed_leave(sealed, COMMITS);
    assert_true(sealed_flip(sealed->path, 2000));
    assert_int_equal(crashed_count(sealed), COMMITS);
}

static void h82_a_full_disk_loses_nothing_acknowledged(void **state)
{
    struct sealed *sealed = *state;
    int ends[2], acknowledged = -1;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it ends with us, whatever becomes of the test */
        struct rlimit limit = {600000, 600000};
        signal(SIGXFSZ, SIG_IGN);
        sqlite3 *db = sealed_open(sealed);
        sealed_run(db, CRASHED_CREATE "; PRAGMA wal_autocheckpoint=30");
        int refused = 0;
        setrlimit(RLIMIT_FSIZE, &limit);
        for (int n = 0; refused < 5;) {
            if (sealed_try(db, CRASHED_COMMIT, n, n) == SQLITE_OK) {
                (void)!write(ends[1], &n, sizeof n);
                n++;
            } else {
                (void)sealed_try(db, "ROLLBACK");
                refused++;
            }
            if (crashed_transactions(db) != n)
                _exit(2);
        }
        _exit(0);
    }
    close(ends[1]);
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    for (int n; read(ends[0], &n, sizeof n) == (ssize_t)sizeof n;)
        acknowledged = n;
    close(ends[0]);
    assert_true(acknowledged > 20);

    sqlite3 *db = sealed_open(sealed);
    assert_int_equal(crashed_transactions(db), acknowledged + 1);
    assert_well(db);
    sqlite3_close(db);
    assert_int_equal(seal_vfs_fault(sealed->vfs).count, 0);
}

/* What a failed transaction could not write must not be written later, over what another one committed there. */
static void h82_what_came_to_nothing_is_not_written_over_anothers_commit(void **state)
{
    struct sealed *sealed = *state;
    struct rlimit limit = {0, RLIM_INFINITY}, before;
    char log[PATH_MAX];
    sqlite3 *one = sealed_open(sealed), *other = sealed_open(sealed);
    sealed_run(one, CRASHED_CREATE "; PRAGMA cache_size=2");
    sealed_run(one, CRASHED_COMMIT, 0, 0);
    snprintf(log, sizeof log, "%s-wal", sealed->path);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    limit.rlim_cur = (rlim_t)sealed_size(log) + 100;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int rc = sealed_try(one, CRASHED_COMMIT, 1, 1);
    (void)sealed_try(one, "ROLLBACK");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_not_equal(rc, SQLITE_OK);

    for (int n = 1; n < 4; n++)
        sealed_run(other, CRASHED_COMMIT, n, n);
    assert_int_equal(crashed_transactions(one), 4);
    sealed_run(one, CRASHED_COMMIT, 4, 4);
    assert_int_equal(crashed_transactions(other), 5);
    assert_well(other);
    sqlite3_close(one);
    sqlite3_close(other);
    assert_int_equal(seal_vfs_fault(sealed->vfs).count, 0);
}

static atomic_bool over;

static void *read_along(void *context)
{
    sqlite3 *db = sealed_open(context);
    int seen = 0;
    while (!atomic_load(&over)) {
        sealed_run(db, "BEGIN");
        int now = crashed_transactions(db);
        assert_true(now >= seen);
        sealed_run(db, "COMMIT");
        seen = now;
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return NULL;
}

static void readers_in_threads_and_another_process_see_whole_transactions(void **state)
{
    struct sealed *sealed = *state;
    enum { READERS = 2, ROUNDS = 150 };
    pthread_t readers[READERS];
    sqlite3 *db = sealed_open(sealed);
    sealed_run(db, CRASHED_CREATE "; PRAGMA wal_autocheckpoint=20");
    sqlite3_close(db);

    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it ends with us, whatever becomes of the test */
        db = sealed_open(sealed);
        for (int seen = 0; seen < ROUNDS;) {
            sealed_run(db, "BEGIN");
            seen = crashed_transactions(db);
            sealed_run(db, "COMMIT");
        }
        _exit(sqlite3_close(db));
    }
    atomic_store(&over, false);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_along, sealed), 0);
    db = sealed_open(sealed);
    sealed_run(db, "PRAGMA wal_autocheckpoint=20");
    for (int n = 0; n < ROUNDS; n++)
        sealed_run(db, CRASHED_COMMIT, n, n);
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    atomic_store(&over, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(crashed_transactions(db), ROUNDS);
    sqlite3_close(db);
    assert_int_equal(seal_vfs_fault(sealed->vfs).count, 0);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, sealed_make, sealed_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(h82_killed_at_any_moment_it_keeps_what_was_acknowledged),
        WITH_STORE(h82_a_transaction_that_spilled_is_whole_without_a_sync_too),
        WITH_STORE(h81_a_changed_bit_in_the_log_is_never_a_lost_commit),
        WITH_STORE(h81_a_log_that_lost_its_end_is_an_error),
        WITH_STORE(what_a_crash_cut_short_is_the_logs_end),
        WITH_STORE(h82_a_torn_first_page_is_taken_from_the_log),
        WITH_STORE(h82_a_full_disk_loses_nothing_acknowledged),
        WITH_STORE(h82_what_came_to_nothing_is_not_written_over_anothers_commit),
        WITH_STORE(readers_in_threads_and_another_process_see_whole_transactions),
    };
    return cmocka_run_group_tests_name("store_seal_crash", tests, NULL, NULL);
}

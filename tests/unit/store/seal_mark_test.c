/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log that is missing, or another's, is told; a store is never begun without it in silence. */
#include "unit/store/crashed.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/care.h"

enum { COMMITS = 6 };

static struct care_fault fault;
static struct care_rescue rescue;

/* A store of `count` transactions that was closed well. */
static void closed(const struct sealed *sealed, int count)
{
    sqlite3 *db = sealed_open(sealed);
    sealed_run(db, CRASHED_CREATE);
    for (int n = 0; n < count; n++)
        sealed_run(db, CRASHED_COMMIT, n, n);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void told(const struct sealed *sealed, enum seal_file file, enum seal_why why)
{
    struct seal_fault seal = seal_vfs_fault(sealed->vfs);
    assert_int_equal(seal.file, file);
    assert_int_equal(seal.why, why);
}

static void h179_a_log_that_was_taken_away_is_told_until_it_is_put_back(void **state)
{
    struct sealed *sealed = *state;
    crashed_leave(sealed, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");
    char words[256];

    assert_int_equal(unlink(saved.path[CRASHED_LOG]), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(crashed_count(sealed), -1);
        told(sealed, SEAL_FILE_LOG, SEAL_WHY_GONE);
        assert_int_equal(sealed_size(saved.path[CRASHED_LOG]), -1); /* nor is one made */
    }
    struct seal_fault seal = seal_vfs_fault(sealed->vfs);
    seal_fault_words(&seal, words, sizeof words);
    assert_non_null(strstr(words, "record.db-wal: it is gone"));
    struct care_report report;
    assert_true(care_check(sealed->vfs, sealed->path, &report, NULL, NULL, &fault));
    assert_true(report.complaints > 0);
    assert_non_null(strstr(report.complaint, "record.db-wal: it is gone"));

    crashed_restore_file(&saved, CRASHED_LOG);
    assert_int_equal(crashed_count(sealed), COMMITS);
    assert_int_equal(sealed_size(saved.path[CRASHED_LOG]), -1); /* closed well: none is needed */
    assert_int_equal(crashed_count(sealed), COMMITS);
}

static void h179_a_log_that_was_cut_to_nothing_is_told(void **state)
{
    struct sealed *sealed = *state;
    crashed_leave(sealed, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");
    static const int lens[] = {0,    1,    32,   75,    76,
                               77,   4095, 4096, 4097,  4156,
                               8191, 8192, 8193, 12000, CRASHED_FRAMES_AT + CRASHED_FRAME};

    for (unsigned i = 0; i < sizeof lens / sizeof *lens; i++) {
        crashed_restore(&saved);
        assert_int_equal(truncate(saved.path[CRASHED_LOG], lens[i]), 0);
        assert_int_equal(crashed_count(sealed), -1);
        told(sealed, SEAL_FILE_LOG, lens[i] > CRASHED_FRAMES_AT ? SEAL_WHY_SHORT : SEAL_WHY_GONE);
        crashed_restore(&saved); /* its bytes gone, its length not */
        assert_int_equal(truncate(saved.path[CRASHED_LOG], 0), 0);
        assert_int_equal(truncate(saved.path[CRASHED_LOG], sealed_size(saved.copy[CRASHED_LOG])),
                         0);
        assert_int_equal(crashed_count(sealed), -1);
    }
    crashed_restore(&saved);
    assert_int_equal(crashed_count(sealed), COMMITS);
}

/* A copy of the record's file and its keys alone. */
static void h179_a_record_without_the_files_beside_it_is_no_record(void **state)
{
    struct sealed *sealed = *state;
    closed(sealed, 1);
    crashed_leave_from(sealed, 1, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");

    assert_int_equal(unlink(saved.path[CRASHED_LOG]), 0);
    assert_int_equal(unlink(saved.path[CRASHED_MARK]), 0);
    assert_int_equal(crashed_count(sealed), -1);
    told(sealed, SEAL_FILE_MARK, SEAL_WHY_GONE);
    assert_int_equal(truncate(saved.copy[CRASHED_MARK], 0), 0);
    crashed_restore_file(&saved, CRASHED_MARK);
    assert_int_equal(crashed_count(sealed), -1);
    told(sealed, SEAL_FILE_MARK, SEAL_WHY_GONE);
}

static void h179_a_changed_bit_of_the_mark_is_told(void **state)
{
    struct sealed *sealed = *state;
    enum { LOG_MARK_BYTES = 64, FIRST_MARK_BYTES = 132 };
    closed(sealed, 1);
    crashed_leave_from(sealed, 1, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");
    for (int64_t at = 0; at < LOG_MARK_BYTES + FIRST_MARK_BYTES; at++) {
        crashed_restore(&saved);
        int64_t place = at < LOG_MARK_BYTES ? at : 4096 + at - LOG_MARK_BYTES;
        assert_true(sealed_flip(saved.path[CRASHED_MARK], place * 8 + at % 8));
        assert_int_equal(crashed_count(sealed), -1);
        struct seal_fault seal = seal_vfs_fault(sealed->vfs);
        assert_int_equal(seal.file, SEAL_FILE_MARK);
        assert_int_equal(seal.number, at < LOG_MARK_BYTES ? 1 : 2);
    }
}

static void h187_a_changed_bit_where_nothing_stands_is_told(void **state)
{
    struct sealed *sealed = *state;
    static const struct {
        int file, place;
    } places[] = {{CRASHED_MARK, 64},   {CRASHED_MARK, 100}, {CRASHED_MARK, 4000},
                  {CRASHED_MARK, 4095}, {CRASHED_LOG, 76},   {CRASHED_LOG, 4095},
                  {CRASHED_LOG, 4156},  {CRASHED_LOG, 8191}};
    closed(sealed, 1);
    crashed_leave_from(sealed, 1, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        crashed_restore(&saved);
        assert_true(sealed_flip(saved.path[places[i].file], places[i].place * 8 + (int)i));
        assert_int_equal(crashed_count(sealed), -1);
        told(sealed, places[i].file == CRASHED_MARK ? SEAL_FILE_MARK : SEAL_FILE_LOG, SEAL_WHY_TAG);
    }
    crashed_restore(&saved);
    assert_int_equal(crashed_count(sealed), 1 + COMMITS);
}

/* Writes transactions from the `from`th on, telling each once it is acknowledged; closes and opens now and then. */
static void write_for_ever(const struct sealed *sealed, int from, int tell)
{
    for (int n = from;;) {
        sqlite3 *db = sealed_open(sealed);
        sealed_run(db, "PRAGMA wal_autocheckpoint=%d", 5 + n % 40);
        for (int end = n + 12; n < end; n++) {
            sealed_run(db, CRASHED_COMMIT, n, n);
            if (write(tell, &n, sizeof n) != (ssize_t)sizeof n)
                _exit(1);
            if (n % 17 == 0)
                sealed_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        sqlite3_close(db);
    }
}

static int kill_a_writer(const struct sealed *sealed, int from, struct random *random)
{
    int ends[2], acknowledged = from - 1;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it ends with us, whatever becomes of the test */
        close(ends[0]);
        write_for_ever(sealed, from, ends[1]);
    }
    close(ends[1]);
    usleep((useconds_t)(1000 + sealed_draw(random, 15000)));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    for (int n; read(ends[0], &n, sizeof n) == (ssize_t)sizeof n;)
        acknowledged = n;
    close(ends[0]);
    return acknowledged + 1;
}

static void h179_killed_at_any_moment_it_misses_what_is_taken_away_then(void **state)
{
    struct sealed *sealed = *state;
    struct random random;
    int next = 1, told_so = 0, unharmed = 0;
    closed(sealed, 1);
    random_seed(&random, 179);
    for (int round = 0; round < 30; round++) {
        next = kill_a_writer(sealed, next, &random);
        struct crashed saved = crashed_save(sealed, "copy");
        for (int what = 0; what < 3; what++) { /* the log, the mark, both */
            crashed_restore(&saved);
            if (what != 1)
                unlink(saved.path[CRASHED_LOG]);
            if (what != 0)
                unlink(saved.path[CRASHED_MARK]);
            int count = crashed_count(sealed);
            told_so += count < 0;
            unharmed += count >= 0;
            assert_true(count < 0 || count == next || count == next + 1);
        }
        crashed_restore(&saved);
        int there = crashed_count(sealed);
        assert_true(there == next || there == next + 1);
        next = there;
        if (next < 60)
            continue;
        sqlite3 *db = sealed_open(sealed);
        sealed_run(db, "DELETE FROM t");
        sqlite3_close(db);
        next = 0;
    }
    assert_true(told_so > 30);
    print_message("# %d times told, %d times nothing was missing\n", told_so, unharmed);
}

static void h180_a_log_of_another_time_is_not_read(void **state)
{
    struct sealed *sealed = *state;
    closed(sealed, 1);
    crashed_leave_from(sealed, 1, COMMITS);
    struct crashed before = crashed_save(sealed, "before");
    assert_int_equal(crashed_count(sealed), 1 + COMMITS);

    crashed_restore_file(&before, CRASHED_LOG); /* all of it is in the database */
    assert_int_equal(crashed_count(sealed), 1 + COMMITS);
    crashed_leave_from(sealed, 1 + COMMITS, COMMITS);
    struct crashed after = crashed_save(sealed, "after");
    crashed_restore_file(&before, CRASHED_LOG);
    assert_int_equal(crashed_count(sealed), -1);
    told(sealed, SEAL_FILE_LOG, SEAL_WHY_OTHER);
    crashed_restore(&after);
    assert_int_equal(crashed_count(sealed), 1 + 2 * COMMITS);
    crashed_restore_file(&before, CRASHED_LOG); /* beside one that was closed well since */
    assert_int_equal(crashed_count(sealed), -1);
    told(sealed, SEAL_FILE_LOG, SEAL_WHY_OTHER);
}

static void h180_a_log_of_another_record_under_the_same_keys_is_not_read(void **state)
{
    struct sealed *sealed = *state, second = **(struct sealed **)state;
    snprintf(second.path, sizeof second.path, "%s/second.db", sealed->folder);
    crashed_leave(sealed, COMMITS);
    crashed_leave(&second, 2 * COMMITS);
    struct crashed saved = crashed_save(sealed, "copy"), other = crashed_save(&second, "copy");
    sealed_copy(other.copy[CRASHED_LOG], saved.path[CRASHED_LOG]);
    assert_int_equal(crashed_count(sealed), -1);
    told(sealed, SEAL_FILE_LOG, SEAL_WHY_OTHER);
}

static void h180_an_older_record_beside_a_newer_log_is_told(void **state)
{
    struct sealed *sealed = *state;
    closed(sealed, 1);
    crashed_leave_from(sealed, 1, COMMITS);
    struct crashed before = crashed_save(sealed, "before");
    assert_int_equal(crashed_count(sealed), 1 + COMMITS);
    crashed_leave_from(sealed, 1 + COMMITS, COMMITS);
    struct crashed after = crashed_save(sealed, "after");

    crashed_restore_file(&before, CRASHED_DATABASE);
    assert_int_equal(crashed_count(sealed), -1);
    told(sealed, SEAL_FILE_DATABASE, SEAL_WHY_OTHER);
    crashed_restore(&after);
    assert_int_equal(crashed_count(sealed), 1 + 2 * COMMITS);
    crashed_restore_file(&before, CRASHED_DATABASE); /* and without any log */
    assert_int_equal(crashed_count(sealed), -1);
    told(sealed, SEAL_FILE_DATABASE, SEAL_WHY_OTHER);
    crashed_restore(&before); /* as they were together, it is an older store: docs/decisions/0014 */
    assert_int_equal(crashed_count(sealed), 1 + COMMITS);
}

/* SQLite throws a log away that lies beside an empty database. */
static void h180_a_record_that_was_emptied_beside_its_log_does_not_take_it_along(void **state)
{
    struct sealed *sealed = *state;
    closed(sealed, 1);
    crashed_leave_from(sealed, 1, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");
    assert_int_equal(truncate(saved.path[CRASHED_DATABASE], 0), 0);
    assert_int_equal(crashed_count(sealed), -1);
    told(sealed, SEAL_FILE_DATABASE, SEAL_WHY_GONE);
    crashed_restore_file(&saved, CRASHED_DATABASE);
    assert_int_equal(crashed_count(sealed), 1 + COMMITS);
}

static void a_backup_that_is_put_in_place_of_the_record_is_whole_by_itself(void **state)
{
    struct sealed *sealed = *state;
    char copy[PATH_MAX / 2];
    snprintf(copy, sizeof copy, "%s/backup.db", sealed->folder);
    closed(sealed, 2);
    assert_true(care_backup(sealed->vfs, sealed->path, sealed->vfs, copy, NULL, NULL, &fault));
    crashed_leave_from(sealed, 2, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");

    sealed_copy(copy, sealed->path);
    assert_int_equal(crashed_count(sealed), -1); /* the log beside it is of another time */
    told(sealed, SEAL_FILE_DATABASE, SEAL_WHY_OTHER);
    assert_int_equal(unlink(saved.path[CRASHED_LOG]), 0);
    assert_int_equal(crashed_count(sealed), 2);
    crashed_leave_from(sealed, 2, 1); /* it goes on, with marks of its own */
    saved = crashed_save(sealed, "again");
    assert_int_equal(unlink(saved.path[CRASHED_LOG]), 0);
    assert_int_equal(crashed_count(sealed), -1);
    crashed_restore(&saved);
    assert_int_equal(crashed_count(sealed), 3);
}

/* What a program from before the mark left: nothing is known, nothing refused; then it is as any other. */
static void a_store_from_before_the_mark_is_opened_with_its_log(void **state)
{
    struct sealed *sealed = *state;
    crashed_leave(sealed, COMMITS);
    struct crashed saved = crashed_save(sealed, "copy");
    assert_int_equal(unlink(saved.path[CRASHED_MARK]), 0);
    assert_int_equal(crashed_count(sealed), COMMITS);
    assert_true(sealed_size(saved.path[CRASHED_MARK]) > 0);
    crashed_leave_from(sealed, COMMITS, 1);
    assert_int_equal(unlink(saved.path[CRASHED_LOG]), 0);
    assert_int_equal(crashed_count(sealed), -1);
}

static void no_commit_but_the_first_of_a_round_writes_the_mark(void **state)
{
    struct sealed *sealed = *state;
    closed(sealed, 1);
    sqlite3 *db = sealed_open(sealed), *other = sealed_open(sealed);
    sealed_run(db, CRASHED_COMMIT, 1, 1);
    struct crashed first = crashed_save(sealed, "first");
    for (int n = 2; n < 40; n++)
        sealed_run(n % 2 ? db : other, CRASHED_COMMIT, n, n);
    struct crashed then = crashed_save(sealed, "then");
    assert_true(sealed_same(first.copy[CRASHED_MARK], then.copy[CRASHED_MARK]));
    sealed_run(db, "PRAGMA wal_checkpoint(RESTART)");
    sealed_run(db, CRASHED_COMMIT, 40, 40);
    then = crashed_save(sealed, "then");
    assert_false(sealed_same(first.copy[CRASHED_MARK], then.copy[CRASHED_MARK]));
    sqlite3_close(other);
    sqlite3_close(db);
}

static int rescued(const struct sealed *sealed, enum seal_loss loss)
{
    struct sealed saved = *sealed;
    snprintf(saved.path, sizeof saved.path, "%s/saved.db", sealed->folder);
    unlink(saved.path);
    if (!care_repair(sealed->vfs, sealed->path, sealed->vfs, saved.path, NULL, &rescue, &fault))
        fail_msg("%s", fault.words);
    assert_int_equal(rescue.loss, loss);
    return crashed_count(&saved);
}

static void h179_a_repair_goes_on_without_and_says_so(void **state)
{
    struct sealed *sealed = *state;
    closed(sealed, 1);
    crashed_leave_from(sealed, 1, COMMITS);
    struct crashed before = crashed_save(sealed, "before");
    assert_int_equal(crashed_count(sealed), 1 + COMMITS);
    crashed_leave_from(sealed, 1 + COMMITS, COMMITS);
    struct crashed after = crashed_save(sealed, "after");

    assert_int_equal(rescued(sealed, SEAL_LOSS_NONE), 1 + 2 * COMMITS);
    assert_int_equal(unlink(after.path[CRASHED_LOG]), 0);
    assert_int_equal(rescued(sealed, SEAL_LOSS_GONE), 1 + COMMITS);
    crashed_restore(&after);
    assert_int_equal(unlink(after.path[CRASHED_MARK]), 0);
    assert_int_equal(rescued(sealed, SEAL_LOSS_UNSURE), 1 + 2 * COMMITS);
    crashed_restore(&after);
    crashed_restore_file(&before, CRASHED_LOG);
    assert_int_equal(rescued(sealed, SEAL_LOSS_OTHER), 1 + COMMITS);
    crashed_restore(&after);
    crashed_restore_file(&before, CRASHED_DATABASE);
    assert_int_equal(rescued(sealed, SEAL_LOSS_OTHER), 1);
    crashed_restore(&after); /* none of it wrote to what it read */
    assert_int_equal(crashed_count(sealed), 1 + 2 * COMMITS);
}

static void the_mark_moves_to_a_new_key_too(void **state)
{
    struct sealed *sealed = *state;
    struct keys_fault keys;
    struct care_rekey rekey = {0};
    closed(sealed, COMMITS);
    assert_true(keys_renew(sealed->keys, &keys));
    while (!rekey.done)
        if (!care_rekey(sealed->vfs, sealed->path, 64, &rekey, &fault))
            fail_msg("%s", fault.words);
    assert_int_equal(keys_count(sealed->keys), 1);
    assert_int_equal(crashed_count(sealed), COMMITS);
    crashed_leave_from(sealed, COMMITS, 1);
    assert_int_equal(crashed_count(sealed), COMMITS + 1);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, sealed_make, sealed_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(h179_a_log_that_was_taken_away_is_told_until_it_is_put_back),
        WITH_STORE(h179_a_log_that_was_cut_to_nothing_is_told),
        WITH_STORE(h179_a_record_without_the_files_beside_it_is_no_record),
        WITH_STORE(h179_a_changed_bit_of_the_mark_is_told),
        WITH_STORE(h187_a_changed_bit_where_nothing_stands_is_told),
        WITH_STORE(h179_killed_at_any_moment_it_misses_what_is_taken_away_then),
        WITH_STORE(h179_a_repair_goes_on_without_and_says_so),
        WITH_STORE(h180_a_log_of_another_time_is_not_read),
        WITH_STORE(h180_a_log_of_another_record_under_the_same_keys_is_not_read),
        WITH_STORE(h180_an_older_record_beside_a_newer_log_is_told),
        WITH_STORE(h180_a_record_that_was_emptied_beside_its_log_does_not_take_it_along),
        WITH_STORE(a_backup_that_is_put_in_place_of_the_record_is_whole_by_itself),
        WITH_STORE(a_store_from_before_the_mark_is_opened_with_its_log),
        WITH_STORE(no_commit_but_the_first_of_a_round_writes_the_mark),
        WITH_STORE(the_mark_moves_to_a_new_key_too),
    };
    return cmocka_run_group_tests_name("store_seal_mark", tests, NULL, NULL);
}

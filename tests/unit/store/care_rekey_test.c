/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new data key: the store moves to it beside its writer, through kills and torn pages. */
#include "unit/store/sealed.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/care.h"
#include "store/care_parts.h"
#include "store/seal_moves.h"

static struct care_fault fault;
static struct keys_fault keys_fault;

static void fill(sqlite3 *db, int rows)
{
    sealed_run(db, "CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, body TEXT)");
    sealed_run(db,
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
               "INSERT INTO t(body) SELECT printf('%%.900c', 'x') FROM n",
               rows);
}

static struct care_report checked(const struct sealed *sealed)
{
    struct care_report report = {0};
    if (!care_check(sealed->vfs, sealed->path, &report, NULL, NULL, &fault))
        fail_msg("%s", fault.words);
    assert_int_equal(report.broken + report.frames_broken + report.complaints, 0);
    return report;
}

/* Until it is done; how many steps it took. */
static int rekey_all(const struct sealed *sealed, uint64_t pages_max)
{
    struct care_rekey rekey = {0};
    int steps = 0;
    for (; !rekey.done; steps++) {
        uint64_t before = rekey.moved;
        if (!care_rekey(sealed->vfs, sealed->path, pages_max, &rekey, &fault)) {
            if (fault.err != CARE_ERR_BUSY)
                fail_msg("%s", fault.words);
            usleep(1000);
        }
        assert_true(rekey.moved <= before + pages_max);
    }
    return steps;
}

static atomic_bool over;

static void *write_along(void *context)
{
    sqlite3 *db = sealed_open(context);
    sealed_run(db, "PRAGMA wal_autocheckpoint=20");
    while (!atomic_load(&over)) {
        fill(db, 3);
        sealed_run(db, "BEGIN"); /* and reads what is being moved */
        assert_int_equal(sealed_number(db, "SELECT count(*) FROM t WHERE length(body) <> 900"), 0);
        sealed_run(db, "COMMIT");
        usleep(200);
    }
    sqlite3_close(db);
    return NULL;
}

static void all_pages_move_in_bounded_steps_beside_a_writer(void **state)
{
    struct sealed *sealed = *state;
    pthread_t writer;
    uint8_t key[KEYS_DATA_KEY_BYTES];
    sqlite3 *db = sealed_open(sealed);
    fill(db, 2000);
    sealed_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(db);
    uint32_t old = keys_newest(sealed->keys, key);

    assert_true(keys_renew(sealed->keys, &keys_fault));
    assert_true(checked(sealed).under_old_keys > 400);
    atomic_store(&over, false);
    assert_int_equal(pthread_create(&writer, NULL, write_along, sealed), 0);
    assert_true(rekey_all(sealed, 50) >= 8);
    atomic_store(&over, true);
    pthread_join(writer, NULL);
    assert_int_equal(checked(sealed).under_old_keys, 0);
    assert_int_equal(keys_count(sealed->keys), 1);
    assert_false(keys_find(sealed->keys, old, key));
    assert_int_equal(seal_vfs_fault(sealed->vfs).count, 0);
}

static void keys_that_another_program_has_open_are_not_forgotten(void **state)
{
    struct sealed *sealed = *state;
    struct store_keys *other = NULL;
    struct care_rekey rekey = {0};
    sqlite3 *db = sealed_open(sealed);
    fill(db, 100);
    sqlite3_close(db);
    assert_true(keys_open(sealed->keys_path, &sealed->secret, &other, &keys_fault));
    assert_true(keys_renew(sealed->keys, &keys_fault));
    while (care_rekey(sealed->vfs, sealed->path, 1000, &rekey, &fault))
        assert_false(rekey.done);
    assert_int_equal(fault.err, CARE_ERR_KEYS);
    assert_int_equal(keys_count(sealed->keys), 2);
    assert_int_equal(checked(sealed).under_old_keys, 0);
    keys_close(other);
    rekey_all(sealed, 1000);
    assert_int_equal(keys_count(sealed->keys), 1);
}

static void h82_killed_while_it_moves_pages_it_loses_none(void **state)
{
    struct sealed *sealed = *state;
    sqlite3 *db = sealed_open(sealed);
    fill(db, 1500);
    sqlite3_close(db);

    struct random random;
    random_seed(&random, 4);
    for (int round = 0; round < 12; round++) {
        if (keys_count(sealed->keys) < KEYS_DATA_MAX)
            assert_true(keys_renew(sealed->keys, &keys_fault));
        pid_t child = fork();
        if (child == 0) {
            struct care_rekey rekey = {0};
            while (care_rekey(sealed->vfs, sealed->path, 20, &rekey, &fault) && !rekey.done)
                ;
            _exit(0);
        }
        usleep((useconds_t)sealed_draw(&random, 15000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        db = sealed_open(sealed);
        assert_int_equal(sealed_number(db, "SELECT count(*) FROM t WHERE length(body) = 900"),
                         1500);
        sqlite3_close(db);
    }
    rekey_all(sealed, 1000);
    assert_int_equal(checked(sealed).under_old_keys, 0);
}

/* What a power failure leaves of a move: some pages old, one new, one half and half. */
static void h82_a_page_torn_in_moving_is_put_back(void **state)
{
    struct sealed *sealed = *state;
    struct seal_moves moves = {0};
    char path[PATH_MAX];
    sqlite3 *db = sealed_open(sealed);
    fill(db, 300);
    sealed_run(db, "PRAGMA wal_checkpoint(TRUNCATE); SELECT * FROM t");
    struct seal_handle *file = care_database(db);
    for (int64_t number = 10; number < 15; number++)
        assert_int_equal(seal_moves_add(&moves, file, number), SQLITE_OK);
    assert_int_equal(seal_moves_write(&moves, file), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    seal_moves_free(&moves);

    int fd = open(sealed->path, O_RDWR);
    uint8_t half[2048] = {1};
    assert_int_equal(pwrite(fd, half, sizeof half, 11 * KEYS_PAGE_BYTES_USUAL), sizeof half);
    close(fd);
    db = sealed_open(sealed);
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM t WHERE length(body) = 900"), 300);
    sqlite3_close(db);
    snprintf(path, sizeof path, "%s-moves", sealed->path);
    assert_int_equal(sealed_size(path), 0);
    checked(sealed);

    assert_true(
        sealed_flip(sealed->path, 11 * KEYS_PAGE_BYTES_USUAL * INT64_C(8))); /* later: an error */
    db = sealed_open(sealed);
    assert_int_equal(sealed_try(db, "SELECT sum(length(body)) FROM t"), SQLITE_IOERR_DATA);
    sqlite3_close(db);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, sealed_make, sealed_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(all_pages_move_in_bounded_steps_beside_a_writer),
        WITH_STORE(keys_that_another_program_has_open_are_not_forgotten),
        WITH_STORE(h82_killed_while_it_moves_pages_it_loses_none),
        WITH_STORE(h82_a_page_torn_in_moving_is_put_back),
    };
    return cmocka_run_group_tests_name("store_care_rekey", tests, NULL, NULL);
}

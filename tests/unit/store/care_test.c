/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Back-up and check of a sealed store. */
#include "unit/store/sealed.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/care.h"

#define NAME "Youssef El Khattabi"

static struct care_fault fault;

static void fill(sqlite3 *db, int rows)
{
    sealed_run(db,
               "CREATE TABLE IF NOT EXISTS person(id INTEGER PRIMARY KEY, name TEXT, note TEXT);"
               "CREATE INDEX IF NOT EXISTS by_name ON person(name)");
    sealed_run(db,
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
               "INSERT INTO person(name, note) SELECT '" NAME "', printf('%%.500c', 'x') FROM n",
               rows);
}

static struct care_report checked(const struct sealed *sealed)
{
    struct care_report report = {0};
    if (!care_check(sealed->vfs, sealed->path, &report, NULL, NULL, &fault))
        fail_msg("%s", fault.words);
    return report;
}

static bool is_well(const struct care_report *report)
{
    return report->pages > 0 && report->broken == 0 && report->frames_broken == 0 &&
           report->complaints == 0;
}

static atomic_bool over;

static void *write_along(void *context)
{
    sqlite3 *db = sealed_open(context);
    while (!atomic_load(&over)) /* always an even number of rows */
        fill(db, 2);
    sqlite3_close(db);
    return NULL;
}

static bool count_steps(void *context, uint64_t done, uint64_t all)
{
    assert_true(done <= all);
    ++*(int *)context;
    return true;
}

static void a_backup_beside_a_writer_is_one_commit_under_its_own_keys(void **state)
{
    struct sealed *sealed = *state, *other = NULL;
    pthread_t writer;
    int steps = 0, looked_at = 0;
    sqlite3 *db = sealed_open(sealed);
    fill(db, 6000);
    assert_int_equal(sealed_make((void **)&other), 0);

    atomic_store(&over, false);
    assert_int_equal(pthread_create(&writer, NULL, write_along, sealed), 0);
    bool good = care_backup(sealed->vfs, sealed->path, other->vfs, other->path, count_steps, &steps,
                            &fault);
    atomic_store(&over, true);
    pthread_join(writer, NULL);
    if (!good)
        fail_msg("%s", fault.words);
    assert_true(steps > 2);
    sqlite3_close(db);

    struct care_report report = checked(other);
    assert_true(is_well(&report));
    assert_int_equal(sealed_files_with(other, NAME, &looked_at), 0);
    db = sealed_open(other);
    assert_int_equal(sealed_number(db, "SELECT count(*) %% 2 FROM person"), 0);
    assert_true(sealed_number(db, "SELECT count(*) FROM person") >= 6000);
    sqlite3_close(db);
    assert_false(
        care_backup(sealed->vfs, sealed->path, other->vfs, other->path, NULL, NULL, &fault));
    assert_int_equal(fault.err, CARE_ERR_EXISTS);
    sealed_remove((void **)&other);
}

static bool stop(void *context, uint64_t done, uint64_t all)
{
    (void)context;
    return done >= all;
}

static void a_backup_that_fails_leaves_nothing(void **state)
{
    struct sealed *sealed = *state;
    char path[PATH_MAX], part[PATH_MAX + 8];
    sqlite3 *db = sealed_open(sealed);
    fill(db, 6000);
    sqlite3_close(db);
    snprintf(path, sizeof path, "%s/copy.db", sealed->folder);
    snprintf(part, sizeof part, "%s.part", path);

    assert_false(care_backup(sealed->vfs, sealed->path, sealed->vfs, path, stop, NULL, &fault));
    assert_int_equal(fault.err, CARE_ERR_STOPPED);
    assert_true(sealed_flip(sealed->path, 20 * KEYS_PAGE_BYTES_USUAL * INT64_C(8)));
    assert_false(care_backup(sealed->vfs, sealed->path, sealed->vfs, path, NULL, NULL, &fault));
    assert_int_equal(fault.err, CARE_ERR_SEAL);
    assert_non_null(strstr(fault.words, "page 21"));
    assert_int_equal(sealed_size(path), -1);
    assert_int_equal(sealed_size(part), -1);
}

static void h81_a_check_finds_each_broken_page_and_frame(void **state)
{
    struct sealed *sealed = *state;
    char log[PATH_MAX];
    sqlite3 *db = sealed_open(sealed);
    fill(db, 1000);
    sealed_run(db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint=0");
    fill(db, 100);
    struct care_report report = checked(sealed);
    assert_true(is_well(&report));
    assert_true(report.pages > 100 && report.frames > 10);
    assert_int_equal(report.under_old_keys, 0);

    snprintf(log, sizeof log, "%s-wal", sealed->path);
    assert_true(sealed_flip(log, (8192 + 2 * 4120 + 100) * INT64_C(8)));
    assert_true(sealed_flip(sealed->path, 33 * KEYS_PAGE_BYTES_USUAL * INT64_C(8) + 5));
    assert_true(sealed_flip(sealed->path, 44 * KEYS_PAGE_BYTES_USUAL * INT64_C(8) + 7));
    report = checked(sealed);
    assert_int_equal(report.broken, 2);
    assert_int_equal(report.first_broken, 34);
    assert_int_equal(report.frames_broken, 1);
    assert_true(report.complaints > 0);
    sqlite3_close(db);
}

/* Free pages that SQLite, by a rollback journal, never writes would be holes without a seal: a back-up reads them,
 * too. */
static void pages_that_sqlite_skips_are_sealed_as_well(void **state)
{
    struct sealed *sealed = *state;
    char path[PATH_MAX];
    sqlite3 *db = sealed_open(sealed);
    sealed_run(db,
               "PRAGMA journal_mode=DELETE; PRAGMA secure_delete=OFF; CREATE TABLE keep(a); BEGIN");
    fill(db, 1000);
    sealed_run(db, "INSERT INTO keep SELECT printf('%%.90000c', 'y'); DELETE FROM person; COMMIT");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    struct care_report report = checked(sealed);
    assert_true(is_well(&report));
    assert_true(report.pages > 100);
    snprintf(path, sizeof path, "%s/copy.db", sealed->folder);
    if (!care_backup(sealed->vfs, sealed->path, sealed->vfs, path, NULL, NULL, &fault))
        fail_msg("%s", fault.words);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, sealed_make, sealed_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(a_backup_beside_a_writer_is_one_commit_under_its_own_keys),
        WITH_STORE(a_backup_that_fails_leaves_nothing),
        WITH_STORE(h81_a_check_finds_each_broken_page_and_frame),
        WITH_STORE(pages_that_sqlite_skips_are_sealed_as_well),
    };
    return cmocka_run_group_tests_name("store_care", tests, NULL, NULL);
}

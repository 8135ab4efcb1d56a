/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a repair brings out of a store with broken pages. */
#include "unit/store/sealed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/care.h"

static struct care_fault fault;
static struct care_rescue rescue;
static char path[PATH_MAX / 2];

static void fill(sqlite3 *db)
{
    sealed_run(
        db, "PRAGMA user_version=7; PRAGMA application_id=1246974802;"
            "CREATE TABLE resource(rid INTEGER PRIMARY KEY, body TEXT);"
            "CREATE INDEX by_body ON resource(body);"
            "CREATE TABLE odd(a, _q INTEGER GENERATED ALWAYS AS (a + 1) VIRTUAL);"
            "CREATE TABLE token(p INTEGER, h INTEGER, rid INTEGER, PRIMARY KEY(p, h, rid)) WITHOUT "
            "ROWID;"
            "CREATE VIRTUAL TABLE words USING fts5(body);"
            "CREATE TRIGGER no_more BEFORE DELETE ON resource BEGIN SELECT RAISE(FAIL, 'no'); END;"
            "CREATE TABLE counted(id INTEGER PRIMARY KEY AUTOINCREMENT, a)");
    sealed_run(db,
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
               "INSERT INTO resource SELECT i * 3, 'row ' || i || printf('%%.400c', 'x') FROM n;"
               "INSERT INTO token SELECT rid %% 5, rid * 7919 %% 10007, rid FROM resource;"
               "INSERT INTO odd SELECT rid FROM resource WHERE rid < 100;"
               "INSERT INTO words SELECT body FROM resource WHERE rid < 100;"
               "INSERT INTO counted(a) VALUES(1); DELETE FROM counted");
}

/* A page of `table` that is a leaf, by dbstat; the `which`th. */
static int64_t leaf_of(sqlite3 *db, const char *table, int which)
{
    return sealed_number(db,
                         "SELECT pageno FROM dbstat WHERE name = '%s' AND pagetype = 'leaf' "
                         "ORDER BY path LIMIT 1 OFFSET %d",
                         table, which);
}

static void repair(const struct sealed *sealed, const char *tidy)
{
    snprintf(path, sizeof path, "%s/saved.db", sealed->folder);
    if (!care_repair(sealed->vfs, sealed->path, sealed->vfs, path, tidy, &rescue, &fault))
        fail_msg("%s", fault.words);
}

static sqlite3 *open_saved(const struct sealed *sealed)
{
    struct sealed saved = *sealed;
    snprintf(saved.path, sizeof saved.path, "%s", path);
    return sealed_open(&saved);
}

static void a_store_that_is_well_is_copied_whole(void **state)
{
    struct sealed *sealed = *state;
    sqlite3 *db = sealed_open(sealed);
    fill(db);
    sqlite3_close(db);
    repair(sealed, NULL);
    assert_int_equal(rescue.tables_torn, 0);
    assert_int_equal(rescue.to_rebuild, 1);
    assert_int_equal(rescue.loss, SEAL_LOSS_NONE);

    db = open_saved(sealed);
    assert_int_equal(sealed_number(db, "PRAGMA user_version"), 7);
    assert_int_equal(sealed_number(db, "PRAGMA application_id"), 1246974802);
    assert_int_equal(sealed_number(db, "SELECT sum(rid) FROM resource"), 3 * 2000 * 2001 / 2);
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM token"), 2000);
    assert_int_equal(sealed_number(db, "SELECT max(_q) FROM odd"), 100);
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM resource WHERE body LIKE 'row 77x%%'"),
                     1);
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM words"), 0);
    assert_int_not_equal(sealed_try(db, "DELETE FROM resource"), SQLITE_OK);
    sealed_run(db, "INSERT INTO counted(a) VALUES(1)");
    assert_int_equal(sealed_number(db, "SELECT id FROM counted"), 2);
    assert_int_equal(
        sealed_number(db, "SELECT 1 FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    sqlite3_close(db);
}

static void h82_all_but_the_broken_pages_rows_is_rescued(void **state)
{
    struct sealed *sealed = *state;
    sqlite3 *db = sealed_open(sealed);
    fill(db);
    sealed_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    int64_t broken[] = {leaf_of(db, "resource", 0), leaf_of(db, "resource", 50),
                        leaf_of(db, "resource", 51), leaf_of(db, "token", 5),
                        leaf_of(db, "by_body", 3)};
    sqlite3_close(db);
    for (unsigned i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_true(broken[i] > 1);
        assert_true(sealed_flip(sealed->path, (broken[i] - 1) * KEYS_PAGE_BYTES_USUAL * 8 + 999));
    }
    repair(sealed, "DELETE FROM token WHERE rid NOT IN (SELECT rid FROM resource)");
    assert_int_equal(rescue.tables_torn, 2);
    assert_non_null(strstr(rescue.torn, "resource"));
    assert_non_null(strstr(rescue.torn, "token"));

    db = open_saved(sealed);
    int64_t rows = sealed_number(db, "SELECT count(*) FROM resource");
    assert_true(rows > 1960 && rows < 1990); /* nine rows to a page */
    assert_int_equal(
        sealed_number(
            db, "SELECT count(*) FROM resource WHERE body NOT LIKE 'row ' || (rid / 3) || 'x%%'"),
        0);
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM resource WHERE rid > 5000"),
                     2000 - 1666);
    assert_true(sealed_number(db, "SELECT count(*) FROM token") > 1500);
    assert_int_equal(
        sealed_number(db, "SELECT count(*) FROM token WHERE rid NOT IN (SELECT rid FROM resource)"),
        0);
    assert_int_equal(
        sealed_number(db, "SELECT 1 FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    sqlite3_close(db);
}

static void h82_a_store_whose_log_is_damaged_is_rescued_up_to_there(void **state)
{
    struct sealed *sealed = *state;
    char log[PATH_MAX / 2 + 8], from[PATH_MAX / 2 - 8];
    sqlite3 *db = sealed_open(sealed);
    sealed_run(db, "PRAGMA wal_autocheckpoint=0");
    fill(db);
    sealed_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    for (int i = 0; i < 5; i++)
        sealed_run(db, "INSERT INTO odd VALUES(%d)", 1000 + i);
    snprintf(log, sizeof log, "%s-wal", sealed->path);
    snprintf(from, sizeof from, "%s/crashed.db", sealed->folder);
    sealed_copy(sealed->path, from);
    snprintf(path, sizeof path, "%s-wal", from);
    sealed_copy(log, path);
    snprintf(log, sizeof log, "%s-mark", sealed->path);
    snprintf(path, sizeof path, "%s-mark", from);
    sealed_copy(log, path);
    snprintf(path, sizeof path, "%s-wal", from);
    sqlite3_close(db);
    snprintf(sealed->path, sizeof sealed->path, "%s", from);

    assert_true(sealed_flip(path, (8192 + 2 * (24 + KEYS_PAGE_BYTES_USUAL) + 100) * INT64_C(8)));
    int64_t size = sealed_size(path);
    assert_int_equal(seal_vfs_open(sealed->vfs, from, SQLITE_OPEN_READWRITE, &db), SQLITE_OK);
    assert_int_not_equal(sealed_try(db, "SELECT * FROM odd"), SQLITE_OK);
    sqlite3_close(db);
    char log_of_copy[PATH_MAX / 2];
    snprintf(log_of_copy, sizeof log_of_copy, "%s", path);
    repair(sealed, NULL);
    assert_int_equal(rescue.loss, SEAL_LOSS_CUT);
    assert_int_equal(sealed_size(log_of_copy), size); /* the old one is as it was */
    db = open_saved(sealed);
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM odd WHERE a >= 1000"), 2);
    sqlite3_close(db);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, sealed_make, sealed_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(a_store_that_is_well_is_copied_whole),
        WITH_STORE(h82_all_but_the_broken_pages_rows_is_rescued),
        WITH_STORE(h82_a_store_whose_log_is_damaged_is_rescued_up_to_there),
    };
    return cmocka_run_group_tests_name("store_care_repair", tests, NULL, NULL);
}

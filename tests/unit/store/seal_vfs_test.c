/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite over the sealing VFS: nothing in the clear, and nothing that changed is taken for data. */
#include "unit/store/sealed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "Fatima-Zahra Benkirane"

static void fill(sqlite3 *db, int rows)
{
    sealed_run(db, "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, note TEXT);"
                   "CREATE INDEX by_name ON person(name)");
    sealed_run(db,
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
               "INSERT INTO person SELECT i, '" NAME "' || i, printf('%%.300c', 'x') FROM n",
               rows);
}

static void h80_no_file_holds_a_name(void **state)
{
    struct sealed *sealed = *state;
    int looked_at = 0;
    sqlite3 *db = sealed_open(sealed);

    fill(db, 500);
    sealed_run(db, "PRAGMA wal_checkpoint(PASSIVE); UPDATE person SET note = name");
    assert_true(sealed_size(sealed->path) > 100000);
    assert_int_equal(sealed_files_with(sealed, NAME, &looked_at), 0);
    assert_true(looked_at >= 5); /* database, log, index, keys, their lock, the secret */
    assert_int_equal(sealed_files_with(sealed, "person", &looked_at), 0);
    assert_int_equal(sealed_files_with(sealed, "SQLite format", &looked_at), 0);

    /* by a rollback journal, with statement journal and temporary tables and sorters in files */
    sealed_run(db, "PRAGMA journal_mode=DELETE");
    assert_int_equal(sealed_files_with(sealed, NAME, &looked_at), 0);
    int before = looked_at;
    sealed_run(db,
               "PRAGMA temp_store=FILE; PRAGMA cache_size=5; PRAGMA temp.cache_size=5;"
               "CREATE TEMP TABLE t AS SELECT name || 'z' AS name, note FROM person ORDER BY note;"
               "BEGIN; UPDATE person SET note = name || 'y'; DELETE FROM person WHERE id = 7");
    char journal[PATH_MAX];
    snprintf(journal, sizeof journal, "%s-journal", sealed->path);
    assert_true(sealed_size(journal) > 10000);
    assert_int_equal(sealed_files_with(sealed, NAME, &looked_at), 0);
    assert_true(looked_at >= before + 3); /* the journal, twice, and the temporary table's file */
    sealed_run(db, "ROLLBACK");
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM person WHERE note = name"), 500);
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM temp.t"), 500);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(seal_vfs_fault(sealed->vfs).count, 0);
}

static void what_was_written_is_read_after_opening_anew(void **state)
{
    struct sealed *sealed = *state;
    sqlite3 *db = sealed_open(sealed);
    fill(db, 300);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    db = sealed_open(sealed);
    assert_int_equal(sealed_number(db, "PRAGMA page_size"), KEYS_PAGE_BYTES_USUAL);
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM person WHERE name LIKE '" NAME "%%'"),
                     300);
    sealed_run(db, "DELETE FROM person WHERE id > 10; VACUUM");
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM person"), 10);
    assert_int_equal(sealed_number(db, "SELECT 1 FROM pragma_integrity_check "
                                       "WHERE integrity_check = 'ok'"),
                     1);
    sqlite3_close(db);
}

static void other_databases_are_attached_sealed_alike(void **state)
{
    struct sealed *sealed = *state;
    int looked_at = 0;
    sqlite3 *db = sealed_open(sealed);
    fill(db, 50);
    sealed_run(db,
               "ATTACH '%s/other.db' AS other; PRAGMA other.journal_mode=WAL;"
               "CREATE TABLE other.copy AS SELECT * FROM person;"
               "BEGIN; DELETE FROM person; UPDATE other.copy SET note = ''; COMMIT;"
               "PRAGMA other.wal_checkpoint(TRUNCATE)",
               sealed->folder);
    assert_int_equal(sealed_number(db, "SELECT count(*) FROM other.copy WHERE note = ''"), 50);
    assert_int_equal(sealed_files_with(sealed, NAME, &looked_at), 0);
    sqlite3_close(db);
}

static void h80_another_stores_keys_open_nothing_and_say_so(void **state)
{
    struct sealed *sealed = *state, *other = NULL;
    sqlite3 *db = sealed_open(sealed);
    char words[400];
    fill(db, 10);
    sqlite3_close(db);

    assert_int_equal(sealed_make((void **)&other), 0);
    assert_int_equal(seal_vfs_open(other->vfs, sealed->path, SQLITE_OPEN_READWRITE, &db),
                     SQLITE_OK);
    assert_int_equal(sealed_try(db, "SELECT * FROM person"), SQLITE_IOERR_DATA);
    struct seal_fault fault = seal_vfs_fault(other->vfs);
    assert_int_equal(fault.why, SEAL_WHY_KEY);
    seal_fault_words(&fault, words, sizeof words);
    assert_non_null(strstr(words, "page 1 of record.db"));
    assert_non_null(strstr(words, "another store's"));
    sqlite3_close(db);

    assert_int_equal(sqlite3_open(other->path, &db), SQLITE_OK); /* a plain file */
    sealed_run(db, "CREATE TABLE t(a)");
    sqlite3_close(db);
    assert_int_equal(seal_vfs_open(other->vfs, other->path, SQLITE_OPEN_READWRITE, &db), SQLITE_OK);
    assert_int_equal(sealed_try(db, "SELECT * FROM t"), SQLITE_IOERR_DATA);
    assert_int_equal(seal_vfs_fault(other->vfs).why, SEAL_WHY_PLAIN);
    sqlite3_close(db);
    sealed_remove((void **)&other);
}

static void copy_page(const char *from, int64_t page, const char *to, int64_t at)
{
    uint8_t bytes[KEYS_PAGE_BYTES_USUAL];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "r+b");
    assert_true(in && out);
    fseek(in, (long)((page - 1) * (int64_t)sizeof bytes), SEEK_SET);
    assert_int_equal(fread(bytes, sizeof bytes, 1, in), 1);
    fseek(out, (long)((at - 1) * (int64_t)sizeof bytes), SEEK_SET);
    assert_int_equal(fwrite(bytes, sizeof bytes, 1, out), 1);
    fclose(in);
    fclose(out);
}

static void h81_a_page_put_elsewhere_does_not_open(void **state)
{
    struct sealed *sealed = *state;
    sqlite3 *db = sealed_open(sealed);
    fill(db, 300);
    sqlite3_close(db);
    copy_page(sealed->path, 7, sealed->path, 9);

    db = sealed_open(sealed);
    assert_int_equal(sealed_try(db, "PRAGMA integrity_check; SELECT sum(length(note)) FROM person"),
                     SQLITE_IOERR_DATA);
    assert_int_equal(seal_vfs_fault(sealed->vfs).number, 9);
    assert_int_equal(seal_vfs_fault(sealed->vfs).why, SEAL_WHY_TAG);
    sqlite3_close(db);
}

/* A bit in each page of the database: all it costs is an error that names the page. */
static void h81_a_changed_bit_in_the_database_is_an_error_that_names_the_page(void **state)
{
    struct sealed *sealed = *state;
    char whole[PATH_MAX];
    sqlite3 *db = sealed_open(sealed);
    fill(db, 150);
    sealed_run(db, "CREATE TABLE sum AS SELECT sum(id * length(name)) AS s FROM person;"
                   "DELETE FROM person WHERE id %% 2 = 0; VACUUM");
    int64_t good = sealed_number(db, "SELECT sum(id * length(name) + length(note)) FROM person");
    sqlite3_close(db);
    snprintf(whole, sizeof whole, "%s.whole", sealed->path);
    sealed_copy(sealed->path, whole);
    int64_t pages = sealed_size(whole) / KEYS_PAGE_BYTES_USUAL;

    struct random random;
    random_seed(&random, 1);
    for (int64_t page = 1; page <= pages; page++)
        for (int i = 0; i < 4; i++) {
            int64_t inside =
                i ? sealed_draw(&random, KEYS_PAGE_BYTES_USUAL * 8)
                  : (KEYS_PAGE_BYTES_USUAL - 44 + sealed_draw(&random, 44)) * INT64_C(8);
            sealed_copy(whole, sealed->path);
            assert_true(sealed_flip(sealed->path,
                                    (page - 1) * KEYS_PAGE_BYTES_USUAL * INT64_C(8) + inside));
            uint64_t before = seal_vfs_fault(sealed->vfs).count;
            assert_int_equal(seal_vfs_open(sealed->vfs, sealed->path, SQLITE_OPEN_READWRITE, &db),
                             SQLITE_OK);
            sqlite3_extended_result_codes(db, 1);
            int rc = sealed_try(db, "SELECT * FROM person NOT INDEXED; SELECT * FROM sum;"
                                    "SELECT count(name) FROM person INDEXED BY by_name");
            assert_int_equal(rc, SQLITE_IOERR_DATA);
            struct seal_fault fault = seal_vfs_fault(sealed->vfs);
            assert_true(fault.count > before);
            assert_int_equal(fault.number, page);
            int64_t sum =
                sealed_number(db, "SELECT sum(id * length(name) + length(note)) FROM person");
            assert_true(sum == good || sum == -1); /* the table may not need that page */
            sqlite3_close(db);
        }
}

/* Counting each piece of memory behind one lock costs a resource that is imported some 60 turns of that lock. */
static void a_sealed_database_counts_no_memory_behind_a_lock(void **state)
{
    struct sealed *sealed = *state;
    sqlite3 *db = sealed_open(sealed);
    fill(db, 10);
    assert_int_equal(sqlite3_memory_used(), 0);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(h80_no_file_holds_a_name, sealed_make, sealed_remove),
        cmocka_unit_test_setup_teardown(what_was_written_is_read_after_opening_anew, sealed_make,
                                        sealed_remove),
        cmocka_unit_test_setup_teardown(a_sealed_database_counts_no_memory_behind_a_lock,
                                        sealed_make, sealed_remove),
        cmocka_unit_test_setup_teardown(other_databases_are_attached_sealed_alike, sealed_make,
                                        sealed_remove),
        cmocka_unit_test_setup_teardown(h80_another_stores_keys_open_nothing_and_say_so,
                                        sealed_make, sealed_remove),
        cmocka_unit_test_setup_teardown(h81_a_page_put_elsewhere_does_not_open, sealed_make,
                                        sealed_remove),
        cmocka_unit_test_setup_teardown(
            h81_a_changed_bit_in_the_database_is_an_error_that_names_the_page, sealed_make,
            sealed_remove),
    };
    return cmocka_run_group_tests_name("store_seal_vfs", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that other programs made: those of earlier schemas lie in schema-N beside this file, sealed as they were
 * written, and are opened, read and written by this program.
 *
 * Before a schema is raised, a record of the one before is made by JISR_MAKE_RECORD=FOLDER unit-store-schema, and laid
 * into its schema-N: three patients and an observation, a note, a blob, words; of types and parameters only those
 * that it uses, as a program that knew fewer would have left it. */
#include "store/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/care.h"
#include "store/keys.h"
#include "store/seal_vfs.h"
#include "store/sqlite_sql.h"
#include "unit/store/record.h"
#include "unit/store/sealed.h"

static const char old_folder[] = "tests/unit/store/schema-1";

const struct record_engine *record_engine; /* each case opens its own */

struct old {
    char folder[64], keys_path[128], secret_path[128], path[128];
    struct store_keys *keys;
    struct seal_vfs *vfs;
};

static void name_paths(struct old *old)
{
    snprintf(old->keys_path, sizeof old->keys_path, "%s/keys", old->folder);
    snprintf(old->secret_path, sizeof old->secret_path, "%s/secret", old->folder);
    snprintf(old->path, sizeof old->path, "%s/record.db", old->folder);
}

/* A copy of the record of an earlier program. */
static void open_old(struct old *old)
{
    char command[400];
    struct keys_fault fault = {0};
    *old = (struct old){.folder = "/tmp/jisr-schema-XXXXXX"};
    assert_non_null(mkdtemp(old->folder));
    name_paths(old);
    const struct keys_secret secret = {.method = KEYS_BY_FILE, .path = old->secret_path};
    snprintf(command, sizeof command, "cp %s/* %s && chmod 600 %s/*", old_folder, old->folder,
             old->folder);
    assert_int_equal(system(command), 0);
    if (!keys_open(old->keys_path, &secret, &old->keys, &fault))
        fail_msg("%s", fault.words);
    old->vfs = seal_vfs_new(old->keys);
    assert_non_null(old->vfs);
}

static void close_old(struct old *old)
{
    char command[100];
    seal_vfs_free(old->vfs);
    keys_close(old->keys);
    snprintf(command, sizeof command, "rm -r %s", old->folder);
    assert_int_equal(system(command), 0);
}

static enum store_err open_store(struct old *old, const char *const *migrations,
                                 struct record *record, char help[static STORE_HELP_BYTES])
{
    const struct sqlite_setting setting = {
        .path = old->path, .seal = old->vfs, .migrations = migrations};
    *record = (struct record){.now_ms = 1700000100000};
    arena_init(&record->arena, 16 << 20);
    return store_sqlite_open(&record->store, &setting, help);
}

static void close_store(struct record *record)
{
    store_close(record->store);
    arena_free(&record->arena);
}

/* SQL on the bare file. */
static int64_t ask_bare(struct old *old, const char *sql)
{
    struct sealed sealed = {.vfs = old->vfs};
    snprintf(sealed.path, sizeof sealed.path, "%s", old->path);
    sqlite3 *db = sealed_open(&sealed);
    int64_t number = sealed_number(db, "%s", sql);
    sqlite3_close(db);
    return number;
}

/* --- what is in it --------------------------------------------------------------------------------- */

static enum store_err write_beside(struct store_write *write, void *context)
{
    (void)context;
    const struct store_note note = {TEXT("key"), TEXT("value"), 0};
    enum store_err err = store_note_put(write, "area", &note);
    return err ? err : store_blob_add(write, TEXT("blob"), TEXT("piece"));
}

static void fill(struct record *record)
{
    struct search_row family = row_string("Patient", "family", "amrani", "Amrani");
    struct search_row subject = row_reference("Observation", "subject", "Patient", "a");
    record_add(record, "Patient", "a", "{\"a\":1}", &family, 1);
    record_add(record, "Patient", "b", "{\"b\":1}", NULL, 0);
    record_add(record, "Patient", "b", "{\"b\":2}", &family, 1);
    record_add(record, "Patient", "gone", "{}", &family, 1);
    record_delete(record, "Patient", "gone");
    record_add(record, "Observation", "o", "{\"o\":1}", &subject, 1);
    struct record_put told = {.type = record_type("Observation"),
                              .id = "told",
                              .body = "{\"told\":1}",
                              .words = "fever since monday"};
    assert_int_equal(record_put(record, &told), STORE_OK);
    assert_int_equal(store_run(record->store, &record->arena, write_beside, NULL), STORE_OK);
}

static const char *find(struct record *record, const char *type, const char *code, bool is_words)
{
    uint16_t of = record_type(type), param = record_param(type, code);
    struct search_value value = {.kind = SEARCH_STRING};
    struct text words = TEXT("fever monday");
    struct search_condition condition = {.what = SEARCH_ROW,
                                         .kind = SEARCH_STRING,
                                         .params = &param,
                                         .param_count = 1,
                                         .values = &value,
                                         .value_count = 1};
    value.of.string.text = TEXT("amrani");
    if (is_words)
        condition =
            (struct search_condition){.what = SEARCH_NARRATIVE, .texts = &words, .text_count = 1};
    struct search_query query = {
        .types = &of, .type_count = 1, .conditions = &condition, .condition_count = 1, .count = 10};
    return record_search(record, &query);
}

static void check_kept(struct record *record)
{
    struct store_row row;
    struct store_view *view;
    struct store_note note;
    struct text piece;
    assert_int_equal(record_get(record, "Patient", "b", 0, &row), STORE_OK);
    assert_text(row.body, "{\"b\":2}");
    assert_int_equal(row.version, 2);
    assert_int_equal(record_get(record, "Patient", "b", 1, &row), STORE_OK);
    assert_text(row.body, "{\"b\":1}");
    assert_int_equal(record_get(record, "Patient", "gone", 0, &row), STORE_ERR_GONE);
    assert_int_equal(record_get(record, "Observation", "o", 0, &row), STORE_OK);
    assert_int_equal(row.seq, 6);
    assert_string_equal(find(record, "Patient", "family", false), "a b");
    assert_string_equal(find(record, "Observation", "subject", true), "told");
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    assert_int_equal(store_note_get(view, "area", TEXT("key"), &note), STORE_OK);
    assert_text(note.value, "value");
    assert_int_equal(store_blob_piece(view, TEXT("blob"), 0, &piece), STORE_OK);
    assert_text(piece, "piece");
    store_view_end(view);
}

/* --- cases ----------------------------------------------------------------------------------------- */

static void an_earlier_programs_record_is_read_and_gone_on_with(void **state)
{
    char help[STORE_HELP_BYTES];
    struct old old;
    struct record record;
    struct store_row row;
    struct care_report report;
    struct care_fault fault;
    (void)state;
    open_old(&old);
    assert_true(ask_bare(&old, "SELECT count(*) FROM param") < 10); /* it knew fewer */
    assert_int_equal(open_store(&old, NULL, &record, help), STORE_OK);
    check_kept(&record);
    struct search_row code = row_token("Condition", "code", "http://snomed.info/sct", "38341003");
    record_add(&record, "Condition", "c", "{\"c\":1}", &code, 1); /* a type that is new to it */
    record_add(&record, "Patient", "b", "{\"b\":3}", NULL, 0);
    assert_int_equal(record_get(&record, "Patient", "b", 0, &row), STORE_OK);
    assert_int_equal(row.version, 3);
    assert_int_equal(row.seq, 9);
    assert_string_equal(find(&record, "Patient", "family", false), "a");
    close_store(&record);
    assert_true(care_check(old.vfs, old.path, &report, NULL, NULL, &fault));
    assert_int_equal(report.broken + report.frames_broken + report.complaints, 0);
    close_old(&old);
}

static void a_later_schema_is_moved_to_once_and_whole(void **state)
{
    char help[STORE_HELP_BYTES];
    const char *const later[] = {sqlite_migrations[0],
                                 "CREATE INDEX of_test ON version(updated_ms);"
                                 "UPDATE note SET value = value || '!' WHERE area = 'area'",
                                 NULL};
    struct old old;
    struct record record;
    (void)state;
    open_old(&old);
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(open_store(&old, later, &record, help), STORE_OK);
        assert_string_equal(find(&record, "Patient", "family", false), "a b");
        close_store(&record);
    }
    assert_int_equal(ask_bare(&old, "PRAGMA user_version"), 2);
    assert_int_equal(ask_bare(&old, "SELECT length(value) FROM note WHERE area = 'area'"), 6);
    /* and this program, whose schemas end before, does not touch it */
    assert_int_equal(open_store(&old, NULL, &record, help), STORE_ERR_NEWER);
    arena_free(&record.arena);
    assert_non_null(strstr(help, "schema 2, this program knows those up to 1"));
    assert_int_equal(ask_bare(&old, "PRAGMA user_version"), 2);
    close_old(&old);
}

static void a_move_that_fails_leaves_the_record_as_it_was(void **state)
{
    char help[STORE_HELP_BYTES];
    const char *const wrong[] = {sqlite_migrations[0],
                                 "UPDATE note SET value = 'lost'; DROP TABLE there_is_none", NULL};
    struct old old;
    struct record record;
    (void)state;
    open_old(&old);
    assert_int_not_equal(open_store(&old, wrong, &record, help), STORE_OK);
    arena_free(&record.arena);
    assert_int_equal(ask_bare(&old, "PRAGMA user_version"), 1);
    assert_int_equal(open_store(&old, NULL, &record, help), STORE_OK);
    check_kept(&record);
    close_store(&record);
    close_old(&old);
}

/* --- a record for the next schema ------------------------------------------------------------------ */

static int make(const char *folder)
{
    char help[STORE_HELP_BYTES];
    struct old old = {0};
    struct record record;
    struct keys_fault fault = {0};
    struct sealed sealed;
    enum { PAGE_BYTES = 1024 }; /* small, since it is kept with the source */
    const struct keys_secret secret = {.method = KEYS_BY_FILE, .path = old.secret_path};
    snprintf(old.folder, sizeof old.folder, "%s", folder);
    name_paths(&old);
    if (!keys_make_file(old.secret_path, &fault) ||
        !keys_create(old.keys_path, &secret, NULL, PAGE_BYTES, &old.keys, &fault) ||
        !(old.vfs = seal_vfs_new(old.keys)) || open_store(&old, NULL, &record, help) != STORE_OK) {
        print_error("%s\n", fault.words);
        return 1;
    }
    fill(&record);
    close_store(&record);
    sealed = (struct sealed){.vfs = old.vfs};
    snprintf(sealed.path, sizeof sealed.path, "%s", old.path);
    sqlite3 *db = sealed_open(&sealed);
    sealed_run(db, "DELETE FROM param WHERE NOT (type, code) IN (VALUES ('Patient', 'family'),"
                   " ('Observation', 'subject'))");
    sealed_run(db, "DELETE FROM type WHERE name NOT IN ('Patient', 'Observation')");
    sealed_run(db, "VACUUM");
    sealed_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(db);
    seal_vfs_free(old.vfs);
    keys_close(old.keys);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_earlier_programs_record_is_read_and_gone_on_with),
        cmocka_unit_test(a_later_schema_is_moved_to_once_and_whole),
        cmocka_unit_test(a_move_that_fails_leaves_the_record_as_it_was),
    };
    const char *folder = getenv("JISR_MAKE_RECORD");
    return folder ? make(folder) : cmocka_run_group_tests(tests, NULL, NULL);
}

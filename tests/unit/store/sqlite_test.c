/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store's suite on SQLite, sealed as it is by default; and what only SQLite has. */
#include "store/sqlite.h"

#include <string.h>
#include <unistd.h>

#include "log/log.h"
#include "store/keys.h"
#include "store/seal_vfs.h"
#include "unit/store/suite.h"

enum { ROWS_MAX = 60, STEPS_MAX = 40000 };

static struct store_keys *keys;
static struct seal_vfs *seal;
static bool is_bounded; /* searches of the next store are */

static bool open_keys(const char *folder)
{
    char secret[128], path[128];
    struct keys_fault fault;
    struct keys_secret by = {.method = KEYS_BY_FILE, .path = secret};
    snprintf(secret, sizeof secret, "%s/secret", folder);
    snprintf(path, sizeof path, "%s/record.keys", folder);
    if (access(path, F_OK) == 0)
        return keys_open(path, &by, &keys, &fault);
    return keys_make_file(secret, &fault) &&
           keys_create(path, &by, NULL, KEYS_PAGE_BYTES_USUAL, &keys, &fault);
}

static struct store *open_sealed(const char *folder)
{
    char path[128], help[STORE_HELP_BYTES];
    struct store *store = NULL;
    snprintf(path, sizeof path, "%s/record.db", folder);
    if (!open_keys(folder) || !(seal = seal_vfs_new(keys)))
        return NULL;
    struct sqlite_setting setting = {.path = path,
                                     .seal = seal,
                                     .search_rows_max = is_bounded ? ROWS_MAX : 0,
                                     .order_from = record_order_from,
                                     .search_ns_max = record_search_ns_max,
                                     .search_steps_max = is_bounded ? STEPS_MAX : 0};
    if (store_sqlite_open(&store, &setting, help) != STORE_OK)
        print_message("# %s\n", help);
    return store;
}

static void close_sealed(void)
{
    seal_vfs_free(seal);
    keys_close(keys);
}

static const struct record_engine sqlite_engine = {open_sealed, close_sealed};
const struct record_engine *record_engine = &sqlite_engine;

static void h90_a_search_that_would_look_at_too_much_says_so_and_what_helps(void **state)
{
    struct record *record = *state;
    struct store_page page;
    struct store_view *view;
    uint16_t type = record_type("Patient"), name = record_param("Patient", "name");
    struct search_value value = {.kind = SEARCH_STRING, .match = SEARCH_CONTAINS};
    struct search_condition condition = {.what = SEARCH_ROW,
                                         .kind = SEARCH_STRING,
                                         .params = &name,
                                         .param_count = 1,
                                         .values = &value,
                                         .value_count = 1,
                                         .scans = true};
    struct search_query query = {.types = &type,
                                 .type_count = 1,
                                 .conditions = &condition,
                                 .condition_count = 1,
                                 .scans = true,
                                 .count = 10};
    struct store_search asked = {.query = &query};
    for (int i = 0; i < ROWS_MAX + 20; i++) {
        char id[8];
        snprintf(id, sizeof id, "p%d", i);
        struct search_row row = row_string("Patient", "name", id, id);
        record_add(record, "Patient", id, "x", &row, 1);
    }
    is_bounded = true;
    record_reopen(record);
    is_bounded = false;
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    value.of.string.text = TEXT("zz");
    assert_int_equal(store_search(view, &asked, &page), STORE_ERR_COSTLY);
    assert_non_null(strstr(view->help, "add a condition"));
    value.of.string.text = TEXT("p");
    assert_int_equal(store_search(view, &asked, &page), STORE_OK); /* a page is soon full */
    assert_int_equal(page.count, 10);
    condition.scans = query.scans = false; /* the index of names, from end to end */
    value.of.string.text = TEXT("zz");
    assert_int_equal(store_search(view, &asked, &page), STORE_OK);
    store_view_end(view);
}

static void h81_a_changed_bit_is_an_error_that_names_its_page(void **state)
{
    struct record *record = *state;
    char path[128], byte, help[STORE_HELP_BYTES];
    struct store *store;
    for (int i = 0; i < 50; i++) {
        char id[8];
        snprintf(id, sizeof id, "p%d", i);
        record_add(record, "Patient", id, "x", NULL, 0);
    }
    record_close(record);
    log_set_level(LOG_ERROR);
    snprintf(path, sizeof path, "%s/record.db", record->folder);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, 4096 + 200, SEEK_SET), 0);
    assert_int_equal(fread(&byte, 1, 1, file), 1);
    byte ^= 4;
    assert_int_equal(fseek(file, 4096 + 200, SEEK_SET), 0);
    assert_int_equal(fwrite(&byte, 1, 1, file), 1);
    assert_int_equal(fclose(file), 0);

    assert_true(open_keys(record->folder));
    seal = seal_vfs_new(keys);
    struct sqlite_setting setting = {.path = path, .seal = seal};
    enum store_err err = store_sqlite_open(&store, &setting, help);
    assert_int_equal(err, STORE_ERR_DAMAGED);
    assert_non_null(strstr(help, "page 2"));
    close_sealed();
}

static enum store_err put_note(struct store_write *write, void *context)
{
    const struct store_note note = {TEXT("of"), text_of(context), 0};
    return store_note_put(write, "session", &note);
}

static void h137_what_another_program_commits_is_seen(void **state)
{
    static char words[][4] = {"one", "two"};
    struct record *record = *state;
    char path[128], help[STORE_HELP_BYTES];
    struct store *other;
    snprintf(path, sizeof path, "%s/record.db", record->folder);
    struct sqlite_setting setting = {.path = path, .seal = seal};
    assert_int_equal(store_sqlite_open(&other, &setting, help), STORE_OK);
    for (int i = 0; i < 4; i++) {
        struct store *writes = i % 2 ? record->store : other;
        struct store_view *view;
        struct store_note note;
        assert_int_equal(store_run(writes, &record->arena, put_note, words[i / 2]), STORE_OK);
        for (int again = 0; again < 2; again++) {
            assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
            assert_int_equal(store_note_get(view, "session", TEXT("of"), &note), STORE_OK);
            assert_text(note.value, words[i / 2]);
            store_view_end(view);
        }
    }
    store_close(other);
}

static void another_programs_file_is_left_alone(void **state)
{
    struct record *record = *state;
    char path[128], help[STORE_HELP_BYTES];
    struct store *store;
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/other.db", record->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE mine(x)", NULL, NULL, NULL), SQLITE_OK);
    struct sqlite_setting setting = {.path = path};
    assert_int_equal(store_sqlite_open(&store, &setting, help), STORE_ERR_DAMAGED);
    assert_int_equal(sqlite3_exec(db,
                                  "DROP TABLE mine; PRAGMA user_version=1000;"
                                  "PRAGMA application_id=0x4a495352",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(store_sqlite_open(&store, &setting, help), STORE_ERR_NEWER);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE(h90_a_search_that_would_look_at_too_much_says_so_and_what_helps),
        STORE_CASE(h81_a_changed_bit_is_an_error_that_names_its_page),
        STORE_CASE(another_programs_file_is_left_alone),
        STORE_CASE(h137_what_another_program_commits_is_seen),
    };
    return suite_run(tests, sizeof tests / sizeof *tests);
}

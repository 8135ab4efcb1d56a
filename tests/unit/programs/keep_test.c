/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keep.h"
#include "unit/file_holds.h"

static char folder[64], a[96], b[96];

static int begin(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/jisr-keep-XXXXXX");
    bool made = mkdtemp(folder) != NULL;
    snprintf(a, sizeof a, "%s/keep.csv", folder);
    snprintf(b, sizeof b, "%s/keep.json", folder);
    return made ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    static const char *const names[] = {"keep.csv", "keep.json", "keep-2.csv", "keep.json.part"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void the_number_goes_before_what_follows_the_last_dot_of_the_name(void **state)
{
    (void)state;
    static const struct {
        const char *path, *second;
    } cases[] = {{"keep.csv", "keep-2.csv"},
                 {"a.b/keep", "a.b/keep-2"},
                 {"/x/keep.a.csv", "/x/keep.a-2.csv"},
                 {".keep", ".keep-2"},
                 {"/dev/full", "/dev/full"},
                 {"/dev/stdout", "/dev/stdout"},
                 {"/proc/self/fd/1", "/proc/self/fd/1"}};
    char name[KEEP_NAME_BYTES], long_path[KEEP_NAME_BYTES];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(keep_name(name, cases[i].path, 1));
        assert_string_equal(name, cases[i].path);
        assert_true(keep_name(name, cases[i].path, 2));
        assert_string_equal(name, cases[i].second);
    }
    memset(long_path, 'x', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    assert_true(keep_name(name, long_path, 1));
    assert_false(keep_name(name, long_path, 2));
}

static void files_of_one_run_have_the_least_number_that_is_free_for_all(void **state)
{
    (void)state;
    char second[96];
    const char *const paths[] = {a, NULL, b};
    snprintf(second, sizeof second, "%s/keep-2.csv", folder);

    assert_int_equal(keep_number(paths, 3, 1), 1);
    put(b, "");
    assert_int_equal(keep_number(paths, 3, 1), 1); /* nothing to lose */
    put(b, "{}");
    assert_int_equal(keep_number(paths, 3, 1), 2);
    put(second, "rows");
    assert_int_equal(keep_number(paths, 3, 1), 3);
    assert_int_equal(keep_number(paths, 3, 5), 5);
    assert_int_equal(keep_number((const char *[]){"/dev/null", "/proc/self/fd/0"}, 2, 1), 1);
}

static void one_file_is_known_by_any_of_its_names(void **state)
{
    (void)state;
    char other[128];
    snprintf(other, sizeof other, "%s/../%s/keep.csv", folder, strrchr(folder, '/') + 1);

    assert_false(keep_is_same(a, b));
    assert_true(keep_is_same(a, other)); /* not there yet */
    put(a, "rows");
    assert_true(keep_is_same(a, other));
    assert_false(keep_is_same(a, b));
    assert_int_equal(link(a, b), 0);
    assert_true(keep_is_same(a, b));
    assert_true(keep_is_same("x.csv", "./x.csv"));
    assert_false(keep_is_same("/dev/null", "/dev/null"));
}

static void a_file_is_there_whole_or_not_at_all(void **state)
{
    (void)state;
    static struct keep_whole whole;
    struct stat status;

    put(b, "");
    assert_true(keep_whole_try(&whole, b));
    assert_file_holds(b, ""); /* to try a name leaves no trace */
    FILE *out = keep_whole_begin(&whole);
    assert_non_null(out);
    fputs("{}", out);
    fflush(out);
    assert_file_holds(b, "");
    assert_true(keep_whole_end(&whole));
    assert_file_holds(b, "{}");
    assert_int_equal(stat(b, &status), 0);
    assert_int_equal(status.st_mode & 0137, 0); /* at most 0640 */

    assert_non_null(keep_whole_begin(&whole));
    keep_whole_drop(&whole);
    assert_file_holds(b, "{}");
}

static void a_name_that_will_not_do_is_known_when_it_is_tried(void **state)
{
    (void)state;
    static struct keep_whole whole;

    assert_false(keep_whole_try(&whole, "/nowhere/keep.json"));
    assert_int_equal(errno, ENOENT);
    assert_false(keep_whole_try(&whole, folder));
    assert_int_equal(errno, EISDIR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_goes_before_what_follows_the_last_dot_of_the_name),
        cmocka_unit_test_setup_teardown(files_of_one_run_have_the_least_number_that_is_free_for_all,
                                        begin, end),
        cmocka_unit_test_setup_teardown(one_file_is_known_by_any_of_its_names, begin, end),
        cmocka_unit_test_setup_teardown(a_file_is_there_whole_or_not_at_all, begin, end),
        cmocka_unit_test_setup_teardown(a_name_that_will_not_do_is_known_when_it_is_tried, begin,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

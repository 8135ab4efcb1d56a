/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is taken of how a person names the database. */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "store/postgres_reach.h"

static char words[POSTGRES_REACH_BYTES];
static const char *why;

static bool takes(const char *said)
{
    return postgres_reach(said, words, &why);
}

static bool is_encrypted(const char *said)
{
    assert_true(takes(said));
    return strstr(words, "sslmode='verify-full'") != NULL;
}

static int without_environment(void **state)
{
    static const char *const names[] = {"PGHOST", "PGHOSTADDR", "PGSERVICE"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    return 0;
}

static void h146_to_another_machine_it_is_verify_full_whatever_was_said(void **state)
{
    static const char *const there[] = {
        "host=db.example.org",
        "postgresql://jisr@db.example.org/jisr",
        "postgresql://db1,db2/jisr",
        "host=localhost,db2",
        "host=localhost hostaddr=10.0.0.1",
        "service=jisr",
        "host=127.example.org",
        "host=db sslmode=verify-full",
    };
    (void)state;
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        assert_true(is_encrypted(there[i]));
    assert_false(takes("host=db.example.org sslmode=require"));
    assert_non_null(strstr(why, "verify-full"));
    assert_false(takes("postgresql://db.example.org/jisr?sslmode=disable"));
    setenv("PGHOST", "db.example.org", 1);
    assert_true(is_encrypted("dbname=jisr"));
    setenv("PGHOST", "/run/postgresql", 1);
    assert_false(is_encrypted("dbname=jisr"));
}

static void on_this_machine_it_is_as_it_was_said(void **state)
{
    static const char *const here[] = {
        "dbname=jisr",
        "postgresql:///jisr",
        "host=/run/postgresql",
        "host=localhost",
        "postgresql://[::1]:5433/jisr",
        "host=127.0.0.1 sslmode=prefer",
        "host=x hostaddr=127.0.0.1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof here / sizeof *here; i++)
        assert_false(is_encrypted(here[i]));
    assert_true(takes("dbname='it\\'s \\\\ here'"));
    assert_non_null(strstr(words, "dbname='it\\'s \\\\ here' "));
}

static void h146_a_password_is_not_taken_and_not_told(void **state)
{
    static const char *const with[] = {"host=localhost password=hunter2",
                                       "postgresql://jisr:hunter2@localhost/jisr",
                                       "postgresql://jisr:hunter2@%zz/jisr", "password hunter2"};
    (void)state;
    for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
        assert_false(takes(with[i]));
        assert_null(strstr(why, "hunter2"));
    }
}

static void what_is_too_long_is_not_cut(void **state)
{
    static char said[2 * POSTGRES_REACH_BYTES] = "dbname=";
    (void)state;
    memset(said + 7, '\\', POSTGRES_REACH_BYTES);
    assert_false(takes(said));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h146_to_another_machine_it_is_verify_full_whatever_was_said,
                               without_environment),
        cmocka_unit_test_setup(on_this_machine_it_is_as_it_was_said, without_environment),
        cmocka_unit_test_setup(h146_a_password_is_not_taken_and_not_told, without_environment),
        cmocka_unit_test_setup(what_is_too_long_is_not_cut, without_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

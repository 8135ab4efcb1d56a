/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock/clock.h"
#include "tls/authority_files.h"
#include "tls/identity_files.h"

static char top[] = "/tmp/jisr-identity-XXXXXX";
static char authority[PATH_MAX], site[PATH_MAX];
static struct identity_error error;
static int64_t now_s;

static const struct authority_files_new new_authority = {
    .name = "Authority", .key_type = KEY_P256, .days = 100};
static const struct authority_files_issue theatre = {
    .name = "Théâtre 1", .kind = LINK_KIND_CART, .key_type = KEY_P256, .days = 30};

static int PRINTF_LIKE(1, 2) sh(const char *text, ...)
{
    char command[2 * PATH_MAX];
    va_list args;
    va_start(args, text);
    vsnprintf(command, sizeof command, text, args);
    va_end(args);
    return system(command);
}

static int make_top(void **state)
{
    (void)state;
    now_s = clock_wall_s();
    return mkdtemp(top) == NULL;
}

static int remove_top(void **state)
{
    (void)state;
    return sh("rm -rf %s", top);
}

/* Each test has an authority and a site of its own. */
static int make_folders(void **state)
{
    (void)state;
    snprintf(authority, sizeof authority, "%s/authority", top);
    snprintf(site, sizeof site, "%s/far/site", top);
    sh("rm -rf %s/*", top);
    return !authority_files_init(authority, &new_authority, now_s, &error) ||
           !authority_files_issue(authority, site, &theatre, now_s, &error);
}

static void expect_load_error(const char *part)
{
    struct link_identity *identity = identity_files_load(site, &error);
    assert_null(identity);
    if (!strstr(error.text, part))
        fail_msg("\"%s\" is not in: %s", part, error.text);
    assert_true(strlen(error.text) < LINK_REASON_BYTES); /* whole in link_identity_load too */
}

static void a_site_folder_has_all_that_an_identity_needs(void **state)
{
    (void)state;
    char reason[LINK_REASON_BYTES];
    struct link_identity *identity = link_identity_load(site, reason);
    assert_non_null(identity);
    assert_string_equal(link_identity_site(identity)->name, theatre.name);
    assert_int_equal(link_identity_site(identity)->kind, LINK_KIND_CART);
    assert_int_equal(link_identity_site(identity)->not_after_s, now_s + 30 * 86400);
    link_identity_free(identity);
}

static void the_keys_are_for_their_owner_alone(void **state)
{
    (void)state;
    struct stat facts;
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/site.key", site);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/authority.key", authority);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    const char *names[] = {"site.key", "site.pem", "authority.pem", "revoked.crl"};
    for (int i = 0; i < 4; i++) {
        sh("mv %s/%s %s/away", site, names[i], top);
        expect_load_error(names[i]);
        sh("mv %s/away %s/%s", top, site, names[i]);
    }
}

static void a_damaged_file_is_named(void **state)
{
    (void)state;
    const char *names[] = {"site.key", "site.pem", "authority.pem", "revoked.crl"};
    for (int i = 0; i < 4; i++) {
        sh("cp -p %s/%s %s/away && head -c 90 %s/away > %s/%s", site, names[i], top, top, site,
           names[i]);
        expect_load_error(names[i]);
        sh("mv %s/away %s/%s", top, site, names[i]);
    }
}

static void a_key_open_to_others_is_refused(void **state)
{
    (void)state;
    sh("chmod 640 %s/site.key", site);
    expect_load_error("chmod 600");
}

static void a_key_of_another_site_is_refused(void **state)
{
    (void)state;
    char other[PATH_MAX];
    snprintf(other, sizeof other, "%s/other", top);
    assert_true(authority_files_issue(authority, other, &theatre, now_s, &error));
    sh("cp -p %s/site.key %s/", other, site);
    expect_load_error("does not belong to the certificate");
}

static void another_authority_or_its_list_beside_is_refused(void **state)
{
    (void)state;
    char other[PATH_MAX];
    snprintf(other, sizeof other, "%s/other", top);
    assert_true(authority_files_init(other, &new_authority, now_s, &error));
    sh("cp %s/revoked.crl %s/", other, site);
    expect_load_error("revoked.crl");
    sh("cp %s/authority.pem %s/", other, site);
    expect_load_error("not signed by the authority");
}

static void a_wrong_clock_is_told_apart_from_an_old_certificate(void **state)
{
    (void)state;
    struct link_identity *identity = identity_files_load(site, &error);
    assert_non_null(identity);
    assert_true(identity_files_check(identity, now_s, &error));
    assert_true(identity_files_check(identity, now_s - 86400, &error)); /* a day slow */
    assert_false(identity_files_check(identity, 0, &error));
    assert_non_null(strstr(error.text, "clock says 1970-01-01"));
    assert_false(identity_files_check(identity, now_s + 31 * 86400, &error));
    assert_non_null(strstr(error.text, "expired on"));
    link_identity_free(identity);
}

static void a_key_is_never_replaced_without_force(void **state)
{
    (void)state;
    assert_false(authority_files_issue(authority, site, &theatre, now_s, &error));
    assert_non_null(strstr(error.text, "--force"));
    assert_false(authority_files_init(authority, &new_authority, now_s, &error));
    assert_non_null(strstr(error.text, "--force"));

    struct authority_files_issue again = theatre;
    again.force = true;
    again.key_type = KEY_ED25519;
    assert_true(authority_files_issue(authority, site, &again, now_s, &error));
    struct link_identity *identity = identity_files_load(site, &error);
    assert_non_null(identity);
    link_identity_free(identity);
}

struct tally {
    unsigned all, revoked;
};

static void count(void *context, const struct link_site *seen, bool is_revoked)
{
    struct tally *tally = context;
    assert_true(seen->name[0] != '\0');
    tally->all++;
    tally->revoked += is_revoked;
}

static void a_revoked_site_is_seen_once_the_list_is_copied(void **state)
{
    (void)state;
    struct identity_stamp stamp = {0};
    struct tally tally = {0};
    unsigned revoked;
    assert_true(identity_files_changed(site, &stamp));
    assert_false(identity_files_changed(site, &stamp));

    assert_true(authority_files_revoke(authority, theatre.name, now_s, &revoked, &error));
    assert_int_equal(revoked, 1);
    assert_true(authority_files_revoke(authority, theatre.name, now_s, &revoked, &error));
    assert_int_equal(revoked, 0);
    assert_true(authority_files_list(authority, count, &tally, &error));
    assert_int_equal(tally.all, 1);
    assert_int_equal(tally.revoked, 1);

    assert_false(identity_files_changed(site, &stamp));
    sh("cp %s/revoked.crl %s/", authority, site);
    assert_true(identity_files_changed(site, &stamp));
    struct link_identity *identity = identity_files_load(site, &error);
    assert_non_null(identity);
    assert_false(identity_files_check(identity, now_s, &error));
    assert_non_null(strstr(error.text, "revoked"));
    link_identity_free(identity);
}

static void a_fingerprint_revokes_one_certificate_of_a_name(void **state)
{
    (void)state;
    char other[PATH_MAX], print[2 * LINK_FINGERPRINT_BYTES + 1];
    unsigned revoked;
    struct tally tally = {0};
    snprintf(other, sizeof other, "%s/other", top);
    assert_true(authority_files_issue(authority, other, &theatre, now_s, &error));
    struct link_identity *identity = identity_files_load(site, &error);
    assert_non_null(identity);
    for (int i = 0; i < LINK_FINGERPRINT_BYTES; i++)
        snprintf(print + 2 * i, 3, "%02X", link_identity_site(identity)->fingerprint[i]);
    link_identity_free(identity);

    assert_true(authority_files_revoke(authority, print, now_s, &revoked, &error));
    assert_int_equal(revoked, 1);
    assert_true(authority_files_list(authority, count, &tally, &error));
    assert_int_equal(tally.all, 2);
    assert_int_equal(tally.revoked, 1);
    assert_false(authority_files_revoke(authority, "nobody", now_s, &revoked, &error));
    assert_non_null(strstr(error.text, "nobody"));
}

static void no_site_outlives_its_authority(void **state)
{
    (void)state;
    char other[PATH_MAX];
    struct authority_files_issue longer = theatre;
    snprintf(other, sizeof other, "%s/other", top);
    longer.days = 101;
    assert_false(authority_files_issue(authority, other, &longer, now_s, &error));
    assert_non_null(strstr(error.text, "100 days"));
    assert_int_equal(access(other, F_OK), -1);
}

/* A limit on file size fails writes as a full disk does, part way through a file. */
static void a_disk_that_fills_leaves_nothing_half_written(void **state)
{
    (void)state;
    char other[PATH_MAX];
    struct rlimit usual, tight;
    unsigned revoked;
    snprintf(other, sizeof other, "%s/other", top);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &usual);
    tight = usual;
    for (rlim_t bytes = 0; bytes < 700; bytes += 100) {
        tight.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &tight);
        bool issued = authority_files_issue(authority, other, &theatre, now_s, &error);
        bool taken_back =
            bytes < 400 && authority_files_revoke(authority, theatre.name, now_s, &revoked, &error);
        setrlimit(RLIMIT_FSIZE, &usual);
        assert_false(issued);
        assert_false(taken_back);
        assert_int_equal(access(other, F_OK), -1);
        assert_int_equal(sh("test -z \"$(find %s -name '.*')\"", top), 0);
    }
    struct link_identity *identity = identity_files_load(site, &error);
    assert_non_null(identity);
    link_identity_free(identity);
    assert_true(authority_files_issue(authority, other, &theatre, now_s, &error));
}

#define TEST(name) cmocka_unit_test_setup(name, make_folders)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_site_folder_has_all_that_an_identity_needs),
        TEST(the_keys_are_for_their_owner_alone),
        TEST(a_missing_file_is_named),
        TEST(a_damaged_file_is_named),
        TEST(a_key_open_to_others_is_refused),
        TEST(a_key_of_another_site_is_refused),
        TEST(another_authority_or_its_list_beside_is_refused),
        TEST(a_wrong_clock_is_told_apart_from_an_old_certificate),
        TEST(a_key_is_never_replaced_without_force),
        TEST(a_revoked_site_is_seen_once_the_list_is_copied),
        TEST(a_fingerprint_revokes_one_certificate_of_a_name),
        TEST(no_site_outlives_its_authority),
        TEST(a_disk_that_fills_leaves_nothing_half_written),
    };
    return cmocka_run_group_tests(tests, make_top, remove_top);
}

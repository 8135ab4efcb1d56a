/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "access/scopes.h"

#include "unit/arena_case.h"

enum { ALL = ACCESS_C | ACCESS_R | ACCESS_U | ACCESS_D | ACCESS_S };

static struct access_scopes read(const char *list)
{
    struct access_scopes scopes;
    assert_int_equal(scopes_read(&scopes, text_of(list)), SCOPES_OK);
    return scopes;
}

static void assert_written(const struct access_scopes *scopes, const char *expected)
{
    struct buffer out;
    buffer_init(&out, &arena);
    scopes_write(scopes, &out);
    buffer_add_byte(&out, 0);
    assert_false(out.failed);
    assert_string_equal(out.bytes, expected);
}

static void assert_intersection(const char *a, const char *b, const char *expected)
{
    struct access_scopes left = read(a), right = read(b), both;
    assert_int_equal(scopes_intersect(&both, &left, &right, &arena), SCOPES_OK);
    assert_written(&both, expected);
}

static void a_scope_has_context_type_letters_and_filter(void **state)
{
    (void)state;
    struct access_scopes scopes = read(
        "patient/Observation.rs?category=laboratory&date=ge2020 user/*.cruds system/Patient.c");

    assert_int_equal(scopes.count, 3);
    assert_int_equal(scopes.scopes[0].context, SCOPE_PATIENT);
    assert_true(text_is(scopes.scopes[0].type, "Observation"));
    assert_int_equal(scopes.scopes[0].letters, ACCESS_R | ACCESS_S);
    assert_true(text_is(scopes.scopes[0].query, "category=laboratory&date=ge2020"));
    assert_int_equal(scopes.scopes[1].context, SCOPE_USER);
    assert_int_equal(scopes.scopes[1].type.len, 0);
    assert_int_equal(scopes.scopes[1].letters, ALL);
    assert_int_equal(scopes.scopes[2].context, SCOPE_SYSTEM);
    assert_int_equal(scopes.scopes[2].letters, ACCESS_C);
}

static void words_of_version_one_mean_what_smart_says(void **state)
{
    (void)state;
    struct access_scopes scopes = read("patient/*.read user/Observation.write system/*.*");

    assert_int_equal(scopes.scopes[0].letters, ACCESS_R | ACCESS_S);
    assert_int_equal(scopes.scopes[1].letters, ACCESS_C | ACCESS_U | ACCESS_D);
    assert_int_equal(scopes.scopes[2].letters, ALL);
}

static void launch_and_identity_are_words(void **state)
{
    (void)state;
    struct access_scopes scopes =
        read("openid fhirUser profile launch launch/patient launch/encounter offline_access "
             "online_access");

    assert_int_equal(scopes.count, 0);
    assert_int_equal(scopes.not_known, 0);
    assert_int_equal(scopes.words, 0xFF);
}

static void h76_what_is_not_a_scope_grants_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "patient/Observation",
        "patient/Observation.",
        "patient/Observation.sr",
        "patient/Observation.rr",
        "patient/Observation.x",
        "patient/.rs",
        "patient/observation.rs",
        "Patient/Observation.rs",
        "patient/Obs3rvation.rs",
        "patients/Observation.rs",
        "patient/**.rs",
        "patient/*.reads",
        "patient/Observation.rs?",
        "patient/Observation.rs?a",
        "patient/Observation.rs?a=",
        "patient/Observation.rs?=b",
        "patient/Observation.rs?a=b&",
        "patient/Observation.rs?&a=b",
        "patient/Observation.rs?_has:Patient:x=y",
        "patient/Observation.rs?_include=Observation:subject",
        "patient/Observation.rs?_count=1",
        "patient/Observation.rs?subject.name=x",
        "patient/Observation.rs?_sort=date",
        "launch/",
        "unknown",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct access_scopes scopes = read(wrong[i]);
        if (scopes.count || scopes.words || scopes.not_known != 1)
            fail_msg("%s was taken", wrong[i]);
    }
}

static void h76_characters_that_no_scope_has_are_refused(void **state)
{
    (void)state;
    struct access_scopes scopes;
    char long_list[SCOPES_LEN_MAX + 1];
    struct text texts[] = {TEXT("user/*.rs\n"), TEXT("user/*.rs\\"), TEXT("\"user/*.rs\""),
                           TEXT("user/*.rs\0x"), TEXT("user/*.r\xC3\xA9")};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(scopes_read(&scopes, texts[i]), SCOPES_ERR_CHARACTER);
    memset(long_list, ' ', sizeof long_list);
    assert_int_equal(scopes_read(&scopes, (struct text){long_list, SCOPES_LEN_MAX}), SCOPES_OK);
    assert_int_equal(scopes_read(&scopes, (struct text){long_list, SCOPES_LEN_MAX + 1}),
                     SCOPES_ERR_SIZE);
}

static void more_scopes_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    struct access_scopes scopes;
    struct buffer list;

    buffer_init(&list, &arena);
    for (int i = 0; i <= SCOPES_MAX; i++) {
        if (i == SCOPES_MAX)
            assert_int_equal(scopes_read(&scopes, buffer_text(&list)), SCOPES_OK);
        buffer_format(&list, "user/%c%c.r ", 'A' + i / 26, 'a' + i % 26);
    }
    assert_int_equal(scopes.count, SCOPES_MAX);
    assert_int_equal(scopes_read(&scopes, buffer_text(&list)), SCOPES_ERR_SIZE);
}

static void the_same_twice_is_one_and_letters_add_up(void **state)
{
    (void)state;
    struct access_scopes scopes = read("user/Patient.r  user/Patient.s user/Patient.r?a=b");
    assert_written(&scopes, "user/Patient.rs user/Patient.r?a=b");
}

static void an_intersection_is_the_narrower_of_each_pair(void **state)
{
    (void)state;
    assert_intersection("patient/*.rs", "patient/Observation.cruds", "patient/Observation.rs");
    assert_intersection("patient/Observation.rs?category=laboratory", "patient/*.cruds",
                        "patient/Observation.rs?category=laboratory");
    assert_intersection("user/Observation.rs?a=1", "user/Observation.rs?b=2",
                        "user/Observation.rs?a=1&b=2");
    assert_intersection("user/*.rs?a=1", "user/*.rs?a=1", "user/*.rs?a=1");
    assert_intersection("openid launch user/*.c", "openid user/*.c", "openid user/*.c");
}

static void h76_an_intersection_never_grants_what_one_side_does_not(void **state)
{
    (void)state;
    assert_intersection("patient/*.rs", "user/*.rs", "");
    assert_intersection("system/*.cruds", "user/*.cruds", "");
    assert_intersection("user/Patient.rs", "user/Observation.rs", "");
    assert_intersection("user/Patient.r", "user/Patient.s", "");
    assert_intersection("offline_access", "openid", "");
}

static void h76_less_is_within_more_and_never_the_other_way(void **state)
{
    (void)state;
    struct access_scopes whole = read("openid user/*.rs user/Patient.cu patient/*.r?a=1");
    static const char *const within[] = {
        "user/Observation.r",    "user/Patient.crus",         "openid",
        "patient/Patient.r?a=1", "patient/Patient.r?b=2&a=1", ""};
    static const char *const beyond[] = {
        "user/Observation.c",    "user/*.cr",  "fhirUser",      "patient/Patient.r",
        "patient/Patient.r?a=2", "system/*.r", "user/Patient.d"};

    for (size_t i = 0; i < sizeof within / sizeof *within; i++) {
        struct access_scopes part = read(within[i]);
        assert_true(scopes_within(&part, &whole));
    }
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        struct access_scopes part = read(beyond[i]);
        assert_false(scopes_within(&part, &whole));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scope_has_context_type_letters_and_filter),
        cmocka_unit_test(words_of_version_one_mean_what_smart_says),
        cmocka_unit_test(launch_and_identity_are_words),
        cmocka_unit_test(h76_what_is_not_a_scope_grants_nothing),
        cmocka_unit_test(h76_characters_that_no_scope_has_are_refused),
        cmocka_unit_test(more_scopes_than_there_is_room_for_are_refused),
        cmocka_unit_test(the_same_twice_is_one_and_letters_add_up),
        cmocka_unit_test(an_intersection_is_the_narrower_of_each_pair),
        cmocka_unit_test(h76_an_intersection_never_grants_what_one_side_does_not),
        cmocka_unit_test(h76_less_is_within_more_and_never_the_other_way),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

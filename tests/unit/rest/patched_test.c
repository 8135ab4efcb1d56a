/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patches, made before the store's job, where others write between. */
#include <stdio.h>
#include <stdlib.h>

#include "people.h"

enum { LONG_TEXT = 20000 };

static const char to_female[] = "[{\"op\":\"test\",\"path\":\"/gender\",\"value\":\"male\"},"
                                "{\"op\":\"replace\",\"path\":\"/gender\",\"value\":\"female\"}]";
static const struct access_subject stranger = {.roles = ACCESS_ROLE_BIT(ACCESS_PATIENT),
                                               .user = {"Patient/other", 13},
                                               .patient = {"other", 5},
                                               .client = {"portal", 6},
                                               .scopes = &of_user};

static int open_with_patient(void **state)
{
    if (server_open(state) != 0)
        return -1;
    server_expect(201, REST_PUT, "/Patient/p",
                  "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"male\"}");
    return 0;
}

static const char *other;

static void put_another(void)
{
    server_meanwhile(200, REST_PUT, "/Patient/p", other);
}

static void let_another_write(const char *body)
{
    other = body;
    server_between = put_another;
}

static void a_patch_crossed_by_another_change_is_made_of_what_that_left(void **state)
{
    (void)state;
    let_another_write("{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"male\","
                      "\"birthDate\":\"1956-05-27\"}");
    server_expect(200, REST_PATCH, "/Patient/p", to_female);
    server_assert_at("gender", "female");
    server_assert_at("birthDate", "1956-05-27");
    server_assert_at("meta.versionId", "3");

    let_another_write("{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"other\"}");
    server_expect(422, REST_PATCH, "/Patient/p",
                  "[{\"op\":\"test\",\"path\":\"/gender\",\"value\":\"female\"}]");
    server_expect(200, REST_GET, "/Patient/p", "");
    server_assert_at("gender", "other");
}

static void h192_one_that_takes_long_is_to_be_sent_again(void **state)
{
    (void)state;
    static char large[LONG_TEXT + 100];
    snprintf(large, sizeof large,
             "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"male\",\"name\":[{\"text\":"
             "\"%0*d\"}]}",
             LONG_TEXT, 1);
    let_another_write(large);
    server_expect(409, REST_PATCH, "/Patient/p", to_female);
    server_assert_at("issue.0.code", "conflict");
    server_expect(200, REST_PATCH, "/Patient/p", to_female);
    server_assert_at("meta.versionId", "3");
}

static void h192_a_small_patch_of_a_small_resource_cannot_make_a_large_one(void **state)
{
    (void)state;
    enum { COPIES = 19 };
    static const char copy[] = "{\"op\":\"copy\",\"from\":\"/name\",\"path\":\"/name/-\"}";
    char patch[COPIES * sizeof copy + 2] = "[";
    for (int i = 0; i < COPIES; i++)
        snprintf(patch + strlen(patch), sizeof patch - strlen(patch), "%s%c", copy,
                 i == COPIES - 1 ? ']' : ',');
    server_expect(200, REST_PATCH, "/Patient/p",
                  "[{\"op\":\"add\",\"path\":\"/name\",\"value\":[{\"family\":\"Alaoui\"}]}]");
    server_expect(413, REST_PATCH, "/Patient/p", patch);
}

static void access_is_decided_before_anything_of_it_is_told(void **state)
{
    (void)state;
    let_people_in();
    server_subject = &stranger;
    server_expect(404, REST_PATCH, "/Patient/p", to_female);
    server_expect(404, REST_PATCH, "/Patient/p",
                  "[{\"op\":\"test\",\"path\":\"/gender\",\"value\":\"other\"}]");
    server_expect(404, REST_PATCH, "/Patient/nobody", to_female);
    server_subject = &owner;
    server_expect(200, REST_PATCH, "/Patient/p", to_female);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, open_with_patient, server_close)
    const struct CMUnitTest tests[] = {
        CASE(a_patch_crossed_by_another_change_is_made_of_what_that_left),
        CASE(h192_one_that_takes_long_is_to_be_sent_again),
        CASE(h192_a_small_patch_of_a_small_resource_cannot_make_a_large_one),
        CASE(access_is_decided_before_anything_of_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/demo.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmocka_base.h"
#include "fhir/model.h"
#include "fhir/validate.h"
#include "json/json.h"

enum { PATIENTS = 200, ALL_BYTES_MAX = 8 << 20 };

struct tally {
    struct arena documents;
    size_t count, patients, bytes;
    char *all; /* every body, one behind the other */
};

static void take(void *context, const struct demo_resource *resource)
{
    struct tally *tally = context;
    tally->count++;
    tally->patients += strcmp(resource->type, "Patient") == 0;
    assert_true(tally->bytes + resource->body.len < ALL_BYTES_MAX);
    memcpy(tally->all + tally->bytes, resource->body.bytes, resource->body.len);
    tally->bytes += resource->body.len;
}

static void make(struct tally *tally, uint64_t seed, uint32_t first, uint32_t count,
                 demo_take *taker)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    const struct demo demo = {
        .seed = seed,
        .now_ms = INT64_C(1764432000000),
        .lists = &demo_lists_built_in,
        .arena = &arena,
        .take = taker,
        .context = tally,
    };
    if (first == 0)
        demo_make_site(&demo);
    for (uint32_t number = first; number < first + count; number++)
        demo_make_patient(&demo, number);
    arena_free(&arena);
}

static void the_same_seed_makes_the_same_centre(void **state)
{
    (void)state;
    struct tally one = {.all = malloc(ALL_BYTES_MAX)}, two = {.all = malloc(ALL_BYTES_MAX)};
    struct tally other = {.all = malloc(ALL_BYTES_MAX)};
    assert_true(one.all && two.all && other.all);
    make(&one, 1, 0, PATIENTS, take);
    make(&two, 1, 0, PATIENTS / 2, take);
    make(&two, 1, PATIENTS / 2, PATIENTS / 2,
         take); /* a part by itself is that part of the whole */
    make(&other, 2, 0, PATIENTS, take);
    assert_int_equal(one.bytes, two.bytes);
    assert_memory_equal(one.all, two.all, one.bytes);
    assert_true(one.bytes != other.bytes || memcmp(one.all, other.all, one.bytes) != 0);
    assert_int_equal(one.patients, PATIENTS);
    assert_in_range(one.count, 15 * PATIENTS, 35 * PATIENTS);
    free(one.all);
    free(two.all);
    free(other.all);
}

static void check(void *context, const struct demo_resource *resource)
{
    struct tally *tally = context;
    struct json json;
    struct fhir_issues issues = {0};
    const struct fhir_validator rules = {.check = NULL};
    assert_int_equal(
        json_parse(&json, resource->body, &json_limits_default, &tally->documents, NULL), JSON_OK);
    bool is_valid = fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), &rules, &tally->documents);
    if (!is_valid)
        print_error("%.*s\n", (int)resource->body.len, resource->body.bytes);
    assert_true(is_valid);
    tally->count++;
    arena_reset(&tally->documents);
}

static void everything_made_is_valid(void **state)
{
    (void)state;
    struct tally tally = {0};
    arena_init(&tally.documents, 16 << 20);
    make(&tally, 7, 0, PATIENTS, check);
    assert_true(tally.count > 15 * PATIENTS);
    arena_free(&tally.documents);
}

struct searched {
    const char *type, *id, *part;
    size_t found, types;
};

static void search(void *context, const struct demo_resource *resource)
{
    struct searched *searched = context;
    if (strcmp(resource->type, searched->type) != 0)
        return;
    searched->types++;
    if (text_is(resource->id, searched->id))
        searched->found += memmem(resource->body.bytes, resource->body.len, searched->part,
                                  strlen(searched->part)) != NULL;
}

static void count(struct searched *searched, uint32_t number)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    const struct demo demo = {.seed = 1,
                              .now_ms = INT64_C(1764432000000),
                              .lists = &demo_lists_built_in,
                              .arena = &arena,
                              .take = search,
                              .context = searched};
    char id[32], part[64];
    uint32_t doctor_number = demo_doctor_of(&demo, number);
    snprintf(id, sizeof id, "t%u", number);
    snprintf(part, sizeof part, "\"Practitioner/doctor%u\"", doctor_number);
    searched->id = id;
    searched->part = part;
    demo_make_patient(&demo, number);
    snprintf(part, sizeof part, "\"Practitioner/nurse%u\"", demo_nurse_of(doctor_number));
    demo_make_patient(&demo, number);
    searched->id = searched->part = NULL;
    arena_free(&arena);
}

static void each_patient_has_a_team_of_their_doctor_and_a_nurse(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 20; number++) {
        struct searched searched = {.type = "CareTeam"};
        count(&searched, number);
        assert_int_equal(searched.found, 2);
        assert_int_equal(searched.types, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_makes_the_same_centre),
        cmocka_unit_test(everything_made_is_valid),
        cmocka_unit_test(each_patient_has_a_team_of_their_doctor_and_a_nurse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

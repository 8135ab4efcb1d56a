/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that are looked up sorted, and what comparing costs. */
#include "store/match.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit/store/record.h"

enum { VALUES = 40, ROUNDS = 3000, TEXT_LEN_MAX = 5 };

static uint32_t seed = 191;

static uint32_t below(uint32_t end)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % end;
}

/* Short, of two letters, so that many are equal or begin alike; some are empty. */
static struct text some_text(char *bytes)
{
    size_t len = below(TEXT_LEN_MAX + 1);
    for (size_t i = 0; i < len; i++)
        bytes[i] = below(2) ? 'a' : 'b';
    return (struct text){bytes, len};
}

static void h191_a_set_finds_what_going_through_the_values_finds(void **state)
{
    (void)state;
    static char bytes[VALUES][2][TEXT_LEN_MAX];
    struct arena arena;
    size_t found = 0;
    arena_init(&arena, 64 << 20);
    for (int round = 0; round < ROUNDS; round++) {
        struct search_value values[VALUES];
        char own[2][TEXT_LEN_MAX];
        uint16_t param = 7;
        uint8_t match = (uint8_t)below(3), kind = (uint8_t)below(4);
        for (size_t i = 0; i < VALUES; i++) {
            struct text one = some_text(bytes[i][0]), other = some_text(bytes[i][1]);
            values[i] = (struct search_value){.match = match};
            switch (kind) {
            case 0:
                values[i].kind = SEARCH_TOKEN;
                values[i].of.token.code = one;
                values[i].of.token.system = other;
                values[i].of.token.system_is = (uint8_t)below(3);
                break;
            case 1:
                values[i].kind = SEARCH_STRING;
                values[i].of.string.text = one;
                break;
            case 2:
                values[i].kind = SEARCH_REFERENCE;
                values[i].of.reference.id = one;
                values[i].of.reference.type = (uint16_t)below(3);
                break;
            default:
                values[i].kind = SEARCH_URI;
                values[i].of.uri = one;
            }
        }
        struct search_row row = {.param = param, .kind = values[0].kind};
        struct text one = some_text(own[0]), other = some_text(own[1]);
        if (kind == 0)
            row.of.token.code = one, row.of.token.system = other;
        else if (kind == 1)
            row.of.string.folded = row.of.string.exact = one;
        else if (kind == 2)
            row.of.reference.id = one, row.of.reference.type = (uint16_t)below(3);
        else
            row.of.uri = one;
        const struct search_condition condition = {.what = SEARCH_ROW,
                                                   .kind = row.kind,
                                                   .params = &param,
                                                   .param_count = 1,
                                                   .values = values,
                                                   .value_count = 1 + below(VALUES)};
        struct match_work work = {.left = 1000000, .arena = &arena};
        bool expected = match_any_value(&row, &condition, NULL);
        assert_int_equal(match_any_value(&row, &condition, &work), expected);
        assert_false(work.is_spent);
        found += expected;
        arena_reset(&arena);
    }
    assert_in_range(found, ROUNDS / 10, ROUNDS);
    arena_free(&arena);
}

static void h191_what_is_compared_is_charged_before_and_nothing_holds_once_it_is_spent(void **state)
{
    (void)state;
    uint16_t param = 7;
    struct search_value values[VALUES];
    struct search_row row = {.param = param, .kind = SEARCH_STRING};
    row.of.string.folded = TEXT("a name that has a value in it");
    for (size_t i = 0; i < VALUES; i++)
        values[i] = (struct search_value){
            .kind = SEARCH_STRING, .match = SEARCH_CONTAINS, .of.string.text = TEXT("value")};
    const struct match_resource resource = {.rows = {&row, 1, 0}};
    const struct search_condition condition = {.what = SEARCH_ROW,
                                               .kind = SEARCH_STRING,
                                               .params = &param,
                                               .param_count = 1,
                                               .values = values,
                                               .value_count = VALUES};
    struct match_work work = {.left = 1000000};
    assert_true(match_condition(&resource, &condition, &work));
    uint64_t cost = 1000000 - work.left;
    assert_true(cost > VALUES); /* of all, though the first is found */
    work = (struct match_work){.left = 3 * cost - 1};
    assert_true(match_condition(&resource, &condition, &work));
    assert_true(match_condition(&resource, &condition, &work));
    assert_false(match_condition(&resource, &condition, &work));
    assert_true(work.is_spent);
    assert_int_equal(work.left, 0);
    assert_false(match_spend(&work, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h191_a_set_finds_what_going_through_the_values_finds),
        cmocka_unit_test(
            h191_what_is_compared_is_charged_before_and_nothing_holds_once_it_is_spent),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}

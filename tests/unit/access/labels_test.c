/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "access/labels.h"

#define C(code) "{\"system\":\"" ACCESS_CONFIDENTIALITY_SYSTEM "\",\"code\":\"" code "\"}"
#define OF(labels) "{\"meta\":{\"security\":[" labels "]}}"
#define NONE "{}"

static void read_json(struct json *json, const char *text, struct arena *arena)
{
    assert_int_equal(json_parse(json, text_of(text), &json_limits_default, arena, NULL), JSON_OK);
}

static void h183_labels_are_added_to_and_of_the_confidentiality_the_highest_stays(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after, *merged; /* NULL: nothing is lacking */
    } rows[] = {
        {NONE, NONE, NULL},
        {NONE, OF(C("L")), NULL},
        {OF(C("R")), OF(C("R")), NULL},
        {OF(C("R")), OF(C("V")), NULL},
        {OF(C("N") "," C("R")), OF(C("R")), NULL},
        {OF(C("R")), NONE, "[" C("R") "]"},
        {OF(C("R")), "{\"meta\":{\"security\":{\"code\":\"R\"}}}", "[" C("R") "]"},
        {OF(C("R")), OF(C("N")), "[" C("R") "]"},
        {OF(C("N") "," C("R")), OF(C("N")), "[" C("R") "]"},
        {OF(C("N") "," C("R")), NONE, "[" C("R") "]"},
        {OF(C("U")), NONE, "[" C("U") "]"},
        {OF(C("R")), OF("{\"code\":\"R\"}"), "[{\"code\":\"R\"}," C("R") "]"},
        /* A code that is none counts as the highest. */
        {OF(C("X")), OF(C("R")), "[" C("X") "]"},
        {OF("{\"system\":\"s\",\"code\":\"a\"}"),
         OF("{\"code\":\"a\",\"system\":\"s\",\"display\":\"d\"}"), NULL},
        {OF("{\"system\":\"s\",\"code\":\"a\"}," C("R")),
         OF("{\"system\":\"s\",\"code\":\"b\"}," C("V")),
         "[{\"system\":\"s\",\"code\":\"b\"}," C("V") ",{\"system\":\"s\",\"code\":\"a\"}]"},
        {OF("{\"system\":\"a\\/b\",\"code\":\"c\"}"), OF("{\"system\":\"a/b\",\"code\":\"c\"}"),
         NULL},
        {OF("{\"system\":\"a/b\",\"code\":\"c\"}"), OF("{\"system\":\"a\\/b\",\"code\":\"c\"}"),
         NULL},
        /* What is written like it is not it. */
        {OF("{\"system\":\"a\\/b\",\"code\":\"c\"}"),
         OF("{\"system\":\"a\\\\\\/b\",\"code\":\"c\"}"),
         "[{\"system\":\"a\\\\\\/b\",\"code\":\"c\"},{\"system\":\"a\\/b\",\"code\":\"c\"}]"},
        {OF("{\"display\":\"x\"}"), OF("{\"display\":\"y\"}"),
         "[{\"display\":\"y\"},{\"display\":\"x\"}]"},
        {OF("{\"display\":\"x\"}"), OF("{\"display\":\"x\"}"), NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena;
        struct json before, after;
        struct buffer merged;
        arena_init(&arena, 1 << 20);
        buffer_init(&merged, &arena);
        read_json(&before, rows[i].before, &arena);
        read_json(&after, rows[i].after, &arena);
        bool stay = access_labels_stay(&before, JSON_ROOT, &after, JSON_ROOT);
        if (stay != !rows[i].merged)
            fail_msg("row %zu", i);
        if (!stay) {
            access_labels_merge(&merged, &before, JSON_ROOT, &after, JSON_ROOT);
            buffer_add_byte(&merged, '\0');
            assert_string_equal(merged.bytes, rows[i].merged);
        }
        arena_free(&arena);
    }
}

/* And does not hold up who else writes. */
static void h183_labels_that_are_too_many_to_compare_are_kept(void **state)
{
    (void)state;
    enum { LABELS = 60000 };
    struct arena arena;
    struct json many, merged;
    struct buffer text, out;
    arena_init(&arena, 64 << 20);
    buffer_init(&text, &arena);
    buffer_init(&out, &arena);
    buffer_add(&text, TEXT("{\"meta\":{\"security\":[" C("R")));
    for (int i = 0; i < LABELS; i++)
        buffer_format(&text, ",{\"code\":\"%d\"}", i);
    buffer_add(&text, TEXT("]}}"));
    buffer_add_byte(&text, '\0');
    assert_false(text.failed);
    read_json(&many, text.bytes, &arena);
    assert_false(access_labels_stay(&many, JSON_ROOT, &many, JSON_ROOT));
    access_labels_merge(&out, &many, JSON_ROOT, &many, JSON_ROOT);
    buffer_add_byte(&out, '\0');
    assert_false(out.failed);
    read_json(&merged, out.bytes, &arena);
    assert_int_equal(merged.nodes[JSON_ROOT].count, 2 * LABELS + 1);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h183_labels_are_added_to_and_of_the_confidentiality_the_highest_stays),
        cmocka_unit_test(h183_labels_that_are_too_many_to_compare_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

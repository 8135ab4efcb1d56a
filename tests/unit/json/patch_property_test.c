/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patches made by chance, of documents made by chance, each done in two ways. */
#include <stdio.h>

#include "base/random.h"
#include "unit/cmocka_base.h"
#include "unit/json/slow_patch.h"

enum { PATCHES = 50000 / UNIT_SLOWER, TEXT_BYTES_MAX = 4000, OPS = 4 };

static struct random seeded;

static const char *one_of(const char *const *words)
{
    uint64_t count = 0;
    while (words[count])
        count++;
    return words[random_below(&seeded, count)];
}

static void add(char *text, const char *piece)
{
    size_t len = strlen(text);
    snprintf(text + len, TEXT_BYTES_MAX - len, "%s", piece);
}

static const char *const keys[] = {"a", "b", "~", "/", "\\u0061\\n", "", NULL};

static void add_value(char *text, unsigned depth)
{
    static const char *const scalars[] = {"1", "1.0", "\"x\"", "null", " true ", "2e3", NULL};
    uint64_t kind = random_below(&seeded, depth > 3 ? 1 : 3);
    if (kind == 0) {
        add(text, one_of(scalars));
        return;
    }
    uint64_t count = random_below(&seeded, 4);
    uint64_t first = random_below(&seeded, 6);
    add(text, kind == 1 ? "[" : "{ ");
    for (uint64_t i = 0; i < count; i++) {
        if (i)
            add(text, ", ");
        if (kind == 2) {
            add(text, "\"");
            add(text, keys[(first + i) % 6]);
            add(text, "\":");
        }
        add_value(text, depth + 1);
    }
    add(text, kind == 1 ? " ]" : "}");
}

static void add_path(char *text)
{
    static const char *const tokens[] = {"/a", "/b", "/~0", "/~1", "/\\u0061\\n", "/", "/0",
                                         "/1", "/2", "/0",  "/-",  "/01",         NULL};
    for (uint64_t i = random_below(&seeded, 4); i > 0; i--)
        add(text, one_of(tokens));
    if (random_chance(&seeded, 0.01))
        add(text, "~");
}

static void add_op(char *text)
{
    static const char *const verbs[] = {"add",  "add",  "remove", "replace",
                                        "move", "copy", "test",   NULL};
    add(text, "{\"op\":\"");
    add(text, one_of(verbs));
    add(text, "\",\"path\":\"");
    add_path(text);
    add(text, "\",\"from\":\"");
    add_path(text);
    add(text, "\"");
    if (random_chance(&seeded, 0.98)) {
        add(text, ",\"value\":");
        add_value(text, 2);
    }
    add(text, "}");
}

static void h85_both_ways_give_the_same(void **state)
{
    (void)state;
    static const struct json_limits limits = {12, 20, TEXT_BYTES_MAX};
    unsigned patched = 0;
    random_seed(&seeded, 4);
    for (int i = 0; i < PATCHES; i++) {
        char target[TEXT_BYTES_MAX] = "", patch[TEXT_BYTES_MAX] = "[";
        add_value(target, 0);
        for (uint64_t op = 1 + random_below(&seeded, OPS); op > 0; op--) {
            add_op(patch);
            add(patch, op > 1 ? "," : "]");
        }
        patched += json_patch_property(text_of(target), text_of(patch), &limits);
    }
    assert_in_range(patched, PATCHES / 20, PATCHES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h85_both_ways_give_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

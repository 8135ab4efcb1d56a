/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HL7's good examples, each spoilt in one place after another: the issue names that place and no other element. */
#include <dirent.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "fhir/validate.h"
#include "fhir_file.h"
#include "unit/fhir/where.h"

enum {
    FILE_BYTES_MAX = 5000,        /* small ones say as much */
    EVERY_FILE = 3 * UNIT_SLOWER, /* of the package's */
    EVERY_NODE = 5,               /* of a file's */
    ARENA_BYTES_MAX = 64 << 20,
};

static struct fhir_issues issues;

/* `text` with `len` bytes at `at` replaced. */
static struct text replaced(struct text text, uint32_t at, uint32_t len, const char *by,
                            struct arena *arena)
{
    struct buffer buffer;

    buffer_init(&buffer, arena);
    buffer_add(&buffer, (struct text){text.bytes, at});
    buffer_add(&buffer, text_of(by));
    buffer_add(&buffer, (struct text){text.bytes + at + len, text.len - at - len});
    assert_false(buffer.failed);
    return buffer_text(&buffer);
}

/* Whether an issue of this type names the element that has `node`, as its value or as its companion. */
static bool names(const struct json *json, uint32_t node, enum fhir_issue_type type)
{
    for (size_t at = 0; at < issues.count; at++) {
        struct where where = where_is(json, issues.list[at].expression);

        if (issues.list[at].type == type && where.is_there &&
            (where.node == node || (where.shadow != JSON_NONE && where.shadow == node)))
            return true;
    }
    return false;
}

static void is_refused(struct text spoilt, uint32_t node, enum fhir_issue_type type,
                       struct arena *arena)
{
    struct json json = parse_text(spoilt, arena);

    if (fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), NULL, arena))
        fail_msg("taken: %.*s", (int)spoilt.len, spoilt.bytes);
    if (!names(&json, node, type))
        fail_msg("named %.*s: %.*s", (int)issues.list[0].expression.len,
                 issues.list[0].expression.bytes, (int)spoilt.len, spoilt.bytes);
    for (size_t at = 0; at < issues.count; at++)
        assert_true(where_is(&json, issues.list[at].expression).is_there);
}

/* A property gets a name that there is not; a value becomes an array in an array, which nothing is. */
static void spoil(const struct json *json, struct text text, uint32_t object, uint32_t key,
                  struct arena *arena)
{
    const struct json_node *value = &json->nodes[key + 1];

    if (json_string_is(json, key, TEXT("resourceType")))
        return;
    is_refused(replaced(text, json->nodes[key].at, 0, "X", arena), object, FHIR_ISSUE_STRUCTURE,
               arena);
    if (value->type == JSON_NUMBER || value->type == JSON_TRUE || value->type == JSON_FALSE) {
        is_refused(replaced(text, value->at, value->len, "{\"a\":1}", arena), key + 1,
                   FHIR_ISSUE_STRUCTURE, arena);
        is_refused(replaced(text, value->at, value->len, "[1]", arena), object,
                   FHIR_ISSUE_STRUCTURE, arena);
    } else if (value->type == JSON_STRING) {
        is_refused(replaced(text, value->at, value->len, "", arena), key + 1, FHIR_ISSUE_VALUE,
                   arena);
        is_refused(replaced(text, value->at - 1, value->len + 2, "1.5", arena), key + 1,
                   FHIR_ISSUE_STRUCTURE, arena);
    }
}

static size_t spoil_file(const char *path, struct arena *arena)
{
    struct text text = read_whole(path, arena);
    struct json json = parse_text(text, arena);
    size_t spoilt = 0;

    if (!fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), NULL, arena))
        return 0; /* hl7_examples_test.c knows why */
    for (uint32_t object = 0; object < json.node_count; object++) {
        if (json_type(&json, object) != JSON_OBJECT)
            continue;
        for (uint32_t key = json_first(&json, object); key != json_end(&json, object);
             key = json_next(&json, key + 1))
            if (key % EVERY_NODE == 0) {
                spoil(&json, text, object, key, arena);
                spoilt++;
            }
    }
    return spoilt;
}

static void h86_a_good_example_with_one_thing_spoilt_is_refused_there(void **state)
{
    (void)state;
    struct arena arena;
    struct dirent **entries;
    int count = scandir(FHIR_PACKAGE, &entries, NULL, alphasort);
    size_t spoilt = 0;

    assert_true(count > 0);
    arena_init(&arena, ARENA_BYTES_MAX);
    for (int at = 0; at < count; at++) {
        char path[4096];
        struct text text;

        snprintf(path, sizeof path, "%s/%s", FHIR_PACKAGE, entries[at]->d_name);
        if (at % EVERY_FILE == 0 && strchr(entries[at]->d_name, '-')) {
            text = read_whole(path, &arena);
            if (text.len <= FILE_BYTES_MAX)
                spoilt += spoil_file(path, &arena);
            arena_reset(&arena);
        }
        free(entries[at]);
    }
    free(entries);
    arena_free(&arena);
    assert_true(spoilt > 1000 / UNIT_SLOWER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h86_a_good_example_with_one_thing_spoilt_is_refused_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

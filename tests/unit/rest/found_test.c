/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HL7's examples are written through the API and searched: answers to questions made up from what is in them, chains
 * and _has among these, are what the slow and obvious way finds. Skipped where the package is not there. */
#include "server.h"

#include <stdio.h>
#include <string.h>

#include "search/examples.h"
#include "search/form.h"
#include "search/questions.h"

enum { QUESTIONS = 1500 / UNIT_SLOWER, TREES_ASKED = 60 };

static struct examples examples;
static struct arena kept, arena;
static const char base[] = "http://127.0.0.1:8080/fhir";

/* Those that the server takes are left: a few break R4's rules. */
static void write_all(void)
{
    size_t taken = 0;
    for (size_t i = 0; i < examples.count; i++) {
        const struct oracle_resource *resource = &examples.resources[i];
        char path[160];
        snprintf(path, sizeof path, "/%s/%.*s", fhir_types[resource->type].name,
                 (int)resource->id.len, resource->id.bytes);
        const struct rest_wire wire = {
            .method = REST_PUT,
            .path = text_of(path),
            .content_type = TEXT("application/fhir+json"),
            .body = {resource->json->text,
                     resource->json->nodes[0].at + resource->json->nodes[0].len}};
        if (server_ask(&wire)->status != 201)
            continue;
        examples.resources[taken] = *resource;
        examples.rows[taken++] = examples.rows[i];
    }
    examples.count = taken;
}

static const struct oracle_resource *example_of(uint16_t type, struct text id, size_t *place)
{
    for (*place = 0; *place < examples.count; ++*place)
        if (examples.resources[*place].type == type &&
            text_equal(examples.resources[*place].id, id))
            return &examples.resources[*place];
    return NULL;
}

static size_t into_contained; /* questions */

struct asked {
    uint16_t type;
    struct text name, value;
};

/* The rows of what the row refers to, where that is contained in the same resource; none: count 0. */
static struct search_rows contained_rows(const struct search_rows *rows, struct text reference,
                                         uint16_t *type)
{
    struct search_row *row = rows->rows + rows->count, *end = row + rows->contained;
    for (; text_starts(reference, TEXT("#")) && row < end; row++) {
        if (row->kind != SEARCH_TOKEN || strcmp(fhir_search_params[row->param].code, "_id") != 0 ||
            !text_equal(row->of.token.code, (struct text){reference.bytes + 1, reference.len - 1}))
            continue;
        struct search_rows found = {.rows = row + 1};
        *type = fhir_resource_named(row->of.token.system);
        while (found.rows + found.count < end && found.rows[found.count].group == row->group)
            found.count++;
        return found;
    }
    return (struct search_rows){.count = 0};
}

/* What lies above or below `target`, or what that is a part of; by `code` of resources that refer there. */
static struct asked ask_tree(const struct asker *asker, uint16_t type, const char *code,
                             const struct oracle_resource *target, size_t place)
{
    struct buffer name, value;
    struct text root = target->id;
    const struct search_rows *rows = &examples.rows[place];
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(fhir_search_params[rows->rows[i].param].code, oracle_part_of(target->type)) ==
                0 &&
            rows->rows[i].of.reference.type == target->type && random_chance(asker->random, 0.7))
            root = rows->rows[i].of.reference.id;
    buffer_init(&name, asker->arena);
    buffer_init(&value, asker->arena);
    buffer_format(&name, "%s:%s", code, random_chance(asker->random, 0.7) ? "below" : "above");
    buffer_format(&value, "%s/%.*s", fhir_types[target->type].name, (int)root.len, root.bytes);
    return (struct asked){type, buffer_text(&name), buffer_text(&value)};
}

/* A question about one resource; one in three goes by a reference of it, there or back. */
static struct asked make_up(const struct asker *asker, size_t about)
{
    const struct oracle_resource *resource = &examples.resources[about];
    const struct search_rows *rows = &examples.rows[about];
    struct search_pair own = question_about(asker, rows);
    const struct search_row *row = &rows->rows[random_below(asker->random, rows->count)];
    const struct fhir_search_param *param = &fhir_search_params[row->param];
    size_t place;
    struct buffer name;
    uint16_t inner_type;
    struct search_rows inner = {.count = 0};
    if (row->kind == SEARCH_REFERENCE && param->kind == FHIR_SEARCH_REFERENCE)
        inner = contained_rows(rows, row->of.reference.id, &inner_type);
    if (inner.count) {
        struct search_pair theirs = question_about(asker, &inner);
        buffer_init(&name, asker->arena);
        buffer_format(&name, "%s:%s.%.*s", param->code, fhir_types[inner_type].name,
                      (int)theirs.name.len, theirs.name.bytes);
        into_contained++;
        return (struct asked){resource->type, buffer_text(&name), theirs.value};
    }
    const struct oracle_resource *target =
        row->kind == SEARCH_REFERENCE && param->kind == FHIR_SEARCH_REFERENCE
            ? example_of(row->of.reference.type, row->of.reference.id, &place)
            : NULL;
    if (!target || examples.rows[place].count == 0)
        return (struct asked){resource->type, own.name, own.value};
    buffer_init(&name, asker->arena);
    if (random_chance(asker->random, 0.5)) {
        struct search_pair theirs = question_about(asker, &examples.rows[place]);
        buffer_format(&name, "%s:%s.%.*s", param->code, fhir_types[target->type].name,
                      (int)theirs.name.len, theirs.name.bytes);
        return (struct asked){resource->type, buffer_text(&name), theirs.value};
    }
    buffer_format(&name, "_has:%s:%s:%.*s", fhir_types[resource->type].name, param->code,
                  (int)own.name.len, own.name.bytes);
    return (struct asked){target->type, buffer_text(&name), own.value};
}

/* The path and query of the next page's link in the last answer; NULL: it was the last page. */
static const char *next_page(void)
{
    for (size_t i = 0;; i++) {
        char path[64];
        snprintf(path, sizeof path, "link.%zu.relation", i);
        struct text relation = server_at(path);
        if (!relation.len)
            return NULL;
        if (!text_is(relation, "next"))
            continue;
        snprintf(path, sizeof path, "link.%zu.url", i);
        return arena_copy(&arena, server_at(path)).bytes + strlen(base);
    }
}

/* Sometimes an order: by a parameter that some resource of the type has. */
static void add_order(const struct asker *asker, uint16_t type, struct buffer *target)
{
    size_t place = random_below(asker->random, examples.count);
    while (examples.resources[place].type != type)
        place = (place + 1) % examples.count;
    const struct search_rows *rows = &examples.rows[place];
    if (rows->count == 0 || random_chance(asker->random, 0.5))
        return;
    const struct fhir_search_param *param =
        &fhir_search_params[rows->rows[random_below(asker->random, rows->count)].param];
    if (param->kind != FHIR_SEARCH_COMPOSITE && param->kind != FHIR_SEARCH_SPECIAL)
        buffer_format(target, "&_sort=%s%s", random_chance(asker->random, 0.5) ? "-" : "",
                      param->code);
}

/* Whether the matches of all pages from this one on are just those that the oracle finds, each once; how many. */
static size_t check(const struct oracle *oracle, const struct asked *asked, const char *target)
{
    static bool seen[EXAMPLES_MAX];
    size_t expected = 0, answered = 0;
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < examples.count; i++)
        expected += examples.resources[i].type == asked->type &&
                    oracle_finds(oracle, &examples.resources[i], asked->name, asked->value);
    for (const char *page = target; page; page = next_page()) {
        server_expect(200, REST_GET, page, "");
        for (size_t i = 0;; i++, answered++) {
            char path[64];
            size_t place;
            snprintf(path, sizeof path, "entry.%zu.resource.id", i);
            struct text id = server_at(path);
            if (!id.len)
                break;
            const struct oracle_resource *found = example_of(asked->type, id, &place);
            if (!found || seen[place] || !oracle_finds(oracle, found, asked->name, asked->value))
                fail_msg("%s finds %.*s", target, (int)id.len, id.bytes);
            seen[place] = true;
        }
    }
    if (answered != expected)
        fail_msg("%s finds %zu, not %zu", target, answered, expected);
    return expected;
}

/* Of each reference to what may lie in another; how many found something. */
static size_t ask_trees(const struct oracle *oracle, const struct asker *asker)
{
    size_t asked_of = 0, found = 0;
    for (size_t i = 0; i < examples.count && asked_of < TREES_ASKED; i++)
        for (size_t k = 0; k < examples.rows[i].count; k++) {
            const struct search_row *row = &examples.rows[i].rows[k];
            const struct fhir_search_param *param = &fhir_search_params[row->param];
            size_t place;
            const struct oracle_resource *target =
                row->kind == SEARCH_REFERENCE && param->kind == FHIR_SEARCH_REFERENCE
                    ? example_of(row->of.reference.type, row->of.reference.id, &place)
                    : NULL;
            struct buffer path;
            if (!target || !*oracle_part_of(target->type))
                continue;
            const struct asked asked =
                ask_tree(asker, examples.resources[i].type, param->code, target, place);
            buffer_init(&path, &arena);
            buffer_format(&path, "/%s?%.*s=%.*s&_elements=id&_count=7", fhir_types[asked.type].name,
                          (int)asked.name.len, asked.name.bytes, (int)asked.value.len,
                          asked.value.bytes);
            buffer_add_byte(&path, '\0');
            assert_false(path.failed);
            found += check(oracle, &asked, path.bytes) > 0;
            asked_of++;
            arena_reset(&arena);
        }
    return found;
}

static void h89_answers_are_what_r4_says(void **state)
{
    (void)state;
    struct random random;
    struct asker asker = {&random, &arena, base};
    size_t found = 0, linked = 0;
    arena_init(&kept, 512 << 20);
    arena_init(&arena, 256 << 20);
    const struct search_extractor *extractor = search_extractor_make(&kept);
    assert_non_null(extractor);
    if (!examples_read(&examples, FHIR_PACKAGE, extractor, text_of(base), &kept)) {
        arena_free(&kept);
        skip();
    }
    write_all();
    assert_true(examples.count > 500);
    const struct oracle oracle = {examples.resources, examples.count, text_of(base), server_now_ms,
                                  &arena};
    random_seed(&random, 20261129);
    for (unsigned i = 0; i < QUESTIONS; i++) {
        size_t about = random_below(&random, examples.count);
        struct buffer target;
        if (examples.rows[about].count == 0)
            continue;
        struct asked asked = make_up(&asker, about);
        buffer_init(&target, &arena);
        buffer_format(&target, "/%s?", fhir_types[asked.type].name);
        form_write(&target, asked.name);
        buffer_add_byte(&target, '=');
        form_write(&target, asked.value);
        buffer_format(&target, "&_elements=id&_count=%d", random_chance(&random, 0.3) ? 7 : 1000);
        add_order(&asker, asked.type, &target);
        buffer_add_byte(&target, '\0');
        assert_false(target.failed);
        size_t matches = check(&oracle, &asked, target.bytes);
        found += matches > 0;
        linked += matches > 0 && (memchr(asked.name.bytes, '.', asked.name.len) ||
                                  text_starts(asked.name, TEXT("_has")));
        arena_reset(&arena);
    }
    assert_true(found > QUESTIONS / 2 && linked > QUESTIONS / 50 &&
                into_contained > QUESTIONS / 50 && ask_trees(&oracle, &asker) > TREES_ASKED / 2);
    arena_free(&kept);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(h89_answers_are_what_r4_says, server_open, server_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

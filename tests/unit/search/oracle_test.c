/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HL7's examples and questions made up from what is in them: what rows and a parsed query say is what the slow and
 * obvious way says. Skipped where the package is not there. */
#include "unit/cmocka_base.h"

#include "search/examples.h"
#include "search/form.h"
#include "search/questions.h"
#include "store/match.h"

enum {
    OF_A_TYPE_MAX = 40, /* that one question is put to */
    QUESTIONS = 6000 / UNIT_SLOWER,
};

static struct examples examples;
static struct arena kept, arena;
static const char base[] = "https://here.org/fhir";

/* Puts the question to some resources of the type; how many it found. */
static unsigned put(const struct oracle *oracle, struct random *random, uint16_t type,
                    struct text name, struct text value)
{
    struct buffer written;
    struct search_query query;
    struct search_fault fault;
    struct search_setting setting = {oracle->base, oracle->now_ms, true, NULL};
    struct search_scope scope = {type, FHIR_NONE, TEXT("")};
    buffer_init(&written, &arena);
    form_write(&written, name);
    buffer_add_byte(&written, '=');
    form_write(&written, value);
    enum search_err err =
        search_parse(&query, &scope, buffer_text(&written), &setting, &arena, &fault);
    if (err)
        fail_msg("%s?%.*s is refused: %s", fhir_types[type].name, (int)written.len, written.bytes,
                 fault.words);
    unsigned found = 0, tried = 0;
    size_t start = random_below(random, examples.count);
    for (size_t i = 0; i < examples.count && tried < OF_A_TYPE_MAX; i++) {
        size_t at = (start + i) % examples.count;
        if (examples.resources[at].type != type)
            continue;
        tried++;
        const struct match_resource resource = {
            type, examples.resources[at].id, examples.resources[at].updated_ms, examples.rows[at]};
        bool here = match_condition(&resource, &query.conditions[0], NULL);
        if (here != oracle_finds(oracle, &examples.resources[at], name, value))
            fail_msg("%s?%.*s finds %s%.*s", fhir_types[type].name, (int)written.len, written.bytes,
                     here ? "" : "not ", (int)examples.resources[at].id.len,
                     examples.resources[at].id.bytes);
        found += here;
    }
    return found;
}

static void h89_rows_and_queries_find_what_r4_says(void **state)
{
    (void)state;
    struct random random;
    struct oracle oracle = {examples.resources, 0, text_of(base), 1764374400000, &arena};
    struct asker asker = {&random, &arena, base};
    unsigned found = 0;
    arena_init(&kept, 512 << 20);
    arena_init(&arena, 64 << 20);
    const struct search_extractor *extractor = search_extractor_make(&kept);
    assert_non_null(extractor);
    if (!examples_read(&examples, FHIR_PACKAGE, extractor, text_of(base), &kept)) {
        arena_free(&kept);
        skip();
    }
    oracle.count = examples.count;
    random_seed(&random, 20261129);
    for (unsigned i = 0; i < QUESTIONS; i++) {
        size_t about = random_below(&random, examples.count);
        if (examples.rows[about].count == 0)
            continue;
        struct search_pair question = question_about(&asker, &examples.rows[about]);
        found += put(&oracle, &random, examples.resources[about].type, question.name,
                     question.value) > 0;
        arena_reset(&arena);
    }
    assert_true(found > QUESTIONS / 2); /* most questions are about what is there */
    arena_free(&kept);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(h89_rows_and_queries_find_what_r4_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

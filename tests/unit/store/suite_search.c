/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searches of any kind find what a slow, obvious filter finds, in the same order, page by page. */
#include <string.h>

#include "unit/store/suite.h"
#include "unit/store/world.h"

enum { WRITES = 400, QUERIES = 1500 / UNIT_SLOWER };

static void assert_total(struct record *record, struct search_query query, const char *ids)
{
    struct store_page page;
    int64_t total = ids[0] != '\0';
    for (const char *at = ids; *at; at++)
        total += *at == ' ';
    query.cursor = TEXT("");
    query.summary = SEARCH_SUMMARY_COUNT;
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.total, total);
    query.summary = SEARCH_SUMMARY_FALSE;
    query.total = SEARCH_TOTAL_ACCURATE;
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.total, total);
}

/* Questions that are answered as a slow filter answers them, while others write or not. */
static void ask_many(struct record *record, bool with_writes, bool counts)
{
    static struct asked asked;
    char expected[4096];
    size_t with_matches = 0;
    for (size_t i = 0; i < QUERIES; i++) {
        world_ask(&asked);
        world_filter(&asked.query, expected, sizeof expected);
        arena_reset(&record->arena);
        const char *found = record_search(record, &asked.query);
        if (strcmp(found, expected) != 0) {
            for (size_t c = 0; c < asked.query.condition_count; c++)
                print_message("# condition: what %d, kind %d, compare %d, match %d, scans %d\n",
                              asked.conditions[c].what, asked.conditions[c].kind,
                              asked.conditions[c].values->compare,
                              asked.conditions[c].values->match, asked.conditions[c].scans);
            fail_msg("query %zu (sorts %zu, by %d): found \"%s\", not \"%s\"", i,
                     asked.query.sort_count, asked.sort.by, found, expected);
        }
        if (counts || asked.query.condition_count == 0)
            assert_total(record, asked.query, expected);
        with_matches += expected[0] != '\0';
        if (with_writes && i % 10 == 0)
            world_write(record);
    }
    assert_true(with_matches > QUERIES / 3);
}

static void h92_a_search_finds_what_a_slow_filter_finds_in_the_same_order(void **state)
{
    world_make(*state, 4, WRITES);
    ask_many(*state, true, true);
}

static void h92_pages_along_an_index_are_those_that_are_gathered_and_sorted(void **state)
{
    struct record *record = *state;
    record_order_from = 1;
    record_reopen(record);
    record_order_from = 0;
    world_make(record, 6, WRITES);
    ask_many(record, true,
             false); /* its rows are of other types, too, which no index has in a record */
}

/* Values longer than what a page's end keeps of them. */
static void falling_pages_along_an_index_lose_none_of_those_with_one_long_value(void **state)
{
    struct record *record = *state;
    uint16_t type = record_type("Patient"), family = record_param("Patient", "family");
    static const char *const ids[] = {"a", "b", "c", "d", "e"};
    static const char words[] = "sixty letters are more than forty-eight as everybody knows";
    struct search_row row = row_string("Patient", "family", words, words);
    const struct search_sort sort = {
        .by = SEARCH_BY_PARAM, .params = &family, .param_count = 1, .is_descending = true};
    struct search_query query = {
        .types = &type, .type_count = 1, .sorts = &sort, .sort_count = 1, .count = 2};
    record_order_from = 1;
    record_reopen(record);
    record_order_from = 0;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        record_add(record, "Patient", ids[i], "1", &row, 1);
    assert_string_equal(record_search(record, &query), "a b c d e");
}

static void an_index_counts_what_has_one_value(void **state)
{
    struct record *record = *state;
    uint16_t type = record_type("Observation");
    uint16_t code = record_param("Observation", "code"),
             subject = record_param("Observation", "subject");
    struct search_row rows[] = {row_token("Observation", "code", "urn:s", "x"),
                                row_token("Observation", "code", "urn:t", "x"),
                                row_token("Observation", "code", "urn:t", "y"),
                                row_reference("Observation", "subject", "Patient", "a")};
    record_order_from = 1;
    record_reopen(record);
    record_order_from = 0;
    record_add(record, "Observation", "o1", "1", rows, 4);
    record_add(record, "Observation", "o2", "1", rows + 1, 3);
    record_add(record, "Observation", "o3", "1", rows + 2, 2);
    record_add(record, "Observation", "o4", "1", rows, 4);
    record_add(record, "Observation", "o4", "2", rows + 2, 1);
    record_add(record, "Observation", "o5", "1", rows, 4);
    record_delete(record, "Observation", "o5");

    struct search_value value = {.kind = SEARCH_TOKEN};
    struct search_condition condition = {.what = SEARCH_ROW,
                                         .kind = SEARCH_TOKEN,
                                         .params = &code,
                                         .param_count = 1,
                                         .values = &value,
                                         .value_count = 1};
    struct search_query query = {.types = &type,
                                 .type_count = 1,
                                 .conditions = &condition,
                                 .condition_count = 1,
                                 .count = 1};
    value.of.token.code = TEXT("x");
    assert_total(record, query, "o1 o2");
    value.of.token.system_is = SEARCH_SYSTEM_IS;
    value.of.token.system = TEXT("urn:s");
    assert_total(record, query, "o1");
    value.of.token.code = TEXT("y");
    value.of.token.system = TEXT("urn:t");
    assert_total(record, query, "o1 o2 o3 o4");
    value.of.token.system = TEXT("urn:nothing");
    assert_total(record, query, "");
    condition.params = &subject;
    condition.kind = SEARCH_REFERENCE;
    value = (struct search_value){.kind = SEARCH_REFERENCE};
    value.of.reference.type = record_type("Patient");
    value.of.reference.id = TEXT("a");
    value.of.reference.version = TEXT("");
    assert_total(record, query, "o1 o2 o3");
    value.of.reference.type = record_type("Group");
    assert_total(record, query, "");
}

static void h151_what_is_indexed_anew_is_found_by_its_new_rows_alone(void **state)
{
    struct record *record = *state;
    world_make(record, 5, WRITES);
    world_reindex(record);
    world_reindex(record);
    ask_many(record, false, true);
    record_reopen(record);
    ask_many(record, true, true);
}

static bool is_even(const struct store_row *row, void *context)
{
    (void)context;
    return (row->id.bytes[row->id.len - 1] - '0') % 2 == 0;
}

static void totals_count_all_pages_and_only_what_may_be_shown(void **state)
{
    struct record *record = *state;
    struct store_page page;
    struct store_view *view;
    uint16_t type = record_type("Patient");
    struct search_query query = {.types = &type, .type_count = 1, .count = 2};
    struct store_search asked = {.query = &query, .may_show = is_even};
    for (int i = 0; i < 5; i++) {
        char id[8];
        snprintf(id, sizeof id, "p%d", i);
        record_add(record, "Patient", id, "x", NULL, 0);
    }
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.count, 2);
    assert_int_equal(page.total, -1);
    assert_true(page.next.len > 0);
    query.total = SEARCH_TOTAL_ACCURATE;
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.total, 5);
    query.summary = SEARCH_SUMMARY_COUNT;
    assert_int_equal(record_page(record, &query, &page), STORE_OK);
    assert_int_equal(page.total, 5);
    assert_int_equal(page.count, 0);
    assert_int_equal(page.next.len, 0);

    query.summary = SEARCH_SUMMARY_FALSE;
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    assert_int_equal(store_search(view, &asked, &page), STORE_OK);
    assert_int_equal(page.total, 3);
    assert_int_equal(page.count, 2);
    assert_true(text_is(page.rows[1].id, "p2"));
    asked.cursor = page.next;
    assert_int_equal(store_search(view, &asked, &page), STORE_OK);
    assert_int_equal(page.count, 1);
    assert_true(text_is(page.rows[0].id, "p4"));
    assert_int_equal(page.next.len, 0);
    asked.cursor = TEXT("nonsense!");
    assert_int_equal(store_search(view, &asked, &page), STORE_ERR_QUERY);
    assert_non_null(view->help);
    store_view_end(view);
}

static void pages_are_stable_while_others_write(void **state)
{
    struct record *record = *state;
    struct store_page page;
    uint16_t type = record_type("Patient"), name = record_param("Patient", "name");
    struct search_sort sort = {.by = SEARCH_BY_PARAM, .params = &name, .param_count = 1};
    for (int sorted = 0; sorted < 2; sorted++) {
        struct search_query query = {.types = &type,
                                     .type_count = 1,
                                     .count = 4,
                                     .sorts = &sort,
                                     .sort_count = (size_t)sorted};
        char seen[64] = "", expected[64] = "";
        for (int i = 0; i < 12; i++) {
            char id[8], word[8];
            snprintf(id, sizeof id, "%c", 'a' + i);
            snprintf(word, sizeof word, "%c", 'a' + i);
            struct search_row row = row_string("Patient", "name", word, word);
            record_add(record, "Patient", id, "x", &row, 1);
            strcat(expected, id);
        }
        do {
            assert_int_equal(record_page(record, &query, &page), STORE_OK);
            for (size_t i = 0; i < page.count; i++)
                if (page.rows[i].id.len == 1)
                    strncat(seen, page.rows[i].id.bytes, 1);
            query.cursor = page.next;
            /* one that was shown is changed, new ones come, one is deleted that was shown */
            struct search_row row = row_string("Patient", "name", "a", "a");
            record_add(record, "Patient", "a", "y", &row, 1);
            row = row_string("Patient", "name", "bb", "bb");
            record_add(record, "Patient", "new", "y", &row, 1);
            record_delete(record, "Patient", "new");
            record_add(record, "Patient", "new", "z", &row, 1);
        } while (page.next.len);
        assert_string_equal(seen, expected);
    }
}

static void h157_what_is_changed_while_the_newest_are_paged_is_not_missed(void **state)
{
    struct record *record = *state;
    struct store_page page;
    uint16_t type = record_type("Patient"), other = record_type("Observation");
    uint16_t types[] = {type, other};
    struct search_sort sort = {.by = SEARCH_BY_UPDATED, .is_descending = true};
    for (size_t type_count = 1; type_count <= 2; type_count++) { /* streamed, and sorted */
        struct search_query query = {
            .types = types, .type_count = type_count, .count = 3, .sorts = &sort, .sort_count = 1};
        char seen[64] = "";
        int pages = 0;
        for (int i = 0; i < 10; i++) {
            char id[2] = {(char)('a' + i), '\0'};
            record_add(record, "Patient", id, "x", NULL, 0);
        }
        do {
            assert_int_equal(record_page(record, &query, &page), STORE_OK);
            for (size_t i = 0; i < page.count; i++)
                strncat(seen, page.rows[i].id.bytes, 1);
            query.cursor = page.next;
            if (pages == 0) { /* not shown yet; shown already; new */
                record_add(record, "Patient", "c", "y", NULL, 0);
                record_add(record, "Patient", "i", "y", NULL, 0);
                record_add(record, "Patient", "n", "y", NULL, 0);
            }
            if (pages == 1) /* the same again */
                record_add(record, "Patient", "c", "z", NULL, 0);
            record_add(record, "Location", "elsewhere", "y", NULL, 0); /* no page of its own */
        } while (page.next.len && ++pages < 20);
        assert_string_equal(seen, "jihgfedbacni");
        record_delete(record, "Patient", "n");
    }
}

static void h92_a_place_is_found_by_where_it_is(void **state)
{
    struct record *record = *state;
    struct store_page page;
    struct search_query query;
    struct search_fault fault;
    struct search_row rows[2] = {{.kind = SEARCH_NUMBER, .component = 0}, /* latitude */
                                 {.kind = SEARCH_NUMBER, .component = 1}};
    const struct search_scope scope = {.type = record_type("Location"),
                                       .compartment_type = FHIR_NONE};
    const struct search_setting setting = {.base = TEXT("http://a")};
    const double places[][2] = {{33.97, -6.85}, {33.57, -7.59}, {14.6, 121.0}};
    for (size_t i = 0; i < 3; i++) {
        char id[2] = {(char)('a' + i), '\0'};
        for (int part = 0; part < 2; part++) {
            rows[part].param = record_param("Location", "near");
            rows[part].of.number.low = rows[part].of.number.high = places[i][part];
        }
        record_add(record, "Location", id, "x", rows, 2);
    }
    static const struct {
        const char *parameters, *ids;
    } asked[] = {{"near=33.97|-6.85|20|km", "a"}, {"near=33.97|-6.85|200|km", "ab"}};
    for (size_t i = 0; i < 2; i++) {
        char found[8] = "";
        assert_int_equal(search_parse(&query, &scope, text_of(asked[i].parameters), &setting,
                                      &record->arena, &fault),
                         SEARCH_OK);
        assert_int_equal(record_page(record, &query, &page), STORE_OK);
        for (size_t row = 0; row < page.count; row++)
            strncat(found, page.rows[row].id.bytes, 1);
        assert_string_equal(found, asked[i].ids);
    }
}

static struct search_include include_of(const char *source, const char *code, const char *target,
                                        bool is_reverse, bool is_iterated)
{
    return (struct search_include){
        .is_reverse = is_reverse,
        .is_iterated = is_iterated,
        .source_type = record_type(source),
        .param = code ? record_param(source, code) : FHIR_NONE,
        .target_type = target ? record_type(target) : FHIR_NONE,
    };
}

static void includes_bring_each_resource_once(void **state)
{
    struct record *record = *state;
    uint16_t patient = record_type("Patient"), observation = record_type("Observation");
    struct search_row to_a = row_reference("Observation", "subject", "Patient", "a");
    struct search_row by_d = row_reference("Observation", "performer", "Practitioner", "d");
    struct search_row gp = row_reference("Patient", "general-practitioner", "Practitioner", "d");
    struct search_row two[] = {to_a, by_d};
    record_add(record, "Practitioner", "d", "x", NULL, 0);
    record_add(record, "Patient", "a", "x", &gp, 1);
    record_add(record, "Patient", "b", "x", NULL, 0);
    record_add(record, "Observation", "o1", "x", two, 2);
    record_add(record, "Observation", "o2", "x", &to_a, 1);
    record_add(record, "Observation", "o3", "x", &to_a, 1);
    record_delete(record, "Observation", "o3");

    struct search_include includes[2];
    struct search_query query = {
        .types = &observation, .type_count = 1, .count = 10, .includes = includes};
    query.include_count = 1;
    includes[0] = include_of("Observation", "subject", NULL, false, false);
    assert_string_equal(record_search(record, &query), "o1 o2 a+");
    includes[0].target_type = record_type("Group");
    assert_string_equal(record_search(record, &query), "o1 o2");
    includes[0] = include_of("Observation", NULL, NULL, false, false);
    assert_string_equal(record_search(record, &query), "o1 o2 a+ d+");
    includes[0] = include_of("Observation", "subject", NULL, false, false);
    includes[1] = include_of("Patient", "general-practitioner", NULL, false, false);
    query.include_count = 2;
    assert_string_equal(record_search(record, &query), "o1 o2 a+");
    includes[1].is_iterated = true;
    assert_string_equal(record_search(record, &query), "o1 o2 a+ d+");
    query.types = &patient;
    query.include_count = 1;
    includes[0] = include_of("Observation", "subject", NULL, true, false);
    assert_string_equal(record_search(record, &query), "a b o1+ o2+");
    includes[0] = include_of("Observation", NULL, NULL, true, false);
    assert_string_equal(record_search(record, &query), "a b o1+ o2+");
}

static void trees_lists_and_words_are_searched(void **state)
{
    struct record *record = *state;
    uint16_t location = record_type("Location"), partof = record_param("Location", "partof");
    const char *const parts[][2] = {{"city", NULL},  {"house", "city"}, {"ward", "house"},
                                    {"bed", "ward"}, {"loop", "loop"},  {"other", NULL}};
    for (size_t i = 0; i < 6; i++) {
        struct search_row row =
            row_reference("Location", "partof", "Location", parts[i][1] ? parts[i][1] : "none");
        record_add(record, "Location", parts[i][0], "x", &row, parts[i][1] ? 1 : 0);
    }
    struct search_value root = {.kind = SEARCH_REFERENCE};
    root.of.reference.type = location;
    root.of.reference.id = TEXT("house");
    struct search_condition condition = {.what = SEARCH_BELOW,
                                         .params = &partof,
                                         .param_count = 1,
                                         .values = &root,
                                         .value_count = 1};
    struct search_query query = {
        .types = &location, .type_count = 1, .conditions = &condition, .condition_count = 1};
    assert_string_equal(record_search(record, &query), "house ward bed");
    condition.what = SEARCH_ABOVE;
    assert_string_equal(record_search(record, &query), "city house");
    root.of.reference.id = TEXT("loop");
    assert_string_equal(record_search(record, &query), "loop");

    struct search_row items[] = {row_reference("List", "item", "Location", "bed"),
                                 row_reference("List", "item", "Location", "gone")};
    struct text id = TEXT("l");
    record_add(record, "List", "l", "x", items, 2);
    condition = (struct search_condition){.what = SEARCH_LIST, .texts = &id, .text_count = 1};
    assert_string_equal(record_search(record, &query), "bed");

    struct record_put put = {
        .type = location,
        .id = "told",
        .body = "x",
        .words = "la fievre est tombee \xd8\xa7\xd9\x84\xd9\x85\xd8\xb1\xd9\x8a\xd8\xb6"};
    assert_int_equal(record_put(record, &put), STORE_OK);
    condition.what = SEARCH_NARRATIVE;
    id = TEXT("tombee fievre");
    assert_string_equal(record_search(record, &query), "told");
    id = TEXT("\xd8\xa7\xd9\x84\xd9\x85\xd8\xb1\xd9\x8a\xd8\xb6");
    assert_string_equal(record_search(record, &query), "told");
    id = TEXT("fievre haute");
    assert_string_equal(record_search(record, &query), "");
    put.words = "rien";
    assert_int_equal(record_put(record, &put), STORE_OK);
    id = TEXT("fievre");
    assert_string_equal(record_search(record, &query), ""); /* the narrative of before */
    id = TEXT("rien");
    assert_string_equal(record_search(record, &query), "told");
}

/* --- what a job wrote is found by its own searches --------------------------------------------------- */

enum { ASKED_AT = 7, MANY = 40 * ASKED_AT }; /* it asks after each so many writes */

static size_t found_in(struct store_write *write, const char *code)
{
    struct store_page page = {0};
    uint16_t param = record_param("Patient", "identifier");
    struct search_value value = {.kind = SEARCH_TOKEN};
    value.of.token.code = text_of(code);
    struct search_condition condition = {
        .params = &param, .param_count = 1, .values = &value, .value_count = 1};
    struct search_query query = {.conditions = &condition, .condition_count = 1, .count = 1000};
    struct store_search asked = {.query = &query};
    assert_int_equal(store_search(&write->view, &asked, &page), STORE_OK);
    return page.count;
}

static void put_coded(struct store_write *write, size_t number, const char *code)
{
    char id[24];
    struct search_row row = row_token("Patient", "identifier", "urn:s", code);
    struct search_rows rows = {.rows = &row, .count = 1};
    struct store_put put = {.body = TEXT("body"), .rows = &rows, .words = TEXT("")};
    struct store_claim claim;
    snprintf(id, sizeof id, "p%zu", number);
    assert_int_equal(store_claim(write, record_type("Patient"), text_of(id),
                                 (struct store_expect){0}, 1, &claim),
                     STORE_OK);
    assert_int_equal(store_put(write, &claim, &put), STORE_OK);
}

/* All are put as old, in one go after another; then some of them become new, twice. */
static enum store_err put_and_ask(struct store_write *write, void *context)
{
    const bool *refuse = context;
    for (size_t i = 0; i < MANY; i++) {
        put_coded(write, i, "old");
        if (i % ASKED_AT == ASKED_AT - 1)
            assert_int_equal(found_in(write, "old"), i + 1);
    }
    for (size_t i = 0; i < MANY / 2; i++) {
        put_coded(write, i, "between");
        put_coded(write, i, "new");
    }
    assert_int_equal(found_in(write, "old"), MANY / 2);
    assert_int_equal(found_in(write, "between"), 0);
    assert_int_equal(found_in(write, "new"), MANY / 2);
    put_coded(write, MANY, "last");
    return *refuse ? STORE_ERR_REFUSED : STORE_OK;
}

static enum store_err ask_after(struct store_write *write, void *context)
{
    const size_t *expected = context;
    assert_int_equal(found_in(write, "old"), expected[0]);
    assert_int_equal(found_in(write, "new"), expected[1]);
    assert_int_equal(found_in(write, "last"), expected[2]);
    return STORE_OK;
}

static void h92_a_job_finds_what_it_wrote_and_nothing_of_one_that_failed(void **state)
{
    struct record *record = *state;
    struct arena arena;
    bool refuse = true;
    size_t none[3] = {0}, all[3] = {MANY / 2, MANY / 2, 1};
    arena_init(&arena, 64 << 20);
    assert_int_equal(store_run(record->store, &arena, put_and_ask, &refuse), STORE_ERR_REFUSED);
    assert_int_equal(store_run(record->store, &arena, ask_after, none), STORE_OK);
    refuse = false;
    assert_int_equal(store_run(record->store, &arena, put_and_ask, &refuse), STORE_OK);
    assert_int_equal(store_run(record->store, &arena, ask_after, all), STORE_OK);
    record_reopen(record);
    assert_int_equal(store_run(record->store, &arena, ask_after, all), STORE_OK);
    arena_free(&arena);
}

const struct CMUnitTest suite_search[] = {
    STORE_CASE(h92_a_job_finds_what_it_wrote_and_nothing_of_one_that_failed),
    STORE_CASE(h92_a_search_finds_what_a_slow_filter_finds_in_the_same_order),
    STORE_CASE(falling_pages_along_an_index_lose_none_of_those_with_one_long_value),
    STORE_CASE(h92_pages_along_an_index_are_those_that_are_gathered_and_sorted),
    STORE_CASE(an_index_counts_what_has_one_value),
    STORE_CASE(h151_what_is_indexed_anew_is_found_by_its_new_rows_alone),
    STORE_CASE(totals_count_all_pages_and_only_what_may_be_shown),
    STORE_CASE(pages_are_stable_while_others_write),
    STORE_CASE(h92_a_place_is_found_by_where_it_is),
    STORE_CASE(h157_what_is_changed_while_the_newest_are_paged_is_not_missed),
    STORE_CASE(includes_bring_each_resource_once),
    STORE_CASE(trees_lists_and_words_are_searched),
};
const size_t suite_search_count = sizeof suite_search / sizeof *suite_search;

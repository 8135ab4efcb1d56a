/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What both engines' indices have of a resource. */
#include "store/entry.h"

#include <stdio.h>

#include "unit/store/record.h"

const struct record_engine *record_engine; /* none is needed */

static struct arena arena;
static struct store_names names;
static char got[2048]; /* the entries, a line each */
static int left;       /* entries until one fails */

static int make(void **state)
{
    static const char *const params[][2] = {{"Observation", "code"},
                                            {"Observation", "subject"},
                                            {"Observation", "patient"},
                                            {"Observation", "date"},
                                            {"Observation", "value-quantity"},
                                            {"Observation", "code-value-quantity"},
                                            {"Patient", "name"},
                                            {"ValueSet", "url"},
                                            {"RiskAssessment", "probability"}};
    (void)state;
    arena_init(&arena, 1 << 20);
    assert_true(store_names_init(&names, &arena));
    assert_true(store_names_type(&names, 7, TEXT("Patient")));
    assert_true(store_names_type(&names, 9, TEXT("Observation")));
    for (size_t i = 0; i < sizeof params / sizeof *params; i++)
        assert_true(store_names_param(&names, (uint16_t)(i + 1), text_of(params[i][0]),
                                      text_of(params[i][1])));
    got[0] = '\0';
    left = 1000;
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static enum store_err note(const struct store_entry *entry, void *context)
{
    static const char *const kinds[] = {"token",    "string", "reference", "date", "number",
                                        "quantity", "base",   "uri",       "dated"};
    size_t len = strlen(got);
    (void)context;
    if (left-- == 0)
        return STORE_ERR_FULL;
    len += (size_t)snprintf(got + len, sizeof got - len, "%s %d.%d", kinds[entry->kind],
                            (int)(entry->key / 16), (int)(entry->key % 16));
    if (entry->type)
        len += (size_t)snprintf(got + len, sizeof got - len, " type=%d", entry->type);
    if (entry->system.len)
        len += (size_t)snprintf(got + len, sizeof got - len, " %.*s|", (int)entry->system.len,
                                entry->system.bytes);
    if (entry->text.len)
        len += (size_t)snprintf(got + len, sizeof got - len, " %.*s", (int)entry->text.len,
                                entry->text.bytes);
    if (entry->low_ms || entry->high_ms)
        len += (size_t)snprintf(got + len, sizeof got - len, " %d..%d", (int)entry->low_ms,
                                (int)entry->high_ms);
    if (entry->low != 0 || entry->high != 0)
        len += (size_t)snprintf(got + len, sizeof got - len, " %g..%g", entry->low, entry->high);
    snprintf(got + len, sizeof got - len, "\n");
    return STORE_OK;
}

static void becomes(struct search_row *rows, size_t count, size_t contained, const char *expected)
{
    const struct search_rows all = {rows, count, contained};
    assert_int_equal(
        store_entries(&all, fhir_resource_named(TEXT("Observation")), &names, note, NULL),
        STORE_OK);
    assert_string_equal(got, expected);
}

static void each_kind_of_row_is_found_by_what_it_says(void **state)
{
    struct search_row rows[] = {
        row_token("Observation", "code", "urn:s", "c"),
        row_token("Observation", "code", "", ""),
        row_string("Patient", "name", "salma", "Salma"),
        row_date("Observation", "date", 5, 9),
        {.kind = SEARCH_NUMBER,
         .param = record_param("RiskAssessment", "probability"),
         .of.number = {0.5, 1.5}},
        {.kind = SEARCH_QUANTITY,
         .param = record_param("Observation", "value-quantity"),
         .of.quantity = {1, 2, TEXT("urn:u"), TEXT("mg"), 0.25, 0.75, TEXT("g")}},
        {.kind = SEARCH_URI, .param = record_param("ValueSet", "url"), .of.uri = TEXT("urn:v")},
        row_token("Patient", "gender", "", "no number: left out"),
    };
    (void)state;
    rows[0].of.token.text = TEXT("shown");
    rows[1].of.token.text = TEXT("only shown");
    becomes(rows, sizeof rows / sizeof *rows, 0,
            "token 1.0 urn:s| c\n"
            "string 1.14 shown\n"
            "string 1.14 only shown\n"
            "string 7.0 salma\n"
            "date 4.0 5..9\n"
            "number 9.0 0.5..1.5\n"
            "quantity 5.0 1..2\n"
            "base 5.0 g| 0.25..0.75\n"
            "uri 8.0 urn:v\n");
}

static void a_patient_is_named_once_with_the_latest_date(void **state)
{
    struct search_row rows[] = {
        row_reference("Observation", "subject", "Patient", "p1"),
        row_reference("Observation", "patient", "Patient", "p1"),
        row_date("Observation", "date", 5, 9),
        row_date("Observation", "date", 7, 8),
    };
    (void)state;
    rows[0].of.reference.system = TEXT("urn:s");
    rows[0].of.reference.identifier = TEXT("i");
    becomes(rows, sizeof rows / sizeof *rows, 0,
            "reference 2.0 type=7 p1\n"
            "token 2.15 urn:s| i\n"
            "dated 0.0 type=9 p1 7..0\n"
            "reference 3.0 type=7 p1\n"
            "date 4.0 5..9\n"
            "date 4.0 7..8\n");
}

static void of_a_composite_the_first_component_leads_and_has_no_texts(void **state)
{
    struct search_row rows[] = {
        row_token("Observation", "code-value-quantity", "urn:s", "c"),
        {.kind = SEARCH_QUANTITY,
         .param = record_param("Observation", "code-value-quantity"),
         .component = 1,
         .of.quantity = {1, 2, TEXT(""), TEXT(""), 0, 0, TEXT("")}},
    };
    (void)state;
    rows[0].of.token.text = TEXT("shown");
    becomes(rows, sizeof rows / sizeof *rows, 0, "token 6.1 urn:s| c\n");
}

static void what_is_contained_has_a_part_of_its_own_and_no_date(void **state)
{
    struct search_row rows[] = {
        row_token("Observation", "code", "urn:s", "c"),
        row_token("Observation", "code", "urn:s", "d"),
        row_reference("Observation", "subject", "Patient", "p1"),
    };
    (void)state;
    for (size_t i = 1; i < 3; i++) {
        rows[i].component = SEARCH_CONTAINED;
        rows[i].group = 1;
    }
    rows[1].of.token.text = TEXT("shown");
    becomes(rows, 1, 2,
            "token 1.0 urn:s| c\n"
            "token 1.13 urn:s| d\n"
            "string 1.14 shown\n"
            "reference 2.13 type=7 p1\n");
}

static void the_first_that_fails_is_the_last(void **state)
{
    struct search_row rows[] = {row_token("Observation", "code", "urn:s", "c"),
                                row_reference("Observation", "subject", "Patient", "p1")};
    const struct search_rows all = {rows, 2, 0};
    (void)state;
    rows[0].of.token.text = TEXT("shown");
    for (int good = 0; good < 4; good++) {
        left = good;
        assert_int_equal(
            store_entries(&all, fhir_resource_named(TEXT("Observation")), &names, note, NULL),
            STORE_ERR_FULL);
        assert_int_equal(left, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_kind_of_row_is_found_by_what_it_says, make, unmake),
        cmocka_unit_test_setup_teardown(a_patient_is_named_once_with_the_latest_date, make, unmake),
        cmocka_unit_test_setup_teardown(of_a_composite_the_first_component_leads_and_has_no_texts,
                                        make, unmake),
        cmocka_unit_test_setup_teardown(what_is_contained_has_a_part_of_its_own_and_no_date, make,
                                        unmake),
        cmocka_unit_test_setup_teardown(the_first_that_fails_is_the_last, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as bytes and back; places in a list as letters and back. */
#include "store/kept.h"

#include <math.h>
#include <stdio.h>

#include "store/cursor.h"
#include "unit/store/record.h"

const struct record_engine *record_engine; /* none is needed */

static void make_names(struct store_names *names, struct arena *arena)
{
    assert_true(store_names_init(names, arena));
    assert_true(store_names_type(names, 7, TEXT("Patient")));
    assert_true(store_names_type(names, 8, TEXT("NoSuchType")));
    assert_false(store_names_type(names, 7, TEXT("Group")));
    assert_false(store_names_type(names, 0, TEXT("Group")));
    assert_true(store_names_param(names, 300, TEXT("Patient"), TEXT("name")));
    assert_true(store_names_param(names, 2, TEXT("Patient"), TEXT("identifier")));
    assert_true(store_names_param(names, 3, TEXT("Observation"), TEXT("subject")));
    assert_true(store_names_param(names, 4, TEXT("Patient"), TEXT("birthdate")));
    assert_true(store_names_param(names, 5, TEXT("Observation"), TEXT("value-quantity")));
    assert_int_equal(store_type_of(names, 8), FHIR_NONE);
    assert_int_equal(store_type_of(names, 70000), FHIR_NONE);
}

static void rows_are_read_as_they_were_written(void **state)
{
    (void)state;
    struct arena arena;
    struct store_names names;
    struct buffer kept;
    struct search_rows read;
    arena_init(&arena, 1 << 20);
    make_names(&names, &arena);
    struct search_row rows[] = {
        row_token("Patient", "identifier", "urn:system", "code"),
        row_token("Patient", "gender", "", "no number: left out"),
        row_token("Patient", "identifier", "urn:system", "other"),
        row_string("Patient", "name", "code", "Code"),
        row_reference("Observation", "subject", "Patient", "p1"),
        row_date("Patient", "birthdate", INT64_MIN, INT64_MAX),
        {.kind = SEARCH_QUANTITY,
         .param = record_param("Observation", "value-quantity"),
         .component = 2,
         .group = 9,
         .of.quantity = {1.5, 2.5, TEXT("urn:system"), TEXT("mg"), -1, INFINITY, TEXT("g")}},
        row_string("Patient", "name", "contained", "Contained"),
    };
    rows[7].component = SEARCH_CONTAINED;
    rows[7].group = 1;
    buffer_init(&kept, &arena);
    buffer_add(&kept, TEXT("before")); /* places count from the first byte of the rows */
    kept_write(&kept, &(struct search_rows){rows, 7, 1}, &names);
    assert_false(kept.failed);
    struct text bytes = {kept.bytes + 6, kept.len - 6};
    assert_true(kept_read(&read, bytes, &names, &arena));
    assert_int_equal(read.count, 6);
    assert_int_equal(read.contained, 1);
    const struct search_row *row = read.rows;
    assert_int_equal(row[6].group, 1);
    assert_text(row[6].of.string.folded, "contained");
    assert_text(row[1].of.token.system, "urn:system");
    assert_text(row[1].of.token.code, "other");
    assert_int_equal(row[1].param, rows[2].param);
    assert_text(row[2].of.string.folded, "code");
    assert_text(row[2].of.string.exact, "Code");
    assert_int_equal(row[3].of.reference.type, record_type("Patient"));
    assert_text(row[3].of.reference.id, "p1");
    assert_true(row[4].of.date.low_ms == INT64_MIN && row[4].of.date.high_ms == INT64_MAX);
    assert_int_equal(row[5].component, 2);
    assert_int_equal(row[5].group, 9);
    assert_true(row[5].of.quantity.low == 1.5 && isinf(row[5].of.quantity.base_high));
    assert_text(row[5].of.quantity.base_unit, "g");

    size_t once = 0;
    for (size_t at = 0; at + 10 <= bytes.len; at++)
        once += memcmp(bytes.bytes + at, "urn:system", 10) == 0;
    assert_int_equal(once, 1);
    for (size_t len = 1; len < bytes.len; len++)
        assert_false(kept_read(&read, (struct text){bytes.bytes, len}, &names, &arena));
    assert_true(kept_read(&read, TEXT(""), &names, &arena));
    assert_int_equal(read.count, 0);
    arena_free(&arena);
}

static void cursors_are_read_as_they_were_written_and_nothing_else_is(void **state)
{
    (void)state;
    struct arena arena;
    struct cursor read;
    struct cursor cursor = {
        .last = 1234567,
        .key_count = 4,
        .keys = {{.form = MATCH_INTEGER, .integer = INT64_MIN},
                 {.form = MATCH_REAL, .real = -0.5},
                 {.form = MATCH_TEXT, .text = TEXT("\xd9\x81 fatima")},
                 {.form = MATCH_NO_KEY}},
    };
    arena_init(&arena, 1 << 20);
    struct text letters = cursor_write(&cursor, &arena);
    assert_true(cursor_read(&read, letters, 4, false, &arena));
    assert_int_equal(read.last, 1234567);
    assert_true(read.keys[0].integer == INT64_MIN);
    assert_true(read.keys[1].real == -0.5);
    assert_text(read.keys[2].text, "\xd9\x81 fatima");
    assert_int_equal(read.keys[3].form, MATCH_NO_KEY);
    assert_false(cursor_read(&read, letters, 3, false, &arena));
    for (size_t len = 0; len < letters.len; len++)
        assert_false(cursor_read(&read, (struct text){letters.bytes, len}, 4, false, &arena));
    assert_false(cursor_read(&read, TEXT("AAAAAAAAAA="), 0, false, &arena));
    assert_false(
        cursor_read(&read, TEXT("_____________________w"), 0, false, &arena)); /* below 0 */
    assert_true(cursor_read(&read, TEXT("AAAAAAAAAAA"), 0, false, &arena));
    assert_false(cursor_read(&read, TEXT("AAAAAAAAAAB"), 0, false, &arena)); /* bits left over */

    cursor = (struct cursor){.last = 7, .has_span = true, .begins = true, .floor = 9, .upto = 11};
    letters = cursor_write(&cursor, &arena);
    assert_true(cursor_read(&read, letters, 0, true, &arena));
    assert_true(read.begins && read.floor == 9 && read.upto == 11);
    assert_false(cursor_read(&read, letters, 0, false, &arena));
    assert_false(cursor_read(&read, TEXT("AAAAAAAAAAA"), 0, true, &arena));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_as_they_were_written),
        cmocka_unit_test(cursors_are_read_as_they_were_written_and_nothing_else_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

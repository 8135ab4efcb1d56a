/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "cmocka_base.h"
#include "search/examples.h"
#include "search/words.h"
#include "store/kept.h"

static uint64_t mix(uint64_t hash, struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (uint8_t)text.bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

/* As a store that is new numbers them. */
static bool number_all(struct store_names *names, struct arena *arena)
{
    bool is_good = store_names_init(names, arena);
    for (uint16_t i = 0; i < fhir_type_count && is_good; i++) {
        struct text name = text_of(fhir_types[i].name);
        is_good = fhir_resource_named(name) != i ||
                  store_names_type(names, (uint16_t)(names->types + 1), name);
    }
    for (uint16_t i = 0; i < fhir_search_param_count && is_good; i++)
        is_good = store_names_param(names, (uint16_t)(i + 1),
                                    text_of(fhir_types[fhir_search_params[i].type].name),
                                    text_of(fhir_search_params[i].code));
    return is_good;
}

/* Where this fails, raise SEARCH_EXTRACTOR_VERSION (search/extract.h) and put here what it says: records are then
 * indexed anew where the new program opens them. */
static void h151_who_extracts_something_else_has_another_version(void **state)
{
    enum { OF_VERSION = 4 };
    static const uint64_t expected = UINT64_C(0xea007fb011829cdf);
    (void)state;
    struct arena arena;
    struct store_names names;
    struct buffer kept;
    uint64_t hash = UINT64_C(14695981039346656037);
    struct examples *examples = calloc(1, sizeof *examples);
    arena_init(&arena, 1u << 30);
    const struct search_extractor *extractor = search_extractor_make(&arena);
    assert_non_null(examples);
    assert_non_null(extractor);
    if (!examples_read(examples, FHIR_PACKAGE, extractor, TEXT("http://h/fhir"), &arena))
        skip(); /* HL7's package is not here */
    assert_true(number_all(&names, &arena));
    for (size_t i = 0; i < examples->count; i++) {
        buffer_init(&kept, &arena);
        kept_write(&kept, &examples->rows[i], &names);
        assert_false(kept.failed);
        hash = mix(hash, buffer_text(&kept));
        hash = mix(hash, search_words(&examples->jsons[i], JSON_ROOT, &arena));
    }
    if (hash != expected)
        fail_msg("version %d extracts 0x%016llx", SEARCH_EXTRACTOR_VERSION,
                 (unsigned long long)hash);
    assert_int_equal(SEARCH_EXTRACTOR_VERSION, OF_VERSION);
    free(examples);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h151_who_extracts_something_else_has_another_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

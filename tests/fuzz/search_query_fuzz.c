/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a query was understood as, written and read again, is the same query; what is refused has a reason. The
 * first byte chooses what is searched. */
#include <stdint.h>
#include <stdlib.h>

#include "search/describe.h"
#include "search/query.h"

static const char *const scopes[] = {"",         "Patient",  "Observation",
                                     "Location", "ValueSet", "RiskAssessment"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct search_query first, second;
    struct search_fault fault;
    struct buffer once, twice, written;
    struct search_setting setting = {TEXT("https://a.org/fhir"), 1764374400000, size && *data & 8,
                                     NULL};
    if (size == 0)
        return 0;
    struct text name = text_of(scopes[(*data & 7) % (sizeof scopes / sizeof *scopes)]);
    struct search_scope scope = {name.len ? fhir_resource_named(name) : FHIR_NONE, FHIR_NONE,
                                 TEXT("")};
    arena_init(&arena, 16 << 20);
    buffer_init(&once, &arena);
    buffer_init(&twice, &arena);
    buffer_init(&written, &arena);
    if (search_parse(&first, &scope, (struct text){(const char *)data + 1, size - 1}, &setting,
                     &arena, &fault) != SEARCH_OK) {
        if (!*fault.words)
            abort();
        arena_free(&arena);
        return 0;
    }
    first.ignored_count = 0; /* neither is written */
    first.cursor = TEXT("");
    describe_query(&first, &once);
    search_query_write(&first, &written);
    if (search_parse(&second, &scope, buffer_text(&written), &setting, &arena, &fault) != SEARCH_OK)
        abort();
    describe_query(&second, &twice);
    if (!once.failed && !twice.failed && !text_equal(buffer_text(&once), buffer_text(&twice)))
        abort();
    arena_free(&arena);
    return 0;
}

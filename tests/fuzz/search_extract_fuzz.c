/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever JSON is indexed, each row is of a parameter of that resource's type and of its kind. */
#include <stdint.h>
#include <stdlib.h>

#include "fhir/model.h"
#include "search/extract.h"
#include "search/query.h"

static void check(const struct search_row *row, uint16_t type)
{
    const struct fhir_search_param *param = &fhir_search_params[row->param];
    if (!fhir_type_is(type, param->type))
        abort();
    if (param->kind == FHIR_SEARCH_COMPOSITE) {
        if (row->component >= param->component_count)
            abort();
        param = &fhir_search_params[fhir_components[param->first_component + row->component].param];
    }
    if (param->kind == FHIR_SEARCH_SPECIAL ? row->kind != SEARCH_NUMBER || row->component > 1
                                           : row->kind != search_kind_of(param->kind))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena made;
    static const struct search_extractor *extractor;
    struct arena arena;
    struct json json;
    struct search_rows rows;
    if (!extractor) {
        arena_init(&made, 16 << 20);
        extractor = search_extractor_make(&made);
    }
    arena_init(&arena, 64 << 20);
    if (json_parse(&json, (struct text){(const char *)data, size}, &json_limits_default, &arena,
                   NULL) == JSON_OK &&
        search_extract(extractor, &json, TEXT("http://a.org"), &arena, &rows)) {
        uint32_t name = json_member(&json, JSON_ROOT, TEXT("resourceType"));
        struct text type = name == JSON_NONE ? TEXT("") : json_string(&json, name, &arena);
        for (size_t i = 0; i < rows.count; i++)
            check(&rows.rows[i], fhir_resource_named(type));
    }
    arena_free(&arena);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that are read are written and read again as the same rows: writing is the same bytes from then on. */
#include <stdint.h>
#include <stdlib.h>

#include "store/kept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena lasting;
    static struct store_names names;
    struct arena arena;
    struct search_rows rows, again;
    struct buffer first, second;
    if (!names.type) { /* each name has the number behind its index */
        arena_init(&lasting, 1 << 20);
        if (!store_names_init(&names, &lasting))
            return 0;
        for (uint16_t i = 0; i < fhir_type_count; i++)
            if (!store_names_type(&names, (uint16_t)(i + 1), text_of(fhir_types[i].name)))
                abort();
        for (uint16_t i = 0; i < fhir_search_param_count; i++) {
            names.param[i + 1] = i;
            names.param_number[i] = (uint16_t)(i + 1);
        }
    }
    arena_init(&arena, 8 << 20);
    buffer_init(&first, &arena);
    if (kept_read(&rows, (struct text){(const char *)data, size}, &names, &arena)) {
        kept_write(&first, &rows, &names);
        buffer_init(&second, &arena);
        if (!first.failed) {
            if (!kept_read(&again, buffer_text(&first), &names, &arena))
                abort();
            kept_write(&second, &again, &names);
            if (!second.failed && !text_equal(buffer_text(&first), buffer_text(&second)))
                abort();
        }
    }
    arena_free(&arena);
    return 0;
}

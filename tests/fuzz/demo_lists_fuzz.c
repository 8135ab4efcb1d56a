/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever tables say, each list has somebody or some place in it, and all that is taken from them is text that JSON
 * can hold. The input is cut at NULs into the tables. */
#include <stdlib.h>

#include "base/utf8.h"
#include "demo/lists_read.h"

static void check(const char *text)
{
    for (const char *end = text + strlen(text); text < end;) {
        uint32_t code;
        size_t len = utf8_read(text, end, &code);
        if (len == 0 || code < 0x20)
            abort();
        text += len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text all = {(const char *)data, size};
    struct demo_tables tables = {.provinces = text_cut(&all, '\0')};
    struct demo_lists lists;
    struct arena arena;
    tables.regions = text_cut(&all, '\0');
    tables.forenames = all;
    arena_init(&arena, 16 << 20);
    if (demo_lists_read(&lists, &tables, &arena)) {
        if (!lists.place_count || lists.woman_count < demo_lists_built_in.woman_count ||
            lists.man_count < demo_lists_built_in.man_count)
            abort();
        for (size_t i = 0; i < lists.place_count; i++) {
            check(lists.places[i].latin);
            check(lists.places[i].arabic);
            check(lists.places[i].region);
            if (!lists.places[i].people)
                abort();
        }
        for (size_t i = 0; i < lists.woman_count; i++)
            check(lists.women[i].latin);
    }
    arena_free(&arena);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cursor that is accepted is one that we would have written, letter for letter. The first byte says how many keys,
 * and whether there is a span. */
#include <stdint.h>
#include <stdlib.h>

#include "store/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct cursor cursor;
    if (size < 1)
        return 0;
    struct text letters = {(const char *)data + 1, size - 1};
    arena_init(&arena, 1 << 16);
    if (cursor_read(&cursor, letters, data[0] % (SEARCH_SORTS_MAX + 1), data[0] & 0x80, &arena) &&
        !text_equal(cursor_write(&cursor, &arena), letters))
        abort();
    arena_free(&arena);
    return 0;
}

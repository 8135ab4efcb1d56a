/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two lists, a NUL between: what is read is, written and read again, the same set; what both grant each grants. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "access/scopes.h"

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void read_again(const struct access_scopes *scopes, struct arena *arena)
{
    static struct access_scopes again;
    struct buffer out;

    buffer_init(&out, arena);
    scopes_write(scopes, &out);
    if (out.failed)
        return;
    expect(scopes_read(&again, buffer_text(&out)) == SCOPES_OK);
    expect(again.not_known == 0 && again.count == scopes->count);
    expect(scopes_within(&again, scopes) && scopes_within(scopes, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct access_scopes a, b, both;
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    size_t len = end ? (size_t)(end - data) : size;
    struct arena arena;

    if (scopes_read(&a, (struct text){(const char *)data, len}) != SCOPES_OK)
        return 0;
    arena_init(&arena, 1 << 20);
    read_again(&a, &arena);
    if (end && scopes_read(&b, (struct text){(const char *)end + 1, size - len - 1}) == SCOPES_OK &&
        scopes_intersect(&both, &a, &b, &arena) == SCOPES_OK)
        expect(scopes_within(&both, &a) && scopes_within(&both, &b));
    arena_free(&arena);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a packed body holds, no more comes out of it than may. The first byte says how it is packed. */
#include <stdint.h>
#include <stdlib.h>

#include "http/coding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct coding_limits limits = {.bytes_max = 2 << 20, .ratio_max = 200};
    struct arena arena;
    struct text plain;
    if (size < 1)
        return 0;
    struct text packed = {(const char *)data + 1, size - 1};
    arena_init(&arena, 8 << 20);
    enum http_coding coding = data[0] & 1 ? HTTP_ZSTD : HTTP_GZIP;
    if (coding_unpack(coding, packed, &limits, &arena, &plain) == CODING_OK) {
        size_t most = packed.len * limits.ratio_max;
        if (plain.len > limits.bytes_max || (plain.len > CODING_FREE_BYTES && plain.len > most))
            abort();
        if (plain.bytes[plain.len] != '\0')
            abort();
    }
    arena_free(&arena);
    return 0;
}

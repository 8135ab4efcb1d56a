/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stroke_decode accepts we would have written byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "station/strokes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stroke stroke;
    uint8_t again[STROKE_BYTES_MAX];

    if (!stroke_decode(&stroke, data, size))
        return 0;
    if (stroke_encode(&stroke, again) != size || memcmp(again, data, size) != 0)
        abort();
    return 0;
}

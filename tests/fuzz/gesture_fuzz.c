/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What gesture_decode accepts has a meaning, and we would have written it byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "motion/gesture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gesture gesture;
    uint8_t again[GESTURE_BYTES_MAX];

    if (gesture_decode(&gesture, data, size) != MOTION_OK)
        return 0;
    if (gesture_check(&gesture) != MOTION_OK)
        abort();
    if (gesture_encode(&gesture, again) != size || memcmp(again, data, size) != 0)
        abort();
    return 0;
}

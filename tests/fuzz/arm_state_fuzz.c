/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What arm_state_decode accepts has a meaning, and we would have written it byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "motion/arm_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arm_state state;
    uint8_t again[ARM_STATE_BYTES_MAX];

    if (arm_state_decode(&state, data, size) != MOTION_OK)
        return 0;
    if (arm_state_check(&state) != MOTION_OK)
        abort();
    if (arm_state_encode(&state, again) != size || memcmp(again, data, size) != 0)
        abort();
    return 0;
}

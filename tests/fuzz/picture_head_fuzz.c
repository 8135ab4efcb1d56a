/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What picture_head_decode accepts we would have written byte for byte, with a picture behind it. */
#include <stdlib.h>
#include <string.h>

#include "motion/picture_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture_head head;
    uint8_t again[PICTURE_HEAD_BYTES];

    if (picture_head_decode(&head, data, size) != MOTION_OK)
        return 0;
    picture_head_encode(&head, again);
    if (size <= sizeof again || memcmp(again, data, sizeof again) != 0)
        abort();
    return 0;
}

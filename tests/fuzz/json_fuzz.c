/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader agrees with a slow, obvious one; what it takes is, written and read again, the same tape. */
#include <stdint.h>

#include "unit/json/slow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct json_limits limits = {
        .depth_max = 24, .members_max = 40, .text_len_max = 1 << 16};
    json_property((struct text){(const char *)data, size}, &limits);
    return 0;
}

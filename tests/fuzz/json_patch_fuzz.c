/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document and, behind a zero byte, a patch: done as we do it and on a tree, both fail or give the same. */
#include <stdint.h>

#include "unit/json/slow_patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct json_limits limits = {
        .depth_max = 24, .members_max = 40, .text_len_max = 1 << 14};
    const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
    if (!zero)
        return 0;
    size_t len = (size_t)(zero - data);
    struct text target = {(const char *)data, len};
    struct text patch = {(const char *)zero + 1, size - len - 1};
    (void)json_patch_property(target, patch, &limits);
    return 0;
}

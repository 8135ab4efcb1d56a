/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf8.h"

#include <assert.h>
#include <stdbool.h>

enum { SURROGATE_FIRST = 0xD800, SURROGATE_LAST = 0xDFFF };

static bool is_surrogate(uint32_t code)
{
    return code >= SURROGATE_FIRST && code <= SURROGATE_LAST;
}

size_t utf8_read(const char *at, const char *end, uint32_t *code)
{
    /* by length: the least code that needs it, so that a longer form of it is refused */
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char lead = (unsigned char)*at;
    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    size_t len = lead >= 0xF8 ? 0 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (!len || (size_t)(end - at) < len)
        return 0;

    uint32_t sum = lead & (0x7FU >> len);
    for (size_t i = 1; i < len; i++) {
        unsigned char byte = (unsigned char)at[i];
        if ((byte & 0xC0) != 0x80)
            return 0;
        sum = sum << 6 | (byte & 0x3F);
    }
    if (sum < least[len] || sum > UTF8_CODE_MAX || is_surrogate(sum))
        return 0;
    *code = sum;
    return len;
}

size_t utf8_write(char out[static UTF8_LEN_MAX], uint32_t code)
{
    assert(code <= UTF8_CODE_MAX && !is_surrogate(code));
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)((0xF00U >> len & 0xFF) | code);
    return len;
}

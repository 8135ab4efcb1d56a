/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igtl/crc.h"

#include <isa-l/crc64.h>

uint64_t igtl_crc(const uint8_t *bytes, size_t len)
{
    /* ISA-L inverts before and after; the protocol does neither. */
    return ~crc64_ecma_norm(~UINT64_C(0), bytes, len);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The base unit that a code is brought to is a unit itself, and its own base. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "ucum/ucum.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ucum_unit unit, base;
    if (!ucum_read(&unit, (struct text){(const char *)data, size}))
        return 0;
    struct text written = {unit.base, unit.base_len};
    if (!isnormal(unit.factor) || unit.base_len > UCUM_BASE_LEN_MAX)
        abort();
    if (unit.base_len <= UCUM_CODE_LEN_MAX &&
        (!ucum_read(&base, written) || base.factor != 1 || base.before != 0 ||
         !text_equal((struct text){base.base, base.base_len}, written)))
        abort();
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a line says, numbers that are taken are finite and no more than asked for; what is refused
 * has a reason. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    double values[12];
    size_t count;
    struct csv_fault fault;
    if (!csv_numbers(values, 12, &count, (const char *)data, size, &fault)) {
        if (!fault.words || fault.column > 13)
            abort();
        return 0;
    }
    if (count < 1 || count > 12)
        abort();
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            abort();
    return 0;
}

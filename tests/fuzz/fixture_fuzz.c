/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a file of fixtures says, those that are taken give a room that is a number and a way out of
 * length one, wherever the tip is. Refused ones say why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "motion/fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct vec3 tips_m[] = {{0, 0, 0}, {0.01, -0.02, 0.03}, {-0.5, 0.5, 0.5}};
    struct fixtures fixtures;
    struct sheet_fault fault;
    if (!fixtures_read(&fixtures, (const char *)data, size, &fault)) {
        if (!fault.words[0])
            abort();
        return 0;
    }
    if (fault.words[0] || fixtures.count < 1 || fixtures.count > FIXTURES_MAX)
        abort();
    for (unsigned i = 0; i < fixtures.count; i++)
        for (size_t j = 0; j < sizeof tips_m / sizeof *tips_m; j++) {
            struct barrier barrier = fixture_look(&fixtures, i, tips_m[j]);
            if (!isfinite(barrier.room_m) || !(fabs(vec3_length(barrier.away) - 1) < 1e-6))
                abort();
        }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever we accept as a profile has every limit inside what its key allows and a source for it, and what we
 * refuse we say why. */
#include <stdint.h>
#include <stdlib.h>

#include "supervisor/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct profile profile, standard;
    struct sheet_fault fault;
    profile_standard(&standard);
    if (!profile_read(&profile, (const char *)data, size, &fault)) {
        if (!fault.words[0])
            abort();
        return 0;
    }
    for (unsigned key = 0; key < PROFILE_KEYS; key++) {
        double most = profile.limits[key].most;
        bool has_limit = profile_key_unit(key)[0];
        if (!(most >= 0 && most <= 5000) || (has_limit && !profile.limits[key].source[0]))
            abort();
        if (!has_limit && (most < standard.limits[key].most || most > standard.limits[key].most))
            abort();
    }
    if (!profile.name[0] || profile.limits[GATE_FORCE_NEAR].most > profile.limits[GATE_FORCE].most)
        abort();
    return 0;
}

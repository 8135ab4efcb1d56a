/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/patch.h"

unsigned rest_patch_apply(struct text *patched, struct text resource, struct text patch,
                          bool is_json_patch, struct arena *arena, struct outcome *outcome)
{
    (void)patched;
    (void)resource;
    (void)patch;
    (void)is_json_patch;
    (void)arena;
    outcome_error(outcome, "not-supported", "Patches are not taken yet.");
    return 422;
}

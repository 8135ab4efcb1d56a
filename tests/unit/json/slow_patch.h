/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON Patch the slow, obvious way: on a tree whose values are moved about. What json_patch is held against. */
#ifndef UNIT_JSON_SLOW_PATCH_H
#define UNIT_JSON_SLOW_PATCH_H

#include "base/text.h"
#include "json/json.h"

/* What must hold of any two texts: where both are JSON, the second as a patch of the first either fails in both ways
 * to do it (limits and memory aside) or gives the same; and the first is left as it was. Aborts where it does not.
 * Returns whether something was patched. */
bool json_patch_property(struct text target, struct text patch, const struct json_limits *limits);

#endif

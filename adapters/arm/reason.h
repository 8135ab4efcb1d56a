/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a robot, its scene or what draws it cannot be had, in words for whoever starts it.
 *
 * Any thread, one owner per struct. */
#ifndef ARM_REASON_H
#define ARM_REASON_H

#include <stdbool.h>

#include "base/attr.h"

enum { ARM_REASON_BYTES = 256 };

struct arm_reason {
    char words[ARM_REASON_BYTES];
};

/* Always false, so that whoever cannot go on returns it. */
PRINTF_LIKE(2, 3) bool arm_fail(struct arm_reason *reason, const char *format, ...);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/reason.h"

#include <stdarg.h>
#include <stdio.h>

bool arm_fail(struct arm_reason *reason, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason->words, sizeof reason->words, format, arguments);
    va_end(arguments);
    return false;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/err.h"

#include <stdarg.h>
#include <stdio.h>

enum media_err media_fail(struct media_reason *reason, enum media_err err, const char *words, ...)
{
    va_list args;
    va_start(args, words);
    vsnprintf(reason->words, sizeof reason->words, words, args);
    va_end(args);
    return err;
}

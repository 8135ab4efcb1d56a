/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef UNIT_FILE_HOLDS_H
#define UNIT_FILE_HOLDS_H

#include <stdio.h>

#include "unit/cmocka_base.h"

/* The file's text, whole, is this: less than 4 KiB. */
static inline void assert_file_holds(const char *path, const char *expected)
{
    char text[4096];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

#endif

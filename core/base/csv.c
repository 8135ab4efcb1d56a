/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r";

/* One column, a text of its own; NULL, or what is wrong. */
static const char *read_number(const char *text, double *value)
{
    char *end;
    text += strspn(text, blanks);
    if (!*text)
        return "empty";
    *value = strtod(text, &end);
    if (end == text || end[strspn(end, blanks)] || strpbrk(text, "xX"))
        return "not a number";
    return isfinite(*value) ? NULL : "not finite";
}

bool csv_numbers(double *values, size_t most, size_t *count, const char *line, size_t len,
                 struct csv_fault *fault)
{
    char text[CSV_LINE_BYTES_MAX + 1];
    *fault = (struct csv_fault){.words = len > CSV_LINE_BYTES_MAX ? "too long" : "no text"};
    if (len > CSV_LINE_BYTES_MAX || memchr(line, 0, len))
        return false;
    memcpy(text, line, len);
    text[len] = 0;

    *count = 0;
    for (char *at = text, *next; at; at = next) {
        next = strchr(at, ',');
        if (next)
            *next++ = 0;
        fault->column = *count + 1;
        fault->words = *count == most ? "one column too many" : read_number(at, &values[*count]);
        if (fault->words)
            return false;
        ++*count;
    }
    return true;
}

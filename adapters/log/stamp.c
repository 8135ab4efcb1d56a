/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "log/stamp.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void log_stamp_write(char out[static LOG_STAMP_BYTES], const struct timespec *at)
{
    char text[80]; /* room for any int: the compiler cannot know a year's four digits */
    struct tm utc;

    gmtime_r(&at->tv_sec, &utc);
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ ", utc.tm_year + 1900,
             utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
             at->tv_nsec / 1000000);
    memcpy(out, text, LOG_STAMP_BYTES);
}

const char *log_stamp_skip(const char *line)
{
    static const char form[] = "0000-00-00T00:00:00.000Z ";

    for (size_t i = 0; i < LOG_STAMP_BYTES; i++)
        if (form[i] == '0' ? !isdigit((unsigned char)line[i]) : line[i] != form[i])
            return line;
    return line + LOG_STAMP_BYTES;
}

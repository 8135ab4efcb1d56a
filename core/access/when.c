/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/when.h"

#include <time.h>

#define FIRST_MS (-INT64_C(62167219200000)) /* 0000-01-01 */
#define LAST_MS INT64_C(253402300799999)    /* 9999-12-31, its last millisecond */

static char *put(char *at, int number, unsigned digits, char after)
{
    for (unsigned i = digits; i-- > 0; number /= 10)
        at[i] = (char)('0' + number % 10);
    at[digits] = after;
    return at + digits + 1;
}

struct text when_write(int64_t unix_ms, char out[static WHEN_LEN])
{
    unix_ms = unix_ms < FIRST_MS ? FIRST_MS : unix_ms > LAST_MS ? LAST_MS : unix_ms;
    int64_t ms = (unix_ms % 1000 + 1000) % 1000;
    time_t seconds = (time_t)((unix_ms - ms) / 1000);
    struct tm tm;
    char *at = out;

    gmtime_r(&seconds, &tm);
    at = put(at, tm.tm_year + 1900, 4, '-');
    at = put(at, tm.tm_mon + 1, 2, '-');
    at = put(at, tm.tm_mday, 2, 'T');
    at = put(at, tm.tm_hour, 2, ':');
    at = put(at, tm.tm_min, 2, ':');
    at = put(at, tm.tm_sec, 2, '.');
    put(at, (int)ms, 3, 'Z');
    return (struct text){out, WHEN_LEN};
}

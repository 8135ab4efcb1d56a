/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/instant.h"

#include <time.h>

#define FIRST_MS (-INT64_C(62167219200000)) /* 0000-01-01 */
#define LAST_MS INT64_C(253402300799999)    /* 9999-12-31, its last millisecond */

static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Whole seconds, rounded down, as a calendar has them. */
static struct tm calendar(int64_t at_ms)
{
    time_t seconds = (time_t)(at_ms / 1000 - (at_ms % 1000 < 0));
    struct tm tm = {0};
    (void)gmtime_r(&seconds, &tm);
    return tm;
}

/* `digits` digits of `number`, with zeros before. */
static char *put(char *out, int number, int digits)
{
    for (int i = digits - 1; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
    return out + digits;
}

struct text instant_write(int64_t at_ms, char out[static INSTANT_LEN + 1])
{
    at_ms = at_ms < FIRST_MS ? FIRST_MS : at_ms > LAST_MS ? LAST_MS : at_ms;
    struct tm tm = calendar(at_ms);
    char *at = put(out, tm.tm_year + 1900, 4);
    *at++ = '-';
    at = put(at, tm.tm_mon + 1, 2);
    *at++ = '-';
    at = put(at, tm.tm_mday, 2);
    *at++ = 'T';
    at = put(at, tm.tm_hour, 2);
    *at++ = ':';
    at = put(at, tm.tm_min, 2);
    *at++ = ':';
    at = put(at, tm.tm_sec, 2);
    *at++ = '.';
    at = put(at, (int)((at_ms % 1000 + 1000) % 1000), 3);
    *at++ = 'Z';
    *at = '\0';
    return (struct text){out, INSTANT_LEN};
}

void http_date_write(int64_t at_ms, char out[static HTTP_DATE_LEN + 1])
{
    struct tm tm = calendar(at_ms);
    memcpy(out, "Sun, 29 Nov 2026 16:50:00 GMT", HTTP_DATE_LEN + 1);
    memcpy(out, days[tm.tm_wday], 3);
    put(out + 5, tm.tm_mday, 2);
    memcpy(out + 8, months[tm.tm_mon], 3);
    put(out + 12, tm.tm_year + 1900, 4);
    put(out + 17, tm.tm_hour, 2);
    put(out + 20, tm.tm_min, 2);
    put(out + 23, tm.tm_sec, 2);
}

static bool get(const char *at, int digits, int *number)
{
    *number = 0;
    for (int i = 0; i < digits; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        *number = 10 * *number + at[i] - '0';
    }
    return true;
}

bool http_date_read(struct text text, int64_t *at_ms)
{
    struct tm tm = {0};
    char again[HTTP_DATE_LEN + 1];
    if (text.len != HTTP_DATE_LEN)
        return false;
    while (tm.tm_mon < 12 && memcmp(text.bytes + 8, months[tm.tm_mon], 3) != 0)
        tm.tm_mon++;
    if (tm.tm_mon == 12 || !get(text.bytes + 5, 2, &tm.tm_mday) ||
        !get(text.bytes + 12, 4, &tm.tm_year) || !get(text.bytes + 17, 2, &tm.tm_hour) ||
        !get(text.bytes + 20, 2, &tm.tm_min) || !get(text.bytes + 23, 2, &tm.tm_sec))
        return false;
    tm.tm_year -= 1900;
    int64_t read_ms = (int64_t)timegm(&tm) * 1000;
    http_date_write(read_ms, again);
    if (memcmp(text.bytes, again, HTTP_DATE_LEN) != 0)
        return false;
    *at_ms = read_ms;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/date.h"

#include <stddef.h>

enum { MINUTE_MS = 60 * 1000, DAY_MINUTES = 24 * 60, ZONE_HOURS_MAX = 14 };

/* Days since 1970-01-01 of the proleptic Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms", days_from_civil), for years from 0. */
static int64_t days_of(int year, int month, int day)
{
    year -= month <= 2;
    int era = (year >= 0 ? year : year - 399) / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leaps);
}

struct cursor {
    const char *at, *end;
};

/* `count` digits as a number in [least, most]. */
static bool take_number(struct cursor *from, int count, int least, int most, int *number)
{
    if (from->end - from->at < count)
        return false;
    int value = 0;
    for (int i = 0; i < count; i++, from->at++) {
        if (*from->at < '0' || *from->at > '9')
            return false;
        value = 10 * value + (*from->at - '0');
    }
    *number = value;
    return value >= least && value <= most;
}

static bool take(struct cursor *from, char byte)
{
    if (from->at == from->end || *from->at != byte)
        return false;
    from->at++;
    return true;
}

/* Z, +hh:mm, -hh:mm or nothing, and then the end; minutes east. */
static bool take_zone(struct cursor *from, int *minutes)
{
    *minutes = 0;
    if (from->at == from->end)
        return true;
    if (take(from, 'Z'))
        return from->at == from->end;
    int sign = take(from, '-') ? -1 : take(from, '+') || take(from, ' ') ? 1 : 0;
    int hours, rest;
    if (!sign || !take_number(from, 2, 0, ZONE_HOURS_MAX, &hours) || !take(from, ':') ||
        !take_number(from, 2, 0, hours == ZONE_HOURS_MAX ? 0 : 59, &rest))
        return false;
    *minutes = sign * (60 * hours + rest);
    return from->at == from->end;
}

/* The digits behind the point of a second: what they add, and how wide the last of the first three is. */
static bool take_fraction(struct cursor *from, int *ms, int *width_ms)
{
    int digits = 0;
    *ms = 0;
    *width_ms = 1000;
    for (; from->at < from->end && *from->at >= '0' && *from->at <= '9'; from->at++, digits++)
        if (digits < 3) {
            *width_ms /= 10;
            *ms += (*from->at - '0') * *width_ms;
        }
    return digits > 0;
}

/* What follows the T: from `day_ms` on. */
static bool take_time(struct cursor *from, int64_t day_ms, int64_t *low_ms, int64_t *high_ms)
{
    int hour, minute, second = 0, fraction = 0, width = MINUTE_MS, zone;
    if (!take_number(from, 2, 0, 23, &hour) || !take(from, ':') ||
        !take_number(from, 2, 0, 59, &minute))
        return false;
    if (take(from, ':')) {
        width = 1000;
        if (!take_number(from, 2, 0, 60, &second) ||
            (take(from, '.') && !take_fraction(from, &fraction, &width)))
            return false;
    }
    if (!take_zone(from, &zone))
        return false;
    *low_ms = day_ms + (int64_t)(60 * hour + minute - zone) * MINUTE_MS + second * 1000 + fraction;
    *high_ms = *low_ms + width - 1;
    return true;
}

bool date_read(struct text text, int64_t *low_ms, int64_t *high_ms)
{
    const int64_t day_ms = (int64_t)DAY_MINUTES * MINUTE_MS;
    struct cursor from = {text.bytes, text.bytes + text.len};
    int year, month, day;
    if (!take_number(&from, 4, 1, 9999, &year))
        return false;
    if (from.at == from.end) {
        *low_ms = days_of(year, 1, 1) * day_ms;
        *high_ms = days_of(year + 1, 1, 1) * day_ms - 1;
        return true;
    }
    if (!take(&from, '-') || !take_number(&from, 2, 1, 12, &month))
        return false;
    if (from.at == from.end) {
        *low_ms = days_of(year, month, 1) * day_ms;
        *high_ms = *low_ms + days_in(year, month) * day_ms - 1;
        return true;
    }
    if (!take(&from, '-') || !take_number(&from, 2, 1, days_in(year, month), &day))
        return false;
    int64_t start = days_of(year, month, day) * day_ms;
    if (from.at == from.end) {
        *low_ms = start;
        *high_ms = start + day_ms - 1;
        return true;
    }
    return take(&from, 'T') && take_time(&from, start, low_ms, high_ms);
}

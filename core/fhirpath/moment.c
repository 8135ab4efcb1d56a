/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/moment.h"

enum { MS_PER_DAY = 24 * 60 * 60 * 1000, MINUTES_PER_DAY = 24 * 60 };

static unsigned days_in_month(int year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01, after Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_of(int64_t days, struct moment *moment)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    moment->day = (uint8_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    moment->month = (uint8_t)(month_from_march + (month_from_march < 10 ? 3 : -9));
    moment->year = (int16_t)(year_of_era + era * 400 + (moment->month <= 2));
}

/* Reads `count` digits at *at. */
static bool read_digits(struct text text, size_t *at, size_t count, unsigned *number)
{
    if (text.len - *at < count)
        return false;
    *number = 0;
    for (size_t i = 0; i < count; i++) {
        char byte = text.bytes[*at + i];
        if (byte < '0' || byte > '9')
            return false;
        *number = *number * 10 + (unsigned)(byte - '0');
    }
    *at += count;
    return true;
}

static bool take(struct text text, size_t *at, char byte)
{
    if (*at == text.len || text.bytes[*at] != byte)
        return false;
    ++*at;
    return true;
}

static bool read_clock(struct moment *moment, struct text text, size_t *at)
{
    unsigned hour, minute, second, digit;
    if (!read_digits(text, at, 2, &hour) || hour > 23)
        return false;
    moment->hour = (uint8_t)hour;
    moment->precision = MOMENT_HOUR;
    if (!take(text, at, ':'))
        return true;
    if (!read_digits(text, at, 2, &minute) || minute > 59)
        return false;
    moment->minute = (uint8_t)minute;
    moment->precision = MOMENT_MINUTE;
    if (!take(text, at, ':'))
        return true;
    if (!read_digits(text, at, 2, &second) || second > 60) /* FHIR allows leap seconds */
        return false;
    moment->second = (uint8_t)second;
    moment->precision = MOMENT_SECOND;
    if (!take(text, at, '.'))
        return true;
    if (!read_digits(text, at, 1, &digit))
        return false;
    moment->millisecond = (uint16_t)(100 * digit);
    moment->has_millisecond = 1;
    for (unsigned weight = 10; read_digits(text, at, 1, &digit); weight /= 10)
        moment->millisecond = (uint16_t)(moment->millisecond + weight * digit);
    return true;
}

static bool read_zone(struct moment *moment, struct text text, size_t *at)
{
    if (*at == text.len)
        return true;
    moment->has_zone = 1;
    if (take(text, at, 'Z'))
        return true;
    unsigned hours, minutes;
    bool is_west = take(text, at, '-');
    if (!is_west && !take(text, at, '+'))
        return false;
    if (!read_digits(text, at, 2, &hours) || hours > 14 || !take(text, at, ':') ||
        !read_digits(text, at, 2, &minutes) || minutes > 59)
        return false;
    int east = (int)(hours * 60 + minutes);
    moment->zone_minutes = (int16_t)(is_west ? -east : east);
    return true;
}

bool moment_read(struct moment *moment, struct text text, bool *is_date)
{
    struct moment read = {.month = 1, .day = 1, .precision = MOMENT_YEAR};
    size_t at = 0;
    unsigned year, month, day;

    if (!read_digits(text, &at, 4, &year) || year == 0)
        return false;
    read.year = (int16_t)year;
    if (take(text, &at, '-')) {
        if (!read_digits(text, &at, 2, &month) || month < 1 || month > 12)
            return false;
        read.month = (uint8_t)month;
        read.precision = MOMENT_MONTH;
        if (take(text, &at, '-')) {
            if (!read_digits(text, &at, 2, &day) || day < 1 ||
                day > days_in_month(read.year, month))
                return false;
            read.day = (uint8_t)day;
            read.precision = MOMENT_DAY;
        }
    }
    *is_date = at == text.len;
    if (!*is_date && !take(text, &at, 'T'))
        return false;
    if (at < text.len) {
        if (read.precision != MOMENT_DAY || !read_clock(&read, text, &at) ||
            !read_zone(&read, text, &at))
            return false;
    }
    if (at != text.len)
        return false;
    *moment = read;
    return true;
}

bool moment_read_time(struct moment *moment, struct text text)
{
    struct moment read = {.month = 1, .day = 1};
    size_t at = 0;
    if (!read_clock(&read, text, &at) || at != text.len)
        return false;
    *moment = read;
    return true;
}

static size_t put(char *out, size_t at, unsigned number, size_t digits)
{
    for (size_t i = digits; i-- > 0; number /= 10)
        out[at + i] = (char)('0' + number % 10);
    return at + digits;
}

static size_t write_clock(const struct moment *moment, char *out, size_t at)
{
    at = put(out, at, moment->hour, 2);
    if (moment->precision >= MOMENT_MINUTE) {
        out[at++] = ':';
        at = put(out, at, moment->minute, 2);
    }
    if (moment->precision >= MOMENT_SECOND) {
        out[at++] = ':';
        at = put(out, at, moment->second, 2);
        if (moment->has_millisecond) {
            out[at++] = '.';
            at = put(out, at, moment->millisecond, 3);
        }
    }
    return at;
}

size_t moment_write(const struct moment *moment, bool is_time, char out[static MOMENT_TEXT_MAX])
{
    if (is_time)
        return write_clock(moment, out, 0);

    size_t at = put(out, 0, (unsigned)moment->year, 4);
    if (moment->precision >= MOMENT_MONTH) {
        out[at++] = '-';
        at = put(out, at, moment->month, 2);
    }
    if (moment->precision >= MOMENT_DAY) {
        out[at++] = '-';
        at = put(out, at, moment->day, 2);
    }
    if (moment->precision < MOMENT_HOUR)
        return at;
    out[at++] = 'T';
    at = write_clock(moment, out, at);
    if (!moment->has_zone)
        return at;
    if (moment->zone_minutes == 0) {
        out[at++] = 'Z';
        return at;
    }
    unsigned east =
        (unsigned)(moment->zone_minutes < 0 ? -moment->zone_minutes : moment->zone_minutes);
    out[at++] = moment->zone_minutes < 0 ? '-' : '+';
    at = put(out, at, east / 60, 2);
    out[at++] = ':';
    return put(out, at, east % 60, 2);
}

static int64_t clock_ms(const struct moment *moment)
{
    return ((moment->hour * 60 + moment->minute) * 60 + moment->second) * INT64_C(1000) +
           moment->millisecond;
}

/* Since 1970, as if it were written with zone UTC. */
static int64_t local_ms(const struct moment *moment)
{
    return days_of(moment->year, moment->month, moment->day) * MS_PER_DAY + clock_ms(moment);
}

static void set_local_ms(struct moment *moment, int64_t ms)
{
    int64_t days = (ms >= 0 ? ms : ms - (MS_PER_DAY - 1)) / MS_PER_DAY;
    int64_t rest = ms - days * MS_PER_DAY;
    date_of(days, moment);
    moment->hour = (uint8_t)(rest / 3600000);
    moment->minute = (uint8_t)(rest / 60000 % 60);
    moment->second = (uint8_t)(rest / 1000 % 60);
    moment->millisecond = (uint16_t)(rest % 1000);
}

struct moment moment_of(int64_t unix_ms)
{
    struct moment moment = {.precision = MOMENT_SECOND, .has_zone = 1, .has_millisecond = 1};
    set_local_ms(&moment, unix_ms);
    return moment;
}

static enum moment_order order_of(int64_t a, int64_t b)
{
    return a < b ? MOMENT_BEFORE : a > b ? MOMENT_AFTER : MOMENT_SAME;
}

/* In UTC, precision and all; the zone of an hour without minutes may be half an hour off, so it is kept. */
static struct moment in_utc(const struct moment *moment)
{
    struct moment utc = *moment;
    if (moment->has_zone && moment->zone_minutes != 0 && moment->precision >= MOMENT_HOUR) {
        set_local_ms(&utc, local_ms(moment) - moment->zone_minutes * INT64_C(60000));
        utc.zone_minutes = 0;
    }
    return utc;
}

enum moment_order moment_compare(const struct moment *a, const struct moment *b)
{
    bool has_clock = a->precision >= MOMENT_HOUR && b->precision >= MOMENT_HOUR;
    if (has_clock && a->has_zone != b->has_zone) {
        /* zones go from 12 hours west to 14 hours east: only what is farther apart is sure */
        int64_t apart = local_ms(a) - a->zone_minutes * INT64_C(60000) - local_ms(b) +
                        b->zone_minutes * INT64_C(60000);
        if (apart > 14 * INT64_C(3600000))
            return MOMENT_AFTER;
        return apart < -14 * INT64_C(3600000) ? MOMENT_BEFORE : MOMENT_UNKNOWN;
    }
    struct moment left = has_clock ? in_utc(a) : *a, right = has_clock ? in_utc(b) : *b;
    const int64_t left_parts[] = {left.year, left.month,  left.day,
                                  left.hour, left.minute, left.second * 1000 + left.millisecond};
    const int64_t right_parts[] = {right.year,   right.month,
                                   right.day,    right.hour,
                                   right.minute, right.second * 1000 + right.millisecond};
    unsigned common = left.precision < right.precision ? left.precision : right.precision;
    for (unsigned part = 0; part <= common; part++) {
        enum moment_order order = order_of(left_parts[part], right_parts[part]);
        if (order != MOMENT_SAME)
            return order;
    }
    return left.precision == right.precision ? MOMENT_SAME : MOMENT_UNKNOWN;
}

static const struct unit {
    const char *word, *words, *code; /* of UCUM; "" where its length is another */
    int64_t ms;                      /* 0: counted in months */
    int32_t months;                  /* of one */
    enum moment_precision precision;
} units[] = {
    {"year", "years", "", 0, 12, MOMENT_YEAR},
    {"month", "months", "", 0, 1, MOMENT_MONTH},
    {"week", "weeks", "wk", INT64_C(7) * MS_PER_DAY, 0, MOMENT_DAY},
    {"day", "days", "d", MS_PER_DAY, 0, MOMENT_DAY},
    {"hour", "hours", "h", 3600000, 0, MOMENT_HOUR},
    {"minute", "minutes", "min", 60000, 0, MOMENT_MINUTE},
    {"second", "seconds", "s", 1000, 0, MOMENT_SECOND},
    {"millisecond", "milliseconds", "ms", 1, 0, MOMENT_SECOND},
};

static const struct unit *unit_named(struct text name)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text_is(name, units[i].word) || text_is(name, units[i].words) ||
            (name.len && text_is(name, units[i].code)))
            return &units[i];
    return NULL;
}

bool moment_is_unit(struct text name)
{
    return unit_named(name) != NULL;
}

static bool add_months(struct moment *moment, int64_t count)
{
    int64_t months = (int64_t)moment->year * 12 + moment->month - 1 + count;
    if (months < 12 || months > 9999 * 12 + 11)
        return false;
    moment->year = (int16_t)(months / 12);
    moment->month = (uint8_t)(months % 12 + 1);
    unsigned last = days_in_month(moment->year, moment->month);
    if (moment->day > last)
        moment->day = (uint8_t)last;
    return true;
}

/* A time of day, around the clock. */
static bool add_to_time(struct moment *moment, int64_t count, const struct unit *unit)
{
    if (unit->months || unit->ms >= MS_PER_DAY)
        return false;
    int64_t ms = (clock_ms(moment) + count % MS_PER_DAY * unit->ms) % MS_PER_DAY;
    struct moment wrapped = *moment;
    set_local_ms(&wrapped, ms < 0 ? ms + MS_PER_DAY : ms);
    moment->hour = wrapped.hour;
    moment->minute = wrapped.minute;
    moment->second = wrapped.second;
    moment->millisecond = wrapped.millisecond;
    moment->has_millisecond |= wrapped.millisecond != 0;
    return true;
}

static bool add_ms(struct moment *moment, int64_t count, int64_t unit_ms)
{
    static const int64_t day_max = 2932897; /* 10000-01-01 */
    struct moment later = *moment;
    int64_t ms;
    if (__builtin_mul_overflow(count, unit_ms, &ms) ||
        __builtin_add_overflow(ms, local_ms(moment), &ms) || ms < days_of(1, 1, 1) * MS_PER_DAY ||
        ms >= day_max * MS_PER_DAY)
        return false;
    set_local_ms(&later, ms);
    later.has_millisecond |= later.millisecond != 0;
    *moment = later;
    return true;
}

/* In a finer unit than it has parts: whole ones of its last part. 40 days are a month. */
static bool add_finer(struct moment *moment, int64_t count, const struct unit *unit)
{
    static const int64_t ms_of_part[] = {
        INT64_C(365) * MS_PER_DAY, INT64_C(30) * MS_PER_DAY, MS_PER_DAY, 3600000, 60000, 1000};
    int64_t part_ms = ms_of_part[moment->precision];
    if (unit->months) /* months, to a year */
        return add_months(moment, count / 12 * 12);
    int64_t parts = count / (part_ms / unit->ms);
    if (moment->precision == MOMENT_YEAR)
        return add_months(moment, parts * 12);
    if (moment->precision == MOMENT_MONTH)
        return add_months(moment, parts);
    return add_ms(moment, parts, part_ms);
}

bool moment_add(struct moment *moment, bool is_time, int64_t count, struct text name)
{
    static const int64_t count_max = INT64_C(1000000000000000); /* beyond 9999 years, of any unit */
    const struct unit *unit = unit_named(name);
    if (!unit || count > count_max || count < -count_max)
        return false;
    if (is_time)
        return add_to_time(moment, count, unit);
    if (unit->precision > moment->precision)
        return add_finer(moment, count, unit);
    return unit->months ? add_months(moment, count * unit->months)
                        : add_ms(moment, count, unit->ms);
}

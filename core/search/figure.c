/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/figure.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    DIGITS_MAX = 18,                  /* of a mantissa that times ten, plus five, fits 64 bits */
    EXACT_TEN_MAX = 22,               /* the last power of ten that a double holds exactly */
    EXPONENT_MAX = 400,               /* beyond any double */
    NUMBER_ROOM = 2 * FIGURE_LEN_MAX, /* a decimal as strtod reads it */
};
#define EXACT_MANTISSA_MAX (UINT64_C(1) << 53)

struct parts {
    bool is_negative;
    bool is_long; /* more digits than the mantissa has room for */
    uint64_t mantissa;
    int exponent; /* value = mantissa * 10^exponent */
};

static bool is_digit(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

static const char *take_exponent(const char *at, const char *end, int *exponent)
{
    int sign = 1, written = 0;
    if (at < end && (*at == '+' || *at == '-'))
        sign = *at++ == '-' ? -1 : 1;
    if (!is_digit(at, end))
        return NULL;
    for (; is_digit(at, end); at++)
        if (written < EXPONENT_MAX)
            written = 10 * written + (*at - '0');
    *exponent += sign * written;
    return at;
}

static bool parts_of(struct text text, struct parts *parts)
{
    const char *at = text.bytes, *end = at + text.len;
    int digits = 0, count = 0;
    *parts = (struct parts){0};
    if (text.len > FIGURE_LEN_MAX)
        return false;
    if (at < end && (*at == '-' || *at == '+'))
        parts->is_negative = *at++ == '-';
    for (bool behind = false; at < end; at++) {
        if (*at == '.' && !behind && count) {
            behind = true;
            if (!is_digit(at + 1, end))
                return false;
            continue;
        }
        if (!is_digit(at, end))
            break;
        count++;
        digits += digits || *at != '0';
        if (digits > DIGITS_MAX)
            parts->is_long = true;
        else
            parts->mantissa = 10 * parts->mantissa + (uint64_t)(*at - '0');
        parts->exponent += digits > DIGITS_MAX ? !behind : -(int)behind;
    }
    if (!count)
        return false;
    if (at < end && (*at == 'e' || *at == 'E') &&
        !(at = take_exponent(at + 1, end, &parts->exponent)))
        return false;
    return at == end;
}

/* The double nearest to mantissa * 10^exponent. */
static double double_of(uint64_t mantissa, int exponent)
{
    static const double tens[EXACT_TEN_MAX + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (mantissa <= EXACT_MANTISSA_MAX && exponent >= -EXACT_TEN_MAX && exponent <= EXACT_TEN_MAX)
        /* both are exact, so one operation rounds once (Clinger, PLDI 1990) */
        return exponent < 0 ? (double)mantissa / tens[-exponent]
                            : (double)mantissa * tens[exponent];
    char written[NUMBER_ROOM];
    snprintf(written, sizeof written, "%llue%d", (unsigned long long)mantissa, exponent);
    return strtod(written, NULL);
}

bool figure_value(struct text text, double *value)
{
    struct parts parts;
    if (!parts_of(text, &parts))
        return false;
    double size = double_of(parts.mantissa, parts.exponent);
    *value = parts.is_negative ? -size : size;
    return isfinite(size);
}

bool figure_read(struct text text, struct figure *figure)
{
    struct parts parts;
    if (!parts_of(text, &parts) || !figure_value(text, &figure->value))
        return false;
    if (parts.is_long) { /* as good as exact */
        figure->low = figure->value;
        figure->high = nextafter(figure->value, INFINITY);
        return true;
    }
    double more = double_of(10 * parts.mantissa + 5, parts.exponent - 1);
    double less = parts.mantissa ? double_of(10 * parts.mantissa - 5, parts.exponent - 1)
                                 : -double_of(5, parts.exponent - 1);
    figure->low = parts.is_negative ? -more : less;
    figure->high = parts.is_negative ? -less : more;
    return isfinite(more);
}

double figure_before(double value)
{
    return nextafter(value, -INFINITY);
}

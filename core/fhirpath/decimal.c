/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/decimal.h"

#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 digits_without_sign;

static decimal_digits power_of_ten(int32_t exponent)
{
    decimal_digits power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* 10^DECIMAL_DIGITS_MAX: a number's digits stay below it. */
static decimal_digits limit(void)
{
    static const int64_t low = INT64_C(1000000000000000000); /* 10^18 */
    return (decimal_digits)low * low * 10;
}

static bool fits(decimal_digits digits)
{
    return digits < limit() && digits > -limit();
}

struct decimal decimal_of(int64_t integer)
{
    return (struct decimal){.digits = integer};
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* The exponent behind the e. False: none there, or beyond all that fits. */
static bool read_exponent(const char *at, const char *end, int32_t *exponent)
{
    bool is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    *exponent = 0;
    for (; at < end; at++) {
        if (!is_digit(*at) || *exponent > 10000)
            return false;
        *exponent = *exponent * 10 + (*at - '0');
    }
    if (is_negative)
        *exponent = -*exponent;
    return true;
}

/* Moves the point by `exponent`, to the right. */
static bool scale(struct decimal *decimal, int32_t exponent)
{
    if (exponent < 0) {
        if (decimal->places - exponent > DECIMAL_DIGITS_MAX)
            return false;
        decimal->places -= exponent;
        return true;
    }
    int32_t zeros = exponent - decimal->places;
    decimal->places = zeros > 0 ? 0 : -zeros;
    for (; zeros > 0 && decimal->digits != 0; zeros--) {
        decimal->digits *= 10;
        if (!fits(decimal->digits))
            return false;
    }
    return true;
}

bool decimal_read(struct decimal *decimal, struct text text)
{
    const char *at = text.bytes, *end = at + text.len;
    struct decimal read = {0};
    bool is_negative = text.len && *at == '-', has_point = false;
    size_t count = 0;

    if (text.len && (*at == '-' || *at == '+'))
        at++;
    for (; at < end && (is_digit(*at) || (*at == '.' && count && !has_point)); at++) {
        if (*at == '.') {
            has_point = true;
            if (at + 1 == end || !is_digit(at[1]))
                return false;
            continue;
        }
        read.digits = read.digits * 10 + (*at - '0');
        read.places += has_point;
        count++;
        if (!fits(read.digits) || read.places > DECIMAL_DIGITS_MAX)
            return false;
    }
    int32_t exponent = 0;
    if (!count ||
        (at < end && ((*at != 'e' && *at != 'E') || !read_exponent(at + 1, end, &exponent))) ||
        !scale(&read, exponent))
        return false;
    if (is_negative)
        read.digits = -read.digits;
    *decimal = read;
    return true;
}

size_t decimal_write(const struct decimal *decimal, char out[static DECIMAL_TEXT_MAX])
{
    char reversed[DECIMAL_TEXT_MAX];
    size_t count = 0, len = 0;
    digits_without_sign rest =
        (digits_without_sign)(decimal->digits < 0 ? -decimal->digits : decimal->digits);

    do {
        if (count && count == (size_t)decimal->places)
            reversed[len++] = '.';
        reversed[len++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
        count++;
    } while (rest || count <= (size_t)decimal->places);
    if (decimal->digits < 0)
        reversed[len++] = '-';
    for (size_t i = 0; i < len; i++)
        out[i] = reversed[len - 1 - i];
    return len;
}

/* Gives both the same places. False: one then does not fit. */
static bool align(struct decimal *a, struct decimal *b)
{
    struct decimal *fewer = a->places < b->places ? a : b;
    int32_t places = a->places < b->places ? b->places : a->places;
    while (fewer->places < places) {
        fewer->digits *= 10;
        fewer->places++;
        if (!fits(fewer->digits))
            return false;
    }
    return true;
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
    struct decimal left = decimal_trim(*a), right = decimal_trim(*b);
    int left_sign = (left.digits > 0) - (left.digits < 0);
    int right_sign = (right.digits > 0) - (right.digits < 0);
    if (left_sign != right_sign)
        return left_sign < right_sign ? -1 : 1;
    (void)align(&left, &right); /* what no longer fits is greater in size than all that does */
    return (left.digits > right.digits) - (left.digits < right.digits);
}

bool decimal_add(struct decimal *sum, const struct decimal *a, const struct decimal *b)
{
    struct decimal left = *a, right = *b;
    if (!align(&left, &right) || !fits(left.digits + right.digits))
        return false;
    *sum = (struct decimal){left.digits + right.digits, left.places};
    return true;
}

bool decimal_subtract(struct decimal *difference, const struct decimal *a, const struct decimal *b)
{
    struct decimal minus = {-b->digits, b->places};
    return decimal_add(difference, a, &minus);
}

bool decimal_multiply(struct decimal *product, const struct decimal *a, const struct decimal *b)
{
    struct decimal result = {0, a->places + b->places};
    if (__builtin_mul_overflow(a->digits, b->digits, &result.digits) || !fits(result.digits))
        return false;
    while (result.places > DECIMAL_DIGITS_MAX && result.digits % 10 == 0) {
        result.digits /= 10;
        result.places--;
    }
    if (result.places > DECIMAL_DIGITS_MAX)
        return false;
    *product = result;
    return true;
}

/* a / b as a whole number, half away from zero. */
static decimal_digits divide_rounded(decimal_digits a, decimal_digits b)
{
    decimal_digits whole = a / b, rest = a % b;
    decimal_digits rest_size = rest < 0 ? -rest : rest, b_size = b < 0 ? -b : b;
    if (rest_size >= b_size - rest_size)
        whole += (a < 0) == (b < 0) ? 1 : -1;
    return whole;
}

bool decimal_divide(struct decimal *quotient, const struct decimal *a, const struct decimal *b)
{
    if (b->digits == 0)
        return false;
    /* digits a / digits b has places a - places b; more are made until there are as many as asked for */
    struct decimal above = decimal_trim(*a), below = decimal_trim(*b);
    int32_t zeros = DECIMAL_QUOTIENT_PLACES + below.places - above.places;
    for (; zeros > 0; zeros--) {
        above.digits *= 10;
        if (!fits(above.digits))
            return false;
    }
    for (; zeros < 0; zeros++) {
        below.digits *= 10;
        if (!fits(below.digits))
            return false;
    }
    *quotient = decimal_trim(
        (struct decimal){divide_rounded(above.digits, below.digits), DECIMAL_QUOTIENT_PLACES});
    return true;
}

bool decimal_divide_whole(struct decimal *whole, struct decimal *rest, const struct decimal *a,
                          const struct decimal *b)
{
    struct decimal left = *a, right = *b;
    if (right.digits == 0 || !align(&left, &right))
        return false;
    *whole = (struct decimal){.digits = left.digits / right.digits};
    *rest = (struct decimal){left.digits % right.digits, left.places};
    return true;
}

bool decimal_round(struct decimal *rounded, const struct decimal *decimal, int32_t places)
{
    struct decimal result = *decimal;
    if (places < 0 || places > DECIMAL_DIGITS_MAX)
        return false;
    if (places >= result.places) {
        struct decimal model = {.places = places};
        if (!align(&result, &model))
            return false;
    } else {
        result.digits = divide_rounded(result.digits, power_of_ten(result.places - places));
        result.places = places;
    }
    *rounded = result;
    return true;
}

struct decimal decimal_trim(struct decimal decimal)
{
    while (decimal.places > 0 && decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.places--;
    }
    return decimal;
}

bool decimal_truncate(int64_t *integer, const struct decimal *decimal)
{
    decimal_digits whole = decimal->digits / power_of_ten(decimal->places);
    if (whole > INT64_MAX || whole < INT64_MIN)
        return false;
    *integer = (int64_t)whole;
    return true;
}

double decimal_double(const struct decimal *decimal)
{
    return (double)((long double)decimal->digits / powl(10, decimal->places));
}

bool decimal_from_double(struct decimal *decimal, double number)
{
    static const double scale_up = 1e12; /* DECIMAL_QUOTIENT_PLACES */
    if (!isfinite(number) || fabs(number) > 1e24)
        return false;
    long double scaled = roundl((long double)number * (long double)scale_up);
    *decimal = decimal_trim((struct decimal){(decimal_digits)scaled, DECIMAL_QUOTIENT_PLACES});
    return true;
}

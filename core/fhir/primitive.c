/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/primitive.h"

#include <stdint.h>

/* What is still to be read of a value. */
struct rest {
    const char *at, *end;
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* As \s of the regular expressions. */
static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool skip(struct rest *rest, char byte)
{
    if (rest->at == rest->end || *rest->at != byte)
        return false;
    rest->at++;
    return true;
}

/* Exactly `count` digits, whose number is from `low` to `high`. */
static bool number(struct rest *rest, int count, int low, int high, int *value)
{
    *value = 0;
    for (int at = 0; at < count; at++) {
        if (rest->at == rest->end || !is_digit(*rest->at))
            return false;
        *value = *value * 10 + (*rest->at++ - '0');
    }
    return *value >= low && *value <= high;
}

static bool digits(struct rest *rest)
{
    const char *first = rest->at;

    while (rest->at < rest->end && is_digit(*rest->at))
        rest->at++;
    return rest->at > first;
}

static int days_of(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return DAYS[month - 1] + (month == 2 && is_leap);
}

enum { TO_YEAR = 1, TO_MONTH, TO_DAY };

/* YYYY, YYYY-MM or YYYY-MM-DD; how far it went, or 0. */
static int read_date(struct rest *rest)
{
    int year, month, day;

    if (!number(rest, 4, 1, 9999, &year))
        return 0;
    if (!skip(rest, '-'))
        return TO_YEAR;
    if (!number(rest, 2, 1, 12, &month))
        return 0;
    if (!skip(rest, '-'))
        return TO_MONTH;
    return number(rest, 2, 1, days_of(year, month), &day) ? TO_DAY : 0;
}

/* hh:mm:ss, with a fraction or without; 60 is a leap second. */
static bool read_time(struct rest *rest)
{
    int value;

    if (!number(rest, 2, 0, 23, &value) || !skip(rest, ':') || !number(rest, 2, 0, 59, &value) ||
        !skip(rest, ':') || !number(rest, 2, 0, 60, &value))
        return false;
    return !skip(rest, '.') || digits(rest);
}

/* Z or +hh:mm, at most 14:00. */
static bool read_zone(struct rest *rest)
{
    int hours, minutes;

    if (skip(rest, 'Z'))
        return true;
    if (!skip(rest, '+') && !skip(rest, '-'))
        return false;
    return number(rest, 2, 0, 14, &hours) && skip(rest, ':') &&
           number(rest, 2, 0, hours == 14 ? 0 : 59, &minutes);
}

static bool is_date(struct rest rest)
{
    return read_date(&rest) && rest.at == rest.end;
}

static bool is_instant(struct rest rest)
{
    return read_date(&rest) == TO_DAY && skip(&rest, 'T') && read_time(&rest) && read_zone(&rest) &&
           rest.at == rest.end;
}

static bool is_time(struct rest rest)
{
    return read_time(&rest) && rest.at == rest.end;
}

/* A number of JSON's without fraction or exponent, of 32 bits, from `low`. */
static bool is_whole(struct rest rest, int64_t low)
{
    bool is_negative = skip(&rest, '-');
    bool has_leading_zero = rest.end - rest.at > 1 && *rest.at == '0';
    int64_t value = 0;

    if (rest.end - rest.at < 1 || rest.end - rest.at > 10 || has_leading_zero)
        return false;
    for (; rest.at < rest.end; rest.at++) {
        if (!is_digit(*rest.at))
            return false;
        value = value * 10 + (*rest.at - '0');
    }
    if (is_negative && value == 0)
        return false;
    value = is_negative ? -value : value;
    return value >= low && value <= INT32_MAX;
}

enum { DECIMAL_LEN_MAX = 100, DECIMAL_POWER_MAX = 300 };

/* JSON has seen to its form. What is left: that it fits into what everybody reckons with, a double. */
static bool is_decimal(struct rest rest)
{
    const char *first = rest.at;
    bool is_below_one;
    int64_t power = 0;

    if (rest.end - rest.at > DECIMAL_LEN_MAX)
        return false;
    while (rest.at < rest.end && *rest.at != 'e' && *rest.at != 'E')
        rest.at++;
    is_below_one = rest.at < rest.end && rest.end - rest.at > 1 && rest.at[1] == '-';
    for (; rest.at < rest.end; rest.at++)
        if (is_digit(*rest.at) && power <= DECIMAL_POWER_MAX)
            power = power * 10 + (*rest.at - '0');
    if (!is_below_one && power > 0) /* 123.4e5 is above 10^7 */
        while (first < rest.end && (is_digit(*first) || *first == '-'))
            power += *first++ != '-';
    return power <= DECIMAL_POWER_MAX;
}

/* Tabs and line ends are the only control characters. */
static bool is_string(struct rest rest)
{
    if (rest.at == rest.end || rest.end - rest.at > FHIR_STRING_LEN_MAX)
        return false;
    for (; rest.at < rest.end; rest.at++)
        if ((unsigned char)*rest.at < ' ' && *rest.at != '\t' && *rest.at != '\r' &&
            *rest.at != '\n')
            return false;
    return true;
}

/* No space before, behind, or two within. */
static bool is_code(struct rest rest)
{
    bool was_space = true;

    for (; rest.at < rest.end; rest.at++) {
        if (is_space(*rest.at) && was_space)
            return false;
        was_space = is_space(*rest.at);
    }
    return !was_space;
}

static bool is_uri(struct rest rest)
{
    if (rest.at == rest.end)
        return false;
    for (; rest.at < rest.end; rest.at++)
        if (is_space(*rest.at))
            return false;
    return true;
}

bool fhir_uri_is_script(struct text uri)
{
    static const char *const schemes[] = {"javascript:", "vbscript:"};

    while (uri.len > 0 && (unsigned char)*uri.bytes <= ' ') /* browsers pass over these */
        uri = (struct text){uri.bytes + 1, uri.len - 1};
    for (size_t at = 0; at < sizeof schemes / sizeof *schemes; at++)
        if (text_starts_in_any_case(uri, schemes[at]))
            return true;
    return false;
}

static bool is_id(struct rest rest)
{
    if (rest.at == rest.end || rest.end - rest.at > FHIR_ID_LEN_MAX)
        return false;
    for (; rest.at < rest.end; rest.at++)
        if (!is_letter(*rest.at) && !is_digit(*rest.at) && *rest.at != '-' && *rest.at != '.')
            return false;
    return true;
}

static bool skip_all(struct rest *rest, struct text start)
{
    if (!text_starts((struct text){rest->at, (size_t)(rest->end - rest->at)}, start))
        return false;
    rest->at += start.len;
    return true;
}

/* urn:oid:[0-2](\.(0|[1-9][0-9]*))+ */
static bool is_oid(struct rest rest)
{
    int root;

    if (!skip_all(&rest, TEXT("urn:oid:")) || !number(&rest, 1, 0, 2, &root) || rest.at == rest.end)
        return false;
    while (rest.at < rest.end)
        if (!skip(&rest, '.') || !(skip(&rest, '0') || digits(&rest)))
            return false;
    return true;
}

/* urn:uuid: and lower case hexadecimal digits, 8-4-4-4-12 */
static bool is_uuid(struct rest rest)
{
    enum { LEN = 36 };

    if (!skip_all(&rest, TEXT("urn:uuid:")) || rest.end - rest.at != LEN)
        return false;
    for (int at = 0; at < LEN; at++) {
        bool is_dash = at == 8 || at == 13 || at == 18 || at == 23;
        char byte = rest.at[at];

        if (is_dash ? byte != '-' : !is_digit(byte) && !(byte >= 'a' && byte <= 'f'))
            return false;
    }
    return true;
}

/* Groups of four, the last filled up by = or ==. */
static bool is_base64(struct rest rest)
{
    size_t count = 0, fill = 0;

    for (; rest.at < rest.end; rest.at++) {
        char byte = *rest.at;

        if (is_space(byte))
            continue;
        if (byte == '=')
            fill++;
        else if (fill > 0 || (!is_letter(byte) && !is_digit(byte) && byte != '+' && byte != '/'))
            return false;
        count++;
    }
    return count > 0 && count % 4 == 0 && fill <= 2;
}

const char *fhir_primitive_fault(enum fhir_format format, struct text value)
{
    struct rest rest = {value.bytes, value.bytes + value.len};

    switch (format) {
    case FHIR_FORMAT_NONE:
    case FHIR_FORMAT_BOOLEAN: /* JSON's true and false */
        return NULL;
    case FHIR_FORMAT_BASE64BINARY:
        return is_base64(rest) ? NULL : "not base64";
    case FHIR_FORMAT_CANONICAL:
    case FHIR_FORMAT_URI:
    case FHIR_FORMAT_URL:
        if (fhir_uri_is_script(value))
            return "a URI that is a script is not taken";
        return is_uri(rest) ? NULL : "a URI is not empty and has no white space";
    case FHIR_FORMAT_CODE:
        return is_code(rest) ? NULL : "a code is not empty, and has single spaces within alone";
    case FHIR_FORMAT_DATE:
        return is_date(rest) ? NULL
                             : "a date is YYYY, YYYY-MM or YYYY-MM-DD, of a day that there is";
    case FHIR_FORMAT_DATETIME:
        return is_date(rest) || is_instant(rest)
                   ? NULL
                   : "a dateTime is a date, or YYYY-MM-DDThh:mm:ss+zz:zz, of a day that there is";
    case FHIR_FORMAT_DECIMAL:
        return is_decimal(rest) ? NULL
                                : "a decimal is within 1e-300 and 1e300, in at most 100 characters";
    case FHIR_FORMAT_ID:
        return is_id(rest) ? NULL : "an id has 1 to 64 of A-Z, a-z, 0-9, - and .";
    case FHIR_FORMAT_INSTANT:
        return is_instant(rest) ? NULL
                                : "an instant is YYYY-MM-DDThh:mm:ss+zz:zz, of a day that there is";
    case FHIR_FORMAT_INTEGER:
        return is_whole(rest, INT32_MIN) ? NULL : "an integer is a whole number of 32 bits";
    case FHIR_FORMAT_MARKDOWN:
    case FHIR_FORMAT_STRING:
        return is_string(rest) ? NULL : "a string has 1 byte to 1 MB, without control characters";
    case FHIR_FORMAT_OID:
        return is_oid(rest) ? NULL : "an oid is urn:oid: and numbers with dots between";
    case FHIR_FORMAT_POSITIVEINT:
        return is_whole(rest, 1) ? NULL : "a positiveInt is a whole number from 1 to 2147483647";
    case FHIR_FORMAT_TIME:
        return is_time(rest) ? NULL : "a time is hh:mm:ss";
    case FHIR_FORMAT_UNSIGNEDINT:
        return is_whole(rest, 0) ? NULL : "an unsignedInt is a whole number from 0 to 2147483647";
    case FHIR_FORMAT_UUID:
        return is_uuid(rest) ? NULL
                             : "a uuid is urn:uuid: and 8-4-4-4-12 lower case hexadecimal digits";
    case FHIR_FORMAT_XHTML:
        return value.len > 0 ? NULL : "empty";
    }
    return NULL;
}

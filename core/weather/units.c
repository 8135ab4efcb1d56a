/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather/units.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MAX = 15, DECIMALS_MAX = 9 };

struct unit {
    const char *name;
    double size; /* in the kind's own unit */
};

/* Largest first; a nameless unit is the bare number. */
static const struct unit durations[] = {{"h", 3.6e12}, {"m", 6e10}, {"s", 1e9}, {"ms", 1e6},
                                        {"us", 1e3},   {"ns", 1},   {0}};
static const struct unit shares[] = {{"%", 1e7}, {"", 1e9}, {0}};
static const struct unit rates[] = {{"gbit", 1e9}, {"mbit", 1e6}, {"kbit", 1e3}, {"bit", 1}, {0}};
static const struct unit sizes[] = {{"MB", 1e6}, {"kB", 1e3}, {"B", 1}, {"", 1}, {0}};
static const struct unit counts[] = {{"", 1e3}, {0}};

static const struct unit_kind_facts {
    const struct unit *units;
    double most; /* all below 2^53, so that a double holds every whole value */
    const char *example;
} kinds[] = {
    [UNIT_DURATION] = {durations, 3.6e15, "a time such as 60ms"},
    [UNIT_SHARE] = {shares, UNIT_SHARE_WHOLE, "a share such as 5%"},
    [UNIT_RATE] = {rates, 1e12, "a rate such as 8mbit"},
    [UNIT_SIZE] = {sizes, 1e9, "a size such as 1400 or 64kB"},
    [UNIT_COUNT] = {counts, 1e9, "a number such as 4"},
};

/* Reads digits with at most one point; returns how many bytes they took, 0 when none. */
static size_t read_decimal(const char *text, size_t len, double *number)
{
    size_t at = 0;
    size_t digits = 0;
    size_t decimals = 0;
    bool point = false;
    uint64_t whole = 0;
    double scale = 1;

    for (; at < len; at++) {
        if (text[at] == '.' && !point && digits > 0) {
            point = true;
            continue;
        }
        if (text[at] < '0' || text[at] > '9')
            break;
        if (++digits > DIGITS_MAX || (point && ++decimals > DECIMALS_MAX))
            return 0;
        whole = whole * 10 + (uint64_t)(text[at] - '0');
        scale *= point ? 10 : 1;
    }
    if (digits == 0 || (point && decimals == 0))
        return 0;
    *number = (double)whole / scale;
    return at;
}

bool unit_read(enum unit_kind kind, const char *text, size_t len, uint64_t *value)
{
    double number;
    size_t at = read_decimal(text, len, &number);

    if (at == 0)
        return false;
    for (const struct unit *unit = kinds[kind].units; unit->name; unit++) {
        if (strlen(unit->name) != len - at || memcmp(unit->name, text + at, len - at) != 0)
            continue;
        double scaled = number * unit->size;
        if (scaled > kinds[kind].most)
            return false;
        *value = (uint64_t)(scaled + 0.5);
        return true;
    }
    return false;
}

/* A share or a count may need decimals: 12345678 parts per billion are 1.2345678 %. */
static void write_decimals(uint64_t value, uint64_t size, const char *name,
                           char out[static UNIT_TEXT_BYTES])
{
    unsigned width = 0;
    for (uint64_t rest = size; rest > 1; rest /= 10)
        width++;
    uint64_t rest = value % size;
    while (width > 0 && rest % 10 == 0) {
        rest /= 10;
        width--;
    }
    if (width == 0)
        snprintf(out, UNIT_TEXT_BYTES, "%" PRIu64 "%s", value / size, name);
    else
        snprintf(out, UNIT_TEXT_BYTES, "%" PRIu64 ".%0*" PRIu64 "%s", value / size, (int)width,
                 rest, name);
}

void unit_write(enum unit_kind kind, uint64_t value, char out[static UNIT_TEXT_BYTES])
{
    const struct unit *unit = kinds[kind].units;

    assert((double)value <= kinds[kind].most);
    if (kind == UNIT_SHARE || kind == UNIT_COUNT) {
        write_decimals(value, (uint64_t)unit->size, unit->name, out);
        return;
    }
    while (unit[1].name && unit->size > 1 && (value == 0 || value % (uint64_t)unit->size != 0))
        unit++;
    snprintf(out, UNIT_TEXT_BYTES, "%" PRIu64 "%s", value / (uint64_t)unit->size, unit->name);
}

const char *unit_example(enum unit_kind kind)
{
    return kinds[kind].example;
}

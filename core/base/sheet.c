/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sheet.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEGREES (3.14159265358979323846 / 180)

struct unit {
    const char *name;
    double factor;
};

static const struct {
    const char *wanted; /* in words */
    struct unit units[2];
} kinds[] = {
    [SHEET_PLAIN] = {"a number", {{"", 1}, {"", 1}}},
    [SHEET_ANGLE] = {"an angle such as 80deg or 1.4rad", {{"deg", DEGREES}, {"rad", 1}}},
    [SHEET_LENGTH] = {"a length such as 0.24m or 9mm", {{"m", 1}, {"mm", 1e-3}}},
    [SHEET_TIME] = {"a time such as 0.2s or 200ms", {{"s", 1}, {"ms", 1e-3}}},
    [SHEET_SPEED] = {"a speed such as 0.2m/s or 200mm/s", {{"m/s", 1}, {"mm/s", 1e-3}}},
    [SHEET_TURN] = {"a speed of turning such as 20rad/s or 900deg/s",
                    {{"rad/s", 1}, {"deg/s", DEGREES}}},
    [SHEET_FORCE] = {"a force such as 2.5N", {{"N", 1}, {"N", 1}}},
};

void sheet_open(struct sheet *sheet, const char *text, size_t len)
{
    *sheet = (struct sheet){.text = text, .len = len};
}

static void PRINTF_LIKE(3, 0)
    set_fault(struct sheet *sheet, unsigned line, const char *words, va_list more)
{
    if (sheet->fault.words[0])
        return;
    sheet->fault.line = line;
    vsnprintf(sheet->fault.words, sizeof sheet->fault.words, words, more);
}

bool sheet_fail(struct sheet *sheet, const char *words, ...)
{
    va_list more;
    va_start(more, words);
    set_fault(sheet, sheet->line, words, more);
    va_end(more);
    return false;
}

bool sheet_fail_whole(struct sheet *sheet, const char *words, ...)
{
    va_list more;
    va_start(more, words);
    set_fault(sheet, 0, words, more);
    va_end(more);
    return false;
}

/* Copies the next line, less its comment; false with a fault. */
static bool take_line(struct sheet *sheet)
{
    const char *start = sheet->text + sheet->at;
    size_t left = sheet->len - sheet->at;
    const char *end = memchr(start, '\n', left);
    size_t len = end ? (size_t)(end - start) : left;

    sheet->line++;
    sheet->at += end ? len + 1 : len;
    if (len > SHEET_LINE_BYTES_MAX)
        return sheet_fail(sheet, "a line is at most %d bytes long", SHEET_LINE_BYTES_MAX);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)start[i] < ' ' && !strchr("\t\r", start[i] ? start[i] : 1))
            return sheet_fail(sheet, "byte %zu of the line is no text", i + 1);
    const char *comment = memchr(start, '#', len);
    if (comment)
        len = (size_t)(comment - start);
    memcpy(sheet->bytes, start, len);
    sheet->bytes[len] = 0;
    return true;
}

/* Cuts the line into words; false with a fault. */
static bool cut(struct sheet *sheet)
{
    static const char blanks[] = " \t\r";
    char *at = sheet->bytes + strspn(sheet->bytes, blanks);

    sheet->count = 0;
    while (*at) {
        if (sheet->count == SHEET_WORDS_MAX)
            return sheet_fail(sheet, "a line has at most %d words", SHEET_WORDS_MAX);
        sheet->words[sheet->count++] = at;
        at += strcspn(at, blanks);
        if (*at)
            *at++ = 0;
        at += strspn(at, blanks);
    }
    return true;
}

bool sheet_next(struct sheet *sheet)
{
    while (!sheet->fault.words[0] && sheet->at < sheet->len) {
        if (!take_line(sheet) || !cut(sheet))
            return false;
        if (sheet->count)
            return true;
    }
    return false;
}

bool sheet_figure(struct sheet *sheet, size_t index, enum sheet_unit unit, double *value)
{
    if (index >= sheet->count)
        return sheet_fail(sheet, "%s is missing at its end", kinds[unit].wanted);
    const char *word = sheet->words[index];
    char *end;
    if (!strchr("+-.0123456789", *word) || strpbrk(word, "xX"))
        return sheet_fail(sheet, "'%.40s' is not %s", word, kinds[unit].wanted);
    double number = strtod(word, &end);
    const struct unit *units = kinds[unit].units;
    const struct unit *found = !strcmp(end, units[0].name)   ? &units[0]
                               : !strcmp(end, units[1].name) ? &units[1]
                                                             : NULL;
    if (end == word || !found)
        return sheet_fail(sheet, "'%.40s' is not %s", word, kinds[unit].wanted);
    if (!isfinite(number * found->factor))
        return sheet_fail(sheet, "'%.40s' is not finite", word);
    *value = number * found->factor;
    return true;
}

bool sheet_whole(struct sheet *sheet, size_t index, unsigned least, unsigned most, unsigned *value)
{
    double number;
    if (!sheet_figure(sheet, index, SHEET_PLAIN, &number))
        return false;
    if (!(number >= least && number <= most) || floor(number) < number)
        return sheet_fail(sheet, "'%.40s' is no whole number from %u to %u", sheet->words[index],
                          least, most);
    *value = (unsigned)number;
    return true;
}

bool sheet_form(struct sheet *sheet, size_t count, const char *form)
{
    return sheet->count == count ||
           sheet_fail(sheet, "%zu words where the form is: %s", sheet->count, form);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From one system type to another: toX() gives nothing where it cannot be done, convertsToX() says whether.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Conversion". */
#include <assert.h>

#include "fhirpath/calls.h"
#include "fhirpath/case.h"
#include "fhirpath/literal.h"
#include "fhirpath/primitive.h"

/* Makes `*to` of `from`. `*has` false: it cannot be done. */
typedef bool conversion(struct fhirpath_run *run, const struct fhirpath_value *from,
                        struct fhirpath_value *to, bool *has);

static bool convert(struct fhirpath_run *run, uint32_t base, conversion *of, bool is_question)
{
    struct fhirpath_value from, to;
    bool has;
    if (run->top == base)
        return true;
    if (run->top - base > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    if (!run_system(run, &from, &has, &run->stack[base]))
        return false;
    run->top = base;
    if (has && !of(run, &from, &to, &has))
        return false;
    if (is_question)
        return run_push_boolean(run, has);
    return !has || run_push(run, &to);
}

static bool is_word(struct text text, const char *const words[])
{
    for (; *words; words++) {
        size_t at = 0, len = strlen(*words);
        while (at < len && at < text.len &&
               case_lower((unsigned char)text.bytes[at]) == (unsigned char)(*words)[at])
            at++;
        if (at == len && at == text.len)
            return true;
    }
    return false;
}

static bool to_boolean(struct fhirpath_run *run, const struct fhirpath_value *from,
                       struct fhirpath_value *to, bool *has)
{
    static const char *const yes[] = {"true", "t", "yes", "y", "1", "1.0", NULL};
    static const char *const no[] = {"false", "f", "no", "n", "0", "0.0", NULL};
    (void)run;
    *to = (struct fhirpath_value){.kind = FHIRPATH_BOOLEAN};
    *has = true;
    if (from->kind == FHIRPATH_BOOLEAN) {
        to->of.boolean = from->of.boolean;
    } else if (from->kind == FHIRPATH_STRING) {
        to->of.boolean = is_word(from->of.string, yes);
        *has = to->of.boolean || is_word(from->of.string, no);
    } else if (value_is_number(from)) {
        struct decimal number = value_number(from), one = decimal_of(1);
        to->of.boolean = decimal_compare(&number, &one) == 0;
        *has = to->of.boolean || number.digits == 0;
    } else {
        *has = false;
    }
    return true;
}

/* Whether a string is a number without an exponent, which decimal_read would take. */
static bool read_plain(struct text text, struct decimal *decimal)
{
    return !memchr(text.bytes, 'e', text.len) && !memchr(text.bytes, 'E', text.len) &&
           decimal_read(decimal, text);
}

static bool to_decimal(struct fhirpath_run *run, const struct fhirpath_value *from,
                       struct fhirpath_value *to, bool *has)
{
    struct decimal decimal;
    (void)run;
    *has = true;
    if (value_is_number(from))
        decimal = value_number(from);
    else if (from->kind == FHIRPATH_BOOLEAN)
        decimal = decimal_of(from->of.boolean);
    else
        *has = from->kind == FHIRPATH_STRING && read_plain(from->of.string, &decimal);
    if (*has)
        *to = (struct fhirpath_value){
            .kind = FHIRPATH_DECIMAL, .places = decimal.places, .of.digits = decimal.digits};
    return true;
}

static bool to_integer(struct fhirpath_run *run, const struct fhirpath_value *from,
                       struct fhirpath_value *to, bool *has)
{
    *has = from->kind != FHIRPATH_DECIMAL;
    if (!*has || !to_decimal(run, from, to, has) || !*has)
        return true;
    struct decimal decimal = fhirpath_decimal(to);
    *has = decimal.places == 0 && decimal.digits <= INT32_MAX && decimal.digits >= INT32_MIN;
    if (*has)
        *to = (struct fhirpath_value){.kind = FHIRPATH_INTEGER,
                                      .of.integer = (int64_t)decimal.digits};
    return true;
}

static bool to_date_time(struct fhirpath_run *run, const struct fhirpath_value *from,
                         struct fhirpath_value *to, bool *has)
{
    bool is_date;
    (void)run;
    *to = *from;
    to->kind = FHIRPATH_DATETIME;
    if (from->kind == FHIRPATH_STRING) {
        *to = (struct fhirpath_value){.kind = FHIRPATH_DATETIME};
        *has = moment_read(&to->of.moment, from->of.string, &is_date);
    } else {
        *has = value_is_date(from);
    }
    return true;
}

static bool to_date(struct fhirpath_run *run, const struct fhirpath_value *from,
                    struct fhirpath_value *to, bool *has)
{
    if (!to_date_time(run, from, to, has) || !*has)
        return true;
    struct moment *moment = &to->of.moment;
    to->kind = FHIRPATH_DATE;
    if (moment->precision > MOMENT_DAY)
        *moment = (struct moment){.year = moment->year,
                                  .month = moment->month,
                                  .day = moment->day,
                                  .precision = MOMENT_DAY};
    return true;
}

static bool to_time(struct fhirpath_run *run, const struct fhirpath_value *from,
                    struct fhirpath_value *to, bool *has)
{
    (void)run;
    *to = *from;
    *has = from->kind == FHIRPATH_TIME;
    if (from->kind == FHIRPATH_STRING) {
        *to = (struct fhirpath_value){.kind = FHIRPATH_TIME};
        *has = moment_read_time(&to->of.moment, from->of.string);
    }
    return true;
}

/* "4 days", "4 'd'", "4": number, unit in quotes or a word of the calendar. */
static bool read_quantity(struct text text, struct fhirpath_quantity *quantity)
{
    size_t at = 0;
    while (at < text.len && text.bytes[at] != ' ' && text.bytes[at] != '\'')
        at++;
    struct text number = {text.bytes, at};
    while (at < text.len && text.bytes[at] == ' ')
        at++;
    struct text unit = {text.bytes + at, text.len - at};
    *quantity = (struct fhirpath_quantity){.unit = TEXT("1")};
    if (!read_plain(number, &quantity->value))
        return false;
    if (!unit.len)
        return true;
    if (unit.len > 2 && unit.bytes[0] == '\'' && unit.bytes[unit.len - 1] == '\'') {
        quantity->unit = (struct text){unit.bytes + 1, unit.len - 2};
        return !memchr(quantity->unit.bytes, '\'', quantity->unit.len);
    }
    if (!literal_is_duration(unit))
        return false;
    if (unit.bytes[unit.len - 1] == 's')
        unit.len--;
    quantity->unit = unit;
    quantity->is_calendar = true;
    return true;
}

static bool to_quantity(struct fhirpath_run *run, const struct fhirpath_value *from,
                        struct fhirpath_value *to, bool *has)
{
    struct fhirpath_quantity made;
    *to = *from;
    *has = true;
    if (from->kind == FHIRPATH_QUANTITY)
        return true;
    if (value_is_number(from))
        made = value_quantity(from);
    else if (from->kind == FHIRPATH_BOOLEAN)
        made =
            (struct fhirpath_quantity){.value = {from->of.boolean ? 10 : 0, 1}, .unit = TEXT("1")};
    else
        *has = from->kind == FHIRPATH_STRING && read_quantity(from->of.string, &made);
    if (!*has)
        return true;
    struct fhirpath_quantity *quantity = run_take(run, sizeof *quantity);
    if (!quantity)
        return false;
    *quantity = made;
    *to = (struct fhirpath_value){.kind = FHIRPATH_QUANTITY, .of.quantity = quantity};
    return true;
}

static bool quantity_text(struct fhirpath_run *run, const struct fhirpath_quantity *quantity,
                          struct text *text)
{
    char number[DECIMAL_TEXT_MAX];
    size_t len = decimal_write(&quantity->value, number), unit = quantity->unit.len;
    char *bytes = run_take(run, len + unit + 4);
    if (!bytes)
        return false;
    memcpy(bytes, number, len);
    bytes[len++] = ' ';
    if (!quantity->is_calendar)
        bytes[len++] = '\'';
    memcpy(bytes + len, quantity->unit.bytes, unit);
    len += unit;
    if (!quantity->is_calendar)
        bytes[len++] = '\'';
    *text = (struct text){bytes, len};
    return true;
}

bool run_text(struct fhirpath_run *run, const struct fhirpath_value *system, struct text *text,
              bool *has)
{
    static_assert((int)MOMENT_TEXT_MAX <= (int)DECIMAL_TEXT_MAX, "one room for both");
    char made[DECIMAL_TEXT_MAX];
    struct decimal decimal;
    size_t len = 0;
    *has = true;
    switch ((enum fhirpath_kind)system->kind) {
    case FHIRPATH_STRING:
        *text = system->of.string;
        return true;
    case FHIRPATH_BOOLEAN:
        *text = system->of.boolean ? TEXT("true") : TEXT("false");
        return true;
    case FHIRPATH_QUANTITY:
        return quantity_text(run, system->of.quantity, text);
    case FHIRPATH_INTEGER:
    case FHIRPATH_DECIMAL:
        decimal = value_number(system);
        len = decimal_write(&decimal, made);
        break;
    case FHIRPATH_DATE:
    case FHIRPATH_DATETIME:
    case FHIRPATH_TIME:
        len = moment_write(&system->of.moment, system->kind == FHIRPATH_TIME, made);
        break;
    case FHIRPATH_NODE:
    case FHIRPATH_TYPE_INFO:
        *has = false;
        return true;
    }
    char *bytes = run_take(run, len);
    if (!bytes)
        return false;
    memcpy(bytes, made, len);
    *text = (struct text){bytes, len};
    return true;
}

static bool to_string(struct fhirpath_run *run, const struct fhirpath_value *from,
                      struct fhirpath_value *to, bool *has)
{
    *to = (struct fhirpath_value){.kind = FHIRPATH_STRING};
    return run_text(run, from, &to->of.string, has);
}

#define CALLS(to, converts, of)                                                                    \
    bool to(struct fhirpath_run *run, const struct op *op, const struct frame *frame,              \
            uint32_t base)                                                                         \
    {                                                                                              \
        (void)op, (void)frame;                                                                     \
        return convert(run, base, of, false);                                                      \
    }                                                                                              \
    bool converts(struct fhirpath_run *run, const struct op *op, const struct frame *frame,        \
                  uint32_t base)                                                                   \
    {                                                                                              \
        (void)op, (void)frame;                                                                     \
        return convert(run, base, of, true);                                                       \
    }

CALLS(call_to_boolean, call_converts_to_boolean, to_boolean)
CALLS(call_to_integer, call_converts_to_integer, to_integer)
CALLS(call_to_decimal, call_converts_to_decimal, to_decimal)
CALLS(call_to_string, call_converts_to_string, to_string)
CALLS(call_to_date, call_converts_to_date, to_date)
CALLS(call_to_date_time, call_converts_to_date_time, to_date_time)
CALLS(call_to_time, call_converts_to_time, to_time)

/* With a unit, only where the quantity can be brought to it. */
static bool convert_quantity(struct fhirpath_run *run, const struct op *op,
                             const struct frame *frame, uint32_t base, bool is_question)
{
    struct text unit;
    bool has;
    if (!convert(run, base, to_quantity, false))
        return false;
    if (op->arg_count) {
        if (!run_arg_string(run, op, 0, frame, &unit, &has))
            return false;
        if (has && run->top > base && !text_equal(run->stack[base].of.quantity->unit, unit))
            return run_fail(run, FHIRPATH_ERR_UNSUPPORTED);
    }
    if (!is_question)
        return true;
    has = run->top > base;
    run->top = base;
    return run_push_boolean(run, has);
}

bool call_to_quantity(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                      uint32_t base)
{
    return convert_quantity(run, op, frame, base, false);
}

bool call_converts_to_quantity(struct fhirpath_run *run, const struct op *op,
                               const struct frame *frame, uint32_t base)
{
    return run->top == base || convert_quantity(run, op, frame, base, true);
}

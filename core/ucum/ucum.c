/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ucum/ucum.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "ucum/ucum_atoms.h"

enum {
    ATOMS = sizeof ucum_atoms / sizeof *ucum_atoms,
    PREFIXES = sizeof ucum_prefixes / sizeof *ucum_prefixes,
    BASES_MAX = 8, /* different base or arbitrary atoms in one unit */
    EXPONENT_MAX = 99,
    NESTING_MAX = 8, /* brackets within one another; atoms of atoms */
    ROUNDED_BITS = 53 - 44,
};

/* A product of base atoms. */
struct product {
    double factor, before;
    struct {
        unsigned atom;
        int exponent;
    } bases[BASES_MAX];
    unsigned count;
};

struct reader {
    const char *at, *end;
    unsigned depth;
};

static bool take_term(struct reader *from, struct product *product);

/* product *= other ^ exponent */
static bool multiply(struct product *product, const struct product *other, int exponent)
{
    product->factor *= exponent == 1    ? other->factor
                       : exponent == -1 ? 1 / other->factor
                                        : pow(other->factor, exponent);
    for (unsigned i = 0; i < other->count; i++) {
        unsigned k = 0;
        while (k < product->count && product->bases[k].atom != other->bases[i].atom)
            k++;
        if (k == BASES_MAX)
            return false;
        if (k == product->count) {
            product->bases[k].atom = other->bases[i].atom;
            product->bases[k].exponent = 0;
            product->count++;
        }
        product->bases[k].exponent += other->bases[i].exponent * exponent;
        if (product->bases[k].exponent > EXPONENT_MAX || product->bases[k].exponent < -EXPONENT_MAX)
            return false;
    }
    return true;
}

static const struct ucum_atom *atom_named(struct text name)
{
    for (unsigned i = 0; i < ATOMS; i++)
        if (name.len && *name.bytes == *ucum_atoms[i].code && text_is(name, ucum_atoms[i].code))
            return &ucum_atoms[i];
    return NULL;
}

static bool expand(const struct ucum_atom *atom, unsigned depth, struct product *product)
{
    if (!*atom->of) {
        *product = (struct product){.factor = 1, .count = 1};
        product->bases[0].atom = (unsigned)(atom - ucum_atoms);
        product->bases[0].exponent = 1;
        return true;
    }
    struct text of = text_of(atom->of);
    struct reader reader = {of.bytes, of.bytes + of.len, depth + 1};
    *product = (struct product){.factor = 1};
    if (!take_term(&reader, product) || reader.at != reader.end)
        return false;
    product->factor *= atom->factor;
    product->before = atom->before;
    return true;
}

/* An atom, or a prefix and one that takes prefixes. */
static bool take_unit(struct text name, unsigned depth, struct product *product)
{
    const struct ucum_atom *atom = atom_named(name);
    if (atom)
        return expand(atom, depth, product);
    for (unsigned i = 0; i < PREFIXES; i++) {
        struct text prefix = text_of(ucum_prefixes[i].code);
        if (!text_starts(name, prefix))
            continue;
        atom = atom_named((struct text){name.bytes + prefix.len, name.len - prefix.len});
        if (!atom || !atom->takes_prefix)
            continue;
        if (!expand(atom, depth, product))
            return false;
        product->factor *= ucum_prefixes[i].factor;
        product->before /= ucum_prefixes[i].factor;
        return true;
    }
    return false;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* The end of the name at `at`: brackets are part of it with all within; digits, signs and the rest end it. */
static const char *name_end(const char *at, const char *end)
{
    if (end - at >= 3 && at[0] == '1' && at[1] == '0' && (at[2] == '*' || at[2] == '^'))
        return at + 3;
    for (bool within = false; at < end; at++) {
        if (*at == '[')
            within = true;
        else if (*at == ']')
            within = false;
        else if (!within && (is_digit(*at) || *at == '.' || *at == '/' || *at == '(' ||
                             *at == ')' || *at == '{' || *at == '+' || *at == '-'))
            break;
    }
    return at;
}

static bool take_digits(struct reader *from, int *number)
{
    int value = 0;
    const char *start = from->at;
    for (; from->at < from->end && is_digit(*from->at); from->at++)
        if ((value = 10 * value + (*from->at - '0')) > 100000000)
            return false;
    *number = value;
    return from->at > start;
}

static bool take_annotation(struct reader *from)
{
    if (from->at == from->end || *from->at != '{')
        return true;
    const char *close = memchr(from->at, '}', (size_t)(from->end - from->at));
    if (!close)
        return false;
    from->at = close + 1;
    return true;
}

/* A unit with its exponent, a number, an annotation, or a term in brackets. */
static bool take_component(struct reader *from, struct product *product)
{
    struct product part = {.factor = 1};
    int exponent = 1;
    const char *name = from->at, *end = name_end(name, from->end);
    if (from->at == from->end)
        return false;
    if (*from->at == '{')
        return take_annotation(from);
    if (*from->at == '(') {
        from->at++;
        if (++from->depth > NESTING_MAX || !take_term(from, &part) || from->at == from->end ||
            *from->at++ != ')')
            return false;
        from->depth--;
    } else if (is_digit(*name) && end == name) {
        int number;
        if (!take_digits(from, &number) || number == 0)
            return false;
        part.factor = number;
    } else {
        from->at = end;
        if (end == name ||
            !take_unit((struct text){name, (size_t)(end - name)}, from->depth, &part))
            return false;
        int sign = 1;
        if (from->at < from->end && (*from->at == '+' || *from->at == '-')) {
            sign = *from->at++ == '-' ? -1 : 1;
            if (!take_digits(from, &exponent))
                return false;
        } else if (from->at < from->end && is_digit(*from->at) && !take_digits(from, &exponent)) {
            return false;
        }
        exponent *= sign;
        if (exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX)
            return false;
    }
    product->before += part.before; /* only meant where the unit stands alone, see ucum_read */
    return multiply(product, &part, exponent) && take_annotation(from);
}

static bool take_term(struct reader *from, struct product *product)
{
    if (from->depth > NESTING_MAX)
        return false;
    struct product part = {.factor = 1};
    bool divides = from->at < from->end && *from->at == '/';
    if (divides)
        from->at++;
    for (;;) {
        part = (struct product){.factor = 1};
        if (!take_component(from, &part) || !multiply(product, &part, divides ? -1 : 1))
            return false;
        product->before += part.before;
        if (from->at == from->end || (*from->at != '.' && *from->at != '/'))
            return true;
        divides = *from->at++ == '/';
    }
}

/* Writes the bases that are left, in the order of the table, so that each unit is written one way. */
static bool write_base(struct ucum_unit *unit, const struct product *product)
{
    unit->base_len = 0;
    for (unsigned atom = 0; atom < ATOMS; atom++)
        for (unsigned i = 0; i < product->count; i++) {
            if (product->bases[i].atom != atom || product->bases[i].exponent == 0)
                continue;
            size_t room = sizeof unit->base - unit->base_len;
            char exponent[8] = "";
            if (product->bases[i].exponent != 1)
                snprintf(exponent, sizeof exponent, "%d", product->bases[i].exponent);
            int len = snprintf(unit->base + unit->base_len, room, "%s%s%s",
                               unit->base_len ? "." : "", ucum_atoms[atom].code, exponent);
            if (len < 0 || (size_t)len >= room)
                return false;
            unit->base_len += (size_t)len;
        }
    if (unit->base_len == 0)
        unit->base[unit->base_len++] = '1';
    return true;
}

bool ucum_read(struct ucum_unit *unit, struct text code)
{
    struct product product = {.factor = 1};
    struct reader reader = {code.bytes, code.bytes + code.len, 0};
    if (code.len > UCUM_CODE_LEN_MAX || !take_term(&reader, &product) || reader.at != reader.end ||
        !isnormal(product.factor))
        return false;
    bool is_kelvin = product.count == 1 &&
                     text_is(TEXT("K"), ucum_atoms[product.bases[0].atom].code) &&
                     product.bases[0].exponent == 1;
    if (product.before != 0 && !is_kelvin)
        return false; /* a difference of temperatures in a product: UCUM forbids it */
    unit->factor = product.factor;
    unit->before = product.before;
    return write_base(unit, &product);
}

static double rounded(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = (bits + (UINT64_C(1) << (ROUNDED_BITS - 1))) >> ROUNDED_BITS << ROUNDED_BITS;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double ucum_to_base(const struct ucum_unit *unit, double value)
{
    return rounded((value + unit->before) * unit->factor);
}

double ucum_to_base_before(const struct ucum_unit *unit, double value)
{
    double end = ucum_to_base(unit, value);
    return end -
           fabs(end) * 0x1p-44; /* less than the next value that ucum_to_base can give below it */
}

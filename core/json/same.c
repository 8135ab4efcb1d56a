/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/same.h"

#include "json/parts.h"

enum { FEW = 16, EXPONENT_DIGITS_MAX = 17 };

struct pair {
    const struct json *a, *b;
    enum json_numbers numbers;
    struct arena *arena;
    bool failed; /* no memory; the answer means nothing then */
};

/* A number as its digits from the first to the last that is not 0, a point among them or not. */
struct decimal {
    bool is_negative;
    bool is_huge; /* the exponent has more digits than are read */
    const char *at, *end;
    int64_t power; /* of ten, of the first digit; none of 0 */
};

static int64_t read_exponent(const char *at, const char *end, bool *is_huge)
{
    bool is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    while (at < end && *at == '0')
        at++;
    *is_huge = end - at > EXPONENT_DIGITS_MAX;
    int64_t exponent = 0;
    for (; at < end && !*is_huge; at++)
        exponent = exponent * 10 + (*at - '0');
    return is_negative ? -exponent : exponent;
}

static struct decimal read_decimal(struct text number)
{
    struct decimal decimal = {.at = number.bytes};
    const char *end = number.bytes + number.len, *mark = decimal.at;
    while (mark < end && *mark != 'e' && *mark != 'E')
        mark++;
    decimal.end = mark;
    if (mark < end)
        decimal.power = read_exponent(mark + 1, end, &decimal.is_huge);

    decimal.is_negative = *decimal.at == '-';
    decimal.at += decimal.is_negative;
    const char *point = memchr(decimal.at, '.', (size_t)(decimal.end - decimal.at));
    decimal.power += (point ? point : decimal.end) - decimal.at - 1;
    for (; decimal.at < decimal.end && (*decimal.at == '0' || *decimal.at == '.'); decimal.at++)
        decimal.power -= *decimal.at == '0';
    while (decimal.end > decimal.at && (decimal.end[-1] == '0' || decimal.end[-1] == '.'))
        decimal.end--;
    if (decimal.at == decimal.end)
        return (struct decimal){0};
    return decimal;
}

static bool same_digits(const struct decimal *a, const struct decimal *b)
{
    const char *x = a->at, *y = b->at;
    while (x < a->end && y < b->end) {
        if (*x == '.')
            x++;
        else if (*y == '.')
            y++;
        else if (*x++ != *y++)
            return false;
    }
    return x == a->end && y == b->end;
}

static bool same_value(struct text a, struct text b)
{
    struct decimal x = read_decimal(a), y = read_decimal(b);
    if (x.is_huge || y.is_huge)
        return text_equal(a, b);
    return x.is_negative == y.is_negative && x.power == y.power && same_digits(&x, &y);
}

static bool same_string(struct pair *pair, uint32_t a, uint32_t b)
{
    if (!pair->b->nodes[b].escaped)
        return json_string_is(pair->a, a, json_raw(pair->b, b));
    if (!pair->a->nodes[a].escaped)
        return json_string_is(pair->b, b, json_raw(pair->a, a));
    struct arena_mark mark = arena_mark(pair->arena);
    struct text characters = json_string(pair->b, b, pair->arena);
    pair->failed |= !characters.bytes;
    bool is_same = characters.bytes && json_string_is(pair->a, a, characters);
    arena_release(pair->arena, mark);
    return is_same;
}

static bool same(struct pair *pair, uint32_t a, uint32_t b);

static bool same_elements(struct pair *pair, uint32_t a, uint32_t b)
{
    for (uint32_t x = json_first(pair->a, a), y = json_first(pair->b, b); x != json_end(pair->a, a);
         x = json_next(pair->a, x), y = json_next(pair->b, y))
        if (!same(pair, x, y))
            return false;
    return true;
}

/* Two objects of as many members, neither with a key twice: each of one has to be in the other. It is looked for
 * first behind the one found before, where it mostly is. */
static bool same_few_members(struct pair *pair, uint32_t a, uint32_t b)
{
    uint32_t y = json_first(pair->b, b);
    for (uint32_t x = json_first(pair->a, a); x != json_end(pair->a, a);
         x = json_next(pair->a, x + 1)) {
        uint32_t left = pair->b->nodes[b].count;
        for (; left; left--) {
            if (y == json_end(pair->b, b))
                y = json_first(pair->b, b);
            if (same_string(pair, x, y))
                break;
            y = json_next(pair->b, y + 1);
        }
        if (!left || !same(pair, x + 1, y + 1))
            return false;
        y = json_next(pair->b, y + 1);
    }
    return true;
}

static bool same_many_members(struct pair *pair, uint32_t a, uint32_t b)
{
    struct arena_mark mark = arena_mark(pair->arena);
    const struct json_sorted_key *x = json_sort_keys(pair->a, a, pair->arena);
    const struct json_sorted_key *y = x ? json_sort_keys(pair->b, b, pair->arena) : NULL;
    bool is_same = y;
    pair->failed |= !y;
    for (uint32_t i = 0; is_same && i < pair->a->nodes[a].count; i++)
        is_same = json_same_key(&x[i], &y[i]) && same(pair, x[i].node + 1, y[i].node + 1);
    arena_release(pair->arena, mark);
    return is_same;
}

static bool same(struct pair *pair, uint32_t a, uint32_t b)
{
    const struct json_node *x = &pair->a->nodes[a], *y = &pair->b->nodes[b];
    if (x->type != y->type || x->count != y->count)
        return false;
    switch ((enum json_type)x->type) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        break;
    case JSON_NUMBER:
        return pair->numbers == JSON_NUMBERS_AS_WRITTEN
                   ? text_equal(json_raw(pair->a, a), json_raw(pair->b, b))
                   : same_value(json_raw(pair->a, a), json_raw(pair->b, b));
    case JSON_STRING:
        return same_string(pair, a, b);
    case JSON_ARRAY:
        return same_elements(pair, a, b);
    case JSON_OBJECT:
        return x->count <= FEW ? same_few_members(pair, a, b) : same_many_members(pair, a, b);
    }
    return true;
}

enum json_err json_compare(bool *is_same, const struct json *a, uint32_t node_a,
                           const struct json *b, uint32_t node_b, enum json_numbers numbers,
                           struct arena *arena)
{
    struct pair pair = {a, b, numbers, arena, false};
    *is_same = same(&pair, node_a, node_b);
    return pair.failed ? JSON_ERR_MEMORY : JSON_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equality (=) and equivalence (~) of two items.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Equality". */
#include "fhirpath/case.h"
#include "fhirpath/inside.h"
#include "fhirpath/primitive.h"

static bool is_space(uint32_t code)
{
    return code == ' ' || code == '\t' || code == '\r' || code == '\n';
}

/* The next character, in lower case, white space of any length as one space. */
static uint32_t next_folded(struct text text, size_t *at)
{
    uint32_t code = utf8_next(text, at);
    if (!is_space(code))
        return case_lower(code);
    while (*at < text.len && is_space((unsigned char)text.bytes[*at]))
        ++*at;
    return ' ';
}

static bool texts_equivalent(struct text a, struct text b)
{
    size_t at_a = 0, at_b = 0;
    while (at_a < a.len && at_b < b.len)
        if (next_folded(a, &at_a) != next_folded(b, &at_b))
            return false;
    return at_a == a.len && at_b == b.len;
}

/* Equal when rounded to the places of the less precise. */
static bool decimals_equivalent(const struct decimal *a, const struct decimal *b)
{
    struct decimal left = decimal_trim(*a), right = decimal_trim(*b);
    int32_t places = left.places < right.places ? left.places : right.places;
    return decimal_round(&left, &left, places) && decimal_round(&right, &right, places) &&
           left.digits == right.digits;
}

enum relation { EQUAL, EQUIVALENT };

/* How deep JSON goes is limited where it is read, so recursion is. */
static bool nodes_match(struct fhirpath_run *run, const struct json *json_a, uint32_t a,
                        const struct json *json_b, uint32_t b, enum relation relation,
                        bool *matches);

static bool arrays_match(struct fhirpath_run *run, const struct json *json_a, uint32_t a,
                         const struct json *json_b, uint32_t b, enum relation relation,
                         bool *matches)
{
    uint32_t at_b = json_first(json_b, b);
    *matches = true;
    for (uint32_t at = json_first(json_a, a); *matches && at < json_end(json_a, a);
         at = json_next(json_a, at)) {
        if (relation == EQUAL) {
            if (!nodes_match(run, json_a, at, json_b, at_b, relation, matches))
                return false;
            at_b = json_next(json_b, at_b);
            continue;
        }
        *matches =
            false; /* any order: each has its like; as many as there are makes that both ways */
        for (uint32_t other = json_first(json_b, b); !*matches && other < json_end(json_b, b);
             other = json_next(json_b, other))
            if (!nodes_match(run, json_a, at, json_b, other, relation, matches))
                return false;
    }
    return true;
}

static bool objects_match(struct fhirpath_run *run, const struct json *json_a, uint32_t a,
                          const struct json *json_b, uint32_t b, enum relation relation,
                          bool *matches)
{
    *matches = true;
    for (uint32_t key = json_first(json_a, a); *matches && key < json_end(json_a, a);
         key = json_next(json_a, key + 1)) {
        uint32_t other = json_member(json_b, b, json_raw(json_a, key));
        if (other == JSON_NONE)
            *matches = false;
        else if (!nodes_match(run, json_a, key + 1, json_b, other, relation, matches))
            return false;
    }
    return true;
}

static bool strings_match(struct fhirpath_run *run, const struct json *json_a, uint32_t a,
                          const struct json *json_b, uint32_t b, enum relation relation,
                          bool *matches)
{
    struct text left = json_string(json_a, a, run->arena);
    struct text right = json_string(json_b, b, run->arena);
    if (!left.bytes || !right.bytes)
        return run_fail(run, FHIRPATH_ERR_MEMORY);
    *matches = relation == EQUAL ? text_equal(left, right) : texts_equivalent(left, right);
    return run_step(run, 1 + (uint32_t)left.len / 16);
}

static bool nodes_match(struct fhirpath_run *run, const struct json *json_a, uint32_t a,
                        const struct json *json_b, uint32_t b, enum relation relation,
                        bool *matches)
{
    const struct json_node *left = &json_a->nodes[a], *right = &json_b->nodes[b];
    *matches = false;
    if (!run_step(run, 1 + (left->type == JSON_OBJECT ? right->count : 0)))
        return false;
    if (left->type != right->type || left->count != right->count)
        return true;
    struct decimal number_a, number_b;
    switch ((enum json_type)left->type) {
    case JSON_OBJECT:
        return objects_match(run, json_a, a, json_b, b, relation, matches);
    case JSON_ARRAY:
        return arrays_match(run, json_a, a, json_b, b, relation, matches);
    case JSON_STRING:
        return strings_match(run, json_a, a, json_b, b, relation, matches);
    case JSON_NUMBER:
        if (!decimal_read(&number_a, json_raw(json_a, a)) ||
            !decimal_read(&number_b, json_raw(json_b, b)))
            *matches = text_equal(json_raw(json_a, a), json_raw(json_b, b));
        else
            *matches = relation == EQUAL ? decimal_compare(&number_a, &number_b) == 0
                                         : decimals_equivalent(&number_a, &number_b);
        return true;
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        *matches = true;
        break;
    }
    return true;
}

/* Two nodes that are no system values. */
static bool complex_match(struct fhirpath_run *run, const struct fhirpath_value *a,
                          const struct fhirpath_value *b, enum relation relation, bool *matches)
{
    *matches = false;
    if (a->kind != FHIRPATH_NODE || b->kind != FHIRPATH_NODE || !a->of.at.json || !b->of.at.json)
        return true;
    if (a->of.at.json == b->of.at.json && a->of.at.node == b->of.at.node &&
        a->shadow == b->shadow) {
        *matches = true;
        return true;
    }
    bool is_shadow_a = a->of.at.node == JSON_NONE && a->shadow != JSON_NONE;
    bool is_shadow_b = b->of.at.node == JSON_NONE && b->shadow != JSON_NONE;
    if (is_shadow_a != is_shadow_b || (relation == EQUAL && a->type != b->type))
        return true;
    return nodes_match(run, a->of.at.json, is_shadow_a ? a->shadow : a->of.at.node, b->of.at.json,
                       is_shadow_b ? b->shadow : b->of.at.node, relation, matches);
}

static bool is_numeric(const struct fhirpath_value *value)
{
    return value_is_number(value) || value->kind == FHIRPATH_QUANTITY;
}

static enum fhirpath_truth truth_of(bool boolean)
{
    return boolean ? FHIRPATH_TRUE : FHIRPATH_FALSE;
}

static bool numbers_match(struct fhirpath_run *run, const struct fhirpath_value *a,
                          const struct fhirpath_value *b, enum relation relation,
                          enum fhirpath_truth *truth)
{
    struct fhirpath_quantity left = value_quantity(a), right = value_quantity(b);
    bool is_aligned;
    if (!quantity_align(run, &left, &right, &is_aligned))
        return false;
    if (!is_aligned)
        *truth = relation == EQUAL ? FHIRPATH_EMPTY : FHIRPATH_FALSE;
    else
        *truth = truth_of(relation == EQUAL ? decimal_compare(&left.value, &right.value) == 0
                                            : decimals_equivalent(&left.value, &right.value));
    return true;
}

static enum fhirpath_truth system_match(const struct fhirpath_value *a,
                                        const struct fhirpath_value *b, enum relation relation)
{
    if (a->kind != b->kind && !(value_is_date(a) && value_is_date(b)))
        return FHIRPATH_FALSE;
    enum moment_order order;
    switch ((enum fhirpath_kind)a->kind) {
    case FHIRPATH_BOOLEAN:
        return truth_of(a->of.boolean == b->of.boolean);
    case FHIRPATH_STRING:
        return truth_of(relation == EQUAL ? text_equal(a->of.string, b->of.string)
                                          : texts_equivalent(a->of.string, b->of.string));
    case FHIRPATH_DATE:
    case FHIRPATH_DATETIME:
    case FHIRPATH_TIME:
        order = moment_compare(&a->of.moment, &b->of.moment);
        if (order == MOMENT_UNKNOWN)
            return relation == EQUAL ? FHIRPATH_EMPTY : FHIRPATH_FALSE;
        return truth_of(order == MOMENT_SAME);
    case FHIRPATH_TYPE_INFO:
        return truth_of(a->kind_of_info == b->kind_of_info && a->type == b->type);
    case FHIRPATH_NODE:
    case FHIRPATH_INTEGER:
    case FHIRPATH_DECIMAL:
    case FHIRPATH_QUANTITY:
        break;
    }
    return FHIRPATH_FALSE;
}

static bool match(struct fhirpath_run *run, const struct fhirpath_value *a,
                  const struct fhirpath_value *b, enum relation relation,
                  enum fhirpath_truth *truth)
{
    struct fhirpath_value left, right;
    bool has_left, has_right, matches = false;
    if (!run_step(run, 1) || !run_system(run, &left, &has_left, a) ||
        !run_system(run, &right, &has_right, b))
        return false;
    if (has_left && has_right) {
        if (is_numeric(&left) && is_numeric(&right))
            return numbers_match(run, &left, &right, relation, truth);
        *truth = system_match(&left, &right, relation);
        return true;
    }
    if (!has_left && !has_right && !complex_match(run, a, b, relation, &matches))
        return false;
    *truth = truth_of(matches);
    return true;
}

bool values_equal(struct fhirpath_run *run, const struct fhirpath_value *a,
                  const struct fhirpath_value *b, enum fhirpath_truth *truth)
{
    return match(run, a, b, EQUAL, truth);
}

bool values_equivalent(struct fhirpath_run *run, const struct fhirpath_value *a,
                       const struct fhirpath_value *b, bool *is_equivalent)
{
    enum fhirpath_truth truth;
    if (!match(run, a, b, EQUIVALENT, &truth))
        return false;
    *is_equivalent = truth == FHIRPATH_TRUE;
    return true;
}

/* FNV-1a (Fowler, Noll, Vo), 32 bits. */
static uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * UINT32_C(16777619);
    return hash;
}

static uint32_t hash_number(const struct decimal *decimal)
{
    struct decimal trimmed = decimal_trim(*decimal);
    uint64_t low = (uint64_t)trimmed.digits;
    return hash_bytes(UINT32_C(2166136261), &low, sizeof low);
}

bool value_hash(struct fhirpath_run *run, const struct fhirpath_value *value, uint32_t *hash)
{
    struct fhirpath_value system;
    bool has;
    struct decimal decimal;
    if (!run_system(run, &system, &has, value))
        return false;
    *hash = value->kind; /* what has no better one: found by comparing */
    if (!has) {
        uint32_t node = value->of.at.node;
        if (value->kind == FHIRPATH_NODE && value->of.at.json && node != JSON_NONE)
            *hash = value->type + 31 * (uint32_t)value->of.at.json->nodes[node].count;
        return true;
    }
    switch ((enum fhirpath_kind)system.kind) {
    case FHIRPATH_STRING:
        *hash = hash_bytes(UINT32_C(2166136261), system.of.string.bytes, system.of.string.len);
        return run_step(run, 1 + (uint32_t)system.of.string.len / 16);
    case FHIRPATH_INTEGER:
    case FHIRPATH_DECIMAL:
        decimal = value_number(&system);
        *hash = hash_number(&decimal);
        return true;
    case FHIRPATH_QUANTITY:
        *hash =
            text_is(system.of.quantity->unit, "1") ? hash_number(&system.of.quantity->value) : 1;
        return true;
    case FHIRPATH_NODE:
    case FHIRPATH_BOOLEAN:
    case FHIRPATH_DATE:
    case FHIRPATH_DATETIME:
    case FHIRPATH_TIME:
    case FHIRPATH_TYPE_INFO:
        *hash = 2; /* a date and a dateTime may be equal */
        break;
    }
    return true;
}

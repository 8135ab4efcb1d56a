/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/case.h"
#include "fhirpath/regex_inside.h"

enum { UNICODE_MAX = 0x10FFFF, REPEAT_MAX = 1000, UNBOUNDED = -1 };

struct maker {
    struct text pattern;
    size_t at;
    struct arena *arena;
    struct regex_part *parts;
    uint32_t count, room;
    struct regex_range *ranges;
    uint32_t range_count, range_room;
    unsigned depth, groups;
    enum regex_err err;
};

static bool fail(struct maker *maker, enum regex_err err)
{
    if (!maker->err)
        maker->err = err;
    return false;
}

static bool is_more(const struct maker *maker)
{
    return maker->at < maker->pattern.len;
}

static char peek(const struct maker *maker)
{
    return is_more(maker) ? maker->pattern.bytes[maker->at] : '\0';
}

static bool take(struct maker *maker, char byte)
{
    if (!is_more(maker) || peek(maker) != byte)
        return false;
    maker->at++;
    return true;
}

/* Room for `more` parts. */
static bool reserve(struct maker *maker, uint32_t more)
{
    if (more > REGEX_SIZE_MAX - maker->count)
        return fail(maker, REGEX_ERR_SIZE);
    if (maker->count + more <= maker->room)
        return true;
    uint32_t room = 2 * (maker->count + more);
    struct regex_part *parts =
        arena_grow(maker->arena, maker->parts, maker->room * sizeof *parts, room * sizeof *parts);
    if (!parts)
        return fail(maker, REGEX_ERR_MEMORY);
    maker->parts = parts;
    maker->room = room;
    return true;
}

static bool add(struct maker *maker, enum regex_code code, int32_t x, int32_t y)
{
    if (!reserve(maker, 1))
        return false;
    maker->parts[maker->count++] = (struct regex_part){.code = (uint8_t)code, .x = x, .y = y};
    return true;
}

/* Puts a part before the code from `at` on. */
static bool insert(struct maker *maker, uint32_t at, enum regex_code code, int32_t x, int32_t y)
{
    if (!reserve(maker, 1))
        return false;
    memmove(maker->parts + at + 1, maker->parts + at, (maker->count - at) * sizeof *maker->parts);
    maker->parts[at] = (struct regex_part){.code = (uint8_t)code, .x = x, .y = y};
    maker->count++;
    return true;
}

static bool add_range(struct maker *maker, uint32_t first, uint32_t last)
{
    if (maker->range_count == maker->range_room) {
        uint32_t room = maker->range_room ? 2 * maker->range_room : 16;
        if (room > REGEX_SIZE_MAX)
            return fail(maker, REGEX_ERR_SIZE);
        struct regex_range *ranges = arena_grow(
            maker->arena, maker->ranges, maker->range_room * sizeof *ranges, room * sizeof *ranges);
        if (!ranges)
            return fail(maker, REGEX_ERR_MEMORY);
        maker->ranges = ranges;
        maker->range_room = room;
    }
    maker->ranges[maker->range_count++] = (struct regex_range){first, last};
    return true;
}

/* The classes that have a letter; each in order, so that what is between is the opposite. */
static const struct set {
    char letter;
    uint8_t count;
    struct regex_range ranges[6];
} sets[] = {
    {'d', 1, {{'0', '9'}}},
    {'w', 4, {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
    {'s',
     6,
     {{'\t', '\r'}, {' ', ' '}, {0x85, 0x85}, {0xA0, 0xA0}, {0x2000, 0x200A}, {0x2028, 0x2029}}},
};

static bool add_set(struct maker *maker, const struct set *set, bool is_negated)
{
    uint32_t next = 0;
    for (unsigned i = 0; i < set->count; i++) {
        const struct regex_range *range = &set->ranges[i];
        if (!is_negated && !add_range(maker, range->first, range->last))
            return false;
        if (is_negated && range->first > next && !add_range(maker, next, range->first - 1))
            return false;
        next = range->last + 1;
    }
    return !is_negated || add_range(maker, next, UNICODE_MAX);
}

/* \p{L} and the like: beyond ASCII, letters are taken to be all that is no sign of Latin-1 or General Punctuation. */
static bool add_property(struct maker *maker)
{
    size_t start = maker->at + 1;
    if (!take(maker, '{'))
        return fail(maker, REGEX_ERR_PATTERN);
    while (is_more(maker) && peek(maker) != '}')
        maker->at++;
    struct text name = {maker->pattern.bytes + start, maker->at - start};
    if (!take(maker, '}'))
        return fail(maker, REGEX_ERR_PATTERN);
    if (text_is(name, "N") || text_is(name, "Nd"))
        return add_range(maker, '0', '9') && add_range(maker, 0x660, 0x669);
    bool is_upper = text_is(name, "Lu"), is_lower = text_is(name, "Ll");
    if (!is_upper && !is_lower && !text_is(name, "L"))
        return fail(maker, REGEX_ERR_PATTERN);
    if (is_upper)
        return add_range(maker, 'A', 'Z') && add_range(maker, 0xC0, 0xD6) &&
               add_range(maker, 0xD8, 0xDE);
    if (is_lower)
        return add_range(maker, 'a', 'z') && add_range(maker, 0xDF, 0xF6) &&
               add_range(maker, 0xF8, 0xFF);
    return add_range(maker, 'A', 'Z') && add_range(maker, 'a', 'z') &&
           add_range(maker, 0xC0, 0xD6) && add_range(maker, 0xD8, 0xF6) &&
           add_range(maker, 0xF8, 0x65F) && add_range(maker, 0x66A, 0x1FFF) &&
           add_range(maker, 0x2C00, UNICODE_MAX);
}

static bool read_hex(struct maker *maker, unsigned digits, uint32_t *code)
{
    *code = 0;
    for (unsigned i = 0; i < digits; i++, maker->at++) {
        char byte = peek(maker), lower = (char)(byte | 0x20);
        if (byte >= '0' && byte <= '9')
            *code = *code * 16 + (uint32_t)(byte - '0');
        else if (lower >= 'a' && lower <= 'f')
            *code = *code * 16 + (uint32_t)(lower - 'a' + 10);
        else
            return fail(maker, REGEX_ERR_PATTERN);
    }
    return true;
}

enum escape { ESCAPE_CHARACTER, ESCAPE_SET, ESCAPE_EDGE, ESCAPE_WRONG };

/* What follows a backslash: a character, or ranges that were added, or an edge of a word. */
static enum escape read_escape(struct maker *maker, uint32_t *code, bool *is_negated)
{
    static const char from[] = "tnrfv0", to[] = "\t\n\r\f\v\0";
    if (!is_more(maker)) {
        fail(maker, REGEX_ERR_PATTERN);
        return ESCAPE_WRONG;
    }
    char byte = peek(maker), lower = (char)(byte | 0x20);
    bool is_letter = lower >= 'a' && lower <= 'z';
    *is_negated = is_letter && byte != lower;
    if (!is_letter && byte != '0') { /* \1 to \9 would refer back */
        if (byte >= '1' && byte <= '9') {
            fail(maker, REGEX_ERR_PATTERN);
            return ESCAPE_WRONG;
        }
        *code = utf8_next(maker->pattern, &maker->at);
        return ESCAPE_CHARACTER;
    }
    maker->at++;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (sets[i].letter == lower)
            return add_set(maker, &sets[i], *is_negated) ? ESCAPE_SET : ESCAPE_WRONG;
    for (size_t i = 0; i < sizeof from - 1; i++)
        if (from[i] == byte) {
            *code = (unsigned char)to[i];
            return ESCAPE_CHARACTER;
        }
    if (byte == 'u' || byte == 'x')
        return read_hex(maker, byte == 'u' ? 4 : 2, code) ? ESCAPE_CHARACTER : ESCAPE_WRONG;
    if (byte == 'p')
        return add_property(maker) ? ESCAPE_SET : ESCAPE_WRONG;
    if (lower == 'b')
        return ESCAPE_EDGE;
    fail(maker, REGEX_ERR_PATTERN);
    return ESCAPE_WRONG;
}

/* One character of a class. False with no error: it was a set, which has been added. */
static bool read_class_character(struct maker *maker, uint32_t *code)
{
    bool is_negated;
    if (!take(maker, '\\')) {
        *code = utf8_next(maker->pattern, &maker->at);
        return true;
    }
    switch (read_escape(maker, code, &is_negated)) {
    case ESCAPE_CHARACTER:
        return true;
    case ESCAPE_EDGE:
        return fail(maker, REGEX_ERR_PATTERN);
    case ESCAPE_SET:
    case ESCAPE_WRONG:
        break;
    }
    return false;
}

static bool read_class(struct maker *maker)
{
    uint32_t first = maker->range_count;
    bool is_negated = take(maker, '^');
    do { /* a ] that stands first is one of the class */
        uint32_t code, last;
        if (!is_more(maker))
            return fail(maker, REGEX_ERR_PATTERN);
        if (!read_class_character(maker, &code)) {
            if (maker->err)
                return false;
            continue;
        }
        last = code;
        bool is_range = maker->pattern.len - maker->at >= 2 && peek(maker) == '-' &&
                        maker->pattern.bytes[maker->at + 1] != ']';
        if (is_range) {
            maker->at++;
            if (!read_class_character(maker, &last) || last < code)
                return fail(maker, REGEX_ERR_PATTERN);
        }
        if (!add_range(maker, code, last))
            return false;
    } while (!take(maker, ']'));
    if (!add(maker, REGEX_CLASS, (int32_t)first, (int32_t)(maker->range_count - first)))
        return false;
    maker->parts[maker->count - 1].is_negated = is_negated;
    return true;
}

static bool read_alternatives(struct maker *maker);

static bool read_group(struct maker *maker)
{
    bool is_kept = true;
    if (take(maker, '?')) {
        if (!take(maker, ':'))
            return fail(maker, REGEX_ERR_PATTERN); /* look-around, names, flags */
        is_kept = false;
    }
    int32_t slot = (int32_t)(2 * ++maker->groups);
    if (!is_kept)
        maker->groups--;
    is_kept = is_kept && maker->groups < REGEX_GROUPS_MAX;
    if (++maker->depth > REGEX_DEPTH_MAX)
        return fail(maker, REGEX_ERR_SIZE);
    if (is_kept && !add(maker, REGEX_SAVE, slot, 0))
        return false;
    if (!read_alternatives(maker))
        return false;
    maker->depth--;
    if (!take(maker, ')'))
        return fail(maker, REGEX_ERR_PATTERN);
    return !is_kept || add(maker, REGEX_SAVE, slot + 1, 0);
}

static bool read_escaped_atom(struct maker *maker)
{
    uint32_t first = maker->range_count, code = 0;
    bool is_negated;
    switch (read_escape(maker, &code, &is_negated)) {
    case ESCAPE_CHARACTER:
        return add(maker, REGEX_CHARACTER, (int32_t)code, 0);
    case ESCAPE_SET:
        return add(maker, REGEX_CLASS, (int32_t)first, (int32_t)(maker->range_count - first));
    case ESCAPE_EDGE:
        if (!add(maker, REGEX_AT_WORD, 0, 0))
            return false;
        maker->parts[maker->count - 1].is_negated = is_negated;
        return true;
    case ESCAPE_WRONG:
        break;
    }
    return false;
}

static bool read_count(struct maker *maker, int32_t *count)
{
    size_t start = maker->at;
    *count = 0;
    while (peek(maker) >= '0' && peek(maker) <= '9' && *count <= REPEAT_MAX)
        *count = *count * 10 + (maker->pattern.bytes[maker->at++] - '0');
    return maker->at > start;
}

/* {n}, {n,}, {n,m}. False: the bracket is a plain character, or maker->err. */
static bool read_counts(struct maker *maker, int32_t *least, int32_t *most)
{
    size_t start = maker->at++;
    bool is_it = read_count(maker, least);
    *most = *least;
    if (is_it && take(maker, ',') && !read_count(maker, most))
        *most = UNBOUNDED;
    if (!is_it || !take(maker, '}')) {
        maker->at = start;
        return false;
    }
    if (*least > REPEAT_MAX || *most > REPEAT_MAX)
        return fail(maker, REGEX_ERR_SIZE);
    return *most == UNBOUNDED || *most >= *least || fail(maker, REGEX_ERR_PATTERN);
}

static bool read_atom(struct maker *maker)
{
    int32_t least, most;
    switch (peek(maker)) {
    case '(':
        maker->at++;
        return read_group(maker);
    case '[':
        maker->at++;
        return read_class(maker);
    case '\\':
        maker->at++;
        return read_escaped_atom(maker);
    case '.':
        maker->at++;
        return add(maker, REGEX_ANY, 0, 0);
    case '^':
        maker->at++;
        return add(maker, REGEX_AT_START, 0, 0);
    case '$':
        maker->at++;
        return add(maker, REGEX_AT_END, 0, 0);
    case '*':
    case '+':
    case '?':
        return fail(maker, REGEX_ERR_PATTERN);
    case '{': /* a plain one, unless it counts */
        if (read_counts(maker, &least, &most))
            return fail(maker, REGEX_ERR_PATTERN);
        maker->at++;
        return !maker->err && add(maker, REGEX_CHARACTER, '{', 0);
    default:
        return add(maker, REGEX_CHARACTER, (int32_t)utf8_next(maker->pattern, &maker->at), 0);
    }
}

static bool add_split(struct maker *maker, uint32_t at, int32_t on, int32_t past, bool is_lazy)
{
    return insert(maker, at, REGEX_SPLIT, is_lazy ? past : on, is_lazy ? on : past);
}

/* A copy of the `len` parts at `from`, at the end. */
static bool copy(struct maker *maker, uint32_t from, uint32_t len)
{
    if (!reserve(maker, len))
        return false;
    memcpy(maker->parts + maker->count, maker->parts + from, len * sizeof *maker->parts);
    maker->count += len;
    return true;
}

/* Repeats the code from `start` on. */
static bool repeat(struct maker *maker, uint32_t start, int32_t least, int32_t most, bool is_lazy)
{
    uint32_t len = maker->count - start;
    int32_t size = (int32_t)len;
    if (most == 0) {
        maker->count = start;
        return true;
    }
    for (int32_t i = 1; i < least; i++)
        if (!copy(maker, start, len))
            return false;
    if (most == UNBOUNDED) {
        if (least > 0) /* the last one again and again */
            return add(maker, REGEX_SPLIT, is_lazy ? 1 : -size, is_lazy ? -size : 1);
        return add_split(maker, start, 1, size + 2, is_lazy) &&
               add(maker, REGEX_JUMP, -(size + 1), 0);
    }
    if (least == 0) { /* the one that is there already is the first that may be left out */
        if (!add_split(maker, start, 1, most * (size + 1), is_lazy))
            return false;
        start++;
    }
    for (int32_t left = most - (least ? least : 1); left > 0; left--)
        if (!add_split(maker, maker->count, 1, left * (size + 1), is_lazy) ||
            !copy(maker, start, len))
            return false;
    return true;
}

/* An atom and how often it comes, said once: a** would be refused. */
static bool read_repeated(struct maker *maker)
{
    uint32_t start = maker->count;
    int32_t least = 0, most = UNBOUNDED;
    if (!read_atom(maker))
        return false;
    char byte = peek(maker);
    if (byte == '{') {
        if (!read_counts(maker, &least, &most))
            return !maker->err;
    } else if (byte == '*' || byte == '+' || byte == '?') {
        maker->at++;
        least = byte == '+';
        most = byte == '?' ? 1 : UNBOUNDED;
    } else {
        return true;
    }
    return repeat(maker, start, least, most, take(maker, '?'));
}

static bool read_sequence(struct maker *maker)
{
    while (is_more(maker) && peek(maker) != '|' && peek(maker) != ')')
        if (!read_repeated(maker))
            return false;
    return true;
}

static bool read_alternatives(struct maker *maker)
{
    uint32_t start = maker->count,
             jump = 0; /* the last of the jumps to the end, + 1; each knows the one before */
    if (!read_sequence(maker))
        return false;
    while (take(maker, '|')) {
        int32_t size = (int32_t)(maker->count - start);
        if (!insert(maker, start, REGEX_SPLIT, 1, size + 2) ||
            !add(maker, REGEX_JUMP, 0, (int32_t)jump))
            return false;
        jump = maker->count;
        start = maker->count;
        if (!read_sequence(maker))
            return false;
    }
    while (jump) {
        struct regex_part *part = &maker->parts[jump - 1];
        part->x = (int32_t)(maker->count - (jump - 1));
        jump = (uint32_t)part->y;
    }
    return true;
}

enum regex_err regex_compile(const struct regex **regex, struct text pattern, struct arena *arena)
{
    struct maker maker = {.pattern = pattern, .arena = arena};
    struct regex *made = arena_take(arena, sizeof *made);
    if (!made)
        return REGEX_ERR_MEMORY;
    if (!add(&maker, REGEX_SAVE, 0, 0) || !read_alternatives(&maker))
        return maker.err;
    if (is_more(&maker)) /* a ) too many */
        return REGEX_ERR_PATTERN;
    if (!add(&maker, REGEX_SAVE, 1, 0) || !add(&maker, REGEX_MATCH, 0, 0))
        return maker.err;
    *made = (struct regex){maker.parts, maker.count, maker.ranges};
    *regex = made;
    return REGEX_OK;
}

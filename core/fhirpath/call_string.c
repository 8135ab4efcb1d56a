/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of strings, counted in characters: of nothing, nothing.
 *
 * Source: http://hl7.org/fhirpath/N1/ "String Manipulation". */
#include "base/utf8.h"
#include "fhirpath/calls.h"

#include "fhirpath/case.h"

/* The input as one string, dropped. */
static bool take_string(struct fhirpath_run *run, uint32_t base, struct text *string, bool *has)
{
    struct fhirpath_value system;
    if (!run_single(run, base, &system, has))
        return false;
    run->top = base;
    *string = TEXT("");
    if (!*has)
        return true;
    if (system.kind != FHIRPATH_STRING)
        return run_fail(run, FHIRPATH_ERR_TYPE);
    *string = system.of.string;
    return run_step(run, 1 + (uint32_t)string->len / 16);
}

/* The input and the first argument. `*has`: both are there. */
static bool take_two(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                     uint32_t base, struct text *string, struct text *arg, bool *has)
{
    bool has_string, has_arg;
    if (!take_string(run, base, string, &has_string) ||
        !run_arg_string(run, op, 0, frame, arg, &has_arg))
        return false;
    *has = has_string && has_arg;
    return true;
}

/* The byte where `part` begins in `whole`, at `from` or later; whole.len + 1: nowhere. */
static size_t find(struct text whole, struct text part, size_t from)
{
    const char *at = part.len && whole.len > from
                         ? memmem(whole.bytes + from, whole.len - from, part.bytes, part.len)
                         : NULL;
    if (!part.len)
        return from;
    return at ? (size_t)(at - whole.bytes) : whole.len + 1;
}

bool call_index_of(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                   uint32_t base)
{
    struct text string, part;
    bool has;
    if (!take_two(run, op, frame, base, &string, &part, &has) || !has)
        return !run->err;
    size_t at = find(string, part, 0);
    if (at > string.len)
        return run_push_integer(run, -1);
    return run_push_integer(run, (int64_t)utf8_count((struct text){string.bytes, at}));
}

bool call_last_index_of(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                        uint32_t base)
{
    struct text string, part;
    bool has;
    if (!take_two(run, op, frame, base, &string, &part, &has) || !has)
        return !run->err;
    for (size_t at = string.len + 1; at-- > 0;) {
        struct text rest = {string.bytes + at, string.len - at};
        if (text_starts(rest, part))
            return run_push_integer(run, (int64_t)utf8_count((struct text){string.bytes, at}));
        if (!run_step(run, 1))
            return false;
    }
    return run_push_integer(run, -1);
}

bool call_substring(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    struct text string;
    int64_t start, length = INT32_MAX;
    bool has, has_start, has_length = true;
    if (!take_string(run, base, &string, &has) ||
        !run_arg_integer(run, op, 0, frame, &start, &has_start) ||
        (op->arg_count > 1 && !run_arg_integer(run, op, 1, frame, &length, &has_length)))
        return false;
    if (!has_length)
        length = INT32_MAX; /* N1: an empty length is as none */
    size_t count = utf8_count(string);
    if (!has || !has_start || start < 0 || (size_t)start >= count)
        return true;
    if (length <= 0)
        return run_push_string(run, TEXT(""));
    size_t first = utf8_at(string, (size_t)start);
    struct text rest = {string.bytes + first, string.len - first};
    return run_push_string(run, (struct text){rest.bytes, utf8_at(rest, (size_t)length)});
}

bool call_starts_with(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                      uint32_t base)
{
    struct text string, part;
    bool has;
    if (!take_two(run, op, frame, base, &string, &part, &has))
        return false;
    return !has || run_push_boolean(run, text_starts(string, part));
}

bool call_ends_with(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    struct text string, part;
    bool has;
    if (!take_two(run, op, frame, base, &string, &part, &has) || !has)
        return !run->err;
    if (part.len > string.len)
        return run_push_boolean(run, false);
    struct text end = {string.bytes + (string.len - part.len), part.len};
    return run_push_boolean(run, text_equal(end, part));
}

bool call_contains(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                   uint32_t base)
{
    struct text string, part;
    bool has;
    if (!take_two(run, op, frame, base, &string, &part, &has))
        return false;
    return !has || run_push_boolean(run, find(string, part, 0) <= string.len);
}

static bool push_case(struct fhirpath_run *run, uint32_t base, uint32_t (*of)(uint32_t code))
{
    struct text string;
    bool has;
    if (!take_string(run, base, &string, &has) || !has)
        return !run->err;
    char *out = run_take(run, 2 * string.len + UTF8_LEN_MAX); /* no letter doubles its bytes */
    size_t len = 0;
    if (!out)
        return false;
    for (size_t at = 0; at < string.len;)
        len += utf8_write(out + len, of(utf8_next(string, &at)));
    return run_push_string(run, (struct text){out, len});
}

bool call_upper(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    (void)op, (void)frame;
    return push_case(run, base, case_upper);
}

bool call_lower(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    (void)op, (void)frame;
    return push_case(run, base, case_lower);
}

/* Adds to what is made, counted. */
static bool add(struct fhirpath_run *run, struct buffer *out, struct text text)
{
    if (text.len > run->context.limits.bytes_max - run->bytes_made)
        return run_fail(run, FHIRPATH_ERR_MEMORY);
    run->bytes_made += text.len;
    buffer_add(out, text);
    return run_step(run, 1) && (!out->failed || run_fail(run, FHIRPATH_ERR_MEMORY));
}

static bool push_buffer(struct fhirpath_run *run, const struct buffer *out)
{
    struct text made = buffer_text(out);
    return run_push_string(run, made.bytes ? made : TEXT(""));
}

/* With an empty pattern, what replaces stands around each character. */
static bool replace_around(struct fhirpath_run *run, struct text string, struct text by,
                           struct buffer *out)
{
    for (size_t at = 0; at < string.len;) {
        size_t from = at;
        (void)utf8_next(string, &at);
        if (!add(run, out, by) || !add(run, out, (struct text){string.bytes + from, at - from}))
            return false;
    }
    return add(run, out, by);
}

bool call_replace(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                  uint32_t base)
{
    struct text string, part, by;
    bool has, has_by;
    struct buffer out;
    if (!take_two(run, op, frame, base, &string, &part, &has) ||
        !run_arg_string(run, op, 1, frame, &by, &has_by))
        return false;
    if (!has || !has_by)
        return true;
    buffer_init(&out, run->arena);
    if (!part.len)
        return replace_around(run, string, by, &out) && push_buffer(run, &out);
    size_t from = 0;
    for (size_t at; (at = find(string, part, from)) <= string.len; from = at + part.len)
        if (!add(run, &out, (struct text){string.bytes + from, at - from}) || !add(run, &out, by))
            return false;
    return add(run, &out, (struct text){string.bytes + from, string.len - from}) &&
           push_buffer(run, &out);
}

static struct regex_search search_of(struct fhirpath_run *run)
{
    return (struct regex_search){run->regex_scratch, run->arena, &run->steps_left};
}

static bool fail_regex(struct fhirpath_run *run, enum regex_err err)
{
    switch (err) {
    case REGEX_OK:
        return true;
    case REGEX_ERR_PATTERN:
    case REGEX_ERR_SIZE:
        return run_fail(run, FHIRPATH_ERR_PATTERN);
    case REGEX_ERR_STEPS:
        return run_fail(run, FHIRPATH_ERR_STEPS);
    case REGEX_ERR_MEMORY:
        break;
    }
    return run_fail(run, FHIRPATH_ERR_MEMORY);
}

/* The pattern of a call, compiled now where it was no literal. */
static bool take_regex(struct fhirpath_run *run, const struct op *op, struct text pattern,
                       const struct regex **regex)
{
    enum { STEPS = 5000 }; /* what the hardest pattern takes, about */
    size_t used = run->arena->used_bytes;
    *regex = op->of.call.regex;
    if (*regex)
        return true;
    if (!run_step(run, STEPS) || !fail_regex(run, regex_compile(regex, pattern, run->arena)))
        return false;
    used = run->arena->used_bytes - used;
    if (used > run->context.limits.bytes_max - run->bytes_made)
        return run_fail(run, FHIRPATH_ERR_MEMORY);
    run->bytes_made += used;
    return true;
}

bool call_matches(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                  uint32_t base)
{
    struct text string, pattern;
    bool has, is_found;
    const struct regex *regex;
    struct regex_search search = search_of(run);
    if (!take_two(run, op, frame, base, &string, &pattern, &has) || !has)
        return !run->err;
    if (!take_regex(run, op, pattern, &regex) ||
        !fail_regex(run, regex_find(regex, string, &search, &is_found)))
        return false;
    run->regex_scratch = search.scratch;
    return run_push_boolean(run, is_found);
}

bool call_replace_matches(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                          uint32_t base)
{
    struct text string, pattern, by;
    bool has, has_by;
    const struct regex *regex;
    struct buffer out;
    struct regex_search search = search_of(run);
    if (!take_two(run, op, frame, base, &string, &pattern, &has) ||
        !run_arg_string(run, op, 1, frame, &by, &has_by))
        return false;
    if (!has || !has_by)
        return true;
    if (!pattern.len) /* N1: as it is */
        return run_push_string(run, string);
    buffer_init(&out, run->arena);
    size_t room = run->context.limits.bytes_max - run->bytes_made;
    if (!take_regex(run, op, pattern, &regex) ||
        !fail_regex(run, regex_replace(regex, string, by, &search, room, &out)))
        return false;
    run->regex_scratch = search.scratch;
    run->bytes_made += out.len;
    return push_buffer(run, &out);
}

bool call_length(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                 uint32_t base)
{
    struct text string;
    bool has;
    (void)op, (void)frame;
    if (!take_string(run, base, &string, &has))
        return false;
    return !has || run_push_integer(run, (int64_t)utf8_count(string));
}

bool call_to_chars(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                   uint32_t base)
{
    struct text string;
    bool has;
    (void)op, (void)frame;
    if (!take_string(run, base, &string, &has))
        return false;
    for (size_t at = 0; has && at < string.len;) {
        size_t from = at;
        (void)utf8_next(string, &at);
        if (!run_push_string(run, (struct text){string.bytes + from, at - from}))
            return false;
    }
    return true;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

bool call_trim(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
               uint32_t base)
{
    struct text string;
    bool has;
    (void)op, (void)frame;
    if (!take_string(run, base, &string, &has))
        return false;
    while (string.len && is_space(string.bytes[0])) {
        string.bytes++;
        string.len--;
    }
    while (string.len && is_space(string.bytes[string.len - 1]))
        string.len--;
    return !has || run_push_string(run, string);
}

bool call_split(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    struct text string, by;
    bool has;
    if (!take_two(run, op, frame, base, &string, &by, &has) || !has)
        return !run->err;
    if (!by.len)
        return run_push_string(run, string);
    size_t from = 0;
    for (size_t at; (at = find(string, by, from)) <= string.len; from = at + by.len)
        if (!run_push_string(run, (struct text){string.bytes + from, at - from}))
            return false;
    return run_push_string(run, (struct text){string.bytes + from, string.len - from});
}

bool call_join(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
               uint32_t base)
{
    struct text by = TEXT("");
    bool has;
    struct buffer out;
    if (op->arg_count && !run_arg_string(run, op, 0, frame, &by, &has))
        return false;
    if (run->top == base)
        return true;
    buffer_init(&out, run->arena);
    for (uint32_t at = base; at < run->top; at++) {
        struct fhirpath_value system;
        if (!run_system(run, &system, &has, &run->stack[at]))
            return false;
        if (!has || system.kind != FHIRPATH_STRING)
            return run_fail(run, FHIRPATH_ERR_TYPE);
        if ((at > base && !add(run, &out, by)) || !add(run, &out, system.of.string))
            return false;
    }
    run->top = base;
    return push_buffer(run, &out);
}

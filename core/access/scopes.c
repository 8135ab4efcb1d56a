/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/scopes.h"

static const struct {
    const char *name;
    uint32_t word;
} words[] = {
    {"openid", SCOPE_OPENID},
    {"fhirUser", SCOPE_FHIR_USER},
    {"profile", SCOPE_PROFILE},
    {"launch", SCOPE_LAUNCH},
    {"launch/patient", SCOPE_LAUNCH_PATIENT},
    {"launch/encounter", SCOPE_LAUNCH_ENCOUNTER},
    {"offline_access", SCOPE_OFFLINE},
    {"online_access", SCOPE_ONLINE},
};
enum { WORDS = sizeof words / sizeof *words };

static const char *const context_names[] = {
    [SCOPE_PATIENT] = "patient/",
    [SCOPE_USER] = "user/",
    [SCOPE_SYSTEM] = "system/",
};
enum { CONTEXTS = sizeof context_names / sizeof *context_names };

static const struct {
    char letter;
    uint8_t bit;
} letters[] = {{'c', ACCESS_C}, {'r', ACCESS_R}, {'u', ACCESS_U}, {'d', ACCESS_D}, {'s', ACCESS_S}};
enum { LETTERS = sizeof letters / sizeof *letters };

/* What a search parameter's name is made of, and one for a single resource: no chain, no control of the answer. */
static bool is_plain_parameter(struct text name)
{
    static const char *const allowed[] = {"_id", "_tag", "_security", "_profile", "_lastUpdated"};
    struct text code = name;

    for (size_t i = 0; i < name.len; i++) {
        char c = name.bytes[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != ':')
            return false;
        if (c == ':' && code.len == name.len)
            code.len = i;
    }
    if (code.len == 0)
        return false;
    if (code.bytes[0] != '_')
        return true;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (text_is(code, allowed[i]))
            return true;
    return false;
}

/* The part up to `at`, and the rest behind it; without one, all and nothing. */
static struct text split(struct text *rest, char at)
{
    struct text part = *rest;
    const char *found = rest->len ? memchr(rest->bytes, at, rest->len) : NULL;

    if (found)
        part.len = (size_t)(found - rest->bytes);
    size_t gone = found ? part.len + 1 : rest->len;
    *rest = (struct text){rest->len ? rest->bytes + gone : NULL, rest->len - gone};
    return part;
}

static bool is_plain_query(struct text query)
{
    if (query.len == 0 || query.len > SCOPE_QUERY_LEN_MAX || query.bytes[query.len - 1] == '&')
        return false;
    while (query.len) {
        struct text value = split(&query, '&');
        struct text name = split(&value, '=');
        if (value.len == 0 || !is_plain_parameter(name))
            return false;
    }
    return true;
}

static bool is_type(struct text type)
{
    if (type.len == 0 || type.bytes[0] < 'A' || type.bytes[0] > 'Z')
        return false;
    for (size_t i = 0; i < type.len; i++) {
        char c = (char)(type.bytes[i] | 0x20);
        if (c < 'a' || c > 'z')
            return false;
    }
    return true;
}

/* In SMART's order, each once. v1's words stand for what 2.2 says they do. 0: none. */
static uint8_t read_letters(struct text text)
{
    uint8_t bits = 0;
    size_t next = 0;

    if (text_is(text, "read"))
        return ACCESS_R | ACCESS_S;
    if (text_is(text, "write"))
        return ACCESS_C | ACCESS_U | ACCESS_D;
    if (text_is(text, "*"))
        return ACCESS_C | ACCESS_R | ACCESS_U | ACCESS_D | ACCESS_S;
    for (size_t i = 0; i < text.len; i++, next++) {
        while (next < LETTERS && letters[next].letter != text.bytes[i])
            next++;
        if (next == LETTERS)
            return 0;
        bits |= letters[next].bit;
    }
    return bits;
}

static bool read_scope(struct access_scope *scope, struct text text)
{
    size_t context = 0;
    while (context < CONTEXTS && !text_starts(text, text_of(context_names[context])))
        context++;
    if (context == CONTEXTS)
        return false;

    size_t start = strlen(context_names[context]);
    struct text query = {text.bytes + start, text.len - start};
    bool has_query = memchr(query.bytes, '?', query.len) != NULL;
    struct text right = split(&query, '?');
    struct text type = split(&right, '.');
    bool is_every = text_is(type, "*");
    uint8_t bits = read_letters(right);

    if ((!is_every && !is_type(type)) || bits == 0 || (has_query && !is_plain_query(query)))
        return false;
    *scope = (struct access_scope){
        .context = (uint8_t)context,
        .letters = bits,
        .type = is_every ? TEXT("") : type,
        .query = has_query ? query : TEXT(""),
    };
    return true;
}

static uint32_t word_of(struct text text)
{
    for (size_t i = 0; i < WORDS; i++)
        if (text_is(text, words[i].name))
            return words[i].word;
    return 0;
}

static bool is_same_but_letters(const struct access_scope *a, const struct access_scope *b)
{
    return a->context == b->context && text_equal(a->type, b->type) &&
           text_equal(a->query, b->query);
}

/* Adds, or widens the one that differs by its letters alone. */
static bool add(struct access_scopes *scopes, const struct access_scope *scope)
{
    for (size_t i = 0; i < scopes->count; i++) {
        if (is_same_but_letters(&scopes->scopes[i], scope)) {
            scopes->scopes[i].letters |= scope->letters;
            return true;
        }
    }
    if (scopes->count == SCOPES_MAX)
        return false;
    scopes->scopes[scopes->count++] = *scope;
    return true;
}

static bool has_only_scope_characters(struct text list)
{
    for (size_t i = 0; i < list.len; i++) {
        char c = list.bytes[i];
        if (c < ' ' || c > '~' || c == '"' || c == '\\')
            return false;
    }
    return true;
}

enum scopes_err scopes_read(struct access_scopes *scopes, struct text list)
{
    scopes->count = scopes->not_known = 0;
    scopes->words = 0;
    if (list.len > SCOPES_LEN_MAX)
        return SCOPES_ERR_SIZE;
    if (!has_only_scope_characters(list))
        return SCOPES_ERR_CHARACTER;

    while (list.len) {
        struct text one = split(&list, ' ');
        struct access_scope scope;
        uint32_t word = word_of(one);

        scopes->words |= word;
        if (word || one.len == 0)
            continue;
        if (!read_scope(&scope, one))
            scopes->not_known++;
        else if (!add(scopes, &scope))
            return SCOPES_ERR_SIZE;
    }
    return SCOPES_OK;
}

/* Both filters, one after the other: a search that names both finds what both find. */
static enum scopes_err join(struct text *query, struct text a, struct text b, struct arena *arena)
{
    if (a.len == 0 || b.len == 0 || text_equal(a, b)) {
        *query = a.len ? a : b;
        return SCOPES_OK;
    }
    size_t len = a.len + 1 + b.len;
    if (len > SCOPE_QUERY_LEN_MAX)
        return SCOPES_ERR_SIZE;
    char *bytes = arena_take(arena, len);
    if (!bytes)
        return SCOPES_ERR_MEMORY;
    memcpy(bytes, a.bytes, a.len);
    bytes[a.len] = '&';
    memcpy(bytes + a.len + 1, b.bytes, b.len);
    *query = (struct text){bytes, len};
    return SCOPES_OK;
}

enum scopes_err scopes_intersect(struct access_scopes *out, const struct access_scopes *a,
                                 const struct access_scopes *b, struct arena *arena)
{
    out->count = out->not_known = 0;
    out->words = a->words & b->words;
    for (size_t i = 0; i < a->count; i++) {
        for (size_t j = 0; j < b->count; j++) {
            const struct access_scope *x = &a->scopes[i], *y = &b->scopes[j];
            struct access_scope both = {
                .context = x->context,
                .letters = x->letters & y->letters,
                .type = x->type.len ? x->type : y->type,
            };
            if (x->context != y->context || !both.letters || !scope_is_for(x, both.type) ||
                !scope_is_for(y, both.type))
                continue;
            enum scopes_err err = join(&both.query, x->query, y->query, arena);
            if (err != SCOPES_OK)
                return err;
            if (!add(out, &both))
                return SCOPES_ERR_SIZE;
        }
    }
    return SCOPES_OK;
}

void scopes_write(const struct access_scopes *scopes, struct buffer *out)
{
    const char *space = "";

    for (size_t i = 0; i < WORDS; i++) {
        if (scopes->words & words[i].word) {
            buffer_format(out, "%s%s", space, words[i].name);
            space = " ";
        }
    }
    for (size_t i = 0; i < scopes->count; i++) {
        const struct access_scope *scope = &scopes->scopes[i];
        buffer_format(out, "%s%s", space, context_names[scope->context]);
        buffer_add(out, scope->type.len ? scope->type : TEXT("*"));
        buffer_add_byte(out, '.');
        for (size_t j = 0; j < LETTERS; j++)
            if (scope->letters & letters[j].bit)
                buffer_add_byte(out, letters[j].letter);
        if (scope->query.len)
            buffer_add_byte(out, '?');
        buffer_add(out, scope->query);
        space = " ";
    }
}

/* Whether a filter has each parameter of another, and so finds no more. */
static bool is_narrower(struct text query, struct text than)
{
    while (than.len) {
        struct text wanted = split(&than, '&');
        struct text rest = query;
        bool is_there = false;
        while (rest.len && !is_there)
            is_there = text_equal(split(&rest, '&'), wanted);
        if (!is_there)
            return false;
    }
    return true;
}

/* The letters that `whole` grants of what `scope` is for: one of its own may grant each. */
static uint8_t granted(const struct access_scopes *whole, const struct access_scope *scope)
{
    uint8_t bits = 0;
    for (size_t i = 0; i < whole->count; i++) {
        const struct access_scope *other = &whole->scopes[i];
        if (other->context == scope->context && scope_is_for(other, scope->type) &&
            is_narrower(scope->query, other->query))
            bits |= other->letters;
    }
    return bits;
}

bool scopes_within(const struct access_scopes *part, const struct access_scopes *whole)
{
    if (part->words & ~whole->words)
        return false;
    for (size_t i = 0; i < part->count; i++) {
        const struct access_scope *scope = &part->scopes[i];
        if (scope->letters & ~granted(whole, scope))
            return false;
    }
    return true;
}

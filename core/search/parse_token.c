/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of token parameters: codes, identifiers, texts, value sets and branches of code systems. */
#include "search/fold.h"
#include "search/form.h"
#include "search/parse.h"

struct text parse_code(struct arena *arena, struct text system, struct text code)
{
    struct text folded = fold_code(arena, code);
    if (!folded.bytes || folded.bytes == code.bytes)
        return folded;
    uint16_t known = system.len ? fhir_code_system_at(system) : FHIR_NONE;
    return known != FHIR_NONE && fhir_code_systems[known].is_case_sensitive ? code : folded;
}

static enum search_err add_token(struct making *making, enum search_system system_is,
                                 struct text system, struct text code)
{
    struct search_value *value = making_add(making, SEARCH_TOKEN);
    if (!value)
        return making_full(making);
    value->of.token.system_is = (uint8_t)system_is;
    value->of.token.system = system;
    value->of.token.code = code;
    return SEARCH_OK;
}

static enum search_err make_token_text(struct making *making, struct text text)
{
    struct text plain = form_plain(text, making->parser->arena);
    struct text folded = plain.bytes ? fold_text(making->parser->arena, plain) : plain;
    if (!folded.bytes)
        return parse_no_memory(making->parser);
    if (!folded.len)
        return parse_fail(making->parser, SEARCH_ERR_VALUE, "no letter or digit to search for");
    struct search_value *value = making_add(making, SEARCH_TOKEN);
    if (!value)
        return making_full(making);
    value->match = SEARCH_STARTS;
    value->of.token.by_text = true;
    value->of.token.system = TEXT("");
    value->of.token.code = folded;
    return SEARCH_OK;
}

/* system|code|value of an identifier with that type, as its row of its own has it (search/row.h). */
static enum search_err make_of_type(struct making *making, struct text text)
{
    struct parser *parser = making->parser;
    struct text system, code;
    if (!form_split(&text, '|', &system) || !form_split(&text, '|', &code) || !code.len ||
        !text.len)
        return parse_fail(parser, SEARCH_ERR_VALUE,
                          ":of-type wants the type's system|code and the identifier's |value");
    struct buffer buffer;
    buffer_init(&buffer, parser->arena);
    system = form_plain(system, parser->arena);
    code = form_plain(code, parser->arena);
    text = form_plain(text, parser->arena);
    if (!system.bytes || !code.bytes || !text.bytes)
        return parse_no_memory(parser);
    code = parse_code(parser->arena, system, code);
    text = fold_code(parser->arena, text);
    buffer_add(&buffer, TEXT("of-type "));
    buffer_add(&buffer, system);
    buffer_add_byte(&buffer, '|');
    buffer_add(&buffer, code);
    if (buffer.failed || !code.bytes || !text.bytes)
        return parse_no_memory(parser);
    return add_token(making, SEARCH_SYSTEM_IS, buffer_text(&buffer), text);
}

enum search_err making_read_token(struct parser *parser, struct text text,
                                  enum search_system *system_is, struct text *system,
                                  struct text *code)
{
    struct text first;
    *system = TEXT("");
    if (!form_split(&text, '|', &first)) {
        *system_is = SEARCH_SYSTEM_ANY;
        text = first;
    } else {
        *system_is = first.len ? SEARCH_SYSTEM_IS : SEARCH_SYSTEM_NONE;
        *system = form_plain(first, parser->arena);
    }
    *code = form_plain(text, parser->arena);
    if (!system->bytes || !code->bytes)
        return parse_no_memory(parser);
    if (!code->len && *system_is != SEARCH_SYSTEM_IS)
        return parse_fail(parser, SEARCH_ERR_VALUE, "write code, system|code, |code or system|");
    return SEARCH_OK;
}

static enum search_err make_plain(struct making *making, struct text text)
{
    struct parser *parser = making->parser;
    enum search_system system_is;
    struct text system, code;
    enum search_err err = making_read_token(parser, text, &system_is, &system, &code);
    if (err)
        return err;
    struct text as_rows = parse_code(parser->arena, system, code);
    if (!as_rows.bytes)
        return parse_no_memory(parser);
    err = add_token(making, system_is, system, as_rows);
    if (!err && system_is == SEARCH_SYSTEM_ANY && !text_equal(as_rows, code))
        err = add_token(making, system_is, system, code); /* of a system where case matters */
    return err;
}

static enum search_err add_code(struct making *making, struct text system, struct text code)
{
    struct text as_rows = parse_code(making->parser->arena, system, code);
    return as_rows.bytes ? add_token(making, SEARCH_SYSTEM_IS, system, as_rows)
                         : parse_no_memory(making->parser);
}

/* The codes that R4's own value set has; false: it is none, or they are not all known. */
static bool add_known(struct making *making, struct text url, enum search_err *err)
{
    uint16_t known = fhir_value_set_at(url);
    if (known == FHIR_NONE || !fhir_value_sets[known].is_enumerated)
        return false;
    const struct fhir_value_set *set = &fhir_value_sets[known];
    *err = SEARCH_OK;
    for (uint32_t i = 0; i < set->member_count && !*err; i++) {
        const struct fhir_code *code = &fhir_codes[fhir_members[set->first_member + i]];
        *err = add_code(making, text_of(fhir_code_systems[code->code_system].url),
                        text_of(code->code));
    }
    return true;
}

/* :in and :not-in: the codes of a value set, the site's own before R4's. */
static enum search_err make_in(struct making *making, struct text text)
{
    struct parser *parser = making->parser;
    const struct search_terms *terms = parser->setting->terms;
    struct text url = form_plain(text, parser->arena);
    const struct search_pair *codes;
    struct text why = TEXT("");
    size_t count;
    enum search_err err = SEARCH_OK;
    if (!url.bytes)
        return parse_no_memory(parser);
    if (!terms || !terms->expand(terms->context, url, parser->arena, &codes, &count, &why)) {
        if (add_known(making, url, &err))
            return err;
        return parse_fail(parser, SEARCH_ERR_VALUE,
                          "the value set \"%.*s\" is not known here%s%.*s", (int)url.len, url.bytes,
                          why.len ? ": " : "", (int)why.len, why.bytes);
    }
    for (size_t i = 0; i < count && !err; i++)
        err = add_code(making, codes[i].name, codes[i].value);
    return err;
}

/* Of R4's own code systems. */
static enum search_err make_known_branch(struct making *making, struct text text,
                                         struct text system, struct text code)
{
    struct parser *parser = making->parser;
    enum search_err err = SEARCH_OK;
    uint16_t number = fhir_code_system_at(system);
    const struct fhir_code *start = number == FHIR_NONE ? NULL : fhir_code_in(number, code);
    if (!start)
        return parse_fail(parser, SEARCH_ERR_VALUE,
                          "the hierarchy of \"%.*s\" is not known here; write system|code of a "
                          "code system that is, or search for the codes themselves",
                          (int)text.len, text.bytes);
    const struct fhir_code_system *of = &fhir_code_systems[number];
    const struct fhir_code *first = &fhir_codes[of->first_code];
    if (making->modifier == MODIFIER_ABOVE) {
        for (const struct fhir_code *at = start; !err;
             at = first + at->parent) { /* the tables have no loops */
            err = add_code(making, system, text_of(at->code));
            if (at->parent == FHIR_NONE)
                break;
        }
        return err;
    }
    for (uint32_t i = 0; i < of->code_count && !err; i++) {
        const struct fhir_code *at = first + i;
        while (at != start && at->parent != FHIR_NONE)
            at = first + at->parent;
        if (at == start)
            err = add_code(making, system, text_of(first[i].code));
    }
    return err;
}

/* :above and :below: a code, and what it is a kind of, or what is a kind of it. */
static enum search_err make_branch(struct making *making, struct text text)
{
    struct parser *parser = making->parser;
    const struct search_terms *terms = parser->setting->terms;
    const struct search_pair *codes;
    enum search_system system_is;
    struct text system, code, why = TEXT("");
    size_t count;
    enum search_err err = making_read_token(parser, text, &system_is, &system, &code);
    if (err)
        return err;
    bool is_asked = terms && system.len && code.len;
    if (!is_asked ||
        !terms->branch(terms->context, system, code, making->modifier == MODIFIER_ABOVE,
                       parser->arena, &codes, &count, &why))
        return why.len ? parse_fail(parser, SEARCH_ERR_VALUE, "%.*s", (int)why.len, why.bytes)
                       : make_known_branch(making, text, system, code);
    for (size_t i = 0; i < count && !err; i++)
        err = add_code(making, codes[i].name, codes[i].value);
    return err;
}

enum search_err make_token(struct making *making, struct text text)
{
    switch (making->modifier) {
    case MODIFIER_TEXT:
        return make_token_text(making, text);
    case MODIFIER_IN:
    case MODIFIER_NOT_IN:
        return make_in(making, text);
    case MODIFIER_ABOVE:
    case MODIFIER_BELOW:
        return make_branch(making, text);
    case MODIFIER_OF_TYPE:
        return make_of_type(making, text);
    case MODIFIER_NONE:
    case MODIFIER_MISSING:
    case MODIFIER_EXACT:
    case MODIFIER_CONTAINS:
    case MODIFIER_NOT:
    case MODIFIER_IDENTIFIER:
    case MODIFIER_RESOURCE:
        break;
    }
    return make_plain(making, text);
}

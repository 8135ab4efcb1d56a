/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths: literals, names, calls, and what hangs on them. */
#include "fhir/model.h"
#include "fhirpath/compiler.h"
#include "fhirpath/function.h"
#include "fhirpath/literal.h"

static struct op *new_literal(struct compiler *compiler, struct fhirpath_value value, size_t at)
{
    struct op *op = compile_new(compiler, OP_LITERAL, at);
    if (op)
        op->of.literal = value;
    return op;
}

/* `System.String`, `Patient`, FHIR.`Patient`: the token is its first name. */
bool compile_type(struct compiler *compiler, struct type_spec *spec)
{
    struct token first = compiler->token;
    struct text space = {NULL, 0}, name = first.text;
    if (first.kind != TOKEN_NAME && first.kind != TOKEN_QUOTED) {
        compile_fail(compiler, FHIRPATH_ERR_SYNTAX, first.at, "a type is expected here");
        return false;
    }
    compile_next(compiler);
    if (compile_at(compiler, ".")) {
        compile_next(compiler);
        space = name;
        name = compiler->token.text;
        if (compiler->token.kind != TOKEN_NAME && compiler->token.kind != TOKEN_QUOTED) {
            compile_fail(compiler, FHIRPATH_ERR_SYNTAX, compiler->token.at,
                         "a type is expected here");
            return false;
        }
        compile_next(compiler);
    }
    if (!literal_type(spec, space, name)) {
        compile_fail(compiler, FHIRPATH_ERR_UNSUPPORTED, first.at, "there is no type %.*s",
                     (int)name.len, name.bytes);
        return false;
    }
    return true;
}

static struct op *compile_member(struct compiler *compiler, const struct op *input,
                                 uint16_t input_type, struct token name)
{
    struct op *op = compile_new(compiler, OP_MEMBER, name.at);
    if (!op)
        return NULL;
    op->input = input;
    op->of.member.name = name.text;
    op->of.member.step.of_type = FHIR_NONE;
    if (input_type == FHIR_NONE)
        return compile_finish(compiler, op);
    struct step *step = &op->of.member.step;
    step_find(step, input_type, name.text);
    if (step->element == FHIR_NONE && !fhir_types[input_type].is_abstract)
        return compile_fail(compiler, FHIRPATH_ERR_UNSUPPORTED, name.at, "%s has no element %.*s",
                            fhir_types[input_type].name, (int)name.text.len, name.text.bytes);
    if (step->element != FHIR_NONE && !step->is_choice &&
        !(fhir_types[step->value_type].is_abstract))
        op->type = step->value_type;
    return compile_finish(compiler, op);
}

/* A name at the beginning of a path: a type, else a member of $this. */
static struct op *compile_first_name(struct compiler *compiler, uint16_t this_type,
                                     struct token name)
{
    char initial = name.text.len ? name.text.bytes[0] : '\0';
    if (initial < 'A' || initial > 'Z')
        return compile_member(compiler, NULL, this_type, name);
    struct type_spec spec;
    if (!literal_type(&spec, (struct text){NULL, 0}, name.text) || spec.fhir == FHIR_NONE)
        return compile_fail(compiler, FHIRPATH_ERR_UNSUPPORTED, name.at, "there is no type %.*s",
                            (int)name.text.len, name.text.bytes);
    struct op *op = compile_new(compiler, OP_ROOT_TYPE, name.at);
    if (op) {
        op->of.type_spec = spec;
        op->type = this_type != FHIR_NONE && fhir_type_is(this_type, spec.fhir) ? this_type
                   : fhir_types[spec.fhir].is_abstract                          ? FHIR_NONE
                                                                                : spec.fhir;
    }
    return op;
}

static bool compile_arg(struct compiler *compiler, struct op *call, uint16_t input_type,
                        uint16_t this_type)
{
    const struct function *function = call->of.call.function;
    enum arg_kind kind = (enum arg_kind)function->arg_kinds[call->arg_count];
    if (kind == ARG_TYPE)
        return compile_type(compiler, &call->of.call.type_spec);

    const struct op *arg =
        compile_expression(compiler, kind == ARG_ITEM ? input_type : this_type, 0);
    if (!arg)
        return false;
    call->of.call.args[call->arg_count] = arg;
    if (kind == ARG_PATTERN && arg->code == OP_LITERAL && arg->of.literal.kind == FHIRPATH_STRING) {
        enum regex_err err =
            regex_compile(&call->of.call.regex, arg->of.literal.of.string, compiler->arena);
        if (err) {
            compile_fail(compiler,
                         err == REGEX_ERR_MEMORY ? FHIRPATH_ERR_MEMORY : FHIRPATH_ERR_PATTERN,
                         arg->at, "the pattern is none, or too big");
            return false;
        }
    }
    return true;
}

static uint16_t result_type(const struct op *call, uint16_t input_type)
{
    const struct function *function = call->of.call.function;
    if (function->arg_kinds[0] == ARG_TYPE && function->result == RESULT_ARG) {
        uint16_t type = call->of.call.type_spec.fhir;
        return type == FHIR_NONE || fhir_types[type].is_abstract ? (uint16_t)FHIR_NONE : type;
    }
    if (function->result == RESULT_SAME)
        return input_type;
    if (function->result == RESULT_ARG)
        return call->of.call.args[0]->type;
    return FHIR_NONE;
}

/* The token is behind `name` and its opening bracket. */
static struct op *compile_call(struct compiler *compiler, const struct op *input,
                               uint16_t input_type, uint16_t this_type, struct token name)
{
    const struct function *function = function_named(name.text);
    if (!function)
        return compile_fail(compiler, FHIRPATH_ERR_UNSUPPORTED, name.at,
                            "there is no function %.*s()", (int)name.text.len, name.text.bytes);
    struct op *op = compile_new(compiler, OP_CALL, name.at);
    if (!op)
        return NULL;
    op->input = input;
    op->of.call.function = function;
    if (!compile_at(compiler, ")")) {
        do {
            if (op->arg_count == function->args_max)
                return compile_fail(compiler, FHIRPATH_ERR_SYNTAX, compiler->token.at,
                                    "%s() takes at most %u arguments", function->name,
                                    function->args_max);
            if (!compile_arg(compiler, op, input_type, this_type))
                return NULL;
            op->arg_count++;
        } while (compile_take(compiler, ","));
    }
    if (!compile_expect(compiler, ")"))
        return NULL;
    if (op->arg_count < function->args_min)
        return compile_fail(compiler, FHIRPATH_ERR_SYNTAX, name.at,
                            "%s() takes at least %u arguments", function->name, function->args_min);
    op->type = result_type(op, input_type);
    return compile_finish(compiler, op);
}

static struct op *compile_variable(struct compiler *compiler, uint16_t this_type)
{
    struct token token = compiler->token;
    enum op_code code = OP_THIS;
    if (text_is(token.text, "index"))
        code = OP_INDEX;
    else if (text_is(token.text, "total"))
        code = OP_TOTAL;
    else if (!text_is(token.text, "this"))
        return compile_fail(compiler, FHIRPATH_ERR_UNSUPPORTED, token.at, "there is no $%.*s",
                            (int)token.text.len, token.text.bytes);
    compile_next(compiler);
    struct op *op = compile_new(compiler, code, token.at);
    if (op && code == OP_THIS)
        op->type = this_type;
    return op;
}

static struct op *compile_constant(struct compiler *compiler)
{
    struct token token = compiler->token;
    struct fhirpath_value value;
    compile_next(compiler);
    if (text_is(token.text, "resource"))
        return compile_new(compiler, OP_RESOURCE, token.at);
    if (text_is(token.text, "rootResource"))
        return compile_new(compiler, OP_ROOT_RESOURCE, token.at);
    if (text_is(token.text, "context")) {
        struct op *op = compile_new(compiler, OP_CONTEXT, token.at);
        if (op)
            op->type = compiler->root_type;
        return op;
    }
    enum fhirpath_err err = literal_constant(&value, token.text, compiler->arena);
    if (err)
        return compile_fail(compiler, err, token.at, "there is no %%%.*s", (int)token.text.len,
                            token.text.bytes);
    return new_literal(compiler, value, token.at);
}

static struct op *compile_number(struct compiler *compiler)
{
    struct token token = compiler->token;
    struct text unit = {NULL, 0};
    bool is_calendar = false;
    compile_next(compiler);
    if (compiler->token.kind == TOKEN_STRING ||
        (compiler->token.kind == TOKEN_NAME && literal_is_duration(compiler->token.text))) {
        unit = compiler->token.text;
        is_calendar = compiler->token.kind == TOKEN_NAME;
        compile_next(compiler);
    }
    struct fhirpath_value value;
    enum fhirpath_err err = literal_number(&value, token.text, unit, is_calendar, compiler->arena);
    if (err)
        return compile_fail(compiler, err, token.at, "the number is beyond what we hold");
    return new_literal(compiler, value, token.at);
}

static struct op *compile_name(struct compiler *compiler, const struct op *input,
                               uint16_t input_type, uint16_t this_type)
{
    struct token name = compiler->token;
    if (name.kind != TOKEN_NAME && name.kind != TOKEN_QUOTED)
        return compile_fail(compiler, FHIRPATH_ERR_SYNTAX, name.at, "a name is expected here");
    compile_next(compiler);
    if (compile_take(compiler, "("))
        return compile_call(compiler, input, input_type, this_type, name);
    return input ? compile_member(compiler, input, input_type, name)
                 : compile_first_name(compiler, this_type, name);
}

static struct op *compile_term(struct compiler *compiler, uint16_t this_type)
{
    struct token token = compiler->token;
    struct fhirpath_value value = {.kind = FHIRPATH_STRING};
    switch (token.kind) {
    case TOKEN_STRING:
        compile_next(compiler);
        value.of.string = token.text;
        return new_literal(compiler, value, token.at);
    case TOKEN_NUMBER:
        return compile_number(compiler);
    case TOKEN_DATE:
        compile_next(compiler);
        if (!literal_date(&value, token.text))
            return compile_fail(compiler, FHIRPATH_ERR_SYNTAX, token.at, "not a date or time");
        return new_literal(compiler, value, token.at);
    case TOKEN_VARIABLE:
        return compile_variable(compiler, this_type);
    case TOKEN_CONSTANT:
        return compile_constant(compiler);
    case TOKEN_NAME:
        if (text_is(token.text, "true") || text_is(token.text, "false")) {
            compile_next(compiler);
            value = (struct fhirpath_value){.kind = FHIRPATH_BOOLEAN,
                                            .of.boolean = token.text.bytes[0] == 't'};
            return new_literal(compiler, value, token.at);
        }
        return compile_name(compiler, NULL, this_type, this_type);
    case TOKEN_QUOTED:
        return compile_name(compiler, NULL, this_type, this_type);
    case TOKEN_SIGN:
        if (compile_take(compiler, "(")) {
            struct op *op = compile_expression(compiler, this_type, 0);
            return op && compile_expect(compiler, ")") ? op : NULL;
        }
        if (compile_take(compiler, "{"))
            return compile_expect(compiler, "}") ? compile_new(compiler, OP_NOTHING, token.at)
                                                 : NULL;
        break;
    case TOKEN_END:
    case TOKEN_WRONG:
    case TOKEN_NO_MEMORY:
        break;
    }
    return compile_fail(compiler, FHIRPATH_ERR_SYNTAX, token.at,
                        "a value or a name is expected here");
}

/* A term with all that hangs on it: .member, .call(), [index]. */
struct op *compile_path(struct compiler *compiler, uint16_t this_type)
{
    struct op *op = compile_term(compiler, this_type);
    while (op && (compile_at(compiler, ".") || compile_at(compiler, "["))) {
        size_t at = compiler->token.at;
        if (compile_take(compiler, ".")) {
            op = compile_name(compiler, op, op->type, this_type);
            continue;
        }
        compile_next(compiler);
        struct op *element = compile_new(compiler, OP_AT, at);
        const struct op *index = element ? compile_expression(compiler, this_type, 0) : NULL;
        if (!index || !compile_expect(compiler, "]"))
            return NULL;
        element->input = op;
        element->right = index;
        element->type = op->type;
        op = compile_finish(compiler, element);
    }
    return op;
}

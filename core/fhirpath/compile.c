/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/compile.h"

#include <stdarg.h>
#include <stdio.h>

#include "fhir/model.h"
#include "fhirpath/compiler.h"

struct op *compile_fail(struct compiler *compiler, enum fhirpath_err err, size_t at,
                        const char *words, ...)
{
    if (compiler->err)
        return NULL;
    va_list list;
    va_start(list, words);
    (void)vsnprintf(compiler->fault.words, sizeof compiler->fault.words, words, list);
    va_end(list);
    compiler->err = err;
    compiler->fault.at = at;
    return NULL;
}

void compile_next(struct compiler *compiler)
{
    compiler->token = lexer_next(&compiler->lexer);
    if (compiler->token.kind == TOKEN_WRONG)
        compile_fail(compiler, FHIRPATH_ERR_SYNTAX, compiler->token.at, "no word of FHIRPath");
    if (compiler->token.kind == TOKEN_NO_MEMORY)
        compile_fail(compiler, FHIRPATH_ERR_MEMORY, compiler->token.at, "no memory");
}

bool compile_at(const struct compiler *compiler, const char *sign)
{
    return compiler->token.kind == TOKEN_SIGN && text_is(compiler->token.text, sign);
}

bool compile_take(struct compiler *compiler, const char *sign)
{
    if (!compile_at(compiler, sign))
        return false;
    compile_next(compiler);
    return true;
}

bool compile_expect(struct compiler *compiler, const char *sign)
{
    if (compile_take(compiler, sign))
        return true;
    compile_fail(compiler, FHIRPATH_ERR_SYNTAX, compiler->token.at, "%s is expected here", sign);
    return false;
}

struct op *compile_new(struct compiler *compiler, enum op_code code, size_t at)
{
    struct op *op = compiler->err ? NULL : arena_take_zeroed(compiler->arena, 1, sizeof *op);
    if (!op) {
        compile_fail(compiler, FHIRPATH_ERR_MEMORY, at, "no memory");
        return NULL;
    }
    op->code = (uint8_t)code;
    op->type = FHIR_NONE;
    op->at = (uint32_t)at;
    op->height = 1;
    return op;
}

void compile_raise(struct op *op, const struct op *operand)
{
    if (operand && operand->height >= op->height)
        op->height = (uint16_t)(operand->height + 1);
}

struct op *compile_finish(struct compiler *compiler, struct op *op)
{
    compile_raise(op, op->input);
    compile_raise(op, op->right);
    for (unsigned i = 0; op->code == OP_CALL && i < op->arg_count; i++)
        compile_raise(op, op->of.call.args[i]);
    if (op->height > FHIRPATH_DEPTH_MAX)
        return compile_fail(compiler, FHIRPATH_ERR_SIZE, op->at, "the expression is too deep");
    return op;
}

static struct op *compile_unary(struct compiler *compiler, uint16_t this_type)
{
    size_t at = compiler->token.at;
    bool is_negative = compile_at(compiler, "-");
    if (!is_negative && !compile_at(compiler, "+"))
        return compile_path(compiler, this_type);
    compile_next(compiler);
    if (++compiler->depth > FHIRPATH_DEPTH_MAX)
        return compile_fail(compiler, FHIRPATH_ERR_SIZE, at, "the expression is too deep");
    struct op *operand = compile_unary(compiler, this_type);
    compiler->depth--;
    if (!operand || !is_negative)
        return operand;
    struct op *op = compile_new(compiler, OP_NEGATE, at);
    if (!op)
        return NULL;
    op->input = operand;
    return compile_finish(compiler, op);
}

/* Binary operators, with how strongly they bind. */
static const struct binary {
    const char *sign;
    uint8_t binding, code;
} binaries[] = {
    {"implies", 1, OP_IMPLIES}, {"or", 2, OP_OR},
    {"xor", 2, OP_XOR},         {"and", 3, OP_AND},
    {"in", 4, OP_IN},           {"contains", 4, OP_CONTAINS},
    {"=", 5, OP_EQUAL},         {"~", 5, OP_EQUIVALENT},
    {"!=", 5, OP_NOT_EQUAL},    {"!~", 5, OP_NOT_EQUIVALENT},
    {"<", 6, OP_LESS},          {"<=", 6, OP_LESS_OR_EQUAL},
    {">", 6, OP_GREATER},       {">=", 6, OP_GREATER_OR_EQUAL},
    {"|", 7, OP_UNION},         {"is", 8, OP_IS},
    {"as", 8, OP_AS},           {"+", 9, OP_ADD},
    {"-", 9, OP_SUBTRACT},      {"&", 9, OP_CONCATENATE},
    {"*", 10, OP_MULTIPLY},     {"/", 10, OP_DIVIDE},
    {"div", 10, OP_DIV},        {"mod", 10, OP_MOD},
};

static const struct binary *binary_at(const struct token *token)
{
    if (token->kind == TOKEN_SIGN || token->kind == TOKEN_NAME)
        for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++)
            if (text_is(token->text, binaries[i].sign))
                return &binaries[i];
    return NULL;
}

/* `left is Type`, `left as Type`; the token is the type. */
static struct op *compile_type_test(struct compiler *compiler, struct op *op)
{
    struct type_spec *spec = &op->of.type_spec;
    if (!compile_type(compiler, spec))
        return NULL;
    if (op->code == OP_AS && spec->fhir != FHIR_NONE && !fhir_types[spec->fhir].is_abstract)
        op->type = spec->fhir;
    return compile_finish(compiler, op);
}

/* `left | right`: of many in a row one list, whose length costs no depth. */
static struct op *compile_union(struct compiler *compiler, struct op *left, struct op *right)
{
    struct op *head = left, *last = compile_new(compiler, OP_UNION, right->at);
    if (!last)
        return NULL;
    last->input = right;
    if (left->code != OP_UNION) {
        if (!(head = compile_new(compiler, OP_UNION, left->at)))
            return NULL;
        head->input = left;
        head->type = left->type;
        head->of.last = head;
        compile_raise(head, left);
    }
    head->of.last->right = last;
    head->of.last = last;
    if (head->type != right->type)
        head->type = FHIR_NONE;
    compile_raise(head, right);
    if (head->height > FHIRPATH_DEPTH_MAX)
        return compile_fail(compiler, FHIRPATH_ERR_SIZE, head->at, "the expression is too deep");
    return head;
}

static struct op *compile_binary(struct compiler *compiler, struct op *left,
                                 const struct binary *binary, uint16_t this_type)
{
    struct op *op = compile_new(compiler, (enum op_code)binary->code, compiler->token.at);
    compile_next(compiler);
    if (!op)
        return NULL;
    op->input = left;
    if (op->code == OP_IS || op->code == OP_AS)
        return compile_type_test(compiler, op);
    struct op *right = compile_expression(compiler, this_type, binary->binding);
    if (!right)
        return NULL;
    if (op->code == OP_UNION)
        return compile_union(compiler, left, right);
    op->right = right;
    return compile_finish(compiler, op);
}

struct op *compile_expression(struct compiler *compiler, uint16_t this_type, unsigned binding)
{
    if (++compiler->depth > FHIRPATH_DEPTH_MAX)
        return compile_fail(compiler, FHIRPATH_ERR_SIZE, compiler->token.at,
                            "the expression is too deep");
    struct op *op = compile_unary(compiler, this_type);
    const struct binary *binary;
    while (op && (binary = binary_at(&compiler->token)) && binary->binding > binding)
        op = compile_binary(compiler, op, binary, this_type);
    compiler->depth--;
    return op;
}

enum fhirpath_err fhirpath_compile(const struct fhirpath **expression, struct text text,
                                   uint16_t type, struct arena *arena, struct fhirpath_fault *fault)
{
    struct compiler compiler = {
        .lexer = {.source = text, .arena = arena}, .arena = arena, .root_type = type};
    struct fhirpath *made = arena_take(arena, sizeof *made);
    if (!made)
        compile_fail(&compiler, FHIRPATH_ERR_MEMORY, 0, "no memory");
    else if (text.len > FHIRPATH_TEXT_LEN_MAX)
        compile_fail(&compiler, FHIRPATH_ERR_SIZE, 0, "the expression is too long");

    const struct op *op = NULL;
    if (!compiler.err) {
        compile_next(&compiler);
        op = compile_expression(&compiler, type, 0);
        if (op && compiler.token.kind != TOKEN_END)
            compile_fail(&compiler, FHIRPATH_ERR_SYNTAX, compiler.token.at,
                         "nothing is expected here");
    }
    if (fault)
        *fault = compiler.fault;
    if (compiler.err)
        return compiler.err;
    made->op = op;
    *expression = made;
    return FHIRPATH_OK;
}

const char *fhirpath_err_text(enum fhirpath_err err)
{
    switch (err) {
    case FHIRPATH_OK:
        return "no error";
    case FHIRPATH_ERR_SYNTAX:
        return "not a FHIRPath expression";
    case FHIRPATH_ERR_UNSUPPORTED:
        return "a function, variable, type, value set or unit that there is not";
    case FHIRPATH_ERR_SIZE:
        return "the expression is too long or too deep";
    case FHIRPATH_ERR_TYPE:
        return "a value of a kind that the operation does not take";
    case FHIRPATH_ERR_SINGLE:
        return "several items where one is taken";
    case FHIRPATH_ERR_NUMBER:
        return "a number beyond what we hold";
    case FHIRPATH_ERR_PATTERN:
        return "a regular expression that is none, or too big";
    case FHIRPATH_ERR_STEPS:
        return "the evaluation takes too long";
    case FHIRPATH_ERR_MEMORY:
        return "the evaluation takes too much memory";
    }
    return "unknown error";
}

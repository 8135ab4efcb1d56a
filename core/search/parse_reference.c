/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of reference parameters. */
#include "search/parse.h"

#include "search/fold.h"
#include "search/form.h"
#include "search/reference.h"

enum search_err make_identifier(struct making *making, struct text text)
{
    enum search_system system_is;
    struct text system, code;
    enum search_err err = making_read_token(making->parser, text, &system_is, &system, &code);
    if (err)
        return err;
    struct search_value *value = making_add(making, SEARCH_REFERENCE);
    if (!value)
        return making_full(making);
    value->of.reference.by_identifier = true;
    value->of.reference.system_is = (uint8_t)system_is;
    value->of.reference.system = system;
    value->of.reference.identifier = fold_code(making->parser->arena, code);
    return value->of.reference.identifier.bytes ? SEARCH_OK : parse_no_memory(making->parser);
}

static enum search_err add_reference(struct making *making, const struct reference *reference)
{
    struct search_value *value = making_add(making, SEARCH_REFERENCE);
    if (!value)
        return making_full(making);
    value->of.reference.type = reference->type;
    value->of.reference.id = reference->id;
    value->of.reference.version = reference->version;
    value->of.reference.of_any_type = false;
    return SEARCH_OK;
}

/* A bare id: of each type that the parameter points to; of any, where it may be many. */
static enum search_err make_bare(struct making *making, struct text id)
{
    enum { TARGETS_MAX = 8 }; /* values that one is made to */
    const struct fhir_search_param *param = &fhir_search_params[making->set->params[0]];
    struct reference reference = {FHIR_NONE, id, TEXT("")};
    enum search_err err = SEARCH_OK;
    reference.type = search_only_target(param);
    if (making->set->param_count == 1 && reference.type != FHIR_NONE)
        return add_reference(making, &reference);
    if (making->set->param_count == 1 && param->target_count &&
        param->target_count <= TARGETS_MAX) {
        for (unsigned i = 0; i < param->target_count && !err; i++) {
            reference.type = fhir_param_targets[param->first_target + i];
            err = add_reference(making, &reference);
        }
        return err;
    }
    struct search_value *value = making_add(making, SEARCH_REFERENCE);
    if (!value)
        return making_full(making);
    value->of.reference.of_any_type = true;
    value->of.reference.type = FHIR_NONE;
    value->of.reference.id = id;
    value->of.reference.version = TEXT("");
    return SEARCH_OK;
}

enum search_err make_reference(struct making *making, struct text text)
{
    struct parser *parser = making->parser;
    struct text plain = form_plain(text, parser->arena);
    struct reference reference;
    if (!plain.bytes)
        return parse_no_memory(parser);
    if (!plain.len)
        return parse_fail(parser, SEARCH_ERR_VALUE, "write an id, Type/id or a URL");
    /* R4: a canonical's version is behind a | that is not escaped; form_plain has left it */
    reference_read(&reference, plain, parser->setting->base);
    if (making->modifier == MODIFIER_RESOURCE) {
        if (reference.type == FHIR_NONE && parse_is_id(plain))
            reference = (struct reference){making->target, plain, TEXT("")};
        if (reference.type != making->target)
            return parse_fail(parser, SEARCH_ERR_VALUE, "\"%.*s\" is no %s", (int)plain.len,
                              plain.bytes, fhir_types[making->target].name);
        return add_reference(making, &reference);
    }
    if (reference.type == FHIR_NONE && parse_is_id(plain))
        return make_bare(making, plain);
    return add_reference(making, &reference);
}

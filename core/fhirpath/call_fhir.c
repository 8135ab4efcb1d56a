/* SPDX-License-Identifier: GPL-3.0-or-later */
/* References, profiles, codes and narratives.
 *
 * Source: http://hl7.org/fhir/R4/fhirpath.html#functions. */
#include "fhir/model.h"
#include "fhir/xhtml.h"
#include "fhirpath/calls.h"

/* The string at a member of an object. `*has` false: there is none. */
static bool member_string(struct fhirpath_run *run, const struct fhirpath_value *item,
                          struct text name, struct text *string, bool *has)
{
    *string = TEXT("");
    *has = false;
    if (item->kind != FHIRPATH_NODE || !item->of.at.json ||
        json_type(item->of.at.json, item->of.at.node) != JSON_OBJECT)
        return true;
    uint32_t node = json_member(item->of.at.json, item->of.at.node, name);
    if (node == JSON_NONE || json_type(item->of.at.json, node) != JSON_STRING)
        return true;
    *string = json_string(item->of.at.json, node, run->arena);
    *has = string->bytes != NULL;
    return *has || run_fail(run, FHIRPATH_ERR_MEMORY);
}

/* The resource type in "[base/]Patient/123[/_history/1]"; FHIR_NONE: there is none. */
static uint16_t type_in(struct text reference)
{
    if (!reference.bytes || reference.len == 0)
        return FHIR_NONE;
    const char *history = memmem(reference.bytes, reference.len, "/_history/", 10);
    if (history)
        reference.len = (size_t)(history - reference.bytes);
    const char *slash = reference.len ? memrchr(reference.bytes, '/', reference.len) : NULL;
    if (!slash)
        return FHIR_NONE;
    size_t end = (size_t)(slash - reference.bytes), start = end;
    while (start > 0 && reference.bytes[start - 1] != '/')
        start--;
    return fhir_resource_named((struct text){reference.bytes + start, end - start});
}

/* "#id": a resource within the one that contains it; "#": that one itself. */
static bool push_contained(struct fhirpath_run *run, struct text id)
{
    const struct fhirpath_value *root = &run->context.root_resource;
    const struct json *json = root->of.at.json;
    if (root->kind != FHIRPATH_NODE || !json)
        return true;
    if (!id.len)
        return run_push(run, root);
    uint32_t list = json_member(json, root->of.at.node, TEXT("contained"));
    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return true;
    for (uint32_t at = json_first(json, list); at < json_end(json, list);
         at = json_next(json, at)) {
        uint32_t own = json_member(json, at, TEXT("id"));
        if (!run_step(run, 1 + json->nodes[at].count))
            return false;
        if (own != JSON_NONE && json_type(json, own) == JSON_STRING &&
            json_string_is(json, own, id))
            return push_node(run, json, at, JSON_NONE, fhir_type_named(TEXT("Resource")));
    }
    return true;
}

static bool push_resolved(struct fhirpath_run *run, const struct fhirpath_value *item)
{
    struct text reference, type_name = TEXT("");
    bool has, has_type = false;
    if (item->kind == FHIRPATH_NODE && fhir_types[item->type].kind == FHIR_COMPLEX) {
        if (!member_string(run, item, TEXT("reference"), &reference, &has) ||
            !member_string(run, item, TEXT("type"), &type_name, &has_type))
            return false;
    } else {
        struct fhirpath_value system;
        if (!run_system(run, &system, &has, item))
            return false;
        has = has && system.kind == FHIRPATH_STRING;
        if (has)
            reference = system.of.string;
    }
    if (has && reference.len && reference.bytes[0] == '#')
        return push_contained(run, (struct text){reference.bytes + 1, reference.len - 1});

    struct fhirpath_value found;
    if (run->context.resolve)
        return !has || !run->context.resolve(run->context.user, reference, &found) ||
               run_push(run, &found);
    uint16_t type = has ? type_in(reference) : FHIR_NONE;
    if (type == FHIR_NONE && has_type)
        type = fhir_resource_named(type_name);
    found = fhirpath_node_value(NULL, JSON_NONE, JSON_NONE, type);
    return type == FHIR_NONE || run_push(run, &found);
}

bool call_resolve(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                  uint32_t base)
{
    uint32_t middle = run->top;
    (void)op, (void)frame;
    for (uint32_t at = base; at < middle; at++) {
        struct fhirpath_value item = run->stack[at];
        if (!run_step(run, 10) || !push_resolved(run, &item))
            return false;
    }
    run_drop(run, base, middle);
    return true;
}

/* Of R4's own types only: other profiles are not known here. */
bool call_conforms_to(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                      uint32_t base)
{
    static const char prefix[] = "http://hl7.org/fhir/StructureDefinition/";
    struct text url;
    bool has;
    if (!run_arg_string(run, op, 0, frame, &url, &has))
        return false;
    if (run->top == base || !has) {
        run->top = base;
        return true;
    }
    if (run->top - base > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    if (!text_starts(url, text_of(prefix)))
        return run_fail(run, FHIRPATH_ERR_UNSUPPORTED);
    uint16_t type = fhir_type_named(
        (struct text){url.bytes + sizeof prefix - 1, url.len - (sizeof prefix - 1)});
    if (type == FHIR_NONE)
        return run_fail(run, FHIRPATH_ERR_UNSUPPORTED);
    const struct fhirpath_value *item = &run->stack[base];
    bool conforms = item->kind == FHIRPATH_NODE && fhir_type_is(item->type, type);
    run->top = base;
    return run_push_boolean(run, conforms);
}

struct coding {
    struct text system, code;
    bool has_system, has_code;
};

static bool read_coding(struct fhirpath_run *run, const struct fhirpath_value *item,
                        struct coding *coding)
{
    return member_string(run, item, TEXT("system"), &coding->system, &coding->has_system) &&
           member_string(run, item, TEXT("code"), &coding->code, &coding->has_code);
}

/* Whether a Coding, or any of a CodeableConcept's, is in the value set. */
static bool is_member(struct fhirpath_run *run, const struct fhirpath_value *item,
                      uint16_t value_set, bool *is)
{
    struct fhirpath_value system;
    struct coding coding;
    bool has;
    if (!run_system(run, &system, &has, item))
        return false;
    *is = has && system.kind == FHIRPATH_STRING &&
          fhir_value_set_has(value_set, TEXT(""), system.of.string);
    if (has || item->kind != FHIRPATH_NODE || !item->of.at.json ||
        json_type(item->of.at.json, item->of.at.node) != JSON_OBJECT)
        return true;
    const struct json *json = item->of.at.json;
    uint32_t list = json_member(json, item->of.at.node, TEXT("coding"));
    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY) {
        if (!read_coding(run, item, &coding))
            return false;
        *is = coding.has_code && fhir_value_set_has(value_set, coding.system, coding.code);
        return true;
    }
    for (uint32_t at = json_first(json, list); !*is && at < json_end(json, list);
         at = json_next(json, at)) {
        struct fhirpath_value one = fhirpath_node_value(json, at, JSON_NONE, item->type);
        if (!run_step(run, 1) || !read_coding(run, &one, &coding))
            return false;
        *is = coding.has_code && fhir_value_set_has(value_set, coding.system, coding.code);
    }
    return true;
}

bool call_member_of(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    struct text url;
    bool has, is;
    if (!run_arg_string(run, op, 0, frame, &url, &has))
        return false;
    if (run->top == base || !has) {
        run->top = base;
        return true;
    }
    if (run->top - base > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    uint16_t value_set = fhir_value_set_at(url);
    if (value_set == FHIR_NONE || !fhir_value_sets[value_set].is_enumerated)
        return run_fail(run, FHIRPATH_ERR_UNSUPPORTED);
    struct fhirpath_value item = run->stack[base];
    run->top = base;
    return is_member(run, &item, value_set, &is) && run_push_boolean(run, is);
}

/* Whether `kind` is `whole` or, in its code system, below it. */
static bool is_below(const struct fhir_code_system *system, const struct fhir_code *kind,
                     const struct fhir_code *whole)
{
    for (uint32_t left = system->code_count; kind && left > 0; left--) {
        if (kind == whole)
            return true;
        kind = kind->parent == FHIR_NONE ? NULL : &fhir_codes[system->first_code + kind->parent];
    }
    return false;
}

/* Two Codings of one code system that is here. */
static bool call_below(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                       uint32_t base, bool is_input_below)
{
    struct coding input, arg;
    uint32_t middle = run->top;
    if (!eval(run, op->of.call.args[0], frame))
        return false;
    if (middle == base || run->top == middle) {
        run->top = base;
        return true;
    }
    if (middle - base > 1 || run->top - middle > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    if (!read_coding(run, &run->stack[base], &input) ||
        !read_coding(run, &run->stack[middle], &arg))
        return false;
    uint16_t system = input.has_system ? fhir_code_system_at(input.system) : (uint16_t)FHIR_NONE;
    if (!input.has_code || !arg.has_code || system == FHIR_NONE ||
        !text_equal(input.system, arg.system) || !fhir_code_systems[system].is_complete)
        return run_fail(run, FHIRPATH_ERR_UNSUPPORTED);
    const struct fhir_code *a = fhir_code_in(system, input.code),
                           *b = fhir_code_in(system, arg.code);
    const struct fhir_code_system *about = &fhir_code_systems[system];
    run->top = base;
    if (!run_step(run, about->code_count))
        return false;
    return run_push_boolean(
        run, a && b && (is_input_below ? is_below(about, a, b) : is_below(about, b, a)));
}

bool call_subsumes(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                   uint32_t base)
{
    return call_below(run, op, frame, base, false);
}

bool call_subsumed_by(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                      uint32_t base)
{
    return call_below(run, op, frame, base, true);
}

bool call_html_checks(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                      uint32_t base)
{
    struct fhirpath_value system;
    struct fhir_xhtml_fault fault;
    bool has;
    (void)op, (void)frame;
    if (!run_single(run, base, &system, &has))
        return false;
    run->top = base;
    if (!has)
        return true;
    if (system.kind != FHIRPATH_STRING)
        return run_fail(run, FHIRPATH_ERR_TYPE);
    return run_step(run, 1 + (uint32_t)system.of.string.len / 16) &&
           run_push_boolean(run, fhir_xhtml_is_allowed(system.of.string, &fault));
}

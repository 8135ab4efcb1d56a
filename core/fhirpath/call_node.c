/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree, types, the time, and extensions.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Tree Navigation" to "Types"; http://hl7.org/fhir/R4/fhirpath.html. */
#include "fhir/model.h"
#include "fhirpath/calls.h"

bool call_children(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                   uint32_t base)
{
    uint32_t middle = run->top;
    (void)op, (void)frame;
    for (uint32_t at = base; at < middle; at++) {
        struct fhirpath_value item = run->stack[at];
        if (!push_children(run, &item))
            return false;
    }
    run_drop(run, base, middle);
    return true;
}

bool call_descendants(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                      uint32_t base)
{
    uint32_t middle = run->top;
    (void)op, (void)frame;
    for (uint32_t at = base; at < run->top; at++) {
        struct fhirpath_value item = run->stack[at];
        if (!push_children(run, &item))
            return false;
    }
    run_drop(run, base, middle);
    return true;
}

bool call_is(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
             uint32_t base)
{
    (void)frame;
    if (run->top == base)
        return true;
    if (run->top - base > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    bool is = value_is(&run->stack[base], &op->of.call.type_spec);
    run->top = base;
    return run_push_boolean(run, is);
}

bool call_type(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
               uint32_t base)
{
    (void)op, (void)frame;
    for (uint32_t at = base; at < run->top; at++) {
        const struct fhirpath_value *item = &run->stack[at];
        run->stack[at] = (struct fhirpath_value){
            .kind = FHIRPATH_TYPE_INFO, .kind_of_info = item->kind, .type = item->type};
    }
    return true;
}

bool call_trace(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    struct text name;
    bool has;
    uint32_t middle = run->top;
    if (!run->context.trace)
        return true;
    if (!run_arg_string(run, op, 0, frame, &name, &has))
        return false;
    for (uint32_t at = base; op->arg_count > 1 && at < middle; at++) {
        struct frame inner = frame_of(frame, &run->stack[at], at - base);
        if (!eval(run, op->of.call.args[1], &inner))
            return false;
    }
    uint32_t first = op->arg_count > 1 ? middle : base;
    run->context.trace(run->context.user, name,
                       (struct fhirpath_values){run->stack + first, run->top - first});
    run->top = middle;
    return true;
}

static bool push_moment(struct fhirpath_run *run, uint32_t base, enum fhirpath_kind kind)
{
    struct fhirpath_value value = {.kind = (uint8_t)kind,
                                   .of.moment = moment_of(run->context.now_ms)};
    struct moment *moment = &value.of.moment;
    if (kind == FHIRPATH_DATE) {
        moment->precision = MOMENT_DAY;
        moment->hour = moment->minute = moment->second = 0;
        moment->millisecond = 0;
        moment->has_millisecond = moment->has_zone = 0;
    }
    if (kind == FHIRPATH_TIME) {
        moment->year = 0;
        moment->month = moment->day = 1;
        moment->has_zone = 0;
    }
    run->top = base;
    return run_push(run, &value);
}

bool call_now(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
              uint32_t base)
{
    (void)op, (void)frame;
    return push_moment(run, base, FHIRPATH_DATETIME);
}

bool call_today(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    (void)op, (void)frame;
    return push_moment(run, base, FHIRPATH_DATE);
}

bool call_time_of_day(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                      uint32_t base)
{
    (void)op, (void)frame;
    return push_moment(run, base, FHIRPATH_TIME);
}

/* The extensions of an item that have the URL. */
static bool push_extensions(struct fhirpath_run *run, const struct fhirpath_value *item,
                            struct text url)
{
    if (item->kind != FHIRPATH_NODE || !item->of.at.json)
        return true;
    const struct json *json = item->of.at.json;
    uint32_t object = item->of.at.node;
    if (item->shadow != JSON_NONE && (object == JSON_NONE || json_type(json, object) < JSON_ARRAY))
        object = item->shadow;
    if (json_type(json, object) != JSON_OBJECT)
        return true;
    uint32_t list = json_member(json, object, TEXT("extension"));
    if (!run_step(run, 1 + json->nodes[object].count) || list == JSON_NONE ||
        json_type(json, list) != JSON_ARRAY)
        return !run->err;
    for (uint32_t at = json_first(json, list); at < json_end(json, list);
         at = json_next(json, at)) {
        if (!run_step(run, 1) || json_type(json, at) != JSON_OBJECT)
            continue;
        uint32_t name = json_member(json, at, TEXT("url"));
        if (name == JSON_NONE || json_type(json, name) != JSON_STRING ||
            !json_string_is(json, name, url))
            continue;
        if (!push_node(run, json, at, JSON_NONE, fhir_type_named(TEXT("Extension"))))
            return false;
    }
    return !run->err;
}

bool call_extension(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    struct text url;
    bool has;
    uint32_t middle = run->top;
    if (!run_arg_string(run, op, 0, frame, &url, &has))
        return false;
    for (uint32_t at = base; has && at < middle; at++) {
        struct fhirpath_value item = run->stack[at];
        if (!push_extensions(run, &item, url))
            return false;
    }
    run_drop(run, base, middle);
    return true;
}

bool call_has_extension(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                        uint32_t base)
{
    if (!call_extension(run, op, frame, base))
        return false;
    bool has = run->top > base;
    run->top = base;
    return run_push_boolean(run, has);
}

bool call_has_value(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    (void)op, (void)frame;
    bool has = run->top - base == 1 && fhirpath_has_value(&run->stack[base]);
    run->top = base;
    return run_push_boolean(run, has);
}

bool call_get_value(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    struct fhirpath_value system;
    bool has = run->top - base == 1;
    (void)op, (void)frame;
    if (has && !run_system(run, &system, &has, &run->stack[base]))
        return false;
    run->top = base;
    return !has || run_push(run, &system);
}

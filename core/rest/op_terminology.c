/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $expand, $validate-code, $lookup.
 * Source: http://hl7.org/fhir/R4/valueset-operation-expand.html, -validate-code.html,
 * codesystem-operation-lookup.html. */
#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/gate.h"
#include "rest/operations.h"
#include "rest/terms.h"

/* The codes that the request is about: by url, by the resource in the body, or by the one addressed. */
static unsigned gather(struct rest_terms *terms, struct rest_exchange *exchange,
                       const struct rest_parameters *parameters, struct store_view *view)
{
    const struct rest_request *request = &exchange->request;
    bool is_system = strcmp(fhir_types[request->type].name, "CodeSystem") == 0;
    uint32_t sent;
    struct text url = rest_parameter(parameters, "url");
    struct store_row row;
    terms->arena = exchange->arena;
    if (request->id.len) {
        if (!rest_gate_get(exchange, view, ACCESS_READ, request->type, request->id, &row))
            return exchange->answer.status;
        if (!is_system)
            return rest_terms_expand_resource(terms, exchange, view, row.body);
        struct json json;
        if (json_parse(&json, row.body, &json_limits_default, exchange->arena, NULL) == JSON_OK) {
            uint32_t node = json_member(&json, JSON_ROOT, TEXT("url"));
            url = node == JSON_NONE ? url : json_string(&json, node, exchange->arena);
        }
    } else if (!is_system && rest_parameter_resource(parameters, "valueSet", "ValueSet", &sent)) {
        return rest_terms_expand_resource(terms, exchange, view, json_raw(&parameters->json, sent));
    }
    if (url.len == 0) {
        outcome_error(&exchange->outcome, "required",
                      "The operation needs the parameter url: the canonical URL of a %s.",
                      fhir_types[request->type].name);
        return 400;
    }
    return is_system ? rest_terms_of_system(terms, exchange, view, url)
                     : rest_terms_expand(terms, exchange, view, url);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool contains(struct text whole, struct text part)
{
    for (size_t i = 0; i + part.len <= whole.len; i++) {
        size_t same = 0;
        while (same < part.len && lower(whole.bytes[i + same]) == lower(part.bytes[same]))
            same++;
        if (same == part.len)
            return true;
    }
    return false;
}

static void write_expansion(struct json_writer *writer, const struct rest_exchange *exchange,
                            const struct rest_terms *terms, int64_t offset, int64_t count)
{
    char now[INSTANT_LEN + 1];
    json_key(writer, TEXT("expansion"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("timestamp"), instant_write(exchange->now_ms, now));
    json_key(writer, TEXT("total"));
    json_write_i64(writer, (int64_t)terms->count);
    json_key(writer, TEXT("offset"));
    json_write_i64(writer, offset);
    if (offset < (int64_t)terms->count && count) {
        json_key(writer, TEXT("contains"));
        json_begin_array(writer);
        for (size_t i = (size_t)offset; i < terms->count && i < (size_t)(offset + count); i++) {
            json_begin_object(writer);
            if (terms->terms[i].system.len)
                json_write_member(writer, TEXT("system"), terms->terms[i].system);
            json_write_member(writer, TEXT("code"), terms->terms[i].code);
            if (terms->terms[i].display.len)
                json_write_member(writer, TEXT("display"), terms->terms[i].display);
            json_end_object(writer);
        }
        json_end_array(writer);
    }
    json_end_object(writer);
}

enum rest_turn rest_op_expand(struct rest_exchange *exchange,
                              const struct rest_parameters *parameters, struct store_view *view)
{
    struct rest_terms terms = {0};
    struct buffer buffer;
    struct json_writer writer;
    struct text filter = rest_parameter(parameters, "filter"),
                url = rest_parameter(parameters, "url");
    unsigned status = gather(&terms, exchange, parameters, view);
    if (status)
        return rest_answer_outcome(exchange, status);
    size_t kept = 0;
    for (size_t i = 0; i < terms.count; i++)
        if (contains(terms.terms[i].display, filter) || contains(terms.terms[i].code, filter))
            terms.terms[kept++] = terms.terms[i];
    terms.count = kept;
    buffer_init(&buffer, exchange->arena);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("ValueSet"));
    if (url.len)
        json_write_member(&writer, TEXT("url"), url);
    json_write_member(&writer, TEXT("status"), TEXT("active"));
    write_expansion(&writer, exchange, &terms, rest_parameter_count(parameters, "offset", 0),
                    rest_parameter_count(parameters, "count", REST_TERMS_MAX));
    json_end_object(&writer);
    return rest_answer_buffer(exchange, 200, &buffer);
}

/* A code as asked: by code and system, by a Coding, or by a CodeableConcept's first coding. */
static struct rest_term asked_for(const struct rest_parameters *parameters)
{
    uint32_t coding = rest_parameter_node(parameters, "coding", "valueCoding");
    if (coding == JSON_NONE) {
        uint32_t concept =
            rest_parameter_node(parameters, "codeableConcept", "valueCodeableConcept");
        uint32_t list = concept == JSON_NONE
                            ? JSON_NONE
                            : json_member(&parameters->json, concept, TEXT("coding"));
        coding = list == JSON_NONE ? JSON_NONE : json_element(&parameters->json, list, 0);
    }
    if (coding == JSON_NONE)
        return (struct rest_term){rest_parameter(parameters, "system"),
                                  rest_parameter(parameters, "code"),
                                  rest_parameter(parameters, "display")};
    return (struct rest_term){rest_member(parameters, coding, "system"),
                              rest_member(parameters, coding, "code"),
                              rest_member(parameters, coding, "display")};
}

static const struct rest_term *find(const struct rest_terms *terms, const struct rest_term *asked)
{
    for (size_t i = 0; i < terms->count; i++)
        if (text_equal(terms->terms[i].code, asked->code) &&
            (asked->system.len == 0 || text_equal(terms->terms[i].system, asked->system)))
            return &terms->terms[i];
    return NULL;
}

enum rest_turn rest_op_validate_code(struct rest_exchange *exchange,
                                     const struct rest_parameters *parameters,
                                     struct store_view *view)
{
    struct rest_terms terms = {0};
    struct buffer buffer;
    struct json_writer writer;
    const struct rest_term asked = asked_for(parameters);
    if (asked.code.len == 0)
        return rest_answer_error(exchange, 400, "required",
                                 "The operation needs a code, a coding or a codeableConcept.");
    unsigned status = gather(&terms, exchange, parameters, view);
    if (status)
        return rest_answer_outcome(exchange, status);
    const struct rest_term *found = find(&terms, &asked);
    bool is_named_otherwise =
        found && asked.display.len && !text_equal(asked.display, found->display);
    buffer_init(&buffer, exchange->arena);
    json_writer_init(&writer, &buffer);
    rest_begin_parameters(&writer);
    rest_write_parameter_bool(&writer, "result", found && !is_named_otherwise);
    if (!found)
        rest_write_parameter(&writer, "message", "valueString",
                             TEXT("The code is not one of this set."));
    else if (is_named_otherwise)
        rest_write_parameter(&writer, "message", "valueString",
                             TEXT("The code has another display."));
    if (found)
        rest_write_parameter(&writer, "display", "valueString", found->display);
    rest_end_parameters(&writer);
    return rest_answer_buffer(exchange, 200, &buffer);
}

/* The code of a system that R4 has only in part, or whole: by the table alone. */
static bool look_up_known(const struct rest_term *asked, struct rest_term *found)
{
    uint16_t system = fhir_code_system_at(asked->system);
    const struct fhir_code *code = system == FHIR_NONE ? NULL : fhir_code_in(system, asked->code);
    if (!code || !*code->display) /* what is no more than a code says nothing */
        return false;
    *found = (struct rest_term){asked->system, text_of(code->code), text_of(code->display)};
    return true;
}

enum rest_turn rest_op_lookup(struct rest_exchange *exchange,
                              const struct rest_parameters *parameters, struct store_view *view)
{
    struct rest_terms terms = {.arena = exchange->arena};
    struct rest_term found;
    struct buffer buffer;
    struct json_writer writer;
    const struct rest_term asked = asked_for(parameters);
    if (asked.code.len == 0 || asked.system.len == 0)
        return rest_answer_error(exchange, 400, "required",
                                 "The operation needs code and system, or a coding with both.");
    if (!look_up_known(&asked, &found)) {
        unsigned status = rest_terms_of_system(&terms, exchange, view, asked.system);
        const struct rest_term *own = status ? NULL : find(&terms, &asked);
        if (status)
            return rest_answer_outcome(exchange, status);
        if (!own)
            return rest_answer_error(exchange, 404, "not-found",
                                     "The code system has no such code.");
        found = *own;
    }
    uint16_t known = fhir_code_system_at(asked.system);
    buffer_init(&buffer, exchange->arena);
    json_writer_init(&writer, &buffer);
    rest_begin_parameters(&writer);
    rest_write_parameter(&writer, "name", "valueString",
                         known == FHIR_NONE ? asked.system
                                            : text_of(fhir_code_systems[known].name));
    rest_write_parameter(&writer, "display", "valueString",
                         found.display.len ? found.display : found.code);
    rest_end_parameters(&writer);
    return rest_answer_buffer(exchange, 200, &buffer);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/parameters.h"

#include "base/percent.h"
#include "rest/find.h"
#include "rest/words.h"

unsigned rest_parameters_read(struct rest_parameters *parameters, struct rest_exchange *exchange)
{
    struct json_place place;
    *parameters = (struct rest_parameters){.exchange = exchange};
    if (exchange->request.body.len == 0 || exchange->request.raw_type.len)
        return 0;
    enum json_err err = json_parse(&parameters->json, exchange->request.body, &json_limits_default,
                                   exchange->arena, &place);
    if (err != JSON_OK) {
        parameters->json.node_count = 0;
        outcome_error(&exchange->outcome, "structure", "Line %u, column %u: %s.", place.line,
                      place.column, rest_words(json_err_text(err), exchange->language));
        return err == JSON_ERR_MEMORY || err == JSON_ERR_SIZE ? 413 : 400;
    }
    parameters->is_list = text_is(rest_member(parameters, JSON_ROOT, "resourceType"), "Parameters");
    return 0;
}

struct text rest_member(const struct rest_parameters *parameters, uint32_t object, const char *name)
{
    uint32_t node = json_member(&parameters->json, object, text_of(name));
    if (node == JSON_NONE || json_type(&parameters->json, node) != JSON_STRING)
        return TEXT("");
    struct text value = json_string(&parameters->json, node, parameters->exchange->arena);
    return value.bytes ? value : TEXT("");
}

/* The element of Parameters.parameter with this name, or JSON_NONE. */
static uint32_t find(const struct rest_parameters *parameters, const char *name)
{
    const struct json *json = &parameters->json;
    if (json->node_count == 0 || !parameters->is_list)
        return JSON_NONE;
    uint32_t list = json_member(json, JSON_ROOT, TEXT("parameter"));
    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return JSON_NONE;
    for (uint32_t at = json_first(json, list); at != json_end(json, list);
         at = json_next(json, at)) {
        uint32_t named =
            json_type(json, at) == JSON_OBJECT ? json_member(json, at, TEXT("name")) : JSON_NONE;
        if (named != JSON_NONE && json_type(json, named) == JSON_STRING &&
            json_string_is(json, named, text_of(name)))
            return at;
    }
    return JSON_NONE;
}

uint32_t rest_parameter_node(const struct rest_parameters *parameters, const char *name,
                             const char *member)
{
    uint32_t at = find(parameters, name);
    return at == JSON_NONE ? JSON_NONE : json_member(&parameters->json, at, text_of(member));
}

/* The member value[x] of an element of Parameters.parameter, or JSON_NONE. */
static uint32_t value_of(const struct json *json, uint32_t parameter)
{
    for (uint32_t key = json_first(json, parameter); key != json_end(json, parameter);
         key = json_next(json, key + 1))
        if (text_starts(json_raw(json, key), TEXT("value")))
            return key + 1;
    return JSON_NONE;
}

/* The primitive value of such an element; .bytes is NULL where it has none. */
static struct text primitive_of(const struct rest_parameters *parameters, uint32_t parameter)
{
    const struct json *json = &parameters->json;
    uint32_t node = value_of(json, parameter);
    if (node == JSON_NONE || json_type(json, node) > JSON_STRING)
        return (struct text){NULL, 0};
    return json_type(json, node) == JSON_STRING
               ? json_string(json, node, parameters->exchange->arena)
               : json_raw(json, node);
}

void rest_parameters_add_to(const struct rest_parameters *parameters, struct buffer *query)
{
    const struct json *json = &parameters->json;
    uint32_t list = parameters->is_list ? json_member(json, JSON_ROOT, TEXT("parameter")) : 0;
    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return;
    for (uint32_t at = json_first(json, list); at != json_end(json, list);
         at = json_next(json, at)) {
        bool is_object = json_type(json, at) == JSON_OBJECT;
        struct text name = is_object ? rest_member(parameters, at, "name") : TEXT("");
        struct text value = is_object ? primitive_of(parameters, at) : TEXT("");
        if (name.len == 0 || value.len == 0)
            continue;
        buffer_add(query, query->len ? TEXT("&") : TEXT(""));
        rest_add_escaped(query, name);
        buffer_add_byte(query, '=');
        rest_add_escaped(query, value);
    }
}

bool rest_parameter_resource(const struct rest_parameters *parameters, const char *name,
                             const char *type, uint32_t *node)
{
    if (parameters->json.node_count == 0)
        return false;
    *node = parameters->is_list ? rest_parameter_node(parameters, name, "resource") : JSON_ROOT;
    return (!parameters->is_list || *node != JSON_NONE) &&
           text_is(rest_member(parameters, *node, "resourceType"), type);
}

struct text rest_parameter(const struct rest_parameters *parameters, const char *name)
{
    const struct rest_exchange *exchange = parameters->exchange;
    struct text value;
    uint32_t at = find(parameters, name);
    if (at != JSON_NONE)
        return primitive_of(parameters, at);
    struct text sent = rest_query_value(exchange->request.query, name);
    if (!sent.bytes)
        sent = rest_query_value(exchange->request.form, name);
    if (!sent.bytes || percent_decode(sent, exchange->arena, &value) != PERCENT_OK)
        return (struct text){NULL, 0};
    return value;
}

static void add_value(struct buffer *all, struct text value)
{
    buffer_add(all, all->len ? TEXT(" ") : TEXT(""));
    buffer_add(all, value);
}

/* Of a query or a form. */
static void add_sent(struct buffer *all, struct text sent, const char *name)
{
    struct text value;
    while (sent.len) {
        struct text pair = text_cut(&sent, '&');
        if (text_is(text_cut(&pair, '='), name) &&
            percent_decode(pair, all->arena, &value) == PERCENT_OK)
            add_value(all, value);
    }
}

struct text rest_parameter_all(const struct rest_parameters *parameters, const char *name)
{
    const struct json *json = &parameters->json;
    struct buffer all;
    buffer_init(&all, parameters->exchange->arena);
    uint32_t list = json->node_count && parameters->is_list
                        ? json_member(json, JSON_ROOT, TEXT("parameter"))
                        : JSON_NONE;
    bool is_list = list != JSON_NONE && json_type(json, list) == JSON_ARRAY;
    for (uint32_t at = is_list ? json_first(json, list) : 0; is_list && at != json_end(json, list);
         at = json_next(json, at)) {
        bool is_named = json_type(json, at) == JSON_OBJECT &&
                        text_is(rest_member(parameters, at, "name"), name);
        struct text value = is_named ? primitive_of(parameters, at) : TEXT("");
        if (value.len)
            add_value(&all, value);
    }
    add_sent(&all, parameters->exchange->request.query, name);
    add_sent(&all, parameters->exchange->request.form, name);
    return all.failed ? (struct text){NULL, 0} : buffer_text(&all);
}

static bool is_known(struct text name, const char *const *known)
{
    while (*known && !text_is(name, *known))
        known++;
    return *known != NULL;
}

static struct text unknown_sent(struct text sent, const char *const *known)
{
    while (sent.len) {
        struct text pair = text_cut(&sent, '&');
        struct text name = text_cut(&pair, '=');
        if (name.len && !is_known(name, known))
            return name;
    }
    return (struct text){NULL, 0};
}

struct text rest_parameter_unknown(const struct rest_parameters *parameters,
                                   const char *const *known)
{
    const struct rest_request *request = &parameters->exchange->request;
    const struct json *json = &parameters->json;
    struct text unknown = unknown_sent(request->query, known);
    if (!unknown.bytes)
        unknown = unknown_sent(request->form, known);
    uint32_t list = json->node_count && parameters->is_list
                        ? json_member(json, JSON_ROOT, TEXT("parameter"))
                        : JSON_NONE;
    if (unknown.bytes || list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return unknown;
    for (uint32_t at = json_first(json, list); at != json_end(json, list);
         at = json_next(json, at)) {
        struct text name =
            json_type(json, at) == JSON_OBJECT ? rest_member(parameters, at, "name") : TEXT("");
        if (!is_known(name, known))
            return name;
    }
    return unknown;
}

int64_t rest_parameter_count(const struct rest_parameters *parameters, const char *name,
                             int64_t otherwise)
{
    struct text text = rest_parameter(parameters, name);
    int64_t number = 0;
    if (text.len == 0 || text.len > 9)
        return otherwise;
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return otherwise;
        number = 10 * number + (text.bytes[i] - '0');
    }
    return number;
}

void rest_begin_parameters(struct json_writer *writer)
{
    json_begin_object(writer);
    json_write_member(writer, TEXT("resourceType"), TEXT("Parameters"));
    json_key(writer, TEXT("parameter"));
    json_begin_array(writer);
}

void rest_end_parameters(struct json_writer *writer)
{
    json_end_array(writer);
    json_end_object(writer);
}

void rest_write_parameter(struct json_writer *writer, const char *name, const char *member,
                          struct text value)
{
    if (value.len == 0)
        return;
    json_begin_object(writer);
    json_write_member(writer, TEXT("name"), text_of(name));
    json_write_member(writer, text_of(member), value);
    json_end_object(writer);
}

void rest_write_parameter_bool(struct json_writer *writer, const char *name, bool value)
{
    json_begin_object(writer);
    json_write_member(writer, TEXT("name"), text_of(name));
    json_key(writer, TEXT("valueBoolean"));
    json_write_bool(writer, value);
    json_end_object(writer);
}

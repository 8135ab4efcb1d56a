/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/capability.h"

#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/audit.h"
#include "rest/interactions.h"
#include "rest/operations.h"
#include "rest/subscription.h"
#include "rest/subscription_binding.h"
#include "search/query.h"
#include "json/writer.h"

static void write_codes(struct json_writer *writer, const char *key, const char *const *codes,
                        size_t count)
{
    json_key(writer, text_of(key));
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(writer);
        json_write_member(writer, TEXT("code"), text_of(codes[i]));
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_strings(struct json_writer *writer, const char *key, const char *const *strings,
                          size_t count)
{
    json_key(writer, text_of(key));
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++)
        json_write_string(writer, text_of(strings[i]));
    json_end_array(writer);
}

static const char *type_code(enum fhir_search_type type)
{
    switch (type) {
    case FHIR_SEARCH_NUMBER:
        return "number";
    case FHIR_SEARCH_DATE:
        return "date";
    case FHIR_SEARCH_STRING:
        return "string";
    case FHIR_SEARCH_TOKEN:
        return "token";
    case FHIR_SEARCH_REFERENCE:
        return "reference";
    case FHIR_SEARCH_COMPOSITE:
        return "composite";
    case FHIR_SEARCH_QUANTITY:
        return "quantity";
    case FHIR_SEARCH_URI:
        return "uri";
    case FHIR_SEARCH_SPECIAL:
        break;
    }
    return "special";
}

/* A list that is only there where it has something. */
static void begin_list(struct json_writer *writer, const char *key, bool *is_first)
{
    if (!*is_first)
        return;
    json_key(writer, text_of(key));
    json_begin_array(writer);
    *is_first = false;
}

/* Parameters of a type alone: those of Resource and DomainResource, `or_type`, stand once, with the system. */
static void write_params(struct json_writer *writer, uint16_t type, uint16_t or_type)
{
    bool is_first = true;
    for (uint16_t i = 0; i < fhir_search_param_count; i++) {
        const struct fhir_search_param *param = &fhir_search_params[i];
        if ((param->type != type && param->type != or_type) || !search_takes(text_of(param->code)))
            continue;
        begin_list(writer, "searchParam", &is_first);
        json_begin_object(writer);
        json_write_member(writer, TEXT("name"), text_of(param->code));
        json_write_member(writer, TEXT("definition"), text_of(param->url));
        json_write_member(writer, TEXT("type"),
                          text_of(type_code((enum fhir_search_type)param->kind)));
        json_end_object(writer);
    }
    if (!is_first)
        json_end_array(writer);
}

/* Whether a parameter's references may be to this type. */
static bool points_to(const struct fhir_search_param *param, uint16_t type)
{
    uint16_t only = search_only_target(param);
    if (only != FHIR_NONE)
        return only == type;
    for (unsigned i = 0; i < param->target_count; i++)
        if (fhir_param_targets[param->first_target + i] == type)
            return true;
    return param->target_count == 0;
}

/* The references of a type, or those of any type to it. */
static void write_includes(struct json_writer *writer, uint16_t type, bool is_reverse)
{
    bool is_first = true;
    for (uint16_t i = 0; i < fhir_search_param_count; i++) {
        const struct fhir_search_param *param = &fhir_search_params[i];
        if (param->kind != FHIR_SEARCH_REFERENCE ||
            !(is_reverse ? points_to(param, type) : param->type == type))
            continue;
        begin_list(writer, is_reverse ? "searchRevInclude" : "searchInclude", &is_first);
        struct buffer name;
        buffer_init(&name, writer->buffer->arena);
        buffer_format(&name, "%s:%s", fhir_types[param->type].name, param->code);
        json_write_string(writer, buffer_text(&name));
    }
    if (!is_first)
        json_end_array(writer);
}

/* The operations of a type; FHIR_NONE: of the system. */
static void write_operations(struct json_writer *writer, const struct rest *rest, uint16_t type)
{
    bool is_first = true;
    for (const struct rest_operation_row *row = rest_operations; row->name; row++) {
        bool is_its = type == FHIR_NONE ? (row->levels & REST_ON_SYSTEM) != 0
                      : row->type       ? strcmp(row->type, fhir_types[type].name) == 0
                                        : (row->levels & (REST_ON_TYPE | REST_ON_INSTANCE)) != 0;
        if (!is_its || !row->definition)
            continue;
        begin_list(writer, "operation", &is_first);
        json_begin_object(writer);
        json_write_member(writer, TEXT("name"), text_of(row->name));
        struct buffer definition;
        buffer_init(&definition, writer->buffer->arena);
        if (row->definition[0] == '/')
            buffer_add(&definition, rest->base);
        buffer_add(&definition, text_of(row->definition));
        json_write_member(writer, TEXT("definition"), buffer_text(&definition));
        json_end_object(writer);
    }
    if (!is_first)
        json_end_array(writer);
}

/* Which topics there are: Subscriptions R5 Backport 1.1.0. */
static void write_topics(struct json_writer *writer, const struct rest *rest)
{
    struct buffer topic;
    buffer_init(&topic, writer->buffer->arena);
    subscription_topic_write(rest, &topic);
    json_key(writer, TEXT("extension"));
    json_begin_array(writer);
    json_begin_object(writer);
    json_write_member(writer, TEXT("url"),
                      TEXT("http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
                           "capabilitystatement-subscriptiontopic-canonical"));
    json_write_member(writer, TEXT("valueCanonical"), buffer_text(&topic));
    json_end_object(writer);
    json_end_array(writer);
}

/* What can be done with most types: all. */
static void write_interactions(struct json_writer *writer)
{
    static const char *const interactions[] = {
        "read",   "vread",       "update",           "patch",       "delete",
        "create", "search-type", "history-instance", "history-type"};
    static const char *const policies[] = {"literal", "logical"};
    write_codes(writer, "interaction", interactions, sizeof interactions / sizeof *interactions);
    json_write_member(writer, TEXT("versioning"), TEXT("versioned"));
    json_key(writer, TEXT("readHistory"));
    json_write_bool(writer, true);
    json_key(writer, TEXT("updateCreate"));
    json_write_bool(writer, true);
    json_key(writer, TEXT("conditionalCreate"));
    json_write_bool(writer, true);
    json_write_member(writer, TEXT("conditionalRead"), TEXT("full-support"));
    json_key(writer, TEXT("conditionalUpdate"));
    json_write_bool(writer, true);
    json_write_member(writer, TEXT("conditionalDelete"), TEXT("single"));
    write_strings(writer, "referencePolicy", policies, sizeof policies / sizeof *policies);
}

static void write_resource(struct json_writer *writer, const struct rest *rest, uint16_t type)
{
    static const char *const of_audit[] = {"read", "search-type"};
    struct buffer profile;
    json_begin_object(writer);
    if (strcmp(fhir_types[type].name, "Subscription") == 0)
        write_topics(writer, rest);
    json_write_member(writer, TEXT("type"), text_of(fhir_types[type].name));
    buffer_init(&profile, writer->buffer->arena);
    buffer_format(&profile, "http://hl7.org/fhir/StructureDefinition/%s", fhir_types[type].name);
    json_write_member(writer, TEXT("profile"), buffer_text(&profile));
    if (rest_audit_keeps(rest, type)) {
        write_codes(writer, "interaction", of_audit, sizeof of_audit / sizeof *of_audit);
    } else {
        write_interactions(writer);
        write_includes(writer, type, false);
        write_includes(writer, type, true);
    }
    write_params(writer, type, type);
    write_operations(writer, rest, type);
    json_end_object(writer);
}

/* Where WebSockets are accepted: R4's own extension. */
static void write_socket(struct json_writer *writer, const struct rest *rest)
{
    struct buffer url;
    buffer_init(&url, writer->buffer->arena);
    subscription_socket_write(rest, &url);
    json_key(writer, TEXT("extension"));
    json_begin_array(writer);
    json_begin_object(writer);
    json_write_member(
        writer, TEXT("url"),
        TEXT("http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket"));
    json_write_member(writer, TEXT("valueUri"), buffer_text(&url));
    json_end_object(writer);
    json_end_array(writer);
}

static void write_uri(struct json_writer *writer, const struct oauth_site *site, const char *name,
                      const char *path)
{
    struct buffer url;
    buffer_init(&url, writer->buffer->arena);
    buffer_add(&url, site->issuer);
    buffer_add(&url, text_of(path));
    json_begin_object(writer);
    json_write_member(writer, TEXT("url"), text_of(name));
    json_write_member(writer, TEXT("valueUri"), buffer_text(&url));
    json_end_object(writer);
}

/* SMART App Launch 1.0's extension: clients of before .well-known/smart-configuration look here. */
static void write_uris(struct json_writer *writer, const struct oauth_site *site)
{
    json_key(writer, TEXT("extension"));
    json_begin_array(writer);
    json_begin_object(writer);
    json_write_member(
        writer, TEXT("url"),
        TEXT("http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"));
    json_key(writer, TEXT("extension"));
    json_begin_array(writer);
    if (site->has_pages)
        write_uri(writer, site, "authorize", "/authorize");
    write_uri(writer, site, "token", "/token");
    write_uri(writer, site, "introspect", "/introspect");
    write_uri(writer, site, "revoke", "/revoke");
    json_end_array(writer);
    json_end_object(writer);
    json_end_array(writer);
}

static void write_security(struct json_writer *writer, const struct rest *rest)
{
    json_key(writer, TEXT("security"));
    json_begin_object(writer);
    if (rest->site)
        write_uris(writer, rest->site);
    json_key(writer, TEXT("cors"));
    json_write_bool(writer, rest->has_origins);
    if (rest->site) {
        json_key(writer, TEXT("service"));
        json_begin_array(writer);
        json_begin_object(writer);
        json_key(writer, TEXT("coding"));
        json_begin_array(writer);
        json_begin_object(writer);
        json_write_member(writer, TEXT("system"),
                          TEXT("http://terminology.hl7.org/CodeSystem/restful-security-service"));
        json_write_member(writer, TEXT("code"), TEXT("SMART-on-FHIR"));
        json_end_object(writer);
        json_end_array(writer);
        json_end_object(writer);
        json_end_array(writer);
    }
    json_write_member(writer, TEXT("description"),
                      rest->site ? TEXT("Bearer tokens of this server's own OAuth 2 endpoints")
                                 : TEXT("Open: nobody is asked who they are"));
    json_end_object(writer);
}

static void write_rest(struct json_writer *writer, const struct rest *rest)
{
    static const char *const interactions[] = {"transaction", "batch", "search-system",
                                               "history-system"};
    json_begin_object(writer);
    write_socket(writer, rest);
    json_write_member(writer, TEXT("mode"), TEXT("server"));
    write_security(writer, rest);
    json_key(writer, TEXT("resource"));
    json_begin_array(writer);
    for (uint16_t type = 0; type < fhir_type_count; type++)
        if (fhir_types[type].kind == FHIR_RESOURCE && !fhir_types[type].is_abstract)
            write_resource(writer, rest, type);
    json_end_array(writer);
    write_codes(writer, "interaction", interactions, sizeof interactions / sizeof *interactions);
    write_params(writer, fhir_type_named(TEXT("Resource")),
                 fhir_type_named(TEXT("DomainResource")));
    write_operations(writer, rest, FHIR_NONE);
    json_end_object(writer);
}

void rest_capabilities_write(const struct rest *rest, struct buffer *buffer)
{
    static const char *const formats[] = {"json", "application/fhir+json"};
    static const char *const patches[] = {"application/json-patch+json", "application/fhir+json"};
    struct json_writer writer;
    char date[INSTANT_LEN + 1];
    json_writer_init(&writer, buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("CapabilityStatement"));
    json_write_member(&writer, TEXT("status"), TEXT("active"));
    json_write_member(&writer, TEXT("date"), instant_write(rest->started_ms, date));
    json_write_member(&writer, TEXT("kind"), TEXT("instance"));
    json_key(&writer, TEXT("software"));
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("name"), TEXT("Jisr"));
    json_write_member(&writer, TEXT("version"), rest->software_version);
    json_end_object(&writer);
    json_key(&writer, TEXT("implementation"));
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("description"),
                      TEXT("Jisr, the health record of a telemedicine centre"));
    json_write_member(&writer, TEXT("url"), rest->base);
    json_end_object(&writer);
    json_write_member(&writer, TEXT("fhirVersion"), TEXT("4.0.1"));
    write_strings(&writer, "format", formats, sizeof formats / sizeof *formats);
    write_strings(&writer, "patchFormat", patches, sizeof patches / sizeof *patches);
    json_key(&writer, TEXT("rest"));
    json_begin_array(&writer);
    write_rest(&writer, rest);
    json_end_array(&writer);
    json_end_object(&writer);
}

enum rest_turn rest_capabilities(struct rest_exchange *exchange)
{
    struct text mode = rest_query_value(exchange->request.query, "mode");
    if (mode.len && !text_is(mode, "full") && !text_is(mode, "normative"))
        return rest_answer_error(exchange, 400, "not-supported",
                                 "The mode of metadata is full or normative here.");
    exchange->answer.status = 200;
    exchange->answer.body = exchange->rest->capabilities;
    return REST_ANSWERED;
}

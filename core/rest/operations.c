/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/operations.h"

#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/interactions.h"

#define BULK(name) "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/" name
#define BACKPORT(name)                                                                             \
    "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/"                           \
    "backport-subscription-" name
#define R4(name) "http://hl7.org/fhir/OperationDefinition/" name

const struct rest_operation_row rest_operations[] = {
    {"validate", NULL, REST_ON_TYPE | REST_ON_INSTANCE, false, R4("Resource-validate"),
     rest_op_validate},
    {"meta", NULL, REST_ON_SYSTEM | REST_ON_TYPE | REST_ON_INSTANCE | REST_ON_VERSION, false,
     R4("Resource-meta"), rest_op_meta},
    {"meta-add", NULL, REST_ON_INSTANCE, false, R4("Resource-meta-add"), rest_op_meta_add},
    {"meta-delete", NULL, REST_ON_INSTANCE, false, R4("Resource-meta-delete"), rest_op_meta_delete},
    {"everything", "Patient", REST_ON_TYPE | REST_ON_INSTANCE, false, R4("Patient-everything"),
     rest_op_everything},
    {"everything", "Encounter", REST_ON_INSTANCE, false, R4("Encounter-everything"),
     rest_op_everything},
    {"expand", "ValueSet", REST_ON_TYPE | REST_ON_INSTANCE, false, R4("ValueSet-expand"),
     rest_op_expand},
    {"validate-code", "ValueSet", REST_ON_TYPE | REST_ON_INSTANCE, false,
     R4("ValueSet-validate-code"), rest_op_validate_code},
    {"validate-code", "CodeSystem", REST_ON_TYPE | REST_ON_INSTANCE, false,
     R4("CodeSystem-validate-code"), rest_op_validate_code},
    {"lookup", "CodeSystem", REST_ON_TYPE, false, R4("CodeSystem-lookup"), rest_op_lookup},
    {"document", "Composition", REST_ON_TYPE | REST_ON_INSTANCE, false, R4("Composition-document"),
     rest_op_document},
    {"summary", "Patient", REST_ON_TYPE | REST_ON_INSTANCE, false,
     "http://hl7.org/fhir/uv/ips/OperationDefinition/summary", rest_op_summary},
    {"lastn", "Observation", REST_ON_TYPE, false, R4("Observation-lastn"), rest_op_lastn},
    {"match", "Patient", REST_ON_TYPE, false, R4("Patient-match"), rest_op_match},
    {"break-glass", "Patient", REST_ON_INSTANCE, true, "/OperationDefinition/break-glass",
     rest_op_break_glass},
    {"launch", "Patient", REST_ON_INSTANCE, false, "/OperationDefinition/launch", rest_op_launch},
    {"export", NULL, REST_ON_SYSTEM, false, BULK("export"), rest_op_export},
    {"export", "Patient", REST_ON_TYPE, false, BULK("patient-export"), rest_op_export},
    {"export", "Group", REST_ON_INSTANCE, false, BULK("group-export"), rest_op_export},
    {"export-status", NULL, REST_ON_SYSTEM, true, NULL, rest_op_export_status},
    {"export-file", NULL, REST_ON_SYSTEM, false, NULL, rest_op_export_file},
    {"import", NULL, REST_ON_SYSTEM, false, "urn:jisr:OperationDefinition:import", rest_op_import},
    {"import-status", NULL, REST_ON_SYSTEM, true, NULL, rest_op_import_status},
    {"import-refused", NULL, REST_ON_SYSTEM, false, NULL, rest_op_import_refused},
    {"status", "Subscription", REST_ON_INSTANCE, false, BACKPORT("status"),
     rest_op_subscription_status},
    {"events", "Subscription", REST_ON_INSTANCE, false, BACKPORT("events"),
     rest_op_subscription_events},
    {"get-ws-binding-token", "Subscription", REST_ON_TYPE | REST_ON_INSTANCE, false,
     BACKPORT("get-ws-binding-token"), rest_op_subscription_binding},
    {NULL, NULL, 0, false, NULL, NULL},
};

static enum rest_level level_of(const struct rest_request *request)
{
    if (request->type == FHIR_NONE)
        return REST_ON_SYSTEM;
    if (request->version.len)
        return REST_ON_VERSION;
    return request->id.len ? REST_ON_INSTANCE : REST_ON_TYPE;
}

enum rest_turn rest_operate(struct rest_exchange *exchange, struct store_view *view)
{
    const struct rest_request *request = &exchange->request;
    enum rest_level level = level_of(request);
    for (const struct rest_operation_row *row = rest_operations; row->name; row++) {
        struct rest_parameters parameters;
        bool is_type = !row->type || (level != REST_ON_SYSTEM &&
                                      strcmp(fhir_types[request->type].name, row->type) == 0);
        if (!text_is(request->operation, row->name) || !(row->levels & level) || !is_type)
            continue;
        if (request->method == REST_DELETE && !row->can_delete) {
            exchange->answer.allow = "GET, HEAD, POST";
            return rest_answer_error(exchange, 405, "not-supported",
                                     "An operation is asked for by GET or POST.");
        }
        unsigned status = rest_parameters_read(&parameters, exchange);
        return status ? rest_answer_outcome(exchange, status)
                      : row->run(exchange, &parameters, view);
    }
    struct text name = request->operation;
    return rest_answer_error(
        exchange, 404, "not-supported",
        "There is no operation $%.*s at this address; GET metadata tells which there are.",
        (int)(name.len > 64 ? 64 : name.len), name.bytes);
}

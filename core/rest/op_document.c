/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Composition/id/$document, and the International Patient Summary, Patient/id/$summary.
 * Source: http://hl7.org/fhir/R4/composition-operation-document.html; http://hl7.org/fhir/uv/ips (2.0.0), whose LOINC
 * codes of sections are these. */
#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/document.h"
#include "rest/draft.h"
#include "rest/find.h"
#include "rest/gate.h"
#include "rest/operations.h"

enum rest_turn rest_op_document(struct rest_exchange *exchange,
                                const struct rest_parameters *parameters, struct store_view *view)
{
    const struct rest_request *request = &exchange->request;
    struct document document;
    struct store_row row;
    bool is_kept = text_is(rest_parameter(parameters, "persist"), "true");
    if (is_kept && request->method != REST_POST)
        return rest_answer_error(exchange, 400, "not-supported",
                                 "To keep the document is to write it: ask by POST.");
    enum store_err err = store_get(view, request->type, request->id, 0, &row);
    if (err != STORE_OK)
        return rest_answer_store(exchange, err, view->help);
    if (!rest_gate_body(exchange, view, ACCESS_READ, row.type, row.id, row.body))
        return REST_ANSWERED;
    unsigned status = document_begin(&document, exchange);
    if (!status && !document_add(&document, row.type, row.id, row.body))
        status = rest_no_room(&exchange->outcome);
    if (!status)
        status = document_follow(&document, view, row.body);
    if (status)
        return rest_answer_outcome(exchange, status);
    return is_kept ? document_keep(&document) : document_answer(&document);
}

/* --- $summary ------------------------------------------------------------------------------------- */

static const struct section {
    const char *title, *code, *display; /* LOINC */
    const char *type, *parameters;      /* what is searched for beside the patient */
    bool is_required;                   /* of IPS: there, and says so, when it is empty */
} sections[] = {
    {"Allergies and Intolerances", "48765-2", "Allergies and adverse reactions Document",
     "AllergyIntolerance", "", true},
    {"Medication Summary", "10160-0", "History of Medication use Narrative", "MedicationRequest",
     "&status=active,on-hold,completed", true},
    {"Problem List", "11450-4", "Problem list - Reported", "Condition", "", true},
    {"Immunizations", "11369-6", "History of Immunization Narrative", "Immunization", "", false},
    {"History of Procedures", "47519-4", "History of Procedures Document", "Procedure", "", false},
    {"Results", "30954-2", "Relevant diagnostic tests/laboratory data Narrative", "Observation",
     "&category=laboratory", false},
    {"Vital Signs", "8716-3", "Vital signs", "Observation", "&category=vital-signs&_sort=-date",
     false},
};
enum { SECTIONS = sizeof sections / sizeof *sections, OF_A_SECTION_MAX = 100 };

/* What a resource is called, for the section's text: its code's text or display. */
static struct text name_of(struct text body, struct arena *arena)
{
    static const char *const members[] = {"code", "medicationCodeableConcept", "vaccineCode"};
    struct json json;
    if (json_parse(&json, body, &json_limits_default, arena, NULL) != JSON_OK)
        return TEXT("");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        uint32_t concept = json_member(&json, JSON_ROOT, text_of(members[i]));
        if (concept == JSON_NONE)
            continue;
        uint32_t named = json_member(&json, concept, TEXT("text"));
        uint32_t codings = json_member(&json, concept, TEXT("coding"));
        uint32_t coding = codings == JSON_NONE ? JSON_NONE : json_element(&json, codings, 0);
        if (named == JSON_NONE && coding != JSON_NONE)
            named = json_member(&json, coding, TEXT("display"));
        if (named != JSON_NONE && json_type(&json, named) == JSON_STRING)
            return json_string(&json, named, arena);
    }
    return TEXT("");
}

/* As text within XHTML. */
static void add_xhtml(struct buffer *buffer, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] == '<')
            buffer_add(buffer, TEXT("&lt;"));
        else if (text.bytes[i] == '&')
            buffer_add(buffer, TEXT("&amp;"));
        else
            buffer_add_byte(buffer, text.bytes[i]);
    }
}

static void write_narrative(struct json_writer *writer, const struct section *section,
                            const struct store_page *page)
{
    struct arena *arena = writer->buffer->arena;
    struct buffer div;
    buffer_init(&div, arena);
    buffer_add(&div, TEXT("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>"));
    buffer_add(&div, text_of(section->title));
    buffer_add(&div, TEXT("</p><ul>"));
    for (size_t i = 0; i < page->match_count; i++) {
        buffer_add(&div, TEXT("<li>"));
        add_xhtml(&div, name_of(page->rows[i].body, arena));
        buffer_add(&div, TEXT("</li>"));
    }
    if (page->match_count == 0)
        buffer_add(&div, TEXT("<li>No information available</li>"));
    buffer_add(&div, TEXT("</ul></div>"));
    json_key(writer, TEXT("text"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("status"), TEXT("generated"));
    json_write_member(writer, TEXT("div"), buffer_text(&div));
    json_end_object(writer);
}

static void write_coded(struct json_writer *writer, const char *key, const char *system,
                        const char *code, const char *display)
{
    json_key(writer, text_of(key));
    json_begin_object(writer);
    json_key(writer, TEXT("coding"));
    json_begin_array(writer);
    json_begin_object(writer);
    json_write_member(writer, TEXT("system"), text_of(system));
    json_write_member(writer, TEXT("code"), text_of(code));
    json_write_member(writer, TEXT("display"), text_of(display));
    json_end_object(writer);
    json_end_array(writer);
    json_end_object(writer);
}

static void write_reference(struct json_writer *writer, uint16_t type, struct text id)
{
    struct buffer reference;
    buffer_init(&reference, writer->buffer->arena);
    buffer_format(&reference, "%s/%.*s", fhir_types[type].name, (int)id.len, id.bytes);
    json_begin_object(writer);
    json_write_member(writer, TEXT("reference"), buffer_text(&reference));
    json_end_object(writer);
}

static void write_section(struct json_writer *writer, const struct section *section,
                          const struct store_page *page)
{
    if (page->match_count == 0 && !section->is_required)
        return;
    json_begin_object(writer);
    json_write_member(writer, TEXT("title"), text_of(section->title));
    write_coded(writer, "code", "http://loinc.org", section->code, section->display);
    write_narrative(writer, section, page);
    if (page->match_count) {
        json_key(writer, TEXT("entry"));
        json_begin_array(writer);
        for (size_t i = 0; i < page->match_count; i++)
            write_reference(writer, page->rows[i].type, page->rows[i].id);
        json_end_array(writer);
    } else {
        write_coded(writer, "emptyReason",
                    "http://terminology.hl7.org/CodeSystem/list-empty-reason", "unavailable",
                    "Unavailable");
    }
    json_end_object(writer);
}

static struct text write_composition(struct rest_exchange *exchange, struct text id,
                                     const struct store_row *patient,
                                     const struct store_page *pages)
{
    struct buffer buffer;
    struct json_writer writer;
    char now[INSTANT_LEN + 1];
    buffer_init(&buffer, exchange->arena);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Composition"));
    json_write_member(&writer, TEXT("id"), id);
    json_write_member(&writer, TEXT("status"), TEXT("final"));
    write_coded(&writer, "type", "http://loinc.org", "60591-5", "Patient summary Document");
    json_key(&writer, TEXT("subject"));
    write_reference(&writer, patient->type, patient->id);
    json_write_member(&writer, TEXT("date"), instant_write(exchange->now_ms, now));
    json_key(&writer, TEXT("author"));
    json_begin_array(&writer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("display"), TEXT("Jisr"));
    json_end_object(&writer);
    json_end_array(&writer);
    json_write_member(&writer, TEXT("title"), TEXT("International Patient Summary"));
    json_key(&writer, TEXT("section"));
    json_begin_array(&writer);
    for (size_t i = 0; i < SECTIONS; i++)
        write_section(&writer, &sections[i], &pages[i]);
    json_end_array(&writer);
    json_end_object(&writer);
    return buffer.failed ? (struct text){NULL, 0} : buffer_text(&buffer);
}

static unsigned find_section(struct rest_exchange *exchange, struct store_view *view,
                             const struct section *section, struct text patient,
                             struct store_page *page)
{
    struct buffer parameters;
    buffer_init(&parameters, exchange->arena);
    buffer_format(&parameters, "patient=Patient/%.*s&_count=%d%s", (int)patient.len, patient.bytes,
                  OF_A_SECTION_MAX, section->parameters);
    return rest_find(exchange, view, fhir_resource_named(text_of(section->type)),
                     buffer_text(&parameters), TEXT(""), page);
}

static unsigned add_all(struct document *document, struct store_view *view,
                        const struct store_page *page)
{
    for (size_t i = 0; i < page->match_count; i++) {
        const struct store_row *row = &page->rows[i];
        if (!document_add(document, row->type, row->id, row->body))
            return rest_no_room(&document->exchange->outcome);
    }
    for (size_t i = 0; i < page->match_count; i++) {
        unsigned status = document_follow(document, view, page->rows[i].body);
        if (status)
            return status;
    }
    return 0;
}

enum rest_turn rest_op_summary(struct rest_exchange *exchange,
                               const struct rest_parameters *parameters, struct store_view *view)
{
    const struct rest_request *request = &exchange->request;
    struct store_page pages[SECTIONS];
    struct document document;
    struct store_row patient;
    (void)parameters;
    enum store_err err = store_get(view, request->type, request->id, 0, &patient);
    if (err != STORE_OK)
        return rest_answer_store(exchange, err, view->help);
    if (!rest_gate_body(exchange, view, ACCESS_READ, patient.type, patient.id, patient.body))
        return REST_ANSWERED;
    unsigned status = 0;
    for (size_t i = 0; !status && i < SECTIONS; i++)
        status = find_section(exchange, view, &sections[i], request->id, &pages[i]);
    if (!status)
        status = document_begin(&document, exchange);
    if (status)
        return rest_answer_outcome(exchange, status);
    struct text id = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena);
    struct text composition =
        id.bytes ? write_composition(exchange, id, &patient, pages) : (struct text){NULL, 0};
    bool is_added =
        composition.bytes &&
        document_add(&document, fhir_resource_named(TEXT("Composition")), id, composition) &&
        document_add(&document, patient.type, patient.id, patient.body);
    if (!is_added)
        status = rest_no_room(&exchange->outcome);
    for (size_t i = 0; !status && i < SECTIONS; i++)
        status = add_all(&document, view, &pages[i]);
    return status ? rest_answer_outcome(exchange, status) : document_answer(&document);
}

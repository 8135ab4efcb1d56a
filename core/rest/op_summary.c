/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The International Patient Summary, Patient/id/$summary or Patient/$summary?identifier=: what somebody who treats a
 * stranger has to know.
 *
 * Nothing that was withdrawn or taken back is in it (hazard H-155); a section that cannot hold all says so.
 * Source: http://hl7.org/fhir/uv/ips (2.0.0), whose LOINC codes of sections and profiles these are. */
#include "access/language.h"
#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/document.h"
#include "rest/draft.h"
#include "rest/find.h"
#include "rest/gate.h"
#include "rest/operations.h"

#define PROFILE(name) "http://hl7.org/fhir/uv/ips/StructureDefinition/" name

enum { SEARCHES_MAX = 2, OF_A_SECTION_MAX = 100 };

static const struct section {
    const char *titles[ACCESS_LANGUAGES];
    const char *code, *display; /* LOINC */
    bool is_required;           /* of IPS: there, and says so, when it is empty */
    struct {
        const char *type, *parameters; /* beside the patient */
    } searches[SEARCHES_MAX];
} sections[] = {
    {{"Allergies and intolerances", "Allergies et intolérances", "الحساسية وعدم التحمل"},
     "48765-2",
     "Allergies and adverse reactions Document",
     true,
     {{"AllergyIntolerance", "&verification-status:not=entered-in-error,refuted"}}},
    {{"Medication", "Médicaments", "الأدوية"},
     "10160-0",
     "History of Medication use Narrative",
     true,
     {{"MedicationRequest", "&status=active,on-hold,completed&_sort=-authoredon"},
      {"MedicationStatement", "&status:not=entered-in-error,not-taken&_sort=-effective"}}},
    {{"Problems", "Problèmes", "المشاكل الصحية"},
     "11450-4",
     "Problem list - Reported",
     true,
     {{"Condition", "&verification-status:not=entered-in-error,refuted"
                    "&clinical-status:not=inactive,remission,resolved"}}},
    {{"History of past illness", "Antécédents", "السوابق المرضية"},
     "11348-0",
     "History of Past illness note",
     false,
     {{"Condition", "&verification-status:not=entered-in-error,refuted"
                    "&clinical-status=inactive,remission,resolved"}}},
    {{"Immunizations", "Vaccinations", "التلقيحات"},
     "11369-6",
     "History of Immunization Narrative",
     false,
     {{"Immunization", "&status:not=entered-in-error,not-done&_sort=-date"}}},
    {{"Procedures", "Interventions", "العمليات والإجراءات"},
     "47519-4",
     "History of Procedures Document",
     false,
     {{"Procedure", "&status:not=entered-in-error,not-done&_sort=-date"}}},
    {{"Results", "Résultats", "النتائج"},
     "30954-2",
     "Relevant diagnostic tests/laboratory data Narrative",
     false,
     {{"Observation", "&category=laboratory&status:not=entered-in-error,cancelled&_sort=-date"}}},
    {{"Vital signs", "Signes vitaux", "العلامات الحيوية"},
     "8716-3",
     "Vital signs",
     false,
     {{"Observation", "&category=vital-signs&status:not=entered-in-error,cancelled&_sort=-date"}}},
};
enum { SECTIONS = sizeof sections / sizeof *sections };

static const char *const nothing[ACCESS_LANGUAGES] = {
    "No information available", "Aucune information disponible", "لا توجد معلومات متاحة"};
static const char *const more[ACCESS_LANGUAGES] = {
    "There is more in the record than is shown here.",
    "Le dossier en contient plus que ce qui est montré ici.", "يحتوي الملف على أكثر مما يظهر هنا."};
static const char *const titles[ACCESS_LANGUAGES] = {
    "International Patient Summary", "Résumé international du patient", "الملخص الدولي للمريض"};

struct summary {
    struct rest_exchange *exchange;
    struct store_view *view;
    struct store_row patient;
    struct store_page pages[SECTIONS][SEARCHES_MAX];
    enum access_language language;
};

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
        if (named == JSON_NONE && coding != JSON_NONE)
            named = json_member(&json, coding, TEXT("code"));
        if (named != JSON_NONE && json_type(&json, named) == JSON_STRING)
            return json_string(&json, named, arena);
    }
    return TEXT("?"); /* it is there: a line without a word would not say so */
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

static void add_item(struct buffer *div, struct text text)
{
    buffer_add(div, TEXT("<li>"));
    add_xhtml(div, text);
    buffer_add(div, TEXT("</li>"));
}

static bool is_empty(const struct store_page *pages)
{
    return pages[0].match_count == 0 && pages[1].match_count == 0;
}

static void write_narrative(struct json_writer *writer, const struct summary *summary,
                            const struct section *section, const struct store_page *pages)
{
    struct arena *arena = writer->buffer->arena;
    struct text tag = access_language_tag(summary->language),
                direction = access_language_direction(summary->language);
    struct buffer div;
    buffer_init(&div, arena);
    buffer_format(&div,
                  "<div xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"%.*s\" xml:lang=\"%.*s\" "
                  "dir=\"%.*s\"><p>%s</p><ul>",
                  (int)tag.len, tag.bytes, (int)tag.len, tag.bytes, (int)direction.len,
                  direction.bytes, section->titles[summary->language]);
    for (size_t i = 0; i < SEARCHES_MAX; i++)
        for (size_t j = 0; j < pages[i].match_count; j++)
            add_item(&div, name_of(pages[i].rows[j].body, arena));
    if (is_empty(pages))
        add_item(&div, text_of(nothing[summary->language]));
    if (pages[0].next.len || pages[1].next.len)
        add_item(&div, text_of(more[summary->language]));
    buffer_add(&div, TEXT("</ul></div>"));
    json_key(writer, TEXT("text"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("status"), TEXT("generated"));
    json_write_member(writer, TEXT("div"), div.failed ? TEXT("") : buffer_text(&div));
    json_end_object(writer);
    writer->buffer->failed |= div.failed;
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

static void write_section(struct json_writer *writer, const struct summary *summary,
                          const struct section *section, const struct store_page *pages)
{
    if (is_empty(pages) && !section->is_required)
        return;
    json_begin_object(writer);
    json_write_member(writer, TEXT("title"), text_of(section->titles[summary->language]));
    write_coded(writer, "code", "http://loinc.org", section->code, section->display);
    write_narrative(writer, summary, section, pages);
    if (is_empty(pages)) {
        write_coded(writer, "emptyReason",
                    "http://terminology.hl7.org/CodeSystem/list-empty-reason", "unavailable",
                    "Unavailable");
    } else {
        json_key(writer, TEXT("entry"));
        json_begin_array(writer);
        for (size_t i = 0; i < SEARCHES_MAX; i++)
            for (size_t j = 0; j < pages[i].match_count; j++)
                write_reference(writer, pages[i].rows[j].type, pages[i].rows[j].id);
        json_end_array(writer);
    }
    json_end_object(writer);
}

static struct text write_composition(const struct summary *summary, struct text id,
                                     struct text author)
{
    struct rest_exchange *exchange = summary->exchange;
    struct buffer buffer;
    struct json_writer writer;
    char now[INSTANT_LEN + 1];
    buffer_init(&buffer, exchange->arena);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Composition"));
    json_write_member(&writer, TEXT("id"), id);
    document_write_profile(&writer, PROFILE("Composition-uv-ips"));
    json_write_member(&writer, TEXT("language"), access_language_tag(summary->language));
    json_write_member(&writer, TEXT("status"), TEXT("final"));
    write_coded(&writer, "type", "http://loinc.org", "60591-5", "Patient summary Document");
    json_key(&writer, TEXT("subject"));
    write_reference(&writer, summary->patient.type, summary->patient.id);
    json_write_member(&writer, TEXT("date"), instant_write(exchange->now_ms, now));
    json_key(&writer, TEXT("author"));
    json_begin_array(&writer);
    write_reference(&writer, fhir_resource_named(TEXT("Device")), author);
    json_end_array(&writer);
    json_write_member(&writer, TEXT("title"), text_of(titles[summary->language]));
    json_key(&writer, TEXT("section"));
    json_begin_array(&writer);
    for (size_t i = 0; i < SECTIONS; i++)
        write_section(&writer, summary, &sections[i], summary->pages[i]);
    json_end_array(&writer);
    json_end_object(&writer);
    return buffer.failed ? (struct text){NULL, 0} : buffer_text(&buffer);
}

/* Who put it together: this server. */
static struct text write_author(const struct summary *summary, struct text id)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, summary->exchange->arena);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Device"));
    json_write_member(&writer, TEXT("id"), id);
    json_key(&writer, TEXT("deviceName"));
    json_begin_array(&writer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("name"), TEXT("Jisr"));
    json_write_member(&writer, TEXT("type"), TEXT("user-friendly-name"));
    json_end_object(&writer);
    json_end_array(&writer);
    json_end_object(&writer);
    return buffer.failed ? (struct text){NULL, 0} : buffer_text(&buffer);
}

static unsigned find_section(struct summary *summary, size_t number)
{
    struct rest_exchange *exchange = summary->exchange;
    const struct section *section = &sections[number];
    unsigned status = 0;
    for (size_t i = 0; !status && i < SEARCHES_MAX && section->searches[i].type; i++) {
        struct buffer parameters;
        buffer_init(&parameters, exchange->arena);
        buffer_format(&parameters, "patient=Patient/%.*s&_count=%d%s", (int)summary->patient.id.len,
                      summary->patient.id.bytes, OF_A_SECTION_MAX, section->searches[i].parameters);
        if (parameters.failed)
            return rest_no_room(&exchange->outcome);
        status = rest_find(exchange, summary->view,
                           fhir_resource_named(text_of(section->searches[i].type)),
                           buffer_text(&parameters), TEXT(""), &summary->pages[number][i]);
    }
    return status;
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

static enum rest_turn answer(const struct summary *summary)
{
    struct rest_exchange *exchange = summary->exchange;
    const struct store_row *patient = &summary->patient;
    struct document document;
    unsigned status = document_begin(&document, exchange, PROFILE("Bundle-uv-ips"));
    struct text id = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena);
    struct text author = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena);
    if (status || !id.bytes || !author.bytes)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    struct text composition = write_composition(summary, id, author);
    struct text device = write_author(summary, author);
    bool is_added =
        composition.bytes && device.bytes &&
        document_add(&document, fhir_resource_named(TEXT("Composition")), id, composition) &&
        document_add(&document, patient->type, patient->id, patient->body) &&
        document_add(&document, fhir_resource_named(TEXT("Device")), author, device);
    if (!is_added)
        status = rest_no_room(&exchange->outcome);
    for (size_t i = 0; !status && i < SECTIONS * SEARCHES_MAX; i++)
        status =
            add_all(&document, summary->view, &summary->pages[i / SEARCHES_MAX][i % SEARCHES_MAX]);
    return status ? rest_answer_outcome(exchange, status) : document_answer(&document);
}

/* Whom it is about: the one addressed, or the only one with the identifier. Returns 0, or the status of an answer that
 * is made. */
static unsigned find_patient(struct summary *summary, const struct rest_parameters *parameters)
{
    struct rest_exchange *exchange = summary->exchange;
    const struct rest_request *request = &exchange->request;
    struct text identifier = rest_parameter(parameters, "identifier");
    struct store_page page = {.rows = NULL};
    struct buffer query;
    struct store_row *patient = &summary->patient;
    if (request->id.len)
        return rest_gate_get(exchange, summary->view, ACCESS_READ, request->type, request->id,
                             patient)
                   ? 0
                   : exchange->answer.status;
    buffer_init(&query, exchange->arena);
    buffer_add(&query, TEXT("_count=2&identifier="));
    rest_add_escaped(&query, identifier);
    unsigned status = identifier.len == 0 || query.failed
                          ? 400
                          : rest_find(exchange, summary->view, request->type, buffer_text(&query),
                                      TEXT(""), &page);
    if (identifier.len == 0)
        outcome_error(&exchange->outcome, "required",
                      "The operation needs an id in the address, or the parameter identifier.");
    else if (!status && page.match_count == 0)
        outcome_error(&exchange->outcome, "not-found", "There is no patient with that identifier.");
    else if (!status && page.match_count > 1)
        outcome_error(&exchange->outcome, "multiple-matches",
                      "The condition finds more than one %s; say it so that it finds one.",
                      fhir_types[request->type].name);
    if (!status && page.match_count != 1)
        status = page.match_count ? 412 : 404;
    if (status) {
        (void)rest_answer_outcome(exchange, status);
        return status;
    }
    *patient = page.rows[0];
    return rest_gate_body(exchange, summary->view, ACCESS_READ, patient->type, patient->id,
                          patient->body)
               ? 0
               : exchange->answer.status;
}

enum rest_turn rest_op_summary(struct rest_exchange *exchange,
                               const struct rest_parameters *parameters, struct store_view *view)
{
    struct summary *summary = arena_take_zeroed(exchange->arena, 1, sizeof *summary);
    if (!summary)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    *summary = (struct summary){.exchange = exchange, .view = view, .language = exchange->language};
    if (find_patient(summary, parameters))
        return REST_ANSWERED;
    for (size_t i = 0; i < SECTIONS; i++) {
        unsigned status = find_section(summary, i);
        if (status)
            return rest_answer_outcome(exchange, status);
    }
    return answer(summary);
}

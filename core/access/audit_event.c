/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/audit.h"
#include "access/audit_text.h"
#include "access/base64.h"
#include "base/instant.h"
#include "json/writer.h"

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"
#define DCM "http://dicom.nema.org/resources/ontology/DCM"
#define REST "http://hl7.org/fhir/restful-interaction"

/* What IHE's patterns say of each interaction: which end the data flow from, and what the person is. */
enum flow { TO_CLIENT, TO_SERVER, DELETION };

struct shape {
    const char *word; /* as in a record */
    const char *type_system, *type, *system, *subtype, *action;
    enum flow flow;
    const char *person; /* v3-ParticipationType */
    bool is_query;
    bool has_object;
    bool has_account;
};

static const struct shape shapes[] = {
    {"read", TERMINOLOGY "audit-event-type", "rest", REST, "read", "R", TO_CLIENT, "IRCP", false,
     true, false},
    {"vread", TERMINOLOGY "audit-event-type", "rest", REST, "vread", "R", TO_CLIENT, "IRCP", false,
     true, false},
    {"history-instance", TERMINOLOGY "audit-event-type", "rest", REST, "history-instance", "R",
     TO_CLIENT, "IRCP", false, true, false},
    {"create", TERMINOLOGY "audit-event-type", "rest", REST, "create", "C", TO_SERVER, "AUT", false,
     true, false},
    {"update", TERMINOLOGY "audit-event-type", "rest", REST, "update", "U", TO_SERVER, "AUT", false,
     true, false},
    {"patch", TERMINOLOGY "audit-event-type", "rest", REST, "patch", "U", TO_SERVER, "AUT", false,
     true, false},
    {"delete", TERMINOLOGY "audit-event-type", "rest", REST, "delete", "D", DELETION, "AUT", false,
     true, false},
    {"search", TERMINOLOGY "audit-event-type", "rest", REST, "search", "E", TO_SERVER, "IRCP", true,
     false, false},
    {"history", TERMINOLOGY "audit-event-type", "rest", REST, "history", "E", TO_SERVER, "IRCP",
     true, false, false},
    {"export", TERMINOLOGY "audit-event-type", "rest", REST, "operation", "E", TO_SERVER, "IRCP",
     true, false, false},
    {"import", TERMINOLOGY "audit-event-type", "rest", REST, "operation", "E", TO_SERVER, "AUT",
     true, false, false},
    {"login", DCM, "110114", DCM, "110122", "E", TO_SERVER, "IRCP", false, false, false},
    /* IHE's IUA: what is refused of it is told likewise. */
    {"token", DCM, "110114", "urn:ihe:event-type-code", "ITI-71", "E", TO_SERVER, "IRCP", false,
     false, false},
    {"introspect", DCM, "110114", "urn:ihe:event-type-code", "ITI-102", "E", TO_SERVER, "IRCP",
     false, false, false},
    {"refusals", DCM, "110113", DCM, "110132", "E", TO_SERVER, "IRCP", false, false, false},
    {"logout", DCM, "110114", DCM, "110123", "E", TO_SERVER, "IRCP", false, false, true},
    {"credentials", DCM, "110113", DCM, "110137", "U", TO_SERVER, "IRCP", false, false, true},
    {"roles", DCM, "110113", DCM, "110136", "U", TO_SERVER, "IRCP", false, false, true},
    {"emergency", DCM, "110113", DCM, "110127", "E", TO_SERVER, "IRCP", false, false, false},
    {"emergency-end", DCM, "110113", DCM, "110138", "E", TO_SERVER, "IRCP", false, false, false},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* A word of a later program is shown as an operation under its own name. */
static struct shape shape_of(struct text word)
{
    for (size_t i = 0; i < SHAPES; i++)
        if (text_is(word, shapes[i].word))
            return shapes[i];
    return (struct shape){"",          TERMINOLOGY "audit-event-type",
                          "rest",      REST,
                          "operation", "E",
                          TO_SERVER,   "IRCP",
                          false,       true,
                          false};
}

static void write_coding(struct json_writer *writer, const char *system, struct text code)
{
    json_begin_object(writer);
    json_write_member(writer, TEXT("system"), text_of(system));
    json_write_member(writer, TEXT("code"), code);
    json_end_object(writer);
}

/* A CodeableConcept. */
static void write_concept(struct json_writer *writer, const char *system, struct text code)
{
    json_begin_object(writer);
    json_key(writer, TEXT("coding"));
    json_begin_array(writer);
    write_coding(writer, system, code);
    json_end_array(writer);
    json_end_object(writer);
}

/* "parts[0]parts[1]..." as the reference of the member `key`. */
static void write_reference(struct json_writer *writer, const char *key, const struct text *parts,
                            size_t count)
{
    struct buffer joined;
    buffer_init(&joined, writer->buffer->arena);
    for (size_t i = 0; i < count; i++)
        buffer_add(&joined, parts[i]);
    writer->buffer->failed |= joined.failed;
    json_key(writer, text_of(key));
    json_begin_object(writer);
    json_write_member(writer, TEXT("reference"), buffer_text(&joined));
    json_end_object(writer);
}

static void write_network(struct json_writer *writer, struct text address, const char *type)
{
    json_key(writer, TEXT("network"));
    json_begin_object(writer);
    if (address.len)
        json_write_member(writer, TEXT("address"), address);
    json_write_member(writer, TEXT("type"), text_of(type));
    json_end_object(writer);
}

/* Program at the other end, and this server; which of them is source and which destination the flow says. */
static void write_programs(struct json_writer *writer, const struct audit_record *record,
                           const struct shape *shape, const struct audit_site *site)
{
    const char *source = "110153", *destination = "110152";
    const char *client = shape->flow == TO_CLIENT  ? destination
                         : shape->flow == DELETION ? "110150"
                                                   : source;
    const char *server = shape->flow == TO_CLIENT ? source : destination;

    json_begin_object(writer);
    json_key(writer, TEXT("type"));
    write_concept(writer, DCM, text_of(client));
    json_key(writer, TEXT("who"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("display"),
                      record->texts[AUDIT_CLIENT].len ? record->texts[AUDIT_CLIENT] : TEXT("-"));
    json_end_object(writer);
    json_key(writer, TEXT("requestor"));
    json_write_bool(writer, record->texts[AUDIT_USER].len == 0);
    write_network(writer, record->texts[AUDIT_ADDRESS], "2");
    json_end_object(writer);

    json_begin_object(writer);
    json_key(writer, TEXT("type"));
    if (shape->flow == DELETION)
        write_concept(writer, TERMINOLOGY "provenance-participant-type", TEXT("custodian"));
    else
        write_concept(writer, DCM, text_of(server));
    write_reference(writer, "who", &site->observer, 1);
    json_key(writer, TEXT("requestor"));
    json_write_bool(writer, false);
    write_network(writer, site->url, "5");
    json_end_object(writer);
}

static void write_who(struct json_writer *writer, struct text reference, struct text name)
{
    json_key(writer, TEXT("who"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("reference"), reference);
    if (name.len)
        json_write_member(writer, TEXT("display"), name);
    json_end_object(writer);
}

static void write_person(struct json_writer *writer, const struct audit_record *record,
                         const struct shape *shape, struct text name)
{
    if (record->texts[AUDIT_USER].len == 0)
        return;
    json_begin_object(writer);
    json_key(writer, TEXT("type"));
    write_concept(writer, TERMINOLOGY "v3-ParticipationType", text_of(shape->person));
    if (record->texts[AUDIT_ROLE].len) {
        json_key(writer, TEXT("role"));
        json_begin_array(writer);
        json_begin_object(writer);
        json_write_member(writer, TEXT("text"), record->texts[AUDIT_ROLE]);
        json_end_object(writer);
        json_end_array(writer);
    }
    if (memchr(record->texts[AUDIT_USER].bytes, '/', record->texts[AUDIT_USER].len))
        write_who(writer, record->texts[AUDIT_USER], name);
    else
        json_write_member(writer, TEXT("altId"), record->texts[AUDIT_USER]);
    json_key(writer, TEXT("requestor"));
    json_write_bool(writer, true);
    if (record->texts[AUDIT_PURPOSE].len) {
        json_key(writer, TEXT("purposeOfUse"));
        json_begin_array(writer);
        write_concept(writer, TERMINOLOGY "v3-ActReason", record->texts[AUDIT_PURPOSE]);
        json_end_array(writer);
    }
    json_end_object(writer);
}

static void begin_entity(struct json_writer *writer, const char *type, const char *role)
{
    json_begin_object(writer);
    json_key(writer, TEXT("type"));
    write_coding(writer, TERMINOLOGY "audit-entity-type", text_of(type));
    json_key(writer, TEXT("role"));
    write_coding(writer, TERMINOLOGY "object-role", text_of(role));
}

static void write_object(struct json_writer *writer, const struct audit_record *record)
{
    const struct text *texts = record->texts;
    const struct text parts[] = {texts[AUDIT_TYPE], TEXT("/"), texts[AUDIT_ID], TEXT("/_history/"),
                                 texts[AUDIT_VERSION]};

    begin_entity(writer, "2", "4");
    if (texts[AUDIT_ID].len) {
        write_reference(writer, "what", parts, texts[AUDIT_VERSION].len ? 5 : 3);
    } else {
        json_key(writer, TEXT("what"));
        json_begin_object(writer);
        json_write_member(writer, TEXT("type"), texts[AUDIT_TYPE]);
        json_end_object(writer);
    }
    json_end_object(writer);
}

/* "patient=Patient/7" of "patient=Patient/7&name=Brahim"; an escape is not undone: what hides a name is left out. */
static void add_own(struct buffer *out, struct text query, struct text patient)
{
    size_t start = out->len;
    while (query.len) {
        struct text value = text_cut(&query, '&'), name;
        struct text whole = value;
        name = text_cut(&value, '=');
        if (text_starts(value, TEXT("Patient/")))
            value = (struct text){value.bytes + 8, value.len - 8};
        if (name.len == 0 || patient.len == 0 || !text_equal(value, patient))
            continue;
        if (out->len > start)
            buffer_add_byte(out, '&');
        buffer_add(out, whole);
    }
}

static void write_query(struct json_writer *writer, const struct audit_record *record, size_t index,
                        bool is_hidden)
{
    struct buffer whole, encoded;
    struct text patient = index < record->patient_count ? record->patients[index] : TEXT("");

    buffer_init(&whole, writer->buffer->arena);
    buffer_add(&whole, record->texts[AUDIT_TYPE]);
    buffer_add_byte(&whole, '?');
    if (is_hidden)
        add_own(&whole, record->texts[AUDIT_QUERY], patient);
    else
        buffer_add(&whole, record->texts[AUDIT_QUERY]);
    buffer_init(&encoded, writer->buffer->arena);
    base64_write(&encoded, (const uint8_t *)whole.bytes, whole.failed ? 0 : whole.len);
    writer->buffer->failed |= whole.failed || encoded.failed;
    begin_entity(writer, "2", "24");
    json_write_member(writer, TEXT("query"), buffer_text(&encoded));
    json_end_object(writer);
}

static void write_request(struct json_writer *writer, const struct audit_record *record)
{
    if (record->texts[AUDIT_REQUEST].len == 0)
        return;
    json_begin_object(writer);
    json_key(writer, TEXT("what"));
    json_begin_object(writer);
    json_key(writer, TEXT("identifier"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("value"), record->texts[AUDIT_REQUEST]);
    json_end_object(writer);
    json_end_object(writer);
    json_key(writer, TEXT("type"));
    write_coding(writer, "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
                 TEXT("XrequestId"));
    json_end_object(writer);
}

static void write_patient(struct json_writer *writer, const struct audit_record *record,
                          size_t index)
{
    if (index >= record->patient_count)
        return;
    const struct text parts[] = {TEXT("Patient/"), record->patients[index]};
    begin_entity(writer, "1", "1");
    write_reference(writer, "what", parts, 2);
    json_end_object(writer);
}

/* DICOM's security user: object-role 11. */
static void write_account(struct json_writer *writer, const struct audit_record *record)
{
    begin_entity(writer, "1", "11");
    json_key(writer, TEXT("what"));
    json_begin_object(writer);
    json_key(writer, TEXT("identifier"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("value"), record->texts[AUDIT_ID]);
    json_end_object(writer);
    json_end_object(writer);
    json_end_object(writer);
}

/* R4 has no empty array. */
static void write_entities(struct json_writer *writer, const struct audit_record *record,
                           const struct shape *shape, size_t index, bool hides_query)
{
    bool has_object = shape->has_object && record->texts[AUDIT_TYPE].len;
    bool has_account = shape->has_account && record->texts[AUDIT_ID].len;

    if (!shape->is_query && !has_object && !has_account && index >= record->patient_count &&
        record->texts[AUDIT_REQUEST].len == 0)
        return;
    json_key(writer, TEXT("entity"));
    json_begin_array(writer);
    if (shape->is_query)
        write_query(writer, record, index, hides_query);
    if (has_object)
        write_object(writer, record);
    if (has_account)
        write_account(writer, record);
    write_patient(writer, record, index);
    write_request(writer, record);
    json_end_array(writer);
}

/* 0 done, 4 refused or faulty, 8 our own failure. */
static const char *outcome_of(const struct audit_record *record)
{
    if (record->status >= 500)
        return "8";
    return record->effect == ACCESS_REFUSED || record->status >= 400 ? "4" : "0";
}

/* "by-relation: care-team, encounter; Consent/c1 provision 2; unconscious, no papers" */
static void write_why(struct json_writer *writer, const struct audit_record *record)
{
    struct buffer why;
    const char *comma = ": ";

    buffer_init(&why, writer->buffer->arena);
    buffer_add(&why, record->texts[AUDIT_REASON]);
    for (uint32_t bit = ACCESS_SELF; bit <= ACCESS_REVIEW; bit <<= 1) {
        if (record->relations & bit) {
            buffer_format(&why, "%s%s", comma, access_relation_name((enum access_relation)bit));
            comma = ", ";
        }
    }
    if (record->texts[AUDIT_CONSENT].len) {
        buffer_format(&why, "; Consent/");
        buffer_add(&why, record->texts[AUDIT_CONSENT]);
        buffer_format(&why, " provision %u", record->provision);
    }
    if (record->texts[AUDIT_WORDS].len) {
        buffer_format(&why, "; ");
        buffer_add(&why, record->texts[AUDIT_WORDS]);
    }
    writer->buffer->failed |= why.failed;
    if (why.len)
        json_write_member(writer, TEXT("outcomeDesc"), buffer_text(&why));
}

static void write_id(struct json_writer *writer, const struct audit_record *record, uint64_t seq,
                     size_t index)
{
    struct buffer id;
    buffer_init(&id, writer->buffer->arena);
    buffer_format(&id, "a-");
    buffer_add_u64(&id, seq);
    if (record->patient_count > 1) {
        buffer_add_byte(&id, '-');
        buffer_add_u64(&id, index);
    }
    writer->buffer->failed |= id.failed;
    json_write_member(writer, TEXT("id"), buffer_text(&id));
}

void audit_write_event(struct buffer *out, const struct audit_record *record, uint64_t seq,
                       size_t index, const struct audit_site *site)
{
    struct shape shape = shape_of(record->texts[AUDIT_INTERACTION]);
    struct buffer event; /* of its own: what is joined on the way takes from the same arena */
    struct json_writer writer;
    char recorded[INSTANT_LEN + 1];
    struct text name = TEXT("");

    if (site->name && record->texts[AUDIT_USER].len)
        name = site->name(site->context, record->texts[AUDIT_USER], out->arena);
    buffer_init(&event, out->arena);
    json_writer_init(&writer, &event);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("AuditEvent"));
    write_id(&writer, record, seq, index);
    audit_write_text(&writer, record, name);
    json_key(&writer, TEXT("type"));
    write_coding(&writer, shape.type_system, text_of(shape.type));
    json_key(&writer, TEXT("subtype"));
    json_begin_array(&writer);
    write_coding(&writer, shape.system, text_of(shape.subtype));
    json_end_array(&writer);
    json_write_member(&writer, TEXT("action"), text_of(shape.action));
    json_write_member(&writer, TEXT("recorded"), instant_write(record->at_ms, recorded));
    json_write_member(&writer, TEXT("outcome"), text_of(outcome_of(record)));
    write_why(&writer, record);
    json_key(&writer, TEXT("agent"));
    json_begin_array(&writer);
    write_programs(&writer, record, &shape, site);
    write_person(&writer, record, &shape, name);
    json_end_array(&writer);
    json_key(&writer, TEXT("source"));
    json_begin_object(&writer);
    write_reference(&writer, "observer", &site->observer, 1);
    json_key(&writer, TEXT("type"));
    json_begin_array(&writer);
    write_coding(&writer, TERMINOLOGY "security-source-type", TEXT("4"));
    json_end_array(&writer);
    json_end_object(&writer);
    write_entities(&writer, record, &shape, index, site->hides_query);
    json_end_object(&writer);
    buffer_add(out, buffer_text(&event));
    out->failed |= event.failed;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/consent_parts.h"
#include "search/date.h"

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"

/* Says why it cannot be read, and which value is in the way: the first that is found. */
static enum consent_fault at_fault(struct consents *set, enum consent_fault fault, uint32_t node)
{
    if (set->fault == CONSENT_READ) {
        set->fault = fault;
        set->fault_node = node;
    }
    return fault;
}

/* "" where there is none. A string that finds no room fails the whole: a label lost would open what it closes. */
static struct text string_member(struct consents *set, const struct json *json, uint32_t object,
                                 const char *name)
{
    uint32_t node = json_member(json, object, text_of(name));
    if (node == JSON_NONE || json_type(json, node) != JSON_STRING)
        return TEXT("");
    struct text text = json_string(json, node, set->arena);
    set->has_failed |= !text.bytes;
    return text.bytes ? text : TEXT("");
}

static bool is_there(const struct json *json, uint32_t object, const char *name)
{
    return json_member(json, object, text_of(name)) != JSON_NONE;
}

/* An array with something in it: an empty one would name nothing, and so fit everything. */
static bool is_list(const struct json *json, uint32_t node)
{
    return json_type(json, node) == JSON_ARRAY && json_first(json, node) != json_end(json, node);
}

static enum consent_fault add_item(struct consents *set, uint32_t node, struct consent_item item)
{
    if (set->item_count == CONSENT_ITEMS_MAX)
        return at_fault(set, CONSENT_HAS_TOO_MUCH, node);
    if (set->item_count == set->items_room) {
        size_t room = set->items_room ? 2 * set->items_room : 16;
        struct consent_item *items = arena_grow(
            set->arena, set->items, set->items_room * sizeof *items, room * sizeof *items);
        set->has_failed |= !items;
        if (!items)
            return CONSENT_HAS_TOO_MUCH;
        set->items = items;
        set->items_room = room;
    }
    set->items[set->item_count++] = item;
    return CONSENT_READ;
}

/* A Coding. Systems are known by their kind: of actions and purposes the one that R4 binds. */
static enum consent_fault read_coding(struct consents *set, const struct json *json, uint32_t node,
                                      enum consent_item_kind kind)
{
    struct consent_item item = {
        .kind = (uint8_t)kind,
        .system = string_member(set, json, node, "system"),
        .code = string_member(set, json, node, "code"),
    };
    const char *bound = kind == CONSENT_ACTION    ? TERMINOLOGY "consentaction"
                        : kind == CONSENT_PURPOSE ? TERMINOLOGY "v3-ActReason"
                                                  : NULL;

    if (json_type(json, node) != JSON_OBJECT)
        return at_fault(set, CONSENT_HAS_NO_FORM, node);
    item.is_unknown = item.code.len == 0 || (bound && !text_is(item.system, bound));
    return add_item(set, node, item);
}

static enum consent_fault read_concept(struct consents *set, const struct json *json, uint32_t node,
                                       enum consent_item_kind kind)
{
    uint32_t codings = json_member(json, node, TEXT("coding"));

    if (json_type(json, node) != JSON_OBJECT)
        return at_fault(set, CONSENT_HAS_NO_FORM, node);
    if (codings == JSON_NONE)
        return add_item(set, node,
                        (struct consent_item){.kind = (uint8_t)kind, .is_unknown = true});
    if (!is_list(json, codings))
        return at_fault(set, CONSENT_HAS_NO_FORM, codings);
    enum consent_fault reading = CONSENT_READ;
    for (uint32_t coding = json_first(json, codings);
         reading == CONSENT_READ && coding != json_end(json, codings);
         coding = json_next(json, coding))
        reading = read_coding(set, json, coding, kind);
    return reading;
}

static struct text without_version(struct text reference)
{
    const char *history =
        reference.len ? memmem(reference.bytes, reference.len, "/_history/", 10) : NULL;
    return history ? (struct text){reference.bytes, (size_t)(history - reference.bytes)}
                   : reference;
}

/* "Practitioner/7" of "Practitioner/7/_history/2"; one that is not literal, or is contained, is unknown. */
static enum consent_fault read_reference(struct consents *set, const struct json *json,
                                         uint32_t object, enum consent_item_kind kind)
{
    uint32_t node = json_member(json, object, TEXT("reference"));
    struct consent_item item = {.kind = (uint8_t)kind};

    if (node == JSON_NONE || json_type(json, node) != JSON_OBJECT)
        return at_fault(set, CONSENT_HAS_NO_FORM, object);
    item.code = without_version(string_member(set, json, node, "reference"));
    item.is_unknown = item.code.len == 0 || item.code.bytes[0] == '#';
    return add_item(set, object, item);
}

static enum consent_fault read_actor(struct consents *set, const struct json *json, uint32_t node)
{
    uint32_t role = json_member(json, node, TEXT("role"));
    uint32_t codings = role == JSON_NONE ? JSON_NONE : json_member(json, role, TEXT("coding"));
    uint32_t coding = codings == JSON_NONE ? JSON_NONE : json_element(json, codings, 0);
    bool is_author =
        coding != JSON_NONE && text_is(string_member(set, json, coding, "code"), "AUT");

    if (json_type(json, node) != JSON_OBJECT)
        return at_fault(set, CONSENT_HAS_NO_FORM, node);
    return read_reference(set, json, node, is_author ? CONSENT_AUTHOR : CONSENT_ACTOR);
}

static enum consent_fault read_data(struct consents *set, const struct json *json, uint32_t node)
{
    static const struct {
        const char *meaning;
        enum consent_item_kind kind;
    } meanings[] = {{"instance", CONSENT_INSTANCE},
                    {"related", CONSENT_RELATED},
                    {"dependents", CONSENT_DEPENDENTS},
                    {"authoredby", CONSENT_AUTHORED}};

    if (json_type(json, node) != JSON_OBJECT)
        return at_fault(set, CONSENT_HAS_NO_FORM, node);
    struct text meaning = string_member(set, json, node, "meaning");
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (text_is(meaning, meanings[i].meaning))
            return read_reference(set, json, node, meanings[i].kind);
    return at_fault(set, CONSENT_HAS_NO_FORM, node);
}

/* The elements of an array property, each by what `kind` says. */
static enum consent_fault read_list(struct consents *set, const struct json *json,
                                    uint32_t provision, const char *name,
                                    enum consent_item_kind kind)
{
    uint32_t list = json_member(json, provision, text_of(name));
    enum consent_fault reading = CONSENT_READ;

    if (list == JSON_NONE)
        return CONSENT_READ;
    if (!is_list(json, list))
        return at_fault(set, CONSENT_HAS_NO_FORM, list);
    for (uint32_t node = json_first(json, list);
         reading == CONSENT_READ && node != json_end(json, list); node = json_next(json, node)) {
        if (kind == CONSENT_ACTOR)
            reading = read_actor(set, json, node);
        else if (kind == CONSENT_INSTANCE)
            reading = read_data(set, json, node);
        else if (kind == CONSENT_ACTION || kind == CONSENT_CODE)
            reading = read_concept(set, json, node, kind);
        else
            reading = read_coding(set, json, node, kind);
    }
    return reading;
}

/* One end of a Period; where it is not given, it stays as it is. */
static bool read_end(struct consents *set, const struct json *json, uint32_t period,
                     const char *name, struct consent_span *span)
{
    if (!is_there(json, period, name))
        return true;
    int64_t first_ms, last_ms;

    if (!date_read(string_member(set, json, period, name), &first_ms, &last_ms))
        return false;
    if (strcmp(name, "start") == 0)
        span->from_ms = first_ms;
    else
        span->to_ms = last_ms;
    return true;
}

static bool read_period(struct consents *set, const struct json *json, uint32_t provision,
                        const char *name, struct consent_span *span)
{
    uint32_t period = json_member(json, provision, text_of(name));

    *span = (struct consent_span){DATE_EVER_BEFORE, DATE_EVER_AFTER};
    if (period == JSON_NONE)
        return true;
    return json_type(json, period) == JSON_OBJECT && read_end(set, json, period, "start", span) &&
           read_end(set, json, period, "end", span);
}

static bool read_type(struct consents *set, const struct json *json, uint32_t node,
                      bool is_outermost, enum consent_answer *type)
{
    struct text text = string_member(set, json, node, "type");

    *type = text_is(text, "permit") ? CONSENT_PERMITS
            : text_is(text, "deny") ? CONSENT_REFUSES
                                    : CONSENT_SILENT;
    if (*type != CONSENT_SILENT)
        return true;
    return is_outermost && !is_there(json, node, "type");
}

static enum consent_fault read_items(struct consents *set, const struct json *json, uint32_t node)
{
    static const struct {
        const char *name;
        enum consent_item_kind kind;
    } lists[] = {
        {"actor", CONSENT_ACTOR},     {"action", CONSENT_ACTION}, {"securityLabel", CONSENT_LABEL},
        {"purpose", CONSENT_PURPOSE}, {"class", CONSENT_CLASS},   {"code", CONSENT_CODE},
        {"data", CONSENT_INSTANCE},
    };
    enum consent_fault reading = CONSENT_READ;
    for (size_t i = 0; reading == CONSENT_READ && i < sizeof lists / sizeof *lists; i++)
        reading = read_list(set, json, node, lists[i].name, lists[i].kind);
    return reading;
}

static enum consent_fault read_provision(struct consents *set, const struct json *json,
                                         uint32_t node, unsigned depth, uint16_t *number);

static enum consent_fault read_within(struct consents *set, const struct json *json, uint32_t node,
                                      unsigned depth, uint16_t *number)
{
    uint32_t within = json_member(json, node, TEXT("provision"));
    enum consent_fault reading = CONSENT_READ;

    if (within == JSON_NONE)
        return CONSENT_READ;
    if (!is_list(json, within))
        return at_fault(set, CONSENT_HAS_NO_FORM, within);
    for (uint32_t child = json_first(json, within);
         reading == CONSENT_READ && child != json_end(json, within); child = json_next(json, child))
        reading = read_provision(set, json, child, depth, number);
    return reading;
}

static enum consent_fault read_provision(struct consents *set, const struct json *json,
                                         uint32_t node, unsigned depth, uint16_t *number)
{
    if (set->provision_count == CONSENT_PROVISIONS_MAX || depth == CONSENT_DEPTH_MAX)
        return at_fault(set, CONSENT_HAS_TOO_MUCH, node);
    if (json_type(json, node) != JSON_OBJECT)
        return at_fault(set, CONSENT_HAS_NO_FORM, node);
    if (is_there(json, node, "modifierExtension"))
        return at_fault(set, CONSENT_HAS_MODIFIER,
                        json_member(json, node, TEXT("modifierExtension")));

    struct consent_provision *provision = &set->provisions[set->provision_count++];
    *provision = (struct consent_provision){
        .number = ++*number,
        .first_item = set->item_count,
        .has_data_period = is_there(json, node, "dataPeriod"),
    };
    if (!read_type(set, json, node, depth == 0, &provision->type))
        return at_fault(set, CONSENT_HAS_NO_TYPE, node);
    if (!read_period(set, json, node, "period", &provision->period) ||
        !read_period(set, json, node, "dataPeriod", &provision->data_period))
        return at_fault(set, CONSENT_HAS_NO_FORM, node);
    enum consent_fault reading = read_items(set, json, node);
    provision->item_count = (uint16_t)(set->item_count - provision->first_item);

    if (reading == CONSENT_READ)
        reading = read_within(set, json, node, depth + 1, number);
    provision->end = set->provision_count;
    return reading;
}

/* The first code of a CodeableConcept that is of `system`. */
static struct text code_of(struct consents *set, const struct json *json, uint32_t concept,
                           const char *system)
{
    uint32_t codings =
        concept == JSON_NONE ? JSON_NONE : json_member(json, concept, TEXT("coding"));

    if (codings == JSON_NONE || json_type(json, codings) != JSON_ARRAY)
        return TEXT("");
    for (uint32_t coding = json_first(json, codings); coding != json_end(json, codings);
         coding = json_next(json, coding))
        if (text_is(string_member(set, json, coding, "system"), system))
            return string_member(set, json, coding, "code");
    return TEXT("");
}

static enum consent_answer read_base(struct consents *set, const struct json *json, uint32_t node)
{
    uint32_t rule = json_member(json, node, TEXT("policyRule"));
    struct text code = code_of(set, json, rule, TERMINOLOGY "v3-ActCode");

    if (text_is(code, "OPTIN") || text_is(code, "OPTINR"))
        return CONSENT_PERMITS;
    if (text_is(code, "OPTOUT") || text_is(code, "OPTOUTE"))
        return CONSENT_REFUSES;
    return CONSENT_SILENT;
}

/* All of it after what says whether it counts. */
static enum consent_fault read_rules(struct consents *set, const struct json *json, uint32_t node,
                                     struct consent *consent)
{
    uint32_t provision = json_member(json, node, TEXT("provision"));
    uint16_t number = 0;
    static const char *const modifiers[] = {"modifierExtension", "implicitRules"};

    for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++)
        if (is_there(json, node, modifiers[i]))
            return at_fault(set, CONSENT_HAS_MODIFIER,
                            json_member(json, node, text_of(modifiers[i])));
    consent->base = read_base(set, json, node);
    if (provision != JSON_NONE) {
        enum consent_fault reading = read_provision(set, json, provision, 0, &number);
        if (reading != CONSENT_READ)
            return reading;
    }
    /* A policy without a code, a law's name alone: only what the provisions say is known. */
    bool says_nothing =
        consent->base == CONSENT_SILENT &&
        (number == 0 || set->provisions[consent->first_provision].type == CONSENT_SILENT);
    return says_nothing ? at_fault(set, CONSENT_HAS_NO_RULE, node) : CONSENT_READ;
}

/* Of one that is about nobody the fault is kept. */
static bool is_of_patient(struct consents *set, const struct json *json, uint32_t node)
{
    uint32_t patient = json_member(json, node, TEXT("patient"));
    struct text reference = without_version(
        patient == JSON_NONE ? TEXT("") : string_member(set, json, patient, "reference"));
    size_t start = reference.len - set->patient.len;

    if (reference.len == 0 || reference.bytes[0] == '#')
        (void)at_fault(set, CONSENT_HAS_NO_PATIENT, node);
    return reference.len > set->patient.len && reference.bytes[start - 1] == '/' &&
           text_equal((struct text){reference.bytes + start, set->patient.len}, set->patient);
}

struct consents *consents_create(struct arena *arena, struct text patient)
{
    struct consents *set = arena_take_zeroed(arena, 1, sizeof *set);
    if (set) {
        set->arena = arena;
        set->patient = arena_copy(arena, patient);
    }
    return set && set->patient.bytes ? set : NULL;
}

bool consents_add(struct consents *set, const struct json *json, uint32_t node)
{
    struct text scope =
        code_of(set, json, json_member(json, node, TEXT("scope")), TERMINOLOGY "consentscope");

    set->fault = CONSENT_READ;
    if (!text_is(string_member(set, json, node, "status"), "active") || text_is(scope, "adr") ||
        text_is(scope, "treatment") || !is_of_patient(set, json, node))
        return true;
    if (set->consent_count == CONSENTS_MAX) {
        set->is_over = true;
        (void)at_fault(set, CONSENT_HAS_TOO_MUCH, node);
        return true;
    }
    struct consent *consent = &set->consents[set->consent_count];
    uint16_t items = set->item_count;

    *consent = (struct consent){
        .id = string_member(set, json, node, "id"),
        .is_research = text_is(scope, "research"),
        .first_provision = set->provision_count,
    };
    enum consent_fault reading = read_rules(set, json, node, consent);
    if (set->has_failed)
        return false;
    if (reading != CONSENT_READ) {
        consent->base = CONSENT_UNREADABLE;
        set->provision_count = consent->first_provision;
        set->item_count = items;
    }
    consent->end = set->provision_count;
    set->consent_count++;
    return true;
}

enum consent_fault consents_last_fault(const struct consents *set, uint32_t *node)
{
    *node = set->fault_node;
    return set->fault;
}

const char *consent_fault_text(enum consent_fault fault)
{
    switch (fault) {
    case CONSENT_READ:
        break;
    case CONSENT_HAS_MODIFIER:
        return "This changes what the Consent means, and it is not known here how: while the "
               "Consent is active it would refuse everybody. Leave it out.";
    case CONSENT_HAS_NO_RULE:
        return "The Consent says neither permit nor deny, and would refuse everybody while it is "
               "active: give a policyRule of v3-ActCode (OPTIN, OPTINR, OPTOUT, OPTOUTE), or the "
               "provision a type.";
    case CONSENT_HAS_NO_TYPE:
        return "A provision within another says permit or deny as its type: without one the "
               "Consent would refuse everybody while it is active.";
    case CONSENT_HAS_NO_FORM:
        return "This cannot be read, and the Consent would refuse everybody while it is active: "
               "say it as FHIR R4 has it, with codes, dates and references.";
    case CONSENT_HAS_NO_PATIENT:
        return "The Consent would count for nobody while it is active: its patient has to be a "
               "reference to a Patient.";
    case CONSENT_HAS_TOO_MUCH:
        return "The patient's active Consents say more than can be weighed at each question, and "
               "would refuse everybody: end some, or say it in fewer provisions.";
    }
    return "";
}

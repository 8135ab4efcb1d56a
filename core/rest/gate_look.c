/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/gate_look.h"

#include "access/consent.h"
#include "access/relations.h"
#include "fhir/model.h"
#include "rest/find.h"
#include "rest/known.h"
#include "rest/references.h"

enum { CONSENTS_OF_A_PAGE = CONSENTS_MAX };

/* What was looked up of one patient. */
struct gate_patient {
    struct gate_patient *next;
    struct text id;
    struct access_patient known;
    bool failed; /* and not all of it: whoever asks again is refused again */
};

bool gate_is_owners(const struct access_subject *subject)
{
    return subject->roles == ACCESS_ROLE_BIT(ACCESS_SERVICE) &&
           text_is(subject->purpose, "HSYSADMIN");
}

bool gate_parse(struct json *json, struct text body, struct arena *arena)
{
    return json_parse(json, body, &json_limits_default, arena, NULL) == JSON_OK;
}

/* What the rows of one search say; the first page that says anything is enough. */
static uint32_t search_relations(struct asking *asking, uint16_t type, struct text parameters,
                                 struct text patient)
{
    enum { PAGES_MAX = 40 }; /* of 50: visits of one patient to one practitioner; ours */
    struct rest_exchange *exchange = asking->exchange;
    struct store_page page = {.next = TEXT("")};
    uint32_t relations = 0;
    for (int pages = 0; pages == 0 || (relations == 0 && page.next.len && pages < PAGES_MAX);
         pages++) {
        if (rest_find_all(exchange, asking->view, type, parameters, page.next, &page) != 0) {
            asking->failed = true;
            return 0;
        }
        for (size_t row = 0; row < page.match_count; row++) {
            struct json json;
            if (gate_parse(&json, page.rows[row].body, exchange->arena))
                relations |=
                    relations_in(&json, JSON_ROOT, exchange->subject, patient, exchange->now_ms);
        }
    }
    return relations;
}

static uint32_t find_relations(struct asking *asking, struct text patient)
{
    struct rest_exchange *exchange = asking->exchange;
    uint32_t relations = 0;
    for (size_t i = 0; i < RELATION_SEARCHES; i++) {
        struct buffer search;
        buffer_init(&search, exchange->arena);
        relations_write_search(&search, i, exchange->subject, patient);
        const char *mark = search.len ? memchr(search.bytes, '?', search.len) : NULL;
        if (!mark)
            continue;
        struct text name = {search.bytes, (size_t)(mark - search.bytes)};
        struct text parameters = {mark + 1, search.len - name.len - 1};
        relations |= search_relations(asking, fhir_resource_named(name), parameters, patient);
    }
    return relations;
}

/* Who runs a study that the patient takes part in. */
static uint32_t find_study(struct asking *asking, struct text patient)
{
    struct rest_exchange *exchange = asking->exchange;
    struct arena *arena = exchange->arena;
    struct store_page page;
    struct buffer search;
    uint32_t relations = 0;
    if (!(exchange->subject->roles & ACCESS_ROLE_BIT(ACCESS_RESEARCHER)))
        return 0;
    buffer_init(&search, arena);
    buffer_format(&search, "individual=Patient/%.*s", (int)patient.len, patient.bytes);
    if (search.failed ||
        rest_find_all(exchange, asking->view, fhir_resource_named(TEXT("ResearchSubject")),
                      buffer_text(&search), TEXT(""), &page) != 0) {
        asking->failed = true;
        return 0;
    }
    for (size_t i = 0; i < page.match_count; i++) {
        struct json enrolled, study;
        struct store_row row;
        uint32_t at;
        uint16_t type;
        struct text id;
        if (!gate_parse(&enrolled, page.rows[i].body, arena) ||
            (at = json_member(&enrolled, JSON_ROOT, TEXT("study"))) == JSON_NONE ||
            (at = json_member(&enrolled, at, TEXT("reference"))) == JSON_NONE ||
            !reference_here(json_raw(&enrolled, at), exchange->rest->base, &type, &id) ||
            store_get(asking->view, type, id, 0, &row) != STORE_OK ||
            !gate_parse(&study, row.body, arena))
            continue; /* no study of ours: nobody runs it here */
        relations |=
            relations_in_study(&enrolled, JSON_ROOT, &study, JSON_ROOT, exchange->subject, patient);
    }
    return relations;
}

/* Reads the bodies; what cannot be read at all is a failure. */
static const struct consents *read_consents(struct asking *asking, struct text patient,
                                            const struct text *bodies, size_t count)
{
    struct arena *arena = asking->exchange->arena;
    if (count == 0)
        return NULL;
    struct consents *consents = consents_create(arena, patient);
    for (size_t i = 0; consents && i < count; i++) {
        struct json *json = arena_take(arena, sizeof *json); /* outlives the set */
        if (!json || !gate_parse(json, bodies[i], arena) ||
            !consents_add(consents, json, JSON_ROOT))
            consents = NULL;
    }
    asking->failed = asking->failed || !consents;
    return consents;
}

bool gate_find_consents(struct rest_exchange *exchange, struct store_view *view,
                        struct text patient, struct store_page *page)
{
    struct buffer search;
    buffer_init(&search, exchange->arena);
    buffer_format(&search, "status=active&_count=%d&patient=Patient/%.*s", CONSENTS_OF_A_PAGE,
                  (int)patient.len, patient.bytes);
    return !search.failed && rest_find_all(exchange, view, fhir_resource_named(TEXT("Consent")),
                                           buffer_text(&search), TEXT(""), page) == 0;
}

static void find_consents(struct asking *asking, struct text patient, struct known_patient *found)
{
    struct rest_exchange *exchange = asking->exchange;
    struct store_page page;
    if (!gate_find_consents(exchange, asking->view, patient, &page)) {
        asking->failed = true;
        return;
    }
    struct text *bodies = arena_take_zeroed(exchange->arena, page.match_count + 1, sizeof *bodies);
    asking->failed = asking->failed || !bodies || page.next.len > 0;
    for (size_t i = 0; bodies && i < page.match_count; i++)
        bodies[i] = page.rows[i].body;
    found->consents = bodies;
    found->consent_count = bodies ? page.match_count : 0;
}

/* Where what is kept stands; NULL: nothing is. */
static struct known *kept_of(struct asking *asking)
{
    struct rest_exchange *exchange = asking->exchange;
    if (exchange->known && exchange->known_seq == 0 &&
        !known_begin(exchange->known, asking->view, &exchange->known_seq))
        exchange->known = NULL;
    return exchange->known;
}

/* Ids of the PractitionerRoles that they have now. */
static void find_roles(struct asking *asking, struct known_patient *found)
{
    struct rest_exchange *exchange = asking->exchange;
    struct text practitioner = exchange->subject->practitioner;
    struct store_page page;
    struct buffer search;
    buffer_init(&search, exchange->arena);
    buffer_format(&search, "practitioner=Practitioner/%.*s", (int)practitioner.len,
                  practitioner.bytes);
    if (search.failed ||
        rest_find_all(exchange, asking->view, fhir_resource_named(TEXT("PractitionerRole")),
                      buffer_text(&search), TEXT(""), &page) != 0) {
        asking->failed = true;
        return;
    }
    struct text *ids = arena_take_zeroed(exchange->arena, page.match_count + 1, sizeof *ids);
    asking->failed = asking->failed || !ids;
    for (size_t i = 0; ids && i < page.match_count; i++) {
        struct json json;
        if (gate_parse(&json, page.rows[i].body, exchange->arena) &&
            relations_is_role(&json, JSON_ROOT, practitioner, exchange->now_ms))
            ids[found->consent_count++] = page.rows[i].id;
    }
    found->consents = ids;
}

/* A person's token says who they are; what they are employed as is in the record. Once for an exchange. */
static bool complete_subject(struct asking *asking)
{
    struct rest_exchange *exchange = asking->exchange;
    const struct access_subject *subject = exchange->subject;
    struct known_patient found = {.relations = 0};
    if (exchange->is_subject_whole || subject->practitioner.len == 0)
        return true;
    struct known *known = kept_of(asking);
    if (!known || !known_find(known, subject, TEXT(""), exchange->known_seq, exchange->now_ms,
                              exchange->arena, &found)) {
        find_roles(asking, &found);
        if (known && !asking->failed)
            known_keep(known, subject, TEXT(""), exchange->known_seq, exchange->now_ms, &found);
    }
    struct access_subject *whole = arena_take(exchange->arena, sizeof *whole);
    if (!whole || asking->failed)
        return false;
    *whole = *subject;
    whole->practitioner_roles = found.consents;
    whole->practitioner_role_count = found.consent_count;
    exchange->subject = whole;
    exchange->is_subject_whole = true;
    return true;
}

/* From what is kept, or from the store. */
static void look_up(struct asking *asking, struct text id, struct known_patient *found)
{
    struct rest_exchange *exchange = asking->exchange;
    const struct access_subject *subject = exchange->subject;
    struct known *known = kept_of(asking);
    if (known && known_find(known, subject, id, exchange->known_seq, exchange->now_ms,
                            exchange->arena, found))
        return;
    if (subject->roles & ~ACCESS_ROLE_BIT(ACCESS_SERVICE))
        found->relations = find_relations(asking, id) | find_study(asking, id);
    find_consents(asking, id, found);
    if (known && !asking->failed)
        known_keep(known, subject, id, exchange->known_seq, exchange->now_ms, found);
}

const struct access_patient *gate_know(struct asking *asking, struct text id)
{
    struct rest_exchange *exchange = asking->exchange;
    for (const struct gate_patient *known = exchange->gate_patients; known; known = known->next)
        if (text_equal(known->id, id)) {
            asking->failed = asking->failed || known->failed;
            return &known->known;
        }
    struct gate_patient *patient = arena_take_zeroed(exchange->arena, 1, sizeof *patient);
    if (!patient)
        return NULL;
    patient->id = arena_copy(exchange->arena, id);
    patient->known.id = patient->id;
    asking->failed = asking->failed || !complete_subject(asking);
    if (!asking->failed && !gate_is_owners(exchange->subject)) {
        struct known_patient found = {.relations = 0};
        look_up(asking, patient->id, &found);
        patient->known.relations = found.relations;
        patient->known.consents =
            read_consents(asking, patient->id, found.consents, found.consent_count);
    }
    patient->failed = asking->failed;
    patient->next = exchange->gate_patients;
    exchange->gate_patients = patient;
    return &patient->known;
}

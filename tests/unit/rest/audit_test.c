/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AuditEvents of a keeper that is no store, read and searched through the API. */
#include <stdio.h>
#include <stdlib.h>

#include "access/audit.h"
#include "people.h"
#include "rest/audit.h"

enum { EVENTS = 5000, AT = 1764000000 };

static struct text asked_patient; /* what the keeper was asked of last */
static const struct access_subject auditor = {.roles = ACCESS_ROLE_BIT(ACCESS_AUDITOR),
                                              .user = {"Practitioner/au", 15},
                                              .practitioner = {"au", 2},
                                              .client = {"portal", 6},
                                              .scopes = &of_user};
static const struct access_subject fatima = {.roles = ACCESS_ROLE_BIT(ACCESS_PATIENT),
                                             .user = {"Patient/fatima", 14},
                                             .patient = {"fatima", 6},
                                             .client = {"portal", 6},
                                             .scopes = &of_user};

/* Event n: of the n-th second; every tenth is about Fatima, the others about Brahim. */
static bool make(int number, struct arena *arena, struct rest_audit_event *event)
{
    static const struct audit_site site = {.observer = {"Device/centre", 13},
                                           .url = {"http://127.0.0.1/fhir", 21}};
    const struct text patient = number % 10 == 0 ? TEXT("fatima") : TEXT("brahim");
    struct audit_record record = {.at_ms = (AT + number) * INT64_C(1000),
                                  .effect = ACCESS_PERMITTED,
                                  .status = 200,
                                  .patients = &patient,
                                  .patient_count = 1};
    struct buffer body, id;
    record.texts[AUDIT_USER] = TEXT("Practitioner/dr");
    record.texts[AUDIT_INTERACTION] = TEXT("read");
    record.texts[AUDIT_TYPE] = TEXT("Patient");
    record.texts[AUDIT_ID] = patient;
    buffer_init(&body, arena);
    audit_write_event(&body, &record, (uint64_t)number, 0, &site);
    buffer_init(&id, arena);
    buffer_format(&id, "a-%d", number);
    *event = (struct rest_audit_event){buffer_text(&id), buffer_text(&body), record.at_ms};
    return !body.failed && !id.failed;
}

static enum store_err read_event(void *keeper, struct store_view *view, struct text id,
                                 struct text patient, bool hides_query,
                                 struct rest_audit_event *event)
{
    (void)keeper;
    (void)patient;
    (void)hides_query;
    if (!text_is(id, "a-10") && !text_is(id, "a-11"))
        return STORE_ERR_NONE;
    return make(text_is(id, "a-10") ? 10 : 11, view->arena, event) ? STORE_OK : STORE_ERR_MEMORY;
}

static enum store_err list_events(void *keeper, struct store_view *view,
                                  const struct rest_audit_asked *asked, struct text *next)
{
    struct rest_audit_event event;
    struct buffer cursor;
    int number = asked->cursor.len ? atoi(asked->cursor.bytes) : EVENTS;
    (void)keeper;
    asked_patient = asked->patient;
    *next = TEXT("");
    for (; number > 0; number--) {
        if (!make(number, view->arena, &event))
            return STORE_ERR_MEMORY;
        if (!asked->take(&event, asked->context)) {
            buffer_init(&cursor, view->arena);
            buffer_format(&cursor, "%d", number);
            *next = buffer_text(&cursor);
            return STORE_OK;
        }
    }
    return STORE_OK;
}

static const struct rest_audit keeper = {read_event, list_events, NULL};

static int open_kept(void **state)
{
    server_audit = &keeper;
    if (server_open(state) != 0)
        return -1;
    let_people_in();
    put_as_owner("/Patient/fatima", "{\"resourceType\":\"Patient\",\"id\":\"fatima\"}");
    return 0;
}

static void a_search_is_of_what_is_asked_newest_first(void **state)
{
    (void)state;
    server_subject = &auditor;
    server_expect(200, REST_GET, "/AuditEvent?_count=2&_sort=-date", "");
    server_assert_at("entry.0.resource.id", "a-5000");
    server_assert_at("entry.1.resource.id", "a-4999");
    server_assert_at("entry.2", "");
    assert_true(text_is(asked_patient, ""));
    server_expect(200, REST_GET, "/AuditEvent?_count=2&_cursor=4998", "");
    server_assert_at("entry.0.resource.id", "a-4998");
    server_expect(200, REST_GET, "/AuditEvent?patient=fatima&_count=1", "");
    server_assert_at("entry.0.resource.id", "a-5000");
    assert_true(text_is(asked_patient, "fatima"));
    server_expect(200, REST_GET, "/Patient/fatima/AuditEvent?_count=1", "");
    assert_true(text_is(asked_patient, "fatima"));
    server_expect(200, REST_GET, "/AuditEvent?agent=Practitioner/none&_cursor=9", "");
    server_assert_at("entry", "");
    server_expect(200, REST_GET, "/AuditEvent?_id=a-3&_cursor=9", "");
    server_assert_at("entry.0.resource.id", "a-3");
    server_assert_at("entry.1", "");
}

static void a_search_for_what_is_rare_looks_back_so_far_and_goes_on_by_its_link(void **state)
{
    (void)state;
    server_subject = &auditor;
    server_expect(200, REST_GET, "/AuditEvent?entity=Patient/none", "");
    server_assert_at("entry", "");
    server_assert_at("link.1.relation", "next");
    server_expect(200, REST_GET, "/AuditEvent?entity=Patient/none&_cursor=20", "");
    server_assert_at("link.1", "");
}

static void h79_a_patient_sees_their_own_alone(void **state)
{
    (void)state;
    server_subject = &fatima;
    server_expect(200, REST_GET, "/AuditEvent/a-10", "");
    server_expect(404, REST_GET, "/AuditEvent/a-11", "");
    server_expect(200, REST_GET, "/AuditEvent?_cursor=39&_count=100", "");
    server_assert_at("entry.0.resource.id", "a-30");
    server_assert_at("entry.1.resource.id", "a-20");
    server_assert_at("entry.2.resource.id", "a-10");
    server_assert_at("entry.3", "");
    server_subject = &doctor; /* who did it */
    server_expect(403, REST_GET, "/AuditEvent/a-10", "");
    server_expect(403, REST_GET, "/AuditEvent?patient=fatima", "");
    server_subject = &auditor;
    server_expect(200, REST_GET, "/AuditEvent/a-11", "");
    server_expect(404, REST_GET, "/AuditEvent/a-12", "");
    server_expect(404, REST_GET, "/AuditEvent/a-11/_history/1", "");
}

static void h79_a_scope_narrows_what_an_auditor_sees(void **state)
{
    struct access_scopes narrow;
    struct access_subject limited = auditor;
    (void)state;
    limited.scopes = &narrow;
    server_subject = &limited;
    read_scopes(&narrow, "user/AuditEvent.rs?patient=Patient/fatima");
    server_expect(200, REST_GET, "/AuditEvent?_cursor=29", "");
    server_assert_at("entry.0.resource.id", "a-20");
    server_assert_at("entry.1.resource.id", "a-10");
    server_assert_at("entry.2", "");
    server_expect(404, REST_GET, "/AuditEvent/a-11", "");
}

static void h79_nobody_writes_them_through_the_api(void **state)
{
    (void)state;
    server_subject = &owner;
    server_expect(405, REST_POST, "/AuditEvent", "{\"resourceType\":\"AuditEvent\"}");
    server_expect(405, REST_PUT, "/AuditEvent/a-10", "{\"resourceType\":\"AuditEvent\"}");
    server_expect(405, REST_PATCH, "/AuditEvent/a-10", "[]");
    server_expect(405, REST_DELETE, "/AuditEvent/a-10", "");
    server_expect(405, REST_DELETE, "/AuditEvent?_id=a-10", "");
    server_expect(405, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{"
                  "\"method\":\"DELETE\",\"url\":\"AuditEvent/a-10\"}}]}");
}

static void what_one_event_cannot_answer_is_refused(void **state)
{
    (void)state;
    server_subject = &auditor;
    server_expect(400, REST_GET, "/AuditEvent?_sort=date", "");
    server_expect(400, REST_GET, "/AuditEvent?_sort=-date,action", "");
    server_expect(400, REST_GET, "/AuditEvent?agent:Practitioner.name=a", "");
    server_expect(400, REST_GET, "/AuditEvent?_include=AuditEvent:agent", "");
    server_expect(400, REST_GET, "/AuditEvent?_summary=count", "");
    server_subject = NULL;
    server_expect(200, REST_GET, "/Patient?_sort=birthdate", ""); /* of no other type */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_is_of_what_is_asked_newest_first),
        cmocka_unit_test(a_search_for_what_is_rare_looks_back_so_far_and_goes_on_by_its_link),
        cmocka_unit_test(h79_a_patient_sees_their_own_alone),
        cmocka_unit_test(h79_a_scope_narrows_what_an_auditor_sees),
        cmocka_unit_test(h79_nobody_writes_them_through_the_api),
        cmocka_unit_test(what_one_event_cannot_answer_is_refused),
    };
    return cmocka_run_group_tests(tests, open_kept, server_close);
}

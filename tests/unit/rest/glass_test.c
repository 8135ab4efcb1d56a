/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $break-glass, asked of the API as a whole. */
#include <stdio.h>

#include "access/glass.h"
#include "people.h"
#include "rest/glass_note.h"

#define REASON(words)                                                                              \
    "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"reason\",\"valueString\":"        \
    "\"" words "\"}]}"
#define WORDS "unconscious, no papers"
#define MINE "/Patient/hers/$break-glass"

static struct access_subject first, second, officer, interpreter;

static enum store_err name_officer(struct store_write *write, void *unused)
{
    (void)unused;
    return store_note_put(
        write, glass_site,
        &(struct store_note){TEXT(GLASS_OFFICER), TEXT("Practitioner/officer"), 0});
}

static int begin(void **state)
{
    struct arena arena;
    if (server_open(state) != 0)
        return -1;
    let_people_in();
    first = second = officer = interpreter = doctor;
    first.session = TEXT("one");
    second.session = TEXT("two");
    officer.roles = ACCESS_ROLE_BIT(ACCESS_AUDITOR);
    officer.user = TEXT("Practitioner/officer");
    officer.practitioner = TEXT("officer");
    interpreter.roles = ACCESS_ROLE_BIT(ACCESS_INTERPRETER);
    interpreter.session = TEXT("three");
    put_as_owner("/Practitioner/officer", "{\"resourceType\":\"Practitioner\",\"id\":\"officer\"}");
    for (size_t i = 0; i < 2; i++) {
        static const char *const names[] = {"hers", "his"};
        char path[64], body[256];
        snprintf(path, sizeof path, "/Patient/%s", names[i]);
        snprintf(body, sizeof body, "{\"resourceType\":\"Patient\",\"id\":\"%s\"}", names[i]);
        put_as_owner(path, body);
        snprintf(path, sizeof path, "/Observation/%s", names[i]);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"final\",\"code\":{"
                 "\"text\":\"allergies\"},\"subject\":{\"reference\":\"Patient/%s\"}}",
                 names[i], names[i]);
        put_as_owner(path, body);
    }
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_run(server_store(), &arena, name_officer, NULL), STORE_OK);
    arena_free(&arena);
    return 0;
}

/* Opens hers for the first session; the id of the Task of review is written to `task`. */
static void open_hers(char task[static 64])
{
    server_subject = &first;
    server_expect(200, REST_POST, MINE, REASON(WORDS));
    struct text reference = server_at("parameter.2.valueReference.reference");
    snprintf(task, 64, "/%.*s", (int)reference.len, reference.bytes);
}

static void h135_a_glass_opens_one_record_of_one_session_for_four_hours(void **state)
{
    char task[64];
    (void)state;
    server_subject = &first;
    server_expect(403, REST_GET, "/Observation/hers", "");
    open_hers(task);
    server_assert_at("parameter.0.valueCoding.code", "BTG");
    int64_t opened_ms = server_now_ms;
    server_expect(200, REST_GET, "/Observation/hers", "");
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_PURPOSE], "BTG"));
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_WORDS], WORDS));
    server_expect(200, REST_GET, "/Observation?patient=hers", "");
    server_assert_at("entry.0.resource.id", "hers");
    server_expect(403, REST_GET, "/Observation/his", "");
    server_expect(200, REST_GET, "/Observation", "");
    server_assert_at("entry.0.resource.id", "hers");
    server_assert_at("entry.1", "");
    server_subject = &second;
    server_expect(403, REST_GET, "/Observation/hers", "");
    server_subject = &first;
    server_now_ms = opened_ms + GLASS_OPEN_MS - 2000;
    server_expect(200, REST_GET, "/Observation/hers", "");
    server_now_ms = opened_ms + GLASS_OPEN_MS;
    server_expect(403, REST_GET, "/Observation/hers", "");
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_REASON], "emergency-expired"));
    server_now_ms = opened_ms + GLASS_OPEN_MS + GLASS_TOLD_MS + 2000;
    server_expect(200, REST_POST, "/Patient/his/$break-glass", REASON(WORDS)); /* sweeps */
    server_expect(403, REST_GET, "/Observation/hers", "");
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_REASON], "no-relation"));
    server_expect(204, REST_DELETE, "/Patient/his/$break-glass", "");
}

static void h135_who_opened_it_shuts_it(void **state)
{
    char task[64];
    (void)state;
    open_hers(task);
    server_subject = &second;
    server_expect(204, REST_DELETE, MINE, "");
    server_subject = &first;
    server_expect(200, REST_GET, "/Observation/hers", "");
    server_expect(204, REST_DELETE, MINE, "");
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_INTERACTION], "emergency-end"));
    server_expect(403, REST_GET, "/Observation/hers", "");
}

static void h136_it_is_told_and_reviewed_by_another(void **state)
{
    char task[64], alert[64];
    (void)state;
    open_hers(task);
    struct text reference = server_at("parameter.3.valueReference.reference");
    snprintf(alert, sizeof alert, "/%.*s", (int)reference.len, reference.bytes);
    const struct audit_record *told = &server_trail.notes->record;
    assert_true(text_is(told->texts[AUDIT_INTERACTION], "emergency"));
    assert_true(text_is(told->texts[AUDIT_PURPOSE], "BTG"));
    assert_true(text_is(told->texts[AUDIT_WORDS], WORDS));
    assert_int_equal(told->patient_count, 1);
    /* who asked for it is not who reviews it, nor is anybody who treats */
    static const char done[] =
        "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"completed\"}]";
    server_expect(403, REST_PATCH, task, done);
    officer.user = TEXT("Practitioner/dr");
    server_subject = &officer;
    server_expect(403, REST_PATCH, task, done);
    officer.user = TEXT("Practitioner/officer");
    server_expect(200, REST_GET, alert, "");
    server_assert_at("payload.0.contentString", WORDS);
    server_expect(200, REST_GET, "/Communication?recipient=Practitioner/officer", "");
    server_expect(403, REST_GET, "/Observation/hers", ""); /* to review is not to treat */
    static const char *const moves[] = {"for", "requester", "focus"};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        char move[128];
        snprintf(move, sizeof move,
                 "[{\"op\":\"add\",\"path\":\"/%s\",\"value\":{\"reference\":\"Patient/his\"}}]",
                 moves[i]);
        server_expect(422, REST_PATCH, task, move); /* it is of what it was made of */
    }
    server_expect(200, REST_PATCH, task, done);
    server_subject = &first;
    server_expect(200, REST_GET, "/Observation/hers", ""); /* it keeps its time */
    server_expect(204, REST_DELETE, MINE, "");
}

static void h136_a_review_that_rejects_it_shuts_it_at_once(void **state)
{
    char task[64];
    (void)state;
    open_hers(task);
    server_subject = &officer;
    server_expect(200, REST_PATCH, task,
                  "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"rejected\"}]");
    server_subject = &first;
    server_expect(403, REST_GET, "/Observation/hers", "");
    open_hers(task);
    server_subject = &owner;
    server_expect(204, REST_DELETE, task, "");
    server_subject = &first;
    server_expect(403, REST_GET, "/Observation/hers", "");
}

static void h135_it_takes_a_role_that_treats_a_reason_and_a_patient(void **state)
{
    static const struct {
        const struct access_subject *who;
        unsigned status;
        enum rest_method method;
        const char *target, *body;
    } wrong[] = {
        {&first, 422, REST_POST, MINE, REASON("aaaa      ")},
        {&first, 422, REST_POST, MINE, ""},
        {&first, 404, REST_POST, "/Patient/nobody/$break-glass", REASON(WORDS)},
        {&first, 405, REST_GET, MINE "?reason=" WORDS, ""},
        {&interpreter, 403, REST_POST, MINE, REASON(WORDS)},
        {&officer, 403, REST_POST, MINE, REASON(WORDS)},
        {&doctor, 403, REST_POST, MINE, REASON(WORDS)}, /* of no session */
        {&owner, 403, REST_POST, MINE, REASON(WORDS)},
        {NULL, 400, REST_POST, MINE, REASON(WORDS)},
        {&first, 422, REST_POST, MINE,
         "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"reason\",\"valueString\":"
         "\"" WORDS "\"},{\"name\":\"purposeOfUse\",\"valueCoding\":{\"code\":\"HRESCH\"}}]}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        server_subject = wrong[i].who;
        server_expect(wrong[i].status, wrong[i].method, wrong[i].target, wrong[i].body);
        if (wrong[i].status == 403)
            assert_int_equal(server_trail.notes->record.effect, ACCESS_REFUSED);
    }
    struct access_scopes few;
    struct access_subject narrow = first;
    read_scopes(&few, "user/Observation.rs");
    narrow.scopes = &few;
    server_subject = &narrow;
    server_expect(403, REST_POST, MINE, REASON(WORDS));
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_REASON], "no-scope"));
    server_subject = &first;
    server_expect(403, REST_GET, "/Observation/hers", "");
    server_subject = &owner;
    server_expect(200, REST_GET, "/Task?status=requested&subject=Patient/his&_summary=count", "");
}

static void h135_so_many_patients_and_no_more(void **state)
{
    (void)state;
    server_now_ms += GLASS_OPEN_MS + GLASS_TOLD_MS;
    for (int i = 0; i <= GLASS_NOTES_MAX; i++) {
        char path[64], body[128];
        snprintf(path, sizeof path, "/Patient/p%d", i);
        snprintf(body, sizeof body, "{\"resourceType\":\"Patient\",\"id\":\"p%d\"}", i);
        put_as_owner(path, body);
        snprintf(path, sizeof path, "/Patient/p%d/$break-glass", i);
        server_subject = &second;
        server_expect(i < GLASS_NOTES_MAX ? 200 : 503, REST_POST, path, REASON(WORDS));
    }
    server_expect(200, REST_POST, "/Patient/p3/$break-glass", REASON(WORDS)); /* again */
    server_expect(200, REST_GET, "/Patient/p0", "");
    server_expect(403, REST_GET, "/Patient/p16", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h135_a_glass_opens_one_record_of_one_session_for_four_hours),
        cmocka_unit_test(h135_who_opened_it_shuts_it),
        cmocka_unit_test(h136_it_is_told_and_reviewed_by_another),
        cmocka_unit_test(h136_a_review_that_rejects_it_shuts_it_at_once),
        cmocka_unit_test(h135_it_takes_a_role_that_treats_a_reason_and_a_patient),
        cmocka_unit_test(h135_so_many_patients_and_no_more),
    };
    return cmocka_run_group_tests(tests, begin, server_close);
}

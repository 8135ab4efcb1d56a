/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patient/ID/$launch, asked of the API as a whole: who may open an app, for which patient and encounter. */
#include <stdio.h>

#include "access/launch.h"
#include "people.h"

#define HERE "/Patient/hers/$launch"
#define ENCOUNTER(id)                                                                              \
    ",{\"name\":\"encounter\",\"valueReference\":{\"reference\":\"Encounter/" id "\"}}"
#define OPEN(client, more)                                                                         \
    "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"client\",\"valueString\":"        \
    "\"" client "\"}" more "]}"

static enum store_err register_apps(struct store_write *write, void *unused)
{
    (void)unused;
    enum store_err err = store_note_put(
        write, OAUTH_CLIENTS,
        &(struct store_note){
            TEXT("viewer"),
            TEXT("{\"id\":\"viewer\",\"scopes\":\"launch\",\"launch\":\"https://a.example/open\"}"),
            0});
    return err ? err
               : store_note_put(write, OAUTH_CLIENTS,
                                &(struct store_note){
                                    TEXT("plain"), TEXT("{\"id\":\"plain\",\"scopes\":\"\"}"), 0});
}

static int begin(void **state)
{
    struct arena arena;
    if (server_open(state) != 0)
        return -1;
    let_people_in();
    put_as_owner("/Patient/hers", "{\"resourceType\":\"Patient\",\"id\":\"hers\"}");
    put_as_owner("/Patient/his", "{\"resourceType\":\"Patient\",\"id\":\"his\"}");
    for (size_t i = 0; i < 2; i++) {
        static const char *const names[] = {"hers", "his"};
        char path[64], body[300];
        snprintf(path, sizeof path, "/Encounter/of-%s", names[i]);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"Encounter\",\"id\":\"of-%s\",\"status\":\"in-progress\","
                 "\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/%s\"}}",
                 names[i], names[i]);
        put_as_owner(path, body);
    }
    put_as_owner("/CareTeam/c", "{\"resourceType\":\"CareTeam\",\"id\":\"c\",\"status\":\"active\","
                                "\"subject\":{\"reference\":\"Patient/hers\"},\"participant\":[{"
                                "\"member\":{\"reference\":\"Practitioner/dr\"}}]}");
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_run(server_store(), &arena, register_apps, NULL), STORE_OK);
    arena_free(&arena);
    return 0;
}

static int end(void **state)
{
    server_subject = NULL;
    return server_close(state);
}

static struct {
    char value[256];
    int64_t due_ms;
} kept;

static enum store_err look(struct store_write *write, void *unused)
{
    uint8_t key[DIGEST_LEN];
    struct store_note note;
    (void)unused;
    token_hash(server_at("parameter.0.valueString"), key);
    enum store_err err = store_note_get(&write->view, LAUNCH_AREA,
                                        (struct text){(const char *)key, sizeof key}, &note);
    if (err != STORE_OK)
        return err;
    kept.due_ms = note.due_ms;
    snprintf(kept.value, sizeof kept.value, "%.*s", (int)note.value.len, note.value.bytes);
    return STORE_OK;
}

/* What was kept of the last answer's launch. */
static void assert_kept(const char *expected)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_run(server_store(), &arena, look, NULL), STORE_OK);
    arena_free(&arena);
    assert_string_equal(kept.value, expected);
    assert_int_equal(kept.due_ms, server_now_ms + INT64_C(1000) * LAUNCH_S);
}

static void
h174_a_person_opens_an_app_for_themselves_and_a_service_for_whoever_signs_in(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(200, REST_POST, HERE, OPEN("viewer", ENCOUNTER("of-hers")));
    assert_true(text_starts(server_at("parameter.0.valueString"), TEXT("jisr_la_")));
    assert_true(
        text_starts(server_at("parameter.1.valueUrl"), TEXT("https://a.example/open?iss=")));
    assert_kept("{\"client\":\"viewer\",\"user\":\"Practitioner/dr\",\"patient\":\"hers\","
                "\"encounter\":\"of-hers\"}");
    server_subject = &owner;
    server_expect(200, REST_POST, HERE, OPEN("viewer", ""));
    assert_kept("{\"client\":\"viewer\",\"user\":\"\",\"patient\":\"hers\",\"encounter\":\"\"}");
}

static void h174_only_who_sees_the_patient_and_the_encounter_opens_an_app_for_them(void **state)
{
    static const struct access_subject nobody = {.roles = 0};
    (void)state;
    server_subject = &doctor;
    server_expect(403, REST_POST, "/Patient/his/$launch", OPEN("viewer", ""));
    server_expect(403, REST_POST, HERE, OPEN("viewer", ENCOUNTER("of-his")));
    server_subject = &owner;
    server_expect(422, REST_POST, HERE, OPEN("viewer", ENCOUNTER("of-his")));
    server_expect(404, REST_POST, HERE, OPEN("viewer", ENCOUNTER("none")));
    server_expect(404, REST_POST, "/Patient/none/$launch", OPEN("viewer", ""));
    server_subject = &nobody;
    server_expect(401, REST_POST, HERE, OPEN("viewer", ""));
}

static void what_cannot_be_opened_is_told(void **state)
{
    (void)state;
    server_subject = &owner;
    server_expect(400, REST_POST, HERE, "{\"resourceType\":\"Parameters\"}");
    server_expect(422, REST_POST, HERE, OPEN("nobody", ""));
    server_expect(422, REST_POST, HERE, OPEN("plain", ""));
    server_expect(400, REST_POST, HERE,
                  OPEN("viewer", ",{\"name\":\"encounter\",\"valueReference\":{\"reference\":"
                                 "\"Patient/hers\"}}"));
    server_expect(405, REST_GET, HERE "?client=viewer", "");
    server_subject = NULL;
    server_expect(400, REST_POST, HERE, OPEN("viewer", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            h174_a_person_opens_an_app_for_themselves_and_a_service_for_whoever_signs_in, begin,
            end),
        cmocka_unit_test_setup_teardown(
            h174_only_who_sees_the_patient_and_the_encounter_opens_an_app_for_them, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_opened_is_told, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

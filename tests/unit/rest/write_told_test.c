/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the audit is told of a write goes with the write; of what was not written, into the trail. */
#include "people.h"

#include <stdio.h>

#define PATIENT(id) "{\"resourceType\":\"Patient\",\"id\":\"" id "\"}"
#define PUT(id)                                                                                    \
    "{\"resource\":" PATIENT(id) ",\"request\":{\"method\":\"PUT\",\"url\":\"Patient/" id "\"}}"
#define TRANSACTION(entries)                                                                       \
    "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[" entries "]}"
#define BATCH(entries) "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[" entries "]}"

static char told[512]; /* "STATUS INTERACTION ID;" of each, in its order */
static size_t told_len;
static enum store_err outcome;

static enum store_err note_it(const struct rest_exchange *exchange, struct store_write *store,
                              const struct rest_audit_trail *trail, unsigned status,
                              struct arena *arena)
{
    (void)exchange;
    (void)store;
    (void)arena;
    for (const struct rest_audit_note *note = trail->notes; note; note = note->next) {
        struct text interaction = note->record.texts[AUDIT_INTERACTION];
        struct text id = note->record.texts[AUDIT_ID];
        told_len +=
            (size_t)snprintf(told + told_len, sizeof told - told_len, "%u %.*s %.*s;", status,
                             (int)interaction.len, interaction.bytes, (int)id.len, id.bytes);
    }
    return outcome;
}

static int open_told(void **state)
{
    server_tell = note_it;
    outcome = STORE_OK;
    if (server_open(state) != 0)
        return -1;
    let_people_in();
    return 0;
}

static void expect(const char *expected, unsigned status, enum rest_method method,
                   const char *target, const char *body)
{
    told_len = 0;
    told[0] = '\0';
    server_expect(status, method, target, body);
    assert_string_equal(told, expected);
}

static void h182_a_write_is_told_within_it_and_not_again(void **state)
{
    (void)state;
    server_subject = &owner;
    expect("201 create p;", 201, REST_PUT, "/Patient/p", PATIENT("p"));
    assert_null(server_trail.notes);
    expect("200 update p;200 update p;", 200, REST_PUT, "/Patient/p", PATIENT("p"));
    assert_null(server_trail.notes);
    expect("204 delete p;", 204, REST_DELETE, "/Patient/p", "");
    assert_null(server_trail.notes);
}

static void h182_each_entry_of_a_bundle_is_told_within_it(void **state)
{
    (void)state;
    server_subject = &owner;
    expect("201 create a;201 create b;", 200, REST_POST, "/", TRANSACTION(PUT("a") "," PUT("b")));
    assert_null(server_trail.notes);
    expect("201 create c;201 create d;", 200, REST_POST, "/", BATCH(PUT("c") "," PUT("d")));
    assert_null(server_trail.notes);
}

static void h182_what_was_refused_is_in_the_trail(void **state)
{
    (void)state;
    server_subject = &owner;
    server_expect(201, REST_PUT, "/Patient/p", PATIENT("p"));
    server_subject = &doctor;
    expect("", 403, REST_PUT, "/Patient/p", PATIENT("p"));
    assert_non_null(server_trail.notes);
    assert_int_equal(server_trail.notes->record.effect, ACCESS_REFUSED);
    expect("", 403, REST_POST, "/", TRANSACTION(PUT("p")));
    assert_non_null(server_trail.notes);
    assert_int_equal(server_trail.notes->record.effect, ACCESS_REFUSED);
}

static void h182_what_cannot_be_told_is_not_done(void **state)
{
    (void)state;
    server_subject = &owner;
    outcome = STORE_ERR_FULL;
    expect("201 create p;", 507, REST_PUT, "/Patient/p", PATIENT("p"));
    assert_non_null(server_trail.notes);
    outcome = STORE_OK;
    server_expect(404, REST_GET, "/Patient/p", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(h182_a_write_is_told_within_it_and_not_again, open_told,
                                        server_close),
        cmocka_unit_test_setup_teardown(h182_each_entry_of_a_bundle_is_told_within_it, open_told,
                                        server_close),
        cmocka_unit_test_setup_teardown(h182_what_was_refused_is_in_the_trail, open_told,
                                        server_close),
        cmocka_unit_test_setup_teardown(h182_what_cannot_be_told_is_not_done, open_told,
                                        server_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

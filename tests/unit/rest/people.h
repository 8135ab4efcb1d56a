/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks in the tests of what each may have: the owner's own script, and a doctor. */
#ifndef UNIT_REST_PEOPLE_H
#define UNIT_REST_PEOPLE_H

#include "access/scopes.h"
#include "server.h"

static struct access_scopes of_system, of_user;

static const struct access_subject owner = {.roles = ACCESS_ROLE_BIT(ACCESS_SERVICE),
                                            .client = {"script", 6},
                                            .purpose = {"HSYSADMIN", 9},
                                            .scopes = &of_system};
static const struct access_subject doctor = {.roles = ACCESS_ROLE_BIT(ACCESS_PHYSICIAN),
                                             .user = {"Practitioner/dr", 15},
                                             .practitioner = {"dr", 2},
                                             .client = {"portal", 6},
                                             .scopes = &of_user};

static void read_scopes(struct access_scopes *scopes, const char *text)
{
    assert_int_equal(scopes_read(scopes, text_of(text)), SCOPES_OK);
}

static void put_as_owner(const char *path, const char *body)
{
    server_subject = &owner;
    server_expect(201, REST_PUT, path, body);
}

/* What they may use, and the doctor's own resource; once the server is open. */
static void let_people_in(void)
{
    read_scopes(&of_system, "system/*.cruds");
    read_scopes(&of_user, "user/*.cruds");
    put_as_owner("/Practitioner/dr", "{\"resourceType\":\"Practitioner\",\"id\":\"dr\"}");
}

/* Puts it, and asks for an outcome in French. */
static inline const struct rest_answer *put_and_hear(const char *path, const char *body)
{
    return server_ask(&(struct rest_wire){.method = REST_PUT,
                                          .path = text_of(path),
                                          .prefer = TEXT("return=OperationOutcome"),
                                          .accept_language = TEXT("fr"),
                                          .content_type = TEXT("application/fhir+json"),
                                          .body = text_of(body)});
}

/* For cmocka: the server with them, and a patient, fatima, whom the doctor cares for. */
static inline int open_with_a_patient(void **state)
{
    if (server_open(state) != 0)
        return -1;
    let_people_in();
    put_as_owner("/Patient/fatima", "{\"resourceType\":\"Patient\",\"id\":\"fatima\"}");
    put_as_owner(
        "/CareTeam/hers",
        "{\"resourceType\":\"CareTeam\",\"id\":\"hers\",\"status\":\"active\",\"subject\":{"
        "\"reference\":\"Patient/fatima\"},\"participant\":[{\"member\":{\"reference\":"
        "\"Practitioner/dr\"}}]}");
    return 0;
}

#endif

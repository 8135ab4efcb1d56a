/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $validate against R4's own profiles: the one asked for, and those that the resource claims. */
#include "server.h"

#define OF(name) "http://hl7.org/fhir/StructureDefinition/" name
#define SHAREABLE(meta, more)                                                                      \
    "{\"resourceType\":\"ValueSet\"" meta ",\"url\":\"http://a.example/vs\",\"version\":\"1\","    \
    "\"name\":\"A\",\"status\":\"active\",\"experimental\":false,\"publisher\":\"P\"" more "}"
#define CLAIM(url) ",\"meta\":{\"profile\":[\"" url "\"]}"
#define DESCRIBED ",\"description\":\"d\""

static void the_profile_asked_for_is_looked_at(void **state)
{
    (void)state;
    static const char target[] = "/ValueSet/$validate?profile=" OF("shareablevalueset");
    server_expect(200, REST_POST, target, SHAREABLE("", DESCRIBED));
    server_assert_at("issue.0.severity", "information");
    server_expect(200, REST_POST, target, SHAREABLE("", ""));
    server_assert_at("issue.0.severity", "error");
    server_assert_at("issue.0.code", "required");
    server_assert_at("issue.0.expression.0", "ValueSet");
    server_assert_at("issue.1", "");
    server_expect(200, REST_POST, "/ValueSet/$validate", SHAREABLE("", ""));
    server_assert_at("issue.0.severity", "information");
}

static void what_a_resource_claims_is_looked_at(void **state)
{
    (void)state;
    static const char wrong[] = SHAREABLE(CLAIM(OF("shareablevalueset")), "");
    server_expect(200, REST_POST, "/ValueSet/$validate", wrong);
    server_assert_at("issue.0.severity", "error");
    server_expect(200, REST_POST, "/ValueSet/$validate?profile=" OF("shareablevalueset"), wrong);
    server_assert_at("issue.1", ""); /* once */
    server_expect(200, REST_POST, "/ValueSet/$validate",
                  SHAREABLE(CLAIM(OF("shareablevalueset")), DESCRIBED));
    server_assert_at("issue.0.severity", "information");
}

static void a_claim_that_is_not_known_is_told_and_no_fault(void **state)
{
    (void)state;
    server_expect(200, REST_POST, "/ValueSet/$validate",
                  SHAREABLE(CLAIM("http://a.example/p"), ""));
    server_assert_at("issue.0.severity", "information");
    server_assert_at("issue.1.severity", "information");
    server_assert_at("issue.1.code", "not-supported");
    server_assert_at("issue.1.diagnostics", "http://a.example/p");
}

static void a_write_is_not_held_against_claims(void **state)
{
    (void)state;
    server_expect(201, REST_POST, "/ValueSet", SHAREABLE(CLAIM(OF("shareablevalueset")), ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_profile_asked_for_is_looked_at),
        cmocka_unit_test(what_a_resource_claims_is_looked_at),
        cmocka_unit_test(a_claim_that_is_not_known_is_told_and_no_fault),
        cmocka_unit_test(a_write_is_not_held_against_claims),
    };
    return cmocka_run_group_tests(tests, server_open, server_close);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/oauth_world.h"

static void a_person_signs_in_and_an_app_gets_what_they_granted(void **state)
{
    (void)state;
    struct json answer;
    struct oauth_grant grant;
    struct access_scopes scopes;
    struct access_subject subject;
    begin();
    assert_int_equal(redeem_code(&answer, get_code("openid patient/*.rs offline_access")),
                     OAUTH_OK);
    assert_true(text_is(member(&answer, "token_type"), "Bearer"));
    assert_true(text_is(member(&answer, "expires_in"), "900"));
    assert_true(text_is(member(&answer, "patient"), "7"));
    assert_true(member(&answer, "refresh_token").len > 0);
    assert_int_equal(oauth_find(&turn, member(&answer, "access_token"), &grant), OAUTH_OK);
    assert_true(oauth_subject(&grant, &scopes, &subject));
    assert_int_equal(subject.roles, ACCESS_ROLE_BIT(ACCESS_PHYSICIAN));
    assert_true(text_is(subject.practitioner, "d"));
    assert_true(text_is(subject.client, "app"));
    assert_true(text_is(subject.launch_patient, "7"));
    assert_int_equal(scopes.count, 1);
    turn.now_ms += INT64_C(1000) * OAUTH_ACCESS_S;
    assert_int_equal(find(member(&answer, "access_token")), OAUTH_ERR_GRANT);
}

static void the_identity_is_signed_and_says_who(void **state)
{
    (void)state;
    struct json answer, document;
    struct buffer out;
    struct jose_keys keys;
    struct jwt jwt;
    const struct text audience = TEXT("app");
    begin();
    assert_int_equal(redeem_code(&answer, get_code("openid patient/*.rs")), OAUTH_OK);
    buffer_init(&out, &arena);
    oauth_write_keys(&out, &site);
    assert_int_equal(json_parse(&document, buffer_text(&out), &json_limits_default, &arena, NULL),
                     JSON_OK);
    assert_true(jose_keys_read(&keys, &document, JSON_ROOT));
    const struct jwt_expected expected = {.issuer = TEXT("https://c.example.org"),
                                          .subject = TEXT("account-1"),
                                          .audiences = &audience,
                                          .audience_count = 1,
                                          .now_s = NOW_S};
    assert_int_equal(jwt_verify(&jwt, member(&answer, "id_token"), &keys, &expected, &arena),
                     JWT_OK);
    assert_true(text_is(member(&jwt.claims, "nonce"), "n1"));
    assert_true(
        text_is(member(&jwt.claims, "fhirUser"), "https://c.example.org/fhir/Practitioner/d"));
    assert_int_equal(member(&answer, "refresh_token").len, 0);
    jose_keys_free(&keys);
}

static void the_url_back_has_code_state_and_issuer(void **state)
{
    (void)state;
    struct form form = form_of(ASKED("app", "patient/*.rs"));
    struct oauth_request request;
    struct text url;
    begin();
    assert_int_equal(oauth_authorize(&turn, &form, &request), OAUTH_OK);
    struct oauth_grant grant = doctor_grant("patient/*.rs");
    assert_int_equal(oauth_agree(&turn, &request, &grant, &url), OAUTH_OK);
    assert_true(text_starts(url, TEXT("https://app.example.org/back?code=jisr_co_")));
    assert_true(text_is(in_url(url, "state="), "s%201"));
    assert_true(text_is(in_url(url, "iss="), "https%3A%2F%2Fc.example.org"));
    url = oauth_refuse(&turn, &request, OAUTH_ERR_DENIED);
    assert_true(text_is(in_url(url, "error="), "access_denied"));
}

static void h76_a_request_that_is_not_whole_gets_no_code(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        enum oauth_err err;
        bool may_redirect;
    } cases[] = {
        {"", OAUTH_ERR_CLIENT, false},
        {ASKED("nobody", "user/*.rs"), OAUTH_ERR_CLIENT, false},
        {ASKED("program", "user/*.rs"), OAUTH_ERR_REQUEST, false},
        {"client_id=app&redirect_uri=https://app.example.org/back/", OAUTH_ERR_REQUEST, false},
        {"client_id=app&redirect_uri=https://app.example.org/back?x", OAUTH_ERR_REQUEST, false},
        {"client_id=app&redirect_uri=https://evil.example.org/back", OAUTH_ERR_REQUEST, false},
        {"client_id=app", OAUTH_ERR_REQUEST, false},
#define BACK "client_id=app&redirect_uri=https://app.example.org/back"
        {BACK "&response_type=token&state=s", OAUTH_ERR_RESPONSE_TYPE, true},
        {BACK "&response_type=code", OAUTH_ERR_REQUEST, true},
        {BACK "&response_type=code&state=s&aud=https://c.example.org/fhir&scope=user/*.rs",
         OAUTH_ERR_REQUEST, true},
        {BACK
         "&response_type=code&state=s&aud=https://c.example.org/fhir&scope=user/*.rs&"
         "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=plain",
         OAUTH_ERR_REQUEST, true},
#define PROVED                                                                                     \
    BACK "&response_type=code&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&" \
         "code_challenge_method=S256"
        {PROVED "&scope=user/*.rs", OAUTH_ERR_REQUEST, true},
        {PROVED "&scope=user/*.rs&aud=https://other.example.org/fhir", OAUTH_ERR_REQUEST, true},
        {PROVED "&scope=user/*.rs&aud=https://c.example.org/fhir/", OAUTH_OK, true},
        {PROVED "&aud=https://c.example.org/fhir", OAUTH_ERR_SCOPE, true},
        {PROVED "&aud=https://c.example.org/fhir&scope=system/*.rs", OAUTH_ERR_SCOPE, true},
        {PROVED "&aud=https://c.example.org/fhir&scope=user/*.rs%0A", OAUTH_ERR_SCOPE, true},
        {PROVED "&aud=https://c.example.org/fhir&scope=user/*.rs&request=x", OAUTH_ERR_REQUEST,
         true},
    };
    begin();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct form form = form_of(cases[i].query);
        struct oauth_request request;
        enum oauth_err err = oauth_authorize(&turn, &form, &request);
        if (err != cases[i].err || request.may_redirect != cases[i].may_redirect)
            fail_msg("%s: %s %d", cases[i].query, oauth_err_word(err), request.may_redirect);
    }
}

static void h76_no_more_is_granted_than_was_asked_for(void **state)
{
    (void)state;
    struct form form = form_of(ASKED("app", "patient/Observation.rs+patient/Condition.cruds"));
    struct oauth_request request;
    struct text url;
    begin();
    assert_int_equal(oauth_authorize(&turn, &form, &request), OAUTH_OK);
    assert_int_equal(request.scopes.count, 2);
    assert_int_equal(request.scopes.scopes[1].letters, ACCESS_R | ACCESS_S);
    struct oauth_grant grant = doctor_grant("patient/*.rs");
    assert_int_equal(oauth_agree(&turn, &request, &grant, &url), OAUTH_ERR_SERVER);
    grant = doctor_grant("patient/Observation.rs");
    grant.launch_patient = TEXT("");
    assert_int_equal(oauth_agree(&turn, &request, &grant, &url), OAUTH_ERR_SCOPE);
}

static void h76_a_code_is_for_its_client_its_address_its_verifier_and_a_minute(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "client_id=other&redirect_uri=https://app.example.org/back&code_verifier=" VERIFIER,
        "client_id=app&redirect_uri=https://app.example.org/&code_verifier=" VERIFIER,
        "client_id=app&redirect_uri=https://app.example.org/back&code_verifier=" VERIFIER "x",
        "client_id=app&redirect_uri=https://app.example.org/back",
        "client_id=app&code_verifier=" VERIFIER,
    };
    struct json answer;
    begin();
    struct text code = get_code("patient/*.rs");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        assert_int_equal(ask_token(&answer, "grant_type=authorization_code&code=%.*s&%s",
                                   (int)code.len, code.bytes, forms[i]),
                         OAUTH_ERR_GRANT);
    turn.now_ms += INT64_C(1000) * OAUTH_CODE_S;
    assert_int_equal(redeem_code(&answer, code), OAUTH_ERR_GRANT);
    turn.now_ms -= 1;
    assert_int_equal(redeem_code(&answer, code), OAUTH_OK);
}

static void h76_a_code_that_comes_back_ends_what_it_gave(void **state)
{
    (void)state;
    struct json answer, again;
    begin();
    struct text code = get_code("patient/*.rs offline_access");
    assert_int_equal(redeem_code(&answer, code), OAUTH_OK);
    assert_int_equal(find(member(&answer, "access_token")), OAUTH_OK);
    assert_int_equal(redeem_code(&again, code), OAUTH_ERR_GRANT);
    assert_int_equal(find(member(&answer, "access_token")), OAUTH_ERR_GRANT);
    assert_int_equal(use_refresh(&again, member(&answer, "refresh_token"), ""), OAUTH_ERR_GRANT);
}

static void a_lost_answer_may_be_asked_for_again(void **state)
{
    (void)state;
    struct json first, lost, second, third;
    begin();
    assert_int_equal(redeem_code(&first, get_code("user/*.rs offline_access")), OAUTH_OK);
    assert_int_equal(use_refresh(&lost, member(&first, "refresh_token"), ""), OAUTH_OK);
    assert_int_equal(use_refresh(&second, member(&first, "refresh_token"), ""), OAUTH_OK);
    assert_false(text_equal(member(&lost, "refresh_token"), member(&second, "refresh_token")));
    assert_int_equal(use_refresh(&third, member(&second, "refresh_token"), ""), OAUTH_OK);
    assert_int_equal(find(member(&third, "access_token")), OAUTH_OK);
}

static void h76_a_refresh_token_that_comes_back_ends_its_family(void **state)
{
    (void)state;
    struct json first, second, third, thief;
    begin();
    /* Used, and the next one used: the first is back. */
    assert_int_equal(redeem_code(&first, get_code("user/*.rs offline_access")), OAUTH_OK);
    assert_int_equal(use_refresh(&second, member(&first, "refresh_token"), ""), OAUTH_OK);
    assert_int_equal(use_refresh(&third, member(&second, "refresh_token"), ""), OAUTH_OK);
    assert_int_equal(use_refresh(&thief, member(&first, "refresh_token"), ""), OAUTH_ERR_GRANT);
    assert_int_equal(find(member(&third, "access_token")), OAUTH_ERR_GRANT);
    assert_int_equal(use_refresh(&thief, member(&third, "refresh_token"), ""), OAUTH_ERR_GRANT);

    /* A thief takes the one before; the owner's newest then tells. */
    assert_int_equal(redeem_code(&first, get_code("user/*.rs offline_access")), OAUTH_OK);
    assert_int_equal(use_refresh(&second, member(&first, "refresh_token"), ""), OAUTH_OK);
    assert_int_equal(use_refresh(&thief, member(&first, "refresh_token"), ""), OAUTH_OK);
    assert_int_equal(use_refresh(&third, member(&second, "refresh_token"), ""), OAUTH_ERR_GRANT);
    assert_int_equal(find(member(&thief, "access_token")), OAUTH_ERR_GRANT);
}

static void h76_a_refresh_may_ask_for_less_and_never_for_more(void **state)
{
    (void)state;
    struct json first, less, whole;
    begin();
    assert_int_equal(redeem_code(&first, get_code("user/*.rs offline_access")), OAUTH_OK);
    struct text refresh = member(&first, "refresh_token");
    assert_int_equal(use_refresh(&less, refresh, "&scope=user/*.cruds"), OAUTH_ERR_SCOPE);
    assert_int_equal(use_refresh(&less, refresh, "&scope=patient/*.rs"), OAUTH_ERR_SCOPE);
    assert_int_equal(use_refresh(&less, refresh, "&scope=user/Patient.r"), OAUTH_OK);
    assert_true(text_is(member(&less, "scope"), "user/Patient.r"));
    assert_int_equal(use_refresh(&whole, member(&less, "refresh_token"), ""), OAUTH_OK);
    assert_true(text_is(member(&whole, "scope"), "user/*.rs offline_access") ||
                text_is(member(&whole, "scope"), "offline_access user/*.rs"));
    assert_int_equal(ask_token(&less, "grant_type=refresh_token&client_id=other&refresh_token=%.*s",
                               (int)member(&whole, "refresh_token").len,
                               member(&whole, "refresh_token").bytes),
                     OAUTH_ERR_GRANT);
}

#define UNNAMED "grant_type=refresh_token&refresh_token=%.*s"

static void h76_a_refresh_that_names_nobody_is_its_apps_own_unless_that_has_keys(void **state)
{
    (void)state;
    struct json first, second, next;
    struct buffer registered;
    begin();
    assert_int_equal(redeem_code(&first, get_code("user/*.rs offline_access")), OAUTH_OK);
    struct text refresh = member(&first, "refresh_token");
    assert_int_equal(ask_token(&next, UNNAMED "&client_secret=s", (int)refresh.len, refresh.bytes),
                     OAUTH_ERR_CLIENT);
    assert_int_equal(ask_token(&second, UNNAMED, (int)refresh.len, refresh.bytes), OAUTH_OK);
    struct text newer = member(&second, "refresh_token");

    buffer_init(&registered, &arena);
    buffer_add(&registered, TEXT("{\"id\":\"app\",\"redirects\":[\"https://app.example.org/back\"],"
                                 "\"scopes\":\"user/*.rs\",\"jwks\":{\"keys\":["));
    jose_key_write(&registered, program_key);
    buffer_add(&registered, (struct text){"]}}", 4});
    register_client(registered.bytes); /* the app gets keys */
    assert_int_equal(ask_token(&next, UNNAMED, (int)newer.len, newer.bytes), OAUTH_ERR_CLIENT);
    assert_int_equal(ask_token(&next, UNNAMED, (int)refresh.len, refresh.bytes), OAUTH_ERR_CLIENT);
    struct oauth_grant grant;
    assert_int_equal(oauth_find(&turn, member(&second, "access_token"), &grant), OAUTH_OK);
    assert_true(oauth_end_family(&turn, grant.family));
    assert_int_equal(ask_token(&next, UNNAMED, (int)newer.len, newer.bytes), OAUTH_ERR_GRANT);
    assert_int_equal(ask_token(&next, UNNAMED, 1, "x"), OAUTH_ERR_GRANT);
}

static void online_access_ends_with_the_shift_and_offline_when_unused(void **state)
{
    (void)state;
    struct json first, next;
    begin();
    assert_int_equal(redeem_code(&first, get_code("user/*.rs online_access")), OAUTH_OK);
    turn.now_ms += INT64_C(1000) * (OAUTH_ONLINE_S - 31);
    assert_int_equal(use_refresh(&next, member(&first, "refresh_token"), ""), OAUTH_OK);
    turn.now_ms += 1000;
    assert_int_equal(use_refresh(&next, member(&next, "refresh_token"), ""), OAUTH_ERR_GRANT);

    assert_int_equal(redeem_code(&first, get_code("user/*.rs offline_access")), OAUTH_OK);
    turn.now_ms += INT64_C(1000) * (OAUTH_OFFLINE_S - 1);
    assert_int_equal(use_refresh(&next, member(&first, "refresh_token"), ""), OAUTH_OK);
    turn.now_ms += INT64_C(1000) * OAUTH_OFFLINE_S;
    assert_int_equal(use_refresh(&next, member(&next, "refresh_token"), ""), OAUTH_ERR_GRANT);
}

static void a_program_with_keys_acts_alone(void **state)
{
    (void)state;
    struct json answer;
    struct oauth_grant grant;
    begin();
    struct text proof = assertion("j1", "https://c.example.org/token");
    assert_int_equal(ask_token(&answer,
                               "grant_type=client_credentials&scope=system/Patient.cruds+user/*.rs"
                               "&client_assertion=%.*s" PROOF,
                               (int)proof.len, proof.bytes),
                     OAUTH_OK);
    assert_true(text_is(member(&answer, "scope"), "system/Patient.rs"));
    assert_true(text_is(member(&answer, "expires_in"), "300"));
    assert_int_equal(member(&answer, "refresh_token").len, 0);
    assert_int_equal(oauth_find(&turn, member(&answer, "access_token"), &grant), OAUTH_OK);
    assert_int_equal(grant.roles, ACCESS_ROLE_BIT(ACCESS_SERVICE));
}

static void h76_a_program_that_does_not_prove_itself_gets_nothing(void **state)
{
    (void)state;
    struct json answer;
    begin();
#define ALONE "grant_type=client_credentials&scope=system/*.rs"
    assert_int_equal(ask_token(&answer, ALONE "&client_id=program"), OAUTH_ERR_CLIENT);
    assert_int_equal(ask_token(&answer, ALONE "&client_id=program&client_secret=x"),
                     OAUTH_ERR_CLIENT);
    assert_int_equal(ask_token(&answer, ALONE "&client_id=app"), OAUTH_ERR_UNAUTHORIZED);
    assert_int_equal(ask_token(&answer, ALONE "&client_id=program&client_assertion=x" PROOF),
                     OAUTH_ERR_CLIENT);
    struct text proof = assertion("j2", "https://other.example.org/token");
    assert_int_equal(
        ask_token(&answer, ALONE "&client_assertion=%.*s" PROOF, (int)proof.len, proof.bytes),
        OAUTH_ERR_CLIENT);
    proof = assertion("j3", "https://c.example.org/token");
    assert_int_equal(
        ask_token(&answer, ALONE "&client_assertion=%.*s", (int)proof.len, proof.bytes),
        OAUTH_ERR_CLIENT);
    assert_int_equal(ask_token(&answer, ALONE "&client_id=app&client_assertion=%.*s" PROOF,
                               (int)proof.len, proof.bytes),
                     OAUTH_ERR_CLIENT);
    assert_int_equal(
        ask_token(&answer, ALONE "&client_assertion=%.*s" PROOF, (int)proof.len, proof.bytes),
        OAUTH_OK);
    assert_int_equal(
        ask_token(&answer, ALONE "&client_assertion=%.*s" PROOF, (int)proof.len, proof.bytes),
        OAUTH_ERR_CLIENT);
    proof = assertion("j4", "https://c.example.org/token");
    assert_int_equal(ask_token(&answer, "grant_type=password&client_assertion=%.*s" PROOF,
                               (int)proof.len, proof.bytes),
                     OAUTH_ERR_GRANT_TYPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_signs_in_and_an_app_gets_what_they_granted),
        cmocka_unit_test(the_identity_is_signed_and_says_who),
        cmocka_unit_test(the_url_back_has_code_state_and_issuer),
        cmocka_unit_test(h76_a_request_that_is_not_whole_gets_no_code),
        cmocka_unit_test(h76_no_more_is_granted_than_was_asked_for),
        cmocka_unit_test(h76_a_code_is_for_its_client_its_address_its_verifier_and_a_minute),
        cmocka_unit_test(h76_a_code_that_comes_back_ends_what_it_gave),
        cmocka_unit_test(a_lost_answer_may_be_asked_for_again),
        cmocka_unit_test(h76_a_refresh_token_that_comes_back_ends_its_family),
        cmocka_unit_test(h76_a_refresh_may_ask_for_less_and_never_for_more),
        cmocka_unit_test(h76_a_refresh_that_names_nobody_is_its_apps_own_unless_that_has_keys),
        cmocka_unit_test(online_access_ends_with_the_shift_and_offline_when_unused),
        cmocka_unit_test(a_program_with_keys_acts_alone),
        cmocka_unit_test(h76_a_program_that_does_not_prove_itself_gets_nothing),
    };
    return cmocka_run_group_tests(tests, make_world, unmake_world);
}

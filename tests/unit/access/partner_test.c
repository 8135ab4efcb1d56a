/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/partner_world.h"

/* --- the ordinary ---------------------------------------------------------------------------------- */

static void the_browser_is_sent_there_with_all_that_ties_the_answer_to_it(void **state)
{
    (void)state;
    begin_partner(CONFIG);
    struct text url = go_there();
    assert_true(text_starts(url, TEXT("https://id.chu.ma/auth?response_type=code&client_id=jisr"
                                      "&redirect_uri=https%3A%2F%2Fc.example.org%2Fpartner"
                                      "%2Fcallback%2Fchu&scope=openid%20profile&state=")));
    assert_int_equal(in_url(url, "&state=").len, 43);
    assert_int_equal(in_url(url, "&nonce=").len, 43);
    assert_true(pkce_is_challenge(in_url(url, "&code_challenge=")));
    assert_true(text_is(in_url(url, "&code_challenge_method="), "S256"));
}

static void a_code_is_exchanged_with_its_verifier(void **state)
{
    (void)state;
    struct buffer out;
    begin_partner(CONFIG);
    struct text url = go_there();
    struct form form = come_back(url, "code=c%%2F1&iss=https://id.chu.ma");
    struct partner_return back;
    assert_int_equal(partner_return(&turn, chu, &form, browser, &back), PARTNER_OK);
    assert_true(text_is(back.go, "/account?a=1&b=2"));
    buffer_init(&out, &arena);
    assert_int_equal(partner_write_exchange(&turn, &partner, &about, &back, &out), PARTNER_OK);
    buffer_add_byte(&out, '\0');
    struct form sent = form_of(out.bytes);
    assert_true(text_is(form_value(&sent, "grant_type"), "authorization_code"));
    assert_true(text_is(form_value(&sent, "code"), "c/1"));
    assert_true(
        text_is(form_value(&sent, "redirect_uri"), "https://c.example.org/partner/callback/chu"));
    assert_true(pkce_check(form_value(&sent, "code_verifier"), in_url(url, "&code_challenge=")));
    assert_int_equal(form_value(&sent, "client_assertion").len, 0);
}

static void the_site_proves_itself_by_its_key_where_that_is_agreed(void **state)
{
    (void)state;
    static const struct text audience = {"https://id.chu.ma/token", 23};
    struct buffer out;
    struct jwt jwt;
    begin_partner("{\"id\":\"chu\",\"name\":\"CHU\",\"issuer\":\"https://id.chu.ma\","
                  "\"clientId\":\"jisr\",\"proof\":\"key\"}");
    struct partner_return back = there_and_back();
    buffer_init(&out, &arena);
    assert_int_equal(partner_write_exchange(&turn, &partner, &about, &back, &out), PARTNER_OK);
    buffer_add_byte(&out, '\0');
    struct form sent = form_of(out.bytes);
    const struct jose_keys ours = {.keys = {site_key}, .count = 1};
    assert_int_equal(jwt_verify(&jwt, form_value(&sent, "client_assertion"), &ours,
                                &(struct jwt_expected){.issuer = TEXT("jisr"),
                                                       .subject = TEXT("jisr"),
                                                       .audiences = &audience,
                                                       .audience_count = 1,
                                                       .now_s = NOW_S,
                                                       .lifetime_s_max = 60,
                                                       .needs_id = true},
                                &arena),
                     JWT_OK);
    site.key = NULL;
    buffer_init(&out, &arena);
    assert_int_equal(partner_write_exchange(&turn, &partner, &about, &back, &out),
                     PARTNER_ERR_SERVER);
    site.key = site_key;
}

static void a_person_is_who_their_provider_says(void **state)
{
    (void)state;
    begin_partner(CONFIG);
    struct partner_person person = person_with(
        ",\"name\":\"Salma\",\"preferred_username\":\"salma\",\"groups\":[\"x\",\"doctors\","
        "\"nurses\",7],\"record_id\":\"p-9\",\"amr\":[\"pwd\",\"mfa\"]");
    assert_true(text_is(person.subject, "u-7") && text_is(person.name, "Salma") &&
                text_is(person.account, "salma") && text_is(person.practitioner, "p-9"));
    assert_int_equal(person.roles,
                     ACCESS_ROLE_BIT(ACCESS_PHYSICIAN) | ACCESS_ROLE_BIT(ACCESS_NURSE));
    assert_int_equal(person.strength, SESSION_BY_SECOND);
    person = person_with(",\"groups\":\"nurses\",\"amr\":[\"pwd\"]");
    assert_int_equal(person.roles, ACCESS_ROLE_BIT(ACCESS_NURSE));
    assert_int_equal(person.strength, SESSION_BY_PASSWORD);
}

static void a_ticket_begins_one_session_in_one_browser_within_a_minute(void **state)
{
    (void)state;
    const struct partner_ticket ticket = {TEXT("a-1"), SESSION_BY_SECOND, TEXT("/account")};
    struct partner_ticket used;
    struct text word;
    begin_partner(CONFIG);
    assert_int_equal(partner_ticket_make(&turn, &ticket, browser, &word), PARTNER_OK);
    assert_int_equal(partner_ticket_use(&turn, word, TEXT("cookie-2"), &used), PARTNER_ERR_STATE);
    assert_int_equal(partner_ticket_use(&turn, word, browser, &used), PARTNER_OK);
    assert_true(text_is(used.account, "a-1") && text_is(used.go, "/account"));
    assert_int_equal(used.strength, SESSION_BY_SECOND);
    assert_int_equal(partner_ticket_use(&turn, word, browser, &used), PARTNER_ERR_STATE);
    assert_int_equal(partner_ticket_make(&turn, &ticket, browser, &word), PARTNER_OK);
    turn.now_ms += INT64_C(1000) * PARTNER_TICKET_S;
    assert_int_equal(partner_ticket_use(&turn, word, browser, &used), PARTNER_ERR_STATE);
}

static void a_partner_is_read_whole_or_not_at_all(void **state)
{
    (void)state;
#define START "{\"id\":\"chu\",\"name\":\"CHU\",\"clientId\":\"jisr\""
    static const char *const wrong[] = {
        "",
        "[]",
        "{}",
        START "}",
        START ",\"issuer\":\"http://id.chu.ma\"}",
        START ",\"issuer\":\"https://id.chu.ma?x=1\"}",
        START ",\"issuer\":\"https://me@id.chu.ma\"}",
        START ",\"issuer\":\"https://id.chu.ma#a\"}",
        START ",\"issuer\":\"https://id.chu.ma\",\"proof\":\"secret\"}",
        START ",\"issuer\":\"https://id.chu.ma\",\"scopes\":\"profile\"}",
        START ",\"issuer\":\"https://id.chu.ma\",\"secret\":\"x\"}",
        START ",\"issuer\":\"https://id.chu.ma\",\"makesAccounts\":true}",
        START ",\"issuer\":\"https://id.chu.ma\",\"roles\":{\"x\":[\"service\"]}}",
        START ",\"issuer\":\"https://id.chu.ma\",\"roles\":{\"x\":[\"patient\"]}}",
        START ",\"issuer\":\"https://id.chu.ma\",\"roles\":{\"x\":[\"doctor\"]}}",
        START ",\"issuer\":\"https://id.chu.ma\",\"roles\":{\"x\":[]}}",
        START ",\"issuer\":\"http://10.0.0.2:80\",\"hosts\":[\"10.0.0.1:80\"]}",
        START ",\"issuer\":\"https://id.chu.ma\",\"hosts\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}",
        "{\"id\":\"C H U\",\"name\":\"CHU\",\"issuer\":\"https://id.chu.ma\",\"clientId\":\"j\"}",
    };
    begin();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (read_config(wrong[i]))
            fail_msg("%s is taken", wrong[i]);
    assert_true(
        read_config(START ",\"issuer\":\"http://10.0.0.1:80\",\"hosts\":[\"10.0.0.1:80\"]}"));
    assert_true(text_is(partner_discovery_url(&partner, &arena),
                        "http://10.0.0.1:80/.well-known/openid-configuration"));
    assert_true(world_put(NULL, PARTNER_AREA, chu, text_of(CONFIG), INT64_MAX));
    assert_int_equal(partner_find(&turn, chu, &partner), PARTNER_OK);
    assert_int_equal(partner_find(&turn, TEXT("no"), &partner), PARTNER_ERR_NONE);
    assert_int_equal(partner_find(&turn, TEXT("../x"), &partner), PARTNER_ERR_NONE);
}

static void a_discovery_document_is_the_partners_own(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "{}",
        "{\"issuer\":\"https://evil.net\",\"authorization_endpoint\":\"https://id.chu.ma/a\","
        "\"token_endpoint\":\"https://id.chu.ma/t\",\"jwks_uri\":\"https://id.chu.ma/k\"}",
        "{\"issuer\":\"https://id.chu.ma\",\"authorization_endpoint\":\"http://id.chu.ma/a\","
        "\"token_endpoint\":\"https://id.chu.ma/t\",\"jwks_uri\":\"https://id.chu.ma/k\"}",
        "{\"issuer\":\"https://id.chu.ma\",\"authorization_endpoint\":\"javascript:alert(1)\","
        "\"token_endpoint\":\"https://id.chu.ma/t\",\"jwks_uri\":\"https://id.chu.ma/k\"}",
        "{\"issuer\":\"https://id.chu.ma\",\"authorization_endpoint\":\"https://id.chu.ma/a\","
        "\"token_endpoint\":\"https://id.chu.ma/t\"}",
    };
    begin_partner(CONFIG);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(partner_about_read(&about, &partner, text_of(wrong[i]), &arena),
                         PARTNER_ERR_FORM);
}

/* --- H-132: somebody else's answer is taken for the person's --------------------------------------- */

static void h132_an_answer_comes_back_once_in_its_browser_to_its_partner(void **state)
{
    (void)state;
    struct partner_return back;
    begin_partner(CONFIG);
    struct text url = go_there();
    struct form form = come_back(url, "code=c1");
    assert_int_equal(partner_return(&turn, chu, &form, TEXT("cookie-2"), &back), PARTNER_ERR_STATE);
    assert_int_equal(partner_return(&turn, TEXT("other"), &form, browser, &back),
                     PARTNER_ERR_STATE);
    assert_int_equal(partner_return(&turn, chu, &form, browser, &back), PARTNER_OK);
    assert_int_equal(partner_return(&turn, chu, &form, browser, &back), PARTNER_ERR_STATE);
    form = come_back(go_there(), "code=c1");
    turn.now_ms += INT64_C(1000) * PARTNER_RETURN_S;
    assert_int_equal(partner_return(&turn, chu, &form, browser, &back), PARTNER_ERR_STATE);
    form = form_of("code=c1");
    assert_int_equal(partner_return(&turn, chu, &form, browser, &back), PARTNER_ERR_STATE);
    form = come_back(go_there(), "error=access_denied");
    assert_int_equal(partner_return(&turn, chu, &form, browser, &back), PARTNER_ERR_REFUSED);
    form = come_back(go_there(), "x=1");
    assert_int_equal(partner_return(&turn, chu, &form, browser, &back), PARTNER_ERR_FORM);
}

static void h132_a_code_of_another_provider_goes_nowhere(void **state)
{
    (void)state;
    struct partner_return back;
    struct buffer out;
    begin_partner(CONFIG);
    struct form form = come_back(go_there(), "code=c1&iss=https://honest.ma");
    assert_int_equal(partner_return(&turn, chu, &form, browser, &back), PARTNER_OK);
    buffer_init(&out, &arena);
    assert_int_equal(partner_write_exchange(&turn, &partner, &about, &back, &out),
                     PARTNER_ERR_MIXED);
    assert_int_equal(out.len, 0);
    about.tells_issuer = true;
    back = there_and_back();
    assert_int_equal(partner_write_exchange(&turn, &partner, &about, &back, &out),
                     PARTNER_ERR_MIXED);
}

static void h132_a_token_that_is_not_this_sign_ins_proves_nothing(void **state)
{
    (void)state;
    struct partner_person person;
    begin_partner(CONFIG);
    assert_int_equal(check(good_claims(), &person), PARTNER_OK);
#define WITH(member, value)                                                                        \
    do {                                                                                           \
        struct claims claims = good_claims();                                                      \
        claims.member = value;                                                                     \
        assert_int_equal(check(claims, &person), PARTNER_ERR_TOKEN);                               \
    } while (0)
    WITH(issuer, "https://id.chu.ma/");
    WITH(issuer, "https://evil.net");
    WITH(audience, "\"other\"");
    WITH(audience, "[]");
    WITH(audience, "[\"jisr\",\"other\"]"); /* for whom of them? */
    WITH(more, ",\"azp\":\"other\"");
    WITH(nonce, "another");
    WITH(nonce, "");
    WITH(expires_s, NOW_S - 61);
    WITH(issued_s, NOW_S + 61);
    WITH(issued_s, NOW_S - 601);
    WITH(issued_s, 0);
#undef WITH
    assert_int_equal(fails_with(",\"nbf\":9999999999"), PARTNER_ERR_TOKEN);
    struct claims many = good_claims();
    many.audience = "[\"other\",\"jisr\"]";
    many.more = ",\"azp\":\"jisr\"";
    assert_int_equal(check(many, &person), PARTNER_OK);
}

static void h132_at_hash_is_of_the_access_token(void **state)
{
    (void)state;
    begin_partner(CONFIG);
    /* the left half of SHA-384 of "at-1", as its key is ES384 */
    person_with(",\"at_hash\":\"xuH6cm_HAD6l8eK5sNkZDBF4xMryPnlN\"");
    assert_int_equal(fails_with(",\"at_hash\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""),
                     PARTNER_ERR_TOKEN);
    assert_int_equal(fails_with(",\"at_hash\":7"), PARTNER_ERR_TOKEN);
}

static void h132_only_a_key_that_the_partner_publishes_counts(void **state)
{
    (void)state;
    struct partner_person person;
    bool needs_keys;
    begin_partner(CONFIG);
    struct partner_return back = there_and_back();
    struct jose_key *stranger = jose_key_make(JOSE_ES384);
    assert_int_equal(partner_check(&turn, &partner, &keys, &back,
                                   answer_of(token_of(&back, good_claims(), stranger)), &person,
                                   &needs_keys),
                     PARTNER_ERR_TOKEN);
    assert_true(needs_keys); /* a kid that is not there: the keys may have changed */
    jose_key_free(stranger);
    static const char none[] = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkLmNodS5tYSJ9.";
    assert_int_equal(partner_check(&turn, &partner, &keys, &back, answer_of(text_of(none)), &person,
                                   &needs_keys),
                     PARTNER_ERR_TOKEN);
    assert_false(needs_keys);
    assert_int_equal(partner_check(&turn, &partner, &keys, &back, TEXT("{}"), &person, &needs_keys),
                     PARTNER_ERR_FORM);
    assert_int_equal(
        partner_check(&turn, &partner, &keys, &back, TEXT("<html>"), &person, &needs_keys),
        PARTNER_ERR_FORM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_browser_is_sent_there_with_all_that_ties_the_answer_to_it),
        cmocka_unit_test(a_code_is_exchanged_with_its_verifier),
        cmocka_unit_test(the_site_proves_itself_by_its_key_where_that_is_agreed),
        cmocka_unit_test(a_person_is_who_their_provider_says),
        cmocka_unit_test(a_ticket_begins_one_session_in_one_browser_within_a_minute),
        cmocka_unit_test(a_partner_is_read_whole_or_not_at_all),
        cmocka_unit_test(a_discovery_document_is_the_partners_own),
        cmocka_unit_test(h132_an_answer_comes_back_once_in_its_browser_to_its_partner),
        cmocka_unit_test(h132_a_code_of_another_provider_goes_nowhere),
        cmocka_unit_test(h132_a_token_that_is_not_this_sign_ins_proves_nothing),
        cmocka_unit_test(h132_at_hash_is_of_the_access_token),
        cmocka_unit_test(h132_only_a_key_that_the_partner_publishes_counts),
    };
    return cmocka_run_group_tests(tests, make_world, unmake_world);
}

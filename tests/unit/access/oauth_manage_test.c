/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/oauth_world.h"

static const char *answer_text(struct buffer *out)
{
    buffer_add_byte(out, '\0');
    assert_false(out->failed);
    return out->bytes;
}

static struct form about(struct text token, const char *id, const char *audience)
{
    char text[4096];
    struct text proof = assertion(id, audience);
    snprintf(text, sizeof text, "token=%.*s&client_assertion=%.*s" PROOF, (int)token.len,
             token.bytes, (int)proof.len, proof.bytes);
    return form_of(text);
}

static void a_program_that_may_asks_what_a_token_is(void **state)
{
    (void)state;
    struct json answer;
    struct buffer out;
    begin();
    assert_int_equal(redeem_code(&answer, get_code("patient/*.rs")), OAUTH_OK);
    struct form form =
        about(member(&answer, "access_token"), "i1", "https://c.example.org/introspect");
    buffer_init(&out, &arena);
    assert_int_equal(oauth_introspect(&turn, &form, &out), OAUTH_OK);
    const char *text = answer_text(&out);
    assert_non_null(strstr(text, "\"active\":true"));
    assert_non_null(strstr(text, "\"scope\":\"patient/*.rs\""));
    assert_non_null(strstr(text, "\"client_id\":\"app\""));
    assert_non_null(strstr(text, "\"patient\":\"7\""));
    assert_non_null(strstr(text, "\"exp\":1795000900"));
}

static void h76_introspection_tells_strangers_nothing_and_of_no_token_no_more(void **state)
{
    (void)state;
    struct buffer out;
    struct form form = form_of("token=x&client_id=app");
    begin();
    buffer_init(&out, &arena);
    assert_int_equal(oauth_introspect(&turn, &form, &out), OAUTH_ERR_UNAUTHORIZED);
    form = form_of("token=x&client_id=program");
    assert_int_equal(oauth_introspect(&turn, &form, &out), OAUTH_ERR_CLIENT);
    form = about(TEXT("jisr_at_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "i2",
                 "https://c.example.org");
    assert_int_equal(oauth_introspect(&turn, &form, &out), OAUTH_OK);
    assert_string_equal(answer_text(&out), "{\"active\":false}");
}

static enum oauth_err revoke(const char *client, struct text token)
{
    char text[1024];
    snprintf(text, sizeof text, "client_id=%s&token=%.*s", client, (int)token.len, token.bytes);
    struct form form = form_of(text);
    return oauth_revoke(&turn, &form);
}

static void a_client_ends_its_own_tokens(void **state)
{
    (void)state;
    struct json answer, next;
    begin();
    assert_int_equal(redeem_code(&answer, get_code("user/*.rs offline_access")), OAUTH_OK);
    assert_int_equal(revoke("app", member(&answer, "access_token")), OAUTH_OK);
    assert_int_equal(find(member(&answer, "access_token")), OAUTH_ERR_GRANT);
    assert_int_equal(use_refresh(&next, member(&answer, "refresh_token"), ""), OAUTH_OK);
    assert_int_equal(revoke("app", member(&next, "refresh_token")), OAUTH_OK);
    assert_int_equal(find(member(&next, "access_token")), OAUTH_ERR_GRANT);
    assert_int_equal(use_refresh(&next, member(&next, "refresh_token"), ""), OAUTH_ERR_GRANT);
    assert_int_equal(revoke("app", TEXT("unknown")), OAUTH_OK);
    assert_int_equal(revoke("app", TEXT("")), OAUTH_ERR_REQUEST);
}

static void h76_nobody_ends_anothers_tokens(void **state)
{
    (void)state;
    struct json answer, next;
    begin();
    assert_int_equal(redeem_code(&answer, get_code("user/*.rs offline_access")), OAUTH_OK);
    assert_int_equal(revoke("other", member(&answer, "access_token")), OAUTH_OK);
    assert_int_equal(revoke("other", member(&answer, "refresh_token")), OAUTH_OK);
    assert_int_equal(find(member(&answer, "access_token")), OAUTH_OK);
    assert_int_equal(use_refresh(&next, member(&answer, "refresh_token"), ""), OAUTH_OK);
}

static void h76_other_kinds_of_tokens_open_nothing(void **state)
{
    (void)state;
    struct json answer, next;
    begin();
    struct text code = get_code("user/*.rs offline_access");
    assert_int_equal(find(code), OAUTH_ERR_GRANT);
    assert_int_equal(redeem_code(&answer, code), OAUTH_OK);
    assert_int_equal(find(member(&answer, "refresh_token")), OAUTH_ERR_GRANT);
    assert_int_equal(use_refresh(&next, member(&answer, "access_token"), ""), OAUTH_ERR_GRANT);
    assert_int_equal(redeem_code(&next, member(&answer, "access_token")), OAUTH_ERR_GRANT);
}

/* Whatever call of the store fails, nothing is handed out. */
static void h76_a_store_that_fails_hands_nothing_out(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct json answer, next;
        begin();
        struct text code = get_code("user/*.rs offline_access");
        store_fails_in = i;
        enum oauth_err err = redeem_code(&answer, code);
        bool has_failed = store_fails_in < 0;
        assert_int_equal(err, has_failed ? OAUTH_ERR_SERVER : OAUTH_OK);
        if (has_failed)
            continue;
        store_fails_in = i;
        err = use_refresh(&next, member(&answer, "refresh_token"), "");
        assert_int_equal(err, store_fails_in < 0 ? OAUTH_ERR_SERVER : OAUTH_OK);
    }
    struct json answer;
    begin();
    assert_int_equal(redeem_code(&answer, get_code("user/*.rs")), OAUTH_OK);
    for (store_fails_in = 0; store_fails_in < 2;) {
        int kept = store_fails_in;
        assert_int_equal(find(member(&answer, "access_token")), OAUTH_ERR_SERVER);
        store_fails_in = kept + 1;
    }
}

static void h76_a_client_is_registered_whole_or_not_at_all(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        "[]",
        "{}",
        "{\"id\":\"\"}",
        "{\"id\":\"a b\"}",
        "{\"id\":\"a\",\"redirects\":\"https://a\"}",
        "{\"id\":\"a\",\"redirects\":[\"http://a.example.org/\"]}",
        "{\"id\":\"a\",\"redirects\":[\"https://a/#x\"]}",
        "{\"id\":\"a\",\"redirects\":[\"https://a/ x\"]}",
        "{\"id\":\"a\",\"redirects\":[\"http://localhost.evil.org/\"]}",
        "{\"id\":\"a\",\"redirects\":[\"http://127.0.0.1.evil.org/\"]}",
        "{\"id\":\"a\",\"redirects\":[\"javascript:alert(1)\"]}",
        "{\"id\":\"a\",\"redirects\":[\"data:x\"]}",
        "{\"id\":\"a\",\"redirects\":[\"https://\"]}",
        "{\"id\":\"a\",\"redirects\":[7]}",
        "{\"id\":\"a\",\"actsAlone\":true}",
        "{\"id\":\"a\",\"introspects\":true}",
    };
    static const char *const taken[] = {
        "{\"id\":\"a\",\"redirects\":[\"https://a/b?c=d\",\"http://127.0.0.1:80/x\",\"http://"
        "[::1]\","
        "\"http://localhost:3000/\",\"org.example.app:/back\"]}",
        "{\"id\":\"a\",\"actsAlone\":true,\"jwks\":{\"keys\":[]}}",
    };
    struct oauth_client client;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (oauth_client_read(&client, text_of(refused[i]), &arena))
            fail_msg("%s was taken", refused[i]);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (!oauth_client_read(&client, text_of(taken[i]), &arena))
            fail_msg("%s was refused", taken[i]);
    assert_true(client.may_act_alone);
    assert_int_equal(client.roles, ACCESS_ROLE_BIT(ACCESS_SERVICE));
}

static void documents_tell_clients_where_to_go(void **state)
{
    (void)state;
    struct buffer out;
    struct json json;
    begin();
    buffer_init(&out, &arena);
    oauth_write_smart_configuration(&out, &site);
    assert_int_equal(json_parse(&json, buffer_text(&out), &json_limits_default, &arena, NULL),
                     JSON_OK);
    assert_true(text_is(member(&json, "token_endpoint"), "https://c.example.org/token"));
    assert_true(text_is(member(&json, "code_challenge_methods_supported"), "[\"S256\"]"));
    assert_true(text_is(member(&json, "management_endpoint"), "https://c.example.org/account"));
    assert_non_null(strstr(answer_text(&out), "\"permission-v2\""));
    buffer_init(&out, &arena);
    oauth_write_openid_configuration(&out, &site);
    assert_int_equal(json_parse(&json, buffer_text(&out), &json_limits_default, &arena, NULL),
                     JSON_OK);
    assert_true(text_is(member(&json, "issuer"), "https://c.example.org"));
    assert_true(text_is(member(&json, "id_token_signing_alg_values_supported"), "[\"ES256\"]"));
}

static void documents_do_not_claim_pages_that_are_not_there(void **state)
{
    (void)state;
    const struct oauth_site small = {.issuer = TEXT("https://c.example.org"),
                                     .fhir_base = TEXT("https://c.example.org/fhir")};
    struct buffer out;
    struct json json;
    begin();
    buffer_init(&out, &arena);
    oauth_write_smart_configuration(&out, &small);
    assert_int_equal(json_parse(&json, buffer_text(&out), &json_limits_default, &arena, NULL),
                     JSON_OK);
    assert_int_equal(member(&json, "authorization_endpoint").len, 0);
    assert_true(text_is(member(&json, "grant_types_supported"), "[\"client_credentials\"]"));
    assert_null(strstr(answer_text(&out), "launch"));
    buffer_init(&out, &arena);
    oauth_write_keys(&out, &small);
    assert_string_equal(answer_text(&out), "{\"keys\":[]}");
}

static void errors_have_words_and_statuses(void **state)
{
    (void)state;
    struct buffer out;
    begin();
    struct form form = form_of("grant_type=refresh_token");
    buffer_init(&out, &arena);
    enum oauth_err err = oauth_token(&turn, &form, &out);
    assert_int_equal(err, OAUTH_ERR_CLIENT);
    assert_int_equal(oauth_err_status(err), 401);
    oauth_write_error(&out, &turn, err);
    assert_string_equal(answer_text(&out), "{\"error\":\"invalid_client\",\"error_description\":"
                                           "\"client_id is missing\"}");
}

static void a_grant_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct oauth_grant grant = doctor_grant("user/*.rs"), again;
    struct buffer first, second;
    begin();
    grant.roles |= ACCESS_ROLE_BIT(ACCESS_AUDITOR);
    grant.family = TEXT("f\"1");
    buffer_init(&first, &arena);
    oauth_grant_write(&first, &grant);
    assert_true(oauth_grant_read(&again, buffer_text(&first), &arena));
    assert_int_equal(again.roles, grant.roles);
    buffer_init(&second, &arena);
    oauth_grant_write(&second, &again);
    assert_true(text_equal(buffer_text(&first), buffer_text(&second)));
    assert_false(oauth_grant_read(&again, TEXT("{}"), &arena));
}

static void h76_a_parameter_twice_is_no_form(void **state)
{
    (void)state;
    struct form form;
    assert_int_equal(form_read(&form, TEXT("a=1&b=2&a=3"), &arena), FORM_ERR_TWICE);
    assert_int_equal(form_read(&form, TEXT("a=1&%61=3"), &arena), FORM_ERR_TWICE);
    assert_int_equal(form_read(&form, TEXT("a=%"), &arena), FORM_ERR_FORM);
    assert_int_equal(form_read(&form, TEXT("a=%4"), &arena), FORM_ERR_FORM);
    assert_int_equal(form_read(&form, TEXT("a=%4g"), &arena), FORM_ERR_FORM);
    assert_int_equal(form_read(&form, TEXT("a=%00"), &arena), FORM_ERR_FORM);
    assert_int_equal(form_read(&form, TEXT("&&a=%41+b&c&"), &arena), FORM_OK);
    assert_true(text_is(form_value(&form, "a"), "A b"));
    assert_int_equal(form_value(&form, "c").len, 0);
    assert_int_equal(form_value(&form, "d").len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_that_may_asks_what_a_token_is),
        cmocka_unit_test(h76_introspection_tells_strangers_nothing_and_of_no_token_no_more),
        cmocka_unit_test(a_client_ends_its_own_tokens),
        cmocka_unit_test(h76_nobody_ends_anothers_tokens),
        cmocka_unit_test(h76_other_kinds_of_tokens_open_nothing),
        cmocka_unit_test(h76_a_store_that_fails_hands_nothing_out),
        cmocka_unit_test(h76_a_client_is_registered_whole_or_not_at_all),
        cmocka_unit_test(documents_tell_clients_where_to_go),
        cmocka_unit_test(documents_do_not_claim_pages_that_are_not_there),
        cmocka_unit_test(errors_have_words_and_statuses),
        cmocka_unit_test(a_grant_is_read_as_it_was_written),
        cmocka_unit_test(h76_a_parameter_twice_is_no_form),
    };
    return cmocka_run_group_tests(tests, make_world, unmake_world);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An app that is opened from the record: for its patient, its person, itself, and once. */
#include "oauth_world.h"

#include "access/launch.h"

#define SCOPES "launch+openid+patient/*.rs"
static char token[TOKEN_LEN + 1];
static char asked[1024];

/* The world, an app that can be opened, and a launch of it for `user` ("": anybody), as the record keeps one. */
static void open_app(const char *user)
{
    const struct launch launch = {TEXT("viewer"), text_of(user), TEXT("31"), TEXT("e5")};
    struct text made;

    begin();
    register_client("{\"id\":\"viewer\",\"name\":\"V\",\"launch\":\"https://app.example.org/open\","
                    "\"redirects\":[\"https://app.example.org/back\"],"
                    "\"scopes\":\"launch openid patient/*.rs\"}");
    assert_int_equal(launch_make(&turn, &launch, &made), LAUNCH_OK);
    snprintf(token, sizeof token, "%.*s", (int)made.len, made.bytes);
    snprintf(asked, sizeof asked, "%s&launch=%s", ASKED("viewer", SCOPES), token);
}

static enum oauth_err ask(const char *form_text, struct oauth_request *request)
{
    struct form form = form_of(form_text);
    return oauth_authorize(&turn, &form, request);
}

static enum oauth_err agree(const struct oauth_request *request, struct text *url)
{
    struct oauth_grant grant = doctor_grant("launch openid patient/*.rs");
    return oauth_agree(&turn, request, &grant, url);
}

static void h174_an_app_gets_the_patient_and_encounter_that_it_was_opened_for(void **state)
{
    struct oauth_request request;
    struct json answer;
    struct text url;

    (void)state;
    open_app("Practitioner/d");
    assert_int_equal(ask(asked, &request), OAUTH_OK);
    assert_true(text_is(request.context.patient, "31"));
    assert_int_equal(agree(&request, &url), OAUTH_OK); /* of whom the grant says it is patient 7 */
    struct text code = in_url(url, "code=");
    assert_int_equal(ask_token(&answer,
                               "grant_type=authorization_code&client_id=viewer&code=%.*s"
                               "&redirect_uri=https://app.example.org/back&code_verifier=" VERIFIER,
                               (int)code.len, code.bytes),
                     OAUTH_OK);
    assert_true(text_is(member(&answer, "patient"), "31"));
    assert_true(text_is(member(&answer, "encounter"), "e5"));
    assert_true(text_is(member(&answer, "scope"), "launch openid patient/*.rs"));
}

static void h174_a_launch_is_good_once_and_for_its_time(void **state)
{
    struct oauth_request request, again;
    struct text url;

    (void)state;
    open_app("");
    assert_int_equal(ask(asked, &request), OAUTH_OK);
    assert_int_equal(ask(asked, &again), OAUTH_OK); /* looking does not use it up */
    assert_int_equal(agree(&request, &url), OAUTH_OK);
    assert_int_equal(agree(&again, &url), OAUTH_ERR_REQUEST);
    assert_int_equal(ask(asked, &again), OAUTH_ERR_REQUEST);
    assert_true(again.may_redirect);
    assert_non_null(strstr(turn.why, "open the app"));

    open_app("");
    turn.now_ms += INT64_C(1000) * LAUNCH_S;
    assert_int_equal(ask(asked, &request), OAUTH_ERR_REQUEST);
}

static void h174_a_launch_is_for_one_app_and_who_made_it(void **state)
{
    char others[1024];
    struct oauth_request request;
    struct text url;

    (void)state;
    open_app("Practitioner/e");
    register_client(
        "{\"id\":\"spy\",\"name\":\"S\",\"redirects\":[\"https://app.example.org/back\"],"
        "\"scopes\":\"launch openid patient/*.rs\"}");
    snprintf(others, sizeof others, "%s&launch=%s", ASKED("spy", SCOPES), token);
    assert_int_equal(ask(others, &request), OAUTH_ERR_REQUEST);
    assert_int_equal(ask(asked, &request), OAUTH_OK);
    assert_false(oauth_may_launch(&turn, &request, TEXT("Practitioner/d")));
    assert_true(oauth_may_launch(&turn, &request, TEXT("Practitioner/e")));
    assert_int_equal(agree(&request, &url), OAUTH_ERR_DENIED);
    assert_int_equal(ask(asked, &request), OAUTH_OK); /* it is not used up by that */
}

static void a_launch_and_its_scope_belong_together(void **state)
{
    char text[1024];
    struct oauth_request request;

    (void)state;
    open_app("");
    snprintf(text, sizeof text, "%s&launch=%s", ASKED("viewer", "openid+patient/*.rs"), token);
    assert_int_equal(ask(text, &request), OAUTH_ERR_REQUEST);
    assert_int_equal(ask(ASKED("viewer", SCOPES), &request), OAUTH_OK); /* opened by itself */
    assert_false(request.scopes.words & SCOPE_LAUNCH);
    for (size_t i = 0; i < 2; i++) {
        static const char *const wrong[] = {"x",
                                            "jisr_at_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
        snprintf(text, sizeof text, "%s&launch=%s", ASKED("viewer", SCOPES), wrong[i]);
        assert_int_equal(ask(text, &request), OAUTH_ERR_REQUEST);
    }
}

static void what_the_store_cannot_do_is_an_error_of_ours(void **state)
{
    struct oauth_request request;
    struct launch launch;
    struct text url;

    (void)state;
    open_app("");
    store_fails_in = 1; /* the client is found */
    assert_int_equal(ask(asked, &request), OAUTH_ERR_SERVER);
    store_fails_in = -1;
    assert_int_equal(ask(asked, &request), OAUTH_OK);
    store_fails_in = 0;
    assert_int_equal(agree(&request, &url), OAUTH_ERR_SERVER);
    store_fails_in = 1;
    assert_int_equal(launch_use(&turn, text_of(token), TEXT("viewer"), &launch), LAUNCH_FAILED);
    store_fails_in = -1;
    assert_int_equal(launch_use(&turn, text_of(token), TEXT("viewer"), &launch), LAUNCH_OK);
}

static void the_apps_url_has_where_the_record_is_and_the_token(void **state)
{
    struct buffer url;

    (void)state;
    buffer_init(&url, &arena);
    launch_write_url(&url, TEXT("https://a.example/open"), TEXT("https://c.example/fhir"),
                     TEXT("jisr_la_x"));
    assert_true(text_is(buffer_text(&url), "https://a.example/open?iss=https%3A%2F%2Fc.example%2F"
                                           "fhir&launch=jisr_la_x"));
    buffer_init(&url, &arena);
    launch_write_url(&url, TEXT("https://a.example/?v=2"), TEXT("x"), TEXT("y"));
    assert_true(text_is(buffer_text(&url), "https://a.example/?v=2&iss=x&launch=y"));
}

static void a_client_that_is_opened_nowhere_safe_is_none(void **state)
{
    static const char *const wrong[] = {"http://app.example.org/open", "javascript:alert(1)",
                                        "https://app.example.org/#open"};
    char json[256];
    struct oauth_client client;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(json, sizeof json, "{\"id\":\"v\",\"launch\":\"%s\"}", wrong[i]);
        assert_false(oauth_client_read(&client, text_of(json), &arena));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h174_an_app_gets_the_patient_and_encounter_that_it_was_opened_for),
        cmocka_unit_test(h174_a_launch_is_good_once_and_for_its_time),
        cmocka_unit_test(h174_a_launch_is_for_one_app_and_who_made_it),
        cmocka_unit_test(a_launch_and_its_scope_belong_together),
        cmocka_unit_test(what_the_store_cannot_do_is_an_error_of_ours),
        cmocka_unit_test(the_apps_url_has_where_the_record_is_and_the_token),
        cmocka_unit_test(a_client_that_is_opened_nowhere_safe_is_none),
    };
    return cmocka_run_group_tests(tests, make_world, unmake_world);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/account_world.h"

#include "access/session.h"

static const struct session_from somewhere = {
    .browser = {"Firefox", 7}, .address = {"192.0.2.7", 9}, .before = {"", 0}};
static const struct text ACCOUNT = {"AAAAAAAAAAAAAAAAAAAAAA", ACCOUNT_ID_LEN};

static struct text sign_in(struct session *session)
{
    struct text token;
    assert_int_equal(
        session_begin(&turn, ACCOUNT, SESSION_BY_PASSWORD, &somewhere, session, &token),
        SESSION_OK);
    return token;
}

static enum session_err look(struct text token)
{
    struct session session;
    return session_find(&turn, token, &session);
}

static void pass(int64_t seconds)
{
    turn.now_ms += seconds * 1000;
}

static struct text use(struct text token)
{
    struct session session;
    struct text fresh;
    assert_int_equal(session_use(&turn, token, &session, &fresh), SESSION_OK);
    return fresh;
}

static void a_session_is_found_by_its_token_alone(void **state)
{
    (void)state;
    struct session session, found;

    begin();
    struct text token = sign_in(&session);
    assert_int_equal(session_find(&turn, token, &found), SESSION_OK);
    assert_true(text_equal(found.id, session.id) && text_equal(found.account, ACCOUNT));
    assert_text(found.browser, "Firefox");
    assert_int_equal(found.strength, SESSION_BY_PASSWORD);
    assert_true(session_has_csrf(&session, found.csrf));
    assert_false(session_has_csrf(&session, TEXT("")));
    assert_int_equal(look(TEXT("")), SESSION_NONE);
    assert_int_equal(look(session.id), SESSION_NONE);
    for (size_t i = 0; i < note_count; i++) /* the store does not have it */
        assert_null(memmem(notes[i].value.bytes, notes[i].value.len, token.bytes, token.len));
}

static void h122_a_session_ends_idle_and_it_ends_after_twelve_hours(void **state)
{
    (void)state;
    struct session session;

    begin();
    struct text token = sign_in(&session);
    pass(SESSION_IDLE_S - 1);
    assert_int_equal(look(token), SESSION_OK);
    pass(1);
    assert_int_equal(look(token), SESSION_NONE);

    begin();
    token = sign_in(&session);
    for (int64_t s = 0; s < SESSION_LONGEST_S; s += 600) {
        struct text fresh = use(token);
        token = fresh.len ? fresh : token;
        pass(600);
    }
    assert_int_equal(look(token), SESSION_NONE);
}

static void h122_a_token_changes_and_the_one_before_ends(void **state)
{
    (void)state;
    struct session session;

    begin();
    struct text first = sign_in(&session);
    assert_int_equal(use(first).len, 0);
    pass(SESSION_ROTATE_S);
    struct text second = use(first);
    assert_int_equal(second.len, TOKEN_LEN);
    assert_int_equal(look(first), SESSION_OK); /* its answer may be lost */
    assert_int_equal(use(second).len, 0);
    assert_int_equal(look(first), SESSION_OK); /* requests on their way */
    pass(SESSION_GRACE_S);
    assert_int_equal(look(first), SESSION_NONE);
    assert_int_equal(look(second), SESSION_OK);
}

static void a_lost_answer_does_not_sign_out(void **state)
{
    (void)state;
    struct session session;

    begin();
    struct text first = sign_in(&session);
    (void)use(first);
    pass(SESSION_ROTATE_S);
    struct text lost = use(first);
    assert_int_equal(use(first).len, 0); /* a request beside it does not take it away again */
    assert_int_equal(look(lost), SESSION_OK);
    pass(SESSION_GRACE_S);
    struct text second = use(first);
    assert_int_equal(second.len, TOKEN_LEN);
    assert_int_equal(look(lost), SESSION_NONE);
    assert_int_equal(look(second), SESSION_OK);
}

static void uses_are_noted_once_a_minute(void **state)
{
    (void)state;
    struct session session;

    begin();
    struct text token = sign_in(&session);
    assert_int_equal(session_find(&turn, token, &session), SESSION_OK);
    assert_true(session.wants_use); /* the first time */
    (void)use(token);
    assert_int_equal(session_find(&turn, token, &session), SESSION_OK);
    assert_false(session.wants_use);
    pass(SESSION_SEEN_S);
    assert_int_equal(session_find(&turn, token, &session), SESSION_OK);
    assert_true(session.wants_use);
}

static void h122_signing_in_or_a_further_factor_changes_all_secrets(void **state)
{
    (void)state;
    struct session session, raised;
    struct text fresh;

    begin();
    struct text planted = sign_in(&session);
    struct session_from from = somewhere;
    from.before = planted;
    struct text token;
    assert_int_equal(session_begin(&turn, TEXT("BBBBBBBBBBBBBBBBBBBBBB"), SESSION_BY_PASSWORD,
                                   &from, &session, &token),
                     SESSION_OK);
    assert_int_equal(look(planted), SESSION_NONE);

    pass(5);
    assert_int_equal(session_raise(&turn, token, SESSION_BY_SECOND, &raised, &fresh), SESSION_OK);
    assert_int_equal(look(token), SESSION_NONE);
    assert_int_equal(look(fresh), SESSION_OK);
    assert_true(text_equal(raised.id, session.id));
    assert_false(session_has_csrf(&raised, session.csrf));
    assert_int_equal(raised.strength, SESSION_BY_SECOND);
    assert_int_equal(raised.signed_in_s, session.signed_in_s + 5);
    assert_int_equal(session_raise(&turn, fresh, SESSION_BY_PASSWORD, &raised, &fresh), SESSION_OK);
    assert_int_equal(raised.strength, SESSION_BY_SECOND);
}

/* A grant of the person's in this session; its family. */
static struct text grant_app(const struct session *session, bool is_offline, struct text *code)
{
    struct form form = form_of(ASKED("app", "openid+offline_access+online_access+launch/patient+"
                                            "patient/*.rs+user/*.cruds"));
    struct oauth_request request;
    struct oauth_grant grant =
        doctor_grant(is_offline ? "offline_access user/*.cruds" : "online_access user/*.cruds");
    struct text url;
    assert_int_equal(oauth_authorize(&turn, &form, &request), OAUTH_OK);
    assert_int_equal(oauth_agree(&turn, &request, &grant, &url), OAUTH_OK);
    assert_int_equal(session_add_app(&turn, session, &grant, is_offline), SESSION_OK);
    *code = in_url(url, "code=");
    return grant.family;
}

static void apps_end_with_their_session_but_offline_ones(void **state)
{
    (void)state;
    struct session session;
    struct session_book book;
    struct json online, offline;
    struct text code;

    begin();
    (void)sign_in(&session);
    (void)grant_app(&session, false, &code);
    assert_int_equal(redeem_code(&online, code), OAUTH_OK);
    (void)grant_app(&session, true, &code);
    assert_int_equal(redeem_code(&offline, code), OAUTH_OK);
    assert_int_equal(session_list(&turn, ACCOUNT, &book), SESSION_OK);
    assert_int_equal(book.session_count, 1);
    assert_int_equal(book.sessions[0].csrf.len, 0);
    assert_int_equal(book.app_count, 2);
    assert_true(book.apps[0].is_offline);

    assert_int_equal(session_end(&turn, ACCOUNT, session.id), SESSION_OK);
    assert_int_equal(session_end(&turn, ACCOUNT, session.id), SESSION_NONE);
    assert_int_equal(find(member(&online, "access_token")), OAUTH_ERR_GRANT);
    assert_int_equal(find(member(&offline, "access_token")), OAUTH_OK);
    assert_int_equal(session_list(&turn, ACCOUNT, &book), SESSION_OK);
    assert_int_equal(book.app_count, 1);
    assert_int_equal(session_end_app(&turn, ACCOUNT, book.apps[0].family), SESSION_OK);
    assert_int_equal(find(member(&offline, "access_token")), OAUTH_ERR_GRANT);
    assert_int_equal(notes_of("session-book"), 0);
}

static void h123_who_is_shut_out_is_out_at_once_with_all_apps(void **state)
{
    (void)state;
    struct session session, other;
    struct json offline, answer;
    struct text code, late;
    size_t count;

    begin();
    struct text token = sign_in(&session), second = sign_in(&other);
    (void)grant_app(&session, true, &code);
    assert_int_equal(redeem_code(&offline, code), OAUTH_OK);
    (void)grant_app(&session, true, &late);
    assert_int_equal(session_end_all(&turn, ACCOUNT, TEXT(""), &count), SESSION_OK);
    assert_int_equal(count, 2);
    assert_int_equal(look(token), SESSION_NONE);
    assert_int_equal(look(second), SESSION_NONE);
    assert_int_equal(find(member(&offline, "access_token")), OAUTH_ERR_GRANT);
    assert_int_equal(use_refresh(&answer, member(&offline, "refresh_token"), ""), OAUTH_ERR_GRANT);
    assert_int_equal(redeem_code(&answer, late), OAUTH_ERR_GRANT); /* a code on its way, too */
}

static void a_session_may_end_all_others(void **state)
{
    (void)state;
    struct session session, other;
    struct text code;
    struct json kept;

    begin();
    struct text token = sign_in(&session), second = sign_in(&other);
    (void)grant_app(&session, true, &code);
    assert_int_equal(redeem_code(&kept, code), OAUTH_OK);
    assert_int_equal(session_end_all(&turn, ACCOUNT, session.id, NULL), SESSION_OK);
    assert_int_equal(look(token), SESSION_OK);
    assert_int_equal(look(second), SESSION_NONE);
    assert_int_equal(find(member(&kept, "access_token")), OAUTH_OK);
}

static void many_sessions_end_the_one_idle_longest(void **state)
{
    (void)state;
    struct session session;
    struct session_book book;
    struct text tokens[SESSIONS_MAX + 1];

    begin();
    for (size_t i = 0; i <= SESSIONS_MAX; i++) {
        tokens[i] = sign_in(&session);
        pass(1);
    }
    assert_int_equal(look(tokens[0]), SESSION_NONE);
    assert_int_equal(look(tokens[1]), SESSION_OK);
    assert_int_equal(session_list(&turn, ACCOUNT, &book), SESSION_OK);
    assert_int_equal(book.session_count, SESSIONS_MAX);
    assert_true(text_equal(book.sessions[0].id, session.id));
}

static void what_a_browser_says_of_itself_is_cut_and_plain(void **state)
{
    (void)state;
    char long_name[400];
    struct session session;
    struct text token;

    begin();
    memset(long_name, 'x', sizeof long_name);
    memcpy(long_name, "a\x1b[2J\xff\xc3\xa9", 8);
    const struct session_from from = {
        .browser = {long_name, sizeof long_name}, .address = TEXT("::1"), .before = TEXT("")};
    assert_int_equal(session_begin(&turn, ACCOUNT, SESSION_BY_PASSKEY, &from, &session, &token),
                     SESSION_OK);
    assert_in_range(session.browser.len, 100, SESSION_BROWSER_LEN_MAX);
    assert_memory_equal(session.browser.bytes, "a[2J\xc3\xa9xx", 8);
    assert_int_equal(look(token), SESSION_OK);
}

static void a_store_that_fails_anywhere_is_an_error(void **state)
{
    (void)state;
    struct session session;
    struct text token, fresh;
    int i;

    begin();
    token = sign_in(&session);
    pass(SESSION_ROTATE_S);
    for (i = 0; store_fails_in = i, session_use(&turn, token, &session, &fresh) != SESSION_OK;
         i++) {
        begin(); /* what failed is undone */
        token = sign_in(&session);
        pass(SESSION_ROTATE_S);
        assert_in_range(i, 0, 20);
    }
    assert_in_range(i, 4, 20);
    for (i = 0; store_fails_in = i, session_end_all(&turn, ACCOUNT, TEXT(""), NULL) != SESSION_OK;
         i++) {
        begin();
        (void)sign_in(&session);
        assert_in_range(i, 0, 20);
    }
    store_fails_in = -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_found_by_its_token_alone),
        cmocka_unit_test(h122_a_session_ends_idle_and_it_ends_after_twelve_hours),
        cmocka_unit_test(h122_a_token_changes_and_the_one_before_ends),
        cmocka_unit_test(a_lost_answer_does_not_sign_out),
        cmocka_unit_test(uses_are_noted_once_a_minute),
        cmocka_unit_test(h122_signing_in_or_a_further_factor_changes_all_secrets),
        cmocka_unit_test(apps_end_with_their_session_but_offline_ones),
        cmocka_unit_test(h123_who_is_shut_out_is_out_at_once_with_all_apps),
        cmocka_unit_test(a_session_may_end_all_others),
        cmocka_unit_test(many_sessions_end_the_one_idle_longest),
        cmocka_unit_test(what_a_browser_says_of_itself_is_cut_and_plain),
        cmocka_unit_test(a_store_that_fails_anywhere_is_an_error),
    };
    return cmocka_run_group_tests(tests, make_world, unmake_world);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/passkey_world.h"

/* --- H-131: an answer is used again, or by who is not there ---------------------------------------- */

static void h131_a_challenge_is_good_once(void **state)
{
    (void)state;
    struct passkey made;
    begin();
    struct text posted = play(played_get, ask_sign_in());
    assert_int_equal(take_get(&owner, browser, posted), PASSKEY_OK);
    assert_int_equal(take_get(&owner, browser, posted), PASSKEY_ERR_CHALLENGE);
    posted = play(played_new, ask_new(&newcomer));
    assert_int_equal(take_new(&newcomer, browser, posted, &made), PASSKEY_OK);
    assert_int_equal(take_new(&newcomer, browser, posted, &made), PASSKEY_ERR_CHALLENGE);
    assert_int_equal(note_count, 3); /* the world's clients */
}

static void h131_a_challenge_that_was_tried_is_used_up(void **state)
{
    (void)state;
    struct played forged = played_get;
    begin();
    forged.is_forged = true;
    struct text challenge = ask_sign_in();
    assert_int_equal(take_get(&owner, browser, play(forged, challenge)), PASSKEY_ERR_SIGNATURE);
    assert_int_equal(take_get(&owner, browser, play(played_get, challenge)), PASSKEY_ERR_CHALLENGE);
}

static void h131_a_challenge_is_of_one_browser_account_and_ceremony(void **state)
{
    (void)state;
    struct passkey made;
    struct passkey_owner other = newcomer;
    begin();
    other.account = TEXT("account-2");
    assert_int_equal(take_get(&owner, TEXT("cookie-2"), play(played_get, ask_sign_in())),
                     PASSKEY_ERR_CHALLENGE);
    assert_int_equal(take_new(&other, browser, play(played_new, ask_new(&newcomer)), &made),
                     PASSKEY_ERR_CHALLENGE);
    assert_int_equal(take_get(&owner, browser, play(played_get, ask_new(&owner))),
                     PASSKEY_ERR_CHALLENGE);
    assert_int_equal(take_new(&newcomer, browser, play(played_new, ask_sign_in()), &made),
                     PASSKEY_ERR_CHALLENGE);
    struct played crossed = played_new;
    crossed.type = "webauthn.get";
    assert_int_equal(register_as(crossed), PASSKEY_ERR_CHALLENGE);
    crossed = played_get; /* what other ceremonies of a browser sign is none of ours */
    crossed.type = "payment.get";
    assert_int_equal(sign_in_as(crossed), PASSKEY_ERR_FORM);
}

static void h131_a_challenge_is_good_for_five_minutes(void **state)
{
    (void)state;
    begin();
    struct text posted = play(played_get, ask_sign_in());
    turn.now_ms += INT64_C(1000) * PASSKEY_CHALLENGE_S;
    assert_int_equal(take_get(&owner, browser, posted), PASSKEY_ERR_CHALLENGE);
    posted = play(played_get, ask_sign_in());
    turn.now_ms += INT64_C(1000) * PASSKEY_CHALLENGE_S - 1;
    assert_int_equal(take_get(&owner, browser, posted), PASSKEY_OK);
}

static void h131_nobody_made_up_a_challenge(void **state)
{
    (void)state;
    begin();
    static const char *const made_up[] = {"", "AAAA", "!",
                                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < sizeof made_up / sizeof *made_up; i++)
        assert_int_not_equal(take_get(&owner, browser, play(played_get, text_of(made_up[i]))),
                             PASSKEY_OK);
}

static void h131_the_user_is_there_and_verified(void **state)
{
    (void)state;
    static const unsigned few[] = {0, FLAG_PRESENT, FLAG_VERIFIED};
    begin();
    for (size_t i = 0; i < sizeof few / sizeof *few; i++) {
        struct played made = played_new, got = played_get;
        made.flags = got.flags = few[i];
        assert_int_equal(register_as(made), PASSKEY_ERR_USER);
        assert_int_equal(sign_in_as(got), PASSKEY_ERR_USER);
    }
    struct played odd = played_get; /* backed up though it cannot be */
    odd.flags |= FLAG_BACKED_UP;
    assert_int_equal(sign_in_as(odd), PASSKEY_ERR_FORM);
}

static void h131_another_accounts_passkey_opens_nothing(void **state)
{
    (void)state;
    struct played how = played_get;
    struct passkey_owner other = owner;
    begin();
    other.account = TEXT("account-2");
    assert_int_equal(take_get(&other, browser, play(how, ask_sign_in())), PASSKEY_ERR_UNKNOWN);
    how.handle = "account-2";
    assert_int_equal(sign_in_as(how), PASSKEY_ERR_UNKNOWN);
    how.handle = "";
    assert_int_equal(sign_in_as(how), PASSKEY_ERR_UNKNOWN);
    how = played_get;
    how.id = "key-2";
    assert_int_equal(sign_in_as(how), PASSKEY_ERR_UNKNOWN);
    how.handle = "a b";
    assert_int_equal(sign_in_as(how), PASSKEY_ERR_FORM);
    assert_int_equal(take_get(&newcomer, browser, play(played_get, ask_sign_in())),
                     PASSKEY_ERR_UNKNOWN);
}

static void h131_a_count_that_goes_back_is_told(void **state)
{
    (void)state;
    struct played how = played_get;
    begin();
    for (how.count = 0; how.count <= 5; how.count++)
        assert_int_equal(sign_in_as(how), PASSKEY_ERR_COUNT);
    assert_int_equal(sign_in_as(how), PASSKEY_OK);
    struct passkey plain = *one;
    struct passkey_owner uncounted = owner;
    plain.count = 0;
    uncounted.passkeys = &plain;
    how.count = 0;
    assert_int_equal(take_get(&uncounted, browser, play(how, ask_sign_in())), PASSKEY_OK);
}

static void h131_a_passkey_is_registered_once_and_eight_at_most(void **state)
{
    (void)state;
    struct passkey made, many[PASSKEYS_MAX];
    struct passkey_owner full = owner;
    struct buffer out;
    begin();
    assert_int_equal(take_new(&owner, browser, play(played_new, ask_new(&owner)), &made),
                     PASSKEY_ERR_TWICE);
    for (size_t i = 0; i < PASSKEYS_MAX; i++)
        many[i] = (struct passkey){.id = TEXT("x"), .alg = PASSKEY_ES256, .key = TEXT("K")};
    full.passkeys = many;
    struct text challenge = ask_new(&newcomer);
    full.count = PASSKEYS_MAX;
    buffer_init(&out, &arena);
    assert_int_equal(passkey_ask_new(&turn, &full, browser, &out), PASSKEY_ERR_FULL);
    assert_int_equal(take_new(&full, browser, play(played_new, challenge), &made),
                     PASSKEY_ERR_FULL);
}

static void h131_what_the_device_made_has_to_be_what_the_page_says(void **state)
{
    (void)state;
    struct passkey made;
    struct played how = played_new;
    begin();
    how.id = "strange";
    assert_int_equal(register_as(how), PASSKEY_ERR_KEY);
    struct text posted = play(played_new, ask_new(&newcomer));
    char *at = memmem(posted.bytes, posted.len, "a2V5LTE", 7); /* its id */
    at[0] = 'b';
    assert_int_equal(take_new(&newcomer, browser, posted, &made), PASSKEY_ERR_FORM);
}

static void what_is_no_credential_is_refused_before_anything(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "[]",
        "{}",
        "{\"id\":\"YQ\"}",
        "{\"id\":\"YQ\",\"response\":3}",
        "{\"id\":\"\",\"response\":{\"clientDataJSON\":\"YQ\",\"authenticatorData\":\"YQ\"}}",
        "{\"id\":\"Y\",\"response\":{\"clientDataJSON\":\"YQ\",\"authenticatorData\":\"YQ\"}}",
        "{\"id\":7,\"response\":{\"clientDataJSON\":\"YQ\",\"authenticatorData\":\"YQ\"}}",
        "{\"id\":\"YQ\",\"response\":{\"authenticatorData\":\"YQ\"}}",
        "{\"id\":\"YQ\",\"response\":{\"clientDataJSON\":\"YQ\"}}",
        "{\"id\":\"YQ\",\"name\":\"a\\u0007\",\"response\":{\"clientDataJSON\":\"YQ\","
        "\"authenticatorData\":\"YQ\"}}",
        "{\"id\":\"YQ\",\"id\":\"YQ\",\"response\":{\"clientDataJSON\":\"YQ\","
        "\"authenticatorData\":\"YQ\"}}",
    };
    struct passkey_posted posted;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (passkey_posted_read(&posted, text_of(wrong[i]), &arena) != PASSKEY_ERR_FORM)
            fail_msg("%s is taken", wrong[i]);
}

static void h131_a_store_that_fails_signs_nobody_in(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < 3; i++) {
        struct buffer out;
        buffer_init(&out, &arena);
        store_fails_in = i;
        enum passkey_err err = passkey_ask_sign_in(&turn, browser, &out);
        if (err == PASSKEY_OK) {
            const struct json json = options_of(&out);
            err = take_get(&owner, browser, play(played_get, member(&json, "challenge")));
        }
        assert_int_equal(err, PASSKEY_ERR_SERVER);
    }
    store_fails_in = -1;
}

static void every_error_has_words(void **state)
{
    (void)state;
    for (enum passkey_err err = PASSKEY_OK; err <= PASSKEY_ERR_SERVER; err++)
        assert_true(strlen(passkey_err_words(err)) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h131_a_challenge_is_good_once),
        cmocka_unit_test(h131_a_challenge_that_was_tried_is_used_up),
        cmocka_unit_test(h131_a_challenge_is_of_one_browser_account_and_ceremony),
        cmocka_unit_test(h131_a_challenge_is_good_for_five_minutes),
        cmocka_unit_test(h131_nobody_made_up_a_challenge),
        cmocka_unit_test(h131_the_user_is_there_and_verified),
        cmocka_unit_test(h131_another_accounts_passkey_opens_nothing),
        cmocka_unit_test(h131_a_count_that_goes_back_is_told),
        cmocka_unit_test(h131_a_passkey_is_registered_once_and_eight_at_most),
        cmocka_unit_test(h131_what_the_device_made_has_to_be_what_the_page_says),
        cmocka_unit_test(what_is_no_credential_is_refused_before_anything),
        cmocka_unit_test(h131_a_store_that_fails_signs_nobody_in),
        cmocka_unit_test(every_error_has_words),
    };
    return cmocka_run_group_tests(tests, make_world, unmake_world);
}

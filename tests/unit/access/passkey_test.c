/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/passkey_world.h"

/* --- the ordinary ---------------------------------------------------------------------------------- */

static void a_new_passkey_is_asked_for_discoverable_and_verified(void **state)
{
    (void)state;
    struct buffer out;
    begin();
    buffer_init(&out, &arena);
    assert_int_equal(passkey_ask_new(&turn, &owner, browser, &out), PASSKEY_OK);
    buffer_add_byte(&out, '\0');
    static const char *const wanted[] = {
        "\"rp\":{\"id\":\"c.example.org\",\"name\":\"c.example.org\"}",
        "\"user\":{\"id\":\"YWNjb3VudC0x\",\"name\":\"salma\",\"displayName\":\"Salma Idrissi\"}",
        "\"excludeCredentials\":[{\"type\":\"public-key\",\"id\":\"a2V5LTE\"}]",
        "{\"type\":\"public-key\",\"alg\":-7}",
        "\"residentKey\":\"required\"",
        "\"userVerification\":\"required\"",
        "\"attestation\":\"none\"",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(out.bytes, wanted[i]))
            fail_msg("%s lacks %s", out.bytes, wanted[i]);
}

static void what_the_device_made_is_kept_with_its_owners_name(void **state)
{
    (void)state;
    struct passkey made;
    struct played how = played_new;
    begin();
    how.count = 3;
    assert_int_equal(take_new(&newcomer, browser, play(how, ask_new(&newcomer)), &made),
                     PASSKEY_OK);
    assert_true(text_is(made.id, "key-1"));
    assert_true(text_is(made.name, "Phone"));
    assert_int_equal(made.count, 3);
    assert_int_equal(made.since_s, NOW_S);
}

static void a_passkey_signs_its_owner_in(void **state)
{
    (void)state;
    struct passkey_posted posted;
    size_t which = 99;
    uint32_t count = 0;
    begin();
    assert_int_equal(passkey_posted_read(&posted, play(played_get, ask_sign_in()), &arena),
                     PASSKEY_OK);
    assert_true(text_is(posted.account, "account-1"));
    assert_int_equal(passkey_take_sign_in(&turn, &proof, &owner, browser, &posted, &which, &count),
                     PASSKEY_OK);
    assert_int_equal(which, 0);
    assert_int_equal(count, 6);
}

static void a_passkey_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct buffer out;
    struct json_writer writer;
    struct passkey again;
    begin();
    buffer_init(&out, &arena);
    json_writer_init(&writer, &out);
    passkey_write(&writer, one);
    const struct json json = options_of(&out);
    assert_true(passkey_read(&again, &json, JSON_ROOT, &arena));
    assert_true(text_equal(again.id, one->id) && text_equal(again.key, one->key) &&
                text_equal(again.name, one->name));
    assert_true(again.alg == one->alg && again.count == one->count &&
                again.since_s == one->since_s);
}

static void what_is_no_passkey_is_not_read_as_one(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "[]",
        "{}",
        "{\"id\":\"YQ\",\"alg\":\"ES512\",\"key\":\"YQ\",\"count\":1,\"since\":1}",
        "{\"id\":\"\",\"alg\":\"ES256\",\"key\":\"YQ\",\"count\":1,\"since\":1}",
        "{\"id\":\"YQ\",\"alg\":\"ES256\",\"key\":\"Y\",\"count\":1,\"since\":1}",
        "{\"id\":\"YQ\",\"alg\":\"ES256\",\"key\":\"YQ\",\"count\":4294967296,\"since\":1}",
        "{\"id\":\"YQ\",\"alg\":\"ES256\",\"key\":\"YQ\",\"count\":-1,\"since\":1}",
    };
    struct passkey passkey;
    struct json json;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(json_parse(&json, text_of(wrong[i]), &json_limits_default, &arena, NULL),
                         JSON_OK);
        assert_false(passkey_read(&passkey, &json, JSON_ROOT, &arena));
    }
}

static void passkeys_are_offered_where_browsers_do_them(void **state)
{
    (void)state;
    static const char *const good[] = {"https://c.example.org",      "https://c.example.org:8443",
                                       "http://localhost:8080",      "http://centre.localhost",
                                       "https://c.example.org/jisr", "https://x-1.ma"};
    static const char *const bad[] = {
        "http://c.example.org", "http://127.0.0.1:8080", "https://10.0.0.1",
        "https://[::1]",        "https://C.example.org", "https://",
        "https://c..org",       "https://c.org:x",       "https://me@c.org",
        "ftp://c.org",          "https://c.org:8443:1",  "http://localhost.evil.org",
        "http://evillocalhost", "https://c.org."};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!passkey_is_offered(text_of(good[i])))
            fail_msg("%s has none", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (passkey_is_offered(text_of(bad[i])))
            fail_msg("%s has some", bad[i]);
}

/* --- H-130: a page that is not ours uses the passkey ----------------------------------------------- */

static void h130_a_passkey_used_on_another_site_is_refused(void **state)
{
    (void)state;
    static const char *const others[] = {"https://c.example.org.evil.net",
                                         "http://c.example.org",
                                         "https://c.example.org:8443",
                                         "https://c.example.org/",
                                         "https://C.example.org",
                                         "null",
                                         ""};
    begin();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct played made = played_new, got = played_get;
        made.origin = got.origin = others[i];
        assert_int_equal(register_as(made), PASSKEY_ERR_ORIGIN);
        assert_int_equal(sign_in_as(got), PASSKEY_ERR_ORIGIN);
    }
    struct played elsewhere = played_get;
    elsewhere.rp_id = "example.org";
    assert_int_equal(sign_in_as(elsewhere), PASSKEY_ERR_ORIGIN);
}

static void h130_a_passkey_used_in_anothers_frame_is_refused(void **state)
{
    (void)state;
    static const char *const framed[] = {",\"crossOrigin\":true", ",\"crossOrigin\":\"false\"",
                                         ",\"crossOrigin\":false,\"topOrigin\":\"https://e.net\""};
    begin();
    for (size_t i = 0; i < sizeof framed / sizeof *framed; i++) {
        struct played how = played_get;
        how.extra = framed[i];
        assert_int_equal(sign_in_as(how), PASSKEY_ERR_ORIGIN);
    }
    struct played plain = played_get;
    plain.extra = ",\"crossOrigin\":false,\"other_keys_can_be_added_here\":{\"x\":[1]}";
    assert_int_equal(sign_in_as(plain), PASSKEY_OK);
}

static void h130_the_usual_port_is_none(void **state)
{
    (void)state;
    begin();
    site.issuer = TEXT("https://c.example.org:443");
    assert_int_equal(sign_in_as(played_get), PASSKEY_OK);
    site.issuer = TEXT("http://10.0.0.1");
    struct buffer out;
    buffer_init(&out, &arena);
    assert_int_equal(passkey_ask_sign_in(&turn, browser, &out), PASSKEY_ERR_SITE);
    assert_int_equal(passkey_ask_new(&turn, &owner, browser, &out), PASSKEY_ERR_SITE);
    assert_int_equal(out.len, 0);
    site.issuer = TEXT("https://c.example.org");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_passkey_is_asked_for_discoverable_and_verified),
        cmocka_unit_test(what_the_device_made_is_kept_with_its_owners_name),
        cmocka_unit_test(a_passkey_signs_its_owner_in),
        cmocka_unit_test(a_passkey_is_read_as_it_was_written),
        cmocka_unit_test(what_is_no_passkey_is_not_read_as_one),
        cmocka_unit_test(passkeys_are_offered_where_browsers_do_them),
        cmocka_unit_test(h130_a_passkey_used_on_another_site_is_refused),
        cmocka_unit_test(h130_a_passkey_used_in_anothers_frame_is_refused),
        cmocka_unit_test(h130_the_usual_port_is_none),
    };
    return cmocka_run_group_tests(tests, make_world, unmake_world);
}

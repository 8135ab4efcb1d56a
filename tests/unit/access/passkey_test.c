/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/oauth_world.h"

#include "access/base64.h"
#include "access/passkey.h"
#include "base/bytes.h"

/* --- a browser and its device, with signatures that anybody can make ------------------------------- */

enum { FLAG_PRESENT = 1, FLAG_VERIFIED = 4, FLAG_BACKED_UP = 16 };

/* What the ceremony is, and what is wrong with it. */
struct played {
    const char *type, *origin, *rp_id, *extra; /* extra: members of the client's data */
    const char *id, *handle;
    unsigned flags;
    uint32_t count;
    bool is_forged;
};
static const struct played played_new = {.type = "webauthn.create",
                                         .origin = "https://c.example.org",
                                         .rp_id = "c.example.org",
                                         .extra = "",
                                         .id = "key-1",
                                         .handle = "",
                                         .flags = FLAG_PRESENT | FLAG_VERIFIED};
static const struct played played_get = {.type = "webauthn.get",
                                         .origin = "https://c.example.org",
                                         .rp_id = "c.example.org",
                                         .extra = "",
                                         .id = "key-1",
                                         .handle = "account-1",
                                         .flags = FLAG_PRESENT | FLAG_VERIFIED,
                                         .count = 6};

/* Where TEXT cannot stand: it is no constant. */
#define LITERAL(text)                                                                              \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

static const struct text browser = LITERAL("cookie-1");

/* The credential's id stands behind the head. */
static bool fake_read(struct text data, struct arena *in, struct passkey *passkey)
{
    (void)in;
    passkey->id = (struct text){data.bytes + DIGEST_LEN + 5, data.len - DIGEST_LEN - 5};
    passkey->alg = PASSKEY_ES256;
    passkey->key = TEXT("K");
    passkey->count = get_be32((const uint8_t *)data.bytes + DIGEST_LEN + 1);
    return !text_is(passkey->id, "strange");
}

static bool fake_is_signed(const struct passkey *passkey, const char *rp_id, struct text data,
                           const uint8_t client_data_hash[static DIGEST_LEN], struct text signature)
{
    (void)data;
    return strcmp(rp_id, "c.example.org") == 0 && text_is(passkey->key, "K") &&
           signature.len == DIGEST_LEN &&
           memcmp(signature.bytes, client_data_hash, DIGEST_LEN) == 0;
}
static const struct passkey_proof proof = {fake_read, fake_is_signed};

static const struct passkey one[] = {{.id = LITERAL("key-1"),
                                      .alg = PASSKEY_ES256,
                                      .key = LITERAL("K"),
                                      .count = 5,
                                      .name = LITERAL("Phone"),
                                      .since_s = NOW_S}};
static const struct passkey_owner newcomer = {
    .account = LITERAL("account-1"), .login = LITERAL("salma"), .name = LITERAL("Salma Idrissi")};
static const struct passkey_owner owner = {.account = LITERAL("account-1"),
                                           .login = LITERAL("salma"),
                                           .name = LITERAL("Salma Idrissi"),
                                           .passkeys = one,
                                           .count = 1};

static struct json options_of(const struct buffer *out)
{
    struct json json;
    assert_false(out->failed);
    assert_int_equal(json_parse(&json, buffer_text(out), &json_limits_default, &arena, NULL),
                     JSON_OK);
    return json;
}

static struct text ask_new(const struct passkey_owner *whose)
{
    struct buffer out;
    buffer_init(&out, &arena);
    assert_int_equal(passkey_ask_new(&turn, whose, browser, &out), PASSKEY_OK);
    const struct json json = options_of(&out);
    return member(&json, "challenge");
}

static struct text ask_sign_in(void)
{
    struct buffer out;
    buffer_init(&out, &arena);
    assert_int_equal(passkey_ask_sign_in(&turn, browser, &out), PASSKEY_OK);
    const struct json json = options_of(&out);
    return member(&json, "challenge");
}

static void add_bytes(struct buffer *out, const char *name, const void *bytes, size_t len)
{
    buffer_format(out, "\"%s\":\"", name);
    base64url_write(out, bytes, len);
    buffer_format(out, "\"");
}

/* What the page posts. */
static struct text play(struct played how, struct text challenge)
{
    struct buffer client_data, out;
    uint8_t data[256], signature[DIGEST_LEN];
    size_t id_len = strlen(how.id);

    buffer_init(&client_data, &arena);
    buffer_format(&client_data, "{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%s\"%s}",
                  how.type, (int)challenge.len, challenge.bytes, how.origin, how.extra);
    digest_of(text_of(how.rp_id), data);
    data[DIGEST_LEN] = (uint8_t)how.flags;
    put_be32(data + DIGEST_LEN + 1, how.count);
    memcpy(data + DIGEST_LEN + 5, how.id, id_len);
    digest_of(buffer_text(&client_data), signature);
    signature[0] ^= how.is_forged;
    buffer_init(&out, &arena);
    buffer_format(&out, "{\"name\":\"Phone\",");
    add_bytes(&out, "id", how.id, id_len);
    buffer_format(&out, ",\"response\":{");
    add_bytes(&out, "clientDataJSON", client_data.bytes, client_data.len);
    buffer_format(&out, ",");
    add_bytes(&out, "authenticatorData", data, DIGEST_LEN + 5 + id_len);
    buffer_format(&out, ",");
    add_bytes(&out, "signature", signature, sizeof signature);
    buffer_format(&out, ",");
    add_bytes(&out, "userHandle", how.handle, strlen(how.handle));
    buffer_format(&out, "}}");
    assert_false(out.failed);
    return buffer_text(&out);
}

static enum passkey_err take_new(const struct passkey_owner *whose, struct text in,
                                 struct text posted, struct passkey *made)
{
    return passkey_take_new(&turn, &proof, whose, in, posted, made);
}

static enum passkey_err register_as(struct played how)
{
    struct passkey made;
    return take_new(&newcomer, browser, play(how, ask_new(&newcomer)), &made);
}

static enum passkey_err take_get(const struct passkey_owner *whose, struct text in,
                                 struct text text)
{
    struct passkey_posted posted;
    size_t which = 99;
    uint32_t count = 0;
    enum passkey_err err = passkey_posted_read(&posted, text, &arena);
    if (err == PASSKEY_OK)
        err = passkey_take_sign_in(&turn, &proof, whose, in, &posted, &which, &count);
    if (err == PASSKEY_OK)
        assert_int_equal(which, 0);
    return err;
}

static enum passkey_err sign_in_as(struct played how)
{
    return take_get(&owner, browser, play(how, ask_sign_in()));
}

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
        cmocka_unit_test(a_new_passkey_is_asked_for_discoverable_and_verified),
        cmocka_unit_test(what_the_device_made_is_kept_with_its_owners_name),
        cmocka_unit_test(a_passkey_signs_its_owner_in),
        cmocka_unit_test(a_passkey_is_read_as_it_was_written),
        cmocka_unit_test(what_is_no_passkey_is_not_read_as_one),
        cmocka_unit_test(passkeys_are_offered_where_browsers_do_them),
        cmocka_unit_test(h130_a_passkey_used_on_another_site_is_refused),
        cmocka_unit_test(h130_a_passkey_used_in_anothers_frame_is_refused),
        cmocka_unit_test(h130_the_usual_port_is_none),
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

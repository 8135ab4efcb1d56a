/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "access/assertion.h"
#include "access/base64.h"

#include "unit/arena_case.h"

enum { NOW_S = 1795000000 };
#define CLAIMS                                                                                     \
    "{\"iss\":\"https://i\",\"sub\":\"s\",\"aud\":\"https://a\",\"exp\":1795000300,\"iat\":"       \
    "1795000000,\"jti\":\"j1\"}"

static const uint32_t public_algs[] = {JOSE_ES256, JOSE_ES384, JOSE_RS256, JOSE_RS384, JOSE_EDDSA};
enum { PUBLIC_ALGS = sizeof public_algs / sizeof *public_algs };

static struct json parse(struct text text)
{
    struct json json;
    assert_int_equal(json_parse(&json, text, &json_limits_default, &arena, NULL), JSON_OK);
    return json;
}

/* The public half, as another server would read it. */
static struct jose_key *publish(const struct jose_key *key)
{
    struct buffer out;
    buffer_init(&out, &arena);
    jose_key_write(&out, key);
    assert_false(out.failed);
    struct json json = parse(buffer_text(&out));
    return jose_key_read(&json, JSON_ROOT);
}

static struct text sign(const struct jose_key *key, const char *claims)
{
    struct buffer out;
    buffer_init(&out, &arena);
    assert_true(jwt_write(&out, key, TEXT("JWT"), text_of(claims)));
    return buffer_text(&out);
}

static enum jwt_err verify(struct text token, struct jose_key *key)
{
    struct jose_keys keys = {.keys = {key}, .count = 1};
    struct jwt_expected expected = {.now_s = NOW_S};
    struct jwt jwt;
    return jwt_verify(&jwt, token, &keys, &expected, &arena);
}

static void each_algorithm_signs_what_its_published_key_verifies(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLIC_ALGS; i++) {
        struct jose_key *key = jose_key_make(public_algs[i]), *published = publish(key);
        assert_non_null(published);
        assert_true(text_equal(jose_key_id(key), jose_key_id(published)));
        assert_int_equal(jose_key_algs(published), public_algs[i]);
        assert_int_equal(verify(sign(key, CLAIMS), published), JWT_OK);

        struct buffer der;
        buffer_init(&der, &arena);
        assert_true(jose_key_write_private(&der, key));
        struct jose_key *kept = jose_key_read_private(buffer_text(&der), public_algs[i]);
        assert_non_null(kept);
        assert_int_equal(verify(sign(kept, CLAIMS), published), JWT_OK);
        assert_null(jose_key_read_private(buffer_text(&der), JOSE_HS256));
        jose_key_free(key);
        jose_key_free(published);
        jose_key_free(kept);
    }
}

/* RFC 7515 appendix A.3. */
static void the_rfcs_es256_token_is_verified(void **state)
{
    (void)state;
    struct json json = parse(TEXT("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
                                  "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
                                  "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"));
    struct jose_key *key = jose_key_read(&json, JSON_ROOT);
    struct text token = TEXT("eyJhbGciOiJFUzI1NiJ9."
                             "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL"
                             "mNvbS9pc19yb290Ijp0cnV"
                             "lfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-"
                             "F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
    struct jose_keys keys = {.keys = {key}, .count = 1};
    struct jwt_expected expected = {.now_s = 1300819379, .issuer = TEXT("joe")};
    struct jwt jwt;
    assert_int_equal(jwt_verify(&jwt, token, &keys, &expected, &arena), JWT_OK);
    expected.now_s++;
    assert_int_equal(jwt_verify(&jwt, token, &keys, &expected, &arena), JWT_ERR_EXPIRED);
    jose_key_free(key);
}

/* RFC 7515 appendix A.1 and RFC 8037 appendix A.4. */
static void the_rfcs_hs256_and_eddsa_signatures_are_verified(void **state)
{
    (void)state;
    struct json json = parse(TEXT("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
                                  "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"));
    struct jose_key *key = jose_key_read(&json, JSON_ROOT);
    uint8_t signature[80];
    size_t len;
    assert_true(
        base64url_decode(TEXT("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg"
                              "5BhVsPt9g7sVvpAr_MuM0KAg"),
                         signature, &len));
    struct text text = TEXT("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
    assert_true(
        jose_key_verify(key, JOSE_EDDSA, text, (struct text){(const char *)signature, len}));
    jose_key_free(key);
}

static void the_rfcs_thumbprint_is_a_keys_name(void **state)
{
    (void)state;
    /* RFC 8037 appendix A.1 and A.3: this seed, that name. */
    static const uint8_t pkcs8[] = {0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B,
                                    0x65, 0x70, 0x04, 0x22, 0x04, 0x20, 0x9D, 0x61, 0xB1, 0x9D,
                                    0xEF, 0xFD, 0x5A, 0x60, 0xBA, 0x84, 0x4A, 0xF4, 0x92, 0xEC,
                                    0x2C, 0xC4, 0x44, 0x49, 0xC5, 0x69, 0x7B, 0x32, 0x69, 0x19,
                                    0x70, 0x3B, 0xAC, 0x03, 0x1C, 0xAE, 0x7F, 0x60};
    struct jose_key *key =
        jose_key_read_private((struct text){(const char *)pkcs8, sizeof pkcs8}, JOSE_EDDSA);
    assert_non_null(key);
    assert_true(text_is(jose_key_id(key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"));
    jose_key_free(key);
}

static void h76_any_changed_character_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLIC_ALGS; i++) {
        struct jose_key *key = jose_key_make(public_algs[i]), *published = publish(key);
        struct text token = sign(key, CLAIMS);
        char *copy = arena_take(&arena, token.len + 1);
        memcpy(copy, token.bytes, token.len);
        for (size_t at = 0; at < token.len; at++) {
            copy[at] = copy[at] == 'A' ? 'B' : 'A';
            assert_int_not_equal(verify((struct text){copy, token.len}, published), JWT_OK);
            copy[at] = token.bytes[at];
            assert_int_not_equal(verify((struct text){copy, at}, published), JWT_OK);
        }
        copy[token.len] = 'A';
        assert_int_not_equal(verify((struct text){copy, token.len + 1}, published), JWT_OK);
        jose_key_free(key);
        jose_key_free(published);
    }
}

/* A token with any header, signed by the key all the same. */
static struct text sign_header(const struct jose_key *key, const char *header, const char *claims)
{
    uint8_t signature[JOSE_SIGNATURE_LEN_MAX];
    struct buffer out;
    buffer_init(&out, &arena);
    base64url_write(&out, (const uint8_t *)header, strlen(header));
    buffer_add_byte(&out, '.');
    base64url_write(&out, (const uint8_t *)claims, strlen(claims));
    size_t len = jose_key_sign(key, buffer_text(&out), signature);
    buffer_add_byte(&out, '.');
    base64url_write(&out, signature, len);
    return buffer_text(&out);
}

static void h76_the_key_says_the_algorithm_not_the_token(void **state)
{
    (void)state;
    struct jose_key *rsa = jose_key_make(JOSE_RS256), *public_rsa = publish(rsa);
    struct jose_key *ec = jose_key_make(JOSE_ES256), *public_ec = publish(ec);
    static const char *const refused[] = {
        "{\"alg\":\"none\"}",
        "{\"alg\":\"None\"}",
        "{\"alg\":\"HS256\"}",
        "{\"alg\":\"RS384\"}",
        "{\"alg\":\"PS256\"}",
        "{\"alg\":\"ES256\"}",
        "{\"alg\":[\"RS256\"]}",
        "{}",
        "{\"alg\":\"RS256\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"RS256\",\"b64\":false}",
        "{\"alg\":\"RS256\",\"jwk\":{}}",
        "{\"alg\":\"RS256\",\"jku\":\"https://e\"}",
        "{\"alg\":\"RS256\",\"x5c\":[]}",
        "{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"kid\":\"other\"}",
        "[\"RS256\"]",
    };
    assert_int_equal(verify(sign_header(rsa, "{\"alg\":\"RS256\"}", CLAIMS), public_rsa), JWT_OK);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_not_equal(verify(sign_header(rsa, refused[i], CLAIMS), public_rsa), JWT_OK);
    assert_int_equal(verify(sign_header(ec, "{\"alg\":\"ES256\"}", CLAIMS), public_rsa),
                     JWT_ERR_KEY);
    assert_int_equal(verify(TEXT("eyJhbGciOiJub25lIn0.e30."), public_ec), JWT_ERR_HEADER);
    jose_key_free(rsa);
    jose_key_free(public_rsa);
    jose_key_free(ec);
    jose_key_free(public_ec);
}

static void h76_a_key_verifies_by_its_own_algorithm_alone(void **state)
{
    (void)state;
    uint8_t signature[JOSE_SIGNATURE_LEN_MAX];
    struct jose_key *rs384 = jose_key_make(JOSE_RS384);
    struct buffer der;
    buffer_init(&der, &arena);
    assert_true(jose_key_write_private(&der, rs384));
    struct jose_key *rs256 = jose_key_read_private(buffer_text(&der), JOSE_RS256);
    size_t len = jose_key_sign(rs384, TEXT("text"), signature);
    struct text signed_text = {(const char *)signature, len};
    assert_true(jose_key_verify(rs384, JOSE_RS384, TEXT("text"), signed_text));
    assert_false(jose_key_verify(rs256, JOSE_RS384, TEXT("text"), signed_text));
    assert_false(jose_key_verify(rs256, JOSE_RS256, TEXT("text"), signed_text));
    jose_key_free(rs384);
    jose_key_free(rs256);
}

/* The classic: the public key's text as the secret of HS256. */
static void h76_a_public_key_is_never_a_secret(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"HS256\",\"x\":"
        "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
        "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"enc\",\"x\":"
        "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
        "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"key_ops\":[\"sign\"],\"x\":"
        "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
        "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
        "\"y\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"}",
        "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_"
        "7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"x\",\"x\":"
        "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "{}",
        "\"key\"",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct json json = parse(text_of(refused[i]));
        if (jose_key_read(&json, JSON_ROOT))
            fail_msg("%s was taken", refused[i]);
    }
}

static void a_set_of_keys_passes_over_what_it_cannot_use(void **state)
{
    (void)state;
    struct jose_keys keys;
    struct json json = parse(TEXT("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"},{\"kty\":\"OKP\","
                                  "\"crv\":\"Ed25519\",\"kid\":\"k\","
                                  "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"},7]}"));
    assert_true(jose_keys_read(&keys, &json, JSON_ROOT));
    assert_int_equal(keys.count, 1);
    assert_true(text_is(jose_key_id(keys.keys[0]), "k"));
    jose_keys_free(&keys);
    json = parse(TEXT("{\"keys\":{}}"));
    assert_false(jose_keys_read(&keys, &json, JSON_ROOT));
}

static void h76_claims_are_held_against_what_is_expected(void **state)
{
    (void)state;
    static const uint8_t secret[JOSE_SECRET_LEN] = {7};
    struct jose_key *key = jose_key_of_secret(secret);
    struct jose_keys keys = {.keys = {key}, .count = 1};
    const struct text audiences[] = {TEXT("https://a"), TEXT("https://b")};
    const struct jwt_expected expected = {
        .issuer = TEXT("https://i"),
        .subject = TEXT("s"),
        .audiences = audiences,
        .audience_count = 2,
        .now_s = NOW_S,
        .skew_s = 60,
        .lifetime_s_max = 300,
        .needs_id = true,
    };
#define OF(iss, sub, aud, more)                                                                    \
    "{\"iss\":" iss ",\"sub\":" sub ",\"aud\":" aud ",\"jti\":\"j\"," more "}"
#define GOOD(more) OF("\"https://i\"", "\"s\"", "\"https://b\"", more)
    static const struct {
        const char *claims;
        enum jwt_err err;
    } cases[] = {
        {CLAIMS, JWT_OK},
        {OF("\"https://i\"", "\"s\"", "[\"x\",\"https://a\"]", "\"exp\":1795000300"), JWT_OK},
        {OF("\"https://j\"", "\"s\"", "\"https://a\"", "\"exp\":1795000300"), JWT_ERR_ISSUER},
        {OF("[\"https://i\"]", "\"s\"", "\"https://a\"", "\"exp\":1795000300"), JWT_ERR_CLAIM},
        {OF("\"https://i\"", "\"t\"", "\"https://a\"", "\"exp\":1795000300"), JWT_ERR_SUBJECT},
        {OF("\"https://i\"", "\"s\"", "\"https://c\"", "\"exp\":1795000300"), JWT_ERR_AUDIENCE},
        {OF("\"https://i\"", "\"s\"", "[]", "\"exp\":1795000300"), JWT_ERR_AUDIENCE},
        {OF("\"https://i\"", "\"s\"", "{\"a\":\"https://a\"}", "\"exp\":1795000300"),
         JWT_ERR_AUDIENCE},
        {GOOD("\"exp\":1794999941"), JWT_OK},
        {GOOD("\"exp\":1794999940"), JWT_ERR_EXPIRED},
        {GOOD("\"exp\":1795000360"), JWT_OK},
        {GOOD("\"exp\":1795000361"), JWT_ERR_LONG},
        {GOOD("\"exp\":1795000100.5"), JWT_OK},
        {GOOD("\"exp\":\"1795000100\""), JWT_ERR_CLAIM},
        {GOOD("\"exp\":1795e6"), JWT_ERR_CLAIM},
        {GOOD("\"exp\":-1"), JWT_ERR_CLAIM},
        {GOOD("\"exp\":999999999999"), JWT_ERR_CLAIM},
        {GOOD("\"iat\":1795000000"), JWT_ERR_CLAIM},
        {GOOD("\"exp\":1795000100,\"nbf\":1795000060"), JWT_OK},
        {GOOD("\"exp\":1795000100,\"nbf\":1795000061"), JWT_ERR_EARLY},
        {GOOD("\"exp\":1795000100,\"iat\":1795000061"), JWT_ERR_EARLY},
        {"{\"iss\":\"https://i\",\"sub\":\"s\",\"aud\":\"https://a\",\"exp\":1795000300}",
         JWT_ERR_CLAIM},
        {"{\"iss\":\"https://i\",\"iss\":\"https://i\"}", JWT_ERR_FORM},
        {"[]", JWT_ERR_FORM},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jwt jwt;
        enum jwt_err err = jwt_verify(&jwt, sign(key, cases[i].claims), &keys, &expected, &arena);
        if (err != cases[i].err)
            fail_msg("%s: %s", cases[i].claims, jwt_err_words(err));
    }
    jose_key_free(key);
}

static void h76_a_token_longer_than_the_limit_is_not_looked_at(void **state)
{
    (void)state;
    struct jwt jwt;
    char *text = arena_take(&arena, JWT_LEN_MAX + 1);
    memset(text, 'A', JWT_LEN_MAX + 1);
    assert_int_equal(jwt_peek(&jwt, (struct text){text, JWT_LEN_MAX + 1}, &arena), JWT_ERR_SIZE);
    assert_int_equal(jwt_peek(&jwt, (struct text){text, JWT_LEN_MAX}, &arena), JWT_ERR_FORM);
    assert_int_equal(jwt_peek(&jwt, TEXT(""), &arena), JWT_ERR_FORM);
    assert_int_equal(jwt_peek(&jwt, TEXT(".."), &arena), JWT_ERR_FORM);
}

struct seen {
    char jti[16];
    int64_t until_s;
};

/* Remembers the last one. */
static bool is_first(void *context, struct text client, struct text jti, int64_t until_s)
{
    struct seen *seen = context;
    bool first = !text_is(jti, seen->jti);
    assert_true(text_is(client, "app") && jti.len < sizeof seen->jti);
    memcpy(seen->jti, jti.bytes, jti.len);
    seen->until_s = until_s;
    return first;
}

static void h76_an_assertion_is_used_once_by_its_own_client(void **state)
{
    (void)state;
    struct seen seen = {.until_s = 0};
    const struct text audience = TEXT("https://c/token");
    struct jose_key *key = jose_key_make(JOSE_ES384), *published = publish(key);
    struct jose_keys keys = {.keys = {published}, .count = 1};
    struct text token = sign(key, "{\"iss\":\"app\",\"sub\":\"app\",\"aud\":\"https://c/token\","
                                  "\"exp\":1795000300,\"jti\":\"once\"}");

    assert_int_equal(
        assertion_check(token, TEXT("other"), &keys, &audience, 1, is_first, &seen, NOW_S, &arena),
        JWT_ERR_ISSUER);
    assert_int_equal(
        assertion_check(token, TEXT(""), &keys, &audience, 1, is_first, &seen, NOW_S, &arena),
        JWT_ERR_ISSUER);
    assert_int_equal(
        assertion_check(token, TEXT("app"), &keys, &audience, 1, is_first, &seen, NOW_S, &arena),
        JWT_OK);
    assert_int_equal(
        assertion_check(token, TEXT("app"), &keys, &audience, 1, is_first, &seen, NOW_S, &arena),
        JWT_ERR_REPLAY);
    assert_int_equal(assertion_check(token, TEXT("app"), &keys, &audience, 1, is_first, &seen,
                                     NOW_S + 359, &arena),
                     JWT_ERR_REPLAY);
    assert_int_equal(assertion_check(token, TEXT("app"), &keys, &audience, 1, is_first, &seen,
                                     NOW_S + 360, &arena),
                     JWT_ERR_EXPIRED);
    assert_int_equal(seen.until_s, NOW_S + 360);
    jose_key_free(key);
    jose_key_free(published);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_algorithm_signs_what_its_published_key_verifies),
        cmocka_unit_test(the_rfcs_es256_token_is_verified),
        cmocka_unit_test(the_rfcs_hs256_and_eddsa_signatures_are_verified),
        cmocka_unit_test(the_rfcs_thumbprint_is_a_keys_name),
        cmocka_unit_test(h76_any_changed_character_is_refused),
        cmocka_unit_test(h76_the_key_says_the_algorithm_not_the_token),
        cmocka_unit_test(h76_a_key_verifies_by_its_own_algorithm_alone),
        cmocka_unit_test(h76_a_public_key_is_never_a_secret),
        cmocka_unit_test(a_set_of_keys_passes_over_what_it_cannot_use),
        cmocka_unit_test(h76_claims_are_held_against_what_is_expected),
        cmocka_unit_test(h76_a_token_longer_than_the_limit_is_not_looked_at),
        cmocka_unit_test(h76_an_assertion_is_used_once_by_its_own_client),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

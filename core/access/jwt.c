/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/jwt.h"

#include <assert.h>

#include "access/base64.h"
#include "json/writer.h"

static const struct json_limits limits = {
    .depth_max = 8, .members_max = 64, .text_len_max = JWT_LEN_MAX};

/* Its three parts, as written. */
struct parts {
    struct text header, claims, signature, signed_text;
};

static bool split(struct text token, struct parts *parts)
{
    const char *first = memchr(token.bytes, '.', token.len);
    if (!first)
        return false;
    size_t left = token.len - (size_t)(first + 1 - token.bytes);
    const char *second = memchr(first + 1, '.', left);
    if (!second)
        return false;
    size_t last = token.len - (size_t)(second + 1 - token.bytes);
    *parts = (struct parts){
        .header = {token.bytes, (size_t)(first - token.bytes)},
        .claims = {first + 1, (size_t)(second - first) - 1},
        .signature = {second + 1, last},
        .signed_text = {token.bytes, (size_t)(second - token.bytes)},
    };
    return parts->header.len && parts->claims.len; /* a third dot is no base64url */
}

static enum jwt_err decode(struct text text, struct text *out, struct arena *arena)
{
    uint8_t *bytes = arena_take(arena, BASE64URL_BYTES(text.len) + 1);
    size_t len;

    if (!bytes)
        return JWT_ERR_MEMORY;
    if (!base64url_decode(text, bytes, &len))
        return JWT_ERR_FORM;
    *out = (struct text){(const char *)bytes, len};
    return JWT_OK;
}

static enum jwt_err read_object(struct json *json, struct text text, struct arena *arena)
{
    struct text decoded;
    enum jwt_err err = decode(text, &decoded, arena);
    if (err != JWT_OK)
        return err;
    enum json_err json_err = json_parse(json, decoded, &limits, arena, NULL);
    if (json_err == JSON_ERR_MEMORY)
        return JWT_ERR_MEMORY;
    return json_err == JSON_OK && json_type(json, JSON_ROOT) == JSON_OBJECT ? JWT_OK : JWT_ERR_FORM;
}

/* A string claim. False: it is there and is none. */
static bool read_string(const struct json *json, const char *name, struct text *out,
                        struct arena *arena)
{
    uint32_t node = json_member(json, JSON_ROOT, text_of(name));

    *out = TEXT("");
    if (node == JSON_NONE)
        return true;
    if (json_type(json, node) != JSON_STRING)
        return false;
    *out = json_string(json, node, arena);
    return out->bytes != NULL;
}

/* A NumericDate: seconds, their fraction left away. */
static bool read_seconds(const struct json *json, const char *name, int64_t *out)
{
    enum { DIGITS_MAX = 11 }; /* up to the year 5138 */
    uint32_t node = json_member(json, JSON_ROOT, text_of(name));
    int64_t seconds = 0;
    size_t i = 0;

    *out = 0;
    if (node == JSON_NONE)
        return true;
    struct text text = json_raw(json, node);
    if (json_type(json, node) != JSON_NUMBER)
        return false;
    for (; i < text.len && text.bytes[i] >= '0' && text.bytes[i] <= '9'; i++) {
        if (i == DIGITS_MAX)
            return false;
        seconds = 10 * seconds + (text.bytes[i] - '0');
    }
    *out = seconds;
    return i > 0 && (i == text.len || text.bytes[i] == '.') && !memchr(text.bytes, 'e', text.len) &&
           !memchr(text.bytes, 'E', text.len);
}

static enum jwt_err read_parts(struct jwt *jwt, struct text token, struct parts *parts,
                               struct arena *arena)
{
    if (token.len > JWT_LEN_MAX)
        return JWT_ERR_SIZE;
    if (token.len == 0 || !split(token, parts))
        return JWT_ERR_FORM;
    enum jwt_err err = read_object(&jwt->header, parts->header, arena);
    if (err == JWT_OK)
        err = read_object(&jwt->claims, parts->claims, arena);
    if (err != JWT_OK)
        return err;
    return read_string(&jwt->claims, "iss", &jwt->issuer, arena) &&
                   read_string(&jwt->claims, "sub", &jwt->subject, arena) &&
                   read_string(&jwt->claims, "jti", &jwt->id, arena) &&
                   read_seconds(&jwt->claims, "exp", &jwt->expires_s) &&
                   read_seconds(&jwt->claims, "iat", &jwt->issued_s)
               ? JWT_OK
               : JWT_ERR_CLAIM;
}

enum jwt_err jwt_peek(struct jwt *jwt, struct text token, struct arena *arena)
{
    struct parts parts;
    return read_parts(jwt, token, &parts, arena);
}

/* What a header may not have: things that change what is verified, or by which key. */
static bool is_plain_header(const struct json *header)
{
    static const char *const refused[] = {"crit", "b64", "jwk", "jku", "x5u", "x5c", "zip", "enc"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (json_member(header, JSON_ROOT, text_of(refused[i])) != JSON_NONE)
            return false;
    return true;
}

static enum jwt_err verify_signature(const struct jwt *jwt, const struct parts *parts,
                                     const struct jose_keys *keys, struct arena *arena)
{
    struct text alg_name, kid, signature;
    size_t tries = 0;

    if (!is_plain_header(&jwt->header) || !read_string(&jwt->header, "alg", &alg_name, arena) ||
        !read_string(&jwt->header, "kid", &kid, arena))
        return JWT_ERR_HEADER;
    uint32_t alg = jose_alg_named(alg_name);
    if (!alg)
        return JWT_ERR_HEADER;
    enum jwt_err err = decode(parts->signature, &signature, arena);
    if (err != JWT_OK)
        return err;
    for (size_t i = 0; i < keys->count && tries < JWT_TRIES_MAX; i++) {
        const struct jose_key *key = keys->keys[i];
        struct text id = jose_key_id(key);
        if (!(jose_key_algs(key) & alg) || (kid.len && id.len && !text_equal(kid, id)))
            continue;
        tries++;
        if (jose_key_verify(key, alg, parts->signed_text, signature))
            return JWT_OK;
    }
    return tries ? JWT_ERR_SIGNATURE : JWT_ERR_KEY;
}

static bool is_expected_audience(const struct json *claims, uint32_t node,
                                 const struct jwt_expected *expected)
{
    if (json_type(claims, node) != JSON_STRING)
        return false;
    for (size_t i = 0; i < expected->audience_count; i++)
        if (json_string_is(claims, node, expected->audiences[i]))
            return true;
    return false;
}

/* aud is one text or a list of them. */
static bool has_audience(const struct json *claims, const struct jwt_expected *expected)
{
    uint32_t node = json_member(claims, JSON_ROOT, TEXT("aud"));

    if (node == JSON_NONE)
        return false;
    if (json_type(claims, node) != JSON_ARRAY)
        return is_expected_audience(claims, node, expected);
    for (uint32_t one = json_first(claims, node); one != json_end(claims, node);
         one = json_next(claims, one))
        if (is_expected_audience(claims, one, expected))
            return true;
    return false;
}

static enum jwt_err check_times(const struct jwt *jwt, const struct jwt_expected *expected)
{
    int64_t not_before_s;

    if (!read_seconds(&jwt->claims, "nbf", &not_before_s) || jwt->expires_s == 0)
        return JWT_ERR_CLAIM;
    if (expected->now_s >= jwt->expires_s + expected->skew_s)
        return JWT_ERR_EXPIRED;
    if (not_before_s > expected->now_s + expected->skew_s ||
        jwt->issued_s > expected->now_s + expected->skew_s)
        return JWT_ERR_EARLY;
    if (expected->lifetime_s_max &&
        jwt->expires_s > expected->now_s + expected->lifetime_s_max + expected->skew_s)
        return JWT_ERR_LONG;
    return JWT_OK;
}

static enum jwt_err check(const struct jwt *jwt, const struct jwt_expected *expected,
                          struct arena *arena)
{
    struct text type;

    if (!read_string(&jwt->header, "typ", &type, arena) ||
        (expected->type.len && !text_equal(type, expected->type)))
        return JWT_ERR_HEADER;
    if (expected->issuer.len && !text_equal(jwt->issuer, expected->issuer))
        return JWT_ERR_ISSUER;
    if (expected->subject.len && !text_equal(jwt->subject, expected->subject))
        return JWT_ERR_SUBJECT;
    if (expected->audience_count && !has_audience(&jwt->claims, expected))
        return JWT_ERR_AUDIENCE;
    if (expected->needs_id && (jwt->id.len == 0 || jwt->id.len > JWT_JTI_LEN_MAX))
        return JWT_ERR_CLAIM;
    return check_times(jwt, expected);
}

enum jwt_err jwt_verify(struct jwt *jwt, struct text token, const struct jose_keys *keys,
                        const struct jwt_expected *expected, struct arena *arena)
{
    struct parts parts;

    assert(expected->skew_s >= 0 && expected->skew_s <= JWT_SKEW_S_MAX);
    enum jwt_err err = read_parts(jwt, token, &parts, arena);
    if (err == JWT_OK)
        err = verify_signature(jwt, &parts, keys, arena);
    return err == JWT_OK ? check(jwt, expected, arena) : err;
}

static void write_header(struct buffer *out, const struct jose_key *key, struct text type)
{
    struct json_writer writer;
    struct text kid = jose_key_id(key);

    json_writer_init(&writer, out);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("alg"), text_of(jose_alg_name(jose_key_algs(key))));
    if (kid.len)
        json_write_member(&writer, TEXT("kid"), kid);
    json_write_member(&writer, TEXT("typ"), type);
    json_end_object(&writer);
}

bool jwt_write(struct buffer *out, const struct jose_key *key, struct text type, struct text claims)
{
    uint8_t signature[JOSE_SIGNATURE_LEN_MAX];
    struct buffer header, token;

    buffer_init(&header, out->arena);
    write_header(&header, key, type);
    buffer_init(&token, out->arena);
    base64url_write(&token, (const uint8_t *)header.bytes, header.failed ? 0 : header.len);
    buffer_add_byte(&token, '.');
    base64url_write(&token, (const uint8_t *)claims.bytes, claims.len);
    if (header.failed || token.failed)
        return false;
    size_t len = jose_key_sign(key, buffer_text(&token), signature);
    buffer_add_byte(&token, '.');
    base64url_write(&token, signature, len);
    buffer_add(out, buffer_text(&token));
    return len > 0 && !token.failed && !out->failed;
}

const char *jwt_err_words(enum jwt_err err)
{
    switch (err) {
    case JWT_OK:
        return "good";
    case JWT_ERR_SIZE:
        return "the token is too long";
    case JWT_ERR_FORM:
        return "this is not a signed JSON Web Token";
    case JWT_ERR_HEADER:
        return "the token's header asks for what is not done here";
    case JWT_ERR_KEY:
        return "no key of the issuer fits the token";
    case JWT_ERR_SIGNATURE:
        return "the token is not signed by its issuer's key";
    case JWT_ERR_CLAIM:
        return "a claim is missing, or has no form";
    case JWT_ERR_ISSUER:
        return "iss is not who is expected";
    case JWT_ERR_SUBJECT:
        return "sub is not who is expected";
    case JWT_ERR_AUDIENCE:
        return "aud does not name this server";
    case JWT_ERR_EXPIRED:
        return "the token has expired";
    case JWT_ERR_EARLY:
        return "the token is not good yet";
    case JWT_ERR_LONG:
        return "the token is good for longer than may be";
    case JWT_ERR_REPLAY:
        return "the token was used before";
    case JWT_ERR_MEMORY:
        return "no memory";
    }
    return "";
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "access/jose_parts.h"
#include "json/writer.h"

static bool member_is(const struct json *json, uint32_t object, const char *name, const char *text)
{
    uint32_t node = json_member(json, object, text_of(name));
    return node != JSON_NONE && json_type(json, node) == JSON_STRING &&
           json_string_is(json, node, text_of(text));
}

static bool has(const struct json *json, uint32_t object, const char *name)
{
    return json_member(json, object, text_of(name)) != JSON_NONE;
}

/* A member of base64url; its bytes' count, 0: not there, or none, or longer than `room`. */
static size_t read_bytes(const struct json *json, uint32_t object, const char *name, uint8_t *out,
                         size_t room)
{
    uint32_t node = json_member(json, object, text_of(name));
    size_t len;

    if (node == JSON_NONE || json_type(json, node) != JSON_STRING)
        return 0;
    struct text text = json_raw(json, node);
    return BASE64URL_BYTES(text.len) <= room && base64url_decode(text, out, &len) ? len : 0;
}

/* What can be read of it is a key; it is checked before it is used. */
static EVP_PKEY *from_params(const char *kind, OSSL_PARAM_BLD *builder)
{
    OSSL_PARAM *params = builder ? OSSL_PARAM_BLD_to_param(builder) : NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    EVP_PKEY *pkey = NULL;

    if (!params || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);

    context = pkey ? EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL) : NULL;
    bool is_good = context && EVP_PKEY_public_check_quick(context) == 1;
    EVP_PKEY_CTX_free(context);
    if (is_good)
        return pkey;
    EVP_PKEY_free(pkey);
    return NULL;
}

static EVP_PKEY *read_ec(const struct json *json, uint32_t node)
{
    enum { HALF_MAX = 48, ROOM = HALF_MAX + 4 };
    bool is_384 = member_is(json, node, "crv", "P-384");
    size_t half = is_384 ? 48 : 32;
    uint8_t point[1 + 2 * HALF_MAX], x[ROOM], y[ROOM];

    if ((!is_384 && !member_is(json, node, "crv", "P-256")) ||
        read_bytes(json, node, "x", x, sizeof x) != half ||
        read_bytes(json, node, "y", y, sizeof y) != half)
        return NULL;
    point[0] = POINT_CONVERSION_UNCOMPRESSED;
    memcpy(point + 1, x, half);
    memcpy(point + 1 + half, y, half);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder && (!OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME,
                                                     is_384 ? "P-384" : "P-256", 0) ||
                    !OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                      1 + 2 * half))) {
        OSSL_PARAM_BLD_free(builder);
        return NULL;
    }
    return from_params("EC", builder);
}

static EVP_PKEY *read_rsa(const struct json *json, uint32_t node)
{
    uint8_t modulus[JOSE_RSA_BITS_MAX / 8 + 4], exponent[12];
    size_t modulus_len = read_bytes(json, node, "n", modulus, sizeof modulus);
    size_t exponent_len = read_bytes(json, node, "e", exponent, sizeof exponent);

    if (modulus_len == 0 || exponent_len == 0 || exponent_len > 8)
        return NULL;
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_len, NULL);
    BIGNUM *e = BN_bin2bn(exponent, (int)exponent_len, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    bool is_set = n && e && builder && BN_is_odd(e) && !BN_is_one(e) && BN_is_odd(n) &&
                  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
                  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
    if (!is_set) {
        OSSL_PARAM_BLD_free(builder);
        builder = NULL;
    }
    EVP_PKEY *pkey = builder ? from_params("RSA", builder) : NULL;
    BN_free(n);
    BN_free(e);
    return pkey;
}

static EVP_PKEY *read_okp(const struct json *json, uint32_t node)
{
    uint8_t x[36];
    if (!member_is(json, node, "crv", "Ed25519") || read_bytes(json, node, "x", x, sizeof x) != 32)
        return NULL;
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x, 32);
}

static EVP_PKEY *read_public(const struct json *json, uint32_t node)
{
    if (member_is(json, node, "kty", "EC"))
        return read_ec(json, node);
    if (member_is(json, node, "kty", "RSA"))
        return read_rsa(json, node);
    if (member_is(json, node, "kty", "OKP"))
        return read_okp(json, node);
    return NULL;
}

uint32_t jose_pkey_algs(const EVP_PKEY *pkey)
{
    int bits = EVP_PKEY_get_bits(pkey);

    if (EVP_PKEY_is_a(pkey, "ED25519"))
        return JOSE_EDDSA;
    if (EVP_PKEY_is_a(pkey, "EC"))
        return bits == 256 ? JOSE_ES256 : bits == 384 ? JOSE_ES384 : 0;
    if (EVP_PKEY_is_a(pkey, "RSA") && bits >= JOSE_RSA_BITS_MIN && bits <= JOSE_RSA_BITS_MAX)
        return JOSE_RS256 | JOSE_RS384;
    return 0;
}

/* What its own `use`, `key_ops` and `alg` leave of it. */
static uint32_t allowed(const struct json *json, uint32_t node, uint32_t algs)
{
    uint32_t operations = json_member(json, node, TEXT("key_ops"));
    uint32_t alg = json_member(json, node, TEXT("alg"));

    if (has(json, node, "use") && !member_is(json, node, "use", "sig"))
        return 0;
    if (operations != JSON_NONE) {
        bool verifies = false;
        if (json_type(json, operations) != JSON_ARRAY)
            return 0;
        for (uint32_t one = json_first(json, operations); one != json_end(json, operations);
             one = json_next(json, one))
            verifies |=
                json_type(json, one) == JSON_STRING && json_string_is(json, one, TEXT("verify"));
        if (!verifies)
            return 0;
    }
    if (alg == JSON_NONE)
        return algs;
    return json_type(json, alg) == JSON_STRING ? algs & jose_alg_named(json_raw(json, alg)) : 0;
}

struct jose_key *jose_key_read(const struct json *json, uint32_t node)
{
    if (json_type(json, node) != JSON_OBJECT || has(json, node, "d") || has(json, node, "k"))
        return NULL;
    EVP_PKEY *pkey = read_public(json, node);
    uint32_t algs = pkey ? allowed(json, node, jose_pkey_algs(pkey)) : 0;
    uint32_t kid = json_member(json, node, TEXT("kid"));

    if (!algs || (kid != JSON_NONE && (json_type(json, kid) != JSON_STRING ||
                                       json_raw(json, kid).len > JOSE_KID_LEN_MAX))) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    struct jose_key *key = jose_key_new(pkey, algs);
    if (key && kid != JSON_NONE) {
        key->kid_len = json_raw(json, kid).len;
        memcpy(key->kid, json_raw(json, kid).bytes, key->kid_len);
    }
    return key;
}

bool jose_keys_read(struct jose_keys *keys, const struct json *json, uint32_t node)
{
    uint32_t list = json_member(json, node, TEXT("keys"));

    keys->count = 0;
    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return false;
    for (uint32_t one = json_first(json, list); one != json_end(json, list);
         one = json_next(json, one)) {
        struct jose_key *key = jose_key_read(json, one);
        if (key && keys->count == JOSE_KEYS_MAX) {
            jose_key_free(key);
            jose_keys_free(keys);
            return false;
        }
        if (key)
            keys->keys[keys->count++] = key;
    }
    return true;
}

void jose_keys_free(struct jose_keys *keys)
{
    while (keys->count)
        jose_key_free(keys->keys[--keys->count]);
}

static void write_bytes(struct json_writer *writer, const char *name, const uint8_t *bytes,
                        size_t len)
{
    char text[BASE64URL_LEN(JOSE_RSA_BITS_MAX / 8)];
    base64url_encode(text, bytes, len);
    json_write_member(writer, text_of(name), (struct text){text, BASE64URL_LEN(len)});
}

static void write_number(struct json_writer *writer, const char *name, const EVP_PKEY *pkey,
                         const char *param, int len)
{
    uint8_t bytes[JOSE_RSA_BITS_MAX / 8];
    BIGNUM *number = NULL;

    if (EVP_PKEY_get_bn_param(pkey, param, &number) != 1) {
        writer->buffer->failed = true;
        return;
    }
    if (len == 0)
        len = BN_num_bytes(number);
    BN_bn2binpad(number, bytes, len);
    write_bytes(writer, name, bytes, (size_t)len);
    BN_free(number);
}

/* Members in the order of their names, as RFC 7638 wants them. */
static void write_members(struct json_writer *writer, const struct jose_key *key)
{
    if (key->algs & JOSE_EDDSA) {
        uint8_t x[32];
        size_t len = sizeof x;
        json_write_member(writer, TEXT("crv"), TEXT("Ed25519"));
        json_write_member(writer, TEXT("kty"), TEXT("OKP"));
        if (EVP_PKEY_get_raw_public_key(key->pkey, x, &len) != 1)
            writer->buffer->failed = true;
        write_bytes(writer, "x", x, sizeof x);
    } else if (key->algs & (JOSE_ES256 | JOSE_ES384)) {
        bool is_384 = key->algs & JOSE_ES384;
        json_write_member(writer, TEXT("crv"), is_384 ? TEXT("P-384") : TEXT("P-256"));
        json_write_member(writer, TEXT("kty"), TEXT("EC"));
        write_number(writer, "x", key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, is_384 ? 48 : 32);
        write_number(writer, "y", key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, is_384 ? 48 : 32);
    } else {
        write_number(writer, "e", key->pkey, OSSL_PKEY_PARAM_RSA_E, 0);
        json_write_member(writer, TEXT("kty"), TEXT("RSA"));
        write_number(writer, "n", key->pkey, OSSL_PKEY_PARAM_RSA_N, 0);
    }
}

void jose_key_write_members(struct buffer *out, const struct jose_key *key)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_begin_object(&writer);
    write_members(&writer, key);
    json_end_object(&writer);
}

void jose_key_write(struct buffer *out, const struct jose_key *key)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("alg"), text_of(jose_alg_name(key->algs)));
    write_members(&writer, key);
    json_write_member(&writer, TEXT("kid"), jose_key_id(key));
    json_write_member(&writer, TEXT("use"), TEXT("sig"));
    json_end_object(&writer);
}

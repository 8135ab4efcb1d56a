/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/jose_key.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "access/digest.h"
#include "access/jose_parts.h"

static const struct {
    const char *name;
    uint32_t alg;
} algs[] = {{"ES256", JOSE_ES256}, {"ES384", JOSE_ES384}, {"RS256", JOSE_RS256},
            {"RS384", JOSE_RS384}, {"EdDSA", JOSE_EDDSA}, {"HS256", JOSE_HS256}};
enum { ALGS = sizeof algs / sizeof *algs };

const char *jose_alg_name(uint32_t alg)
{
    for (size_t i = 0; i < ALGS; i++)
        if (alg & algs[i].alg)
            return algs[i].name;
    return "";
}

uint32_t jose_alg_named(struct text name)
{
    for (size_t i = 0; i < ALGS; i++)
        if (text_is(name, algs[i].name))
            return algs[i].alg;
    return 0;
}

struct jose_key *jose_key_new(EVP_PKEY *pkey, uint32_t algs_of_key)
{
    struct jose_key *key = calloc(1, sizeof *key);
    if (!key) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    key->pkey = pkey;
    key->algs = algs_of_key;
    return key;
}

struct jose_key *jose_key_of_secret(const uint8_t secret[static JOSE_SECRET_LEN])
{
    struct jose_key *key = jose_key_new(NULL, JOSE_HS256);
    if (key)
        memcpy(key->secret, secret, JOSE_SECRET_LEN);
    return key;
}

/* RFC 7638: the hash of the JWK's required members. */
static bool set_thumbprint(struct jose_key *key)
{
    uint8_t hash[DIGEST_LEN];
    struct arena arena;
    struct buffer text;

    arena_init(&arena, 64 * 1024);
    buffer_init(&text, &arena);
    jose_key_write_members(&text, key);
    if (!text.failed) {
        digest_of(buffer_text(&text), hash);
        base64url_encode(key->kid, hash, sizeof hash);
        key->kid_len = BASE64URL_LEN(sizeof hash);
    }
    arena_free(&arena);
    return !text.failed;
}

static struct jose_key *with_thumbprint(EVP_PKEY *pkey, uint32_t alg)
{
    struct jose_key *key = pkey ? jose_key_new(pkey, alg) : NULL;
    if (key && !set_thumbprint(key)) {
        jose_key_free(key);
        return NULL;
    }
    return key;
}

struct jose_key *jose_key_make(uint32_t alg)
{
    switch (alg) {
    case JOSE_ES256:
        return with_thumbprint(EVP_EC_gen("P-256"), alg);
    case JOSE_ES384:
        return with_thumbprint(EVP_EC_gen("P-384"), alg);
    case JOSE_RS256:
    case JOSE_RS384:
        return with_thumbprint(EVP_RSA_gen(JOSE_RSA_BITS_MIN), alg);
    case JOSE_EDDSA:
        return with_thumbprint(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), alg);
    }
    return NULL;
}

bool jose_key_write_private(struct buffer *out, const struct jose_key *key)
{
    PKCS8_PRIV_KEY_INFO *info = key->pkey ? EVP_PKEY2PKCS8(key->pkey) : NULL;
    uint8_t *der = NULL;
    int len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;

    if (len > 0) {
        buffer_add(out, (struct text){(const char *)der, (size_t)len});
        OPENSSL_clear_free(der, (size_t)len);
    }
    PKCS8_PRIV_KEY_INFO_free(info);
    return len > 0 && !out->failed;
}

struct jose_key *jose_key_read_private(struct text der, uint32_t alg)
{
    const uint8_t *at = (const uint8_t *)der.bytes;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)der.len);

    if (pkey && jose_pkey_algs(pkey) & alg)
        return with_thumbprint(pkey, alg);
    EVP_PKEY_free(pkey);
    return NULL;
}

void jose_key_free(struct jose_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    digest_wipe(key->secret, sizeof key->secret);
    free(key);
}

uint32_t jose_key_algs(const struct jose_key *key)
{
    return key->algs;
}

struct text jose_key_id(const struct jose_key *key)
{
    return (struct text){key->kid, key->kid_len};
}

/* The digest of an algorithm; NULL: it has its own. */
static const EVP_MD *hash_of(uint32_t alg)
{
    if (alg & JOSE_EDDSA)
        return NULL;
    return alg & (JOSE_ES384 | JOSE_RS384) ? EVP_sha384() : EVP_sha256();
}

/* Half of an ECDSA signature; 0: not ECDSA. */
static size_t half_len(uint32_t alg)
{
    return alg & JOSE_ES256 ? 32 : alg & JOSE_ES384 ? 48 : 0;
}

enum { ECDSA_DER_LEN_MAX = 110 };

/* r and s as JOSE has them, into DER. 0: not of the right length. */
static size_t to_der(uint32_t alg, struct text signature, uint8_t out[static ECDSA_DER_LEN_MAX])
{
    size_t half = half_len(alg);
    const uint8_t *bytes = (const uint8_t *)signature.bytes;
    ECDSA_SIG *pair = signature.len == 2 * half ? ECDSA_SIG_new() : NULL;
    BIGNUM *r = pair ? BN_bin2bn(bytes, (int)half, NULL) : NULL;
    BIGNUM *s = pair ? BN_bin2bn(bytes + half, (int)half, NULL) : NULL;
    int len = 0;

    if (r && s && ECDSA_SIG_set0(pair, r, s)) {
        r = s = NULL; /* the pair's */
        len = i2d_ECDSA_SIG(pair, &out);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

static bool verify_secret(const struct jose_key *key, struct text text, struct text signature)
{
    uint8_t mac[DIGEST_LEN];
    digest_hmac((struct text){(const char *)key->secret, sizeof key->secret}, text, mac);
    return signature.len == sizeof mac && digest_equal(mac, signature.bytes, sizeof mac);
}

bool jose_key_verify(const struct jose_key *key, uint32_t alg, struct text text,
                     struct text signature)
{
    uint8_t der[ECDSA_DER_LEN_MAX];

    if (!(key->algs & alg))
        return false;
    if (alg == JOSE_HS256)
        return verify_secret(key, text, signature);
    if (half_len(alg)) {
        signature = (struct text){(const char *)der, to_der(alg, signature, der)};
        if (signature.len == 0)
            return false;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_good = context &&
                   EVP_DigestVerifyInit(context, NULL, hash_of(alg), NULL, key->pkey) == 1 &&
                   EVP_DigestVerify(context, (const uint8_t *)signature.bytes, signature.len,
                                    (const uint8_t *)text.bytes, text.len) == 1;
    EVP_MD_CTX_free(context);
    return is_good;
}

/* r and s out of DER; 0: not there. */
static size_t from_der(uint32_t alg, const uint8_t *der, size_t len, uint8_t *out)
{
    int half = (int)half_len(alg);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
    bool is_good = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, half) == half &&
                   BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + half, half) == half;
    ECDSA_SIG_free(pair);
    return is_good ? 2 * (size_t)half : 0;
}

size_t jose_key_sign(const struct jose_key *key, struct text text,
                     uint8_t out[static JOSE_SIGNATURE_LEN_MAX])
{
    uint8_t der[ECDSA_DER_LEN_MAX];
    bool is_ecdsa = half_len(key->algs) > 0;
    size_t len = is_ecdsa ? sizeof der : JOSE_SIGNATURE_LEN_MAX;

    if (key->algs == JOSE_HS256) {
        digest_hmac((struct text){(const char *)key->secret, sizeof key->secret}, text, out);
        return DIGEST_LEN;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_good = context &&
                   EVP_DigestSignInit(context, NULL, hash_of(key->algs), NULL, key->pkey) == 1 &&
                   EVP_DigestSign(context, is_ecdsa ? der : out, &len, (const uint8_t *)text.bytes,
                                  text.len) == 1;
    EVP_MD_CTX_free(context);
    if (!is_good)
        return 0;
    return is_ecdsa ? from_der(key->algs, der, len, out) : len;
}

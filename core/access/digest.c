/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/digest.h"

#include <stdlib.h>
#include <threads.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

/* What OpenSSL fails only for want of memory. */
static void must(bool done)
{
    if (!done)
        abort();
}

struct digest {
    EVP_MD_CTX *context;
    EVP_MD *sha256; /* fetched once: a fetch costs more than a hash */
};

struct digest *digest_create(void)
{
    struct digest *digest = malloc(sizeof *digest);
    must(digest != NULL);
    digest->context = EVP_MD_CTX_new();
    digest->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    must(digest->context && digest->sha256);
    return digest;
}

void digest_destroy(struct digest *digest)
{
    if (!digest)
        return;
    EVP_MD_CTX_free(digest->context);
    EVP_MD_free(digest->sha256);
    free(digest);
}

void digest_two(struct digest *digest, struct text first, struct text second,
                uint8_t out[static DIGEST_LEN])
{
    must(EVP_DigestInit_ex2(digest->context, digest->sha256, NULL) == 1 &&
         EVP_DigestUpdate(digest->context, first.bytes, first.len) == 1 &&
         EVP_DigestUpdate(digest->context, second.bytes, second.len) == 1 &&
         EVP_DigestFinal_ex(digest->context, out, NULL) == 1);
}

static once_flag once = ONCE_FLAG_INIT;
static EVP_MD *shared_sha256; /* for as long as the program runs */

static void fetch(void)
{
    shared_sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    must(shared_sha256 != NULL);
}

void digest_of(struct text text, uint8_t out[static DIGEST_LEN])
{
    call_once(&once, fetch);
    must(EVP_Digest(text.bytes, text.len, out, NULL, shared_sha256, NULL) == 1);
}

static void hmac(const EVP_MD *hash, struct text key, struct text text, uint8_t *out)
{
    must(HMAC(hash, key.len ? key.bytes : "", (int)key.len, (const uint8_t *)text.bytes, text.len,
              out, NULL) != NULL);
}

void digest_hmac(struct text key, struct text text, uint8_t out[static DIGEST_LEN])
{
    hmac(EVP_sha256(), key, text, out);
}

void digest_hmac_sha1(struct text key, struct text text, uint8_t out[static 20])
{
    hmac(EVP_sha1(), key, text, out);
}

bool digest_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

bool digest_random(void *out, size_t len)
{
    return RAND_bytes(out, (int)len) == 1;
}

void digest_wipe(void *secret, size_t len)
{
    OPENSSL_cleanse(secret, len);
}

struct signer {
    EVP_PKEY *key;
};

struct signer *signer_create(const uint8_t private_key[static DIGEST_KEY_LEN])
{
    struct signer *signer = malloc(sizeof *signer);
    must(signer != NULL);
    signer->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, private_key, DIGEST_KEY_LEN);
    must(signer->key != NULL);
    return signer;
}

void signer_destroy(struct signer *signer)
{
    if (signer)
        EVP_PKEY_free(signer->key);
    free(signer);
}

void signer_public_key(const struct signer *signer, uint8_t out[static DIGEST_KEY_LEN])
{
    size_t len = DIGEST_KEY_LEN;
    must(EVP_PKEY_get_raw_public_key(signer->key, out, &len) == 1 && len == DIGEST_KEY_LEN);
}

void signer_sign(const struct signer *signer, struct text text,
                 uint8_t out[static DIGEST_SIGNATURE_LEN])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t len = DIGEST_SIGNATURE_LEN;
    must(context && EVP_DigestSignInit(context, NULL, NULL, NULL, signer->key) == 1 &&
         EVP_DigestSign(context, out, &len, (const uint8_t *)text.bytes, text.len) == 1);
    EVP_MD_CTX_free(context);
}

bool signer_verify(const uint8_t public_key[static DIGEST_KEY_LEN], struct text text,
                   const uint8_t signature[static DIGEST_SIGNATURE_LEN])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, DIGEST_KEY_LEN);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(context != NULL);
    bool is_good = key && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                   EVP_DigestVerify(context, signature, DIGEST_SIGNATURE_LEN,
                                    (const uint8_t *)text.bytes, text.len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return is_good;
}

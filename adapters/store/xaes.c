/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/xaes.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

enum { BLOCK = 16, GCM_NONCE_BYTES = XAES_NONCE_BYTES - XAES_PREFIX_BYTES };

bool xaes_init(struct xaes *xaes, enum xaes_way way)
{
    *xaes = (struct xaes){.derive = EVP_CIPHER_CTX_new(), .gcm = EVP_CIPHER_CTX_new()};
    if (xaes->derive && xaes->gcm &&
        EVP_EncryptInit_ex(xaes->derive, EVP_aes_256_ecb(), NULL, NULL, NULL) == 1 &&
        EVP_CIPHER_CTX_set_padding(xaes->derive, 0) == 1 &&
        EVP_CipherInit_ex(xaes->gcm, EVP_aes_256_gcm(), NULL, NULL, NULL, (int)way) == 1)
        return true;
    xaes_free(xaes);
    return false;
}

void xaes_free(struct xaes *xaes)
{
    EVP_CIPHER_CTX_free(xaes->derive); /* which wipes its key */
    EVP_CIPHER_CTX_free(xaes->gcm);
    OPENSSL_cleanse(xaes, sizeof *xaes);
}

bool xaes_set_key(struct xaes *xaes, const uint8_t key[static XAES_KEY_BYTES])
{
    uint8_t zero[BLOCK] = {0}, block[BLOCK];
    int len = 0;

    xaes->has_prefix = false;
    if (EVP_EncryptInit_ex(xaes->derive, NULL, NULL, key, NULL) != 1 ||
        EVP_EncryptUpdate(xaes->derive, block, &len, zero, BLOCK) != 1)
        return false;

    /* CMAC's first subkey: the block times x in GF(2^128) (NIST SP 800-38B 6.1) */
    uint8_t carry = block[0] & 0x80 ? 0x87 : 0;
    for (unsigned i = 0; i < BLOCK - 1; i++)
        xaes->subkey[i] = (uint8_t)(block[i] << 1 | block[i + 1] >> 7);
    xaes->subkey[BLOCK - 1] = (uint8_t)(block[BLOCK - 1] << 1) ^ carry;
    OPENSSL_cleanse(block, sizeof block);
    return true;
}

static bool derive(struct xaes *xaes, const uint8_t *prefix, uint8_t key[static XAES_KEY_BYTES])
{
    uint8_t message[2 * BLOCK] = {0, 1, 'X', 0, [BLOCK] = 0, 2, 'X', 0};
    int len = 0;

    memcpy(message + 4, prefix, XAES_PREFIX_BYTES);
    memcpy(message + BLOCK + 4, prefix, XAES_PREFIX_BYTES);
    for (unsigned i = 0; i < 2 * BLOCK; i++)
        message[i] ^= xaes->subkey[i % BLOCK];
    return EVP_EncryptUpdate(xaes->derive, key, &len, message, 2 * BLOCK) == 1 && len == 2 * BLOCK;
}

/* Gives the cipher the key of the nonce's first half, and its second half as nonce. */
static bool aim(struct xaes *xaes, const uint8_t *nonce)
{
    const uint8_t *gcm_nonce = nonce + XAES_PREFIX_BYTES;
    uint8_t key[XAES_KEY_BYTES];

    if (xaes->has_prefix && memcmp(xaes->prefix, nonce, XAES_PREFIX_BYTES) == 0)
        return EVP_CipherInit_ex(xaes->gcm, NULL, NULL, NULL, gcm_nonce, -1) == 1;
    xaes->has_prefix = derive(xaes, nonce, key) &&
                       EVP_CipherInit_ex(xaes->gcm, NULL, NULL, key, gcm_nonce, -1) == 1;
    OPENSSL_cleanse(key, sizeof key);
    memcpy(xaes->prefix, nonce, XAES_PREFIX_BYTES);
    return xaes->has_prefix;
}

bool xaes_seal(struct xaes *xaes, const uint8_t nonce[static XAES_NONCE_BYTES],
               const uint8_t *bound, size_t bound_len, const uint8_t *plain, size_t len,
               uint8_t *out, uint8_t tag[static XAES_TAG_BYTES])
{
    EVP_CIPHER_CTX *gcm = xaes->gcm;
    int wrote = 0;

    return len <= INT_MAX && bound_len <= INT_MAX && aim(xaes, nonce) &&
           EVP_EncryptUpdate(gcm, NULL, &wrote, bound, (int)bound_len) == 1 &&
           EVP_EncryptUpdate(gcm, out, &wrote, plain, (int)len) == 1 &&
           EVP_EncryptFinal_ex(gcm, out + wrote, &wrote) == 1 &&
           EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_GET_TAG, XAES_TAG_BYTES, tag) == 1;
}

bool xaes_open(struct xaes *xaes, const uint8_t nonce[static XAES_NONCE_BYTES],
               const uint8_t *bound, size_t bound_len, const uint8_t *sealed, size_t len,
               uint8_t *out, const uint8_t tag[static XAES_TAG_BYTES])
{
    EVP_CIPHER_CTX *gcm = xaes->gcm;
    uint8_t copy[XAES_TAG_BYTES]; /* OpenSSL's parameter is not const */
    int wrote = 0;

    memcpy(copy, tag, sizeof copy);
    return len <= INT_MAX && bound_len <= INT_MAX && aim(xaes, nonce) &&
           EVP_DecryptUpdate(gcm, NULL, &wrote, bound, (int)bound_len) == 1 &&
           EVP_DecryptUpdate(gcm, out, &wrote, sealed, (int)len) == 1 &&
           EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_SET_TAG, XAES_TAG_BYTES, copy) == 1 &&
           EVP_DecryptFinal_ex(gcm, out + wrote, &wrote) == 1;
}

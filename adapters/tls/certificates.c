/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls/certificates.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

struct authority {
    EVP_PKEY *key;
    X509 *certificate;
    X509_CRL *revoked;
};

enum {
    SERIAL_BYTES = 16,   /* random: no counter to keep, nothing to guess (RFC 5280 4.1.2.2) */
    X509_VERSION_3_ = 2, /* as encoded */
    CRL_VERSION_2_ = 1,
};

void pem_free(struct pem *pem)
{
    if (pem->text)
        OPENSSL_clear_free(pem->text, pem->len + 1);
    *pem = (struct pem){0};
}

/* Copies what was written to `bio`, ends it with a zero, and frees `bio`. */
static bool pem_from_bio(struct pem *pem, BIO *bio, bool is_written)
{
    char *text;
    long len = is_written ? BIO_get_mem_data(bio, &text) : 0;
    char *copy = len > 0 ? OPENSSL_malloc((size_t)len + 1) : NULL;
    if (copy) {
        memcpy(copy, text, (size_t)len);
        copy[len] = '\0';
        *pem = (struct pem){.text = copy, .len = (size_t)len};
    }
    BIO_free(bio);
    ERR_clear_error();
    return copy != NULL;
}

static bool key_to_pem(struct pem *pem, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when freed */
    return pem_from_bio(pem, bio,
                        bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
}

static bool certificate_to_pem(struct pem *pem, X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    return pem_from_bio(pem, bio, bio && PEM_write_bio_X509(bio, certificate));
}

static EVP_PKEY *new_key(enum key_type type)
{
    switch (type) {
    case KEY_P256:
        return EVP_EC_gen("P-256");
    case KEY_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    }
    return NULL;
}

/* Ed25519 does its own hashing. */
static const EVP_MD *digest_for(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_sha256();
}

static bool set_serial(X509 *certificate)
{
    unsigned char bytes[SERIAL_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40); /* positive, and always 16 bytes */
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return set;
}

static bool set_common_name(X509_NAME *subject, const char *name)
{
    return X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                      (const unsigned char *)name, (int)strlen(name), -1, 0);
}

static bool add_extension(X509 *certificate, X509V3_CTX *context, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, value);
    bool added = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

/* What every certificate has; the caller adds issuer, extensions and signature. */
static X509 *new_certificate(const char *name, EVP_PKEY *key, int64_t not_before_s,
                             int64_t not_after_s)
{
    X509 *certificate = X509_new();
    if (certificate && X509_set_version(certificate, X509_VERSION_3_) && set_serial(certificate) &&
        set_common_name(X509_get_subject_name(certificate), name) &&
        ASN1_TIME_adj(X509_getm_notBefore(certificate), (time_t)not_before_s, 0, 0) &&
        ASN1_TIME_adj(X509_getm_notAfter(certificate), (time_t)not_after_s, 0, 0) &&
        X509_set_pubkey(certificate, key))
        return certificate;
    X509_free(certificate);
    return NULL;
}

static X509 *new_authority_certificate(const char *name, EVP_PKEY *key, int64_t not_before_s,
                                       int64_t not_after_s)
{
    X509 *certificate = new_certificate(name, key, not_before_s, not_after_s);
    if (!certificate)
        return NULL;
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    if (X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) &&
        add_extension(certificate, &context, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
        add_extension(certificate, &context, NID_key_usage, "critical,keyCertSign,cRLSign") &&
        add_extension(certificate, &context, NID_subject_key_identifier, "hash") &&
        X509_sign(certificate, key, digest_for(key)))
        return certificate;
    X509_free(certificate);
    return NULL;
}

static bool set_crl_number(X509_CRL *revoked, ASN1_INTEGER *number)
{
    return X509_CRL_add1_ext_i2d(revoked, NID_crl_number, number, 0, X509V3_ADD_REPLACE) == 1;
}

/* Says who signs it and until when: as long as the authority lives, see link/identity.h. */
static bool fill_list(X509_CRL *revoked, X509 *certificate)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, NULL, NULL, revoked, 0);
    X509_EXTENSION *issuer_key =
        X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    bool filled = issuer_key && number && X509_CRL_set_version(revoked, CRL_VERSION_2_) &&
                  X509_CRL_set_issuer_name(revoked, X509_get_subject_name(certificate)) &&
                  X509_CRL_set1_nextUpdate(revoked, X509_get0_notAfter(certificate)) &&
                  X509_CRL_add_ext(revoked, issuer_key, -1) && ASN1_INTEGER_set(number, 1) &&
                  set_crl_number(revoked, number);
    ASN1_INTEGER_free(number);
    X509_EXTENSION_free(issuer_key);
    return filled;
}

static bool sign_list(X509_CRL *revoked, EVP_PKEY *key, int64_t now_s)
{
    ASN1_TIME *made = ASN1_TIME_adj(NULL, (time_t)(now_s - CERTIFICATE_BACKDATE_S), 0, 0);
    bool is_signed = made && X509_CRL_set1_lastUpdate(revoked, made) && X509_CRL_sort(revoked) &&
                     X509_CRL_sign(revoked, key, digest_for(key));
    ASN1_TIME_free(made);
    return is_signed;
}

struct authority *authority_new(const char *name, enum key_type type, int64_t now_s,
                                int64_t not_after_s)
{
    struct authority *made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    if ((made->key = new_key(type)) &&
        (made->certificate = new_authority_certificate(
             name, made->key, now_s - CERTIFICATE_BACKDATE_S, not_after_s)) &&
        (made->revoked = X509_CRL_new()) && fill_list(made->revoked, made->certificate) &&
        sign_list(made->revoked, made->key, now_s))
        return made;
    authority_free(made);
    ERR_clear_error();
    return NULL;
}

static X509 *certificate_from_pem(const struct pem *pem)
{
    BIO *bio = BIO_new_mem_buf(pem->text, (int)pem->len);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

static int no_password(char *out, int size, int writing, void *user)
{
    (void)out, (void)size, (void)writing, (void)user;
    return -1;
}

static bool read_authority(struct authority *authority, const struct pem *key,
                           const struct pem *certificate, const struct pem *revoked)
{
    BIO *key_bio = BIO_new_mem_buf(key->text, (int)key->len);
    BIO *list_bio = BIO_new_mem_buf(revoked->text, (int)revoked->len);
    if (key_bio)
        authority->key = PEM_read_bio_PrivateKey(key_bio, NULL, no_password, NULL);
    if (list_bio)
        authority->revoked = PEM_read_bio_X509_CRL(list_bio, NULL, NULL, NULL);
    authority->certificate = certificate_from_pem(certificate);
    BIO_free(list_bio);
    BIO_free(key_bio);
    return authority->key && authority->revoked && authority->certificate &&
           X509_check_ca(authority->certificate) == 1 &&
           X509_check_private_key(authority->certificate, authority->key) == 1 &&
           X509_CRL_verify(authority->revoked, authority->key) == 1;
}

struct authority *authority_from_pem(const struct pem *key, const struct pem *certificate,
                                     const struct pem *revoked)
{
    struct authority *read = calloc(1, sizeof *read);
    if (!read)
        return NULL;
    bool fits = read_authority(read, key, certificate, revoked);
    ERR_clear_error();
    if (fits)
        return read;
    authority_free(read);
    return NULL;
}

void authority_free(struct authority *authority)
{
    if (!authority)
        return;
    X509_CRL_free(authority->revoked);
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
    free(authority);
}

int64_t authority_not_after_s(const struct authority *authority)
{
    struct tm parts;
    if (!ASN1_TIME_to_tm(X509_get0_notAfter(authority->certificate), &parts))
        return 0;
    return (int64_t)timegm(&parts);
}

bool authority_key_pem(const struct authority *authority, struct pem *key)
{
    return key_to_pem(key, authority->key);
}

bool authority_certificate_pem(const struct authority *authority, struct pem *certificate)
{
    return certificate_to_pem(certificate, authority->certificate);
}

bool authority_revoked_pem(const struct authority *authority, struct pem *revoked)
{
    BIO *bio = BIO_new(BIO_s_mem());
    return pem_from_bio(revoked, bio, bio && PEM_write_bio_X509_CRL(bio, authority->revoked));
}

static X509 *new_site_certificate(const struct authority *authority,
                                  const struct site_request *request, EVP_PKEY *key)
{
    X509 *certificate =
        new_certificate(request->name, key, request->not_before_s, request->not_after_s);
    if (!certificate)
        return NULL;
    char kind_uri[64] = "URI:jisr:kind:";
    strcat(kind_uri, link_kind_word(request->kind));

    X509V3_CTX context;
    X509V3_set_ctx(&context, authority->certificate, certificate, NULL, NULL, 0);
    if (X509_set_issuer_name(certificate, X509_get_subject_name(authority->certificate)) &&
        add_extension(certificate, &context, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(certificate, &context, NID_key_usage, "critical,digitalSignature") &&
        add_extension(certificate, &context, NID_ext_key_usage, "clientAuth,serverAuth") &&
        add_extension(certificate, &context, NID_subject_alt_name, kind_uri) &&
        add_extension(certificate, &context, NID_authority_key_identifier, "keyid:always") &&
        X509_sign(certificate, authority->key, digest_for(authority->key)))
        return certificate;
    X509_free(certificate);
    return NULL;
}

bool authority_issue(const struct authority *authority, const struct site_request *request,
                     struct pem *key, struct pem *certificate)
{
    struct pem key_made = {0}, certificate_made = {0};
    EVP_PKEY *new = new_key(request->key_type);
    X509 *signed_one = new ? new_site_certificate(authority, request, new) : NULL;
    bool made = signed_one && key_to_pem(&key_made, new) &&
                certificate_to_pem(&certificate_made, signed_one);

    X509_free(signed_one);
    EVP_PKEY_free(new);
    ERR_clear_error();
    if (!made) {
        pem_free(&key_made);
        return false;
    }
    *key = key_made;
    *certificate = certificate_made;
    return true;
}

static bool raise_number(X509_CRL *revoked)
{
    ASN1_INTEGER *number = X509_CRL_get_ext_d2i(revoked, NID_crl_number, NULL, NULL);
    int64_t value;
    bool raised = number && ASN1_INTEGER_get_int64(&value, number) &&
                  ASN1_INTEGER_set_int64(number, value + 1) && set_crl_number(revoked, number);
    ASN1_INTEGER_free(number);
    return raised;
}

static bool add_to_list(X509_CRL *revoked, X509 *certificate, int64_t now_s)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *now = ASN1_TIME_adj(NULL, (time_t)now_s, 0, 0);
    bool added =
        entry && now && X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate)) &&
        X509_REVOKED_set_revocationDate(entry, now) && X509_CRL_add0_revoked(revoked, entry);
    ASN1_TIME_free(now);
    if (!added)
        X509_REVOKED_free(entry);
    return added;
}

bool authority_revoke(struct authority *authority, const struct pem *certificate, int64_t now_s)
{
    X509 *taken_back = certificate_from_pem(certificate);
    bool done = taken_back && X509_verify(taken_back, authority->key) == 1 &&
                add_to_list(authority->revoked, taken_back, now_s) &&
                raise_number(authority->revoked) &&
                sign_list(authority->revoked, authority->key, now_s);
    X509_free(taken_back);
    ERR_clear_error();
    return done;
}

bool authority_has_issued(const struct authority *authority, const struct pem *certificate)
{
    X509 *asked = certificate_from_pem(certificate);
    bool issued = asked && X509_verify(asked, authority->key) == 1;
    X509_free(asked);
    ERR_clear_error();
    return issued;
}

bool authority_has_revoked(const struct authority *authority, const struct pem *certificate)
{
    X509_REVOKED *entry;
    X509 *asked = certificate_from_pem(certificate);
    bool found = asked && X509_CRL_get0_by_cert(authority->revoked, &entry, asked) == 1;
    X509_free(asked);
    ERR_clear_error();
    return found;
}

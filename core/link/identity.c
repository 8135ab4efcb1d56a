/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/identity.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "link/tls_context.h"

struct link_identity {
    struct link_site site;
    bool revoked; /* our own certificate is on the list */
    SSL_CTX *context;
};

enum { PEM_BYTES_MAX = 1 << 24 }; /* a list of 100,000 revoked certificates is about 5 MiB */

/* What the PEM texts held, on the way to becoming an identity. */
struct parts {
    EVP_PKEY *key;
    X509 *certificate;
    X509 *authority;
    X509_CRL *revoked;
};

const char *link_identity_err_text(enum link_identity_err err)
{
    static const char *const texts[] = {
        [LINK_IDENTITY_OK] = "good",
        [LINK_IDENTITY_ERR_KEY] = "no private key of the kinds P-256 or Ed25519 in it",
        [LINK_IDENTITY_ERR_CERTIFICATE] = "no certificate in it",
        [LINK_IDENTITY_ERR_NAME] = "the certificate states no valid site name",
        [LINK_IDENTITY_ERR_KIND] = "the certificate states no kind of site",
        [LINK_IDENTITY_ERR_MATCH] = "the key does not belong to the certificate",
        [LINK_IDENTITY_ERR_AUTHORITY] = "no authority's certificate in it",
        [LINK_IDENTITY_ERR_ISSUER] = "the certificate was not signed by the authority beside it",
        [LINK_IDENTITY_ERR_REVOKED] = "no revocation list signed by the authority in it",
        [LINK_IDENTITY_ERR_MEMORY] = "out of memory",
    };
    return texts[err];
}

static BIO *bio_of(const struct link_pem *pem)
{
    if (!pem->bytes || pem->len > PEM_BYTES_MAX)
        return NULL;
    return BIO_new_mem_buf(pem->bytes, (int)pem->len);
}

/* We have no terminal to ask: an encrypted key is an unreadable one. */
static int no_password(char *out, int size, int writing, void *user)
{
    (void)out, (void)size, (void)writing, (void)user;
    return -1;
}

static bool is_allowed_key(const EVP_PKEY *key)
{
    char group[32];
    if (EVP_PKEY_is_a(key, "ED25519"))
        return true;
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) &&
           !strcmp(group, SN_X9_62_prime256v1);
}

static EVP_PKEY *read_key(const struct link_pem *pem)
{
    BIO *bio = bio_of(pem);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    BIO_free(bio);
    if (key && !is_allowed_key(key)) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

static X509 *read_certificate(const struct link_pem *pem)
{
    BIO *bio = bio_of(pem);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

static X509_CRL *read_revoked(const struct link_pem *pem)
{
    BIO *bio = bio_of(pem);
    X509_CRL *revoked = bio ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return revoked;
}

static bool is_authority(X509 *certificate)
{
    return X509_check_ca(certificate) == 1 && X509_self_signed(certificate, 1) == 1;
}

static bool is_signed_by(X509 *certificate, X509 *authority)
{
    return X509_check_issued(authority, certificate) == X509_V_OK &&
           X509_verify(certificate, X509_get0_pubkey(authority)) == 1;
}

static bool is_list_of(X509_CRL *revoked, X509 *authority)
{
    return !X509_NAME_cmp(X509_CRL_get_issuer(revoked), X509_get_subject_name(authority)) &&
           X509_CRL_verify(revoked, X509_get0_pubkey(authority)) == 1;
}

static enum link_identity_err read_parts(struct parts *parts, struct link_site *site,
                                         const struct link_identity_pem *pem)
{
    if (!(parts->key = read_key(&pem->key)))
        return LINK_IDENTITY_ERR_KEY;
    if (!(parts->certificate = read_certificate(&pem->certificate)))
        return LINK_IDENTITY_ERR_CERTIFICATE;
    switch (link_site_from_x509(site, parts->certificate)) {
    case LINK_SITE_OK:
        break;
    case LINK_SITE_ERR_FORMAT:
        return LINK_IDENTITY_ERR_CERTIFICATE;
    case LINK_SITE_ERR_NAME:
        return LINK_IDENTITY_ERR_NAME;
    case LINK_SITE_ERR_KIND:
        return LINK_IDENTITY_ERR_KIND;
    }
    if (!X509_check_private_key(parts->certificate, parts->key))
        return LINK_IDENTITY_ERR_MATCH;
    if (!(parts->authority = read_certificate(&pem->authority)) || !is_authority(parts->authority))
        return LINK_IDENTITY_ERR_AUTHORITY;
    if (!is_signed_by(parts->certificate, parts->authority))
        return LINK_IDENTITY_ERR_ISSUER;
    if (!pem->revoked.bytes)
        return LINK_IDENTITY_OK;
    if (!(parts->revoked = read_revoked(&pem->revoked)) ||
        !is_list_of(parts->revoked, parts->authority))
        return LINK_IDENTITY_ERR_REVOKED;
    return LINK_IDENTITY_OK;
}

static void free_parts(struct parts *parts)
{
    X509_CRL_free(parts->revoked);
    X509_free(parts->authority);
    X509_free(parts->certificate);
    EVP_PKEY_free(parts->key);
}

static bool is_on_list(X509_CRL *revoked, X509 *certificate)
{
    X509_REVOKED *entry;
    return revoked && X509_CRL_get0_by_cert(revoked, &entry, certificate) == 1;
}

enum link_identity_err link_identity_new(struct link_identity **identity,
                                         const struct link_identity_pem *pem)
{
    struct parts parts = {0};
    struct link_identity *made = calloc(1, sizeof *made);
    if (!made)
        return LINK_IDENTITY_ERR_MEMORY;

    tls_context_library_start();
    enum link_identity_err err = read_parts(&parts, &made->site, pem);
    if (err == LINK_IDENTITY_OK) {
        made->revoked = is_on_list(parts.revoked, parts.certificate);
        made->context =
            tls_context_new(parts.key, parts.certificate, parts.authority, parts.revoked);
        if (!made->context)
            err = LINK_IDENTITY_ERR_MEMORY;
    }
    free_parts(&parts);
    ERR_clear_error();
    if (err != LINK_IDENTITY_OK) {
        link_identity_free(made);
        return err;
    }
    *identity = made;
    return LINK_IDENTITY_OK;
}

struct link_identity *link_identity_from_memory(const struct link_identity_pem *pem,
                                                char reason[LINK_REASON_BYTES])
{
    struct link_identity *identity = NULL;
    enum link_identity_err err = link_identity_new(&identity, pem);
    if (err != LINK_IDENTITY_OK)
        snprintf(reason, LINK_REASON_BYTES, "%s", link_identity_err_text(err));
    return identity;
}

void link_identity_free(struct link_identity *identity)
{
    if (!identity)
        return;
    SSL_CTX_free(identity->context);
    free(identity);
}

const struct link_site *link_identity_site(const struct link_identity *identity)
{
    return &identity->site;
}

enum link_standing link_identity_standing(const struct link_identity *identity, int64_t wall_unix_s)
{
    if (identity->revoked)
        return LINK_STANDING_REVOKED;
    if (wall_unix_s < identity->site.not_before_s)
        return LINK_STANDING_NOT_YET;
    if (wall_unix_s >= identity->site.not_after_s)
        return LINK_STANDING_EXPIRED;
    return LINK_STANDING_GOOD;
}

SSL_CTX *link_identity_context(const struct link_identity *identity)
{
    return identity->context;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/identity.h"

#include <err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "clock/clock.h"
#include "tls/certificates.h"

enum { DAY_S = 86400 };

static const char *text_of(BIO *bio)
{
    char *text;

    if (BIO_write(bio, "", 1) != 1 || BIO_get_mem_data(bio, &text) <= 1)
        errx(1, "identity");
    return text;
}

void identity_make(const char **key_pem, const char **certificate_pem)
{
    enum { VERSION_3 = 2 };
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *name = certificate ? X509_get_subject_name(certificate) : NULL;
    BIO *key_text = BIO_new(BIO_s_mem()), *certificate_text = BIO_new(BIO_s_mem());

    if (!key || !name || !key_text || !certificate_text ||
        !X509_set_version(certificate, VERSION_3) ||
        !ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) ||
        !X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_S) ||
        !X509_gmtime_adj(X509_getm_notAfter(certificate), DAY_S) ||
        !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"bench", -1,
                                    -1, 0) ||
        !X509_set_issuer_name(certificate, name) || !X509_set_pubkey(certificate, key) ||
        !X509_sign(certificate, key, EVP_sha256()) ||
        !PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL) ||
        !PEM_write_bio_X509(certificate_text, certificate))
        errx(1, "identity");
    *key_pem = text_of(key_text);
    *certificate_pem = text_of(certificate_text);
}

void identity_make_sites(struct bench_sites *sites)
{
    int64_t now_s = clock_wall_s();
    struct authority *authority = authority_new("bench", KEY_P256, now_s, now_s + DAY_S);
    const struct {
        const char *name;
        enum link_kind kind;
        struct bench_site *site;
    } made[] = {{"console", LINK_KIND_CONSOLE, &sites->console},
                {"cart", LINK_KIND_CART, &sites->cart}};
    struct pem authority_text;

    if (!authority || !authority_certificate_pem(authority, &authority_text))
        errx(1, "authority");
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        const struct site_request request = {.name = made[i].name,
                                             .kind = made[i].kind,
                                             .key_type = KEY_P256,
                                             .not_before_s = now_s - DAY_S,
                                             .not_after_s = now_s + DAY_S};
        struct pem key, certificate;

        if (!authority_issue(authority, &request, &key, &certificate))
            errx(1, "site");
        *made[i].site = (struct bench_site){key.text, certificate.text};
    }
    sites->authority_pem = authority_text.text;
    authority_free(authority);
}

static struct link_pem pem_of(const char *text)
{
    return (struct link_pem){text, strlen(text)};
}

struct link_identity *identity_load(const struct bench_sites *sites, const struct bench_site *site)
{
    struct link_identity *identity;
    const struct link_identity_pem pem = {.key = pem_of(site->key_pem),
                                          .certificate = pem_of(site->certificate_pem),
                                          .authority = pem_of(sites->authority_pem)};

    if (link_identity_new(&identity, &pem) != LINK_IDENTITY_OK)
        errx(1, "identity");
    return identity;
}

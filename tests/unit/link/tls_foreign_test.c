/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other people's clients at our server: what does not speak as we do is refused, and told why. */
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "unit/link/tls_sites.h"

/* Somebody else's client: plain OpenSSL over memory, set up by `shape`. */
struct foreign {
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out;
    struct tls_session server;
};

static void foreign_start(struct foreign *foreign, int version, const char *alpn)
{
    struct tls_settings settings = server_settings(&cart);
    foreign->context = SSL_CTX_new(TLS_method());
    SSL_CTX_set_min_proto_version(foreign->context, version);
    SSL_CTX_set_max_proto_version(foreign->context, version);
    if (alpn)
        SSL_CTX_set_alpn_protos(foreign->context, (const unsigned char *)alpn,
                                (unsigned)strlen(alpn));
    foreign->ssl = SSL_new(foreign->context);
    foreign->in = BIO_new(BIO_s_mem());
    foreign->out = BIO_new(BIO_s_mem());
    SSL_set_bio(foreign->ssl, foreign->in, foreign->out);
    SSL_set_connect_state(foreign->ssl);
    assert_true(tls_session_start(&foreign->server, &settings));
}

static void foreign_run(struct foreign *foreign)
{
    uint8_t bytes[8192];
    for (int i = 0; i < 4; i++) {
        SSL_do_handshake(foreign->ssl);
        int len = BIO_read(foreign->out, bytes, sizeof bytes);
        if (len > 0)
            tls_session_feed(&foreign->server, bytes, (size_t)len);
        size_t answer = tls_session_pull(&foreign->server, bytes, sizeof bytes);
        BIO_write(foreign->in, bytes, (int)answer);
    }
}

static void foreign_stop(struct foreign *foreign)
{
    tls_session_free(&foreign->server);
    SSL_free(foreign->ssl);
    SSL_CTX_free(foreign->context);
}

static void a_client_without_a_certificate_is_refused(void **state)
{
    (void)state;
    struct foreign foreign;
    foreign_start(&foreign, TLS1_3_VERSION, "\x0bjisr-link/1");
    foreign_run(&foreign);
    expect_refused(&foreign.server, TLS_REASON_NO_CERTIFICATE, false);
    assert_int_equal(tls_session_refusal(&foreign.server)->alert, SSL_AD_CERTIFICATE_REQUIRED);
    foreign_stop(&foreign);
}

static void a_client_of_tls_1_2_is_refused(void **state)
{
    (void)state;
    struct foreign foreign;
    foreign_start(&foreign, TLS1_2_VERSION, "\x0bjisr-link/1");
    foreign_run(&foreign);
    expect_refused(&foreign.server, TLS_REASON_VERSION, false);
    foreign_stop(&foreign);
}

static void a_client_of_another_protocol_or_none_is_refused(void **state)
{
    (void)state;
    const char *offers[] = {NULL, "\x08http/1.1"};
    for (int i = 0; i < 2; i++) {
        struct foreign foreign;
        foreign_start(&foreign, TLS1_3_VERSION, offers[i]);
        foreign_run(&foreign);
        expect_refused(&foreign.server, TLS_REASON_ALPN, false);
        foreign_stop(&foreign);
    }
}

static void a_client_with_a_self_signed_certificate_is_refused(void **state)
{
    (void)state;
    struct foreign foreign;
    foreign_start(&foreign, TLS1_3_VERSION, "\x0bjisr-link/1");
    struct authority *self = authority_new("alone", KEY_P256, NOW_S, NOW_S + DAY_S);
    struct pem key, certificate;
    check(self && authority_key_pem(self, &key) && authority_certificate_pem(self, &certificate));
    BIO *bio = BIO_new_mem_buf(key.text, (int)key.len);
    EVP_PKEY *private_key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    bio = BIO_new_mem_buf(certificate.text, (int)certificate.len);
    X509 *own = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    SSL_use_certificate(foreign.ssl, own);
    SSL_use_PrivateKey(foreign.ssl, private_key);
    foreign_run(&foreign);
    expect_refused(&foreign.server, TLS_REASON_UNKNOWN_AUTHORITY, false);
    EVP_PKEY_free(private_key);
    X509_free(own);
    pem_free(&key);
    pem_free(&certificate);
    authority_free(self);
    foreign_stop(&foreign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_without_a_certificate_is_refused),
        cmocka_unit_test(a_client_of_tls_1_2_is_refused),
        cmocka_unit_test(a_client_of_another_protocol_or_none_is_refused),
        cmocka_unit_test(a_client_with_a_self_signed_certificate_is_refused),
    };
    return cmocka_run_group_tests(tests, make_identities, free_identities);
}
